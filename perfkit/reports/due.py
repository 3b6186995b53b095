"""Which reports a command makes: those of a span of days, or those that are due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from perfkit.core.calendar import Calendar
from perfkit.core.errors import UsageError
from perfkit.reports.index.periods import FAILED, MISSING, entries
from perfkit.reports.model import Models
from perfkit.reports.published import KINDS
from perfkit.reports.run import Wanted

MOST_REPORTS = 3660


def between(calendar: Calendar, kind: str, first: date, last: date) -> list[Wanted]:
    """A report for each period of that kind with a day in the span, oldest first.

    Days outside the trading week have no report. Raises `UsageError` for a span that ends before
    it starts, or has more than 3,660 days.
    """
    if last < first:
        raise UsageError(f"--from {first} is after --to {last}; swap them")
    if (last - first).days >= MOST_REPORTS:
        raise UsageError(f"--from {first} --to {last}: at most {MOST_REPORTS} days at a time")
    wanted = dict.fromkeys(
        calendar.window(kind, day).last_day for day in calendar.expected_days(first, last)
    )
    return [Wanted(kind, day) for day in wanted]


def due(models: Models, last_day: date) -> list[Wanted]:
    """The reports of a nightly run, where `last_day` is the last trading day that is over.

    These are the last day, ISO week and month that are over, and every report since the first of
    its kind that was missed or failed.
    """
    calendar = models.desk.config.calendar
    wanted = dict.fromkeys(_last_over(calendar, last_day))
    for listed in entries(models.desk, models.where).values():
        for entry in reversed(listed):
            window = calendar.window(entry.kind, entry.first_day)
            is_over = window.last_day <= last_day
            if entry.where == models.where and entry.state in (MISSING, FAILED) and is_over:
                wanted[Wanted(entry.kind, window.last_day)] = None
    return sorted(wanted, key=lambda one: KINDS.index(one.kind))


def _last_over(calendar: Calendar, last_day: date) -> Iterator[Wanted]:
    day = last_day
    while day.weekday() not in calendar.trading_week:
        day -= timedelta(days=1)
    yield Wanted("daily", day)
    for kind in ("weekly", "monthly"):
        window = calendar.window(kind, last_day)
        if window.last_day > last_day:
            window = calendar.previous(window)
        yield Wanted(kind, window.last_day)
