"""Results that prices and quantities give to the last digit, each of them.

entry 10    exit 12    quantity 5    pnl 10
entry 11    exit 14    quantity 5             not logged: (14 - 11) x 5 = 15
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import directions

_LEAST = 5
_DUST = Decimal("1e-9")
"""Binary numbers of a log differ by so much of what they were computed from."""


def ways_by_side(roles: Mapping[str, Column]) -> Sequence[int]:
    """For each record 1 if it is long and -1 if it is short; without a side all are long."""
    if "side" in roles:
        return directions(roles["side"])
    return [1] * len(roles["entry_price"].values)


def are_exact(
    pnl: Column, roles: Mapping[str, Column], rows: Sequence[int], ways: Sequence[int]
) -> bool:
    """Whether (exit - entry) x quantity is the P&L of each record, for the way that it trades."""
    return len(rows) >= _LEAST and all(
        (amount := _amount(roles, row)) is not None
        and ways[row]
        and (earned := pnl.numbers[row]) is not None
        and abs(amount * ways[row] - earned) <= _DUST * max(Decimal(1), abs(amount))
        for row in rows
    )


def can_be_computed(roles: Mapping[str, Column], rows: Sequence[int], ways: Sequence[int]) -> bool:
    """Whether records have all that the P&L is computed from."""
    return all(ways[row] and _amount(roles, row) is not None for row in rows)


def _amount(roles: Mapping[str, Column], row: int) -> Decimal | None:
    """(exit - entry) x quantity of a record, None where one of the three is missing."""
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return None
    entry, out, size = (
        roles[role].numbers[row] for role in ("entry_price", "exit_price", "quantity")
    )
    return (out - entry) * abs(size) if entry and out and size else None
