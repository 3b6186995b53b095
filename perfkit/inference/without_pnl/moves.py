"""A column that says by how much the price moved in each trade, in per cent or parts of the entry.

entry 10, exit 12, move 20       20 % of a long trade
entry 10, exit 9, change -0.1    -10 %
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log

_LEAST = 4
_HUNDRED = Decimal(100)
_ROUNDED = Decimal("1e-4")
"""Prices are rounded as well, so that their move is off by so much of a per cent."""


def logged_move(log: Log, entry: Column, out: Column, rows: Sequence[int]) -> Column | None:
    """The column of the moves, which gained as well as lost; None where there is none.

    Of short trades it has to be below 0 where the price rose.
    """
    side = log.roles.get("side")
    ways = [1] * len(entry.values) if side is None else directions(side)
    moves = {
        row: (last / first - 1) * _HUNDRED * ways[row]
        for row in rows
        if (first := entry.numbers[row]) and (last := out.numbers[row])
    }
    if len(moves) < max(_LEAST, len(rows)) or not min(moves.values()) < 0 < max(moves.values()):
        return None
    for column in log.columns:
        if column.kind != NUMBER or any(column is one for one in log.roles.values()):
            continue
        if any(_is_move(column, moves, factor) for factor in (Decimal(1), _HUNDRED)):
            return column
    return None


def _is_move(column: Column, moves: dict[int, Decimal], factor: Decimal) -> bool:
    allowed = 2 * column.step * factor + _ROUNDED
    agreed = sum(
        (said := column.numbers[row]) is not None and abs(said * factor - move) <= allowed
        for row, move in moves.items()
    )
    return agreed * 20 >= len(moves) * 19 and allowed * _LEAST < max(map(abs, moves.values()))
