"""Executions whose quantity and price stand in columns of their own for purchases and for sales.

buy_qty 10   buy_price 618.80   sell_qty 0    sell_price 0
buy_qty 0    buy_price 0        sell_qty 10   sell_price 655.15

bought 10   sold 0    unit_value 618.80
bought 0    sold 10   unit_value 655.15
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.derived_columns import Difference
from perfkit.inference.without_pnl.buys_and_sells.fills import from_executions
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.names import word_set

_BOUGHT = word_set("buy bought purchase purchased buying")
_SOLD = word_set("sell sold sale selling")
_SIZES = word_set("quantity shares units volume lots contracts size")
_PRICES = word_set("price rate")
_BESIDE = word_set("avg average unit per in of")
_LEAST = 2


class _Sides(NamedTuple):
    """One thing of purchases and of sales: how many, or at what price."""

    bought: Column
    sold: Column


def from_two_sides(log: Log) -> Reading | None:
    """The records as executions, where each has a quantity of one of two sides, and its price."""
    sizes, prices = _named(log.columns, _SIZES), _named(log.columns, _PRICES)
    if sizes is None or not _are_apart(sizes, prices):
        return None
    price = log.roles.get("price") if prices is None else _joined(prices, 1)
    if price is None:
        return None
    others = ("side", "entry_price", "exit_price", "quantity", "price", "stake")
    roles = {role: column for role, column in log.roles.items() if role not in others}
    both = {"quantity": _joined(sizes, -1), "price": price}
    return from_executions(log._replace(roles={**roles, **both}))


def _named(columns: Sequence[Column], things: frozenset[str]) -> _Sides | None:
    """The two columns of a thing, such as `buy_qty` and `sell_qty`."""
    found = [_of_side(columns, side, things) for side in (_BOUGHT, _SOLD)]
    bought, sold = found
    return None if bought is None or sold is None else _Sides(bought, sold)


def _of_side(
    columns: Sequence[Column], side: frozenset[str], things: frozenset[str]
) -> Column | None:
    for column in columns:
        said = {*column.words}
        is_one = said <= side | things | _BESIDE and said & side and said & things
        if column.kind == NUMBER and is_one:
            return column
    return None


def _are_apart(sizes: _Sides, prices: _Sides | None) -> bool:
    """Whether each record has a quantity of the one side, and none of the other; so of prices."""
    counts = [0, 0]
    for row in range(len(sizes.bought.values)):
        held = [bool(one.numbers[row]) for one in sizes]
        priced = held if prices is None else [bool(one.numbers[row]) for one in prices]
        if held != priced or all(held):
            return False
        counts[0] += held[0]
        counts[1] += held[1]
    return min(counts) >= _LEAST


def _joined(sides: _Sides, way: int) -> Column:
    """Both columns as one, in which what was sold counts with a sign."""
    values = [
        str((one or Decimal(0)) + way * (other or Decimal(0)))
        for one, other in zip(sides.bought.numbers, sides.sold.numbers, strict=True)
    ]
    bought, sold = (
        one.expression if all(one.present) else f"({one.expression} or 0)" for one in sides
    )
    written = f"({bought} {'+' if way > 0 else '-'} {sold})"
    return Difference(sides.bought.path, values, NUMBER, written=written)
