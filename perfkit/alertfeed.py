"""What alerts ask of the log: trading days that can be told apart, and their trades in order.

`open_feed` reads the logs; `unchanged` tells without reading them that nothing was written since.
A day's mark says how its trades began, so that a day that only grew is told from one that was
rewritten.
"""

from __future__ import annotations

import os

from perfkit.feedmark import Mark, settled, unchanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from perfkit.book import Book
    from perfkit.config import Config
    from perfkit.trades import Trades

__all__ = ["DayMark", "Feed", "Mark", "open_feed", "unchanged"]

_DIGESTED = (
    *("source", "symbol", "strategy", "side", "execution_mode", "account", "exit_reason"),
    *("net_pnl", "commission", "slippage", "r", "risk_reward"),
    *("opened_at", "closed_at", "hold_us", "marks"),
)
"""Columns that figures, filters and order keys are made from; not where a trade was written."""


class DayMark:
    """A trading day with closed trades: its ordinal, how many rows, and a digest of them."""

    __slots__ = ("day", "epoch", "rows")

    def __init__(self, day: int, epoch: str, rows: int) -> None:
        self.day = day
        self.epoch = epoch
        self.rows = rows

    def plain(self) -> tuple[int, str, int]:
        """As a tuple."""
        return self.day, self.epoch, self.rows


class Feed:
    """The log as alerts see it, read once; `mark` names the state of the files it was read from."""

    def __init__(self, book: Book, mark: Mark) -> None:
        self.config = book.config
        self.mark = mark
        self._book = book
        self._days: dict[int, tuple[int, int]] = {}
        self._marks: list[DayMark] | None = None
        row, closed, calendar = 0, book.closed, book.config.calendar
        from bisect import bisect_left

        while row < len(closed):
            day = calendar.day_of(closed.closed_at[row])
            stop = bisect_left(closed.closed_at, calendar.end_of(day))
            self._days[day.toordinal()] = (row, stop)
            row = stop

    def days(self) -> list[DayMark]:
        """Trading days with closed trades, in order."""
        if self._marks is None:
            self._marks = [
                DayMark(day, self._epoch(day, stop - row), stop - row)
                for day, (row, stop) in self._days.items()
            ]
        return self._marks

    def still_begins(self, known: tuple[int, str, int]) -> bool:
        """Whether that day still begins with the rows it had when it was marked so."""
        day, epoch, rows = known
        first, stop = self._days.get(day, (0, 0))
        return stop - first >= rows > 0 and self._epoch(day, rows) == epoch

    def rows(self, first_day: int, last_day: int) -> Trades:
        """The closed trades of those days, in trade order."""
        spans = [span for day, span in self._days.items() if first_day <= day <= last_day]
        return self._book.closed.slice(spans[0][0], spans[-1][1]) if spans else self._empty()

    def missing(self, first: date, last: date) -> int:
        """Expected days in that stretch without a log file."""
        from perfkit.book import missing_days

        expected = self.config.calendar.expected_days(first, last)
        return len(missing_days(self._book, expected))

    @property
    def open_trades(self) -> Trades:
        """Trades that have not closed."""
        return self._book.open

    def newest_line(self, source: str | None = None) -> int | None:
        """When the newest trade line was of, by its own time; None without any."""
        if source is None:
            return self._book.newest
        times = [
            max(file.log.at) for file in self._book.files if file.source == source and file.log.at
        ]
        return max(times, default=None)

    def bad_lines(self, source: str | None = None) -> int:
        """How many lines of the logs are unreadable."""
        found = self._book.errors_by_source()
        return sum(len(lines) for name, lines in found.items() if source in (None, name))

    @property
    def sources(self) -> Sequence[str]:
        """The names of the sources."""
        return [source.name for source in self.config.sources]

    def _epoch(self, day: int, rows: int) -> str:
        from hashlib import sha256

        from perfkit.columns import fingerprint

        first, _ = self._days[day]
        trades = self._book.closed.slice(first, first + rows)
        hashed = sha256()
        for name in _DIGESTED:
            hashed.update(fingerprint(getattr(trades, name)))
        return hashed.hexdigest()[:16]

    def _empty(self) -> Trades:
        return self._book.closed.take([])


def load_config(root: str, timezone: str | None) -> Config:
    """The configuration of a workspace; raises `ConfigError`."""
    from pathlib import Path

    from perfkit import config as configs

    return configs.load(Path(root), timezone)


def open_feed(config: Config) -> Feed:
    """Reads the logs; raises `LogReadError`."""
    from perfkit import book as books

    # Marked before it is read: what is written meanwhile is found by the next run.
    mark = mark_of(config)
    if len({source.currency for source in config.sources}) == 1:
        return Feed(books.read(config), mark)
    return Feed(_together([books.read(config, one.name) for one in config.sources]), mark)


def _together(parts: list[Book]) -> Book:
    """Books of sources that do not share a currency, as one: no rule takes them together."""
    from perfkit.trades import joined, ordered

    newest = [part.newest for part in parts if part.newest is not None]
    return parts[0]._replace(
        sources=tuple(source for part in parts for source in part.sources),
        closed=ordered(joined([part.closed for part in parts])),
        open=joined([part.open for part in parts]),
        newest=max(newest, default=None),
        days={day: lines for part in parts for day, lines in part.days.items()},
        dated={name: dates for part in parts for name, dates in part.dated.items()},
        files=tuple(file for part in parts for file in part.files),
    )


def mark_of(config: Config) -> Mark:
    """The state of every log file, and of every folder one could appear in."""
    from perfkit.book import log_files

    paths: set[str] = set()
    for source in config.sources:
        paths.add(str(source.path))
        if source.path.is_dir() and ("/" in source.pattern or "**" in source.pattern):
            paths.update(folder for folder, _, _ in os.walk(source.path))
        paths.update(map(str, log_files(source, config.root)))
    return tuple((path, settled(path)) for path in sorted(paths))
