"""Figures so far beside the result of each trade, such as `drawdown` and `cum_pnl`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.words.names import pnl_name, word_set

_LEAST = 3
_MOST = 0.9
_PARTS = frozenset(("symbol", "side", "quantity", "entry_price", "exit_price", "exit_reason"))
_OF_AN_EXIT = word_set("exit close closed closing sell")
_REASONS = word_set("reason type trigger cause by")


def are_beside_results(columns: Sequence[Column], roles: Mapping[str, Column]) -> bool:
    """Whether each record has a result of its own, and what it has of many trades is so far.

    net_pnl, exit_reason            with a reason for its exit, a record is a trade
    net_pnl, cum_pnl or equity      one moves by the other from record to record
    """
    results = [one for one in columns if one.kind == NUMBER and pnl_name(one.name) is not None]
    if not results or not roles.keys() & _PARTS:
        return False
    if any(map(_is_reason_of_exit, columns)):
        return True
    numbers = [one for one in columns if one.kind == NUMBER]
    return any(_adds_up(total, one) for total in numbers for one in results if one is not total)


def _adds_up(total: Column, result: Column) -> bool:
    """Whether a column moves by a result from record to record, as a balance does."""
    allowed = 2 * (total.step + result.step)
    steps = [
        abs(after - before - earned) <= allowed
        for (before, after), earned in zip(pairwise(total.numbers), result.numbers[1:], strict=True)
        if before is not None and after is not None and earned and abs(earned) > allowed
    ]
    return len(steps) >= _LEAST and sum(steps) >= _MOST * len(steps)


def _is_reason_of_exit(column: Column) -> bool:
    """Whether a column says with few words why each trade ended: `exit_reason`, `closed_by`."""
    said = set(column.words)
    is_named = bool(said & _OF_AN_EXIT and said & _REASONS)
    return is_named and column.kind == TEXT and column.has_few_words and all(column.present)
