"""Prices in pence, beside deposits in pounds."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import Record, asked

_ORDERS = (("BUY", "100", "1250"), ("SELL", "100", "1300"), ("BUY", "50", "900"))


def _log(paid_in: str, word: str = "DEPOSIT") -> list[Record]:
    orders = [*fills(*_ORDERS), {**fills(("SELL", "50", "800"))[0], "time": "2026-04-07T09:00:00Z"}]
    nothing = {"side": word, "symbol": "", "price": "0"}
    moved: Record = {**nothing, "time": "2026-04-06T00:00:00Z", "quantity": paid_in}
    return [moved, *orders]


@pytest.mark.parametrize(
    ("paid_in", "is_asked"),
    [("1500", True), ("150000", False), ("60000", False), ("100", False)],
    ids=["in hundredths", "as logged", "on margin", "far less than either"],
)
def test_purchases_far_above_what_was_paid_in_may_be_in_hundredths(
    paid_in: str, *, is_asked: bool
) -> None:
    assert ("hundredths" in asked(infer(_log(paid_in)))) is is_asked


def test_prices_in_hundredths_are_divided() -> None:
    (doubt,) = (one for one in infer(_log("1500")).doubts if one.name == "hundredths")
    assert doubt.answers[0].changes == {"fields.price": "price / 100"}


def test_what_was_paid_out_is_no_measure() -> None:
    assert "hundredths" not in asked(infer(_log("1500", "WITHDRAWAL")))
