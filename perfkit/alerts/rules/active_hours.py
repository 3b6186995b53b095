"""Active hours: the stretches of a week during which an alert rule counts time.

Spans are half-open, `[from, to)` in local time; one whose end is not after its start runs over
midnight and belongs to the day it starts on. Where no hours are given, all time is active. A span
that starts within a holiday, which is a trading day, is not active.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from perfkit.core.calendar import (
    EVERY_DAY,
    FIRST_US,
    LAST_US,
    WEEKDAYS,
    Calendar,
    instant_of,
    moment_of,
    zone_named,
)
from perfkit.core.fast_imports import UTC, NamedTuple, date, datetime, time, timedelta

MINUTE_US = 60_000_000
_ONE_DAY = timedelta(days=1)
_LAST_DAY = date.max.toordinal() - 2
"""No span starts later: the years end at 9999."""
_MOST_DAYS_AHEAD = 4000
"""How far `reached` looks: more than ten years of days, of which at least one a week is active."""


class ActiveHours(NamedTuple):
    """Weekdays (0 is Monday) and local times as minutes after midnight, in an IANA zone.

    `off` are the dates, as ordinals, on which no span starts because of a holiday. They are
    `implied` where a rule has no hours of its own, and only holidays are not active.
    """

    days: frozenset[int]
    start_minute: int
    end_minute: int
    timezone: str
    off: frozenset[int] = frozenset()
    implied: bool = False

    def __str__(self) -> str:
        """The hours of the rule, without holidays, which are those of the workspace."""
        if self.implied:
            return ""
        days = ",".join(WEEKDAYS[day] for day in sorted(self.days))
        start, end = (f"{n // 60:02d}:{n % 60:02d}" for n in (self.start_minute, self.end_minute))
        return f"{days} {start}-{end} {self.timezone}"

    def spans(self, instant: int) -> Iterator[tuple[int, int]]:
        """Active spans that end after the instant, in order, as instants."""
        zone, within = zone_named(self.timezone), max(FIRST_US, min(LAST_US, instant))
        first = (moment_of(within).astimezone(zone).date() - _ONE_DAY).toordinal()
        for number in range(first, min(first + _MOST_DAYS_AHEAD, _LAST_DAY)):
            day = date.fromordinal(number)
            if day.weekday() in self.days and number not in self.off:
                start, end = _span(self, day)
                if end > instant:
                    yield start, end


def without_holidays(hours: ActiveHours, calendar: Calendar) -> ActiveHours:
    """The hours without the spans that start within a holiday.

    With a `day_start` of 17:00 the holiday Monday 25 May begins on Sunday at 17:00, so a span from
    Sunday 18:00 to Monday 17:00 is not active, and one from Monday 18:00 is.
    """
    near = {day + timedelta(days=n) for day in calendar.holidays for n in (-1, 0, 1)}
    starts = ((day, _local(hours.timezone, day, hours.start_minute)) for day in near)
    off = (day.toordinal() for day, at in starts if calendar.day_of(at) in calendar.holidays)
    return hours._replace(off=frozenset(off))


def hours_of_days(calendar: Calendar) -> ActiveHours:
    """All time but that of the holidays: whole trading days."""
    minute = calendar.day_start.hour * 60 + calendar.day_start.minute
    hours = ActiveHours(
        EVERY_DAY, minute, minute or 24 * 60, calendar.timezone, frozenset(), implied=True
    )
    return without_holidays(hours, calendar)


@lru_cache(maxsize=4096)
def _span(hours: ActiveHours, day: date) -> tuple[int, int]:
    over_midnight = hours.end_minute <= hours.start_minute
    last = day + _ONE_DAY if over_midnight else day
    return (
        _local(hours.timezone, day, hours.start_minute),
        _local(hours.timezone, last, hours.end_minute),
    )


def _local(timezone: str, day: date, minute: int) -> int:
    if minute == 24 * 60:
        day, minute = day + _ONE_DAY, 0
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone_named(timezone))
    return instant_of(wall.astimezone(UTC))


def holds(hours: ActiveHours | None, instant: int) -> bool:
    """Whether the instant is active."""
    if hours is None:
        return True
    start, _ = next(hours.spans(instant), (instant + 1, 0))
    return start <= instant


def active_us(hours: ActiveHours | None, start: int, end: int) -> int:
    """Active microseconds in `[start, end)`; 0 where the end is not after the start."""
    if end <= start:
        return 0
    if hours is None:
        return end - start
    total = 0
    for opens, closes in hours.spans(start):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return total


def reached(hours: ActiveHours | None, start: int, amount: int) -> int:
    """The earliest instant by which `amount` active microseconds have passed since `start`."""
    if hours is None or amount <= 0:
        return start + max(0, amount)
    left = amount
    at = start
    for opens, closes in hours.spans(start):
        begins = max(opens, start)
        if closes - begins >= left:
            return begins + left
        left -= closes - begins
        at = closes
    return at
