"""Bins and medians of histograms."""

from hypothesis import given
from hypothesis import strategies as st

from perfkit.charts.histograms import MOST_BINS, bin_width, median


class TestBins:
    @given(st.integers(-(10**40), 10**40), st.integers(1, 10**40))
    def test_bins_are_round_and_few(self, low: int, span: int) -> None:
        width = bin_width(low, low + span)
        assert span // width < MOST_BINS
        assert str(width).rstrip("0") in ("1", "2", "5")

    @given(st.lists(st.integers(-(10**20), 10**20), min_size=1))
    def test_as_many_values_lie_above_the_median_as_below(self, units: list[int]) -> None:
        middle = median(units, 4) * 10**4
        below, above = (sum(sign * (unit - middle) > 0 for unit in units) for sign in (-1, 1))
        assert max(below, above) <= len(units) // 2
