"""Sides that are numbers: which of them buys is asked, and the answers are opposite."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import Record, asked

PRICES = ("10", "12", "11", "14", "15", "16", "13")
TURNS = tuple((str((n + 1) % 2), "2" if n else "1", price) for n, price in enumerate(PRICES))


def coded(*codes: str) -> list[Record]:
    words = dict(zip("10", codes, strict=True))
    return [{**one, "side": words[str(one["side"])]} for one in fills(*TURNS)]


@pytest.mark.parametrize("codes", [("1", "0"), ("1", "2")])
def test_the_question_has_both_answers(tmp_path: Path, codes: tuple[str, str]) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(coded(*codes)))
    with pytest.raises(perfkit.UndecidedError, match="nothing says which of them buys"):
        perfkit.read(path, quiet=True)
    sums = [
        perfkit.read(path, answers={"side": n}, quiet=True).summary("all").metrics["net_pnl"]
        for n in (1, 2)
    ]
    assert sums == [Decimal(9), Decimal(-9)]  # 2 + 1 + 3 - 1 + 1 + 3 if the first one buys


def test_orders_that_turn_a_position_round_are_short_positions() -> None:
    assert asked(infer(coded("1", "0"))) == ["side"]
    words = {"1": "buy", "0": "sell"}
    assert infer([{**one, "side": words[str(one["side"])]} for one in fills(*TURNS)]).is_sure


def test_sales_of_another_quantity_are_asked_about() -> None:
    turns = [(("sell", "buy")[int(side)], size, price) for side, size, price in TURNS]
    reading = infer(fills(*turns[:3], ("sell", "3", "14"), ("buy", "5", "15")))
    assert asked(reading) == ["sold_unbought"]


@pytest.mark.parametrize("name", ["regime", "direction_score"])
def test_other_numbers_are_no_sides(name: str) -> None:
    records = [
        {name if key == "side" else key: v for key, v in one.items()} for one in fills(*TURNS)
    ]
    assert not infer(records).has_results


def test_numbers_that_rarely_change_are_no_sides() -> None:
    orders = [("1", "1", "10")] * 6 + [("0", "1", "11")] * 6
    assert not infer(fills(*orders)).has_results
