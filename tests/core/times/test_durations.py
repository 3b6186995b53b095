"""Holding times in any of their spellings come to the same number of seconds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.one_value import BadValueError
from perfkit.core.times.durations import duration_seconds


@given(
    days=st.integers(0, 400),
    hours=st.integers(0, 23),
    minutes=st.integers(0, 59),
    seconds=st.integers(0, 59),
)
def test_every_form_is_the_time_that_was_written(
    days: int, hours: int, minutes: int, seconds: int
) -> None:
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    for text in (
        f"{days}.{hours:02}:{minutes:02}:{seconds:02}",
        f"{days} days, {hours}:{minutes:02}:{seconds:02}",
        f"{days * 24 + hours}:{minutes:02}:{seconds:02}.000",
        f"{days}d {hours}h {minutes}min {seconds}sec",
        f"{days}d{hours}h{minutes}m{seconds}s",
        f"{days} days {hours} hours {minutes} minutes {seconds} seconds",
        f"P{days}DT{hours}H{minutes}M{seconds}S",
        str(total),
    ):
        assert duration_seconds(text) == total


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1h 16min 45sec", "4605"),
        ("01:16:45", "4605"),
        ("1.02:03:04", "93784"),
        ("90m", "5400"),
        ("1.5h", "5400"),
        ("250ms", "0.250"),
        ("00:00:01.5", "1.5"),
        ("1 day, 2:03:04", "93784"),
        ("PT1H", "3600"),
        (90, "90"),
        ("90.5", "90.5"),
        (None, None),
        ("", None),
    ],
)
def test_a_holding_time_is_in_seconds(value: object, expected: str | None) -> None:
    assert duration_seconds(value) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    "value", ["1:16", "01:60:00", "01:16:60", "soon", "h", "P", "PT", "-01:00:00", "1h 2", True]
)
def test_what_is_no_clear_duration_is_bad(value: object) -> None:
    with pytest.raises(BadValueError):
        duration_seconds(value)
