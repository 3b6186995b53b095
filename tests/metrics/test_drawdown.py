"""Falls of an equity curve against a brute force that looks at every pair of points.

Heights come from a few small numbers, so that equal peaks, equal troughs and equally deep falls are
the rule.
"""

from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from perfkit.metrics.drawdown import (
    current_fall,
    deepest_fall,
    deepest_relative_fall,
    equity_curve,
    recovery,
)

Pair = tuple[int, int]
Curve = list[int]

curves = st.one_of(
    st.lists(st.integers(-3, 3), min_size=1, max_size=12),
    st.lists(st.integers(-(10**24), 10**24), min_size=1, max_size=12),
)
accounts = st.one_of(
    st.lists(st.integers(1, 6), min_size=1, max_size=12),
    st.lists(st.integers(-6, 6), min_size=1, max_size=12),
    st.lists(st.integers(1, 10**24), min_size=1, max_size=12),
)


def pairs(curve: Curve) -> list[Pair]:
    """Every point with every point that is not before it."""
    return [(i, j) for j in range(len(curve)) for i in range(j + 1)]


@given(net=st.lists(st.integers(-3, 3), max_size=12), start=st.integers(-3, 3))
def test_each_point_of_the_curve_is_the_start_and_all_trades_up_to_it(
    net: list[int], start: int
) -> None:
    assert equity_curve(net, start) == [start + sum(net[:n]) for n in range(len(net) + 1)]


@given(curve=curves)
def test_deepest_fall_is_the_largest_difference_of_a_point_and_a_later_one(curve: Curve) -> None:
    fall = deepest_fall(curve)
    assert fall.depth == max(curve[i] - curve[j] for i, j in pairs(curve))


@given(curve=curves)
def test_of_equally_deep_falls_the_earliest_trough_and_then_the_earliest_peak_count(
    curve: Curve,
) -> None:
    fall = deepest_fall(curve)
    deepest = [(i, j) for i, j in pairs(curve) if curve[i] - curve[j] == fall.depth]
    trough = min(j for _, j in deepest)
    assert (fall.peak, fall.trough) == (min(i for i, j in deepest if j == trough), trough)


@given(curve=curves)
def test_the_trades_of_a_fall_add_up_to_its_depth(curve: Curve) -> None:
    net = [later - earlier for earlier, later in pairwise(curve)]
    for fall in (deepest_fall(curve), current_fall(curve)):
        assert -sum(net[row] for row in fall.rows) == fall.depth


@given(curve=curves)
def test_recovery_is_the_first_point_after_the_trough_as_high_as_the_peak(curve: Curve) -> None:
    fall = deepest_fall(curve)
    assume(fall.depth)
    as_high = [n for n in range(fall.trough, len(curve)) if curve[n] >= curve[fall.peak]]
    assert recovery(curve, fall) == (min(as_high) if as_high else None)


@given(curve=curves)
def test_current_fall_is_from_the_first_of_the_highest_points_to_the_last_point(
    curve: Curve,
) -> None:
    fall = current_fall(curve)
    last = len(curve) - 1
    drops = [curve[i] - curve[last] for i in range(last + 1)]
    assert (fall.peak, fall.trough, fall.depth) == (drops.index(max(drops)), last, max(drops))


@given(curve=accounts)
def test_deepest_relative_fall_is_the_largest_share_of_a_peak_lost_by_a_later_point(
    curve: Curve,
) -> None:
    fall = deepest_relative_fall(curve)
    if curve[0] <= 0:
        assert fall is None
        return
    assert fall is not None
    shares = {
        (i, j): Fraction(curve[i] - curve[j], curve[i])
        for i, j in pairs(curve)
        if curve[i] == max(curve[: j + 1])
    }
    largest = max(shares.values())
    assert Fraction(fall.depth, fall.of_peak) == largest
    if largest:
        deepest = [pair for pair, share in shares.items() if share == largest]
        trough = min(j for _, j in deepest)
        assert (fall.peak, fall.trough) == (min(i for i, j in deepest if j == trough), trough)
        assert (fall.of_peak, fall.depth) == (curve[fall.peak], curve[fall.peak] - curve[trough])
    else:
        assert list(fall.rows) == []


@given(curve=accounts, factor=st.integers(1, 10**20))
def test_relative_fall_does_not_depend_on_the_unit_of_money(curve: Curve, factor: int) -> None:
    fall = deepest_relative_fall(curve)
    scaled = deepest_relative_fall([height * factor for height in curve])
    if fall is None or scaled is None:
        assert fall is scaled is None
    else:
        assert (scaled.peak, scaled.trough) == (fall.peak, fall.trough)
        assert scaled.depth * fall.of_peak == fall.depth * scaled.of_peak


def test_the_deepest_fall_in_money_and_the_deepest_in_share_can_be_different_episodes() -> None:
    """ta4j's vector: 1000 is the largest fall of money (9.09 %), 500 of 1000 the largest share."""
    curve = equity_curve([0, -500, 500, 10_000, -1_000], start=1_000)
    fall, relative = deepest_fall(curve), deepest_relative_fall(curve)
    assert relative is not None
    assert (fall.depth, list(fall.rows)) == (1_000, [4])
    assert (Fraction(relative.depth, relative.of_peak), list(relative.rows)) == (
        Fraction(1, 2),
        [0, 1],
    )
