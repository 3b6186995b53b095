"""What trades would earn at their targets: amounts that are no results, and results in R.

entry 100, target 110, quantity 5, no exit     pnl 50     nothing was earned yet
entry 100, stop 95, target 110                 r -1, 2    the stop was hit, or the target
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.words.names import word_set

_LEAST = 5
_LEAST_IN_RISK = 4
_OF_PLANS = word_set("r rr risk reward ratio planned plan")
_ROUNDED = Decimal("0.03")
"""Results in R are written with one digit or two."""
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


def is_stop_or_target(
    pnl: Column, columns: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int]
) -> bool:
    """Whether results in R are -1 where a trade was lost, and what was planned where it was won.

    The plan is another column, such as `r_planned`, or what entry, stop and target say.
    """
    numbers = pnl.numbers
    known = [row for row in rows if numbers[row]]
    won = [row for row in known if (numbers[row] or 0) > 0]
    lost = [row for row in known if (numbers[row] or 0) < 0]
    if len(known) < _LEAST_IN_RISK or not won or not lost:
        return False
    if any(not _is_about(numbers[row], Decimal(-1)) for row in lost):
        return False
    others = [one for one in columns if one.kind == NUMBER and one is not pnl]
    plans = [one.numbers for one in others if {*one.words} & _OF_PLANS]
    return any(
        all(_is_about(numbers[row], plan[row]) for row in won)
        for plan in (*plans, _of_prices(roles, len(numbers)))
    )


def _of_prices(roles: Mapping[str, Column], count: int) -> list[Decimal | None]:
    """The way to the target in parts of that to the stop, as far as both are known."""
    if not {"entry_price", "stop_loss", "target"} <= roles.keys():
        return [None] * count
    parts = (roles[role].numbers for role in ("entry_price", "stop_loss", "target"))
    return [
        abs(target - entry) / abs(entry - stop)
        if entry and stop and target and entry != stop
        else None
        for entry, stop, target in zip(*parts, strict=True)
    ]


def _is_about(said: Decimal | None, planned: Decimal | None) -> bool:
    if said is None or not planned:
        return False
    return abs(said - planned) <= max(abs(planned) * _ROUNDED, _ROUNDED)
