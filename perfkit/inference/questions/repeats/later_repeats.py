"""Trades that repeat earlier ones in every number, at other times, as tests of a bot log them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.table.columns import NUMBER, Column, rows_equal

_LEAST = 5
_LEAST_NUMBERS = 4
_SHARE = 5
"""Repeats are said where they are one of so many trades."""


def repeated_later(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> list[str]:
    """What is said of trades with the numbers of earlier ones, which all count.

    A price, a quantity and a result to the cent seldom come twice; a balance beside them never.
    """
    rows = best.closing.rows
    numbers = [one for one in columns if one.kind == NUMBER and all(one.present[r] for r in rows)]
    if len(rows) < _LEAST or len(numbers) < _LEAST_NUMBERS or best.pnl not in numbers:
        return []
    named = [roles[role] for role in ("symbol", "side", "strategy", "account") if role in roles]
    repeats = rows_equal([*numbers, *named], rows)
    if repeats * _SHARE < len(rows):
        return []
    return [
        f"{repeats} of {len(rows)} trades have every number of an earlier one, at another time, as "
        "tests of a bot do; all of them count"
    ]
