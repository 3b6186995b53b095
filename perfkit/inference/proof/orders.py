"""What earlier orders say of a P&L on the order that closes: bought at 10, sold at 12."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.proof.evidence import costs
from perfkit.inference.proof.executions import Executions, executions_of
from perfkit.inference.proof.prices import NO_PRICES, Prices
from perfkit.inference.table.columns import Column
from perfkit.inference.table.names import MONEY
from perfkit.inference.table.roles import Times

_AGREES = Decimal("0.9")
_LEAST = 2


def orders_say(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], times: Times
) -> Prices:
    """Compares a P&L with what matching all orders gives, before and after their costs.

    One that is before costs is not said to be proved: then the orders themselves say more.
    """
    whens = [*times.event, *times.closed, *times.other]
    if not whens:
        return NO_PRICES
    found = executions_of(roles, whens[0], range(len(pnl.values)), fees=fees)
    if found is None:
        return NO_PRICES
    gross = _agrees(pnl, found, {})
    if not fees:
        return Prices(True, MONEY, None, None) if gross else NO_PRICES
    of_exit = {row: costs(fees, row) for row in found.reducing}
    of_both = {row: cost + found.entry_costs[row] for row, cost in of_exit.items()}
    if not gross and (_agrees(pnl, found, of_exit) or _agrees(pnl, found, of_both)):
        return Prices(True, MONEY, True, None)
    return NO_PRICES


def _agrees(pnl: Column, found: Executions, less: Mapping[int, Decimal]) -> bool:
    compared = agreed = 0
    for row in found.reducing:
        said = pnl.numbers[row]
        if said is None:
            continue
        expected = found.gross[row] - less.get(row, Decimal(0))
        compared += 1
        agreed += abs(said - expected) <= 2 * pnl.step + abs(expected) * Decimal("0.0005")
    return compared >= _LEAST and agreed >= _AGREES * compared
