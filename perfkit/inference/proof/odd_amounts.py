"""Results that others beside them, or a balance, show to be odd, which is said.

entry 10    exit 11    quantity 5    pnl 4.90
entry 10    exit 12    quantity 5    pnl 5,700     570 times as much: said, and counted as logged

pnl 100     balance 5,000 to 5,095.80              costs of 4.20 are nowhere else: said
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from perfkit.inference.table.columns import Column

_LEAST = 5
_LEAST_LESS = 3
_TIMES = 20
_USUAL = 3
"""How far most results may be from what prices give, costs and partial exits being in them."""
_SHARE = Decimal("0.1")
"""Results are reported that make up so much of all."""


class _Compared(NamedTuple):
    symbol: str
    earned: Decimal
    amount: Decimal

    @property
    def ratio(self) -> Decimal:
        return abs(self.earned / self.amount)


def odd_amounts(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> list[str]:
    """What to say of such results; empty where there are none, or where nothing can be compared."""
    found = _compared(pnl, roles, rows)
    ratios = sorted(one.ratio for one in found)
    if len(found) < _LEAST:
        return []
    middle = ratios[len(ratios) // 2]
    if sum(middle / _USUAL <= ratio <= middle * _USUAL for ratio in ratios) * 2 < len(ratios):
        return []
    odd = [one for one in found if one.ratio > _TIMES * middle]
    usual = {one.symbol for one in found if one.ratio <= _TIMES * middle}
    odd = [one for one in odd if one.symbol in usual]  # else 1 of its market may count otherwise
    every = sum((abs(one.earned) for one in found), Decimal(0))
    if sum((abs(one.earned) for one in odd), Decimal(0)) <= _SHARE * every:
        return []
    worst = max(odd, key=lambda one: one.ratio)
    several = len(odd) > 1
    return [
        f"{len(odd)} record{'s' * several} {'have' if several else 'has'} a {pnl.name} far beyond "
        f"what prices and quantity give, such as {worst.earned:f} where these give "
        f"{worst.amount * (1 if worst.earned * worst.amount > 0 else -1):.2f}; counted as logged"
    ]


def costs_of_balance(pnl: Column, balance: Column, rows: Sequence[int]) -> list[str]:
    """What to say of a balance that moves, each time, by a little less than the P&L.

    So it does where costs come off it that no field has. Empty where it moves in another way.
    """
    steps = [
        (earned - (after - before), earned)
        for one, row in pairwise(rows)
        if (before := balance.numbers[one]) is not None
        and (after := balance.numbers[row]) is not None
        and (earned := pnl.numbers[row])
    ]
    allowed = 2 * (pnl.step + balance.step)
    less = [lack for lack, _ in steps if lack > allowed]
    if len(less) < _LEAST_LESS or len(less) * 10 < 9 * len(steps):
        return []
    total, every = sum(less, Decimal(0)), sum((abs(one) for _, one in steps), Decimal(0))
    if min(lack for lack, _ in steps) < 0 or total * 2 > every or max(less) > _TIMES * min(less):
        return []
    return [
        f"{balance.name} moves by {total:.2f} less than {pnl.name} in {len(less)} records, as by "
        "costs that no field has; these are not subtracted"
    ]


def _compared(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> list[_Compared]:
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return []
    entries, exits = roles["entry_price"].numbers, roles["exit_price"].numbers
    symbols = roles["symbol"].labels if "symbol" in roles else [""] * len(entries)
    found = []
    for row in rows:
        entry, out, size = entries[row], exits[row], roles["quantity"].numbers[row]
        if entry and out and size and entry != out and (earned := pnl.numbers[row]):
            found.append(_Compared(symbols[row], earned, (out - entry) * size))
    return found
