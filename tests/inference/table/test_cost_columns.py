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


@pytest.mark.parametrize("worth", ["gross", "proceeds", "trade_value"])
def test_a_cost_that_is_a_small_part_of_a_worth_is_a_commission(worth: str) -> None:
    amounts: list[object] = ["20", "24", "33", "30"]
    cost: list[object] = ["0.02", "0.024", "0.033", "0.03"]
    reading = infer(fills(*FOUR, **{worth: amounts, "cost": cost}))
    assert field(reading, "commission") == "cost"
    paid = infer(fills(*FOUR, **{worth: amounts, "cost": amounts}))
    assert "commission" not in paid.dialect["fields"]  # type: ignore[operator]


@pytest.mark.parametrize("name", ["total_costs", "total_cost", "costs_total"])
def test_total_costs_count_alone_beside_some_of_them(name: str) -> None:
    fees = {"brokerage": FEES, "gst": TAXES}
    whole: list[object] = ["1.40", "1.80", "1.50", "2.20"]
    assert field(infer(fills(*FOUR, **fees, **{name: whole})), "commission") == name
    paid: list[object] = ["21.10", "25.50", "34.20", "31.90"]
    reading = infer(fills(*FOUR, **fees, **{name: paid}))
    assert field(reading, "commission") == "brokerage + gst"


@pytest.mark.parametrize("flow", [1, -1])
def test_what_was_paid_with_costs_of_less_than_a_hundredth_is_no_result(flow: int) -> None:
    net: list[object] = [f"{flow * 20.08}", "23.904", f"{flow * 33.132}", "29.88"]
    reading = infer(fills(*FOUR, net_value=net))
    assert reading.closed == 2
    assert "net_pnl" not in reading.dialect["fields"]  # type: ignore[operator]
