"""Signals are no executions, though they have a side, a price and a volume."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, field, fills, renamed
from tests.inference.readings import Record

INDICATORS: dict[str, list[object]] = {"rsi": ["30", "70"] * 2, "ema_9": ["10", "11"] * 2}


def signals(**more: list[object]) -> list[Record]:
    return renamed(fills(*FOUR, **more), side="signal", quantity="volume")


@pytest.mark.parametrize("words", [("CALL", "PUT"), ("PE", "CE")])
def test_calls_and_puts_are_not_bought_and_sold(words: tuple[str, str]) -> None:
    records = [{**one, "signal": words[n % 2]} for n, one in enumerate(signals())]
    assert not infer(records).has_results


def test_the_volume_of_a_bar_beside_indicators_is_no_quantity() -> None:
    assert not infer(signals(**INDICATORS)).has_results
    assert not infer(signals(high=["12"] * 4, volume_avg_10=["3"] * 4)).has_results
    assert not infer(signals(confidence=["0.7"] * 4)).has_results


def test_a_volume_that_was_paid_for_with_a_fee_is_a_quantity() -> None:
    paid: list[object] = ["10.02", "20.04", "23.976", "35.964"]
    sizes = [("buy", "1", "10"), ("buy", "2", "10"), ("sell", "2", "12"), ("sell", "3", "12")]
    records = renamed(fills(*sizes, amount=paid, score=["50"] * 4), quantity="volume")
    assert field(infer(records), "commission") == "abs(amount - price * volume)"
    without = [{name: one[name] for name in one if name != "amount"} for one in records]
    assert not infer(without).has_results


@pytest.mark.parametrize("more", [{"order_id": ["7", "8", "9", "10"]}, {"fee": ["0.1"] * 4}])
def test_executions_may_log_indicators(more: dict[str, list[object]]) -> None:
    assert "fills" in infer(signals(**INDICATORS, **more)).dialect


def test_executions_with_a_quantity_may_log_them_as_well() -> None:
    assert "fills" in infer(fills(*FOUR, **INDICATORS)).dialect
