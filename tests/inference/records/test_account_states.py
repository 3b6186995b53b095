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


def held_each_day(**more: object) -> list[Record]:
    return [
        {
            "date": f"2026-04-{n + 1:02}",
            "status": "LONG" if n % 2 else "SHORT",
            "contracts": str(n % 3 + 1),
            "current_price": str(100 + n * 3 % 5),
            "unrealized_pnl": str(n % 3 - 1),
            "realized_pnl": str(n * 7 % 5 - 2),
            "daily_total_pnl": str(n * 7 % 5 - 2 + n % 2),
            **more,
        }
        for n in range(12)
    ]


def test_a_day_with_what_was_held_on_it_is_no_trade() -> None:
    reading = infer(held_each_day())
    assert not reading.has_results
    assert "totals of a day (daily_total_pnl)" in reading.evidence[0]
    assert "daily_total_pnl" not in infer(held_each_day(exit_reason="stop")).evidence[0]


def test_positions_at_a_price_of_now_are_still_held() -> None:
    records: list[Record] = [
        {
            "ticker": f"T{n}",
            "shares": "10",
            "avg_cost": "5",
            "last_price": str(5 + n % 3),
            "market_value": str(50 + 10 * (n % 3)),
            "unrealized_pnl": str(10 * (n % 3) + 1),
            "return_pct": str(n % 3 / 10),
            "price_asof": "2026-04-07",
        }
        for n in range(8)
    ]
    assert "still held (unrealized_pnl)" in infer(records).evidence[0]


def test_what_is_invested_at_an_average_price_is_still_held() -> None:
    records: list[Record] = [
        {
            "Ticker": f"T{n}",
            "Qty": "10",
            "Avg_Buy_Price": "5",
            "Total_Invested": "50",
            "Realized_Profit": str(n * 7 % 5 - 2),
        }
        for n in range(8)
    ]
    assert "still held (Total_Invested)" in infer(records).evidence[0]


def test_an_open_pnl_beside_a_balance_is_that_of_an_account() -> None:
    records: list[Record] = [
        {
            "timestamp": f"2026-04-07T10:{n:02}:00Z",
            "balance": str(900 + n * 7 % 5),
            "open_pnl": str(n % 3),
            "position_count": n % 4,
            "realized_pnl": str(-n),
        }
        for n in range(12)
    ]
    assert "states of an account (balance, open_pnl, realized_pnl)" in infer(records).evidence[0]
