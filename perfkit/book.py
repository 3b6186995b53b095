"""The book: every trade of a workspace, with what the lines behind it were.

`read` goes through the log files of the chosen sources, makes one trade of the lines of one
identity, and keeps count per trading day of the files, lines, ignored and bad lines. A line that
is no trade of its own (bad or ignored) belongs to the day of the trade line before it in its
file, else of the one after it, else of the date its file is named by.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from perfkit.bulk import uncollected
from perfkit.combine import combined, evaluated
from perfkit.config import Config, Source
from perfkit.derive import NO_RESULT, derived
from perfkit.errors import LineError, LogReadError, MixedCurrencyError, UsageError
from perfkit.tradelog import FileLog, line_offset, read_log
from perfkit.trades import COLUMNS, CORRECTED, REPEATED, Trades, joined, ordered
from perfkit.window import Calendar

OWN_OUTPUT = (Path("logs/performance"), Path("logs/performance-alerts.jsonl"))
"""What perfkit writes below the workspace and therefore never reads as a trade log."""

Progress = Callable[[int, int], None]
"""Told how many of how many files have been read."""

DATE_PATTERN = "????-??-??"
"""A file pattern that holds this names files by date: an expected day without one is missing."""

_DATED = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_ROTATED = re.compile(r"(.*?)\.([0-9]+)(\.gz)?$")


class DayLines(NamedTuple):
    """Line counts of one trading day; `files` are numbers of files."""

    files: frozenset[int] = frozenset()
    lines: int = 0
    ignored: int = 0
    errors: tuple[LineError, ...] = ()


class Book(NamedTuple):
    """All trades of the chosen sources.

    `closed` is in trade order; `newest` is the instant of the newest line, None when there is no
    line yet. `days` counts lines per trading day; `undated_errors` are the bad lines of files that
    tell no date at all. `dated` has, per source whose files are named
    by date, the dates for which a file is there; `unterminated` the dates whose file still ends
    in half a line although a later day has begun.
    """

    config: Config
    sources: tuple[Source, ...]
    closed: Trades
    open: Trades
    newest: int | None
    days: dict[date, DayLines]
    undated_errors: tuple[LineError, ...]
    dated: dict[str, frozenset[date]]
    unterminated: frozenset[date]
    source_of: dict[str, str]
    bytes_read: int

    @property
    def currency(self) -> str:
        """The one currency of all its money."""
        return self.sources[0].currency

    @property
    def errors(self) -> list[LineError]:
        """Every bad line, by path and line."""
        dated = [error for day in self.days.values() for error in day.errors]
        return sorted([*dated, *self.undated_errors])

    def errors_by_source(self) -> dict[str, list[LineError]]:
        """Every bad line, by the name of its source; a source without any has an empty list."""
        found: dict[str, list[LineError]] = {source.name: [] for source in self.sources}
        for error in self.errors:
            found[self.source_of[error.path]].append(error)
        return found


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


def read(config: Config, source: str | None = None, progress: Progress | None = None) -> Book:
    """Reads every log of the workspace, or of one source.

    Raises `LogReadError` when a file or folder cannot be read, `MixedCurrencyError` when the
    sources do not share a currency.
    """
    sources = chosen(config, source)
    files = [(one, path) for one in sources for path in log_files(one, config.root)]
    with uncollected():
        return _read(config, sources, files, progress)


def _read(
    config: Config,
    sources: tuple[Source, ...],
    files: list[tuple[Source, Path]],
    progress: Progress | None,
) -> Book:
    logs: dict[str, list[FileLog]] = {one.name: [] for one in sources}
    size = 0
    for done, (one, path) in enumerate(files):
        if progress is not None:
            progress(done, len(files))
        logs[one.name].append(read_log(path, _shown(path, config.root), one.dialect))
        size += path.stat().st_size
    if progress is not None:
        progress(len(files), len(files))
    return _book(config, sources, logs, files, size)


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
    return sorted((path for path in names if path.is_file() and not is_own(path)), key=_age_key)


def _age_key(path: Path) -> tuple[str, int, str]:
    """`x.jsonl.2` before `x.jsonl.1` before `x.jsonl`; otherwise by name."""
    rotated = _ROTATED.match(path.as_posix())
    if rotated is None:
        return path.as_posix().removesuffix(".gz"), 0, path.as_posix()
    return rotated[1], -int(rotated[2]), path.as_posix()


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _book(
    config: Config,
    sources: tuple[Source, ...],
    logs: dict[str, list[FileLog]],
    paths: Sequence[tuple[Source, Path]],
    size: int,
) -> Book:
    closed, opened = [], []
    found: list[LineError] = []
    for source in sources:
        files = [path for one, path in paths if one is source]
        trades, bad = _trades_of(source, logs[source.name], files, config)
        found += bad
        rows: list[list[int]] = [[], []]
        for row, closed_at in enumerate(trades.closed_at):
            rows[closed_at is None].append(row)
        closed.append(trades.take(rows[0]) if rows[1] else trades)
        opened.append(trades.take(rows[1]))
    every = [log for source in sources for log in logs[source.name]]
    newest = max((at for log in every for at in log.at), default=None)
    newest_day = None if newest is None else config.calendar.day_of(newest)
    dates = {log.path: _date_in(path) for log, (_, path) in zip(every, paths, strict=True)}
    days, undated = _days(every, found, dates, config.calendar)
    return Book(
        config=config,
        sources=sources,
        closed=ordered(joined(closed)),
        open=joined(opened),
        newest=newest,
        days=days,
        undated_errors=undated,
        dated={
            source.name: frozenset(
                day for log in logs[source.name] if (day := dates[log.path]) is not None
            )
            for source in sources
            if DATE_PATTERN in source.pattern and source.path.is_dir()
        },
        unterminated=frozenset(
            day
            for log in every
            if log.waiting_line is not None
            and (day := dates[log.path]) is not None
            and newest_day is not None
            and day < newest_day
        ),
        source_of={log.path: name for name, own in logs.items() for log in own},
        bytes_read=size,
    )


def _trades_of(
    source: Source, logs: list[FileLog], files: list[Path], config: Config
) -> tuple[Trades, list[LineError]]:
    """The trades of one source, and a line error for each that closed without any result."""
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
    paths = [log.path for log in logs]
    others = {
        (records.file[row], records.line[row]): lines for row, lines in records.other_lines.items()
    }
    trades = Trades({name: columns[name] for name in COLUMNS}, paths, others)
    bad = [row for row, finding in enumerate(findings) if finding == NO_RESULT]
    if not bad:
        return trades, []
    errors = [
        LineError(
            paths[records.file[row]],
            records.line[row],
            line_offset(files[records.file[row]], records.line[row]),
            "closes a trade without any P&L or outcome",
        )
        for row in bad
    ]
    good = [row for row, finding in enumerate(findings) if finding != NO_RESULT]
    return trades.take(good), errors


def _days(
    logs: list[FileLog],
    found: list[LineError],
    dates: dict[str, date | None],
    calendar: Calendar,
) -> tuple[dict[date, DayLines], tuple[LineError, ...]]:
    """Line counts by trading day, and the bad lines that belong to none."""
    undated: list[LineError] = []
    files: defaultdict[date, set[int]] = defaultdict(set)
    lines: Counter[date] = Counter()
    ignored: Counter[date] = Counter()
    errors: defaultdict[date, list[LineError]] = defaultdict(list)
    for n, log in enumerate(logs):
        days = calendar.days_of(log.at)
        for day, count in Counter(days).items():
            files[day].add(n)
            lines[day] += count
        bad = log.errors + [error for error in found if error.path == log.path]
        for number in log.ignored:
            own = _neighbour_day(number, log.lines.line, days) or dates[log.path]
            if own is not None:
                files[own].add(n)
                ignored[own] += 1
                lines[own] += 1
        for error in bad:
            own = _neighbour_day(error.line, log.lines.line, days) or dates[log.path]
            if own is None:
                undated.append(error)
            else:
                files[own].add(n)
                errors[own].append(error)
                lines[own] += error not in found
    counted = {
        day: DayLines(frozenset(members), lines[day], ignored[day], tuple(sorted(errors[day])))
        for day, members in files.items()
    }
    return counted, tuple(sorted(undated))


def _neighbour_day(number: int, numbers: list[int], days: list[date]) -> date | None:
    if not numbers:
        return None
    return days[max(0, bisect_right(numbers, number) - 1)]


def _date_in(path: Path) -> date | None:
    """The date a file is named by."""
    found = _DATED.search(path.name)
    try:
        return None if found is None else date.fromisoformat(found[0])
    except ValueError:
        return None


def missing_days(book: Book, days: Iterable[date]) -> list[date]:
    """Which of some expected days have no file in a source that writes one a day."""
    if book.config.quiet_days_are_zero or book.newest is None:
        return []
    newest = book.config.calendar.day_of(book.newest)
    return sorted(
        {day for dated in book.dated.values() for day in days if day <= newest and day not in dated}
    )
