"""Ids that come again: trades of their own, corrections or parts."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


@pytest.mark.parametrize(
    ("entry_time", "entry", "is_asked"),
    [("9:40 AM", "7", False), ("9:05 AM", "7", True), ("9:40 AM", "5", True)],
    ids=["another trade", "same time", "same price"],
)
def test_closes_that_were_opened_apart_are_trades_of_their_own(
    entry_time: str, entry: str, is_asked: bool
) -> None:
    def trade(number: str, day: int, at: str, price: str, pnl: str) -> Record:
        return {
            "trade_num": number,
            "ticker": "SPX",
            "entry_time": at,
            "entry_price": price,
            "dollar_pl": pnl,
            "outcome": "Loss" if pnl.startswith("-") else "Win",
            "trade_date": f"2026-04-{day:02}",
        }

    records = [trade(f"O{n}", n, "9:05 AM", "5", "-120" if n % 2 else "80") for n in range(1, 8)]
    records.append(trade("O7", 7, entry_time, entry, "-100"))
    assert ("id_closes_twice" in asked(infer(records))) is is_asked
