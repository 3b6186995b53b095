"""In which unit a P&L is: money, per cent, fractions, R or points, as values and prices show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import add

from perfkit.inference.proof.evidence import HUNDRED
from perfkit.inference.proof.price_moves import moves_of
from perfkit.inference.proof.prices import Prices
from perfkit.inference.proof.rates import (
    are_near_fractions,
    is_rate_less_costs,
    may_be_invested,
)
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import (
    FRACTION,
    MONEY,
    PERCENT,
    POINTS,
    RISK,
    PnlName,
    pnl_name,
    word_set,
)
from perfkit.inference.words.quotes import pair_of

_LOSSES = 3
_LEAST = 3
_PER_CENT = word_set("pct percent percentage perc prct %")
_SAME_SHARE = Decimal("1e-4")
_MOST_COSTS = Decimal("0.02")
_PART_OF_PIP = Decimal("0.1")
_ROUNDING = Decimal("0.005")
_TINY = Decimal("1e-6")
_COSTS_OF_RISK = Decimal("0.15")
"""What a trade costs in R, at most, to recognise one that is nearly what prices give."""
OF_FLOATS = Decimal("1e-14")
"""How exact a difference of binary floats is, in parts of what it was taken from."""


def unit_of_result(
    pnl: Column, name: PnlName, prices: Prices, others: Sequence[Column], rows: Sequence[int]
) -> str:
    """The unit that the values are written in, that prices prove, or that the name says."""
    if {shapes.unit_of_number(value) for value in pnl.sample[:50]} == {"%"}:
        return PERCENT
    if prices.proved:
        return _unit(name, prices.unit)
    if name.unit == MONEY and not (name.currency or name.is_absolute):
        return _unit_of_equal(pnl, others, rows) or MONEY
    return name.unit


def unit_of_values(
    pnl: Column, name: PnlName, unit: str, roles: Mapping[str, Column], rows: Sequence[int]
) -> str:
    """The unit that the values themselves show: fractions of the entry, or losses of 1 R each."""
    if unit == PERCENT and are_fractions(pnl, roles, rows):
        return FRACTION
    if unit == PERCENT and is_rate_less_costs(pnl, roles, rows, FRACTION):
        return FRACTION
    if unit == PERCENT and not {*pnl.words} & _PER_CENT and are_near_fractions(pnl, roles, rows):
        return FRACTION
    if unit != MONEY or name.currency or name.is_absolute or "quantity" in roles:
        return unit
    lost = [earned for row in rows if (earned := pnl.numbers[row] or 0) < 0]
    is_risk = "stop_loss" in roles and len(lost) >= _LOSSES and set(lost) == {-1}
    return RISK if is_risk else unit


def unit_after_costs(
    pnl: Column, name: PnlName, unit: str, roles: Mapping[str, Column], rows: Sequence[int]
) -> str:
    """Per cent or fractions, where a P&L that is called money is the move of the price, less costs.

    So it is beside a size as well that is worth something else than 100, or 1, each time.
    """
    if unit != MONEY or name.currency or name.is_absolute:
        return unit
    is_sized = bool({"quantity", "stake"} & roles.keys())
    for rate, invested in ((PERCENT, HUNDRED), (FRACTION, Decimal(1))):
        if is_sized and may_be_invested(roles, rows, invested):
            continue
        if is_rate_less_costs(pnl, roles, rows, rate, is_strict=is_sized):
            return rate
        if rate == FRACTION and not is_sized and are_near_fractions(pnl, roles, rows):
            return rate
    return unit


def are_fractions(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether most of a P&L is the move in parts of the entry, to the digits that it shows.

    The others may be capped, as where a stop is simulated: -0.05 whatever the exit price.
    """
    if not {"entry_price", "exit_price"} <= roles.keys():
        return False
    entries = roles["entry_price"].numbers
    moves = [
        (row, move / entry) for row, move in moves_of(pnl, roles, rows) if (entry := entries[row])
    ]
    exact = [
        abs(move - earned) <= 2 * pnl.step.min(abs(move) * _ROUNDING + _TINY)
        for row, move in moves
        if move and (earned := pnl.numbers[row])
    ]
    return len(exact) >= 5 and sum(exact) * 10 >= 6 * len(exact)


def is_of_risk(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether a P&L is in each record nearly the move of the price in parts of the risk, R.

    bought at 100, stopped at 95, sold at 110: 2, of which costs leave 1.95
    """
    if not {"entry_price", "exit_price", "stop_loss"} <= roles.keys():
        return False
    parts = [roles[role].numbers for role in ("entry_price", "exit_price", "stop_loss")]
    near = []
    for row in rows:
        earned = pnl.numbers[row]
        if earned is None:
            continue
        entry, out, stop = (one[row] for one in parts)
        if not entry or not out or not stop or entry == stop:
            return False
        near.append(abs((out - entry) / (entry - stop) - earned) <= _COSTS_OF_RISK)
    return len(near) >= _LEAST and all(near)


def is_of_one_piece(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether a P&L is exit less entry in every record, and nothing says how much was traded.

    Costs may be in it that are the same share of the entry each time, of the exit or of both.
    """
    if fees or {"quantity", "stake"} & roles.keys():
        return False
    if not {"entry_price", "exit_price"} <= roles.keys():
        return False
    sides = directions(roles["side"]) if "side" in roles else []
    found = []
    for row in rows:
        entry, out = roles["entry_price"].numbers[row], roles["exit_price"].numbers[row]
        earned = pnl.numbers[row]
        if not entry or not out or earned is None:
            return False
        move = (out - entry) * (sides[row] if sides else 1)
        found.append((earned, move, entry, out))
    moved = [one for one in found if one[1]]
    if len(moved) < _LEAST:
        return False
    if all(
        abs(earned - move) <= max(2 * pnl.step, entry * OF_FLOATS)
        for earned, move, entry, _ in found
    ):
        return True
    lacking = [move - earned for earned, move, _, _ in found]
    entries, exits = [entry for _, _, entry, _ in found], [out for _, _, _, out in found]
    both = list(map(add, entries, exits))
    return any(_are_same_share(lacking, prices) for prices in (entries, exits, both))


def is_in_pips(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether a P&L of pairs of currencies is how many pips their price moved.

    A pip is 0.0001, of what is quoted in JPY 0.01.
    """
    if not {"entry_price", "exit_price", "symbol"} <= roles.keys() or "quantity" in roles:
        return False
    sides = directions(roles["side"]) if "side" in roles else [1] * len(pnl.values)
    found = []
    for row in rows:
        pair = pair_of(str(roles["symbol"].values[row]))
        entry, out = roles["entry_price"].numbers[row], roles["exit_price"].numbers[row]
        earned = pnl.numbers[row]
        if pair is None or not entry or not out or earned is None:
            return False
        pips = (out - entry) * sides[row] * (100 if pair[1] == "JPY" else 10_000)
        found.append(abs(pips - earned) <= max(2 * pnl.step, _PART_OF_PIP))
    return len(found) >= _LEAST and all(found)


def _are_same_share(costs: Sequence[Decimal], prices: Sequence[Decimal]) -> bool:
    """Whether costs are the same share of each of some prices."""
    shares = [cost / price for cost, price in zip(costs, prices, strict=True)]
    least, most = min(shares), max(shares)
    is_enough = len(set(prices)) >= _LEAST
    return is_enough and 0 < least <= _MOST_COSTS and most - least <= most * _SAME_SHARE


def _unit_of_equal(pnl: Column, others: Sequence[Column], rows: Sequence[int]) -> str:
    """The unit that another column has by its name, where it has the same numbers everywhere."""
    for other in others:
        name = pnl_name(other.name)
        if name is None or name.unit == MONEY:
            continue
        pairs = [(pnl.numbers[row], other.numbers[row]) for row in rows]
        if any(one for one, _ in pairs) and all(one == same for one, same in pairs):
            return name.unit
    return ""


def _unit(name: PnlName, proved: str) -> str:
    """The unit that prices prove, where that is no accident; else that of the name.

    With stakes of 1 an amount equals its return: a currency in the name decides. A per cent that
    the name says and that is in fact a fraction is a fraction; one that is exit less entry, as a
    `return_per_share` is, is in points.
    """
    if name.unit == MONEY:
        is_money = name.currency or name.is_absolute or not proved
        return MONEY if is_money else proved
    if name.unit == PERCENT and proved in ("", POINTS):
        return POINTS
    return FRACTION if name.unit == PERCENT and proved == FRACTION else name.unit
