"""An executed notebook as Markdown: its outputs and headings, without code, with named images."""

from __future__ import annotations

import ast
import re
from base64 import b64decode
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from perfkit.core.errors import MissingExtraError, ReportError
from perfkit.core.fast_imports import NamedTuple
from perfkit.reports.notebook import MAY_RAISE
from perfkit.reports.page.author_text import author_text
from perfkit.reports.page.pictures import TYPES, Pictures
from perfkit.reports.page.settled import settled
from perfkit.reports.page.shown import markdown_of

try:
    import nbformat
    from nbconvert import MarkdownExporter
except ModuleNotFoundError as error:  # pragma: no cover - needs an environment without nbconvert
    raise MissingExtraError("nbconvert", "reports") from error

__all__ = [
    "Page",
    "canonical",
    "check_executed",
    "markdown_page",
    "page_of",
    "read",
    "settled",
    "stderr_cells",
    "to_markdown",
]

OF_CHART = "perfkit_digest"
"""What the metadata of an output has that is a chart of perfkit."""

LARGEST_PICTURE = 10_000_000

_TEMPLATE = """\
{%- extends 'markdown/index.md.j2' -%}
{% block input_group %}{% endblock input_group %}
{% block output %}
{{ output.data['text/markdown'] }}
{% endblock output %}
"""
_BLANK_LINES = re.compile(r"\n{3,}")
_FENCED = re.compile(r"(^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?^ {0,3}\2[`~]*[ \t]*$)", re.M | re.S)
_IMAGE = re.compile(r"(!\[[^\]\n]*\]\()(?:<([^>\n]+)>|([^)\s]+))(?=[\s)])")


class CellCheckError(ReportError):
    """What is wrong with an executed notebook; `index` is that of the cell, if one is wrong."""

    def __init__(self, reason: str, index: int | None = None) -> None:
        super().__init__(reason if index is None else f"cell {index + 1}: {reason}")
        self.reason = reason
        self.index = index


def check_executed(notebook: nbformat.NotebookNode) -> None:
    """Raises `CellCheckError` unless every code cell ran, none raised, and every chart is there."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "error" and MAY_RAISE not in cell.metadata.get("tags", ()):
                raise CellCheckError(f"{output.ename}: {output.evalue}".rstrip(": "), index)
        if cell.source.strip() and cell.execution_count is None:
            raise CellCheckError("it did not run; the notebook stopped before it", index)
        pictures = ("image/png" in output.get("data", {}) for output in cell.outputs)
        if shows_chart(cell.source) and not any(pictures):
            raise CellCheckError("its chart is not shown; make it the last line of the cell", index)


def shows_chart(source: str) -> bool:
    """Whether a cell has a line that is a chart of perfkit, as in `desk.chart.equity("weekly")`."""
    if ".chart." not in source:
        return False
    try:
        lines = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(line, ast.Expr) and _is_chart(line.value) for line in lines)


def _is_chart(expression: ast.expr) -> bool:
    method = expression.func if isinstance(expression, ast.Call) else None
    owner = method.value if isinstance(method, ast.Attribute) else None
    return isinstance(owner, ast.Attribute) and owner.attr == "chart"


def read(path: Path) -> nbformat.NotebookNode:
    """The notebook in a file."""
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def canonical(notebook: nbformat.NotebookNode) -> str:
    """A settled notebook as text."""
    return str(nbformat.writes(notebook)) + "\n"


def stderr_cells(notebook: nbformat.NotebookNode) -> tuple[int, ...]:
    """The numbers of the cells that wrote to standard error.

    They count from 1 and without the cell that papermill adds.
    """
    found, number = [], 0
    for cell in notebook.cells:
        number += "injected-parameters" not in cell.metadata.get("tags", ())
        outputs = cell.outputs if cell.cell_type == "code" else ()
        if any(one.output_type == "stream" and one.name == "stderr" for one in outputs):
            found.append(number)
    return tuple(found)


class Page(NamedTuple):
    """What a notebook shows: its cells with outputs that are Markdown alone, and its images.

    `charts` are the names of the images that are charts of perfkit.
    """

    notebook: nbformat.NotebookNode
    images: dict[str, bytes]
    charts: frozenset[str] = frozenset()


def page_of(notebook: nbformat.NotebookNode, folder: Path | None = None) -> Page:
    """The page of a settled notebook.

    Pictures that a Markdown cell shows are looked up in the `folder` of the notebook.
    """
    pictures, charts = Pictures(), set()
    page = nbformat.from_dict(notebook)
    for cell in page.cells:
        if cell.cell_type == "markdown":
            cell.source = _with_pictures(cell, folder, pictures)
        elif cell.cell_type == "code":
            shown = []
            for one in cell.outputs:
                before = len(pictures.files)
                shown.append(markdown_of(one, pictures))
                if OF_CHART in one.get("metadata", {}):
                    charts.update([*pictures.files][before:])
            cell.outputs = [
                nbformat.v4.new_output("display_data", {"text/markdown": text})
                for text in shown
                if text.strip()
            ]
    return Page(page, dict(sorted(pictures.files.items())), frozenset(charts))


def markdown_page(page: Page) -> str:
    """The Markdown of a page."""
    try:
        body, _ = _exporter().from_notebook_node(page.notebook)
    except ValueError as error:
        raise ReportError(f"the notebook cannot be exported: {error}") from error
    return _without_blank_lines(body).strip() + "\n"


def to_markdown(
    notebook: nbformat.NotebookNode, folder: Path | None = None
) -> tuple[str, dict[str, bytes]]:
    """The Markdown of a settled notebook, and its images by file name."""
    page = page_of(notebook, folder)
    return markdown_page(page), page.images


@cache
def _exporter() -> MarkdownExporter:
    return MarkdownExporter(raw_template=_TEMPLATE)


def _without_blank_lines(body: str) -> str:
    """The page with one blank line at a time; blocks of plain text stay as they are."""
    parts = _FENCED.split(body)
    # `split` gives text, block, its fence, text, ...
    texts = [_BLANK_LINES.sub("\n\n", part) for part in parts[::3]]
    return "".join(text + block for text, block in zip(texts, [*parts[1::3], ""], strict=True))


def _with_pictures(cell: Any, folder: Path | None, pictures: Pictures) -> str:
    """The text of a Markdown cell; the pictures it shows become pictures of the page."""
    attached = cell.get("attachments", {})

    def named(source: str) -> str:
        found = _attached(source, attached) or _beside(source, folder)
        return source if found is None else pictures.add(*found)

    def image(match: re.Match[str]) -> str:
        source = match[2] or match[3]
        name = named(source)
        return match[0] if name == source else f"{match[1]}{name}"

    cell.pop("attachments", None)
    return _IMAGE.sub(image, author_text(cell.source))


def _attached(source: str, attached: Any) -> tuple[bytes, str, str] | None:
    name = unquote(source.removeprefix("attachment:"))
    if not source.startswith("attachment:") or name not in attached:
        return None
    kind, body = next(iter(attached[name].items()))
    extension = next((one for one, known in TYPES.items() if known == kind), "png")
    return b64decode(body), extension, name.rpartition(".")[0]


def _beside(source: str, folder: Path | None) -> tuple[bytes, str, str] | None:
    """A picture in the folder of the notebook or below."""
    path = Path(unquote(source))
    extension = path.suffix[1:].lower()
    if folder is None or extension not in TYPES or ":" in source or path.is_absolute():
        return None
    file = (folder / path).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        return None
    body = file.read_bytes()
    known = "jpg" if extension == "jpeg" else extension
    return None if len(body) > LARGEST_PICTURE else (body, known, path.stem)
