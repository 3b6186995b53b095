"""A P&L that is in some records exit less entry, and in others that times the size, or per cent.

size 100, 10 to 12: 2                 of one unit
size 100, 10 to 12: 200               of the trade; 2 + 200 is neither
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import MONEY

_ROUNDING = Decimal("0.005")
_HUNDRED = Decimal(100)
_LEAST = 3
_LEAST_SHARE = 20
"""Of so many records, one at least is of the rarer unit."""
_ONE, _ALL, _RATE = "of one unit", "of the whole size", "in per cent"


def mixed_units(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """Whether to take the results from prices, where these prove that they are of two units."""
    size = roles.get("quantity") or roles.get("stake")
    if best.unit != MONEY or size is None:
        return None
    if not {"entry_price", "exit_price", "side"} <= roles.keys():
        return None
    kinds, compared = _kinds(best.pnl, size, roles, best.closing.rows)
    counts = sorted(((count, kind) for kind, count in kinds.items() if count), reverse=True)
    if len(counts) < 2:
        return None
    (most, usual), (few, other) = counts[:2]
    if few < _LEAST or few * _LEAST_SHARE < compared or (most + few) * 10 < 9 * compared:
        return None
    return Doubt(
        "mixed_units",
        f"By the prices, {most} results in {best.pnl.name} are {usual} and {few} are {other}, and "
        "adding them up means nothing; which is to be computed from the prices?",
        (
            Answer("money", {"fields.net_pnl": None, "fields.quantity": size.expression}),
            Answer(
                "points: exit minus entry",
                {"currency": "points", "fields.net_pnl": None, "fields.quantity": "= 1"},
            ),
        ),
    )


def _kinds(
    pnl: Column, size: Column, roles: Mapping[str, Column], rows: Sequence[int]
) -> tuple[dict[str, int], int]:
    """How many results are of which unit alone, and how many there are whose price moved."""
    entries, exits = roles["entry_price"].numbers, roles["exit_price"].numbers
    ways = directions(roles["side"])
    found = dict.fromkeys((_ONE, _ALL, _RATE), 0)
    compared = 0
    for row in rows:
        entry, out, held, earned = entries[row], exits[row], size.numbers[row], pnl.numbers[row]
        if not entry or not out or not held or earned is None or entry == out or not ways[row]:
            continue
        compared += 1
        move = (out - entry) * ways[row]
        expected = {_ONE: move, _ALL: move * abs(held), _RATE: move / entry * _HUNDRED}
        said = [
            kind
            for kind, amount in expected.items()
            if abs(earned - amount) <= 2 * pnl.step + abs(amount) * _ROUNDING
        ]
        if len(said) == 1:
            found[said[0]] += 1
    return found, compared
