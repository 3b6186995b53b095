"""Results that are moves of the price, where nothing says how much was traded."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading

MOVES = (("100", "110", "10"), ("105", "103.5", "-1.5"), ("98", "101", "3"), ("120", "119", "-1"))


def of_trades(rows: Sequence[tuple[str, str, str]] = MOVES, **more: str) -> Reading:
    return infer(
        [
            {
                "exit_time": f"2026-04-{n:02}T10:00:00Z",
                "symbol": "GOLD",
                "entry_price": entry,
                "exit_price": out,
                "pnl": pnl,
                **more,
            }
            for n, (entry, out, pnl) in enumerate(rows, 6)
        ]
    )


def test_exit_less_entry_without_a_quantity_is_in_points() -> None:
    reading = of_trades()
    assert reading.is_sure
    assert reading.source["currency"] == "points"
    assert any("exit less entry" in one for one in reading.assumed)


@pytest.mark.parametrize(
    "base", ["entry", "exit", "both"], ids=["of the entry", "of the exit", "of both"]
)
def test_costs_that_are_a_share_of_the_price_are_in_points_as_well(base: str) -> None:
    def less_costs(entry: str, out: str) -> str:
        paid = {"entry": Decimal(entry), "exit": Decimal(out)}
        price = paid.get(base) or sum(paid.values())
        return str(Decimal(out) - Decimal(entry) - Decimal("0.0007") * Decimal(price))

    rows = tuple((entry, out, less_costs(entry, out)) for entry, out, _ in MOVES)
    assert of_trades(rows).source["currency"] == "points"


@pytest.mark.parametrize(
    "more",
    [{"quantity": "1"}, {"stake": "50"}, {"fee": "0.1"}, {"currency": "EUR"}],
    ids=["a quantity", "a stake", "a fee", "a currency"],
)
def test_what_says_more_of_the_unit_is_not_overruled(more: dict[str, str]) -> None:
    assert of_trades(MOVES, **more).source["currency"] != "points"


def test_one_record_that_is_no_move_says_that_results_are_money() -> None:
    rows = (*MOVES, *MOVES, ("100", "105", "50"))
    assert of_trades(rows).source["currency"] == "money"


def test_a_symbol_that_names_a_currency_is_the_unit() -> None:
    assert of_trades(symbol="BTC/USDT").source["currency"] == "USDT"
