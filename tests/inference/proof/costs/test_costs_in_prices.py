"""Costs that are in the prices of orders, as the prices without them beside these show."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked, fields

PRICES = ((100, 103), (97, 92), (110, 121), (80, 79), (95, 99), (120, 118), (60, 66), (70, 77),
          (45, 44))  # fmt: skip


def trades(*, of_piece: bool, slipped: str = "0", size: int = 40) -> list[Record]:
    """Long trades whose fees are in the prices, of one piece each or of the whole order."""
    records: list[Record] = []
    for n, (bought, sold) in enumerate(PRICES):
        fee = Decimal("0.05") + Decimal(n) / 100
        slip = Decimal(slipped)
        entry, out = bought + fee + slip, sold - fee - slip
        logged = fee if of_piece else fee * size
        records.append(
            {
                "ticker": "AAA",
                "shares": size,
                "raw_entry_price": f"{bought}.00",
                "raw_exit_price": f"{sold}.00",
                "entry_price": str(entry),
                "exit_price": str(out),
                "entry_date": f"2026-04-{n + 1:02}",
                "exit_date": f"2026-04-{n + 2:02}",
                "pnl": str((out - entry) * size),
                "fee_entry": str(logged),
                "fee_exit": str(logged),
                **({"slippage_entry": slipped, "slippage_exit": slipped} if slip else {}),
            }
        )
    return records


@pytest.mark.parametrize("slipped", ["0", "0.11"])
def test_costs_of_a_piece_that_are_in_the_prices_do_not_come_off_the_result(slipped: str) -> None:
    reading = infer(trades(of_piece=True, slipped=slipped))
    assert asked(reading) == []
    assert fields(reading)["net_pnl"] == "pnl"
    assert "commission" not in fields(reading)
    note = "fee_entry and fee_exit are costs of one piece, and in the prices already"
    assert note in reading.assumed


def test_costs_of_an_order_that_are_in_the_prices_do_not_come_off_the_result() -> None:
    reading = infer(trades(of_piece=False))
    assert asked(reading) == []
    assert fields(reading)["net_pnl"] == "pnl"
    assert fields(reading)["commission"] == "fee_entry + fee_exit"


def test_costs_that_are_in_no_price_come_off_what_the_prices_give() -> None:
    records = trades(of_piece=False)
    for one in records:
        one["raw_entry_price"] = one["entry_price"]
        one["raw_exit_price"] = one["exit_price"]
    assert fields(infer(records))["net_pnl"] == "pnl - fee_entry - fee_exit"
