"""What every question to a desk begins with: the book, a window, a filter, and their trades."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from perfkit.book import book as books
from perfkit.book.book import Book
from perfkit.book.cache import DEFAULT, Options
from perfkit.config.settings import Config
from perfkit.core.calendar import Window
from perfkit.core.errors import LogReadError, UsageError
from perfkit.core.filters.where import meeting
from perfkit.core.trades import Trades
from perfkit.disk.fingerprints import FileMark, mark_of
from perfkit.logs.listing import chosen, log_files, own_output
from perfkit.summary.filters import Where, as_where, filter_fields
from perfkit.summary.selection import Day, Selection, is_given, range_window, resolve_window
from perfkit.summary.shown import PublicNames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


class SelectingDesk(PublicNames):
    """A workspace from which windows and filters select trades; logs are read when needed."""

    def __init__(
        self,
        config: Config,
        source: str | None = None,
        options: Options = DEFAULT,
        *,
        live: bool = False,
        readings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.config = config
        self.source = source
        self.options = options
        self.live = live
        self.readings = readings or {}
        self._books: dict[str | None, tuple[FileMark | None, Book]] = {}
        self._selected: Selection | None = None
        """The latest selection: figures, breakdown and chart of one question share its trades."""

    @property
    def book(self) -> Book:
        """Every trade of the logs. A live desk reads what is new since it was last asked."""
        return self.book_of({})

    def book_of(self, where: Mapping[str, str]) -> Book:
        """The book a filter needs: of one source where it names one, else of all sources.

        >>> len(desk.book_of({"source": "bot"}).closed)
        687
        """
        source = where.get("source", self.source)
        known = self._books.get(source)
        if known is not None and not self.live:
            return known[1]
        mark = self._mark(source) if self.live else None
        if known is None or mark is None or known[0] != mark:
            known = self._books[source] = mark, self._read(source)
        return known[1]

    def _read(self, source: str | None) -> Book:
        """The book of one source, or of all; of some, where all cannot be one.

        The cache has days of one source and of all. Where these do not share a currency, those
        chosen are read anew.
        """
        chosen_sources = chosen(self.config, source)
        if len(chosen_sources) in (1, len(self.config.sources)):
            return books.read(self.config, source, self.options)
        if len({one.currency for one in self.config.sources}) == 1:
            return self.book_of({}) if self.source is None else self._read(None)
        config = self.config._replace(sources=chosen_sources)
        return books.read(config, None, self.options._replace(cached=False))

    def refresh(self) -> Self:
        """Forgets what was read, so the next figure sees the logs as they are now.

        >>> desk.refresh().summary()
        """
        self._books.clear()
        self._selected = None
        return self

    def window(
        self,
        window: str = "daily",
        date: Day = None,
        start: Day = None,
        end: Day = None,
        *,
        where: Where = None,
    ) -> Window:
        """The window of that kind for a date, or from `start` to `end`, both inclusive.

        `start` alone ends with the newest line, `end` alone starts with the first. Without a date,
        it is the window of the newest trading day with a line (of the source in `where`). Raises
        `UsageError` if the arguments do not fit together, and `WindowError`.

        >>> desk.window("weekly", "2025-10-09").label
        '2025-W41'
        """
        return window_in(self.book_of(self.filter(where)), window, date, start, end)

    def selection(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Selection:
        """The trades behind a summary of the same arguments, for code with figures of its own.

        >>> len(desk.selection("weekly", "2025-10-09").inside)
        89
        """
        conditions = self.filter(where)
        book = self.book_of(conditions)
        span = window_in(book, window, date, start, end)
        known = self._selected
        if known and (known.book is book and known.window == span and known.where == conditions):
            return known
        self._selected = Selection(book, span, conditions, self.readings)
        return self._selected

    def closed(self, window: Window, where: Where = None) -> Trades:
        """The trades that closed in a window, in trade order, as columns.

        >>> desk.closed(desk.window("weekly", "2025-10-09"))[0].net_pnl
        Decimal('-26.58109')
        """
        return self.all_closed(where).between(window.start, window.end)

    def all_closed(self, where: Where = None) -> Trades:
        """Every closed trade, in trade order, as columns.

        >>> len(desk.all_closed("symbol=BTCUSDT"))
        126
        """
        conditions = self.filter(where)
        return meeting(self.book_of(conditions).closed, conditions, self.config.calendar)

    def filter(self, where: Where) -> dict[str, str]:
        """A filter in any spelling as a mapping, checked against the known fields.

        Raises `UsageError`.

        >>> desk.filter("symbol=ETHUSDT|BTCUSDT, net_pnl>0")
        {'symbol': 'BTCUSDT|ETHUSDT', 'net_pnl': '>0'}
        """
        return as_where(where, filter_fields(self.config))

    def _mark(self, source: str | None) -> FileMark | None:
        """What the log files look like; None where they cannot be listed: reading says why."""
        root = os.fspath(self.config.root)
        try:
            own = own_output(root)
            listed = [log_files(one, root, own) for one in chosen(self.config, source)]
            paths = [file.path for one in listed for file in one.files]
            return tuple((path, mark_of(path)) for path in paths + _write_ahead_logs(paths))
        except (OSError, LogReadError):
            return None


def window_in(book: Book, window: str, date: Day, start: Day, end: Day) -> Window:
    """The window that the arguments of a question choose. Raises `UsageError`."""
    if not is_given(start) and not is_given(end):
        return resolve_window(book, window, date)
    if is_given(date):
        raise UsageError("give either a date or start and end")
    if window not in ("daily", "range"):
        raise UsageError(f"give either the window {window} or start and end")
    return range_window(book, start, end)


def _write_ahead_logs(paths: Sequence[str]) -> list[str]:
    """The files that SQLite keeps what is new in, beside the databases among these paths."""
    folders = {path.rpartition("/")[0] or "/" for path in paths}
    beside = {
        os.path.join(folder, name)
        for folder in folders
        for name in os.listdir(folder)
        if name.endswith("-wal")
    }
    return [wal for path in paths if (wal := f"{path}-wal") in beside]
