"""In which unit a P&L is: money, per cent, fractions, R or points, as values and prices show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.proof.prices import Prices, are_fractions
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import Column
from perfkit.inference.table.names import FRACTION, MONEY, PERCENT, RISK, PnlName, pnl_name

_LOSSES = 3


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
    if unit != MONEY or name.currency or name.is_absolute or "quantity" in roles:
        return unit
    lost = [earned for row in rows if (earned := pnl.numbers[row] or 0) < 0]
    is_risk = "stop_loss" in roles and len(lost) >= _LOSSES and set(lost) == {-1}
    return RISK if is_risk else unit


def _unit_of_equal(pnl: Column, others: Sequence[Column], rows: Sequence[int]) -> str:
    """The unit that another column has by its name, where it has the same numbers everywhere."""
    for other in others:
        name = pnl_name(other.name)
        if name is None or name.unit == MONEY:
            continue
        if all(pnl.numbers[row] == other.numbers[row] for row in rows):
            return name.unit
    return ""


def _unit(name: PnlName, proved: str) -> str:
    """The unit that prices prove, where that is no accident; else that of the name.

    With stakes of 1 an amount equals its return: a currency in the name decides. A per cent that
    the name says and that is in fact a fraction is a fraction.
    """
    if name.unit == MONEY:
        is_money = name.currency or name.is_absolute or not proved
        return MONEY if is_money else proved
    return FRACTION if name.unit == PERCENT and proved == FRACTION else name.unit
