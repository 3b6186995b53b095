"""Decimal marks that a dialect has to say, and amounts that the reader of logs cannot read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.config.compile import compile_dialect
from perfkit.core.number_forms import written_number
from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from perfkit.inference.source import found_in

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


class TestCellsBetweenSemicolons:
    @staticmethod
    def found(tmp_path: Path, *texts: str, parted: str = ";") -> Reading:
        rows = [("Exit Date", "Ticker", "Side", "P&L")]
        rows += [(date, "A", "long", text) for date, text in zip(DATES, texts, strict=True)]
        path = tmp_path / "trades.csv"
        path.write_text("".join(parted.join(row) + "\n" for row in rows))
        return found_in(str(path)).reading

    def test_points_before_three_digits_are_asked(self, tmp_path: Path) -> None:
        reading = self.found(tmp_path, "1.250", "-3.500", "2.125")
        assert [doubt.name for doubt in reading.doubts] == ["decimal"]
        assert [one.changes for one in reading.doubts[0].answers] == [
            {"decimal": ","},
            {"decimal": "."},
        ]

    @pytest.mark.parametrize(
        ("texts", "parted"),
        [
            (("1.250", "-3.500", "2.125"), ","),
            (("1.250", "-3.5", "2.125"), ";"),
            (("0.250", "-3.500", "2.125"), ";"),
            (("1.250,50", "1.000", "-2.125"), ";"),
            (("1250", "-3", "2"), ";"),
        ],
    )
    def test_what_other_numbers_decide_is_not(
        self, tmp_path: Path, texts: tuple[str, ...], parted: str
    ) -> None:
        assert self.found(tmp_path, *texts, parted=parted).is_sure


LARGEST = "1.7976931348623157e+308"


def test_the_largest_double_is_no_amount(tmp_path: Path) -> None:
    """30 - 10 - 5 = 15 of three closes; the openings have what stands for nothing."""
    results = (LARGEST, "30", LARGEST, "-10", LARGEST, "-5")
    path = tmp_path / "executions.csv"
    lines = [f"2026-04-07T{10 + n}:00:00Z,A,5,{pnl}" for n, pnl in enumerate(results)]
    path.write_text("\n".join(["time,symbol,qty,realisedpnl", *lines, ""]))
    summary = perfkit.read(path, quiet=True).summary("all")
    assert (summary.metrics["closed_trades"], summary.metrics["net_pnl"]) == (3, 15)


def test_a_name_within_another_name_says_nothing_of_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "trades.csv"
    moves = (("1.5 %", "30"), ("-0.5 %", "-10"), ("0.7 %", "14"), ("-0.4 %", "-8"))
    lines = [f"2026-04-0{n + 1},A,long,{rate},{usd}" for n, (rate, usd) in enumerate(moves)]
    path.write_text("\n".join(["exit_date,symbol,side,profit,profit_usd", *lines, ""]))
    summary = perfkit.read(path, quiet=True).summary("all")
    assert (summary.metrics["closed_trades"], summary.metrics["net_pnl"]) == (4, 26)
