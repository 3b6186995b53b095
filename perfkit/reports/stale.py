"""Published reports whose figures have changed since, by late or corrected trades."""

from __future__ import annotations

from perfkit.core.errors import PerfkitError
from perfkit.desk.desk import Desk
from perfkit.reports.failure import rerun
from perfkit.reports.model import Models
from perfkit.reports.published import KINDS, REPORTS, Published, mark, published

RECENT = 62
"""How many reports of a kind every run compares; a nightly run compares all."""


def mark_stale(desk: Desk, at: str, most: int | None = RECENT) -> list[Published]:
    """Notes in the status of published reports whether they are stale; returns those that are.

    Looks at the newest `most` of each kind, or at all. Nothing but the status is touched. `at` is
    the moment they are found so; a report that was found stale before keeps its moment.
    """
    by_filter: dict[tuple[tuple[str, str], ...], Models] = {}
    found = []
    for kind in KINDS:
        for report in published(desk.config.root / REPORTS, kind)[:most]:
            where = report.status.where
            models = by_filter.setdefault(tuple(sorted(where.items())), Models(desk, where))
            if not _is_stale(models, report):
                mark(report, None, None)
                continue
            mark(report, at, rerun(kind, str(report.status.parameters["date"]), where))
            found.append(report)
    return found


def _is_stale(models: Models, report: Published) -> bool:
    """Whether the figures are others now; where they cannot be made at all, they are left."""
    try:
        window = models.window(report.status.kind, str(report.status.parameters["date"]))
        return models.settled(window) != report.status.settled
    except PerfkitError:
        return report.status.stale_since is not None
