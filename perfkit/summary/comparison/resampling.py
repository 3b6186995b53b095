"""Sums of resamples: as many rows of values as there are, each drawn at random from all of them.

Which rows are drawn does not depend on what they are worth, and the random numbers are those of
generators that numpy keeps as they are (`RandomState`, on its own or over `PCG64`): the same rows
give the same sums, digit for digit, in every run.

Drawing 15,000 rows 10,000 times one by one takes seconds. Here the rows lie in blocks of 256.
How many draws fall into each block is drawn first (a multinomial number). Within a block a random
byte is a draw, and two bytes are a number from 0 to 65,535 that a table has the sum of two rows
for. Sums are whole numbers throughout. The columns of a row lie side by side in words of 63 bits,
cut into slices, each with free bits above it for what the draws of a block add up to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from perfkit.core.errors import MissingExtraError
from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BLOCK = 256
WORD_BITS, SHORT_WORD_BITS = 63, 31

AT_ONCE = 1000
"""So many resamples at once: what they draw from one block fits into a cache of the processor."""

FEW = 64
"""Up to so many different rows are drawn by how often each occurs."""


def resampled_sums(columns: Sequence[Sequence[int]], resamples: int, name: str) -> list[list[int]]:
    """The sum of each column in each resample; a draw takes the values of one row, all columns.

    `name` seeds the random numbers, so that samples differ in them. Raises `MissingExtraError`
    without numpy, `ValueError` without values or where columns differ in length.
    """
    rows = list(zip(*columns, strict=True))
    if not rows:
        raise ValueError("no values to draw from")
    np, seed = seeded(name)
    distinct = Counter(rows)
    if len(distinct) <= FEW:
        words = np.frombuffer(seed, dtype="<u4")
        return _of_few(distinct, len(rows), resamples, np.random.RandomState(words))
    return _Blocks(rows, resamples, seed).sums()


def seeded(name: str) -> tuple[Any, bytes]:
    """numpy, and the seed of the random numbers of that name.

    Raises `MissingExtraError` without numpy.
    """
    try:
        import numpy as np
    except ModuleNotFoundError as error:
        raise MissingExtraError("numpy", "reports") from error
    return np, blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _of_few(
    distinct: Counter[tuple[int, ...]], count: int, resamples: int, random: Any
) -> list[list[int]]:
    """Sums of rows that occur many times each: how often each is drawn is enough."""
    ordered = sorted(distinct)
    shares = [distinct[row] / count for row in ordered]
    drawn = random.multinomial(count, shares, size=resamples).tolist()
    return [
        [sum(n * value for n, value in zip(counts, column, strict=True)) for counts in drawn]
        for column in zip(*ordered, strict=True)
    ]


class _Slice(NamedTuple):
    """Some bits of a column: those from `low` on, and where they lie."""

    column: int
    low: int
    bits: int
    word: int
    offset: int


def _slices(widths: Sequence[int], free: int, most: int, word_bits: int) -> list[_Slice]:
    """Columns of so many bits cut into slices of at most `most` bits, `free` bits above each."""
    found: list[_Slice] = []
    word = offset = 0
    for column, width in enumerate(widths):
        low = 0
        while low < width:
            if offset + free >= word_bits:
                word, offset = word + 1, 0
            bits = min(width - low, most, word_bits - offset - free)
            found.append(_Slice(column, low, bits, word, offset))
            low, offset = low + bits, offset + bits + free
    return found


class _Blocks:
    """Rows in blocks, whose draws are added up block by block."""

    def __init__(self, rows: Sequence[tuple[int, ...]], resamples: int, seed: bytes) -> None:
        import numpy as np

        self.np = np
        self.rows = sorted(rows)
        self.random = np.random.RandomState(np.frombuffer(seed, dtype="<u4"))
        self.words = np.random.RandomState(np.random.PCG64(int.from_bytes(seed, "little")))
        columns = list(zip(*rows, strict=True))
        self.lowest = [min(column) for column in columns]
        self.starts = range(0, len(rows), BLOCK)
        shares = [min(BLOCK, len(rows) - start) / len(rows) for start in self.starts]
        self.drawn = self.random.multinomial(len(rows), shares, size=resamples)
        widths = [
            (max(column) - low).bit_length()
            for column, low in zip(columns, self.lowest, strict=True)
        ]
        free = int(self.drawn.max()).bit_length()
        is_short = sum(width + free for width in widths) <= SHORT_WORD_BITS
        most = WORD_BITS - len(rows).bit_length()
        self.kind = np.int32 if is_short else np.int64
        self.free = free
        self.slices = _slices(widths, free, most, SHORT_WORD_BITS if is_short else WORD_BITS)
        self.totals = np.zeros((len(self.slices), resamples), np.int64)
        most_pairs = AT_ONCE * (1 << max(free - 1, 0))
        # Kept, as new memory costs more than what is done in it.
        self.places = np.empty(most_pairs, np.intp)
        self.values = np.empty(most_pairs, self.kind)

    def sums(self) -> list[list[int]]:
        """The sum of each column in each resample."""
        resamples = len(self.drawn)
        for number, start in enumerate(self.starts):
            block = self.rows[start : start + BLOCK]
            tables, counts = self._tables(block), self.drawn[:, number]
            if len(block) == BLOCK:
                pairs = [(table[:, None] + table[None, :]).ravel() for table in tables]
                for first in range(0, resamples, AT_ONCE):
                    self._add_pairs(slice(first, first + AT_ONCE), tables, pairs, counts)
            else:
                draws = self.random.randint(0, len(block), int(counts.sum()))
                self._add(slice(0, resamples), tables, draws, counts)
        sums = [[len(self.rows) * low] * resamples for low in self.lowest]
        for one, totals in zip(self.slices, self.totals.tolist(), strict=True):
            before = sums[one.column]
            sums[one.column] = [
                base + (more << one.low) for base, more in zip(before, totals, strict=True)
            ]
        return sums

    def _tables(self, block: Sequence[tuple[int, ...]]) -> list[Any]:
        """The words of each row of a block."""
        words = [[0] * len(block) for _ in range(self.slices[-1].word + 1)]
        for one in self.slices:
            mask, lowest, word = (1 << one.bits) - 1, self.lowest[one.column], words[one.word]
            for place, row in enumerate(block):
                word[place] |= ((row[one.column] - lowest) >> one.low & mask) << one.offset
        return [self.np.array(word, self.kind) for word in words]

    def _add_pairs(
        self, some: slice, tables: Sequence[Any], pair_tables: Sequence[Any], counts: Any
    ) -> None:
        """Adds draws from a full block to some of the totals, two at a time."""
        np = self.np
        pairs, odd = counts[some] >> 1, np.flatnonzero(counts[some] & 1)
        total = int(pairs.sum())
        # The first words are the pairs, the last ones the single draws. Words of all 64 bits are
        # the raw numbers of the generator; so made, they do not keep other threads from running.
        count = (2 * total + len(odd) + 7) // 8
        words = self.words.randint(0, 1 << 64, count, np.uint64).astype("<u8", copy=False)
        one = words.view(np.uint8)[2 * total : 2 * total + len(odd)]
        places = self.places[:total]
        places[:] = words.view("<u2")[:total]
        self._add(some, pair_tables, places, pairs)
        single = np.ones(len(odd), np.intp)
        self._add(some.start + odd, tables, one.astype(np.intp), single)

    def _add(self, some: Any, tables: Sequence[Any], draws: Any, counts: Any) -> None:
        """Adds to each of some totals so many of the draws, in order, as the tables have them."""
        if not len(draws):
            return
        np = self.np
        room = self.values[: len(draws)] if len(draws) <= len(self.values) else None
        starts = np.cumsum(counts) - counts
        drawn = counts > 0
        added = np.zeros((len(tables), len(counts)), self.kind)
        for word, table in enumerate(tables):
            # In range as they are, so nothing is checked.
            values = table.take(draws, mode="wrap", out=room)
            added[word, drawn] = np.add.reduceat(values, starts[drawn], dtype=self.kind)
        for total, one in zip(self.totals, self.slices, strict=True):
            mask = (1 << one.bits + self.free) - 1
            total[some] += added[one.word] >> one.offset & mask
