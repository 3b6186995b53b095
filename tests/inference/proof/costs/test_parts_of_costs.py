"""Costs that are part of others beside them come off once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked, fields


def trades(entry_fee: str, *, is_part: bool) -> list[Record]:
    """Trades whose result is after `final_fees`, and after the fee of the entry unless a part."""
    records: list[Record] = []
    for n in range(10):
        gross, paid = Decimal(n * 7 % 13 - 5) * 3, Decimal("0.253") + n * Decimal("0.011")
        less = paid if is_part else paid + Decimal(entry_fee)
        records.append(
            {
                "close_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "symbol": "A",
                "side": "long",
                "entry_price": "100",
                "close_price": str(100 + gross / 3),
                "size": "3",
                "final_pnl": str(gross - less),
                "entry_fees": entry_fee,
                "final_fees": str(paid),
            }
        )
    return records


@pytest.mark.parametrize("is_part", [True, False])
def test_prices_say_which_costs_are_in_a_result(is_part: bool) -> None:
    reading = infer(trades("0.102", is_part=is_part))
    paid = "final_fees" if is_part else "entry_fees + final_fees"
    assert asked(reading) == []
    assert (fields(reading)["net_pnl"], fields(reading)["commission"]) == ("final_pnl", paid)


def test_a_cost_above_the_one_that_came_off_is_no_part_of_it() -> None:
    reading = infer(trades("0.802", is_part=True))
    assert fields(reading)["commission"] == "entry_fees + final_fees"
