"""Which way a side points."""

import pytest

from perfkit.inference.table.directions import direction


@pytest.mark.parametrize(
    ("label", "way"),
    [
        *(("buy-sell", 1), ("sell-buy", -1), ("buy then sell", 1), ("sold/bought", -1)),
        *(("sell to close", -1), ("buy to cover", 1), ("sell short", -1), ("open long", 1)),
    ],
)
def test_of_two_orders_the_first_one_says_it(label: str, way: int) -> None:
    assert direction(label) == way
