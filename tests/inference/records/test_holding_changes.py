"""Splits, transfers and the like among buys and sells are asked about, not left out silently."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import asked

BOUGHT_AND_SOLD = (("Buy", "40", "36.5"), ("Split", "10", "0"), ("Sell", "25", "39"))


def of_kind(kind: str, *, size: str = "10", symbol: str = "A") -> list[str]:
    bought, other, sold = fills(*BOUGHT_AND_SOLD)
    other = {**other, "side": kind, "quantity": size, "symbol": symbol}
    return asked(infer([bought, other, sold]))


@pytest.mark.parametrize(
    "kind", ["Split", "Stock Split", "Bonus", "MERGER", "Spin-off", "Transfer In", "Conversion"]
)
def test_what_changes_a_holding_is_asked_about(kind: str) -> None:
    assert of_kind(kind) == ["holding_changes"]


@pytest.mark.parametrize("kind", ["Dividend", "Interest", "Hold"])
def test_other_records_are_left_alone(kind: str) -> None:
    assert of_kind(kind) == []


def test_a_transfer_without_a_quantity_is_one_of_money() -> None:
    assert of_kind("Transfer", size="") == []


def test_a_split_without_a_quantity_has_a_ratio() -> None:
    assert of_kind("Split 4:1", size="") == ["holding_changes"]


def test_what_is_neither_bought_nor_sold_is_no_matter() -> None:
    assert of_kind("Split", symbol="B") == []


def test_the_kind_may_stand_in_a_column_beside_the_side() -> None:
    bought, other, sold = fills(*BOUGHT_AND_SOLD)
    records = [
        {**bought, "type": "trade"},
        {**other, "side": "", "type": "reverse split"},
        {**sold, "type": "trade"},
    ]
    (doubt,) = infer(records).doubts
    assert doubt.name == "holding_changes"
    assert "reverse split" in doubt.question
    assert doubt.answers[-1].why_none
