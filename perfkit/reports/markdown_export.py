"""An executed notebook as Markdown: its outputs and headings, without code, with named images."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

from perfkit.core.errors import MissingExtraError, ReportError
from perfkit.core.formatting import escaped, plain, table

try:
    import nbformat
    from nbconvert import MarkdownExporter
    from nbconvert.filters import strip_ansi
    from traitlets.config import Config
except ModuleNotFoundError as error:  # pragma: no cover - needs an environment without nbconvert
    raise MissingExtraError("nbconvert", "reports") from error

LONGEST_LINE = 400

_TEMPLATE = """\
{%- extends 'markdown/index.md.j2' -%}
{% block input_group %}{% endblock input_group %}
{% block data_png %}
![{{ output.metadata.get('alt', '') | alt_text }}]({{ output.metadata.filenames['image/png'] }})
{% endblock data_png %}
{% block stream %}{% endblock stream %}
{% block error %}{% endblock error %}
{% block data_html %}
{{ output.data['text/html'] | table_or_text(output.data.get('text/plain', '')) }}
{% endblock data_html %}
{% block data_text %}
{{ output.data['text/plain'] | as_text }}
{% endblock data_text %}
{% block data_svg %}{% endblock data_svg %}
{% block data_javascript %}{% endblock data_javascript %}
{% block data_other %}{% endblock data_other %}
"""
_BLANK_LINES = re.compile(r"\n{3,}")
_MARKUP = re.compile(r"([\\\[\]`*_<>|])")


class CellCheckError(ReportError):
    """What is wrong with an executed notebook; `index` is that of the cell, if one is wrong."""

    def __init__(self, reason: str, index: int | None = None) -> None:
        super().__init__(reason if index is None else f"cell {index + 1}: {reason}")
        self.reason = reason
        self.index = index


def check_executed(notebook: nbformat.NotebookNode, images: int) -> None:
    """Raises `CellCheckError` unless every code cell ran, none raised, and every chart is there."""
    charts = 0
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                raise CellCheckError(f"{output.ename}: {output.evalue}".rstrip(": "), index)
            charts += "image/png" in output.get("data", {})
        if cell.source.strip() and cell.execution_count is None:
            raise CellCheckError("it did not run; the notebook stopped before it", index)
    if charts != images:
        raise CellCheckError(f"{charts} charts were drawn, but the notebook has {images}")


def canonical(notebook: nbformat.NotebookNode) -> str:
    """The executed notebook as text without timings, paths, random ids or warnings."""
    notebook = nbformat.from_dict(notebook)
    for name in ("papermill", "widgets"):
        notebook.metadata.pop(name, None)
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        cell.setdefault("id", f"cell-{number + 1}")
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if out.output_type != "stream"]
    return str(nbformat.writes(notebook)) + "\n"


def to_markdown(notebook: nbformat.NotebookNode) -> tuple[str, dict[str, bytes]]:
    """The Markdown, and its images by file name."""
    try:
        body, resources = _exporter().from_notebook_node(notebook)
    except ValueError as error:
        raise ReportError(f"the notebook cannot be exported: {error}") from error
    images: dict[str, Any] = resources["outputs"]
    return _BLANK_LINES.sub("\n\n", body).strip() + "\n", dict(sorted(images.items()))


def warm_up() -> None:
    """Compiles templates and schemas once, so that no fork has to."""
    cell = nbformat.v4.new_code_cell("1")
    to_markdown(nbformat.v4.new_notebook(cells=[cell]))
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


@cache
def _exporter() -> MarkdownExporter:
    config = Config()
    config.ExtractOutputPreprocessor.extract_output_types = {"image/png"}
    filters = {"alt_text": _alt_text, "as_text": _as_text, "table_or_text": _table_or_text}
    return MarkdownExporter(config=config, raw_template=_TEMPLATE, filters=filters)


def _alt_text(text: str) -> str:
    """An image's description, escaped so that nothing in it ends it or becomes markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _as_text(text: str) -> str:
    """Text as an indented block without colours, in which nothing is markup."""
    lines = [plain(line.expandtabs(4), LONGEST_LINE) for line in strip_ansi(text).splitlines()]
    return "\n".join(f"    {line}" for line in lines)


def _table_or_text(html: str, text: str) -> str:
    """The tables of an HTML output as Markdown; without tables, the output's plain text."""
    tables = markdown_of(html)
    return _as_text(text) if tables is None else tables


LONGEST_CELL = 200


def markdown_of(html: str) -> str | None:
    """The tables of a piece of HTML as Markdown; None where there are none.

    Their texts are escaped; anything outside of a table is left out.
    """
    reader = _Tables()
    reader.feed(html)
    reader.close()
    tables = [rows for rows in reader.tables if rows]
    if not tables:
        return None
    return "\n".join(map(_table, tables))


class _Tables(HTMLParser):
    """Collects the cells of each row of each table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def _table(rows: list[list[str]]) -> str:
    width = max(map(len, rows))
    cells = [[escaped(cell, LONGEST_CELL) for cell in row] for row in rows]
    padded = [row + [""] * (width - len(row)) for row in cells]
    return table(padded[0], padded[1:])
