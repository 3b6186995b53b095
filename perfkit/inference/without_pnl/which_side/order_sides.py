"""Orders whose side stands in words of what was done, beside one that says which position it is of.

    action BUY           position_type long
    action SELL_STOP     position_type long
    action SHORT_SELL    position_type short
    action COVER_TARGET  position_type short

A position that is long is bought and then sold, so `long` is no side of both orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log

_OF_POSITIONS = {"long": 1, "short": -1}


def with_orders(log: Log, when: Column | None, rows: Sequence[int]) -> Log:
    """The log with the orders for a side, where the side found is that of positions.

    The orders have to open what they close: none sells more of a long position than was bought.
    """
    side = log.roles.get("side")
    if when is None or side is None or not {"quantity", "price"} <= log.roles.keys():
        return log
    if not {side.labels[row] for row in rows} <= _OF_POSITIONS.keys():
        return log
    in_time = sorted(
        (row for row in rows if when.instants[row]), key=lambda n: when.instant(n) or 0
    )
    for column in log.columns:
        if column.kind != TEXT or column is side or not column.has_few_words:
            continue
        if _open_and_close(directions(column), log, in_time):
            return log._replace(roles={**log.roles, "side": column})
    return log


def _open_and_close(ways: Sequence[int], log: Log, rows: Sequence[int]) -> bool:
    """Whether orders go both ways, and those of each position open it before they close it."""
    side, sizes = log.roles["side"], log.roles["quantity"].numbers
    symbols = log.roles["symbol"].labels if "symbol" in log.roles else [""] * len(ways)
    held: dict[tuple[str, str], Decimal] = {}
    closed = 0
    for row in rows:
        position = _OF_POSITIONS[side.labels[row]]
        key = (symbols[row], side.labels[row])
        size = abs(sizes[row] or Decimal(0))
        if not ways[row]:
            return False
        is_opening = ways[row] == position
        left = held.get(key, Decimal(0)) + (size if is_opening else -size)
        if left < 0:
            return False
        held[key] = left
        closed += not is_opening
    return closed > 0
