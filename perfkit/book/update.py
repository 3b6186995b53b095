"""Bringing the book up to date: what is new is read, and joined with what is known.

First each log file is looked at: it stands, it grew, it is new, or it is not what it was. What is
to be read is read in batches (see `batch`). Then the batches are joined with the ledger. An
identity that two of them tell of, or that a file which is gone told of, is *affected*: its lines
are looked up in the index, read again, and combined anew. A day to which trades were added that
all come after its own is extended; any other day that changed is made anew from its trades.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import pairwise

from perfkit.book.batch import Batch, FileReading, entries_of
from perfkit.book.store.days import chained_days, extended_day, loaded, sealed
from perfkit.book.store.identity_index import (
    Entry,
    day_in,
    find,
    in_order,
    place_in,
    shared_keys,
    with_entries,
)
from perfkit.book.store.ledger import DayEntry, Details, FileEntry, Ledger, Run, unpacked_details
from perfkit.book.store.pages import Pages
from perfkit.config.settings import Config, Source
from perfkit.core.calendar import Calendar
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trades import Trades, joined, ordered
from perfkit.disk.fingerprints import fingerprint_of, is_settled
from perfkit.logs.digest import digest_of, verified
from perfkit.logs.files import is_compressed, line_offset, opened, readable, unreadable
from perfkit.logs.listing import LogFile
from perfkit.logs.reader import Start, read_lines
from perfkit.logs.trades import OPEN, Combined, Fruitless, by_day, combined_trades

MOST_DETAILS = 32

Sizes = tuple[int, int, int, int]


class Plan(NamedTuple):
    """What to do about the files of one source.

    `numbers` are those of its files in reading order; `kept` are the entries of files that stand
    or grew, `readings` what is to be read, `dropped` the entries of what is no longer there.
    `rewritten` and `gone` name files for the operator.
    """

    numbers: tuple[int, ...]
    kept: dict[int, FileEntry]
    readings: list[FileReading]
    dropped: list[FileEntry]
    rewritten: list[str]
    gone: list[str]
    verified: int

    @property
    def is_idle(self) -> bool:
        """Whether the ledger is up to date as it is."""
        return not self.readings and not self.dropped


def plan(
    ledger: Ledger,
    files: Sequence[LogFile],
    next_number: int,
    now: int,
    verified_bytes: int,
    limits: Mapping[str, int] | None,
    given: Mapping[str, int],
) -> Plan:
    """Compares the files of a source, in reading order, with what is known of them.

    A file that grew has all its earlier bytes verified up to `verified_bytes`, of a longer one
    some. With `limits`, a file is read up to so many bytes only; `given` are numbers that files
    bear elsewhere, which new ones get again. Raises `LogReadError`, or `FileNotFoundError` for a
    file that has gone meanwhile.
    """
    by_name = {file.name: file for file in ledger.files}
    by_inode = {file.fingerprint[:2]: file for file in ledger.files}
    numbers, kept, readings, rewritten = [], {}, [], []
    looked_at = 0
    taken: set[int] = set()
    fingerprints = [fingerprint_of(_status(path, name)) for path, name, _ in files]
    inodes = {fingerprint[:2] for fingerprint in fingerprints}
    for (path, name, _), fingerprint in zip(files, fingerprints, strict=True):
        known = by_name.get(name)
        if known is None or known.fingerprint != fingerprint:
            known = by_inode.get(fingerprint[:2])
        if known is None or known.number in taken:
            known = by_name.get(name)
            # A file that lives on under another name is not this one.
            if known is not None and known.fingerprint[:2] in inodes:
                known = None
        if known is not None and known.number not in taken:
            taken.add(known.number)
            stands = known.fingerprint == fingerprint and known.name == name
            if stands and is_settled(fingerprint, known.seen_at):
                numbers.append(known.number)
                kept[known.number] = known
                continue
            looked_at += 1
            entry, reading = _compared(path, name, known, now, verified_bytes)
            if entry is not None:
                numbers.append(known.number)
                kept[known.number] = entry
                if reading is not None:
                    readings.append(reading)
                continue
            rewritten.append(name)
        limit = None if limits is None else limits[name]
        number = given.get(name, next_number)
        readings.append(FileReading(number, path, name, limit=limit))
        numbers.append(number)
        next_number = max(next_number, number + 1)
    dropped = [file for file in ledger.files if file.number not in kept]
    there = {file.name for file in files}
    gone = [file.name for file in dropped if file.name not in there]
    return Plan(tuple(numbers), kept, readings, dropped, rewritten, gone, looked_at)


def in_old_order(ledger: Ledger, numbers: Iterable[int]) -> bool:
    """Whether the files that were known are read in the order they were."""
    rank = {file.number: place for place, file in enumerate(ledger.files)}
    known = [rank[number] for number in numbers if number in rank]
    return known == sorted(known)


def _status(path: str, name: str) -> os.stat_result:
    try:
        return os.stat(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(name, error) from error


def _compared(
    path: str, name: str, known: FileEntry, now: int, verified_bytes: int
) -> tuple[FileEntry | None, FileReading | None]:
    """A file that may have changed: its entry, and what to read of it; no entry if it did."""
    with readable(name), open(path, "rb") as stream:
        status = os.fstat(stream.fileno())
        seen = known._replace(name=name, fingerprint=fingerprint_of(status), seen_at=now)
        if is_compressed(path):
            same = digest_of(stream).chunks() == known.chunks
            return (seen, None) if same else (None, None)
        if status.st_size < known.end:
            return None, None
        digest = verified(stream, known.end, known.chunks, verified_bytes)
    if digest is None:
        return None, None
    if status.st_size == known.end:
        return seen._replace(waiting=0), None
    start = Start(known.end, known.lines + 1)
    return seen, FileReading(known.number, path, name, start, digest, known.last_day)


def absorbed(
    source: Source,
    config: Config,
    ledger: Ledger,
    todo: Plan,
    batches: Sequence[Batch],
    pages: Pages,
    now: int,
) -> Ledger:
    """The ledger with what the batches tell.

    Raises `CacheDamagedError` when the cache cannot be read, and `LogMovedError` when a log is no
    longer what the batches were read from.
    """
    return _Absorption(source, config, ledger, todo, batches, pages, now).result()


class LogMovedError(Exception):
    """A log changed while it was read; reading starts over."""


class _Absorption:
    """One ledger being brought up to date."""

    def __init__(
        self,
        source: Source,
        config: Config,
        ledger: Ledger,
        todo: Plan,
        batches: Sequence[Batch],
        pages: Pages,
        now: int,
    ) -> None:
        self.source = source
        self.config = config
        self.calendar: Calendar = config.calendar
        self.ledger = ledger
        self.todo = todo
        self.batches = batches
        self.pages = pages
        self.now = now
        self.dropped = {file.number for file in todo.dropped}
        self.files = self._files()
        self.paths = {file.number: file.name for file in self.files}
        self.suspect_days: set[int] = set()
        self.affected: set[int] = set()

    def result(self) -> Ledger:
        found = self._find_affected()
        again = self._combined_again(found)
        extra = by_day(again.trades, self.calendar)
        return Ledger(
            files=tuple(self.files),
            days=self._days(extra),
            fruitless=self._fruitless(again),
            identities=self._index(found, list(entries_of(extra, again.fruitless))),
        )

    def _files(self) -> list[FileEntry]:
        """Every file there is, in reading order, up to where it has been read now."""
        entries = dict(self.todo.kept)
        for batch in self.batches:
            for file in batch.files:
                earlier = entries.get(file.number)
                entries[file.number] = file if earlier is None else _followed(earlier, file)
        return [self._compact(entries[number]) for number in self.todo.numbers]

    def _compact(self, file: FileEntry) -> FileEntry:
        """Few sections of details, however often the file grew."""
        if len(file.details) <= MOST_DETAILS:
            return file
        parts = [unpacked_details(self.pages.get(address)) for address in file.details]
        whole = Details(
            tuple(dict.fromkeys(key for part in parts for key in part.keys)),
            tuple(block for part in parts for block in part.blocks),
            tuple(error for part in parts for error in part.errors),
        )
        return file._replace(details=(self.pages.put(whole.packed),))

    def _find_affected(self) -> dict[int, set[Entry]]:
        """The identities to combine anew, with all that the index knows of them."""
        lost = {
            key
            for file in self.todo.dropped
            for address in file.details
            for key in unpacked_details(self.pages.get(address)).keys
        }
        for file in self.todo.dropped:
            self.suspect_days.update(day for day, *_ in file.days)
            self.suspect_days.add(OPEN)
        known: dict[int, set[Entry]] = {}
        if self.ledger.files:
            told = lost.union(*(batch.lines.keys for batch in self.batches))
            known = find(self.ledger.identities, self.pages, sorted(told))
        alive = {file.number for file in self.ledger.files} - self.dropped
        found: dict[int, set[Entry]] = {}
        for key, entries in known.items():
            living = {one for one in entries if place_in(one)[0] in alive}
            if key in lost or living:
                self.affected.add(key)
                self.suspect_days.update(map(day_in, entries))
                found[key] = living
        self.affected |= lost | shared_keys([batch.lines for batch in self.batches])
        return found

    def _combined_again(self, found: Mapping[int, set[Entry]]) -> Combined:
        """The trades of the affected identities, made of all their lines."""
        wanted: defaultdict[int, set[int]] = defaultdict(set)
        for key in self.affected:
            places = [place_in(one) for one in found.get(key, ())]
            for batch in self.batches:
                places += [place_in(one) for one in batch.lines.of(key)]
            for number, line in places:
                wanted[number].add(line)
        logs, numbers = [], []
        blocks: dict[int, list[tuple[int, int]]] = {}
        for file in self.files:
            if file.number not in wanted:
                continue
            lines = wanted[file.number]
            path = self._path(file.name)
            blocks[file.number] = [
                block
                for address in file.details
                for block in unpacked_details(self.pages.get(address)).blocks
            ]
            with readable(file.name), closing(opened(path)) as stream:
                log = read_lines(stream, file.name, self.source.dialect, lines, blocks[file.number])
            if len(log.lines) != len(lines):
                raise LogMovedError(file.name)
            logs.append(log)
            numbers.append(file.number)
        return combined_trades(
            self.source,
            self.config,
            logs,
            numbers,
            lambda number, line: line_offset(self._path(self.paths[number]), line, blocks[number]),
        )

    def _path(self, name: str) -> str:
        return os.path.join(self.config.folder, name)

    def _fruitless(self, again: Combined) -> tuple[Fruitless, ...]:
        kept = [
            one
            for one in (
                *self.ledger.fruitless,
                *(one for batch in self.batches for one in batch.fruitless),
            )
            if one.key not in self.affected and one.file not in self.dropped
        ]
        return tuple(sorted({*kept, *again.fruitless}, key=lambda one: (one.file, one.line)))

    def _index(self, found: Mapping[int, set[Entry]], again: list[Entry]) -> tuple[Run, ...]:
        known = set().union(*found.values()) if found else set()
        new = [in_order(one for one in again if one not in known)]
        new += [batch.lines.without(self.affected) for batch in self.batches]
        if not any(map(len, new)):
            return self.ledger.identities
        alive = frozenset(file.number for file in self.files)
        return with_entries(self.ledger.identities, new, self.pages, alive)

    def _days(self, extra: Mapping[int, Trades]) -> dict[int, DayEntry]:
        days = dict(self.ledger.days)
        clashing = {
            day_in(one)
            for batch in self.batches
            for key in self.affected
            for one in batch.lines.of(key)
        }
        touched = set(extra) | self.suspect_days
        touched.update(day for batch in self.batches for day in batch.days)
        for day in sorted(touched):
            runs = [
                self._unaffected(batch.days[day]) if day in clashing else batch.days[day]
                for batch in self.batches
                if day in batch.days
            ]
            if day in extra:
                runs.append(extra[day])
            runs = [run for run in runs if _rows(run)]
            old = days.pop(day, None)
            suspect = day in self.suspect_days
            made = self._joined_day(day, old, runs, suspect=suspect)
            if made is not None:
                days[day] = made
        return dict(sorted(days.items()))

    def _joined_day(
        self, day: int, old: DayEntry | None, runs: list[Trades | DayEntry], *, suspect: bool
    ) -> DayEntry | None:
        """What becomes of a day: extended where that is enough, else made anew."""
        known = [] if old is None else [old]
        if not runs and not suspect:
            return old
        if not suspect and (day == OPEN or _follow_each_other([*known, *runs])):
            return self._extended(day, [*known, *runs])
        before = [self._unaffected(one) for one in known]
        if not runs and old is not None and len(before[0]) == old.rows:
            return old
        trades = joined([*before, *map(self._loaded, runs)]) if before or runs else None
        return self._sealed(day, trades) if trades is not None and len(trades) else None

    def _extended(self, day: int, runs: Sequence[Trades | DayEntry]) -> DayEntry:
        """A day of runs of trades, each after the one before."""
        whole: DayEntry | None = None
        for run in runs:
            if whole is None:
                whole = run if isinstance(run, DayEntry) else self._sealed(day, run)
            elif isinstance(run, DayEntry):
                whole = chained_days([whole, run], self.pages)
            else:
                trades = self._with_paths(run)
                trades = trades if day == OPEN else ordered(trades)
                whole = extended_day(day, whole, trades, self.calendar, self.pages)
        assert whole is not None
        return whole

    def _sealed(self, day: int, run: Trades) -> DayEntry:
        trades = self._with_paths(run)
        trades = trades if day == OPEN else ordered(trades)
        return sealed(day, trades, self.calendar, self.pages, self.now)

    def _with_paths(self, trades: Trades) -> Trades:
        """The trades, knowing the order in which all files are read."""
        return trades.with_paths(self.paths)

    def _loaded(self, run: Trades | DayEntry) -> Trades:
        return loaded(run, self.pages, self.paths) if isinstance(run, DayEntry) else run

    def _unaffected(self, run: Trades | DayEntry) -> Trades:
        """The trades that no affected identity and no dropped file has a part in."""
        trades = self._loaded(run)
        rows = [
            row
            for row, (key, file) in enumerate(zip(trades.key, trades.file, strict=True))
            if key not in self.affected and file not in self.dropped
        ]
        if len(rows) == len(trades):
            return trades
        kept = trades.take(rows)
        places = set(zip(kept.file, kept.line, strict=True))
        others = {place: lines for place, lines in kept.other_lines.items() if place in places}
        return kept.with_lines(others)


def _rows(run: Trades | DayEntry) -> int:
    return run.rows if isinstance(run, DayEntry) else len(run)


def _follow_each_other(runs: Sequence[Trades | DayEntry]) -> bool:
    """Whether each run closed before the next one did."""
    spans = [
        (run.first_at, run.last_at)
        if isinstance(run, DayEntry)
        else (min(run.closed_at), max(run.closed_at))
        for run in runs
    ]
    return all(one[1] < next_one[0] for one, next_one in pairwise(spans))


def _followed(earlier: FileEntry, later: FileEntry) -> FileEntry:
    """What is known of a file after a run of lines that followed what was known."""
    days: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for file in (earlier, later):
        for day, *counts in file.days:
            days[day] = [a + b for a, b in zip(days[day], counts, strict=True)]
    instants = [at for at in (earlier.newest, later.newest) if at is not None]
    return later._replace(
        lines=earlier.lines + later.lines,
        sizes=_added(earlier.sizes, later.sizes),
        days=tuple((day, *counts) for day, counts in sorted(days.items())),  # type: ignore[misc]
        leading=(earlier.leading[0] + later.leading[0], earlier.leading[1] + later.leading[1]),
        first_day=later.first_day if earlier.first_day is None else earlier.first_day,
        last_day=earlier.last_day if later.last_day is None else later.last_day,
        newest=max(instants, default=None),
        details=(*earlier.details, *later.details),
    )


def _added(one: Sizes, other: Sizes) -> Sizes:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]
