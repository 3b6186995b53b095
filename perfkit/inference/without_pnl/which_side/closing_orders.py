"""Whether the side of records that close trades is that of the closing order.

event  side  symbol
ENTRY  BUY   A
EXIT   SELL  A          the trade was long
"""

from __future__ import annotations

from collections.abc import Mapping

from perfkit.inference.proof.evidence import AGREES
from perfkit.inference.records.closing import Closing
from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import directions
from perfkit.inference.table.time_columns import Times

_LEAST = 2


def are_closing_orders(closing: Closing, roles: Mapping[str, Column], times: Times) -> bool:
    """Whether nearly all records that close have the other side than those that opened before."""
    side = roles.get("side")
    if side is None or not closing.opening:
        return False
    ways = directions(side)
    names = roles["symbol"].labels if "symbol" in roles else [""] * len(ways)
    opening = set(closing.opening)
    held: dict[str, int] = {}
    turned = []
    for row in _in_order([*closing.rows, *closing.opening], times):
        if row in opening:
            held[names[row]] = ways[row]
        elif held.get(names[row]) and ways[row]:
            turned.append(held[names[row]] != ways[row])
    return len(turned) >= _LEAST and sum(turned) >= AGREES * len(turned)


def _in_order(rows: list[int], times: Times) -> list[int]:
    """The records from the earliest on, or as they stand where one has no time."""
    rows = sorted(rows)
    for column in times.event:
        known = {row: moment for row in rows if (moment := column.instant(row)) is not None}
        if len(known) == len(rows):
            return sorted(rows, key=known.__getitem__)
    return rows
