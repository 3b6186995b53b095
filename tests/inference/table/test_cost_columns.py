"""Costs whose parts stand beside them are counted once."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, field, fills

FEES: list[object] = ["1.00", "1.20", "1.00", "1.50"]
TAXES: list[object] = ["0.10", "0.30", "0.20", "0.40"]
BOTH: list[object] = ["1.10", "1.50", "1.20", "1.90"]


def commission(*costs: list[object]) -> object:
    names = ("commission", "stamp_tax", "fee")
    return field(infer(fills(*FOUR, **dict(zip(names, costs, strict=True)))), "commission")


def test_a_cost_that_is_the_sum_of_others_counts_alone() -> None:
    assert commission(FEES, TAXES, BOTH) == "fee"


@pytest.mark.parametrize("others", [["1.10", "1.50", "1.20", "2.00"], FEES])
def test_a_cost_that_is_another_number_in_one_record_is_one_more(others: list[object]) -> None:
    assert commission(FEES, TAXES, others) == "commission + stamp_tax + fee"


def test_a_cost_that_is_that_of_one_other_is_no_sum() -> None:
    none: list[object] = ["0", "0", "0", "0"]
    assert commission(FEES, none, FEES) == "commission + fee"
