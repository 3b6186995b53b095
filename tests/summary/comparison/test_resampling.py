"""Sums of resamples, against what is known of their distribution."""

from fractions import Fraction
from random import Random
from statistics import mean, pstdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.summary.comparison import resampling


def resampled_sums(values: list[int], resamples: int, name: str) -> list[int]:
    """Sums of one column."""
    (sums,) = resampling.resampled_sums([values], resamples, name)
    return sums


@given(st.lists(st.integers(-(10**30), 10**30), min_size=1, max_size=600))
def test_sums_are_of_as_many_values_as_there_are(values: list[int]) -> None:
    sums = resampled_sums(values, 20, "one")
    assert len(sums) == 20
    assert all(len(values) * min(values) <= one <= len(values) * max(values) for one in sums)
    assert sums == resampled_sums(values[::-1], 20, "one")


@given(st.integers(1, 40), st.integers(-(10**20), 10**20))
def test_one_value_has_one_sum(count: int, value: int) -> None:
    assert resampled_sums([value] * count, 5, "same") == [count * value] * 5


@pytest.mark.parametrize("places", [0, 12])
@pytest.mark.parametrize("count", [30, 256, 700, 2_049])
def test_mean_and_spread_are_those_of_draws_with_replacement(count: int, places: int) -> None:
    random = Random(count)
    values = [
        random.randrange(-5_000, 6_000) * 10**places + random.randrange(7) for _ in range(count)
    ]
    sums = resampled_sums(values, 10_000, "spread")
    spread = pstdev(values) * count**0.5
    assert abs(mean(sums) - sum(values)) < 4 * spread / 100
    assert abs(pstdev(sums) / spread - 1) < 0.04
    drawn = np.random.default_rng(1).choice(np.array(values, dtype=float), (10_000, count)).sum(1)
    for share in (0.025, 0.25, 0.5, 0.75, 0.975):
        own, other = np.quantile(np.array(sums, dtype=float), share), np.quantile(drawn, share)
        assert abs(own - other) < 0.12 * spread  # about 3 standard errors of both


def test_every_value_is_drawn_as_often_as_another() -> None:
    """Powers of a base tell from a sum how often each value was drawn."""
    values = [10 ** (4 * n) for n in range(70)]
    counts = [0] * 70
    for total in resampled_sums(values, 2_000, "often"):
        drawn = [total // one % 10_000 for one in values]
        assert sum(drawn) == 70
        counts = [a + b for a, b in zip(counts, drawn, strict=True)]
    assert all(abs(Fraction(count, 2_000) - 1) < Fraction(1, 10) for count in counts)


def test_the_random_numbers_are_the_same_everywhere() -> None:
    values = [n * n % 1_009 for n in range(600)]
    assert resampled_sums(values, 3, "fixed") == FIXED
    assert resampled_sums([0, 0, 1], 8, "fixed") == FEW
    assert resampled_sums(values, 3, "other") != FIXED


@given(
    st.lists(
        st.tuples(st.integers(-(10**40), 10**40), st.integers(-9, 9), st.integers(0, 2**31)),
        min_size=1,
        max_size=600,
    )
)
def test_columns_are_drawn_together(rows: list[tuple[int, int, int]]) -> None:
    """So the sums of a column that adds up others are the sums of their sums, scaled alike."""
    a, b, c = zip(*rows, strict=True)
    mixed = [3 * x - y + 10**9 * z for x, y, z in rows]
    sums = resampling.resampled_sums([a, b, c, mixed], 30, "together")
    for x, y, z, all_of_it in zip(*sums, strict=True):
        assert all_of_it == 3 * x - y + 10**9 * z


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        resampling.resampled_sums([[1, 2], [1]], 3, "uneven")
    with pytest.raises(ValueError, match="no values"):
        resampling.resampled_sums([[]], 3, "none")


FIXED = [309814, 292271, 302929]
FEW = [1, 0, 1, 1, 2, 1, 2, 0]
