"""Buys and sells that have no quantity."""

from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import Record, asked


def orders(*sides: str, **more: list[object]) -> list[Record]:
    records = fills(*((side, "1", str(10 + n)) for n, side in enumerate(sides)), **more)
    return [{name: one for name, one in record.items() if name != "quantity"} for record in records]


def test_a_buy_and_a_sell_in_turn_are_trades_in_points() -> None:
    reading = infer(orders("buy", "sell", "buy", "sell"))
    assert asked(reading) == ["unit"]
    assert (reading.closed, reading.dialect["fields"]["quantity"]) == (2, "= 1")  # type: ignore[index]


def test_two_buys_and_two_sells_are_as_well() -> None:
    assert infer(orders("buy", "buy", "sell", "sell", "buy", "sell")).closed == 3


def test_signals_are_none() -> None:
    assert not infer(orders("buy", "buy", "buy", "sell", "buy", "buy")).has_results
    confident: list[object] = [0.5] * 4
    assert not infer(orders("buy", "sell", "buy", "sell", confidence=confident)).has_results


def test_points_are_likely_only_where_nothing_has_an_amount() -> None:
    (doubt,) = infer(orders("buy", "sell", "buy", "sell")).doubts
    assert doubt.likely
    for name in ("portfolio_value", "qty_in_coins"):
        amounts: list[object] = ["1000", "1100", "1090", "1190"]
        (doubt,) = infer(orders("buy", "sell", "buy", "sell", **{name: amounts})).doubts
        assert (doubt.name, doubt.likely) == ("unit", "")
