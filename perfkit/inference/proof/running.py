"""Totals so far, which prices show to be no results of single trades.

exit less entry x quantity   6   -3   10
total_pnl                    6    3   13    a total so far: it moves by them
total_pnl                    6   -3   10    that of each position
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from perfkit.inference.proof.evidence import CHECKED, OF_SUMS, checked
from perfkit.inference.proof.payoffs import paid_and_received
from perfkit.inference.proof.units import OF_FLOATS
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import word_set

_LEAST = 2
_NEARLY = Decimal("0.001")
_HELD = word_set("account portfolio")
_SO_FAR = word_set("running cumulative cum cumul")
_OF_ALL = word_set("total combined sum spread overall")
_PAID = word_set("funding")
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


def said_by_totals(
    pnl: Column, columns: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int]
) -> str:
    """What totals beside a P&L say of it; empty where they do not prove it.

    Sums and totals so far say so of trades, which have a symbol and a side, and not of days.
    """
    some = checked(rows)
    if (pair := paid_and_received(pnl, columns, some)) is not None:
        return f"is {pair[1].name} less {pair[0].name}"
    if "symbol" in roles and (parts := _parts_of(pnl, columns, some)) is not None:
        return f"is {' plus '.join(one.name for one in parts)}"
    are_trades = {"symbol", "side"} <= roles.keys()
    total = _adds_up(pnl, columns, rows[:CHECKED]) if are_trades else None
    return "" if total is None else f"{total.name} moves by it"


def _adds_up(pnl: Column, columns: Sequence[Column], rows: Sequence[int]) -> Column | None:
    """The total so far that moves by a P&L from each record to the next, such as `Running ($)`."""
    for total in columns:
        if total.kind != NUMBER or total is pnl or not {*total.words} & _SO_FAR:
            continue
        steps = [
            abs(after - before - earned) <= 2 * (total.step + pnl.step) + abs(after) * OF_SUMS
            for one, row in pairwise(rows)
            if (before := total.numbers[one]) is not None
            and (after := total.numbers[row]) is not None
            and (earned := pnl.numbers[row])
        ]
        if len(steps) > _LEAST and sum(steps) * 10 >= 9 * len(steps):
            return total
    return None


def _parts_of(
    total: Column, columns: Sequence[Column], rows: Sequence[int]
) -> tuple[Column, ...] | None:
    """The P&L of which a `total_pnl` is the sum in every record, as those of two legs.

    So may those of the parts of an exit: `tp1_pnl`, `tp2_pnl` and `runner_pnl`. Funding that both
    legs were paid may be in it as well.
    """
    own = {*total.words} - _OF_ALL
    own = own - {"trade"} or own  # which every part may be named without
    parts = [one for one in columns if one.kind == NUMBER and one is not total]
    if not _OF_ALL & {*total.words}:  # plain `pnl`, of which all parts have the name and more
        parts = [one for one in parts if own < {*one.words}]
    parts = [one for one in parts if {*one.words} & own]
    paid = [one for one in columns if one.kind == NUMBER and {*one.words} & _PAID]
    if len(parts) > 2 and _add_up(parts, total, rows, some_are_zero=True):
        return tuple(parts)
    for one, other in combinations(parts, 2):
        if _add_up((one, other), total, rows):
            return one, other
        for third in paid:
            if third not in (one, other, total) and _add_up((one, other, third), total, rows):
                return one, other, third
    return None


def _add_up(
    parts: Sequence[Column], total: Column, rows: Sequence[int], *, some_are_zero: bool = False
) -> bool:
    """Whether some columns add up to another one in every record that has all of them.

    Where `some_are_zero`, in every record in which two of them are not.
    """
    least = 2 if some_are_zero else len(parts)
    every = [(total.numbers[row], [one.numbers[row] for one in parts]) for row in rows]
    known = [
        (said, [one for one in amounts if one])
        for said, amounts in every
        if said is not None and len(amounts) - sum(not one for one in amounts) >= least
    ]
    allowed = total.step + sum((one.step for one in parts), Decimal(0))
    return len(known) > _LEAST and all(
        abs(sum(amounts, -said)) <= max(allowed, sum(map(abs, amounts), Decimal(0)) * OF_FLOATS)
        for said, amounts in known
    )


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
