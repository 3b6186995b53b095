"""Values in order of size: what medians and extremes of many days are taken from.

A day keeps its values sorted. A window looks its ranks up in the days, so a median reads no trade
and sorts nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from math import gcd
from operator import mul
from struct import pack

from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    PackedRun: TypeAlias = "tuple[int, str, Any]"

_INT32 = 1 << 31
_MOST = {"i": _INT32, "q": 1 << 63}
"""What values of an array are below, and their negatives above."""

FEW = 32
"""So many values are put in their places one by one."""


class SortedRun(NamedTuple):
    """Sorted values, each `unit` times one of `steps`: 1500, 3000 are 1 and 2 times 1500."""

    unit: int
    steps: Sequence[int]


class Ranks(NamedTuple):
    """Net P&L in units of 10**-places, and holding times in microseconds, in sorted runs."""

    net: tuple[SortedRun, ...] = ()
    places: int = 0
    hold_us: tuple[SortedRun, ...] = ()


def ranks_of(net: Sequence[int | None], places: int, hold_us: Sequence[int | None]) -> Ranks:
    """The ranks of some trades; what is not known has no rank."""
    return Ranks(_runs(net), places, _runs(hold_us))


def merged_ranks(parts: Iterable[Ranks]) -> Ranks:
    """The ranks of several runs of trades together."""
    ranks = list(parts)
    places = max((one.places for one in ranks), default=0)
    net = [
        SortedRun(run.unit * 10 ** (places - one.places), run.steps)
        for one in ranks
        for run in one.net
    ]
    return Ranks(tuple(net), places, tuple(run for one in ranks for run in one.hold_us))


def count_of(runs: Sequence[SortedRun]) -> int:
    """How many values there are."""
    return sum(len(run.steps) for run in runs)


def value_at(runs: Sequence[SortedRun], rank: int) -> int:
    """The value of that rank, counted from 0, of all runs together.

    It is closed in on from both sides: of 1, 5, 9 and 2, 3 rank 2 is 3, because 3 values are up to
    3 and only 2 are up to 2.
    """
    low = min(run.steps[0] * run.unit for run in runs)
    high = max(run.steps[-1] * run.unit for run in runs)
    while low < high:
        middle = (low + high) // 2
        below = sum(bisect_right(run.steps, middle // run.unit) for run in runs)
        if below > rank:
            high = middle
        else:
            low = middle + 1
    return low


def middle_two(runs: Sequence[SortedRun]) -> tuple[int, int]:
    """The two values in the middle; twice the same where their number is odd."""
    count = count_of(runs)
    low = value_at(runs, (count - 1) // 2)
    return low, low if count % 2 else value_at(runs, count // 2)


def sorted_values(runs: Sequence[SortedRun]) -> list[int]:
    """Every value, from the lowest."""
    every = (run.steps if run.unit == 1 else map(mul, run.steps, repeat(run.unit)) for run in runs)
    values = list(chain.from_iterable(every))
    if len(runs) > 1:
        values.sort()
    return values


def packed_runs(runs: Sequence[SortedRun]) -> PackedRun:
    """All values as one run: a unit, and bytes of 32 or 64 bits each or a list of larger ones."""
    known = _with_few_more(runs)
    if known is not None:
        return known
    values = sorted_values(runs)
    unit = gcd(*values) or 1
    steps = values if unit == 1 else [value // unit for value in values]
    if steps and max(steps[-1], -steps[0]) >= _INT32:
        try:
            return unit, "q", words(steps)
        except OverflowError:
            return unit, "", steps
    return unit, "i", pack(f"{len(steps)}i", *steps)


def _with_few_more(runs: Sequence[SortedRun]) -> PackedRun | None:
    """A run that was unpacked with a few values put between its own; None where it is not that.

    It comes to the same as all values sorted, without a step for each of 100,000 known ones.
    """
    if len(runs) < 2:
        return None
    (unit, known), *others = runs
    if not isinstance(known, array) or not (known[0] or known[-1]):
        return None
    if sum(len(run.steps) for run in others) > FEW:
        return None
    steps = known[:]
    for run in others:
        for step in run.steps:
            more, left = divmod(step * run.unit, unit)
            if left or not -_MOST[known.typecode] < more < _MOST[known.typecode]:
                return None
            insort(steps, more)
    return unit, steps.typecode, steps.tobytes()


def unpacked_runs(packed: PackedRun) -> tuple[SortedRun, ...]:
    """The values of `packed_runs`, in one run; none where there is no value."""
    unit, code, content = packed
    if not content:
        return ()
    if not code:
        return (SortedRun(unit, content),)
    steps = array(code)
    steps.frombytes(content)
    return (SortedRun(unit, steps),)


def _runs(values: Sequence[int | None]) -> tuple[SortedRun, ...]:
    known = sorted([value for value in values if value is not None])
    return (SortedRun(1, known),) if known else ()
