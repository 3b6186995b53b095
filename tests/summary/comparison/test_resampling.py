"""Resamples of one side, against what is known of their distribution."""

from fractions import Fraction
from random import Random
from statistics import mean, pstdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.summary.comparison.resampling import Resamples, Scale

MOST_CUTS = 200


def resamples_of(values: list[int], count: int, name: str, cuts: int = MOST_CUTS) -> Resamples:
    """Resamples whose ranges have been cut so many times, or until that is no use."""
    widest = max(values) - min(values)
    shift = 61 - len(values).bit_length() - widest.bit_length()
    found = Resamples(values, count, name, Scale(1, shift))
    for _ in range(cuts):
        if not found.cut():
            break
    return found


def sums(values: list[int], count: int, name: str, cuts: int = MOST_CUTS) -> list[int]:
    return resamples_of(values, count, name, cuts).sums()


@given(st.lists(st.integers(-(10**30), 10**30), min_size=1, max_size=600))
def test_sums_are_of_as_many_values_as_there_are(values: list[int]) -> None:
    found = sums(values, 20, "one")
    assert len(found) == 20
    assert all(len(values) * min(values) <= one <= len(values) * max(values) for one in found)
    assert found == sums(values[::-1], 20, "one")


@given(st.integers(1, 40), st.integers(-(10**20), 10**20))
def test_one_value_has_one_sum(count: int, value: int) -> None:
    assert sums([value] * count, 5, "same") == [count * value] * 5


@pytest.mark.parametrize("cuts", [0, 2, MOST_CUTS])
@pytest.mark.parametrize("places", [0, 12])
@pytest.mark.parametrize("count", [30, 256, 700])
def test_mean_and_spread_are_those_of_draws_with_replacement(
    count: int, places: int, cuts: int
) -> None:
    random = Random(count)
    values = [
        random.randrange(-5_000, 6_000) * 10**places + random.randrange(7) for _ in range(count)
    ]
    found = sums(values, 10_000, "spread", cuts)
    spread = pstdev(values) * count**0.5
    assert abs(mean(found) - sum(values)) < 4 * spread / 100
    assert abs(pstdev(found) / spread - 1) < 0.04
    drawn = np.random.default_rng(1).choice(np.array(values, dtype=float), (10_000, count)).sum(1)
    for share in (0.025, 0.25, 0.5, 0.75, 0.975):
        own, other = np.quantile(np.array(found, dtype=float), share), np.quantile(drawn, share)
        assert abs(own - other) < 0.12 * spread  # about 3 standard errors of both


@pytest.mark.parametrize("cuts", [0, 1, 3, MOST_CUTS])
def test_every_value_is_drawn_as_often_as_another(cuts: int) -> None:
    """Powers of a base tell from a sum how often each value was drawn."""
    values = [10 ** (4 * n) for n in range(70)]
    counts = [0] * 70
    for total in sums(values, 2_000, "often", cuts):
        drawn = [total // one % 10_000 for one in values]
        assert sum(drawn) == 70
        counts = [a + b for a, b in zip(counts, drawn, strict=True)]
    assert all(abs(Fraction(count, 2_000) - 1) < Fraction(1, 10) for count in counts)


@pytest.mark.parametrize("cuts", [0, 1, 3, 5, MOST_CUTS])
@pytest.mark.parametrize("tail", [1, 3])
def test_expected_sum_and_variance_are_those_of_the_draws_to_come(cuts: int, tail: int) -> None:
    """What is left to draw is as far off as the ranges say: 10,000 times a value of variance 1."""
    random = Random(tail)
    values = [round(random.gauss(2, 100)) ** tail for _ in range(900)]
    found = resamples_of(values, 10_000, "off", cuts)
    scale = 61 - len(values).bit_length() - (max(values) - min(values)).bit_length()
    halvings = max(0, found.furthest.bit_length() - 18)
    expected = (found.expected() / 2.0**scale + len(values) * min(values)).tolist()
    variances = (found.variances(halvings) * 4.0**halvings / 4.0**scale).tolist()
    furthest = found.furthest / 2.0**scale
    off = [a - b for a, b in zip(found.sums(), expected, strict=True)]
    assert max(map(abs, off)) <= furthest * len(values)
    assert abs(mean(off)) <= 0.05 * mean(variances) ** 0.5 + 1e-6
    assert mean(one * one for one in off) == pytest.approx(mean(variances), rel=0.06, abs=1e-6)


def test_the_random_numbers_are_the_same_everywhere() -> None:
    values = [n * n % 1_009 for n in range(600)]
    assert sums(values, 3, "fixed") == FIXED
    assert sums([0, 0, 1], 8, "fixed") == FEW
    assert sums(values, 3, "other") != FIXED


def test_resamples_that_are_kept_stay_as_they_are() -> None:
    """Values in two ranges of one value each: nothing is left to be drawn."""
    found = resamples_of([0] * 40 + [7] * 60, 50, "kept")
    before = found.sums()
    found.keep(np.array([3, 17]))
    assert found.sums() == [before[3], before[17]]


def test_nothing_to_draw_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="no values"):
        Resamples([], 3, "none", Scale(1, 0))


FIXED = [302452, 312500, 293811]
FEW = [1, 3, 2, 0, 0, 1, 1, 2]
