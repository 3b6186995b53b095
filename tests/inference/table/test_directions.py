"""Which way a side points."""

import pytest

from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import direction, is_signed_side


@pytest.mark.parametrize(
    ("label", "way"),
    [
        *(("buy-sell", 1), ("sell-buy", -1), ("buy then sell", 1), ("sold/bought", -1)),
        *(("sell to close", -1), ("buy to cover", 1), ("sell short", -1), ("open long", 1)),
    ],
)
def test_of_two_orders_the_first_one_says_it(label: str, way: int) -> None:
    assert direction(label) == way


@pytest.mark.parametrize(
    ("name", "values", "is_one"),
    [
        ("transactionType", ("1", "-1"), True),
        ("order_type", ("1", "-1"), True),
        ("action", ("1", "-1"), True),
        ("action", ("1", "0", "-1"), False),
        ("signal_type", ("1", "-1"), False),
        ("orderType", ("1", "2"), False),
    ],
)
def test_signs_of_a_kind_of_order_are_sides(
    name: str, values: tuple[str, ...], *, is_one: bool
) -> None:
    assert is_signed_side(Column((name,), values, NUMBER)) is is_one
