"""Trading days and windows: half-open stretches of time in a time zone.

Conventions, said once. An *instant* is an integer: microseconds since 1970-01-01T00:00Z. A window
is `[start, end)` in instants. A *trading day* is named after the local date on which it ends, so
with `day_start` 17:00 the day called Tuesday runs from Monday 17:00 to Tuesday 17:00; with the
default 00:00 it is the plain calendar day. Weekday, week, month, quarter and year follow that
date. Where a clock change skips the start of a day, the day starts at the change; where it repeats
it, at the first. An *expected* day is one of the trading week that is not a holiday.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import chain, pairwise, repeat
from operator import le

from perfkit.core.errors import WindowError, did_you_mean
from perfkit.core.fast_imports import UTC, NamedTuple, date, datetime, time, timedelta, tzinfo

CALENDAR_WINDOWS = ("daily", "weekly", "monthly", "quarterly", "yearly")
"""Windows that follow one another, each of which ends."""
WINDOW_KINDS = (*CALENDAR_WINDOWS, "last-7d", "last-30d", "all")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
MONDAY_TO_FRIDAY = frozenset(range(5))
NO_DAYS: frozenset[date] = frozenset()

FIRST_YEAR, LAST_YEAR = 1970, 8999
"""Years in which logs are taken seriously; far from the ends of what dates can hold."""

MIDNIGHT = time(0)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US
_ONE_DAY = timedelta(days=1)
LAST_N_DAYS = {"last-7d": 7, "last-30d": 30}
"""Windows of so many trading days, which end with the date that is asked for."""
_MONTHS_LONG = {"monthly": 1, "quarterly": 3, "yearly": 12}


FIRST_US, LAST_US = -62_135_000_000_000_000, 253_402_000_000_000_000
"""The years 1 to 9999, less some days at either end, which no zone reaches beyond."""


def instant_of(moment: datetime) -> int:
    """An aware datetime as microseconds since the epoch."""
    return (moment - EPOCH) // MICROSECOND


def moment_of(instant: int) -> datetime:
    """An instant as an aware datetime in UTC."""
    return EPOCH + timedelta(microseconds=instant)


def zone_named(name: str) -> tzinfo:
    """The IANA zone of that name; raises `WindowError` where there is none."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WindowError(
            f"time zone {name!r} is unknown; use an IANA name such as Europe/Berlin"
        ) from error


class Window(NamedTuple):
    """A half-open stretch of whole trading days.

    `start` and `end` are instants, `first_day` and `last_day` the dates of the first and last
    trading day, both inclusive; `timezone` is the IANA name the days were cut in.
    """

    kind: str
    label: str
    first_day: date
    last_day: date
    start: int
    end: int
    timezone: str

    def holds(self, instant: int) -> bool:
        """Whether the instant lies in `[start, end)`."""
        return self.start <= instant < self.end


class Calendar:
    """Cuts time into trading days; remembers the boundaries it has worked out."""

    def __init__(
        self,
        timezone: str = "UTC",
        day_start: time = MIDNIGHT,
        trading_week: frozenset[int] = EVERY_DAY,
        week_starts: int = 0,
        holidays: frozenset[date] = NO_DAYS,
    ) -> None:
        self.timezone = timezone
        self.day_start = day_start
        self.trading_week = trading_week
        self.week_starts = week_starts
        self.holidays = holidays
        self.zone = zone_named(timezone)
        self._plain = self.zone is UTC and day_start == time(0)
        self._starts: dict[date, int] = {}

    def start_of(self, day: date) -> int:
        """The instant at which that trading day starts."""
        start = self._starts.get(day)
        if start is None:
            opens_on = day if self.day_start == time(0) else day - _ONE_DAY
            start = self._starts[day] = self._local(opens_on)
        return start

    def end_of(self, day: date) -> int:
        """The instant at which that trading day ends: the start of the next."""
        return self.start_of(day + _ONE_DAY)

    def day_of(self, instant: int) -> date:
        """The trading day that holds the instant."""
        moment = moment_of(instant)
        if self._plain:
            return moment.date()
        day = moment.astimezone(self.zone).date()
        while instant < self.start_of(day):
            day -= _ONE_DAY
        while instant >= self.end_of(day):
            day += _ONE_DAY
        return day

    def days_of(self, instants: list[int]) -> list[date]:
        """The trading day of each instant, in any order."""
        return list(map(date.fromordinal, self.ordinals_of(instants)))

    def ordinals_of(self, instants: list[int]) -> list[int]:
        """The trading day of each instant, in any order, as `date.toordinal` counts days."""
        if not instants:
            return []
        first, last = self.day_of(min(instants)), self.day_of(max(instants))
        number = first.toordinal()
        if first == last:
            return [number] * len(instants)
        if (last - first).days > len(instants):
            return [self.day_of(instant).toordinal() for instant in instants]
        starts = [self.start_of(first + timedelta(days=n)) for n in range((last - first).days + 1)]
        if not all(map(le, instants, instants[1:])):
            return [number - 1 + bisect_right(starts, instant) for instant in instants]
        cuts = [*(bisect_left(instants, start) for start in starts), len(instants)]
        runs = enumerate(pairwise(cuts), number)
        return list(chain.from_iterable(repeat(day, b - a) for day, (a, b) in runs))

    def hour_runs(self, instants: list[int]) -> list[tuple[int, int, int]]:
        """The runs of ascending instants within one local hour: the hour, first and last + 1."""
        offset = self._offset_us(instants[0])
        if offset == self._offset_us(instants[-1]) and instants[-1] - instants[0] < 2 * DAY_US:
            first, last = (instants[row] + offset for row in (0, -1))
            hours = range(first // HOUR_US, last // HOUR_US + 2)
            starts = [bisect_left(instants, hour * HOUR_US - offset) for hour in hours]
            return [
                (hour % 24, start, stop)
                for hour, (start, stop) in zip(hours, pairwise(starts), strict=False)
                if start < stop
            ]
        hours_ = self.hours_of(instants)
        changes = [row for row in range(1, len(hours_)) if hours_[row] != hours_[row - 1]]
        return [(hours_[a], a, b) for a, b in pairwise([0, *changes, len(hours_)])]

    def hours_of(self, instants: list[int]) -> list[int]:
        """The local hour, 0-23, of each of some ascending instants."""
        if not instants:
            return []
        offset = self._offset_us(instants[0])
        if offset == self._offset_us(instants[-1]) and instants[-1] - instants[0] < 2 * DAY_US:
            return [(instant + offset) // HOUR_US % 24 for instant in instants]
        return [moment_of(instant).astimezone(self.zone).hour for instant in instants]

    def is_expected(self, day: date) -> bool:
        """Whether trading is expected on a day: it is of the trading week, and no holiday."""
        return day.weekday() in self.trading_week and day not in self.holidays

    def expected_days(self, first: date, last: date) -> list[date]:
        """The expected days from `first` to `last`, both inclusive."""
        every = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in every if self.is_expected(day)]

    def last_expected(self, day: date) -> date:
        """The last expected day up to this one, itself included."""
        while not self.is_expected(day):
            day -= _ONE_DAY
        return day

    def window(self, kind: str, day: date) -> Window:
        """The calendar window that holds `day`, or the last-7d or last-30d one that ends with it.

        A week that begins on Monday is an ISO week; any other is labelled with its first day.
        Raises `WindowError` for another kind (`all` needs to know the log: see `between`).
        """
        if not isinstance(kind, str):
            raise WindowError(_unknown_window(kind))
        if kind == "daily":
            return self._window(kind, day.isoformat(), day, day)
        if kind == "weekly":
            first = day - timedelta(days=(day.weekday() - self.week_starts) % 7)
            year, week, _ = day.isocalendar()
            label = first.isoformat() if self.week_starts else f"{year}-W{week:02d}"
            return self._window(kind, label, first, first + timedelta(days=6))
        if kind in _MONTHS_LONG:
            return self._months(kind, day, _MONTHS_LONG[kind])
        if kind in LAST_N_DAYS:
            return self.between(kind, day - timedelta(days=LAST_N_DAYS[kind] - 1), day)
        raise WindowError(_unknown_window(kind))

    def between(self, kind: str, first: date, last: date) -> Window:
        """The window of `first` to `last`, both inclusive; its label names both dates."""
        if last < first:
            raise WindowError(
                f"the window ends ({last}) before it starts ({first}); swap start and end"
            )
        return self._window(kind, f"{first}..{last}", first, last)

    def previous(self, window: Window) -> Window:
        """The period before: the day, week, month, quarter or year, else as many days before."""
        before = window.first_day - _ONE_DAY
        if window.kind in CALENDAR_WINDOWS or window.kind in LAST_N_DAYS:
            return self.window(window.kind, before)
        length = window.last_day - window.first_day
        return self.between(window.kind, before - length, before)

    def first_days(self, window: Window, count: int) -> Window:
        """A window up to its expected day of that number; itself where it has no more, or of 0.

        The first 2 days of a week are Monday and Tuesday, or Tuesday and Wednesday after a holiday.
        """
        days = self.expected_days(window.first_day, window.last_day)
        if not 0 < count < len(days):
            return window
        return self.between("range", window.first_day, days[count - 1])

    def _months(self, kind: str, day: date, months: int) -> Window:
        """The month, quarter (3 months) or year (12) of a day, named 2026-04, 2026-Q2 or 2026.

        Months count from 0: of May, 4, the quarter begins with 4 - 4 % 3 = 3, April.
        """
        number = (day.month - 1) - (day.month - 1) % months
        first = date(day.year, number + 1, 1)
        last = date(day.year + (number + months) // 12, (number + months) % 12 + 1, 1) - _ONE_DAY
        within = {"monthly": f"-{day.month:02d}", "quarterly": f"-Q{number // 3 + 1}"}
        return self._window(kind, f"{day.year:04d}{within.get(kind, '')}", first, last)

    def _local(self, day: date) -> int:
        """The instant of `day_start` on a local date; the clock change where that is skipped."""
        wanted = datetime.combine(day, self.day_start)
        early, late = sorted(
            instant_of(wanted.replace(tzinfo=self.zone, fold=fold).astimezone(UTC))
            for fold in (0, 1)
        )
        if self._shown(early) == wanted:
            return early
        while late - early > 1:
            middle = (early + late) // 2
            if self._shown(middle) >= wanted:
                late = middle
            else:
                early = middle
        return late

    def _shown(self, instant: int) -> datetime:
        """What a wall clock shows at that instant."""
        return moment_of(instant).astimezone(self.zone).replace(tzinfo=None)

    def _window(self, kind: str, label: str, first: date, last: date) -> Window:
        return Window(
            kind, label, first, last, self.start_of(first), self.end_of(last), self.timezone
        )

    def _offset_us(self, instant: int) -> int:
        offset = moment_of(instant).astimezone(self.zone).utcoffset()
        return 0 if offset is None else offset // MICROSECOND


def parse_date(text: str) -> date:
    """A date written YYYY-MM-DD, from 1970 to 8999; raises `WindowError` otherwise."""
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        parsed = None
    if parsed is None or parsed.isoformat() != text:
        raise WindowError(f"{text!r} is not a date; write YYYY-MM-DD, for example 2026-04-08")
    return checked(parsed)


def _unknown_window(kind: object) -> str:
    """What to say of a window that there is none of, such as a date in its place."""
    if isinstance(kind, date):
        return f"{kind} is a date and not a window; write date='{kind:%Y-%m-%d}'"
    text = str(kind)
    if text[:4].isdigit() and "-" in text:
        return f"{kind!r} is a date and not a window; write date={kind!r}"
    meant = did_you_mean(text, WINDOW_KINDS)
    return f"window {kind!r} is unknown; {meant}use one of {', '.join(WINDOW_KINDS)}"


def checked(day: date) -> date:
    """The date itself when logs can hold it; raises `WindowError` otherwise."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise WindowError(f"{day} is out of range; dates are from {FIRST_YEAR} to {LAST_YEAR}")
    return day
