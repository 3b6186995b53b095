"""What is known of the days that lines of a log file are of."""

from __future__ import annotations

import pytest

from perfkit.logs.file_log import span_of


@pytest.mark.parametrize(
    ("days", "span"),
    [
        ([], (0, 0, 0)),
        ([(5, 3, 0, 1)], (5, 5, 3)),
        ([(5, 3, 0, 1), (6, 0, 2, 0), (8, 4, 0, 0)], (5, 8, 4)),
    ],
)
def test_the_span_is_from_the_first_day_to_the_last_and_its_trade_lines(
    days: list[tuple[int, int, int, int]], span: tuple[int, int, int]
) -> None:
    assert span_of(days) == span
