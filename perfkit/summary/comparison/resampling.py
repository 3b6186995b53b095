"""Sums of resamples: as many values as there are, each drawn at random from all of them.

Which values are drawn does not depend on what they are worth, and the random numbers are those of
generators that numpy keeps as they are (`RandomState`, the raw numbers of `PCG64`): the same values
give the same sums, digit for digit, in every run.

Drawing 15,000 values 10,000 times one by one takes seconds. Here the values lie in blocks of 256.
How many draws fall into each block is drawn first (a multinomial number). Within a block a random
byte is a draw, and two bytes are a number from 0 to 65,535 that a table has the sum of two values
for. Sums are whole numbers throughout; large values are added up in parts of 22 bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from perfkit.core.errors import MissingExtraError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BLOCK = 256
PART_BITS = 22
MOST_DRAWS = 1 << 31 - PART_BITS
"""So many values of 22 bits add up to 31 bits, so that sums of fewer need no longer numbers."""

AT_ONCE = 1000
"""So many resamples at once: what they draw from one block fits into a cache of the processor."""

FEW = 64
"""Up to so many different values are drawn by how often each occurs."""


def resampled_sums(values: Sequence[int], resamples: int, name: str) -> list[int]:
    """The sum of each resample; `name` seeds the random numbers, so that samples differ in them.

    Raises `MissingExtraError` without numpy, `ValueError` without values.
    """
    if not values:
        raise ValueError("no values to draw from")
    try:
        import numpy as np
    except ModuleNotFoundError as error:
        raise MissingExtraError("numpy", "reports") from error
    seed = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    distinct = Counter(values)
    if len(distinct) <= FEW:
        words = np.frombuffer(seed, dtype="<u4")
        return _of_few(distinct, len(values), resamples, np.random.RandomState(words))
    return _Blocks(values, resamples, seed).sums()


def _of_few(distinct: Counter[int], count: int, resamples: int, random: Any) -> list[int]:
    """Sums of values that occur many times each: how often each is drawn is enough."""
    ordered = sorted(distinct)
    drawn = random.multinomial(count, [distinct[one] / count for one in ordered], size=resamples)
    return [sum(n * value for n, value in zip(row, ordered, strict=True)) for row in drawn.tolist()]


class _Blocks:
    """Values in blocks, whose draws are added up block by block."""

    def __init__(self, values: Sequence[int], resamples: int, seed: bytes) -> None:
        import numpy as np

        self.np = np
        self.values = sorted(values)
        self.resamples = resamples
        self.random = np.random.RandomState(np.frombuffer(seed, dtype="<u4"))
        self.raw = np.random.PCG64(int.from_bytes(seed, "little"))
        self.lowest = self.values[0]
        spread = self.values[-1] - self.lowest
        self.parts = max(1, -(-spread.bit_length() // PART_BITS))

    def sums(self) -> list[int]:
        """The sum of each resample."""
        np, count = self.np, len(self.values)
        blocks = [self.values[first : first + BLOCK] for first in range(0, count, BLOCK)]
        shares = [len(block) / count for block in blocks]
        drawn = self.random.multinomial(count, shares, size=self.resamples)
        totals = np.zeros((self.parts, self.resamples), np.int64)
        for number, block in enumerate(blocks):
            tables = self._tables(block)
            if len(block) == BLOCK:
                for first in range(0, self.resamples, AT_ONCE):
                    some = slice(first, first + AT_ONCE)
                    self._add_pairs(totals[:, some], tables, drawn[some, number])
            else:
                draws = self.random.randint(0, len(block), int(drawn[:, number].sum()))
                _add(np, totals, tables, draws, drawn[:, number])
        base = count * self.lowest
        return [
            base + sum(int(part) << PART_BITS * place for place, part in enumerate(parts))
            for parts in zip(*totals.tolist(), strict=True)
        ]

    def _tables(self, block: Sequence[int]) -> list[Any]:
        """The values of a block, above the lowest of all, in parts: the lowest bits first."""
        mask = (1 << PART_BITS) - 1
        return [
            self.np.array(
                [(value - self.lowest) >> PART_BITS * place & mask for value in block],
                self.np.int32,
            )
            for place in range(self.parts)
        ]

    def _add_pairs(self, totals: Any, tables: Sequence[Any], counts: Any) -> None:
        """Adds draws from a full block, two at a time."""
        np = self.np
        pairs, odd = counts >> 1, np.flatnonzero(counts & 1)
        total = int(pairs.sum())
        # The first raw numbers are the pairs, the last ones the single draws.
        words = self.raw.random_raw((2 * total + len(odd) + 7) // 8).astype("<u8", copy=False)
        two = words.view("<u2")[:total].astype(np.intp)
        one = words.view(np.uint8)[2 * total : 2 * total + len(odd)]
        both = [(table[:, None] + table[None, :]).ravel() for table in tables]
        _add(np, totals, both, two, pairs)
        for part, table in enumerate(tables):
            totals[part, odd] += table[one]


def _add(np: Any, totals: Any, tables: Sequence[Any], draws: Any, counts: Any) -> None:
    """Adds to each total so many of the draws, in order, as the tables have them."""
    if not len(draws):
        return
    starts = np.cumsum(counts) - counts
    drawn = counts > 0
    kind = np.int32 if 2 * counts.max() < MOST_DRAWS else np.int64
    for part, table in enumerate(tables):
        values = table.take(draws, mode="wrap")  # in range as they are, so nothing is checked
        totals[part, drawn] += np.add.reduceat(values, starts[drawn], dtype=kind)
