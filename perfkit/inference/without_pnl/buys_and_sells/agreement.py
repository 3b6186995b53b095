"""Whether a P&L that is logged is what matching the executions gives, or adds that up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.proof.executions import Executions, executions_of
from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log


def adds_up_executions(log: Log, total: Column, when: Column | None) -> bool:
    """Whether a column is the total so far of what matching gives, of all or of each symbol."""
    rows = [row for row in range(len(total.values)) if row not in log.failed]
    found = executions_of(log.roles, when, rows)
    if found is None or len(found.reducing) < 2:
        return False
    symbol = log.roles.get("symbol")
    labels = [""] * len(total.values)
    return _adds_up(found, total, labels) or (
        symbol is not None and _adds_up(found, total, symbol.labels)
    )


def _adds_up(found: Executions, total: Column, labels: Sequence[str]) -> bool:
    """Whether a column adds up what executions gave, those of each label by themselves."""
    so_far: dict[str, Decimal] = {}
    compared = agreed = 0
    for row in found.rows:
        known = so_far.get(labels[row], Decimal(0)) + found.gross.get(row, Decimal(0))
        so_far[labels[row]] = known
        said = total.numbers[row]
        if said is not None:
            compared += 1
            allowed = Decimal("0.01") + abs(known) * Decimal("0.001") + total.step
            agreed += abs(said - known) <= allowed
    return compared > 2 and agreed * 10 >= 9 * compared


def stands_still(pnl: Column, roles: Mapping[str, Column]) -> bool:
    """Whether a P&L of executions stays as it was on purchases, as the total of a symbol does."""
    if not {"symbol", "side", "price", "quantity"} <= roles.keys():
        return False
    ways, labels = directions(roles["side"]), roles["symbol"].labels
    last: dict[str, Decimal] = {}
    still = bought = 0
    for row, number in enumerate(pnl.numbers):
        if number is None:
            continue
        if ways[row] > 0 and last.get(labels[row]):
            bought += 1
            still += number == last[labels[row]]
        last[labels[row]] = number
    return bought > 2 and still * 10 >= 9 * bought


def agrees_with_executions(log: Log, pnl: Column, when: Column | None) -> bool:
    """Whether a P&L, before costs, is what matching the executions gives, and 0 elsewhere."""
    rows = [row for row in range(len(pnl.values)) if row not in log.failed]
    found = executions_of(log.roles, when, rows)
    if found is None or not found.reducing:
        return False
    earned = [row for row in found.rows if pnl.numbers[row]]
    compared = [row for row in earned if row in found.gross]
    if not earned or len(compared) * 100 < 97 * len(earned):
        return False
    agreed = 0
    for row in compared:
        said = pnl.numbers[row] or Decimal(0)
        agreed += abs(said - found.gross[row]) <= abs(said) * Decimal("0.005") + Decimal("0.01")
    return agreed * 10 >= 9 * len(compared)
