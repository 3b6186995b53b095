"""Executions whose side is one of two numbers, such as 0 and 1, of which nothing says which buys.

The two ways to read them give results of opposite signs, so it is always asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.without_pnl.which_side.other_sides import Sides
from perfkit.inference.words.names import word_set

_OF_SIDES = word_set("side direction dir type action")
_OTHERS = word_set("order trade deal fill exec position")
_CODES = (("1", "0"), ("1", "2"))
_LEAST = 4
_BOUGHT, _SOLD = "buy", "sell"


def with_coded_side(log: Log, rows: Sequence[int]) -> tuple[Log, Doubt | None]:
    """The log with a side of two numbers, the first of which buys, and the question which does."""
    if "side" in log.roles or not {"quantity", "price"} <= log.roles.keys():
        return log, None
    sizes = [log.roles["quantity"].numbers[row] for row in rows]
    if any(size is not None and size < 0 for size in sizes):  # whose sign is the side
        return log, None
    for column in log.columns:
        codes = _codes(column, rows)
        if codes is not None:
            meanings = ((codes[0], _BOUGHT), (codes[1], _SOLD))
            side = Sides(column.path, column.values, TEXT, meanings=meanings)
            return log._replace(roles={**log.roles, "side": side}), _asked(column, codes)
    return log, None


def _codes(column: Column, rows: Sequence[int]) -> tuple[str, str] | None:
    """The two numbers of a column of sides that mostly take turns, as opening and closing do."""
    said = set(column.words)
    if column.kind != NUMBER or not said & _OF_SIDES or said - _OF_SIDES - _OTHERS:
        return None
    labels = [column.labels[row] for row in rows if column.present[row]]
    codes = next((one for one in _CODES if set(one) == set(labels)), None)
    turns = sum(one != two for one, two in pairwise(labels))
    return codes if len(labels) >= _LEAST and turns * 3 >= 2 * (len(labels) - 1) else None


def _asked(column: Column, codes: tuple[str, str]) -> Doubt:
    first, second = codes
    return Doubt(
        "side",
        f"{column.name} is {first} or {second}, and nothing says which of them buys; which does?",
        (
            Answer(first, {"values.side": {first: _BOUGHT, second: _SOLD}}),
            Answer(second, {"values.side": {second: _BOUGHT, first: _SOLD}}),
        ),
    )
