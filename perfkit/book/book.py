"""The book: every trade of a workspace, with what the lines behind it were.

A book is a view of one manifest and does not change when the logs do. What a figure needs is
fetched when it is asked for: sheets of days for most, trades for the rest.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial

from perfkit.book.cache import DEFAULT, Activity, Opened, Options, discard, open_book
from perfkit.book.line_counts import DayLines, count_lines, date_in
from perfkit.book.store.day_sheet import PARTS, Sheet, digest_of, unpacked_sheet
from perfkit.book.store.days import loaded
from perfkit.book.store.ledger import (
    KEPT_BAD_LINES,
    BadLine,
    DayEntry,
    FileEntry,
    Ledger,
    bad_lines_of,
    limited,
    unpacked_details,
)
from perfkit.book.store.packing import PackedTrades
from perfkit.book.store.pages import CacheDamagedError, Pages
from perfkit.config.settings import Config, Source
from perfkit.config.workspace import CACHE
from perfkit.core.errors import LineError, LogReadError
from perfkit.core.fast_imports import NamedTuple, date, datetime, timedelta
from perfkit.core.filters.where import meeting
from perfkit.core.trades import Trades, joined, no_trades, ordered, ordered_open
from perfkit.disk.atomic import narrowed
from perfkit.logs.file_log import OPEN, Fruitless
from perfkit.logs.forms import is_packed
from perfkit.logs.listing import chosen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from perfkit.book.dimension_parts import KeptParts

    T = TypeVar("T")

Snapshot = Mapping[str, int]
"""Log files, as they are shown, and how many bytes of each had been read."""

DATE_PATTERN = "????-??-??"
"""A file pattern that holds this names files by date: an expected day without one is missing."""


class PnlCurve(NamedTuple):
    """Where a day's cumulative net P&L ends, and its highest point, in units of 10**-places."""

    net: int
    peak: int
    places: int


class Book:
    """All trades of the chosen sources, as of one moment."""

    def __init__(self, config: Config, sources: tuple[Source, ...], opened: Opened) -> None:
        self.config = config
        self.sources = sources
        self.activity: Activity = opened.activity
        self.problem = opened.problem
        self.manifest_mark = opened.mark
        self._opened = opened
        self._sheets: dict[date, Sheet] = {}

    @property
    def currency(self) -> str:
        """The one currency of all its money."""
        return self.sources[0].currency

    @cached_property
    def newest(self) -> int | None:
        """The instant of the newest trade line; None when there is none."""
        return max((one.newest for one in self.files if one.newest is not None), default=None)

    @cached_property
    def lines(self) -> dict[date | None, DayLines]:
        """Line counts by trading day, under None the counts of lines without a date."""
        return count_lines(self.files)

    @cached_property
    def days_with_lines(self) -> list[date]:
        """The trading days that have a line, good or bad, in order."""
        return sorted(day for day in self.lines if day is not None)

    @property
    def newest_day(self) -> date | None:
        """The newest trading day that has a line, good or bad; None when no line has a day."""
        return self.days_with_lines[-1] if self.days_with_lines else None

    @property
    def present_day(self) -> date | None:
        """The newest day with a line that is not later than tomorrow, by the clock.

        A line that is dated ahead does not stand for the present; where all are, the newest does.
        """
        tomorrow = datetime.now(self.config.calendar.zone).date() + timedelta(days=1)
        present = [day for day in self.days_with_lines if day <= tomorrow]
        return present[-1] if present else self.newest_day

    @cached_property
    def files(self) -> list[FileEntry]:
        """Every log file, source by source in the order they are read."""
        return [file for ledger in self._ledgers.values() for file in ledger.files]

    def files_of(self, source: str) -> tuple[FileEntry, ...]:
        """The log files of one source, in the order they are read."""
        return self._ledgers[source].files

    def makes_trades(self, source: str, file: FileEntry) -> bool:
        """Whether a source has trades, and no line of that file is without a result."""
        ledger = self._ledgers[source]
        return bool(ledger.days) and all(one.file != file.number for one in ledger.fruitless)

    def without_result(self, source: str, file: FileEntry) -> list[Fruitless]:
        """The lines of a file that make no trade, though they can be read."""
        return [one for one in self._ledgers[source].fruitless if one.file == file.number]

    def has_trades(self, source: str) -> bool:
        """Whether a source has any trade, closed or open."""
        return bool(self._ledgers[source].days)

    @cached_property
    def dated(self) -> dict[str, frozenset[date]]:
        """For each source whose files are named by date, the dates that have a file."""
        return {
            source.name: frozenset(
                day
                for file in self._ledgers[source.name].files
                if (day := date_in(file.name)) is not None
            )
            for source in self.sources
            if DATE_PATTERN in source.pattern and os.path.isdir(source.location)
        }

    @cached_property
    def days(self) -> list[date]:
        """The trading days with a closed trade, in order."""
        return list(map(date.fromordinal, self._ordinals))

    @cached_property
    def _ordinals(self) -> list[int]:
        return sorted({day for one in self._ledgers.values() for day in one.days} - {OPEN})

    @cached_property
    def closed(self) -> Trades:
        """Every closed trade, in trade order."""
        return self.trades_of(self.days)

    @cached_property
    def open(self) -> Trades:
        """Every trade without a close, by opening time."""
        return self._fetched(lambda: ordered_open(self._trades(OPEN)))

    def entry(self, day: date) -> DayEntry:
        """What is known at once of a day with closed trades."""
        number = day.toordinal()
        own = [ledger.days[number] for ledger in self._ledgers.values() if number in ledger.days]
        return own[0] if len(own) == 1 else self._opened.manifest.joint[number]

    def marks(self) -> dict[int, tuple[str, int]]:
        """For each day with closed trades, by its ordinal, what changes when its trades do.

        That is an epoch, and their number. The epoch changes when a trade that was there changed,
        went or moved; while it stands, new trades come after the known ones.
        """
        ledgers = list(self._ledgers.values())
        if len(ledgers) == 1:
            days = ledgers[0].days
            return {day: (str(days[day].epoch), days[day].rows) for day in self._ordinals}
        marks = {}
        for day in self._ordinals:
            own = [ledger.days[day] for ledger in ledgers if day in ledger.days]
            epoch = str(own[0].epoch)
            if len(own) > 1:
                epoch = " ".join(f"{entry.epoch}/{entry.rows}" for entry in own)
            marks[day] = epoch, sum(entry.rows for entry in own)
        return marks

    def curve(self, day: date) -> PnlCurve:
        """The curve of a day's net P&L, as far as days are folded by it."""
        entry = self.entry(day)
        return PnlCurve(entry.net, entry.peak, entry.places)

    def sheet(self, day: date) -> Sheet:
        """The sheet of a day with closed trades."""
        if day not in self._sheets:

            def fetched() -> Sheet:
                address = self.entry(day).sheet
                assert address is not None
                sheet = unpacked_sheet(self._opened.pages.get(address))
                trades = partial(self._trades, day.toordinal())
                if sheet.digest is None:
                    sheet = sheet._replace(digest=digest_of(PackedTrades(trades())))
                if len(sheet.parts) < PARTS:
                    from perfkit.book.store import parts_on_demand

                    return parts_on_demand.completed(sheet, trades, self.config.calendar)
                return sheet

            self._sheets[day] = self._fetched(fetched)
        return self._sheets[day]

    @cached_property
    def kept_parts(self) -> KeptParts:
        """Tallies by the dimensions that sources declare, as far as they have been asked for."""
        from perfkit.book.dimension_parts import KeptParts  # few questions need them

        return KeptParts(self._opened.pages.folder)

    def looked_up(self, find: Callable[[Mapping[str, Ledger], Pages], T]) -> T:
        """What is found in the pages by what is known of each source, by its name."""
        return self._fetched(lambda: find(self._ledgers, self._opened.pages))

    def trades_of(self, days: Iterable[date]) -> Trades:
        """The closed trades of some days, in trade order when the days are in order."""
        runs = self._fetched(lambda: [self._trades(day.toordinal()) for day in days])
        return joined(runs) if runs else no_trades(self.paths)

    def last_of(self, day: date) -> Trades:
        """The trades on a day of each source that one of the latest is of, in trade order."""
        return self._fetched(lambda: self._trades(day.toordinal(), is_end=True))

    def last(self, count: int, where: Mapping[str, str] | None = None) -> Trades:
        """The last `count` closed trades that meet a filter, or as many as there are.

        Days are read backward, and of a day no more than it takes.
        """
        return self._fetched(lambda: self._last(count, where or {}))

    @cached_property
    def paths(self) -> dict[int, str]:
        """Each file, as the places of its lines show it, by its number, in reading order."""
        return {file.number: file.label for file in self.files}

    @cached_property
    def errors(self) -> list[LineError]:
        """The bad lines, by path and line; one may stand for more (see `LineError`)."""
        return sorted(error for _, error in self.dated_errors)

    @property
    def bad_lines(self) -> int:
        """How many bad lines there are."""
        return sum(map(bad_lines_of, self._ledgers.values()))

    @cached_property
    def dated_errors(self) -> list[tuple[date | None, LineError]]:
        """The bad lines with the trading day they count in."""
        return [found for name in self._ledgers for found in self._errors_of(name)]

    @cached_property
    def left_out(self) -> list[tuple[date, LineError]]:
        """Lines with a value that could not be read and was left out, with their trading day.

        Of a file it is the first of each day and kind of reason, which stands for the others.
        """
        found = []
        for file in self.files:
            if not file.left_out:
                continue
            lines = self._fetched(partial(self._details, file.number, "left_out"))
            for line, offset, reason, day, more in limited(lines, 0):
                assert day is not None
                error = LineError(file.name, line, offset, reason, more, file.numbering)
                found.append((date.fromordinal(day), error))
        return found

    def errors_by_source(self) -> dict[str, list[LineError]]:
        """The bad lines, by the name of their source; a source without any has an empty list."""
        return {name: sorted(error for _, error in self._errors_of(name)) for name in self._ledgers}

    @property
    def mode(self) -> int:
        """The mode of a file made from its logs: nobody may read it who may not read them."""
        return narrowed(ledger.mode for ledger in self._ledgers.values())

    def mode_of(self, source: str) -> int:
        """The same of a file made from one source."""
        return self._ledgers[source].mode

    def snapshot(self) -> Snapshot:
        """What was read, so that it can be read again while the logs grow."""
        return {file.name: file.bytes_read for file in self.files}

    def unterminated(self) -> list[date]:
        """The days with a file that ends in half a line although nothing more will come.

        Nothing more comes to a packed file, to one that a newer file of its source follows,
        and to one of a day before the newest.
        """
        newest = self.newest_day
        found = []
        for ledger in self._ledgers.values():
            for place, file in enumerate(ledger.files):
                day = date_in(file.name) or _date(file.last_day)
                if not file.waiting or day is None:
                    continue
                followed = place + 1 < len(ledger.files)
                earlier = newest is not None and day < newest
                if followed or earlier or is_packed(file.name):
                    found.append(day)
        return sorted(found)

    def begun_by(self, source: str, day: date) -> bool:
        """Whether a file of that source has a line of that day."""
        numbers = {file.number for file in self._ledgers[source].files}
        return day in self.lines and not numbers.isdisjoint(self.lines[day].files)

    @cached_property
    def _ledgers(self) -> dict[str, Ledger]:
        ledgers = self._opened.manifest.ledgers
        try:
            return {source.name: ledgers[source.name] for source in self.sources}
        except CacheDamagedError:  # no figure has come of them yet
            self._open_anew(self._opened.options)
            return self._ledgers

    def _trades(self, day: int, *, is_end: bool = False) -> Trades:
        own = [ledger.days[day] for ledger in self._ledgers.values() if day in ledger.days]
        if is_end:
            last_at = max(entry.last_at for entry in own)
            own = [entry for entry in own if entry.last_at == last_at]
        runs = [loaded(entry, self._opened.pages, self.paths) for entry in own]
        if len(runs) < 2:
            return runs[0] if runs else no_trades(self.paths)
        return joined(runs) if day == OPEN else ordered(joined(runs))

    def _last(self, count: int, where: Mapping[str, str]) -> Trades:
        runs: list[Trades] = []
        for run in self._backward():
            runs.append(meeting(run, where, self.config.calendar))
            missing = count - sum(map(len, runs))
            if missing <= 0:
                runs[-1] = runs[-1].slice(-missing, len(runs[-1]))
                break
        return joined(runs[::-1]) if runs else no_trades(self.paths)

    def _backward(self) -> Iterator[Trades]:
        """The closed trades in runs, the last first."""
        pages = self._opened.pages
        for day in reversed(self.days):
            number = day.toordinal()
            own = [one.days[number] for one in self._ledgers.values() if number in one.days]
            if len(own) > 1:
                yield self._trades(number)
                continue
            for fragment in reversed(own[0].fragments):
                yield loaded(own[0]._replace(fragments=(fragment,)), pages, self.paths)

    def _errors_of(self, source: str) -> list[tuple[date | None, LineError]]:
        ledger = self._ledgers[source]
        fruitless: defaultdict[int, list[BadLine]] = defaultdict(list)
        for one in ledger.fruitless:
            bad_line = (one.line, one.offset, one.reason, one.day, 0)
            fruitless[one.file].append(bad_line)
        found = []
        for file in ledger.files:
            bad = fruitless[file.number]
            if file.leading[1] or any(bad for *_, bad in file.days):
                bad += self._fetched(partial(self._details, file.number, "errors"))
            known = _date(file.first_day) or date_in(file.name)
            for line, offset, reason, day, more in limited(sorted(bad), KEPT_BAD_LINES):
                own = known if day is None else date.fromordinal(day)
                error = LineError(file.name, line, offset, reason, more, file.numbering)
                found.append((own, error))
        return found

    def _details(self, number: int, kind: str) -> list[BadLine]:
        """The `errors` of a file, or what was `left_out`."""
        pages = self._opened.pages
        return [
            line
            for file in self.files
            if file.number == number
            for address in file.details
            for line in getattr(unpacked_details(pages.get(address)), kind)
        ]

    def _fetched(self, fetch: Callable[[], T]) -> T:
        """What is fetched from the cache; when that is damaged, the book is rebuilt."""
        try:
            return fetch()
        except CacheDamagedError:
            self._make_anew()
            return fetch()

    def _make_anew(self) -> None:
        """Reads the logs again as far as this book had; raises `LogReadError` where they changed.

        Each file keeps the number it had, so what was fetched before still holds.
        """
        before = self._read_from()
        numbers = {
            (name, file.name): file.number
            for name, ledger in self._ledgers.items()
            for file in ledger.files
        }
        options = self._opened.options._replace(limits=self.snapshot(), numbers=numbers)
        self._open_anew(options)
        for name in ("files", "_ledgers"):
            self.__dict__.pop(name, None)
        if self._read_from() != before:
            raise LogReadError(
                CACHE,
                "was damaged, and the logs have changed since it was read",
                "run the command again, or `desk.refresh()` in a notebook",
            )

    def _open_anew(self, options: Options) -> None:
        discard(self.config, self.manifest_mark)
        options = options._replace(cached=False)
        self._opened = open_book(self.config, self.sources, options)
        self.manifest_mark = None

    def _read_from(self) -> list[tuple[str, int, tuple[bytes, ...]]]:
        """What was read: each file, how far, and the digests of its bytes."""
        return [
            (file.name, file.end, file.chunks)
            for ledger in self._ledgers.values()
            for file in ledger.files
        ]


def read(config: Config, source: str | None = None, options: Options = DEFAULT) -> Book:
    """The book of every log of the workspace, or of one source, as the logs are now.

    Raises `LogReadError` when a file or folder cannot be read, `MixedCurrencyError` when the
    sources do not share a currency.
    """
    sources = chosen(config, source)
    return Book(config, sources, open_book(config, sources, options))


def _date(number: int | None) -> date | None:
    return None if number is None else date.fromordinal(number)
