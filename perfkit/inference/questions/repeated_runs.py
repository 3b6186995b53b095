"""Trades of a backtest that was run several times into one log, whose times are those of the run.

opened 20:39:47.846   closed 20:39:47.849   entry 63219.32   exit 62876.00   amount 2.2754622
opened 20:52:10.112   closed 20:52:10.115   entry 63219.32   exit 62876.00   amount 2.2754622
"""

from __future__ import annotations

from collections.abc import Mapping

from perfkit.inference.candidates import Candidate
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table.columns import Column, rows_equal
from perfkit.inference.table.roles import Times

_SECOND = 1_000_000
_REPEATED = 10
"""Trades that come again are asked about if they are one of so many."""
_PARTS = ("symbol", "side", "entry_price", "exit_price", "quantity")


def run_again(best: Candidate, roles: Mapping[str, Column], times: Times) -> Doubt | None:
    """Trades with the prices, quantity and result of earlier ones, all held for no time."""
    rows = best.closing.rows
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return None
    if not times.opened or not times.closed:
        return None
    opened, closed = times.opened[0].instants, times.closed[0].instants
    held = [
        None if (start := opened[row]) is None or (end := closed[row]) is None else end - start
        for row in rows
    ]
    if not all(one is not None and 0 <= one < _SECOND for one in held):
        return None
    parts = [*(roles[role] for role in _PARTS if role in roles), best.pnl]
    repeats = rows_equal(parts, rows)
    if not repeats or repeats * _REPEATED < len(rows):
        return None
    return Doubt(
        "repeats",
        f"{repeats} of {len(rows)} records have the prices, quantity and result of an earlier one, "
        "and all were held for less than a second, as in a backtest that was run several times; do "
        "they count again?",
        (
            Answer("yes", {}),
            Answer("no", {"identity": [part.expression for part in parts]}),
        ),
    )
