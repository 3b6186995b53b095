"""Pairs of columns of what an account held before and after each record.

equity_before, equity_after
capital_open, capital_close
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.words.names import CURRENCIES, word_set

_HELD = word_set("equity balance bankroll capital cash")
_FROM_TO = (
    *(("before", "after"), ("start", "end"), ("prev", "new"), ("previous", "new")),
    *(("open", "close"), ("initial", "final"), ("entry", "exit")),
    *(("in", "out"), ("begin", "end"), ("beginning", "ending"), ("starting", "ending")),
)
"""Words for what an account held at first, and then."""


def before_and_after(columns: Sequence[Column]) -> list[tuple[Column, Column]]:
    """The pairs of columns such as `equity_before` and `equity_after`, or `usdt_before`."""
    named = {frozenset(one.words): one for one in columns if one.kind == NUMBER}
    found = []
    for said, column in named.items():
        for before, after in _FROM_TO:
            other = named.get((said - {before}) | {after}) if before in said else None
            is_held = said & _HELD or (before == "before" and said & CURRENCIES.keys())
            if other is not None and is_held:
                found.append((column, other))
    return found
