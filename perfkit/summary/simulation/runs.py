"""Depths of drawdown of simulated runs: trades in random order, and trades drawn at random.

P&L is in whole units and sorted first, so the depths depend on the trades alone and not on the
order they came in. The random numbers are those of a generator that numpy keeps as it is
(`RandomState` over `PCG64`): the same trades give the same depths in every run.

Example: of the trades 3, -2, -2 the order -2, 3, -2 falls to -2, rises to 1 and falls to -1. Its
depth is 2; that of 3, -2, -2 is 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perfkit.summary.comparison.resampling import seeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AT_ONCE = 1 << 16
"""About so many trades at once: they fit into a cache of the processor."""

WORD = 1 << 63


def shuffled_depths(values: Sequence[int], runs: int) -> list[int]:
    """The depth (>= 0) of the drawdown of each run, sorted; a run has all values, in random order.

    Raises `ValueError` without values and `MissingExtraError` without numpy.
    """

    def fill(random: Any, values: Any, rows: Any) -> None:
        rows[:] = values
        for row in rows:
            random.shuffle(row)

    return _depths(values, runs, "shuffled", fill)


def resampled_depths(values: Sequence[int], runs: int) -> list[int]:
    """The same of runs of as many values, each drawn from all, with replacement."""

    def fill(random: Any, values: Any, rows: Any) -> None:
        places = random.randint(0, len(values), rows.shape, "int64")
        values.take(places, out=rows, mode="wrap")  # in range as they are, so nothing is checked

    return _depths(values, runs, "resampled", fill)


def _depths(
    values: Sequence[int], runs: int, name: str, fill: Callable[[Any, Any, Any], None]
) -> list[int]:
    """The sorted depths of runs whose values `fill` puts into the rows of an array."""
    if not values:
        raise ValueError("no trades to draw from")
    np, seed = seeded(f"drawdown, {name}")
    random = np.random.RandomState(np.random.PCG64(int.from_bytes(seed, "little")))
    fits = len(values) * max(map(abs, values)) < WORD  # as does every sum of some of them, then
    column = np.array(sorted(values), np.int64 if fits else object)
    at_once = max(1, min(runs, AT_ONCE // len(values)))
    # Kept, as new memory costs more than what is done in it.
    room, peaks = (np.empty((at_once, len(values)), column.dtype) for _ in range(2))
    depths: list[int] = []
    for first in range(0, runs, at_once):
        count = min(at_once, runs - first)
        rows, highest = room[:count], peaks[:count]
        fill(random, column, rows)
        np.cumsum(rows, 1, out=rows)
        np.maximum.accumulate(rows, 1, out=highest)
        np.maximum(highest, 0, out=highest)  # a curve starts at 0
        np.subtract(highest, rows, out=highest)
        depths += highest.max(1).tolist()
    return sorted(depths)
