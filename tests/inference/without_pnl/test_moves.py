"""Moves of the price in per cent, which say what trades earned and that they are long."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked

PRICES = (("100", "110"), ("100", "90"), ("50", "49"), ("200", "201"), ("80", "100"))


def trades(*moves: str, **more: str) -> list[Record]:
    return [
        {
            "symbol": "A",
            "entry_time": f"2026-04-07T{n:02}:00:00Z",
            "exit_time": f"2026-04-07T{n + 1:02}:00:00Z",
            "entry_price": entry,
            "exit_price": out,
            "price_move": move,
            **more,
        }
        for n, ((entry, out), move) in enumerate(zip(PRICES, moves, strict=True))
    ]


@pytest.mark.parametrize(
    "moves", [("10", "-10", "-2", "0.5", "25"), ("0.1", "-0.1", "-0.02", "0.005", "0.25")]
)
def test_the_move_of_each_trade_is_its_result_in_per_cent(moves: tuple[str, ...]) -> None:
    reading = infer(trades(*moves))
    assert reading.is_sure
    assert reading.source["currency"] == "%"
    assert field(reading, "quantity") == "100 / entry_price"
    assert field(reading, "side") == "= long"


def test_of_short_trades_it_is_turned_round() -> None:
    turned = ("-10", "10", "2", "-0.5", "-25")
    assert infer(trades(*turned, side="short")).is_sure
    assert "unit" in asked(infer(trades(*turned)))


def test_other_numbers_say_nothing() -> None:
    assert asked(infer(trades("10", "-10", "-2", "3", "25"))) == ["unit", "side"]
