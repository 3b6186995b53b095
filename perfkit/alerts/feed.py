"""What alerts read of the book: trading days, each with a mark, and their trades in order.

The mark of a day shows whether its known trades are unchanged: a day with (5, epoch "a", 3 rows)
that now has epoch "a" and 4 rows has one new trade at its end; with epoch "b" it was rewritten. The
feed also has the fingerprint of the book it read, so that the next run finds out without opening
the book that there is nothing new.
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
"""A log that grew is verified whole up to this length; of a longer one only a part, for speed."""

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
        """The mark as a tuple."""
        return self.day, self.epoch, self.rows


class Feed:
    """The logs as of one moment; `mark` is the fingerprint of the book they were read from."""

    def __init__(self, book: Book, mark: FileMark) -> None:
        self.config = book.config
        self.mark = mark
        self._book = book
        self._days = {day: DayMark(day, epoch, rows) for day, (epoch, rows) in book.marks().items()}
        self._rows: tuple[tuple[int, int], Trades] | None = None

    def days(self) -> list[DayMark]:
        """The trading days with closed trades, in order."""
        return list(self._days.values())

    def still_begins(self, known: tuple[int, str, int]) -> bool:
        """Whether that day still begins with the rows it had when it was marked."""
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
        """The time of the newest trade line, as written in the line; None without any."""
        return self._of(source).newest

    def bad_lines(self, source: str | None = None) -> int:
        """The number of unreadable lines in the logs."""
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


def open_feed(config: Config, *, writes: bool = True, whole: bool = False) -> Feed:
    """The logs as they are now; raises `LogReadError`.

    Without `writes`, and where the book is out of date, every log is read from its start. With
    `whole`, logs that grew are verified as for a summary; a run of every minute must be faster.
    """
    from perfkit.book.book import Book
    from perfkit.book.cache import DEFAULT, open_book

    options = DEFAULT if whole else DEFAULT._replace(verified_bytes=VERIFIED_BYTES)
    if not writes and not nothing_new(config.folder, config.override):
        options = options._replace(cached=False)
    # Sources of several currencies share a book here; no rule adds them up.
    book = Book(config, config.sources, open_book(config, config.sources, options))
    mark: FileMark = ()
    if book.manifest_mark is not None:
        grows = book.files[-1:]  # most often this one; if it is unchanged, all files are checked
        mark = (
            *((os.path.join(config.folder, file.name), file.fingerprint) for file in grows),
            (os.path.join(config.folder, CACHE, MANIFEST), book.manifest_mark),
        )
    return Feed(book, mark)
