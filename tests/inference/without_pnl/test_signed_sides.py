"""Sides that are written as 1 and -1, and columns that name markets in other words."""

from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, asked, field, fills, renamed

BOOK = """orderDateTime,symbol,side,qty,tradedPrice
16-01-2024 09:15,A,1,10,100
16-01-2024 09:20,B,1,5,50
16-01-2024 09:25,A,-1,10,103
16-01-2024 09:30,B,-1,5,48
"""


def test_a_book_of_1_and_minus_1_is_matched(tmp_path: Path) -> None:
    """(103 - 100) x 10 + (48 - 50) x 5 = 20."""
    path = tmp_path / "book.csv"
    path.write_text(BOOK)
    summary = perfkit.read(path, quiet=True).summary("all").metrics
    assert (summary["closed_trades"], summary["net_pnl"]) == (2, 20)


@pytest.mark.parametrize("name", ["signal", "change"])
def test_1_and_minus_1_of_other_names_are_no_sides(name: str) -> None:
    records = renamed(
        [{**one, "side": "1" if one["side"] == "buy" else "-1"} for one in fills(*FOUR)], side=name
    )
    assert not infer(records).has_results


@pytest.mark.parametrize("name", ["StockSymbol", "title", "market_question", "stock_name"])
def test_a_column_that_names_markets_keeps_them_apart(name: str) -> None:
    orders = (("buy", "1", "10"), ("buy", "1", "20"), ("sell", "1", "12"), ("sell", "1", "18"))
    records = [{**one, "symbol": "XYXY"[n]} for n, one in enumerate(fills(*orders))]
    reading = infer(renamed(records, symbol=name))
    assert asked(reading) == []
    assert field(reading, "symbol") == name
