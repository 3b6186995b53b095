"""Updating the book: what is new in the logs is read, and joined with what is known.

The plan says what is to be read (see `plan`), and it is read in batches (see `batch`). Then
`absorbed` joins the batches with the ledger:

    an identity                                     what is done
    ----------------------------------------------  -----------------------------------------------
    in one batch only, in no known file             its trade is taken as it is
    in dropped files and one batch at most          the same; its old trade went with the files
    in two batches, or in a known file and a        it is *affected*: its lines are found by the
      batch or a dropped file                       index, read again and recombined
    of fills, in a batch                            the same, but new lines are at hand, and what
                                                    cannot change stays (see `rematch`)

    a day                                           what is done
    ----------------------------------------------  -----------------------------------------------
    all of its new trades close after its own       it is extended: 512 trades and 3 make 515, and
                                                    only the last fragment is written again
    it comes to the same trades, or the same        kept, or extended
      and later ones
    any other change                                it is rebuilt from its trades
    has no trade any more                           it is removed
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise

from perfkit.book.batch import Batch, entries_of
from perfkit.book.plan import Plan
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
from perfkit.book.store.ledger import (
    KEPT_BAD_LINES,
    DayEntry,
    Details,
    FileEntry,
    Ledger,
    Run,
    limited,
    unpacked_details,
)
from perfkit.book.store.pages import Pages
from perfkit.config.settings import Config, Source
from perfkit.core.calendar import Calendar
from perfkit.core.trades import Trades, are_equal, joined, ordered
from perfkit.logs.file_log import OPEN, FileLog, Fruitless
from perfkit.logs.files import readable, verified_text
from perfkit.logs.reader import read_lines
from perfkit.logs.trades import Combined, by_day, combined_trades

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.book.rematch import Since

MOST_DETAILS = 32

Sizes = tuple[int, int, int, int]


def absorbed(
    source: Source,
    config: Config,
    ledger: Ledger,
    todo: Plan,
    batches: Sequence[Batch],
    pages: Pages,
    now: int,
) -> Ledger:
    """The ledger, joined with the batches.

    Raises `CacheDamagedError` when the cache cannot be read, and `ContentChangedError` when a log
    no longer holds the bytes that were read.
    """
    return _Absorption(source, config, ledger, todo, batches, pages, now).result()


class _Absorption:
    """One ledger being updated."""

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
        self.paths = {file.number: file.label for file in self.files}
        self.suspect_days: set[int] = set()
        self.affected: set[int] = set()
        self.since: Since | None = None

    def result(self) -> Ledger:
        found = self._find_affected()
        again = self._combined_again(found)
        extra = by_day(again.trades, self.calendar)
        return Ledger(
            files=tuple(self.files),
            days=self._days(extra),
            fruitless=self._fruitless(again),
            identities=self._index(found, list(entries_of(again, extra))),
            mode=self.todo.mode,
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
            limited((error for part in parts for error in part.errors), KEPT_BAD_LINES),
            limited((line for part in parts for line in part.left_out), 0),
        )
        return file._replace(details=(self.pages.put(whole.packed),))

    def _find_affected(self) -> dict[int, set[Entry]]:
        """The identities to recombine, with all that the index knows of them."""
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
        alive = {file.number for file in self.ledger.files} - self.dropped
        if self.ledger.files:
            read = lost.union(*(batch.lines.keys for batch in self.batches))
            if self.source.dialect.fills is None:
                known = find(self.ledger.identities, self.pages, sorted(read))
            else:
                known = self._known_of_fills(read, lost, alive)
        found: dict[int, set[Entry]] = {}
        for key, entries in known.items():
            living = {one for one in entries if place_in(one)[0] in alive}
            if key in lost or living:
                self.suspect_days.update(self._days_of(key, entries))
            if living:
                found[key] = living
        self.affected = found.keys() | shared_keys([batch.lines for batch in self.batches])
        self.affected.update(*(batch.lines.keys for batch in self.batches if batch.logs))
        return found

    def _known_of_fills(
        self, read: Set[int], lost: Set[int], alive: Set[int]
    ) -> dict[int, set[Entry]]:
        """What the index knows of the groups of fills; says from when on they are matched."""
        from perfkit.book import rematch  # most logs do without

        names = set().union(*(batch.names.keys for batch in self.batches))
        known = find(self.ledger.identities, self.pages, sorted(names | read))
        own = {
            key: {one for one in known[key] if day_in(one) != rematch.NAMED}
            for key in known.keys() & read
        }
        self.since = rematch.since_when(
            [log for batch in self.batches for log in batch.logs],
            self.source.dialect,
            self.calendar,
            {**known, **{key: entries for key, entries in own.items() if entries}},
            lost,
            alive,
            self._known_trades,
        )
        return {key: entries for key, entries in own.items() if entries}

    def _known_trades(self, day: int) -> Trades | None:
        entry = self.ledger.days.get(day)
        return None if entry is None else self._loaded(entry)

    def _days_of(self, key: int, entries: set[Entry]) -> Iterable[int]:
        """The days on which trades of an identity may change."""
        return map(day_in, entries) if self.since is None else self.since.touched(key, entries)

    def _combined_again(self, found: Mapping[int, set[Entry]]) -> Combined:
        """The trades of the affected identities, made of all their lines.

        A log may be replaced at any time. Its lines are taken from the bytes that its entry has
        the digests of, or not at all.
        """
        wanted: defaultdict[int, set[int]] = defaultdict(set)
        for key in self.affected:
            entries: Iterable[Entry] = found.get(key, ())
            if self.since is not None:
                entries = self.since.needed(key, entries)
            places = list(map(place_in, entries))
            for batch in self.batches:
                if not batch.logs:
                    places += [place_in(one) for one in batch.lines.of(key)]
            for number, line in places:
                wanted[number].add(line)
        held: defaultdict[int, list[FileLog]] = defaultdict(list)
        for batch in self.batches:
            for number, log in batch.logs:
                held[number].append(log)
        logs, numbers = [], []
        for file in self.files:
            parts = held[file.number]
            if file.number in wanted:
                parts = [self._read_again(file, wanted[file.number]), *parts]
            logs += parts
            numbers += [file.number] * len(parts)
        since = None if self.since is None else self.since.instants
        return combined_trades(self.source, self.config, logs, numbers, since)

    def _read_again(self, file: FileEntry, lines: set[int]) -> FileLog:
        """Some lines of a file, which come before all that were read of it just now."""
        path = self._path(file.name)
        blocks = [
            block
            for address in file.details
            for block in unpacked_details(self.pages.get(address)).blocks
        ]
        dialect = self.source.dialect
        with (
            readable(file.name),
            verified_text(path, file.name, dialect, file.end, file.chunks) as (text, form),
        ):
            return read_lines(text, file.name, dialect, lines, blocks, form)

    def _path(self, name: str) -> str:
        return os.path.join(self.config.folder, name)

    def _fruitless(self, again: Combined) -> tuple[Fruitless, ...]:
        matched = {(file, line) for *_, file, line in again.lines or ()}
        kept = [
            one
            for one in (
                *self.ledger.fruitless,
                *(one for batch in self.batches for one in batch.fruitless),
            )
            if one.file not in self.dropped and not self._is_again(one, matched)
        ]
        return tuple(sorted({*kept, *again.fruitless}, key=lambda one: (one.file, one.line)))

    def _is_again(self, one: Fruitless, matched: Set[tuple[int, int]]) -> bool:
        """Whether a line without a trade was combined again."""
        return one.key in self.affected and (self.since is None or (one.file, one.line) in matched)

    def _index(self, found: Mapping[int, set[Entry]], again: list[Entry]) -> tuple[Run, ...]:
        known = set().union(*found.values()) if found else set()
        new = [in_order(one for one in again if one not in known)]
        new += [batch.lines.without(self.affected) for batch in self.batches]
        new += [batch.names for batch in self.batches if batch.names]
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
        """A day's new sheet: extended where that is enough, else rebuilt."""
        known = [] if old is None else [old]
        if not runs and not suspect:
            return old
        if not suspect and (day == OPEN or _follow_each_other([*known, *runs])):
            return self._extended(day, [*known, *runs])
        before = [self._unaffected(one) for one in known]
        if not runs and old is not None and len(before[0]) == old.rows:
            return old
        trades = joined([*before, *map(self._loaded, runs)]) if before or runs else None
        if trades is None or not len(trades):
            return None
        if suspect and old is not None and day != OPEN:
            trades = ordered(self._with_paths(trades))
            grown = self._grown(day, old, trades)
            if grown is not None:
                return grown
        return self._sealed(day, trades)

    def _grown(self, day: int, old: DayEntry, trades: Trades) -> DayEntry | None:
        """The day, if its trades are still those it had, or others after them; else None.

        Fills that come last leave the days before as they were, though all of their group are
        matched again.
        """
        if len(trades) < old.rows:
            return None
        after = trades.slice(old.rows, len(trades))
        if len(after) and after.closed_at[0] <= old.last_at:
            return None
        if not are_equal(trades.slice(0, old.rows), self._loaded(old)):
            return None
        return extended_day(day, old, after, self.calendar, self.pages) if len(after) else old

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
        changed = self.affected
        if self.since is None or not self.since.instants:
            rows = [
                row
                for row, (key, file) in enumerate(zip(trades.key, trades.file, strict=True))
                if key not in changed and file not in self.dropped
            ]
        else:
            columns = zip(trades.key, trades.file, trades.closed_at, strict=True)
            rows = [
                row
                for row, (key, file, closed_at) in enumerate(columns)
                if (key not in changed or self.since.keeps(key, closed_at))
                and file not in self.dropped
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
        sampled=earlier.sampled,
        left_out=earlier.left_out + later.left_out,
        decimal_marks=earlier.decimal_marks | later.decimal_marks,
    )


def _added(one: Sizes, other: Sizes) -> Sizes:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]
