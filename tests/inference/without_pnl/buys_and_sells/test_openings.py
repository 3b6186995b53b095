"""Orders that only open positions."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import Record

SIDES = ("BUY", "SELL") * 4


def test_positions_that_each_have_a_size_of_their_own_are_no_buys_and_sells() -> None:
    sides = ("LONG", "SHORT") * 4
    turned = [(side, f"1.{90 - n}", f"10{n}") for n, side in enumerate(sides)]
    assert not infer(fills(*turned)).has_results
    assert infer(fills(*((side, "2", price) for side, _, price in turned))).has_results


def bracketed(way: int = 1) -> list[Record]:
    """Buys and sells at about 100, with a stop and a target 5 away; `way` -1: on the other side."""
    far = [way * (5 if side == "BUY" else -5) for side in SIDES]
    orders = [(side, "2", f"10{n}") for n, side in enumerate(SIDES)]
    stops: list[object] = [str(100 + n - away) for n, away in enumerate(far)]
    return fills(*orders, sl=stops, tp=[str(100 + n + away) for n, away in enumerate(far)])


def test_what_is_sold_with_a_stop_above_is_a_position_of_its_own() -> None:
    assert not infer(bracketed()).has_results
    assert infer(bracketed(-1)).has_results


@pytest.mark.parametrize("close", ["CLOSE_SELL", "exit buy"])
def test_so_it_is_beside_closes(close: str) -> None:
    more = {**bracketed()[0], "side": close, "time": "2026-04-08T00:00:00Z", "sl": "0", "tp": "0"}
    assert not infer([*bracketed(), more]).has_results
