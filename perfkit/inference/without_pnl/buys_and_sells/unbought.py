"""Sales of more than was bought before: short positions, or what was held already."""

from __future__ import annotations

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.proof.executions import Executions
from perfkit.inference.records.order_effects import effect_of_all
from perfkit.inference.without_pnl.log_facts import Log

_COVERED = "sales of more than was held are short positions: all of it was bought back"
_OF_EFFECT = {
    "open": "sales of more than was held are short positions: the records say that they open one",
    "close": "sales of more than was held are of positions from before the log began: the records "
    "say that they close one",
}


def assumed_of_sales(log: Log, found: Executions) -> list[str]:
    """What is taken for granted of sales of what was not held."""
    if effect := effect_of_sales(log, found):
        return [_OF_EFFECT[effect]]
    return [_COVERED] if found.shorting and found.are_covered else []


def effect_of_sales(log: Log, found: Executions) -> str:
    """What the records say of sales of what was not held: that they open or close a position."""
    return effect_of_all(log.columns, found.shorting) if found.shorting else ""


def sold_unbought(count: int, total: int) -> Doubt:
    """What sales are, of which nothing was bought before in the log."""
    return Doubt(
        "sold_unbought",
        f"{count} of {total} executions sell more than was bought before; what are they?",
        (
            Answer("short positions", {"fills.short": True}),
            Answer("sales of what was bought before the log began", {"fills.short": False}),
        ),
    )
