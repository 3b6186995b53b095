"""Pairs of columns of what an account held before and after each record.

equity_before, equity_after
capital_open, capital_close
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.words.names import CURRENCIES, word_set

_HELD = word_set("equity balance bankroll capital cash funds")
_ALL = (word_set("total before"), word_set("money before"))
"""What an account held before, where a name says no more than that."""
_TRADED = word_set("position pos shares holding holdings held inventory coins units qty quantity")
_FROM_TO = (
    *(("before", "after"), ("start", "end"), ("prev", "new"), ("previous", "new")),
    *(("open", "close"), ("initial", "final"), ("entry", "exit")),
    *(("in", "out"), ("begin", "end"), ("beginning", "ending"), ("starting", "ending")),
)
"""Words for what an account held at first, and then."""


def before_and_after(columns: Sequence[Column]) -> list[tuple[Column, Column]]:
    """The pairs of columns such as `equity_before` and `equity_after`, or `usdt_before`."""
    return [pair for pair, said in _pairs(columns) if _is_money(said)]


def holdings_before_and_after(columns: Sequence[Column]) -> list[tuple[Column, Column]]:
    """The pairs of columns such as `shares_before` and `shares_after`, of what was traded."""
    return [pair for pair, said in _pairs(columns) if said & _TRADED and not _is_money(said)]


def _is_money(said: frozenset[str]) -> bool:
    return bool(said & _HELD or ("before" in said and said & CURRENCIES.keys()) or said in _ALL)


def _pairs(
    columns: Sequence[Column],
) -> list[tuple[tuple[Column, Column], frozenset[str]]]:
    named = {frozenset(one.words): one for one in columns if one.kind == NUMBER}
    found = []
    for said, column in named.items():
        for before, after in _FROM_TO:
            other = named.get((said - {before}) | {after}) if before in said else None
            if other is not None:
                found.append(((column, other), said))
    return found
