"""The book: every trade of a workspace, with what the lines behind it were.

`read` goes through the log files of the chosen sources, makes one trade of the lines of one
identity, and keeps count of lines per trading day.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple

from perfkit.bulk import uncollected
from perfkit.combine import Records, combined, evaluated
from perfkit.config import Config, Source
from perfkit.derive import NO_RESULT, derived
from perfkit.errors import LineError, LogReadError, MixedCurrencyError, UsageError
from perfkit.linecount import DayLines, SourceFile, count_lines, day_of_waiting
from perfkit.tradelog import FileLog, line_offset, read_log, without
from perfkit.trades import COLUMNS, CORRECTED, REPEATED, Trades, joined, ordered

OWN_OUTPUT = (Path("logs/performance"), Path("logs/performance-alerts.jsonl"))
"""What perfkit writes below the workspace and therefore never reads as a trade log."""

Progress = Callable[[int, int], None]
"""Told how many of how many files have been read."""

Snapshot = Mapping[str, int]
"""Log files, as they are shown, and how many bytes of each had been read."""

DATE_PATTERN = "????-??-??"
"""A file pattern that holds this names files by date: an expected day without one is missing."""

_ROTATED = re.compile(r"(.*?)\.([0-9]+)(\.gz)?$")


class Book(NamedTuple):
    """All trades of the chosen sources.

    `closed` is in trade order; `newest` is the instant of the newest trade line, None when there
    is none. `days` counts lines per trading day, under None those that tell no day. `dated` has,
    per source whose files are named by date, the dates for which a file is there.
    """

    config: Config
    sources: tuple[Source, ...]
    closed: Trades
    open: Trades
    newest: int | None
    days: dict[date | None, DayLines]
    dated: dict[str, frozenset[date]]
    files: tuple[SourceFile, ...]

    @property
    def currency(self) -> str:
        """The one currency of all its money."""
        return self.sources[0].currency

    @property
    def newest_day(self) -> date | None:
        """The newest trading day that has a line, good or bad; None when no line tells a day."""
        return max((day for day in self.days if day is not None), default=None)

    @property
    def errors(self) -> list[LineError]:
        """Every bad line, by path and line."""
        return sorted(error for file in self.files for error in file.errors)

    def errors_by_source(self) -> dict[str, list[LineError]]:
        """Every bad line, by the name of its source; a source without any has an empty list."""
        found: dict[str, list[LineError]] = {source.name: [] for source in self.sources}
        for file in self.files:
            found[file.source] += file.errors
        return found

    def snapshot(self) -> Snapshot:
        """What was read, so that it can be read again while the logs grow."""
        return {file.log.path: file.log.bytes_read for file in self.files}

    def unterminated(self) -> list[date]:
        """The days with a file that ends in half a line although nothing more will come.

        Nothing more comes to a compressed file, to one that a newer file of its source follows,
        and to one of a day before the newest.
        """
        newest = self.newest_day
        found = []
        for number, file in enumerate(self.files):
            if file.log.waiting_line is None:
                continue
            day = day_of_waiting(file, self.config.calendar)
            followed = any(later.source == file.source for later in self.files[number + 1 :])
            over = followed or file.path.suffix == ".gz" or (day and newest and day < newest)
            if over and day is not None:
                found.append(day)
        return sorted(found)


def chosen(config: Config, name: str | None) -> tuple[Source, ...]:
    """The source of that name, or all; raises `UsageError` or `MixedCurrencyError`."""
    if name is None:
        currencies = {source.name: source.currency for source in config.sources}
        if len(set(currencies.values())) > 1:
            raise MixedCurrencyError(currencies)
        return config.sources
    sources = tuple(source for source in config.sources if source.name == name)
    if not sources:
        known = ", ".join(source.name for source in config.sources)
        raise UsageError(f"--source {name}: there is no such source; the workspace has {known}")
    return sources


def read(
    config: Config,
    source: str | None = None,
    progress: Progress | None = None,
    snapshot: Snapshot | None = None,
) -> Book:
    """Reads every log of the workspace, or of one source; with a snapshot, only what it had.

    Raises `LogReadError` when a file or folder cannot be read, `MixedCurrencyError` when the
    sources do not share a currency.
    """
    sources = chosen(config, source)
    files = [
        (one, path)
        for one in sources
        for path in log_files(one, config.root)
        if snapshot is None or _shown(path, config.root) in snapshot
    ]
    with uncollected():
        return _read(config, sources, files, progress, snapshot or {})


def _read(
    config: Config,
    sources: tuple[Source, ...],
    files: list[tuple[Source, Path]],
    progress: Progress | None,
    snapshot: Snapshot,
) -> Book:
    logs: list[SourceFile] = []
    for done, (one, path) in enumerate(files):
        if progress is not None:
            progress(done, len(files))
        shown = _shown(path, config.root)
        log = read_log(path, shown, one.dialect, snapshot.get(shown))
        logs.append(SourceFile(one.name, path, log))
    if progress is not None:
        progress(len(files), len(files))
    return _book(config, sources, logs)


def log_files(source: Source, root: Path) -> list[Path]:
    """The files of a source, in the order their lines were written: rotated ones oldest first."""
    own = [(root / path).resolve() for path in OWN_OUTPUT]

    def is_own(path: Path) -> bool:
        resolved = path.resolve()
        return any(resolved == one or one in resolved.parents for one in own)

    if is_own(source.path):
        raise LogReadError(
            _shown(source.path, root), "is written by perfkit itself", "name the bot's log instead"
        )
    if source.path.is_file():
        return [source.path]
    if not source.path.is_dir():
        raise LogReadError(
            _shown(source.path, root),
            "there is no such file or folder",
            f"check `path` of source {source.name} in config/perfkit.yaml",
        )
    patterns = (source.pattern, source.pattern + ".gz")
    names = {path for pattern in patterns for path in source.path.glob(pattern)}
    # Beside a file, its compressed twin is a copy of it, perhaps still being written.
    twins = {path.with_name(path.name + ".gz") for path in names}
    files = (path for path in names - twins if path.is_file() and not is_own(path))
    return sorted(files, key=_age_key)


def _age_key(path: Path) -> tuple[str, int, str]:
    """`x.jsonl.2` before `x.jsonl.1` before `x.jsonl`; otherwise by name."""
    rotated = _ROTATED.match(path.as_posix())
    if rotated is None:
        return path.as_posix().removesuffix(".gz"), 0, path.as_posix()
    return rotated[1], -int(rotated[2]), path.as_posix()


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _book(config: Config, sources: tuple[Source, ...], logs: list[SourceFile]) -> Book:
    closed, opened = [], []
    files: list[SourceFile] = []
    for source in sources:
        trades, own = _trades_of(source, [log for log in logs if log.source == source.name], config)
        files += own
        rows: list[list[int]] = [[], []]
        for row, closed_at in enumerate(trades.closed_at):
            rows[closed_at is None].append(row)
        closed.append(trades.take(rows[0]) if rows[1] else trades)
        opened.append(trades.take(rows[1]))
    return Book(
        config=config,
        sources=sources,
        closed=ordered(joined(closed)),
        open=joined(opened),
        newest=max((max(file.log.at) for file in files if file.log.at), default=None),
        days=count_lines(files, config.calendar),
        dated={
            source.name: frozenset(
                file.date for file in files if file.source == source.name and file.date is not None
            )
            for source in sources
            if DATE_PATTERN in source.pattern and source.path.is_dir()
        },
        files=tuple(files),
    )


def _trades_of(
    source: Source, files: list[SourceFile], config: Config
) -> tuple[Trades, list[SourceFile]]:
    """The trades of one source, and its files with the lines that close without any result."""
    logs = [file.log for file in files]
    fruitless: defaultdict[int, set[int]] = defaultdict(set)
    while True:
        left = [without(log, fruitless[number]) for number, log in enumerate(logs)]
        records, columns = _derived(source, left, config)
        bad = [row for row, finding in enumerate(columns["findings"]) if finding == NO_RESULT]
        if not bad:
            break
        # What other lines say of such a trade (that it was opened, say) still holds.
        for row in bad:
            fruitless[records.file[row]].add(records.line[row])
    others = {
        (records.file[row], records.line[row]): lines for row, lines in records.other_lines.items()
    }
    trades = Trades({name: columns[name] for name in COLUMNS}, [log.path for log in logs], others)
    return trades, [
        file._replace(fruitless=tuple(_fruitless(file, line) for line in sorted(fruitless[number])))
        for number, file in enumerate(files)
    ]


def _derived(source: Source, logs: list[FileLog], config: Config) -> tuple[Records, dict[str, Any]]:
    records = combined(logs, source.dialect)
    columns = derived(
        source.name,
        evaluated(records, source.dialect),
        records.is_open,
        config.breakeven_tolerance,
        config.multipliers,
    )
    columns["file"], columns["line"] = records.file, records.line
    findings = columns["findings"]
    for rows, finding in ((records.corrected, CORRECTED), (records.repeated, REPEATED)):
        for row in rows:
            if findings[row] != NO_RESULT:
                findings[row] |= finding
    return records, columns


def _fruitless(file: SourceFile, line: int) -> LineError:
    reason = "closes a trade without any P&L or outcome"
    return LineError(file.log.path, line, line_offset(file.path, line), reason)


def missing_days(book: Book, days: Iterable[date]) -> list[date]:
    """Which of some expected days have no file in a source that writes one a day."""
    newest = book.newest_day
    if book.config.quiet_days_are_zero or newest is None:
        return []
    missing: set[date] = set()
    for source, dated in book.dated.items():
        own = {number for number, file in enumerate(book.files) if file.source == source}
        # With a `day_start`, the newest day's first lines stand in the file of the date before.
        split = book.config.calendar.day_start != time(0)
        begun = {newest} if split and own & book.days[newest].files else set()
        missing |= {day for day in days if day <= newest and day not in dated | begun}
    return sorted(missing)
