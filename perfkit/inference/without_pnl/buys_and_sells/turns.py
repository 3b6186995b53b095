"""Buys and sells without a quantity that take turns, as those of one position: buy, sell, buy.

So do two buys and two sells: never is more held than two of them, and time and again nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.names import word_set

_LEAST = 4
_MOST_HELD = 2
_OF_SIGNALS = word_set("signal confidence score probability prob prediction predicted forecast")

POINTS_OF_ONE = Doubt(
    "unit",
    "Buys and sells have prices, but no quantity: should the result be in points, for one unit?",
    (
        Answer("yes: the price of the sale less that of the purchase", {"currency": "points"}),
        no("executions have no quantity, and results are not wanted in points, as answered"),
    ),
    "the log has no amounts",
)


_OF_SIZES = word_set(
    "quantity size shares units volume contracts lots amount notional value position holdings held"
)


def points_of_one(log: Log) -> Doubt:
    """The question whether results are in points; likely so where nothing has an amount."""
    has_amount = "balance" in log.roles or any(
        one.kind == NUMBER and set(one.words) & _OF_SIZES and any(one.numbers)
        for one in log.columns
    )
    return POINTS_OF_ONE._replace(likely="") if has_amount else POINTS_OF_ONE


def take_turns(log: Log, rows: Sequence[int]) -> bool:
    """Whether executions with a price and no quantity are buys and sells in turn, by symbol.

    Lists of signals, which repeat themselves and have a confidence, are none.
    """
    roles = log.roles
    if not {"side", "price"} <= roles.keys() or {"quantity", "stake", "entry_price"} & roles.keys():
        return False
    if any(set(column.words) & _OF_SIGNALS for column in log.columns):
        return False
    if set(roles["side"].distinct) - {""} - {"buy", "sell", "bought", "sold"}:
        return False
    ways = directions(roles["side"])
    symbols = roles["symbol"].labels if "symbol" in roles else [""] * len(ways)
    held: dict[str, int] = {}
    turns = flat = 0
    for row in rows:
        if not ways[row] or not roles["price"].numbers[row]:
            continue
        held[symbols[row]] = now = held.get(symbols[row], 0) + ways[row]
        if not -1 <= now <= _MOST_HELD:
            return False
        turns += 1
        flat += not now
    return turns >= _LEAST and flat * 6 >= turns


class OfOne(Column):
    """A quantity of 1 in each record."""

    @property
    def expression(self) -> str:
        return "= 1"


def of_one_unit_each(log: Log) -> OfOne:
    """The quantity of records that have none."""
    return OfOne(("quantity",), ["1"] * len(log.columns[0].values), NUMBER)
