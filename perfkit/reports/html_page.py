"""Self-contained HTML: one file with everything in it, readable on a phone and on paper.

A page has no script and loads nothing, and its security policy makes the browser enforce that:
whatever text a log puts into it, none of it runs.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from perfkit.reports.page.pictures import TYPES

JUPYTER = Path(__file__).parents[1] / "templates" / "jupyter"
"""A folder of Jupyter's kind; nbconvert finds the template `perfkit` in it."""

TEMPLATE = JUPYTER / "nbconvert" / "templates" / "perfkit"

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

STYLE = (TEMPLATE / "page.css").read_text(encoding="utf-8")

DARK = (TEMPLATE / "dark.css").read_text(encoding="utf-8")
"""Other colours where the reader prefers dark pages; comes after `STYLE`."""

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_BOLD = re.compile(r"^\*\*(.+?)\*\*", re.MULTILINE)


def title_of(markdown: str) -> str:
    """The title of a page: its heading, and the first words in bold, which say the period."""
    titles = [found[1] for pattern in (_TITLE, _BOLD) if (found := pattern.search(markdown))]
    return " · ".join(map(_plain_text, titles)) or "Report"


def document(title: str, body: str, style: str = "") -> str:
    """A page around a body of HTML."""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>
{STYLE}{style}</style>
</head>
<body>
{body}</body>
</html>
"""


def as_html(markdown: str, images: Mapping[str, bytes], charts: Collection[str] = ()) -> str:
    """Markdown of a page as HTML; its images, by file name, become part of it.

    `charts` are those of the images that are charts of perfkit, whose colours suit a dark page when
    they are inverted.
    """
    renderer, render = _renderer()
    renderer.images, renderer.charts = images, charts
    return _framed(str(render(markdown)))


@cache
def _renderer() -> tuple[Any, Any]:
    """What makes HTML of Markdown, and a function that does so with its images."""
    import mistune

    class Renderer(mistune.HTMLRenderer):
        """Shows HTML inside a report's Markdown as text."""

        images: Mapping[str, bytes]
        charts: Collection[str]

        def text(self, text: str) -> str:
            return _FIGURE.sub(_figure, _safe(text))

        def strong(self, text: str) -> str:
            return f"<strong>{_with_minus(text)}</strong>"

        def inline_html(self, html: str) -> str:
            return _safe(html)

        def block_html(self, html: str) -> str:
            return f"<p>{_safe(html)}</p>\n"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            text = _TAG.sub("", text)
            picture = self.images.get(url)
            if picture is None:
                return text
            data = b64encode(picture).decode("ascii")
            kind = TYPES.get(url.rpartition(".")[2], "image/png")
            chart = ' class="of-perfkit"' if url in self.charts else ""
            return f'<img{chart} src="data:{kind};base64,{data}" alt="{text}">'

    renderer = Renderer(escape=False)
    return renderer, mistune.create_markdown(renderer=renderer, plugins=["table"])


def _figure(found: re.Match[str]) -> str:
    """A figure that a browser might break, kept on one line."""
    may_break = _BREAKS.search(found[0])
    return f'<span class="figure">{found[0]}</span>' if may_break else found[0]


def _with_minus(content: str) -> str:
    """An amount that stands alone, with a true minus instead of a hyphen."""
    return content.replace("-", "−") if _NEGATIVE.fullmatch(_TAG.sub("", content)) else content


def _framed(body: str) -> str:
    """Tables and pictures in frames; a table is scrolled in its own where the page is narrow."""
    body = _CELL.sub(_cell, body)
    body = body.replace("<table>", '<div class="wide"><table>')
    body = body.replace("</table>", "</table></div>")
    return _PICTURE.sub(_picture, body)


def _cell(found: re.Match[str]) -> str:
    """A cell with its class: a figure, which stays on one line, or a text that needs some room."""
    side, content = found[1], _with_minus(found[2])
    long = len(html.unescape(_TAG.sub("", content))) > LONGEST_FIGURE
    kind = ' class="text"' if long else ' class="figure"' if side == "right" else ""
    return f'<td{kind} style="text-align:{side}">{content}</td>'


def _picture(found: re.Match[str]) -> str:
    """A picture in its frame."""
    chart = " chart" if found[1].startswith('<img class="of-perfkit"') else ""
    image = found[1].replace(' class="of-perfkit"', "")
    return f'<div class="picture{chart}">{image}</div>\n'


LONGEST_FIGURE = 24
"""Characters of a cell that is kept on one line, such as a moment with its zone."""

_TAG = re.compile(r"<[^<>]*>")
_CELL = re.compile(r'<td style="text-align:(left|right)">((?:(?!</td>).)*)</td>', re.DOTALL)
_PICTURE = re.compile(r'<p>(<img [^<>]*alt="[^"<>]*">)</p>\n?')

_FIGURE = re.compile(
    r"(?<![\w.&#;])[+\-\u2212]?\d[\d,]*(?:[.:/-]\d+|-W\d+)*"
    r"(?: (?:%|h|min|s|[AR]|[A-Z]{3,5}|\d\d:\d\d(?::\d\d)?)(?![\w-]))*(?![\w])"
)
"""A number with its unit, a date with its time: kept on one line.

"+1,234.50 USD", "57.9 %", "2025-10-09 16:03:42 UTC", "12 h 44 min".
"""

_NEGATIVE = re.compile(r"(?:at (?:least|most) )?-\d[\d,]*(?:\.\d+)?(?: (?:[A-Z]{1,5}|%|points))?")
"""A negative amount, the change of a rate, or a target."""

_BREAKS = re.compile("[ /-]")

_ENTITY = re.compile(r"&amp;(lt|gt|amp|quot|#39);")


def _safe(text: str) -> str:
    """HTML-escaped; what is escaped already is not escaped twice."""
    return _ENTITY.sub(r"&\1;", html.escape(text))


def _plain_text(markdown: str) -> str:
    """A line of Markdown as text: what is escaped stays, marks of bold and the like go."""
    return html.unescape(re.sub(r"\\(.)|\*+|~~|`+", lambda found: found[1] or "", markdown))
