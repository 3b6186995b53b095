"""Differences at ranks, against drawing every resample value by value."""

from collections.abc import Callable
from copy import copy
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.summary.comparison.intervals import Weighed, differences_at
from perfkit.summary.comparison.resampling import Resamples

RESAMPLES = 10_000
RANKS = (250, 9_750)

SHAPES: dict[str, Callable[[Random], float]] = {
    "normal": lambda random: random.gauss(1, 100),
    "skewed": lambda random: random.lognormvariate(0, 2) * 100,
    "two heaps": lambda random: random.gauss(random.choice((-100, 150)), 20),
    "few values": lambda random: random.choice((-300, -100, 450)),
    "heavy tails": lambda random: random.gauss(0, 10) / random.random() ** 0.7,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sizes", [(3_000, 2_000), (150, 90)])
def test_ends_are_those_of_resamples_drawn_by_numpy(shape: str, sizes: tuple[int, int]) -> None:
    random = Random(5)
    one, two = ([round(SHAPES[shape](random)) for _ in range(size)] for size in sizes)
    found = differences_at(RANKS, Weighed(one, sizes[1]), Weighed(two, sizes[0]), RESAMPLES, "a")
    generator = np.random.default_rng(8)
    means = [
        np.concatenate([generator.choice(side, (500, len(side))).mean(1) for _ in range(20)])
        for side in (one, two)
    ]
    drawn = np.sort(means[1] - means[0])
    for rank, end in zip(RANKS, found, strict=True):
        # Four standard errors of a rank, of both: 60 ranks to either side each.
        low, high = drawn[max(0, rank - 90)], drawn[min(RESAMPLES - 1, rank + 90)]
        assert low <= end / (sizes[0] * sizes[1]) <= high


@pytest.mark.parametrize("shape", SHAPES)
def test_ends_are_those_of_all_resamples_drawn_to_the_end(
    shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each resample that is put aside is drawn to the end as well, and so are those left."""
    random = Random(6)
    one, two = ([round(SHAPES[shape](random)) for _ in range(1_200)] for _ in range(2))
    aside: list[list[int]] = []
    left: list[list[int]] = []
    keep, sums = Resamples.keep, Resamples.sums

    def kept(self: Resamples, some: Any) -> None:
        others = copy(self)
        others._random = np.random.RandomState(len(aside))
        keep(others, ~some)
        aside.append(sums(others))
        keep(self, some)

    def summed(self: Resamples) -> list[int]:
        left.append(sums(self))
        return left[-1]

    monkeypatch.setattr(Resamples, "keep", kept)
    monkeypatch.setattr(Resamples, "sums", summed)
    found = differences_at(RANKS, Weighed(one, 3), Weighed(two, 2), RESAMPLES, "aside")
    bases, others = ([n for part in aside[side::2] for n in part] + left[side] for side in (0, 1))
    every = sorted(2 * b - 3 * a for a, b in zip(bases, others, strict=True))
    assert len(left[0]) < RESAMPLES / 20
    assert found == [every[rank - 1] for rank in RANKS]


@given(
    st.lists(st.integers(-(10**25), 10**25), min_size=1, max_size=60),
    st.lists(st.integers(-(10**25), 10**25), min_size=1, max_size=60),
    st.integers(1, 10**9),
)
def test_all_ranks_are_in_order_and_within_what_can_be(
    one: list[int], two: list[int], weight: int
) -> None:
    ranks = range(1, 31)
    found = differences_at(ranks, Weighed(one, weight), Weighed(two, 1), 30, "ranks")
    assert found == sorted(found)
    least = len(two) * min(two) - weight * len(one) * max(one)
    most = len(two) * max(two) - weight * len(one) * min(one)
    assert least <= found[0] <= found[-1] <= most
