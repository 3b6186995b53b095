"""Contracts that pay 1 or nothing: what they earned, before and after costs."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import Record, asked, field

BETS = (("WIN", "0.63", "10", "3.70"), ("LOSS", "0.40", "5", "-2.00"), ("WIN", "0.50", "8", "4.00"))


def bets(pnls: list[str], *, stakes: bool = False) -> list[Record]:
    return [
        {
            "time": f"2026-04-0{n + 1}T10:00:00Z",
            "market": f"M{n}",
            "result": result,
            "entry_price": price,
            ("stake" if stakes else "shares"): size,
            "fee": "0.05",
            "pnl": pnl,
        }
        for n, ((result, price, size, _), pnl) in enumerate(zip(BETS, pnls, strict=True))
    ]


def test_a_pnl_that_contracts_give_is_before_costs() -> None:
    reading = infer(bets([pnl for *_, pnl in BETS]))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl - fee")


def test_a_pnl_that_contracts_give_less_the_fee_is_after_costs() -> None:
    reading = infer(bets(["3.65", "-2.05", "3.95"]))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl")


def test_what_was_staked_buys_contracts() -> None:
    # 10 / 0.63 - 10 = 5.873; -5; 8 / 0.50 - 8 = 8
    reading = infer(bets(["5.873", "-5.00", "8.00"], stakes=True))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl - fee")


@pytest.mark.parametrize("pnl", ["9.00", "-3.70"])
def test_any_other_pnl_is_asked_about(pnl: str) -> None:
    assert "costs" in asked(infer(bets([pnl, "-2.00", "4.00"])))
