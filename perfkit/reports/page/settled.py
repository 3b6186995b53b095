"""An executed notebook without what differs from run to run: equal figures give equal bytes.

Left out are timings, paths of the machine, addresses in memory, and random ids: pandas, plotly and
Altair give one to each table or chart, so that several can be on a page. Ids are numbered instead,
in the order in which they come.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from perfkit.reports.page.printed import as_left, merged, of_any_run
from perfkit.reports.page.shown import OF_WIDGET

WIDGET = "application/vnd.jupyter.widget-view+json"

_TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RANDOM_ID = re.compile(rf"""\bid=["']?(T_[0-9a-f]{{5,32}}|altair-viz-[0-9a-f]{{32}}|{_UUID})\b""")
_TAG = re.compile(r"<[^<>]*>")
_COUNT = re.compile(r"\d+/\d+")

DEEPEST = 20
"""How many widgets inside each other are looked into."""


class Ids:
    """Random ids of a notebook, each with the number that takes its place."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}

    def numbered(self, html: str) -> str:
        """HTML with a number in the place of each random id of an element."""
        for name in dict.fromkeys(_RANDOM_ID.findall(html)):
            start = "T_" if name.startswith("T_") else "id-"
            html = html.replace(name, self._numbers.setdefault(name, self._next(start)))
        return html

    def _next(self, start: str) -> str:
        return f"{start}{len(self._numbers) + 1:05d}"


def settled(notebook: Any) -> Any:
    """The same notebook with canonical outputs and metadata; the one given is not changed."""
    from nbformat import from_dict

    notebook = from_dict(notebook)
    widgets = notebook.metadata.get("widgets", {}).get(
        "application/vnd.jupyter.widget-state+json", {}
    )
    for name in ("papermill", "widgets"):
        notebook.metadata.pop(name, None)
    ids = Ids()
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = from_dict({"tags": tags} if tags else {})
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        cell.setdefault("id", f"cell-{number + 1}")
        if cell.cell_type == "code":
            outputs = (_settled(one, ids, widgets.get("state", {})) for one in merged(cell.outputs))
            cell.outputs = [from_dict(output) for output in outputs]
    return notebook


def _settled(output: Mapping[str, Any], ids: Ids, widgets: Mapping[str, Any]) -> dict[str, Any]:
    if output["output_type"] == "stream":
        return {**output, "text": of_any_run(as_left(output["text"]))}
    if output["output_type"] == "error":
        return {**output, "traceback": [of_any_run(line) for line in output["traceback"]]}
    data = dict(output["data"])
    if WIDGET in data:  # a widget lives as long as its kernel; what stays is its last state
        text = widget_text(widgets, data[WIDGET].get("model_id", ""))
        metadata = {**output.get("metadata", {}), OF_WIDGET: True}
        return {**output, "data": {"text/plain": text}, "metadata": metadata}
    for name in _TEXTS:
        if isinstance(data.get(name), str):
            text = of_any_run(data[name])
            data[name] = ids.numbered(text) if name == "text/html" else text
    return {**output, "data": data}


def widget_text(widgets: Mapping[str, Any], model: str, depth: int = 0) -> str:
    """What a widget and those in it show as text: labels, values, and what was put out in them."""
    state = widgets.get(model, {}).get("state", {})
    if not state or depth > DEEPEST:
        return ""
    name = state.get("_model_name", "")
    inside = [
        widget_text(widgets, str(child).removeprefix("IPY_MODEL_"), depth + 1)
        for child in state.get("children") or ()
    ]
    # Beside a bar of tqdm stands its count as well.
    inside = [one for n, one in enumerate(inside) if not _is_count_in(one, inside[n + 1 :])]
    value = state.get("value")
    texts = [str(state.get("description") or "")]
    if "Progress" in name:
        texts.append(f"{_number(value)}/{_number(state.get('max'))}")
    elif isinstance(value, str | int | float | bool):
        texts.append(unescape(_TAG.sub("", str(value))) if name == "HTMLModel" else str(value))
    for output in state.get("outputs") or ():
        data = output.get("data", {})
        texts.append(str(output.get("text") or data.get("text/plain") or ""))
    return of_any_run(" ".join(filter(None, (part.strip() for part in [*texts, *inside]))))


def _is_count_in(text: str, others: Sequence[str]) -> bool:
    """Whether another begins with a text such as `20/20`."""
    return bool(_COUNT.fullmatch(text)) and any(other.startswith(text) for other in others)


def _number(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
