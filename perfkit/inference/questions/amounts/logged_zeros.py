"""Prices that give results, beside a P&L that is logged as 0 for each trade.

entryPrice 15.63   exitPrice 21000   quantity 266   pnl 0    prices in two currencies
entryPrice 0       exitPrice 0       quantity 0     pnl 0
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.words.names import pnl_name


def logged_zeros(
    columns: Sequence[Column], rows: Sequence[int], prices: Sequence[Column]
) -> Doubt | None:
    """Which is right, where each trade has a P&L of 0 and prices that say otherwise."""
    for column in columns:
        name = pnl_name(column.name) if column.kind == NUMBER else None
        if name is None or name.is_running or any(column.numbers[row] != 0 for row in rows):
            continue
        entry, out = (one.name for one in prices)
        return Doubt(
            "two_results",
            f"Each {column.name} is 0, and {entry} and {out} say otherwise; which is right?",
            (
                Answer("prices", {}),
                Answer(column.name, {"fields.net_pnl": column.expression}),
            ),
        )
    return None
