"""Openings whose P&L is what opening cost are no trades, whatever word opens."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked, times

PRICES = ("100", "103", "101", "106", "98", "99", "104", "107")


def grid(opens: str = "GRID_BUY", closes: str = "GRID_SELL") -> list[Record]:
    """Purchases whose P&L is a fee of 0.1 %, and the sale after each."""
    return [
        {
            "ts": time,
            "action": closes if n % 2 else opens,
            "price": price,
            "size": "2",
            "pnl": f"{(-1) ** (n // 2) * (n + 5)}" if n % 2 else f"{-Decimal(price) * 2 / 1000}",
        }
        for n, (price, time) in enumerate(zip(PRICES, times(8), strict=True))
    ]


@pytest.mark.parametrize(
    ("opens", "closes"),
    [("GRID_BUY", "GRID_SELL"), ("BUY", "SELL"), ("LONG", "FLATTEN"), ("short", "close")],
)
def test_records_that_open_at_a_cost_are_no_trades(opens: str, closes: str) -> None:
    reading = infer(grid(opens, closes))
    assert reading.closed == 4
    assert "opening_results" in asked(reading)


def test_sides_of_trades_that_both_won_and_lost_are_trades() -> None:
    records = grid("BUY", "SELL")
    records[2]["pnl"] = "0.3"
    assert infer(records).closed == 8


def test_losses_that_are_no_rate_of_a_size_are_those_of_trades() -> None:
    records = grid("BUY", "SELL")
    for record, lost in zip(records[::2], ("0.1", "0.9", "0.3", "0.5"), strict=True):
        record["pnl"] = f"-{lost}"
    assert infer(records).closed == 8


def test_records_with_an_exit_are_trades() -> None:
    records = [{**one, "exit_price": "105"} for one in grid("BUY", "SELL")]
    assert infer(records).closed == 8


def test_costs_between_gains_that_are_alike_are_no_total_so_far() -> None:
    records = [one for n in range(6) for one in grid("BUY", "SELL")[: 8 - n % 2 * 2]]
    for n, (record, time) in enumerate(zip(records, times(len(records)), strict=True)):
        record["ts"] = time
        if n % 2:
            record["pnl"] = f"{1 if n < 2 else 5}.{n:02}"
    assert asked(infer(records)) == ["opening_results"]
