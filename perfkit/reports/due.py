"""Which reports a command makes: those of a span of days, or those that are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from perfkit.core.calendar import Calendar
from perfkit.core.errors import UsageError
from perfkit.reports.definitions import Definition
from perfkit.reports.index.periods import FAILED, MISSING, entries
from perfkit.reports.model import Models
from perfkit.reports.published import KINDS
from perfkit.reports.run import Wanted, wanted_of

MOST_REPORTS = 3660
STANDARD = tuple(Definition(kind, kind, kind) for kind in KINDS)
"""The three reports of every workspace."""


def between(calendar: Calendar, definition: Definition, first: date, last: date) -> list[Wanted]:
    """A report for each period of its kind with a day in the span, oldest first.

    Days that are not expected have no report. Raises `UsageError` for a span that ends before
    it starts, or has more than 3,660 days.
    """
    if last < first:
        raise UsageError(f"--from {first} is after --to {last}; swap them")
    if (last - first).days >= MOST_REPORTS:
        raise UsageError(f"--from {first} --to {last}: at most {MOST_REPORTS} days at a time")
    wanted = dict.fromkeys(
        calendar.window(definition.period, day).last_day
        for day in calendar.expected_days(first, last)
    )
    return [wanted_of(definition, day) for day in wanted]


def due(
    models: Models, last_day: date, definitions: Sequence[Definition] = STANDARD
) -> list[Wanted]:
    """The reports of a nightly run, where `last_day` is the last trading day that is over.

    These are those of the last day, week or month that is over, and every report since the first
    of its kind that was missed or failed.
    """
    calendar = models.desk.config.calendar
    listed = entries(models.desk, models.where)
    wanted: dict[Wanted, None] = {}
    for definition in definitions:
        wanted[wanted_of(definition, _last_over(calendar, definition.period, last_day))] = None
        for entry in reversed(listed.get(definition.name, [])):
            window = calendar.window(definition.period, entry.first_day)
            is_over = window.last_day <= last_day
            if entry.where == models.where and entry.state in (MISSING, FAILED) and is_over:
                wanted[wanted_of(definition, window.last_day)] = None
    return list(wanted)


def _last_over(calendar: Calendar, period: str, last_day: date) -> date:
    """The last day of the last period that is over."""
    if period == "daily":
        return calendar.last_expected(last_day)
    window = calendar.window(period, last_day)
    if window.last_day > last_day:
        window = calendar.previous(window)
    return window.last_day
