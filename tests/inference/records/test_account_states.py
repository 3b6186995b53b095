"""An account at each moment, with what it had earned so far, is no log of trades."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def moments(**more: object) -> list[Record]:
    realized, records = 0, list[Record]()
    for n in range(12):
        realized += n if n % 4 == 3 else 0
        held = n * 7 % 5 - 2
        records.append(
            {
                "timestamp": f"2026-04-07T10:{n:02}:00Z",
                "btc_price": str(70_000 + n),
                "total_value": str(1000 + realized + held),
                "unrealized_pnl": str(held),
                "realized_pnl": str(realized),
                "total_pnl": str(realized + held),
                **more,
            }
        )
    return records


@pytest.mark.parametrize("more", [{}, {"total_trades": "3"}, {"cash_balance": "9"}])
def test_results_so_far_beside_the_worth_of_an_account_are_no_trades(more: Record) -> None:
    reading = infer(moments(**more))
    assert not reading.has_results
    assert "states of an account" in reading.evidence[0]
    assert "unrealized_pnl, realized_pnl" in reading.evidence[0]


@pytest.mark.parametrize("more", [{"exit_reason": "stop"}, {"symbol": "A", "side": "long"}])
def test_beside_parts_of_a_trade_they_are_something_else(more: Record) -> None:
    assert "states of an account" not in " ".join(infer(moments(**more)).evidence)


def test_positions_with_a_price_of_now_beside_the_end_of_the_market_are_still_held() -> None:
    records = [
        {
            "asset": f"a{n}",
            "size": "8",
            "avgPrice": "0.5",
            "curPrice": "0.6",
            "currentValue": "4.8",
            "cashPnl": f"{n - 3}.5",
            "realizedPnl": f"{n % 2}",
            "endDate": "2026-12-31",
        }
        for n in range(8)
    ]
    reading = infer(records)
    assert not reading.has_results
    assert "positions that are still held" in reading.evidence[0]


def test_results_so_far_of_what_is_held_and_what_closed_say_so_alone() -> None:
    records = [
        {"ts": one["timestamp"], "cycle": n, "mid": one["btc_price"], "realized_pnl": str(n),
         "unrealized_pnl": one["unrealized_pnl"]}
        for n, one in enumerate(moments())
    ]  # fmt: skip
    assert "states of an account" in infer(records).evidence[0]


def worths(amounts: list[int], **more: object) -> list[Record]:
    return [
        {
            "date": f"2026-04-{n + 1:02}",
            "price": str(100 + n * 3 % 5),
            "units": "2.5",
            "portfolio_value": str(5_000 + amount),
            "pnl": str(amount),
            **more,
        }
        for n, amount in enumerate(amounts)
    ]


def test_a_worth_less_what_it_began_with_is_no_result_of_a_trade() -> None:
    reading = infer(worths([0, 12, 31, 25, 40, 38, 55, 60, 52, 70]))
    assert not reading.has_results
    assert "states of an account (portfolio_value, pnl)" in reading.evidence[0]


def test_results_of_trades_that_each_began_with_as_much_are() -> None:
    more: Record = {"direction": "long", "entry_price": "10"}
    assert infer(worths([12, -31, 25, -40, 38, -55, 60, -52, 70, -9], **more)).has_results
