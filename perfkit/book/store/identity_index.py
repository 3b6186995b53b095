"""The index of identities: from the key of an identity to its lines, and to the days of its trades.

An entry is `(key, day, file, line)`: a line with that identity, and the day of its trade. Entries
may be out of date but are never missing: a reader skips files that are gone and looks at every day
listed. They are kept sorted in runs of blocks. New entries are merged with the runs before them
that are not much longer, so runs are few, and an entry is rewritten only a few times.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from struct import Struct

from perfkit.book.store.ledger import Run
from perfkit.book.store.pages import CacheDamagedError, Pages

BLOCK_ENTRIES = 4096
MOST_RUNS = 32
SHARE = 8
"""A run is merged with what is new where it has at most so many times its entries."""

MERGED_ENTRIES = 1 << 15
"""What would be longer is not merged (that would hold up an alert run) until there are too many."""

Entry = bytes
"""Key, day, file and line, 32 bits each, highest first: so entries sort by them in that order."""

_FIELDS = Struct(">4I")
_ONE = Struct(f"{_FIELDS.size}s")
_FILE = slice(8, 12)
_KEYS = 1 << 32

entry = _FIELDS.pack
"""`entry(key, day, file, line)`: one entry of the index."""


def day_in(one: Entry) -> int:
    """The day of an entry."""
    return _FIELDS.unpack(one)[1]  # type: ignore[no-any-return]


def place_in(one: Entry) -> tuple[int, int]:
    """The file and line of an entry."""
    _, _, file, line = _FIELDS.unpack(one)
    return file, line


class Entries:
    """Sorted entries, one after the other in `content`."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = content
        self._keys: array[int] | None = None

    @property
    def keys(self) -> array[int]:
        """The key of each entry."""
        if self._keys is None:
            fields = array("I", self.content)
            self._keys = fields[::4]
            if sys.byteorder == "little":
                self._keys.byteswap()
        return self._keys

    def __len__(self) -> int:
        return len(self.content) // _FIELDS.size

    def __iter__(self) -> Iterator[Entry]:
        return chain.from_iterable(_ONE.iter_unpack(self.content))

    def blocks(self) -> Iterator[Entries]:
        """The entries in runs that are read and written as one."""
        size = BLOCK_ENTRIES * _FIELDS.size
        for first in range(0, len(self.content), size):
            yield Entries(self.content[first : first + size])

    def of(self, key: int) -> Entries:
        """The entries of one key."""
        first = bisect_left(self.keys, key)
        return self.between(first, bisect_right(self.keys, key, first))

    def between(self, first: int, last: int) -> Entries:
        """The entries from number `first` to before `last`."""
        return Entries(self.content[first * _FIELDS.size : last * _FIELDS.size])

    def without(self, keys: set[int]) -> Entries:
        """The entries of all other keys."""
        if keys.isdisjoint(self.keys):
            return self
        kept = (one for one, key in zip(self, self.keys, strict=True) if key not in keys)
        return Entries(b"".join(kept))


def in_order(entries: Iterable[Entry]) -> Entries:
    """Entries that come in any order."""
    return Entries(b"".join(sorted(entries)))


def shared_keys(every: Sequence[Entries]) -> set[int]:
    """The keys that several of them have entries of."""
    shared: set[int] = set()
    if len(every) < 2:
        return shared
    for parts in _by_ranges(every):
        keys = [set(part.keys) for part in parts]
        if len(set().union(*keys)) < sum(map(len, keys)):
            times = Counter(chain.from_iterable(keys))
            shared.update(key for key, count in times.items() if count > 1)
    return shared


def find(runs: Sequence[Run], pages: Pages, keys: Sequence[int]) -> dict[int, set[Entry]]:
    """The entries of each of some ascending keys that has any; raises `CacheDamagedError`."""
    found: dict[int, set[Entry]] = {}
    for run in runs:
        starts = [start for start, *_ in run.blocks]
        loaded, block = -1, Entries()
        for key in keys:
            # The entries of a key may begin in the block before the first that starts with it.
            number = max(0, bisect_left(starts, key) - 1)
            while number < len(starts) and starts[number] <= key:
                if number != loaded:
                    loaded, block = number, _block(run, number, pages)
                if some := block.of(key):
                    found.setdefault(key, set()).update(some)
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
        made = _written(_in_blocks(_merged(new, known, size)), pages)
    return (*kept, made) if made.blocks else tuple(kept)


def _merged(new: Sequence[Entries], known: Sequence[Iterator[Entry]], size: int) -> Iterator[Entry]:
    if size <= MERGED_ENTRIES:
        return iter(sorted(chain(*new, *known)))
    some = chain.from_iterable(sorted(chain.from_iterable(parts)) for parts in _by_ranges(new))
    if not known:
        return some
    from heapq import merge  # an alert run does without

    return merge(some, *known)


def _by_ranges(every: Sequence[Entries]) -> Iterator[list[Entries]]:
    """The entries of each, cut into ranges of keys that have about `MERGED_ENTRIES` together."""
    ranges = 1 + sum(map(len, every)) // MERGED_ENTRIES
    bounds = [_KEYS * n // ranges for n in range(ranges)]
    cuts = [[*(bisect_left(one.keys, bound) for bound in bounds), len(one)] for one in every]
    for number in range(ranges):
        yield [one.between(*cut[number : number + 2]) for one, cut in zip(every, cuts, strict=True)]


def _live(entries: Iterable[Entry], alive: frozenset[int]) -> Iterator[Entry]:
    files = {file.to_bytes(4, "big") for file in alive}
    return (one for one in entries if one[_FILE] in files)


def _entries(run: Run, pages: Pages) -> Iterator[Entry]:
    for number in range(len(run.blocks)):
        yield from _block(run, number, pages)


def _block(run: Run, number: int, pages: Pages) -> Entries:
    _, address, length = run.blocks[number]
    block = Entries(pages.get(address))
    if len(block.content) != length * _FIELDS.size:
        raise CacheDamagedError(f"page {address[0]} does not hold what it should")
    return block


def _in_blocks(entries: Iterator[Entry]) -> Iterator[Entries]:
    while some := b"".join(islice(entries, BLOCK_ENTRIES)):
        yield Entries(some)


def _written(blocks: Iterable[Entries], pages: Pages) -> Run:
    return Run(tuple((block.keys[0], pages.put(block.content), len(block)) for block in blocks))
