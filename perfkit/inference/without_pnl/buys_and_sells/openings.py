"""Orders each of which opens a position of its own, so that none of them closes another.

side LONG   quantity 1.90                          sizes differ: nothing is ever sold off
side SHORT  quantity 1.80

side BUY    price 100   stop 95    target 110      what is sold has a stop above and a target
side SELL   price 104   stop 108   target 96       below, as only a short position has
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.proof.executions import Executions
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.names import words

_LEAST = 3


def are_sizes_of_positions(log: Log, found: Executions) -> bool:
    """Whether `LONG` and `SHORT` each open a position of a size of its own, and nothing closes.

    If they bought and sold, positions would be closed by as much as was held.
    """
    side = log.roles.get("side")
    if side is None or not all(side.labels[row] in ("long", "short") for row in found.rows):
        return False
    return len(found.reducing) >= _LEAST and found.flat * 4 < len(found.reducing)


def have_stops_and_targets(log: Log, rows: Sequence[int]) -> bool:
    """Whether nearly all that is bought and all that is sold has a stop and a target of its own.

    So it is whatever other records such as `CLOSE_SELL` do.
    """
    if not {"side", "price", "stop_loss", "target"} <= log.roles.keys():
        return False
    prices, stops, targets = (log.roles[role].numbers for role in ("price", "stop_loss", "target"))
    side = log.roles["side"]
    closes = {label for label in side.distinct if {*words(label)} & {"close", "exit"}}
    ways = directions(side)
    counts = {1: [0, 0], -1: [0, 0]}
    for row in rows:
        price, stop, target = prices[row], stops[row], targets[row]
        if not ways[row] or not price or side.labels[row] in closes:
            continue
        is_open = bool(stop and target) and (stop or 0) * ways[row] < price * ways[row]
        is_open = is_open and price * ways[row] < (target or 0) * ways[row]
        counts[ways[row]][is_open] += 1
    return all(
        with_both >= _LEAST and with_both >= 9 * without for without, with_both in counts.values()
    )
