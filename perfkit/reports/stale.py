"""Stale reports: published ones whose figures have changed since, by late or corrected trades."""

from __future__ import annotations

from perfkit.core.errors import PerfkitError
from perfkit.desk.desk import Desk
from perfkit.reports.failure import rerun
from perfkit.reports.model import Models
from perfkit.reports.published import REPORTS, Published, kinds_in, mark, published

RECENT = 62
"""How many reports of each kind a run checks; `perfkit report all` checks every one."""


def mark_stale(desk: Desk, at: str, most: int | None = RECENT) -> list[Published]:
    """Marks published reports as stale, or as no longer stale; returns the stale ones.

    Checks the newest `most` of each kind, or all for None, and changes only their status. `at`,
    ISO 8601 in UTC, is noted as the time; a report that was stale before keeps its earlier time.
    """
    by_filter: dict[tuple[tuple[str, str], ...], Models] = {}
    found = []
    for kind in kinds_in(desk.config.root / REPORTS):
        for report in published(desk.config.root / REPORTS, kind)[:most]:
            where = report.status.where
            models = by_filter.setdefault(tuple(sorted(where.items())), Models(desk, where))
            if not _is_stale(models, report):
                mark(report, None, None)
                continue
            status = report.status
            mark(report, at, rerun(kind, status.period, str(status.parameters["date"]), where))
            found.append(report)
    return found


def _is_stale(models: Models, report: Published) -> bool:
    """Whether the figures have changed; where that cannot be said, the mark stays as it was."""
    try:
        window = models.window(report.status.window_kind, str(report.status.parameters["date"]))
        changed = models.settled(window) != report.status.settled
        lost = changed and models.lost_logs(report, window) is not None
        return report.status.stale_since is not None if lost else changed
    except PerfkitError:
        return report.status.stale_since is not None
