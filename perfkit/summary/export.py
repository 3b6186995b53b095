"""Summaries as files: `logs/performance/<window>-summary-<last day>.json` and `.md`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from perfkit.core.formatting import slug
from perfkit.disk.files import replace
from perfkit.summary.render import summary_markdown
from perfkit.summary.selection import as_date, newest_day
from perfkit.summary.shape import SummaryShape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.desk.desk import Desk

FOLDER = Path("logs/performance")


def export(root: Path, summary: SummaryShape) -> list[Path]:
    """Writes the summary as JSON and Markdown; returns the paths whose content changed."""
    window = summary.window
    name = f"{window.kind}-summary-{window.last_day}"
    if window.kind == "range":
        name = f"range-summary-{window.first_day}-to-{window.last_day}"
    if summary.where:
        name += "-" + slug(summary.where)
    bodies = {".json": summary.to_json(), ".md": summary_markdown(summary)}
    paths = {root / FOLDER / f"{name}{suffix}": body for suffix, body in bodies.items()}
    return [path for path, body in paths.items() if replace(path, body)]


def backfill(
    desk: Desk, kind: str, last: str | date | None, days: int, where: Mapping[str, str]
) -> list[Path]:
    """Exports the windows of the last `days` days, each once; returns the paths that changed."""
    newest = as_date(last) if last else newest_day(desk.book_of(where))
    changed: dict[Path, None] = {}
    labels: set[str] = set()
    for back in range(days - 1, -1, -1):
        window = desk.window(kind, newest - timedelta(days=back), where=where)
        if window.label in labels:
            continue
        labels.add(window.label)
        summary = desk.summary(kind, newest - timedelta(days=back), where=where)
        changed.update(dict.fromkeys(export(desk.config.root, summary)))
    return list(changed)
