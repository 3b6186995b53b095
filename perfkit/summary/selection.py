"""Which trades a figure is about: a window and a filter, and what they select from the book."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from perfkit.book.book import Book, PnlCurve
from perfkit.book.line_counts import DayLines, day_of_waiting
from perfkit.book.silent import missing_days
from perfkit.book.store.day_sheet import Sheet
from perfkit.book.store.ledger import FileEntry
from perfkit.config.settings import Config
from perfkit.core.calendar import Window, checked, parse_date
from perfkit.core.errors import LineError, NoTradesError, WindowError
from perfkit.core.filters.plain import ORDERED_FIELDS, is_plain
from perfkit.core.filters.where import meeting
from perfkit.core.trades import Trades, joined, no_trades
from perfkit.logs.listing import chosen
from perfkit.metrics import tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.book.lost_columns import LostColumns

DAY_US = 86_400_000_000

Day = date | str | None
"""A trading day: a date, or a text `YYYY-MM-DD`; None or a blank text where none is given."""


def newest_day(book: Book) -> date:
    """The newest trading day with a log line that is not dated ahead.

    Raises `NoTradesError` where no log has a line.
    """
    newest = book.present_day
    if newest is None:
        raise NoTradesError(", ".join(os.path.basename(source.location) for source in book.sources))
    return newest


def resolve_window(book: Book, kind: str = "daily", day: Day = None) -> Window:
    """The window of that kind for a date; without a date, for the newest trading day with a line.

    `all` without a date ends with the newest day of all, also where that is dated ahead. Raises
    `WindowError` for an unknown kind or a date that does not exist, and `NoTradesError`.
    """
    calendar = book.config.calendar
    last = newest_day(book) if day is None or day == "" else as_date(day)
    if kind == "all" and not is_given(day):
        last = max(last, *book.days_with_lines[-1:])
    if kind != "all":
        return calendar.window(kind, last)
    return calendar.between("all", _first_day(book, last), last)


def likely_readings(
    readings: Mapping[str, Sequence[str]], config: Config, where: Mapping[str, str]
) -> list[str]:
    """How logs that no workspace describes are likely to be read, and which if there are several.

    Of those that a filter leaves out, it is not said.
    """
    if not readings:
        return []
    which = {
        one.name: f"in {one.name}: " if len(readings) > 1 else ""
        for one in chosen(config, where.get("source"))
    }
    return [f"{which[name]}{said}" for name in which for said in readings.get(name, ())]


def is_given(day: Day) -> bool:
    """Whether a date is given."""
    return day is not None and day != ""


def range_window(book: Book, start: Day, end: Day) -> Window:
    """The window from one date to another, both inclusive; a side without a date is open.

    An open end is the newest day with a line, also where that is dated ahead, an open start the
    first day with one. Raises `WindowError`.
    """
    first = None if start is None or start == "" else as_date(start)
    last = None if end is None or end == "" else as_date(end)
    if last is None:
        last = max([*book.days_with_lines[-1:], *([] if first is None else [first])])
    if first is None:
        first = _first_day(book, last)
    return book.config.calendar.between("range", first, last)


def _first_day(book: Book, last: date) -> date:
    """The first day with a line, or the last of a window that ends before it."""
    return min([*book.days_with_lines[:1], last])


def as_date(day: date | str) -> date:
    """A date in any of its spellings; a datetime gives its date. Raises `WindowError`."""
    if isinstance(day, str):
        return parse_date(day)
    if not isinstance(day, date):
        raise WindowError(
            f"{day!r} is not a date; write one as text, YYYY-MM-DD, or as datetime.date"
        )
    return checked(day.date() if isinstance(day, datetime) else day)


class Selection:
    """The trades of a book that a window and a filter select; views are made when first needed."""

    def __init__(
        self,
        book: Book,
        window: Window,
        where: Mapping[str, str],
        readings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`readings` says how logs that no workspace describes are likely to be read, by source."""
        self.book = book
        self.window = window
        self.where = dict(where)
        self.readings = readings or {}
        only = len(book.sources) == 1 and self.where.get("source") == book.sources[0].name
        self._filter = {k: v for k, v in self.where.items() if not (only and k == "source")}
        self._day_trades: dict[date, Trades] = {}

    @property
    def likely_readings(self) -> list[str]:
        """How the logs behind it are likely to be read."""
        return likely_readings(self.readings, self.book.config, self.where)

    @property
    def is_filtered(self) -> bool:
        """Whether some trades of the book are left out."""
        return bool(self._filter)

    @cached_property
    def closed(self) -> Trades:
        """Every closed trade that meets the filter, in trade order, inside the window or not."""
        return self._meeting(self.book.closed)

    @cached_property
    def never_closed(self) -> Trades:
        """Every trade that meets the filter and has not closed."""
        return self._meeting(self.book.open)

    @cached_property
    def inside(self) -> Trades:
        """The trades that closed in the window."""
        days = [day for day in self.book.days if self._has(day)]
        return joined([self.day_trades(day) for day in days] or [no_trades(self.book.paths)])

    @cached_property
    def history(self) -> Trades:
        """The trades that closed before the window's end, in trade order."""
        return joined([self._trades_of(self._days_before), self.inside])

    def lead_in(self, count: int) -> Trades:
        """The last `count` trades that closed before the window, or as many as there are."""
        runs: list[Trades] = []
        for day in reversed(self._days_before):
            if sum(map(len, runs)) >= count:
                break
            runs.append(self.day_trades(day))
        before = joined(runs[::-1] or [no_trades(self.book.paths)])
        return before.slice(len(before) - count, len(before))

    def day_trades(self, day: date) -> Trades:
        """The trades that closed on a day."""
        if day not in self._day_trades:
            self._day_trades[day] = self._trades_of([day])
        return self._day_trades[day]

    @cached_property
    def sheets(self) -> list[tuple[date, Sheet]]:
        """The sheet of each day of the window with a closed trade, in order."""
        days = [day for day in self.book.days if self._has(day)]
        if not self._filter:
            return [(day, self.book.sheet(day)) for day in days]
        from perfkit.book.store.parts_on_demand import sheet_on_demand  # only filters need it

        calendar = self.book.config.calendar
        some = ((day, self.day_trades(day)) for day in days)
        return [(day, sheet_on_demand(trades, calendar)) for day, trades in some if len(trades)]

    @cached_property
    def curves_before(self) -> list[PnlCurve]:
        """The curve of each day before the window with a closed trade, in order."""
        curves = [self._curve(day) for day in self._days_before]
        if self._filter:
            self.book.kept_parts.keep(self.book.mode)
        return curves

    @cached_property
    def still_open(self) -> list[Trades]:
        """The trades open at the window's end: those that closed later, and those still open.

        One whose opening time nothing says is open where the window has the newest line.
        """
        end = self.window.end
        later = []
        for day in self.book.days:
            opened_from = self.book.entry(day).opened_from
            if day > self.window.last_day and opened_from is not None and opened_from < end:
                later.append(day)
        closed_later = self._trades_of(later)
        never = self.never_closed
        newest = self.book.newest_day
        if newest is None or newest > self.window.last_day:
            return [_opened_before(closed_later, end), _opened_before(never, end)]
        left = [row for row, at in enumerate(never.opened_at) if at is None or at < end]
        return [_opened_before(closed_later, end), never.take(left)]

    @property
    def holds_newest(self) -> bool:
        """Whether the newest line of the book is in the window."""
        newest = self.book.newest_day
        return newest is not None and self._has(newest)

    @cached_property
    def expected(self) -> list[date]:
        """The expected days of the window up to the day of the newest line.

        Of days that are ahead of the present, those with a line.
        """
        book, calendar = self.book, self.book.config.calendar
        last = min(self.window.last_day, book.newest_day or self.window.last_day)
        present = book.present_day or last
        days = calendar.expected_days(self.window.first_day, last)
        return days if present >= last else [d for d in days if d <= present or d in book.lines]

    @cached_property
    def days(self) -> int:
        """How many days of the window are expected, those to come included."""
        window = self.window
        return len(self.book.config.calendar.expected_days(window.first_day, window.last_day))

    @cached_property
    def missing(self) -> list[date]:
        """The expected days of the window without a log file."""
        return missing_days(self.book, self.expected)

    @cached_property
    def unterminated(self) -> list[date]:
        """The past days of the window whose file ends in an incomplete line."""
        return [day for day in self.book.unterminated() if self._has(day)]

    @cached_property
    def waiting(self) -> list[FileEntry]:
        """The files of which whole lines wait, which may be of the window."""
        last = self.window.last_day.toordinal()
        files = (file for file in self.book.files if file.waiting_lines)
        return [file for file in files if file.last_day is None or file.last_day <= last]

    @cached_property
    def unended(self) -> list[FileEntry]:
        """The newest CSV files that end in a row without a newline, which may be of the window."""
        newest = (self.book.files_of(source.name)[-1:] for source in self.book.sources)
        return [
            file
            for files in newest
            for file in files
            if file.waiting and not file.waiting_lines and file.columns is not None
            if (day := day_of_waiting(file)) is None or self._has(day)
        ]

    @cached_property
    def lost(self) -> list[LostColumns]:
        """Columns that files with lines of the window lack and earlier files have."""
        if all(file.columns is None for file in self.book.files):
            return []
        from perfkit.book.lost_columns import lost_columns  # only tables have columns

        first, last = self.window.first_day.toordinal(), self.window.last_day.toordinal()
        return [
            lost
            for source in self.book.sources
            for lost in lost_columns(self.book.files_of(source.name), source.dialect)
            if lost.file.first_day is None
            or any(first <= day <= last for day, *_ in lost.file.days)
        ]

    @cached_property
    def ahead(self) -> int:
        """Lines dated a day or more after the last change of their file.

        Those of the window, and those later than it that are ahead of the present as well.
        """
        found = 0
        for file in self.book.files:
            if file.newest is None or file.newest < (changed := file.fingerprint[3] // 1000):
                continue
            last = self.book.config.calendar.day_of(changed + DAY_US)
            lines = ((date.fromordinal(number), count) for number, count, *_ in file.days)
            found += sum(count for day, count in lines if day > last and self._concerns(day))
        return found

    @cached_property
    def line_counts(self) -> list[DayLines]:
        """Line counts of each day of the window that has any, and of lines without a day."""
        days = self.book.lines.items()
        return [lines for day, lines in days if day is None or self._has(day)]

    @cached_property
    def errors(self) -> list[LineError]:
        """The bad lines that count in the window."""
        found = self.book.dated_errors
        return sorted(error for day, error in found if day is None or self._concerns(day))

    @cached_property
    def left_out(self) -> list[LineError]:
        """What could not be read of the window's lines and was left out."""
        return sorted(line for day, line in self.book.left_out if self._has(day))

    def _trades_of(self, days: Sequence[date]) -> Trades:
        """The closed trades of some days that are selected."""
        return self._meeting(self.book.trades_of(days))

    def _meeting(self, trades: Trades) -> Trades:
        return meeting(trades, self._filter, self.book.config.calendar)

    @cached_property
    def _days_before(self) -> list[date]:
        return [day for day in self.book.days if day < self.window.first_day]

    def _curve(self, day: date) -> PnlCurve:
        if not self._filter:
            return self.book.curve(day)
        ((name, said), *more) = self._filter.items()
        is_value = not more and is_plain(said) and name not in ORDERED_FIELDS
        parts = None
        if is_value:
            from perfkit.book.dimension_parts import parts_on  # few questions need them

            parts = parts_on(self.book, day, name)
        whole = parts.get(said, tally.EMPTY) if parts else tally.of(self.day_trades(day))
        return PnlCurve(whole.curve.total, whole.curve.peak, whole.places[0])

    def _concerns(self, day: date) -> bool:
        """Whether the window has to say what is wrong with the lines of a day.

        Nobody looks at a day that is ahead of the present, so each window says it.
        """
        if self._has(day) or day <= self.window.last_day:
            return self._has(day)
        present = self.book.present_day
        return present is not None and day > present

    def _has(self, day: date) -> bool:
        return self.window.first_day <= day <= self.window.last_day


def _opened_before(trades: Trades, end: int) -> Trades:
    opened_at = trades.opened_at
    return trades.take([n for n, at in enumerate(opened_at) if at is not None and at < end])
