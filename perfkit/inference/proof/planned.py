"""Amounts that trades would earn at their targets, which are no results of them.

entry 100, target 110, quantity 5, no exit     pnl 50     nothing was earned yet
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.table.columns import Column

_LEAST = 5
_REACHED = Decimal("0.01")
"""An exit this near the target, in parts of the way to it, has reached it."""
_PLACES = 2


def is_of_targets(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether most amounts are what the target gives, while few trades ended there.

    The quantity may be that of the record, or the same in all records.
    """
    if not {"entry_price", "target", "exit_price"} <= roles.keys():
        return False
    entries, targets, exits = (
        roles[role].numbers for role in ("entry_price", "target", "exit_price")
    )
    sizes = roles["quantity"].numbers if "quantity" in roles else [None] * len(entries)
    known = [row for row in rows if pnl.numbers[row] and entries[row] and targets[row]]
    if len(known) < _LEAST or any((pnl.numbers[row] or 0) < 0 for row in known):
        return False
    agreed: Counter[Decimal] = Counter()
    of_sizes = reached = 0
    for row in known:
        entry, target, out = entries[row] or Decimal(0), targets[row] or Decimal(0), exits[row]
        way = abs(target - entry)
        if not way:
            continue
        pieces = round((pnl.numbers[row] or Decimal(0)) / way, _PLACES)
        agreed[pieces] += 1
        of_sizes += pieces == round(abs(sizes[row] or Decimal(0)), _PLACES)
        reached += out is not None and abs(out - target) <= way * _REACHED
    most = max(of_sizes, *agreed.values(), 0)
    return most * 10 >= 8 * len(known) and reached * 5 <= len(known)
