"""Which points of long lines are drawn."""

from random import Random

import pytest

from perfkit.charts.axes import COLUMNS, visible
from perfkit.charts.bars import _longest


def test_few_points_stay_as_they_are() -> None:
    x = list(range(4 * COLUMNS))
    assert visible(x, x) == [x, x]


@pytest.mark.parametrize("count", [5_000, 60_000])
def test_each_column_of_pixels_keeps_its_ends_and_its_extremes(count: int) -> None:
    random = Random(count)
    x = sorted(random.uniform(3, 90) for _ in range(count))
    lines = [[random.gauss(0, 1) for _ in x] for _ in range(2)]
    found, *drawn = visible(x, *lines)
    assert len(found) <= 6 * COLUMNS
    assert list(found) == sorted(found)
    width = (x[-1] - x[0]) / COLUMNS
    for number in range(40):
        start, end = x[0] + width * number, x[0] + width * (number + 1)
        for line, kept in zip(lines, drawn, strict=True):
            own, few = (
                [y for at, y in zip(xs, ys, strict=True) if start <= at < end]
                for xs, ys in ((x, line), (found, kept))
            )
            assert (few[:1], few[-1:]) == (own[:1], own[-1:])
            assert (min(few, default=0), max(few, default=0)) == (
                min(own, default=0),
                max(own, default=0),
            )


def test_points_at_one_instant_are_kept_at_both_ends() -> None:
    x = [5.0] * 10_000
    assert visible(x, list(range(10_000))) == [[5.0] * 2, [0, 9_999]]


def test_bars_that_fit_are_all_drawn_and_of_others_the_longest() -> None:
    few = [(place, -1.0) for place in range(2 * COLUMNS)]
    assert list(_longest(few, len(few))) == few
    many = [(place, -float(place % 10)) for place in range(20 * COLUMNS)]
    assert {height for _, height in _longest(many, len(many))} == {-9.0}
    assert len(list(_longest(many, len(many)))) == 2 * COLUMNS
