"""The report of a window without trades: it says so, and needs no notebook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from perfkit.core.formatting import escaped
from perfkit.reports.links import links_of
from perfkit.reports.model import Model, Models, own_template
from perfkit.reports.published import HTML, PAGE, REPORTS, SUMMARY, titled
from perfkit.summary import render
from perfkit.summary.changes import Episode, changes
from perfkit.summary.shape import SummaryShape


def write_no_data(model: Model, models: Models, html: bool, staging: Path) -> None:
    """Writes page and summary into a staging folder; raises `OSError`."""
    window = models.window(model.period, model.summary.window.last_day)
    title = f"{titled(model.period)} report" if model.kind == model.period else escaped(model.kind)
    newest = models.desk.book_of(models.where).newest_day
    page = no_data_page(model.summary, model.previous, models.episodes(window), title, newest)
    (staging / PAGE).write_text(page, encoding="utf-8")
    (staging / SUMMARY).write_text(model.summary.to_json(), encoding="utf-8")
    if html:
        from perfkit.reports.html_exporter import html_of, page_of_markdown

        root = models.desk.config.root
        links = links_of(root / REPORTS / model.kind / model.name)
        body = html_of(page_of_markdown(page), own_template(root), links)
        (staging / HTML).write_text(body, encoding="utf-8")


def no_data_page(
    summary: SummaryShape,
    previous: SummaryShape,
    episodes: Sequence[Episode],
    title: str,
    data_up_to: date | None = None,
) -> str:
    """The page as Markdown: no trades, what changed, and what was read."""
    return "\n".join(
        [
            render.glance(summary, title, data_up_to),
            "## What changed\n",
            changes(summary, previous, episodes).markdown,
            "## Data quality\n",
            render.quality(summary),
        ]
    )
