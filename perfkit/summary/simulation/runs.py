"""Depths of drawdown of simulated runs: trades in random order, and trades drawn at random.

P&L is in whole units and sorted first, so the depths depend on the trades alone and not on the
order they came in. The random numbers are those of a generator that numpy keeps as it is
(`RandomState` over `PCG64`): the same trades give the same depths in every run.

A hundred random orders and a hundred others make 10,000: each of the first is put into each of the
others. Two of these have no more to do with each other than any two random orders, also where they
share one, so a share of the runs is as near to the truth as with 10,000 made one by one. Draws are
combined in the same way, by adding places round a circle.

Example: of the trades 3, -2, -2 the order -2, 3, -2 falls to -2, rises to 1 and falls to -1. Its
depth is 2; that of 3, -2, -2 is 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isqrt

from perfkit.summary.comparison.resampling import seeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SMALL, WORD = 1 << 30, 1 << 62
"""Sums below these leave a bit free in 32 and in 64."""

MOST_ORDERED, LEAST_AT_ONCE = 1 << 25, 25
"""So many trades in orders at once, which takes half a gigabyte, but at least 25 orders."""


def shuffled_depths(values: Sequence[int], runs: int) -> list[int]:
    """The depth (>= 0) of the drawdown of each run, sorted; a run has all values, in random order.

    Raises `ValueError` without values and `MissingExtraError` without numpy.
    """

    def steps(random: Any, column: Any, some: int) -> Iterator[Any]:
        np = _numpy()
        orders = np.empty((len(column), some), column.dtype)
        others = np.empty((len(column), some), np.int32)
        for number in range(some):
            orders[:, number] = column.take(random.permutation(len(column)))
            others[:, number] = random.permutation(len(column))
        for places in others:
            yield orders.take(places, 0, mode="clip").ravel()

    return _depths(values, runs, "shuffled", steps)


def resampled_depths(values: Sequence[int], runs: int) -> list[int]:
    """The same of runs of as many values, each drawn from all, with replacement."""

    def steps(random: Any, column: Any, some: int) -> Iterator[Any]:
        np = _numpy()
        circle = np.concatenate([column, column])
        for _ in range(len(column)):
            first, second = random.randint(0, len(column), (2, some), "int64")
            yield circle.take(np.add.outer(first, second).ravel(), mode="clip")

    return _depths(values, runs, "resampled", steps)


def _depths(
    values: Sequence[int], runs: int, name: str, steps: Callable[[Any, Any, int], Iterator[Any]]
) -> list[int]:
    """The sorted depths of runs.

    For each place in a run `steps` gives the values that all runs have there, the square of `some`.
    """
    if not values:
        raise ValueError("no trades to draw from")
    np, seed = seeded(f"drawdown, {name}")
    random = np.random.RandomState(np.random.PCG64(int.from_bytes(seed, "little")))
    widest = len(values) * max(map(abs, values))  # as wide as any sum of some of them
    kind = np.int32 if widest < SMALL else np.int64 if widest < WORD else object
    column = np.array(sorted(values), kind)
    some = min(1 + isqrt(runs - 1), max(LEAST_AT_ONCE, MOST_ORDERED // len(values)))
    found: list[int] = []
    while len(found) < runs:
        heights, peaks, depths, falls = (np.zeros(some * some, kind) for _ in range(4))
        for step in steps(random, column, some):
            heights += step
            np.maximum(peaks, heights, out=peaks)
            np.subtract(peaks, heights, out=falls)
            np.maximum(depths, falls, out=depths)
        found += depths.tolist()
    return sorted(found[:runs])


def _numpy() -> Any:
    return seeded("")[0]
