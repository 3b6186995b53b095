"""Which trades a figure is about: a window, a filter, and what they pick out of the book."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from perfkit.book import Book, missing_days
from perfkit.errors import LineError, NoTradesError, UsageError
from perfkit.linecount import DayLines
from perfkit.trade import FILTER_FIELDS
from perfkit.trades import Trades
from perfkit.window import Window, checked, parse_date


def parse_where(conditions: Sequence[str]) -> dict[str, str]:
    """`field=value` texts as a filter; raises `UsageError` for a field that cannot be filtered."""
    where: dict[str, str] = {}
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not equals:
            raise UsageError(f"--where {condition}: write field=value, say execution_mode=LIVE")
        if name not in FILTER_FIELDS:
            raise UsageError(f"--where {name}: filter by one of {', '.join(FILTER_FIELDS)}")
        if where.get(name, value) != value:
            raise UsageError(f"--where {name}: given twice; a trade has one {name}")
        where[name] = value
    return where


def newest_day(book: Book) -> date:
    """The newest trading day that has a line; raises `NoTradesError` on empty logs."""
    newest = book.newest_day
    if newest is None:
        raise NoTradesError(", ".join(source.path.name for source in book.sources))
    return newest


def resolve_window(book: Book, kind: str = "daily", day: date | str | None = None) -> Window:
    """The window of that kind for a date; without one, for the newest trading day with a line."""
    calendar = book.config.calendar
    last = newest_day(book) if day is None or day == "" else as_date(day)
    if kind != "all":
        return calendar.window(kind, last)
    first = min((known for known in book.days if known and known <= last), default=last)
    return calendar.between("all", first, last)


def range_window(book: Book, start: date | str, end: date | str) -> Window:
    """The window from one date to another, both inclusive."""
    return book.config.calendar.between("range", as_date(start), as_date(end))


def as_date(day: date | str) -> date:
    """A date in any of its spellings; of a datetime, its date. Raises `WindowError`."""
    if isinstance(day, str):
        return parse_date(day)
    return checked(day.date() if isinstance(day, datetime) else day)


class Selection:
    """The trades of a book that a window and a filter select; each view is made when asked for."""

    def __init__(self, book: Book, window: Window, where: Mapping[str, str]) -> None:
        self.book = book
        self.window = window
        self.where = dict(where)

    @cached_property
    def closed(self) -> Trades:
        """Every closed trade that meets the filter, in trade order, whatever its window."""
        return self.book.closed.where(self.where)

    @cached_property
    def never_closed(self) -> Trades:
        """Every trade without a close that meets the filter."""
        return self.book.open.where(self.where)

    @cached_property
    def inside(self) -> Trades:
        """The trades that closed in the window."""
        return self.closed.between(self.window.start, self.window.end)

    @cached_property
    def history(self) -> Trades:
        """The trades that closed before the window's end; those of the window come last."""
        return self.closed.slice(0, bisect_left(self.closed.closed_at, self.window.end))

    @cached_property
    def still_open(self) -> list[Trades]:
        """The trades open at the window's end: those that closed later, those that never did."""
        end = self.window.end
        later = self.closed.slice(bisect_left(self.closed.closed_at, end), len(self.closed))
        return [_opened_before(later, end), _opened_before(self.never_closed, end)]

    @property
    def holds_newest(self) -> bool:
        """Whether the window holds the newest line of the book."""
        return self._has(self.book.newest_day)

    @cached_property
    def expected(self) -> list[date]:
        """The expected days of the window up to the day of the newest line."""
        last = min(self.window.last_day, self.book.newest_day or self.window.last_day)
        return self.book.config.calendar.expected_days(self.window.first_day, last)

    @cached_property
    def missing(self) -> list[date]:
        """The expected days of the window without a log file."""
        return missing_days(self.book, self.expected)

    @cached_property
    def unterminated(self) -> list[date]:
        """The past days of the window whose file ends in half a line."""
        return [day for day in self.book.unterminated() if self._has(day)]

    @cached_property
    def line_counts(self) -> list[DayLines]:
        """Line counts of each day of the window that has any, and of lines that tell no day."""
        days = self.book.days.items()
        return [lines for day, lines in days if day is None or self._has(day)]

    @cached_property
    def errors(self) -> list[LineError]:
        """The bad lines that count in the window."""
        return sorted(error for lines in self.line_counts for error in lines.errors)

    def _has(self, day: date | None) -> bool:
        return day is not None and self.window.first_day <= day <= self.window.last_day


def _opened_before(trades: Trades, end: int) -> Trades:
    opened_at = trades.opened_at
    return trades.take([n for n, at in enumerate(opened_at) if at is not None and at < end])
