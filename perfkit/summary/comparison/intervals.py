"""The difference of two sums at some ranks, of resamples of two sides.

Of each resample the difference to expect is known at first, and how far off it may be. Those that
may be at one of the ranks are looked at more closely, again and again, until few are left. Only
these are drawn value by value, and their differences are exact.

Example: of 10,000 differences the one at rank 250 is sought, and each is within 30 of what is
expected of it. If the 250th of those expected is -700, it is between -730 and -670, and whatever
is expected below -760 or above -640 is not it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

from perfkit.core.fast_imports import NamedTuple
from perfkit.summary.comparison.resampling import Resamples, Scale

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CERTAINTY = 24
"""A difference is further off than said with a probability of at most 2 e**-24."""


class Weighed(NamedTuple):
    """Values of one side, each of which counts `weight` times in the difference."""

    values: Sequence[int]
    weight: int


def differences_at(
    ranks: Sequence[int], base: Weighed, other: Weighed, resamples: int, name: str
) -> list[int]:
    """The differences of the sums of resamples, other less base, at some ranks from 1.

    `name` seeds the random numbers. Raises `MissingExtraError` without numpy, `ValueError` without
    values.
    """
    shift = _shift(base, other)
    one, two = (
        Resamples(side.values, resamples, f"{name} of {word}", Scale(side.weight, shift))
        for side, word in ((base, "base"), (other, "other"))
    )
    search = _Search(one, two, ranks, resamples)
    while one.cut() | two.cut():
        search.narrow()
    firsts, seconds = one.sums(), two.sums()
    found = [b * other.weight - a * base.weight for a, b in zip(firsts, seconds, strict=True)]
    return search.at_ranks(found)


class _Search:
    """The resamples that may be at a rank."""

    def __init__(
        self, base: Resamples, other: Resamples, ranks: Sequence[int], resamples: int
    ) -> None:
        import numpy as np

        self.np = np
        self.base, self.other = base, other
        self.ranks = ranks
        self.left = np.arange(resamples)
        self.expected = np.zeros(resamples, np.int64)
        self.are_near: list[Any] = []
        self.marks: list[int] = []
        self.narrow()

    def narrow(self) -> None:
        """Looks at those that are left, and keeps the ones that may be at a rank."""
        np = self.np
        self.expected[self.left] = self.other.expected() - self.base.expected()
        off = 2 * _furthest_off(self.base, self.other)
        places = [rank - 1 for rank in self.ranks]
        self.marks = np.partition(self.expected, places)[places].tolist()
        distances = [np.abs(self.expected[self.left] - mark) for mark in self.marks]
        are_near = [distance <= min(off, 1 << 62) for distance in distances]
        some = np.logical_or.reduce(are_near)
        self.are_near = [near[some] for near in are_near]
        self.left = self.left[some]
        self.base.keep(some)
        self.other.keep(some)

    def at_ranks(self, found: Sequence[int]) -> list[int]:
        """The values at the ranks, given those of the resamples that are left."""
        at_ranks = []
        for rank, mark, near in zip(self.ranks, self.marks, self.are_near, strict=True):
            is_below = self.expected < mark
            is_below[self.left[near]] = False
            some = sorted(found[place] for place in self.np.flatnonzero(near).tolist())
            at_ranks.append(some[rank - 1 - int(is_below.sum())])
        return at_ranks


def _shift(base: Weighed, other: Weighed) -> int:
    """So many bits that sums are as fine as 62 bits allow."""
    widest = max(side.weight * (max(side.values) - min(side.values)) for side in (base, other))
    count = len(base.values) + len(other.values)
    return 61 - count.bit_length() - widest.bit_length()


def _furthest_off(base: Resamples, other: Resamples) -> int:
    """How far differences may be from the expected ones, by the inequality of Bernstein.

    The difference adds up independent draws. Where none is further than m from its mean and their
    variances are v together, it is off by t with a probability of at most
    2 exp(-t**2 / (2 v + 2 m t / 3)). Means and scaled values are rounded down, by less than 1 each.
    """
    furthest = max(base.furthest, other.furthest)
    halvings = max(0, furthest.bit_length() - 18)
    variance = int((base.variances(halvings) + other.variances(halvings)).max()) << 2 * halvings
    linear = CERTAINTY * furthest // 3 + 1
    reach = linear + isqrt(linear * linear + 2 * CERTAINTY * variance) + 1
    return reach + 2 * (len(base) + len(other))
