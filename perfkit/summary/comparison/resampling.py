"""Resamples of values: as many draws as there are values, each from all of them at random.

A resample of 30,000 trades drawn one by one takes 30,000 random numbers, and a comparison needs
10,000 of each side. Here the sorted values are cut into ranges, and at first only the number of
draws from each range is drawn. A range is then cut in two, and its draws are shared out by a
binomial number, as often as it is asked. Whoever looks for the resample at a rank keeps those
that are still near it, and only of these draws each value.

Example: of the values 1, 2, 7, 9 a resample has four draws; three may be from 1, 2 and one from
7, 9. Its sum is then near 3 x 1.5 + 8, and between 10 and 15.

The random numbers are those of a generator that numpy keeps as it is (`RandomState` over `PCG64`),
and what decides how many are drawn is whole numbers: the same values give the same resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from perfkit.core.errors import MissingExtraError
from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LEAST_DRAWS = 4
"""Of ranges with fewer draws each, to draw the values is less work than to cut once more."""

AT_ONCE = 1 << 20
"""About so many values at once; more would take much memory."""

LIMB_BITS = 31
"""Values are added up in pieces of so many bits, whose sums fit into 64 bits."""


class Scale(NamedTuple):
    """Values times `factor`, shifted left by `shift` bits, or right where it is negative."""

    factor: int
    shift: int


def seeded(name: str) -> tuple[Any, bytes]:
    """numpy, and the seed of the random numbers of that name.

    Raises `MissingExtraError` without numpy.
    """
    try:
        import numpy as np
    except ModuleNotFoundError as error:
        raise MissingExtraError("numpy", "reports") from error
    return np, blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Resamples:
    """Resamples of some values, each known by its number of draws from each range.

    `scale` has to leave the sum of all values, less the smallest for each, below 2**62. `name`
    seeds the random numbers. Raises `MissingExtraError` without numpy, `ValueError` without values.
    """

    def __init__(self, values: Sequence[int], resamples: int, name: str, scale: Scale) -> None:
        if not values:
            raise ValueError("no values to draw from")
        np, seed = seeded(name)
        self._np = np
        self._random = np.random.RandomState(np.random.PCG64(int.from_bytes(seed, "little")))
        ordered = sorted(values)
        self._lowest = ordered[0]
        above = [value - self._lowest for value in ordered]
        self._limbs = _limbs(np, above)
        self._heights = _on_scale(np, above, scale)
        self._sums_before = np.concatenate([[0], np.cumsum(self._heights)])
        self._starts = np.zeros(1, np.int64)
        self._draws = np.full((resamples, 1), len(values), np.int64)

    def __len__(self) -> int:
        return len(self._heights)

    @property
    def furthest(self) -> int:
        """No value is further than this from the mean of its range, on the scale."""
        means, highest = self._means, self._heights[self._ends - 1]
        return 1 + int(self._np.maximum(highest - means, means - self._heights[self._starts]).max())

    def expected(self) -> Any:
        """The sum to expect of each resample, on the scale, less the smallest value for each draw.

        It is too small by less than one for each draw.
        """
        return self._draws @ self._means

    def variances(self, halvings: int) -> Any:
        """At least the variance of the sum of each resample, in units of 4**halvings."""
        return self._draws @ -(-self._squares(halvings) // self._sizes)

    def cut(self) -> bool:
        """Cuts ranges in two at their means; False where that is no use.

        Those that add little to the variance stay as they are.
        """
        np, starts, ends = self._np, self._starts, self._ends
        if len(starts) * LEAST_DRAWS >= len(self):
            return False
        middles = np.searchsorted(self._heights, self._means, "right")
        squares = self._squares(max(0, self.furthest.bit_length() - 18))
        squares[middles == ends] = 0  # of such a range all values are the same
        if not squares.any():
            return False
        is_cut = squares >= max(1, squares.sum() // np.count_nonzero(squares))
        shares = (middles - starts)[is_cut] / self._sizes[is_cut]
        below = self._random.binomial(self._draws[:, is_cut], shares)
        lower = np.flatnonzero(is_cut) + np.arange(len(below[0]))  # in the ranges to come
        self._draws = np.repeat(self._draws, 1 + is_cut, 1)
        self._draws[:, lower] = below
        self._draws[:, lower + 1] -= below
        self._starts = np.sort(np.concatenate([starts, middles[is_cut]]))
        return True

    def keep(self, some: Any) -> None:
        """Forgets all resamples but some."""
        self._draws = self._draws[some]

    def sums(self) -> list[int]:
        """The sum of each resample, exactly, with each of its values drawn."""
        np = self._np
        totals = np.zeros((len(self._limbs), len(self._draws)), np.int64)
        is_one = self._is_one
        firsts = self._limbs[:, self._starts[is_one]]
        totals += firsts @ self._draws[:, is_one].T
        starts, sizes = self._starts[~is_one], self._sizes[~is_one]
        rows = max(1, AT_ONCE // len(self))
        for first in range(0, len(self._draws) if len(starts) else 0, rows):
            some = slice(first, first + rows)
            draws = self._draws[some][:, ~is_one]
            times, ends = draws.ravel(), draws.sum(1).cumsum()
            places = self._random.randint(
                0, np.repeat(np.tile(sizes, len(draws)), times), dtype="int64"
            )
            places += np.repeat(np.tile(starts, len(draws)), times)
            for total, limb in zip(totals, self._limbs, strict=True):
                added = np.concatenate([[0], np.cumsum(limb.take(places))])[ends]
                total[some] += np.diff(added, prepend=0)
        base = self._lowest * len(self)
        return [
            base + sum(one << LIMB_BITS * number for number, one in enumerate(limbs))
            for limbs in totals.T.tolist()
        ]

    @property
    def _ends(self) -> Any:
        return self._np.append(self._starts[1:], len(self))

    @property
    def _sizes(self) -> Any:
        return self._ends - self._starts

    @property
    def _means(self) -> Any:
        """The mean of each range, rounded down."""
        return (self._sums_before[self._ends] - self._sums_before[self._starts]) // self._sizes

    @property
    def _is_one(self) -> Any:
        """Whether all values of a range are the same."""
        return (self._limbs[:, self._starts] == self._limbs[:, self._ends - 1]).all(0)

    def _squares(self, halvings: int) -> Any:
        """At least the squared distances from the mean of each range, added up."""
        np = self._np
        distances = np.abs(self._heights - np.repeat(self._means, self._sizes)) >> halvings
        return np.add.reduceat((distances + 1) ** 2, self._starts)


def _on_scale(np: Any, amounts: Sequence[int], scale: Scale) -> Any:
    """Sorted amounts on a scale, rounded down."""
    factor, shift = scale
    if amounts[-1] * factor < 1 << 62:
        scaled = np.array(amounts, np.int64) * factor
        return scaled << shift if shift >= 0 else scaled >> -shift
    exact = (amount * factor for amount in amounts)
    return np.array([one << shift if shift >= 0 else one >> -shift for one in exact], np.int64)


def _limbs(np: Any, amounts: Sequence[int]) -> Any:
    """Sorted amounts cut into pieces, a row for the lowest bits of all, then for the next."""
    count = max(1, -(-amounts[-1].bit_length() // LIMB_BITS))
    mask = (1 << LIMB_BITS) - 1
    if count == 1:
        return np.array([amounts], np.int64)
    pieces = [[one >> LIMB_BITS * n & mask for one in amounts] for n in range(count)]
    return np.array(pieces, np.int64)
