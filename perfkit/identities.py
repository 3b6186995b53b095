"""The index of identities: from the key of an identity to its lines, and to the days of its trades.

An entry is `(key, day, file, line)`: a line that bears the identity, and the day its trade was put
on. Entries are facts that may be out of date, never missing: a reader passes over files that are
gone and looks on every day named. They are kept sorted in runs of blocks. What is new becomes a run
together with the runs before it that are not much longer, so there are few, and an entry is written
again a few times only.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from perfkit.ledger import Run
from perfkit.pages import CacheDamagedError, Pages

BLOCK_ENTRIES = 4096
MOST_RUNS = 32
SHARE = 8
"""A run is merged with what is new where it has at most so many times its entries."""

MERGED_ENTRIES = 1 << 15
"""What would be longer is not merged (that would hold up an alert run) until there are too many."""

Entry = int
"""Key, day, file and line, 32 bits each from the highest."""

_LOW = (1 << 32) - 1
_LOW_HALF = (1 << 64) - 1


def entry(key: int, day: int, file: int, line: int) -> Entry:
    """One entry of the index."""
    return key << 96 | day << 64 | file << 32 | line


def key_in(one: Entry) -> int:
    """The key of an entry."""
    return one >> 96


def day_in(one: Entry) -> int:
    """The day of an entry."""
    return one >> 64 & _LOW


def place_in(one: Entry) -> tuple[int, int]:
    """The file and line of an entry."""
    return one >> 32 & _LOW, one & _LOW


class Entries:
    """Sorted entries in little memory."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        ordered = sorted(entries)
        self.keys = array("Q", [one >> 64 for one in ordered])
        self.places = array("Q", [one & _LOW_HALF for one in ordered])

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Entry]:
        return _together(self.keys, self.places)

    def blocks(self) -> Iterator[Entries]:
        """The entries in runs that are read and written as one."""
        for first in range(0, len(self), BLOCK_ENTRIES):
            block = Entries(())
            block.keys = self.keys[first : first + BLOCK_ENTRIES]
            block.places = self.places[first : first + BLOCK_ENTRIES]
            yield block

    def distinct(self) -> array[int]:
        """The keys, each once, ascending."""
        return array("I", dict.fromkeys([key >> 32 for key in self.keys]))

    def of(self, key: int) -> Iterator[Entry]:
        """The entries of one key."""
        first = bisect_left(self.keys, key << 32)
        return self.between(first, bisect_left(self.keys, (key + 1) << 32, first))

    def between(self, first: int, last: int) -> Iterator[Entry]:
        """The entries from number `first` to before `last`."""
        return _together(self.keys[first:last], self.places[first:last])


def find(runs: Sequence[Run], pages: Pages, keys: Sequence[int]) -> dict[int, set[Entry]]:
    """The entries of each of some ascending keys that has any; raises `CacheDamagedError`."""
    found: dict[int, set[Entry]] = {}
    for run in runs:
        starts = [start for start, *_ in run.blocks]
        loaded, block = -1, Entries(())
        for key in keys:
            # The entries of a key may begin in the block before the first that starts with it.
            number = max(0, bisect_left(starts, key) - 1)
            while number < len(starts) and starts[number] <= key:
                if number != loaded:
                    loaded, block = number, _block(run, number, pages)
                for one in block.of(key):
                    found.setdefault(key, set()).add(one)
                number += 1
    return found


def with_entries(
    runs: Sequence[Run], new: Sequence[Entries], pages: Pages, alive: frozenset[int]
) -> tuple[Run, ...]:
    """The runs with new entries; known ones of files no longer alive drop out of what is merged."""
    kept = list(runs)
    size = sum(map(len, new))
    known: list[Iterator[Entry]] = []
    every = len(runs) >= MOST_RUNS
    while kept and (every or kept[-1].entries <= min(SHARE * size, MERGED_ENTRIES - size)):
        run = kept.pop()
        size += run.entries
        known.append(_live(_entries(run, pages), alive))
    if len(new) == 1 and not known:
        made = _written(new[0].blocks(), pages)
    else:
        made = _written(_in_blocks(_in_order(new, known, size)), pages)
    return (*kept, made) if made.blocks else tuple(kept)


def _in_order(
    new: Sequence[Entries], known: Sequence[Iterator[Entry]], size: int
) -> Iterator[Entry]:
    if size <= MERGED_ENTRIES:
        return iter(sorted(chain(*new, *known)))
    some = _by_ranges(new)
    if not known:
        return some
    from heapq import merge  # an alert run does without

    return merge(some, *known)


def _by_ranges(new: Sequence[Entries]) -> Iterator[Entry]:
    """The entries of several in order; only those of one range of keys are in memory at a time."""
    ranges = 1 + sum(map(len, new)) // MERGED_ENTRIES
    bounds = [(1 << 64) * n // ranges for n in range(ranges)]
    cuts = [[*(bisect_left(one.keys, bound) for bound in bounds), len(one)] for one in new]
    for number in range(ranges):
        parts = (
            one.between(cut[number], cut[number + 1]) for one, cut in zip(new, cuts, strict=True)
        )
        yield from sorted(chain.from_iterable(parts))


def _live(entries: Iterable[Entry], alive: frozenset[int]) -> Iterator[Entry]:
    return (one for one in entries if one >> 32 & _LOW in alive)


def _together(keys: Iterable[int], places: Iterable[int]) -> Iterator[Entry]:
    return (key << 64 | place for key, place in zip(keys, places, strict=True))


def _entries(run: Run, pages: Pages) -> Iterator[Entry]:
    for number in range(len(run.blocks)):
        yield from _block(run, number, pages)


def _block(run: Run, number: int, pages: Pages) -> Entries:
    _, address, length = run.blocks[number]
    block = Entries(())
    content = pages.get(address)
    if len(content) != 16 * length:
        raise CacheDamagedError(f"page {address[0]} does not hold what it should")
    block.keys.frombytes(content[: 8 * length])
    block.places.frombytes(content[8 * length :])
    return block


def _in_blocks(entries: Iterator[Entry]) -> Iterator[Entries]:
    while some := list(islice(entries, BLOCK_ENTRIES)):
        yield Entries(some)


def _written(blocks: Iterable[Entries], pages: Pages) -> Run:
    written = []
    for block in blocks:
        address = pages.put(block.keys.tobytes() + block.places.tobytes())
        written.append((block.keys[0] >> 32, address, len(block)))
    return Run(tuple(written))
