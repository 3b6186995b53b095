"""An executed notebook as one HTML page: `jupyter nbconvert --to perfkit report.ipynb`.

nbconvert fills the template `perfkit`, which a template of the user may extend. What a cell shows
is made into Markdown first, as for `report.md`, so nothing that a log puts into it becomes markup.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from perfkit.core.errors import MissingExtraError, ReportError
from perfkit.reports.html_page import DARK, JUPYTER, POLICY, STYLE, as_html, title_of
from perfkit.reports.markdown_export import Page, page_of, settled

try:
    import nbformat
    from jinja2 import TemplateError
    from nbconvert.exporters.templateexporter import TemplateExporter
    from traitlets import default
except ModuleNotFoundError as error:  # pragma: no cover - needs an environment without nbconvert
    raise MissingExtraError("nbconvert", "reports") from error


class PerfkitExporter(TemplateExporter):
    """A page of a report as one HTML file, without its code."""

    export_from_notebook = "Report of perfkit"
    output_mimetype = "text/html"

    @default("file_extension")
    def _extension(self) -> str:
        return ".html"

    @default("template_name")
    def _template(self) -> str:
        return "perfkit"

    def get_prefix_root_dirs(self) -> list[str]:
        """Where templates are looked for: the user's folders, that of the environment, our own.

        Jupyter takes that of a virtual environment first, which has our own template as well.
        """
        theirs: list[str] = super().get_prefix_root_dirs()  # type: ignore[no-untyped-call]
        environment = str(Path(sys.prefix, "share", "jupyter"))
        return [*sorted(theirs, key=environment.__eq__), str(JUPYTER)]

    def from_notebook_node(  # type: ignore[override]  # its base class exports notebooks
        self, nb: nbformat.NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of a notebook as it is on disk."""
        folder = (resources or {}).get("metadata", {}).get("path")
        page = page_of(settled(nb), None if folder is None else Path(folder))
        return self.from_page(page, "", resources)

    def from_page(
        self, page: Page, links: str, resources: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """The same of a page; `links` is HTML, above its heading."""
        self.environment.filters["as_html"] = lambda text: as_html(text, page.images, page.charts)
        said = {
            "title": title_of(_text(page)),
            "policy": POLICY,
            "style": STYLE + DARK,
            "links": links,
        }
        made = super().from_notebook_node(page.notebook, {**(resources or {}), "perfkit": said})
        return str(made[0]), dict(made[1])


class _ReportExporter(PerfkitExporter):
    """The same for `perfkit report`: where it is run, and what a user has installed, counts not."""

    def get_prefix_root_dirs(self) -> list[str]:
        return [str(JUPYTER), *super().get_prefix_root_dirs()]


def html_of(page: Page, template: Path | None = None, links: str = "") -> str:
    """A page as HTML, by the template of a workspace if it has one; raises `ReportError`."""
    if template is None:
        return _exporter().from_page(page, links)[0]
    try:
        exporter = _exporter(template.read_text(encoding="utf-8"))
        return exporter.from_page(page, links)[0]
    except (TemplateError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)
        at = f"{template.name}:{line}" if line else template.name
        raise ReportError(f"{at}: the template cannot be used: {error}") from error


def page_of_markdown(markdown: str, images: Mapping[str, bytes] | None = None) -> Page:
    """A page that is made of Markdown alone."""
    cell = nbformat.v4.new_markdown_cell(markdown, id="page")
    return Page(nbformat.v4.new_notebook(cells=[cell]), dict(images or {}))


def warm_up() -> None:
    """Compiles templates and schemas once, so that no fork has to."""
    from perfkit.reports.markdown_export import markdown_page

    cell = nbformat.v4.new_code_cell("1")
    page = page_of(settled(nbformat.v4.new_notebook(cells=[cell])))
    markdown_page(page)
    html_of(page)
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


@cache
def _exporter(template: str = "") -> PerfkitExporter:
    own = {"raw_template": template} if template else {}
    return _ReportExporter(  # type: ignore[no-untyped-call]
        extra_template_basedirs=[], **own
    )


def _text(page: Page) -> str:
    """What the page shows, in order."""
    texts = []
    for cell in page.notebook.cells:
        if cell.cell_type == "markdown":
            texts.append(cell.source)
        elif cell.cell_type == "code":
            texts += [one.data["text/markdown"] for one in cell.outputs]
    return "\n".join(texts)
