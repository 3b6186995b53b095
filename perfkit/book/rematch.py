"""From when on the fills of a group are matched anew.

A new fill changes nothing that was closed before the position was last flat before it:

    bought 2   sold 2   |   bought 3   (late: sold 1)   sold 3   ...
               flat ----+---- from here on all is read and matched again

A group was flat where none of its trades was open, and its known trades say when each of them was:
a trade that closed at or after the new fill, and opened before it, moves the place to its opening;
then one that closed at or after that, and so on, from the last trade back.

All fills of a group are matched anew where lines of it are gone, or where a new line speaks of a
fill that is known: it may stand anywhere. Known fills that several lines speak of are always read,
as any of these lines may say when the fill was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from zlib import crc32

from perfkit.book.store.identity_index import Entry, day_in, entry, place_in
from perfkit.config.dialect import Dialect
from perfkit.core.calendar import Calendar
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trades import Trades
from perfkit.logs.file_log import OPEN, SEVERAL, FileLog
from perfkit.logs.fills.distinct import names_of

NAMED = (1 << 32) - 1
"""The day of an entry whose key is that of one fill, not of its group."""


class Since(NamedTuple):
    """For the keys of some groups, the instant from which on they are matched, and its day.

    Of a group without one, everything is.
    """

    instants: dict[int, int]
    days: dict[int, int]

    def needed(self, key: int, entries: Iterable[Entry]) -> list[Entry]:
        """The entries of a group whose lines have to be read again."""
        first = self.days.get(key, OPEN)
        return [one for one in entries if day_in(one) == SEVERAL or day_in(one) >= first]

    def touched(self, key: int, entries: Iterable[Entry]) -> list[int]:
        """The days on which trades of a group may change."""
        first = self.days.get(key, OPEN)
        return [OPEN, *(day for day in map(day_in, entries) if day >= first)]

    def keeps(self, key: int | None, closed_at: int | None) -> bool:
        """Whether a known trade of a group stays as it is."""
        first = None if key is None else self.instants.get(key)
        return first is not None and closed_at is not None and closed_at < first


def line_entries(number: int, log: FileLog, calendar: Calendar) -> Iterator[Entry]:
    """An entry for each fill of a file, under the key of its group and the day of the fill."""
    days = calendar.ordinals_of(log.at)
    for key, day, line in zip(log.lines.key, days, log.lines.line, strict=True):
        yield entry(key, day, number, line)


def name_entries(number: int, log: FileLog, dialect: Dialect) -> Iterator[Entry]:
    """An entry for each fill of a file that has an id, under the key of that."""
    for key, line in zip(name_keys(log, dialect), log.lines.line, strict=True):
        if key is not None:
            yield entry(key, NAMED, number, line)


def name_keys(log: FileLog, dialect: Dialect) -> list[int | None]:
    """A number for each fill that has an id; fills with the same id have the same."""
    assert dialect.fills is not None
    if not dialect.fills.identity:
        return [None] * len(log.lines)
    names = names_of(log.lines, dialect)
    return [None if None in name else crc32(repr(name).encode()) for name in names]


def since_when(
    new: Sequence[tuple[int, FileLog]],
    dialect: Dialect,
    calendar: Calendar,
    known: Mapping[int, Set[Entry]],
    lost: Set[int],
    alive: Set[int],
    trades_of: Callable[[int], Trades | None],
) -> Since:
    """From when on the groups of new fills are matched, where that is not all of them.

    `known` has the entries of their keys and of their ids, `lost` the keys of lines that are gone,
    `alive` the files that are not; `trades_of` gives the trades that are known of a day.
    """
    first: dict[int, int] = {}
    whole = set(lost)
    for _, log in new:
        names = name_keys(log, dialect)
        for key, name, at in zip(log.lines.key, names, log.at, strict=True):
            assert key is not None
            first[key] = min(at, first.get(key, at))
            if name is not None and _is_known(known.get(name, ()), alive):
                whole.add(key)
    days = _Days(trades_of)
    instants = {
        key: _last_flat(key, at, known[key], days, calendar)
        for key, at in first.items()
        if key not in whole and key in known
    }
    ordinals = calendar.ordinals_of(list(instants.values()))
    return Since(instants, dict(zip(instants, ordinals, strict=True)))


def _is_known(entries: Iterable[Entry], alive: Set[int]) -> bool:
    return any(day_in(one) == NAMED and place_in(one)[0] in alive for one in entries)


def _last_flat(key: int, at: int, entries: Set[Entry], days: _Days, calendar: Calendar) -> int:
    """The instant from which on a group has to be matched, if it gets a fill `at` an instant."""
    known = sorted({day_in(one) for one in entries} - {OPEN, SEVERAL, NAMED}, reverse=True)
    (first,) = calendar.ordinals_of([at])
    for day in (OPEN, *known):
        if OPEN < day < first:
            break
        for opened_at, closed_at in days.intervals(day, key):
            if closed_at is not None and closed_at < at:
                return at
            if opened_at < at:
                at = opened_at
                (first,) = calendar.ordinals_of([at])
    return at


class _Days:
    """When the trades of each group were open, the latest first, of days loaded once."""

    def __init__(self, trades_of: Callable[[int], Trades | None]) -> None:
        self.trades_of = trades_of
        self.known: dict[int, dict[int, list[tuple[int, int | None]]]] = {}

    def intervals(self, day: int, key: int) -> list[tuple[int, int | None]]:
        if day not in self.known:
            found: defaultdict[int, list[tuple[int, int | None]]] = defaultdict(list)
            trades = self.trades_of(day)
            if trades is not None:
                columns = (trades.key, trades.opened_at, trades.closed_at)
                for of, opened_at, closed_at in zip(*columns, strict=True):
                    assert of is not None
                    assert opened_at is not None
                    found[of].append((opened_at, closed_at))
            for own in found.values():
                own.reverse()
            self.known[day] = found
        return self.known[day].get(key, [])
