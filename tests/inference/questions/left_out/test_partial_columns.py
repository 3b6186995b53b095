"""A column of partial results beside a P&L: what shows whether that has it in it."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked, fields, times

PRICES = ((100, 103), (97, 92), (110, 121), (80, 79), (95, 99), (120, 118), (60, 66), (70, 77))
ADDED = "pnl + partial_pnl"


def trades(*, is_in: bool, balance: bool = False, priced: bool = True) -> list[Record]:
    """Long trades of 10 pieces, half of each second one sold before for 4.2 and more."""
    opened, closed, held = times(8), times(16)[8:], Decimal(500)
    records: list[Record] = []
    for n, (entry, out) in enumerate(PRICES):
        part = Decimal("4.2") + n if n % 2 else Decimal(0)
        rest = Decimal(out - entry) * (5 if part else 10)
        held += rest + part
        records.append(
            {
                "symbol": "ABC",
                "side": "long",
                **({"entry_price": entry, "exit_price": out, "qty": 10} if priced else {}),
                "opened_at": opened[n],
                "closed_at": closed[n],
                "pnl": str(rest + (part if is_in else 0)),
                "partial_pnl": str(part),
                **({"balance": str(held)} if balance else {}),
            }
        )
    return records


@pytest.mark.parametrize("balance", [False, True])
def test_a_partial_result_that_is_not_in_the_pnl_is_added(balance: bool) -> None:
    reading = infer(trades(is_in=False, balance=balance))
    assert asked(reading) == []
    assert fields(reading)["net_pnl"] == ADDED
    assert "pnl is of what was left: partial_pnl is added" in reading.assumed
    assert reading.total == Decimal("267.8")


@pytest.mark.parametrize("balance", [False, True])
def test_a_partial_result_that_is_in_the_pnl_is_not_added(balance: bool) -> None:
    reading = infer(trades(is_in=True, balance=balance))
    assert asked(reading) == []
    assert fields(reading)["net_pnl"] == "pnl"


def test_it_is_asked_where_nothing_shows_whether_a_partial_result_is_in_the_pnl() -> None:
    reading = infer(trades(is_in=False, priced=False))
    assert asked(reading) == ["partial_results"]
    assert "4 records have results of partial exits in partial_pnl" in reading.doubts[0].question
    assert [one.changes for one in reading.doubts[0].answers] == [{"fields.net_pnl": ADDED}, {}]


def test_a_pnl_that_is_the_partial_result_and_the_rest_is_that_of_all() -> None:
    records = trades(is_in=True, priced=False)
    for one in records:
        pnl, part = Decimal(str(one["pnl"])), Decimal(str(one["partial_pnl"]))
        one["remaining_pnl"] = str(pnl - part)
    reading = infer(records)
    assert asked(reading) == []
    assert fields(reading)["net_pnl"] == "pnl"


def test_a_column_of_parts_without_any_is_nothing_to_ask_about() -> None:
    records = [{**one, "partial_pnl": "0"} for one in trades(is_in=True, priced=False)]
    assert asked(infer(records)) == []
