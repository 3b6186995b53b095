"""Reports that need attention, each with the command that makes them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from perfkit.core.fast_imports import NamedTuple
from perfkit.reports.failure import rerun
from perfkit.reports.index.periods import FAILED, MISSING, STALE, PeriodEntry
from perfkit.reports.published import titled


class ToDo(NamedTuple):
    """Successive periods of one kind with the same problem, from `first` to `last`."""

    first: PeriodEntry
    last: PeriodEntry
    periods: int
    command: str

    @property
    def names(self) -> str:
        """`Daily 2025-10-04` or `Daily 2025-10-04 to 2025-10-08`, without the filter."""
        name = f"{titled(self.first.kind)} {self.first.label}"
        return name if self.periods == 1 else f"{name} to {self.last.label}"

    @property
    def problem(self) -> str:
        """The rest of the sentence that begins with the names and, for a failure, its link."""
        many = self.periods > 1
        if self.first.state == MISSING:
            return "have no report" if many else "has no report"
        if self.first.card is not None:
            kept = "; the earlier report was kept" if self.first.page else ""
            return f"first at {self.first.since}{kept}"
        are, their = ("are", "their") if many else ("is", "its")
        return f"{are} stale since {self.first.since}: {their} figures have changed"


def todo(found: Mapping[str, Sequence[PeriodEntry]]) -> Iterator[ToDo]:
    """Everything that is stale, failed or missing, newest first."""
    for listed in found.values():
        for _, group in groupby(listed, key=_problem):
            entries = list(group)
            if entries[0].state in (STALE, FAILED, MISSING):
                yield _to_do(entries[-1], entries[0], len(entries))


def _problem(entry: PeriodEntry) -> tuple[object, ...]:
    """Equal for successive periods that one command makes again."""
    return entry.state, entry.since, sorted(entry.where.items()), entry.card


def _to_do(first: PeriodEntry, last: PeriodEntry, count: int) -> ToDo:
    if count == 1:
        return ToDo(first, last, count, first.rerun)
    span = first.first_day.isoformat(), last.first_day.isoformat()
    return ToDo(first, last, count, rerun(first.kind, first.period, span, first.where))
