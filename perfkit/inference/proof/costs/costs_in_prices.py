"""Whether prices have costs in them, as another price of the same order beside them shows.

raw_entry_price 100   entry_price 100.2   fee_entry 0.2                       of one piece
raw_entry_price 100   entry_price 100.2   fee_entry 2    quantity 10          of the whole order
raw_entry_price 100   entry_price 100.3   fee_entry 0.2  slippage_entry 0.1   with slippage
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product

from perfkit.inference.proof.costs.costs_by_columns import slippage_of
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.words.names import word_set

_BEFORE_COSTS = word_set(
    "raw mid quote quoted signal requested expected theoretical base clean ideal gross market "
    "reference ref original before orig"
)
_ORDERS = word_set("entry exit open close buy sell in out")
_PRICES = ("entry_price", "exit_price")
_LEAST = 2


def costs_of_pieces(
    columns: Sequence[Column], roles: Mapping[str, Column], fees: Sequence[Column]
) -> list[Column]:
    """The costs of one piece each that are in the prices: they are no amounts of a trade."""
    return [fee for fee in fees if _are_in_prices([fee], columns, roles, is_of_piece=True)]


def with_costs_noted(reading: Reading, fees: Sequence[Column]) -> Reading:
    """The reading, with a note of the costs that are in the prices already."""
    if not fees or not reading.has_results:
        return reading
    names = " and ".join(fee.name for fee in fees)
    note = f"{names} are costs of one piece, and in the prices already"
    return reading._replace(assumed=(*reading.assumed, note))


def is_net_of_prices(
    pnl: Column, columns: Sequence[Column], roles: Mapping[str, Column], fees: Sequence[Column]
) -> bool | None:
    """Whether a P&L is what prices give that have all costs of the orders in them."""
    if not fees or not all(
        _are_in_prices([fee], columns, roles, is_of_piece=False) for fee in fees
    ):
        return None
    return True if _is_of_prices(pnl, roles) else None


def _is_of_prices(pnl: Column, roles: Mapping[str, Column]) -> bool:
    """Whether a P&L is what prices and quantity give, to its last digits, in nearly all records."""
    if not {*_PRICES, "quantity"} <= roles.keys():
        return False
    parts = (roles[one].numbers for one in (*_PRICES, "quantity"))
    agreed = [
        abs(abs((out - entry) * size) - abs(earned)) <= 2 * pnl.step
        for entry, out, size, earned in zip(*parts, pnl.numbers, strict=True)
        if entry and out and size and earned
    ]
    return len(agreed) >= _LEAST and sum(agreed) * 10 >= 9 * len(agreed)


def _are_in_prices(
    fees: Sequence[Column],
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    *,
    is_of_piece: bool,
) -> bool:
    sizes = roles.get("quantity")
    for price in (roles[one] for one in _PRICES if one in roles):
        others = [one for one in columns if _is_before_costs(one, price)]
        for other, slips in product(others, ([], _of_the_same(price, slippage_of(columns)))):
            found = [
                one
                for row in range(len(price.values))
                if (one := _explains(price, other, [*fees, *slips], sizes, row, is_of_piece))
                is not None
            ]
            if len(found) >= _LEAST and sum(found) * 10 >= 9 * len(found):
                return True
    return False


def _is_before_costs(other: Column, price: Column) -> bool:
    """Whether a column is called as a price, with a word that says it is before costs."""
    own, named = set(other.words), set(price.words)
    return other.kind == NUMBER and other is not price and own > named and bool(
        own - named & _BEFORE_COSTS
    ) and own - named <= _BEFORE_COSTS  # fmt: skip


def _of_the_same(price: Column, slips: Sequence[Column]) -> list[Column]:
    """The slippage of one order: that with a word of its price, such as `entry`."""
    return [one for one in slips if {*one.words} & {*price.words} & _ORDERS]


def _explains(
    price: Column,
    other: Column,
    costs: Sequence[Column],
    sizes: Column | None,
    row: int,
    is_of_piece: bool,
) -> bool | None:
    """Whether costs are how much a price is above or below another; None without one of them."""
    with_costs, before, paid = price.numbers[row], other.numbers[row], costs[0].numbers[row]
    size = Decimal(1) if is_of_piece or sizes is None else abs(sizes.numbers[row] or Decimal(0))
    if not with_costs or not before or not paid or not size or with_costs == before:
        return None
    every = sum((abs(one.numbers[row] or Decimal(0)) for one in costs), Decimal(0))
    allowed = 2 * (price.step + other.step) * size
    return abs(abs(with_costs - before) * size - every) <= allowed < every
