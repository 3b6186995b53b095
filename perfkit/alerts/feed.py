"""What alerts read of the book: trading days, each with a mark, and their trades in order.

The mark of a day shows whether its known trades are unchanged: a day with (5, epoch "a", 3 rows)
that now has epoch "a" and 4 rows has one new trade at its end; with epoch "b" it was rewritten. The
feed also has the fingerprint of the book it read, so that the next run finds out without opening
the book that there is nothing new.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from zlib import crc32

from perfkit.book.store.freshness import nothing_new
from perfkit.config.workspace import CACHE, MANIFEST
from perfkit.core.errors import LogReadError
from perfkit.core.fast_imports import NamedTuple, date
from perfkit.core.trades import joined
from perfkit.disk.fingerprints import FileMark
from perfkit.logs.listing import folder_mark, shown_path, volume_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from perfkit.alerts.rules.rule import Rule
    from perfkit.alerts.sources.lost_files import KnownFiles
    from perfkit.book.book import Book
    from perfkit.book.cache import Opened
    from perfkit.config.settings import Config, Source
    from perfkit.core.calendar import Calendar
    from perfkit.core.trades import Trades

VERIFIED_BYTES = 8 << 20
"""A log that grew is verified whole up to this length; of a longer one only a part, for speed."""

MOST_FILES = 32
"""So many log files of a source are known from run to run, and the last one of each volume."""

NOTHING_KNOWN: KnownFiles = ((0, 0), "", {}, ())

NO_HORIZON = 1 << 62
"""Later than any trade."""

HELD_ROWS = 50_000
"""About so many trades are held in memory, so that those behind several events are read once."""

__all__ = ["Before", "DayMark", "Feed", "load_config", "names_of", "open_feed"]


class Before(NamedTuple):
    """What the last run knew of the logs.

    `files` are, by source, log files that had trade lines; `begun` the file whose last line was not
    whole at an earlier run, and the offset of that line; `doubted` sources not to be relied on.
    """

    files: Mapping[str, KnownFiles] = {}
    begun: Mapping[str, tuple[str, int]] = {}
    doubted: Container[str] = ()

    def of(self, source: str, settings: tuple[int, int]) -> KnownFiles:
        """The known files of a source, if they are by its present settings.

        How it is read may be edited while its files are not there, and says nothing of these.
        """
        known = self.files.get(source, NOTHING_KNOWN)
        is_same = known[0] == settings or (source in self.doubted and known[0][0] == settings[0])
        return known if is_same else NOTHING_KNOWN


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
    """The logs as of one moment, up to the `horizon`; `mark` is the fingerprint of the book.

    A trade that closes after the horizon, and an open one that opened after it, waits: it is in
    `waiting` and nowhere else. `troubles` has, by source, why it cannot be relied on; its trades
    are not here either. `begun` has, by source, the newest file and the offset of its last line
    where that is not whole; `settings` checksums of what of the configuration its files go by.
    """

    def __init__(
        self,
        book: Book,
        mark: FileMark,
        troubles: Mapping[str, str] | None = None,
        horizon: int = NO_HORIZON,
        begun: Mapping[str, tuple[str, int]] | None = None,
        settings: Mapping[str, tuple[int, int]] | None = None,
    ) -> None:
        self.config = book.config
        self.mark = mark
        self.troubles: Mapping[str, str] = troubles or {}
        self.horizon = horizon
        self.begun: Mapping[str, tuple[str, int]] = begun or {}
        self.settings: Mapping[str, tuple[int, int]] = settings or {}
        self._book = book
        self._rows: dict[tuple[int, int], Trades] = {}
        self._groups: dict[tuple[object, ...], dict[str, list[int]]] = {}
        self._days = {day: DayMark(day, epoch, rows) for day, (epoch, rows) in book.marks().items()}
        self._ahead: list[Trades] = []
        self._cut()

    def _cut(self) -> None:
        """Takes out the trades after the horizon, which are the last ones."""
        if self._book.newest is None or self._book.newest <= self.horizon:
            return
        first = self.config.calendar.day_of(self.horizon).toordinal()
        for day in [day for day in self._days if day >= first]:
            trades = self._trades(day, day)
            inside = bisect_right(trades.closed_at, self.horizon)
            if inside == len(trades):
                continue
            self._ahead.append(trades.slice(inside, len(trades)))
            self._days[day].rows = inside
            if not inside:
                del self._days[day]

    @property
    def calendar(self) -> Calendar:
        """The trading days of the workspace."""
        return self.config.calendar

    def days(self) -> list[DayMark]:
        """The trading days with closed trades, in order."""
        return list(self._days.values())

    def files_with_trades(self) -> dict[str, KnownFiles]:
        """By source, log files with trade lines: the latest ones, and the last of each volume."""
        from perfkit.logs.file_log import span_of  # which the book has loaded

        found: dict[str, KnownFiles] = {}
        for source in self._book.sources:
            own = [file for file in self._book.files_of(source.name) if file.sizes[0]]
            where = shown_path(source.location, self.config.folder)
            of_folders = {file.name.rpartition("/")[0]: file for file in own}
            volumes = {volume_of(file.name, where): file for file in of_folders.values()}
            files = {file.name: file for file in (*volumes.values(), *own[-MOST_FILES:])}
            folders = {one: folder_mark(self.config.folder, one) for one in volumes}
            known = [
                (
                    *(file.name, file.end, *span_of(file.days), file.newest or 0),
                    *(file.fingerprint[1], file.chunks[0]),
                )
                for file in files.values()
            ]
            real = os.path.realpath(source.location)
            found[source.name] = self.settings[source.name], real, folders, tuple(known)
        return found

    def holds(self, rule: Rule) -> bool:
        """Whether a rule has to wait: it is about a source that cannot be relied on."""
        wanted = dict(rule.where).get("source")
        return wanted in self.troubles or (bool(self.troubles) and wanted is None)

    def waiting(self) -> Trades | None:
        """The closed trades that wait for their time, in trade order; None without any."""
        return joined(self._ahead) if self._ahead else None

    def still_begins(self, known: tuple[int, str, int]) -> bool:
        """Whether that day still begins with the rows it had when it was marked."""
        day, epoch, rows = known
        mark = self._days.get(day)
        return mark is not None and mark.epoch == epoch and mark.rows >= rows

    def rows(self, first_day: int, last_day: int) -> Trades:
        """The closed trades of those days, in trade order."""
        span = first_day, last_day
        if span not in self._rows:
            trades = self._trades(first_day, last_day)
            trades = trades.slice(0, bisect_right(trades.closed_at, self.horizon))
            if sum(map(len, self._rows.values())) + len(trades) > HELD_ROWS:
                self._rows, self._groups = {}, {}
            self._rows[span] = trades
        return self._rows[span]

    def last_rows(self, day: int) -> Trades:
        """Closed trades of a day, in trade order; the last one of the day is among them."""
        is_cut = self._book.newest is None or self._book.newest > self.horizon
        if is_cut or len(self._book.sources) == 1 or (day, day) in self._rows:
            return self.rows(day, day)
        return self._book.last_of(date.fromordinal(day))

    def rows_by_group(self, rule: Rule, day: int) -> dict[str, list[int]]:
        """The rows of each group of a rule on one day; see `rows`."""
        key = rule.by, rule.where, day
        if key not in self._groups:
            from perfkit.alerts.rules.steps import rows_by_group

            self._groups[key] = rows_by_group(rule, self.rows(day, day), self.config.calendar)
        return self._groups[key]

    def _trades(self, first_day: int, last_day: int) -> Trades:
        days = [day for day in self._book.days if first_day <= day.toordinal() <= last_day]
        return self._book.trades_of(days)

    def missing(self, first: date, last: date) -> int:
        """Expected days in that stretch without a log file."""
        from perfkit.book.silent import missing_days

        expected = self.config.calendar.expected_days(first, last)
        return len(missing_days(self._book, expected))

    @property
    def open_trades(self) -> Trades:
        """Trades that have not closed."""
        trades = self._book.open
        rows = [
            row
            for row, opened in enumerate(trades.opened_at)
            if opened is None or opened <= self.horizon
        ]
        return trades if len(rows) == len(trades) else trades.take(rows)

    def newest_line(self, source: str | None = None) -> int | None:
        """The time of the newest trade line, as written in the line; None without any."""
        book = self._of(source)
        if book.newest is None or book.newest <= self.horizon:
            return book.newest
        found = [file.newest for file in book.files if file.newest and file.newest <= self.horizon]
        found += [opened for opened in book.open.opened_at if opened and opened <= self.horizon]
        last = self.config.calendar.day_of(self.horizon)
        for day in reversed([day for day in book.days if day <= last]):
            closed_at = book.trades_of([day]).closed_at
            if closed_at[0] <= self.horizon:
                found.append(closed_at[bisect_right(closed_at, self.horizon) - 1])
                break
        return max(found, default=None)

    def bad_lines(self, source: str | None = None) -> int:
        """The number of unreadable lines in the logs."""
        return self._of(source).bad_lines

    @property
    def sources(self) -> Sequence[str]:
        """The names of the sources."""
        return [source.name for source in self._book.sources]

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


def open_feed(
    config: Config,
    *,
    writes: bool = True,
    whole: bool = False,
    horizon: int = NO_HORIZON,
    before: Before | None = None,
) -> Feed:
    """The logs as they are now, up to the horizon; raises `LogReadError` if none can be read.

    Without `writes`, and where the book is out of date, every log is read from its start. With
    `whole`, logs that grew are verified as for a summary; a run of every minute must be faster.
    `before` is what the last run knew of them.
    """
    from perfkit.book.book import Book
    from perfkit.book.cache import DEFAULT, open_book

    options = DEFAULT if whole else DEFAULT._replace(verified_bytes=VERIFIED_BYTES)
    if not writes and not nothing_new(config.folder, config.override):
        options = options._replace(cached=False)
    before = before or Before()
    troubles, sources = _lost_sources(config, before.files), config.sources
    try:
        opened = open_book(config, sources, options)
    except LogReadError:
        if len(sources) == 1:
            raise
        from perfkit.alerts.sources.readable import readable_sources

        sources = readable_sources(config, options, troubles)
        if not sources:
            raise
        opened = open_book(config, sources, options)
    # Sources of several currencies share a book here; no rule adds them up.
    book = Book(config, sources, opened)
    half_written = dict(opened.activity.half_written)
    settings = _settings_in(opened, config)
    for source in sources:
        trouble = _half_written(book, source, half_written)
        trouble = trouble or _trouble(book, source, before, settings[source.name], horizon)
        if trouble is not None:
            troubles[source.name] = trouble
    healthy = tuple(source for source in sources if source.name not in troubles)
    mark, begun = _mark_of(book), _begun(book)
    if troubles and healthy:
        book = Book(config, healthy, opened)
    return Feed(book, mark, troubles, horizon, begun, settings)


def _settings_in(opened: Opened, config: Config) -> dict[str, tuple[int, int]]:
    """By source, checksums of what says which records are its own, and of how they are read.

    Another time zone is no other log.
    """
    found = {}
    for source in config.sources:
        _, text = opened.manifest.settings.sources.get(source.name, ("", ""))
        dialect, where = source.dialect, shown_path(source.location, config.folder)
        own = where, source.pattern, dialect.only, dialect.layout
        read = text.replace(repr(dialect.zone), "")
        found[source.name] = crc32(repr(own).encode()), crc32(read.encode())
    return found


def _mark_of(book: Book) -> FileMark:
    """The fingerprints that show whether the book is still up to date."""
    if book.manifest_mark is None:
        return ()
    folder = book.config.folder
    grows = book.files[-1:]  # most often this one; if it is unchanged, all files are checked
    return (
        *((os.path.join(folder, file.name), file.fingerprint) for file in grows),
        (os.path.join(folder, CACHE, MANIFEST), book.manifest_mark),
    )


def _begun(book: Book) -> dict[str, tuple[str, int]]:
    """By source, the newest file and the offset of its last line, where that is not whole."""
    found = {}
    for source in book.sources:
        newest = book.files_of(source.name)[-1:]
        if newest and newest[0].waiting:
            found[source.name] = newest[0].name, newest[0].end
    return found


def names_of(config: Config) -> str:
    """A digest of what rules may name of sources that folders or other files stand for."""
    if not config.looks:
        return ""
    from perfkit.alerts.rules.rule import digest

    return digest(
        *(repr((one.name, one.currency, one.dialect.dimensions)) for one in config.sources)
    )


def _lost_sources(config: Config, known: Mapping[str, KnownFiles]) -> dict[str, str]:
    """Sources with trades at the last run that a pattern such as `logs/{source}/` no longer finds.

    `known` are log files that had trades. Where a source was listed by name, or by a file of its
    own, it was taken out on purpose.
    """
    names = {source.name for source in config.sources} if config.looks else set(known)
    where = tuple(f"{look[0]}/" if look[0] else "" for look in config.looks if not look[2])
    return {
        name: f"it is gone from {files[-1][0]} (is a volume not mounted? if this is intended, "
        "remove logs/performance/alerts.state)"
        for name, (*_, files) in known.items()
        if name not in names and files and files[-1][0].startswith(where)
    }


def _half_written(book: Book, source: Source, problems: Mapping[str, str]) -> str | None:
    """Why what a file of a source says now is not known; None if all were read to their end."""
    for file in book.files_of(source.name):
        if file.name in problems:
            return (
                f"{file.name} {problems[file.name]}; if it is being written, the next run reads it"
            )
    return None


def _trouble(
    book: Book, source: Source, before: Before, settings: tuple[int, int], horizon: int
) -> str | None:
    """Why nothing can be said of a source although it can be read; None if there is no reason.

    Most often a few looks at what the book has of it show that there is none.
    """
    from perfkit.logs.listing import newest_is_no_file

    known, still = before.of(source.name, settings), before.begun.get(source.name)
    files = book.files_of(source.name)
    with_trades = {file.name: file.end for file in files if file.sizes[0]}
    root = book.config.folder
    if (
        all(with_trades.get(one[0], -1) >= one[1] for one in known[3])
        and all(folder_mark(root, folder) == was for folder, was in known[2].items())
        and files
        and files[-1].sizes[0]
        and not any(file.waiting for file in files)
        and (len(files) == 1 or files[-1].columns is None)
        and book.makes_trades(source.name, files[-1])
        and newest_is_no_file(source, book.config.folder) is None
    ):
        return None
    from perfkit.alerts.sources.doubts import doubt

    return doubt(book, source, known, still, horizon)
