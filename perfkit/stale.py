"""Published reports whose figures have changed since, by late or corrected trades."""

from __future__ import annotations

from perfkit.desk import Desk
from perfkit.errors import PerfkitError
from perfkit.failure import rerun
from perfkit.model import Models
from perfkit.published import KINDS, REPORTS, Published, mark, published


def mark_stale(desk: Desk, at: str) -> list[Published]:
    """Notes in the status of each published report whether it is stale; returns those that are.

    Nothing else of a report is touched. `at` is the moment they are found so; a report that was
    found stale before keeps its moment.
    """
    by_filter: dict[tuple[tuple[str, str], ...], Models] = {}
    found = []
    for kind in KINDS:
        for report in published(desk.config.root / REPORTS, kind):
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
