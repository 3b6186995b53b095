"""Decimal marks that a dialect has to say, and amounts that the reader of logs cannot read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.config.compile import compile_dialect
from perfkit.core.number_forms import written_number
from perfkit.inference.infer import infer
from perfkit.inference.result import Reading

DATES = ("2026-04-01", "2026-04-02", "2026-04-03")


def amounts(*texts: str) -> Reading:
    return infer(
        [
            {"Exit Date": date, "Ticker": "A", "Side": "long", "P&L": text}
            for date, text in zip(DATES, texts, strict=True)
        ]
    )


@pytest.mark.parametrize(
    ("texts", "decimal"),
    [
        (("1,234", "-2,000", "500"), "."),
        (("$1,234", "($2,000)", "$500.50"), "."),
        (("1,234", "-2,000", "0.5"), "."),
        (("1.234", "-2.000", "500,5"), ","),
        (("1.234,50", "-2,000", "0,5"), ","),
        (("1,234.50", "-20.00", "5.5"), None),
        (("1.5", "-20.25", "5"), None),
        (("0,5", "-20,25", "5"), None),
    ],
)
def test_the_decimal_mark_is_said_where_a_number_leaves_it_open(
    texts: tuple[str, ...], decimal: str | None
) -> None:
    assert amounts(*texts).dialect.get("decimal") == decimal


def test_a_point_parts_thousands_beside_a_decimal_comma() -> None:
    records = [
        {"exit": date, "symbol": "A", "side": "long", "pnl": pnl, "balance": balance}
        for date, pnl, balance in zip(
            (*DATES, "2026-04-04"),
            ("1.234,5", "-2.000", "500", "1,5"),
            ("9.234,5", "7.234,5", "7.734,5", "7.736"),
            strict=True,
        )
    ]
    assert "balance moves by it" in infer(records).evidence


def test_amounts_written_in_per_cent_are_per_cent() -> None:
    assert amounts("+10.0%", "-2.5%", "0.5%").source["currency"] == "%"


@pytest.mark.parametrize("unit", ["R", " pips", "x"])
def test_amounts_that_cannot_be_read_are_no_figures(unit: str) -> None:
    reading = amounts(f"2{unit}", f"-1{unit}", f"3{unit}")
    assert "unsupported" in [doubt.name for doubt in reading.doubts] or not reading.has_results


@given(st.lists(st.integers(-9_999_999, 9_999_999).filter(bool), min_size=3, max_size=3))
def test_what_is_read_without_asking_can_be_read(numbers: list[int]) -> None:
    texts = [f"{number:,}" for number in numbers]
    reading = amounts(*texts)
    if reading.is_sure:
        decimal = reading.dialect.get("decimal")
        compile_dialect("x", reading.dialect, ValueError)
        read = [written_number(text, str(decimal) if decimal else None) for text in texts]
        assert read == numbers
