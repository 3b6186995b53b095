"""Whether executions are of one market, where no field is known to name it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.table.roles import directions
from perfkit.inference.without_pnl.log_facts import Log

_LEAP = 2
_LEAPS = 2
_LEAST = 2


def of_one_market(log: Log, rows: Sequence[int], by: Sequence[str]) -> Doubt | None:
    """A question where another field, or the leaps of the price, speak for several markets."""
    if "symbol" in log.roles:
        return None
    if (column := _naming_markets(log, rows)) is not None:
        apart: dict[str, object] = {
            "fields.symbol": column.expression,
            "fills.by": [*by, "symbol"],
        }
        return Doubt(
            "markets",
            f"Is each {column.name} a market of its own? Each is bought and sold at prices of its "
            "own",
            (Answer("yes", apart), Answer("no, all executions are of one market", {})),
        )
    prices = [abs(price) for row in rows if (price := log.roles["price"].numbers[row])]
    leaps = sum(max(one, two) >= _LEAP * min(one, two) for one, two in pairwise(prices))
    if leaps < _LEAPS:
        return None
    return Doubt(
        "markets",
        f"No field names a market, and prices leap {leaps} times to twice or half of the one "
        "before; are all executions of one market? Else name its field in a dialect, as symbol",
        (Answer("yes", {}),),
    )


def _naming_markets(log: Log, rows: Sequence[int]) -> Column | None:
    """A column of words that take turns, two of which are bought and sold at prices apart.

    A is bought and sold at 10 to 12, B at 50 to 55, and A comes again after B. So do not phases of
    one market, which follow each other, nor strategies, which see the same prices.
    """
    side, prices = log.roles.get("side"), log.roles["price"].numbers
    if side is None:
        return None
    ways, known = directions(side), list(log.roles.values())
    for column in log.columns:
        if column.kind != TEXT or column in known or not column.has_few_words:
            continue
        if not all(column.present[row] for row in rows):
            continue
        labels = [column.labels[row] for row in rows]
        runs = 1 + sum(one != other for one, other in pairwise(labels))
        if runs <= len(set(labels)):
            continue
        traded = _traded(labels, [(ways[row], abs(prices[row] or Decimal(0))) for row in rows])
        if any(max(a) < min(b) or max(b) < min(a) for a, b in combinations(traded, _LEAST)):
            return column
    return None


def _traded(labels: Sequence[str], executed: Sequence[tuple[int, Decimal]]) -> list[list[Decimal]]:
    """The prices of each label that is bought as well as sold."""
    of: dict[str, list[tuple[int, Decimal]]] = {}
    for label, one in zip(labels, executed, strict=True):
        of.setdefault(label, []).append(one)
    return [
        [price for _, price in ones] for ones in of.values() if {1, -1} <= {way for way, _ in ones}
    ]
