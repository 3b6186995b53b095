"""Contracts that are worth some dollars each, whose results are in the coin."""

from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from perfkit.inference.words.names import word_set
from tests.inference.executions import fills
from tests.inference.readings import Record, asked

ORDERS = (("buy", "1000", "5000"), ("sell", "1000", "6250"), ("buy", "500", "6250"))
"""One trade earned 0.2 less 0.16 coins, and the other lost 0.1 less 0.08."""


def orders(symbol: str) -> list[Record]:
    return [{**one, "symbol": symbol} for one in fills(*ORDERS, ("sell", "500", "5000"))]


@pytest.mark.parametrize(
    ("symbol", "coin", "size"),
    [
        ("XBTUSD", "XBT", "quantity"),
        ("XBTZ21", "XBT", "quantity"),
        ("PI_XBTUSD", "XBT", "quantity"),
        ("BTC-PERPETUAL", "BTC", "quantity"),
        ("BTCUSD_PERP", "BTC", "quantity * 100"),
        ("SOLUSD_211231", "SOL", "quantity * 10"),
        ("ETH-USD-SWAP", "ETH", "quantity * 10"),
    ],
)
def test_what_a_contract_on_dollars_is_worth_is_asked(symbol: str, coin: str, size: str) -> None:
    reading = infer(orders(symbol))
    assert asked(reading) == ["contract_size"]
    changes = reading.doubts[0].answers[1].changes
    assert (changes["currency"], changes["fields.quantity"]) == (coin, size)


def test_the_answer_gives_results_in_the_coin(tmp_path: Path) -> None:
    path = tmp_path / "fills.csv"
    lines = [",".join(map(str, one.values())) for one in orders("XBTUSD")]
    path.write_text("\n".join(["time,symbol,side,quantity,price", *lines, ""]), encoding="utf-8")
    desk = perfkit.read(path, answers={"contract_size": 2}, quiet=True)
    assert [str(one) for one in desk.trades()["net_pnl"]] == ["0.04", "-0.02"]


def test_trades_with_both_prices_are_asked_about_as_well() -> None:
    records: list[Record] = [
        {
            "symbol": "XBTUSD",
            "side": side,
            "entry_time": f"2026-04-0{n + 1}T09:00:00Z",
            "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
            "entry_price": "5000",
            "exit_price": "6250",
            "qty": "1000",
        }
        for n, side in enumerate(("long", "short", "long"))
    ]
    (doubt,) = infer(records).doubts
    assert doubt.answers[1].changes["fields.quantity"] == "qty / (entry_price * exit_price)"


@pytest.mark.parametrize("symbol", sorted(word_set("BTCUSDT ETHUSD XBTEUR BTC-USD AAPL")))
def test_other_symbols_are_not(symbol: str) -> None:
    assert asked(infer(orders(symbol))) == []


def test_parts_of_coins_are_no_contracts() -> None:
    parts = [{**one, "quantity": "0.5"} for one in orders("XBTUSD")]
    assert asked(infer(parts)) == []
