"""What alerts ask of the book: trading days that can be told apart, and their trades in order.

A day's mark says how its trades began, so that a day that only grew is told from one that was
rewritten. The feed also says which state of the book it saw, so that a later run can tell without
opening it that there is nothing new.
"""

from __future__ import annotations

import os

from perfkit.book.store.freshness import nothing_new
from perfkit.config.workspace import CACHE, MANIFEST
from perfkit.disk.fingerprints import FileMark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from perfkit.book.book import Book
    from perfkit.config.settings import Config
    from perfkit.core.trades import Trades

VERIFIED_BYTES = 8 << 20
"""A log that grew is verified whole up to this length, of a longer one some: a run is short."""

__all__ = ["DayMark", "Feed", "load_config", "open_feed"]


class DayMark:
    """A trading day with closed trades: its ordinal, its epoch, and how many rows it has.

    The epoch changes when a trade that was there changed, went or moved; while it stands, new
    trades come after the known ones.
    """

    __slots__ = ("day", "epoch", "rows")

    def __init__(self, day: int, epoch: str, rows: int) -> None:
        self.day = day
        self.epoch = epoch
        self.rows = rows

    def plain(self) -> tuple[int, str, int]:
        """As a tuple."""
        return self.day, self.epoch, self.rows


class Feed:
    """The log as alerts see it, as of one moment; `mark` names the state of the book it is of."""

    def __init__(self, book: Book, mark: FileMark) -> None:
        self.config = book.config
        self.mark = mark
        self._book = book
        self._days = {day: DayMark(day, epoch, rows) for day, (epoch, rows) in book.marks().items()}
        self._rows: tuple[tuple[int, int], Trades] | None = None

    def days(self) -> list[DayMark]:
        """Trading days with closed trades, in order."""
        return list(self._days.values())

    def still_begins(self, known: tuple[int, str, int]) -> bool:
        """Whether that day still begins with the rows it had when it was marked so."""
        day, epoch, rows = known
        mark = self._days.get(day)
        return mark is not None and mark.epoch == epoch and mark.rows >= rows

    def rows(self, first_day: int, last_day: int) -> Trades:
        """The closed trades of those days, in trade order."""
        if self._rows is None or self._rows[0] != (first_day, last_day):
            days = [day for day in self._book.days if first_day <= day.toordinal() <= last_day]
            self._rows = (first_day, last_day), self._book.trades_of(days)
        return self._rows[1]

    def missing(self, first: date, last: date) -> int:
        """Expected days in that stretch without a log file."""
        from perfkit.book.book import missing_days

        expected = self.config.calendar.expected_days(first, last)
        return len(missing_days(self._book, expected))

    @property
    def open_trades(self) -> Trades:
        """Trades that have not closed."""
        return self._book.open

    def newest_line(self, source: str | None = None) -> int | None:
        """When the newest trade line was of, by its own time; None without any."""
        return self._of(source).newest

    def bad_lines(self, source: str | None = None) -> int:
        """How many lines of the logs are unreadable."""
        return len(self._of(source).errors)

    @property
    def sources(self) -> Sequence[str]:
        """The names of the sources."""
        return [source.name for source in self.config.sources]

    def _of(self, source: str | None) -> Book:
        """The book of one source, or of all."""
        if source is None or len(self.config.sources) == 1:
            return self._book
        from perfkit.book.book import read

        return read(self.config, source)


def load_config(root: str, timezone: str | None) -> Config:
    """The configuration of a workspace; raises `ConfigError`."""
    from perfkit.config import settings as configs

    return configs.load(root, timezone)


def open_feed(config: Config, *, writes: bool = True) -> Feed:
    """The log as it is now; raises `LogReadError`.

    Where it may not write, and the book is not up to date, every log is read for this once.
    """
    from perfkit.book.book import Book
    from perfkit.book.cache import DEFAULT, open_book

    options = DEFAULT._replace(verified_bytes=VERIFIED_BYTES)
    if not writes and not nothing_new(config.folder, config.override):
        options = options._replace(cached=False)
    # Sources of several currencies are one book here: no rule takes them together.
    book = Book(config, config.sources, open_book(config, config.sources, options))
    mark: FileMark = ()
    if book.manifest_mark is not None:
        grows = book.files[-1:]  # mostly; all are looked at when this one stands
        mark = (
            *((os.path.join(config.folder, file.name), file.fingerprint) for file in grows),
            (os.path.join(config.folder, CACHE, MANIFEST), book.manifest_mark),
        )
    return Feed(book, mark)
