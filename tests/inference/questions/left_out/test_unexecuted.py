"""Results of orders that were never filled."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def _orders(state: str, **more: object) -> list[Record]:
    same: Record = {"symbol": "NIFTY", "side": "BUY", "quantity": "65", "pnl": ""}
    filled: list[Record] = [
        {
            **same,
            "order": f"P{n}",
            "price": f"{100 + n}",
            "time": f"2026-04-0{n}T10:00:00Z",
            "order_status": "EXECUTED",
        }
        for n in range(1, 7)
    ]
    tried: Record = {**filled[0], "order": "T1", "order_status": state, "pnl": "-1500", **more}
    return [*filled, tried, {**tried, "order": "T2", "pnl": "-1200"}]


@pytest.mark.parametrize("state", ["PENDING_EXECUTION", "submitted", "TRANSIT", "accepted"])
def test_a_pnl_of_orders_that_wait_alone_is_asked_about(state: str) -> None:
    reading = infer(_orders(state))
    (doubt,) = (one for one in reading.doubts if one.name == "weak")
    assert "order_status" in doubt.question
    assert doubt.answers[-1].why_none


def test_an_exit_price_says_that_a_trade_ended() -> None:
    reading = infer(_orders("submitted", exit_price="90", exit_reason="stop"))
    assert not any("order_status" in one.question for one in reading.doubts)


def test_a_pnl_of_filled_orders_is_not_said_to_be_that_of_others() -> None:
    assert not any("order_status" in one.question for one in infer(_orders("FILLED")).doubts)
