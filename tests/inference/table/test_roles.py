"""Columns by what they hold, where a name alone does not say it."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, field, fills


@pytest.mark.parametrize("name", ["symbol", "stock_code", "ticker", "scrip_code"])
def test_codes_of_shares_are_markets_of_their_own(name: str) -> None:
    records = fills(*FOUR)
    for record, code in zip(records, (511880, 511880, 511010, 511010), strict=True):
        del record["symbol"]
        record[name] = code
    reading = infer(records)
    assert field(reading, "symbol") == name
    assert reading.dialect["fills"]["by"] == ["symbol"]  # type: ignore[index]


def test_numbers_with_digits_after_the_point_are_no_markets() -> None:
    records = [{**one, "symbol": f"{n}.5"} for n, one in enumerate(fills(*FOUR))]
    assert "symbol" not in infer(records).dialect["fields"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("cost", "commission"), [("0.02", "cost"), ("20", None)], ids=["a fee", "what was paid"]
)
def test_a_cost_that_is_a_small_part_of_the_value_is_a_fee(
    cost: str, commission: str | None
) -> None:
    values: list[object] = ["20", "24", "33", "30"]
    reading = infer(fills(*FOUR, value=values, cost=[cost] * 4))
    assert reading.dialect["fields"].get("commission") == commission  # type: ignore[attr-defined]


def test_a_result_that_is_a_target_was_not_earned() -> None:
    records = [
        {"time": f"2026-04-0{n}T10:00:00Z", "symbol": "A", "targets": {"net_profit": n}}
        for n in range(1, 5)
    ]
    assert not infer(records).has_results
