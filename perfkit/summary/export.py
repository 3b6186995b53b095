"""Summaries as files: `logs/performance/<window>-summary-<last day>.json` and `.md`."""

from __future__ import annotations

from pathlib import Path

from perfkit.core.formatting import slug
from perfkit.disk.atomic import FILE_MODE, replace
from perfkit.summary.render import summary_markdown
from perfkit.summary.shape import SummaryShape

FOLDER = Path("logs/performance")


def export(root: Path, summary: SummaryShape, mode: int = FILE_MODE) -> list[Path]:
    """Writes the summary as JSON and Markdown; returns the paths whose content changed.

    A filter becomes part of the file name; `mode` says who may read them at most. Raises
    `OutputError` where a file cannot be written.
    """
    window = summary.window
    name = f"{window.kind}-summary-{window.last_day}"
    if window.kind == "range":
        name = f"range-summary-{window.first_day}-to-{window.last_day}"
    if summary.where:
        name += "-" + slug(summary.where)
    bodies = {".json": summary.to_json(), ".md": summary_markdown(summary)}
    paths = {root / FOLDER / f"{name}{suffix}": body for suffix, body in bodies.items()}
    return [path for path, body in paths.items() if replace(path, body, mode=mode)]
