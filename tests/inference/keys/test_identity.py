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


@pytest.mark.parametrize(
    ("closed", "is_asked"),
    [(["A1", "A2", "A3", "A3"], True), (["A1", "A2", "X9", "X9"], False), (["A1", "A2"], False)],
    ids=["opened once", "orders that close", "closed once"],
)
def test_an_order_that_opened_a_trade_and_closes_it_twice_is_asked_about(
    closed: list[str], is_asked: bool
) -> None:
    def event(kind: str, number: str, at: int) -> Record:
        priced = {"price": "10"} if kind == "OPEN" else {"close_price": f"1{at}", "pnl": f"{at}"}
        when = f"2026-04-07T10:0{at}:00Z"
        same = {"type": kind, "order_id": number, "symbol": "SOLUSDT", "quantity": "1"}
        return {**same, **priced, "timestamp": when}

    records = [event("OPEN", f"A{n}", n) for n in (1, 2, 3)]
    records += [event("CLOSE", number, n) for n, number in enumerate(closed, 4)]
    assert ("id_closes_twice" in asked(infer(records))) is is_asked
