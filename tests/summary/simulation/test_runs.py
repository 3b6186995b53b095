"""Depths of random runs, against all orders and draws of few trades, and against numpy."""

from collections.abc import Sequence
from itertools import accumulate, permutations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.summary.simulation.runs import resampled_depths, shuffled_depths

RUNS = 10_000
EIGHT = [100, 200, 50, -150, 300, -100, 80, -30]


def depth(values: Sequence[int]) -> int:
    """The deepest fall from an earlier height, the start at 0 included."""
    curve = list(accumulate(values, initial=0))
    return max(high - low for n, high in enumerate(curve) for low in curve[n:])


def passed(depths: Sequence[int], share: int) -> int:
    """The smallest depth that so many per cent of the runs do not exceed."""
    return next(
        one
        for one in sorted(set(depths))
        if 100 * sum(other <= one for other in depths) >= share * len(depths)
    )


@pytest.mark.parametrize("values", [[5], [-5], [3, -2], [3, -2, -2], [-1, -1, 4], [2, -7, 1]])
def test_every_order_and_every_draw_is_as_likely_as_another(values: list[int]) -> None:
    """Of 3, -2, -2 the depths are 4, 2 and 4: a third of the runs has 2."""
    for found, all_of_them in (
        (shuffled_depths(values, RUNS), map(depth, permutations(values))),
        (resampled_depths(values, RUNS), map(depth, product(values, repeat=len(values)))),
    ):
        exact = list(all_of_them)
        assert set(found) == set(exact)
        for one in set(exact):
            share = exact.count(one) / len(exact)
            spread = (share * (1 - share) / RUNS) ** 0.5
            assert abs(found.count(one) / RUNS - share) <= 4 * spread


def test_orders_of_eight_trades_are_those_of_all_40_320() -> None:
    found = shuffled_depths(EIGHT, RUNS)
    exact = [depth(order) for order in permutations(EIGHT)]
    assert [passed(exact, share) for share in (50, 95, 99)] == [180, 280, 280]
    assert [passed(found, share) for share in (50, 95, 99)] == [180, 280, 280]


def test_draws_of_eight_trades_are_near_the_exact_ones() -> None:
    """Exactly 160, 430 and 580; a share of runs is off by a few thousandths."""
    half, most, nearly_all = (passed(resampled_depths(EIGHT, RUNS), n) for n in (50, 95, 99))
    assert 150 <= half <= 160
    assert 410 <= most <= 430
    assert 550 <= nearly_all <= 600


@pytest.mark.parametrize("count", [40, 700])
def test_quantiles_are_those_of_runs_drawn_by_numpy(count: int) -> None:
    """An end of 10,000 runs is off by a few hundredths of the spread, here and there."""
    random = Random(count)
    values = [random.randrange(-600, 700) for _ in range(count)]
    generator = np.random.default_rng(11)
    column = np.array(values)
    orders = generator.permuted(np.tile(column, (RUNS, 1)), axis=1)
    draws = generator.choice(column, (RUNS, count))
    for own, rows in (
        (shuffled_depths(values, RUNS), orders),
        (resampled_depths(values, RUNS), draws),
    ):
        curves = np.concatenate([np.zeros((RUNS, 1), int), rows.cumsum(1)], 1)
        other = (np.maximum.accumulate(curves, 1) - curves).max(1)
        spread = float(other.std())
        for share, error in ((0.5, 0.07), (0.95, 0.14), (0.99, 0.3)):  # 4 standard errors of both
            ends = np.quantile(np.array(own), share), np.quantile(other, share)
            assert abs(float(ends[0] - ends[1])) < error * spread


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=40), st.randoms())
def test_depths_depend_on_the_trades_alone(values: list[int], random: Random) -> None:
    other = random.sample(values, len(values))
    lost = -sum(one for one in values if one < 0)
    for depths_of in (shuffled_depths, resampled_depths):
        depths = depths_of(values, 20)
        assert len(depths) == 20
        assert depths == sorted(depths) == depths_of(other, 20)
        assert depths[0] >= 0
        assert depths[-1] <= max(0, -min(values)) * len(values)
        # Beyond 64 bits it is the same in finer units.
        assert depths_of([one * 10**30 for one in values], 20) == [one * 10**30 for one in depths]
    orders = shuffled_depths(values, 20)
    assert max(0, -sum(values), -min(values)) <= orders[0]
    assert orders[-1] <= lost


def test_more_trades_than_are_drawn_at_once() -> None:
    values = [1, -1] * 40_000
    for depths in (shuffled_depths(values, 3), resampled_depths(values, 3)):
        assert 0 < depths[0] <= depths[-1] < 5_000


def test_the_random_numbers_are_the_same_everywhere() -> None:
    values = [n * n % 1_009 - 500 for n in range(300)]
    assert shuffled_depths(values, 4) == SHUFFLED
    assert resampled_depths(values, 4) == RESAMPLED


def test_nothing_to_draw_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="no trades"):
        shuffled_depths([], 5)


SHUFFLED = [6543, 7556, 8249, 8352]
RESAMPLED = [5944, 6637, 8086, 12082]
