"""Amounts for a tile of a calendar on a phone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.reports.index.short import short_amount


@pytest.mark.parametrize(
    ("amount", "short"),
    [
        ("0", "0"),
        ("126.05", "+126"),
        ("-13.78", "-14"),
        ("999.4", "+999"),
        ("999.6", "+1.0k"),
        ("-1234.56", "-1.2k"),
        ("9960", "+10k"),
        ("-12345", "-12k"),
        ("999600", "+1.0M"),
        ("2500000", "+2.5M"),
        ("-7000000000", "-7.0B"),
        ("1E+150", "▲"),
        ("0.00013", "▲"),
        ("-0.00013", "▼"),
    ],
)
def test_amount_is_rounded_to_what_a_tile_has_room_for(amount: str, short: str) -> None:
    assert short_amount(Decimal(amount)) == short


def test_no_amount_is_no_number() -> None:
    assert short_amount(None) == "–"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_sign_is_always_right_and_room_enough(amount: Decimal) -> None:
    short = short_amount(amount)
    assert len(short) <= 5
    assert short[0] in ("0" if not amount else "+▲" if amount > 0 else "-▼")
