"""A value is shown with its unit, and always on its own side of the limit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.alerts.rules.rule import CLOCK_METRICS
from perfkit.metrics.registry import METRICS
from perfkit.summary.amounts import amount, length, limit_text

NUMBERS = [row.name for row in METRICS.values() if row.is_number]


def numbers_in(text: str) -> Decimal:
    """The number that a text such as `-1,312.50 USD`, `54.0 %` or `12 h 5 min` stands for."""
    parts = text.replace(",", "").split()
    units = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
    if len(parts) > 1 and parts[1] in units:
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return sum((Decimal(number) * units[unit] for number, unit in pairs), Decimal(0))
    return Decimal(parts[0])


def side(value: Decimal, other: Decimal) -> int:
    return (value > other) - (value < other)


near = st.tuples(
    st.decimals(-10_000, 10_000, places=4),
    st.integers(-3, 3),
    st.integers(0, 18),
)
"""A limit, and how far away the value is: some units of a decimal place."""


@given(metric=st.sampled_from([*NUMBERS, *CLOCK_METRICS]), numbers=near)
def test_a_value_is_always_shown_on_its_side_of_the_limit(
    metric: str, numbers: tuple[Decimal, int, int]
) -> None:
    limit, steps, places = numbers
    value = limit + Decimal(steps).scaleb(-places)
    unit = METRICS[metric].unit if metric in METRICS else "minutes"
    if unit in ("minutes", "seconds"):
        value, limit = abs(value), abs(limit)
    if metric in CLOCK_METRICS:  # ages are known to the microsecond
        value = limit + Decimal(steps) * Decimal("0.001")
        value, limit = abs(value), abs(limit)
    shown, beside = amount(metric, value, (limit,)), limit_text(metric, limit)
    assert side(numbers_in(shown), numbers_in(beside)) == side(value, limit), (shown, beside)


@pytest.mark.parametrize(
    ("seconds", "beside", "said"),
    [
        ("0", (), "0 s"),
        ("59.9", (), "59 s"),
        ("43500", ("43200",), "12 h 5 min"),
        ("43203", ("43200",), "12 h 3 s"),
        ("43200.25", ("43200",), "12 h 0.2 s"),
        ("43199.9", ("43200",), "11 h 59 min"),
        ("90061", (), "1 d 1 h"),
        ("86400", ("86400",), "1 d"),
    ],
)
def test_durations_have_two_units_or_as_many_as_tell_them_from_the_limit(
    seconds: str, beside: tuple[str, ...], said: str
) -> None:
    assert length(Decimal(seconds), *map(Decimal, beside)) == said


def test_small_amounts_show_two_digits() -> None:
    limits = (Decimal("-0.0005"),)
    assert amount("net_pnl", Decimal("-0.0007312"), limits, "BTC") == "-0.00073 BTC"
    assert amount("net_pnl", Decimal("-0.0005001"), limits, "BTC") == "-0.0005001 BTC"
