"""One output of a cell as Markdown: what JupyterLab shows of it, or a note that says what it is.

An output holds the same thing in several forms. JupyterLab takes the richest it knows; a page takes
the richest that Markdown can show: tables and text of HTML, pictures, formulas, plain text.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping, Sequence
from typing import Any

from perfkit.core.formatting import escaped
from perfkit.reports.page.html_text import INTERACTIVE, html_text
from perfkit.reports.page.pictures import EXTENSIONS, Pictures, alt_text
from perfkit.reports.page.printed import as_left, block

PDF = "application/pdf"
OF_WIDGET = "perfkit_widget"
"""Metadata of an output that was a widget, see `settled`."""

_INTERACTIVE = {
    "application/vnd.plotly": "an interactive plotly chart",
    "application/vnd.vega": "an interactive Vega chart",
    "application/vnd.bokeh": "an interactive Bokeh chart",
    "application/vnd.holoviews": "an interactive HoloViews chart",
    "application/geo+json": "a map",
    "application/vdom": INTERACTIVE,
    "application/javascript": "a script",
}
"""What JupyterLab runs and a page cannot, in words, by the start of its type."""

_OBJECT = re.compile(r"<[\w.]+(?: object|\b)[^\n]*>\s*")
LONGEST_TITLE = 120


def note(what: str) -> str:
    """A sentence in the place of something that a page cannot show."""
    return f"*Not shown here: {escaped(what, 300)}. Open report.ipynb in JupyterLab to see it.*"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def markdown_of(output: Mapping[str, Any], pictures: Pictures) -> str:
    """An output as Markdown; its pictures are added to those of the page."""
    kind = output["output_type"]
    if kind == "stream":
        return _printed(output)
    if kind == "error":
        traceback = output.get("traceback") or [f"{output['ename']}: {output['evalue']}"]
        return block("\n".join(traceback))
    data = {name: _joined(value) for name, value in output["data"].items()}
    return _displayed(data, output.get("metadata", {}), pictures)


def _printed(output: Mapping[str, Any]) -> str:
    text = block(_joined(output["text"]))
    return f"*Standard error:*\n\n{text}" if text and output["name"] == "stderr" else text


def _displayed(data: dict[str, Any], metadata: Mapping[str, Any], pictures: Pictures) -> str:
    """The richest form that Markdown can show."""
    if "text/markdown" in data:
        return str(data["text/markdown"])
    if metadata.get(OF_WIDGET):
        return block(data["text/plain"]) or note("a widget")
    interactive = [what for start, what in _INTERACTIVE.items() if _has(data, start)]
    picture = next((kind for kind in EXTENSIONS if kind in data and kind != PDF), None)
    if "text/html" in data and not (interactive and picture):
        found = _of_html(data, interactive, picture is not None, pictures)
        if found is not None:
            return found
    if picture is not None:
        return _picture(picture, data[picture], metadata, pictures)
    if interactive:
        return _instead(f"{interactive[0]}{_title_of(data)}", data)
    if PDF in data:
        name = pictures.add(_bytes(data[PDF]), "pdf", _name(metadata))
        return f"[{escaped(name, 100)}]({name})"
    if "text/latex" in data:
        return str(data["text/latex"])
    if "application/json" in data:
        return block(json.dumps(data["application/json"], indent=2, ensure_ascii=False))
    if "text/plain" in data:
        return block(data["text/plain"])
    return note(f"an output of the type {', '.join(data)}") if data else ""


def _of_html(
    data: Mapping[str, Any], interactive: list[str], has_picture: bool, pictures: Pictures
) -> str | None:
    """HTML as Markdown; None where another form of the output shows more of it."""
    text, left_out = html_text(data["text/html"], Pictures())
    if has_picture and (left_out or interactive or not text):
        return None
    text, _ = html_text(data["text/html"], pictures)
    if not left_out and not interactive:
        return text
    what = f"{interactive[0]}{_title_of(data)}" if interactive else listed(left_out)
    said = note(what)
    if text:
        return f"{text}\n\n{said}"
    return _instead(what, data)


def _instead(what: str, data: Mapping[str, Any]) -> str:
    """A note, below the plain text of the output where that says more than its class."""
    plain = as_left(str(data.get("text/plain", ""))).strip()
    if not plain or _OBJECT.fullmatch(plain) or _has(data, "application/vnd.plotly"):
        return note(what)
    return f"{block(plain)}\n\n{note(what)}"


def _picture(kind: str, body: Any, metadata: Mapping[str, Any], pictures: Pictures) -> str:
    content = str(body).encode() if kind == "image/svg+xml" else _bytes(body)
    if not content:
        return note("a picture that is empty or damaged")
    name = pictures.add(content, EXTENSIONS[kind], _name(metadata))
    return f"![{alt_text(str(metadata.get('alt', '')))}]({name})"


def _name(metadata: Mapping[str, Any]) -> str:
    """The picture's own name, if it has one."""
    named = str(metadata.get("filename", ""))
    return named.rpartition(".")[0] if "." in named else named


def _title_of(data: Mapping[str, Any]) -> str:
    """The title of an interactive chart as it is said of it, empty without one."""
    for kind, value in data.items():
        if isinstance(value, dict):
            title = (
                value.get("layout", {}).get("title")
                if "plotly" in kind
                else value.get("title")
                if "vega" in kind
                else None
            )
            text = title.get("text") if isinstance(title, dict) else title
            if isinstance(text, str) and text:
                return f" “{text[:LONGEST_TITLE]}”"
    return ""


def _has(data: Mapping[str, Any], start: str) -> bool:
    return any(kind.startswith(start) for kind in data)


def _joined(value: Any) -> Any:
    """Text of a notebook, which may be stored as a list of lines."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "".join(value)
    return value


def _bytes(body: Any) -> bytes:
    try:
        return b64decode(str(body))
    except (Error, ValueError):
        return b""
