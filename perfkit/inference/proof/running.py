"""Totals so far, which prices show to be no results of single trades.

exit less entry x quantity   6   -3   10
total_pnl                    6    3   13    a total so far: it moves by them
total_pnl                    6   -3   10    that of each position
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.names import word_set
from perfkit.inference.table.roles import directions

_LEAST = 2
_NEARLY = Decimal("0.001")
_HELD = word_set("account portfolio")
_PARTS = ("entry_price", "exit_price", "quantity", "side")


def account_of(columns: Sequence[Column], roles: Mapping[str, Column]) -> Column | None:
    """What the account is worth after each trade, such as `Account_Value`."""
    held = [one for one in columns if one.kind == NUMBER and set(one.words) & _HELD]
    return roles.get("balance") or next(iter(held), None)


def moves_by_prices(total: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether a column moves, from each closing record to the next, by what prices give."""
    earned = _earned(roles, rows)
    pairs = [(one, row) for one, row in pairwise(rows) if row in earned]
    numbers = total.numbers
    compared = [
        (after - before, earned[row])
        for one, row in pairs
        if (before := numbers[one]) is not None and (after := numbers[row]) is not None
    ]
    agreed = sum(
        abs(moved - amount) <= 2 * total.step + abs(amount) * _NEARLY for moved, amount in compared
    )
    return len(compared) >= _LEAST and agreed * 10 >= 9 * len(compared)


def is_as_large_as_prices(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether most results are half to twice what prices give, with its sign."""
    earned = _earned(roles, rows)
    ratios = [
        said / amount for row, amount in earned.items() if amount and (said := pnl.numbers[row])
    ]
    alike = sum(Decimal("0.5") <= ratio <= 2 for ratio in ratios)
    return bool(ratios) and alike * 10 >= 8 * len(ratios)


def _earned(roles: Mapping[str, Column], rows: Sequence[int]) -> dict[int, Decimal]:
    """What prices give for each record."""
    if not set(_PARTS) <= roles.keys():
        return {}
    entries, exits, sizes = (roles[one].numbers for one in _PARTS[:3])
    ways = directions(roles["side"])
    found = {}
    for row in rows:
        entry, out, size = entries[row], exits[row], sizes[row]
        if entry and out and size and ways[row]:
            found[row] = (out - entry) * abs(size) * ways[row]
    return found
