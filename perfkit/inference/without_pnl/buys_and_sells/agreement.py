"""Whether a P&L that is logged is what matching the executions gives, or adds that up."""

from __future__ import annotations

from decimal import Decimal

from perfkit.inference.proof.executions import executions_of
from perfkit.inference.table.columns import Column
from perfkit.inference.without_pnl.log_facts import Log


def adds_up_executions(log: Log, total: Column, when: Column | None) -> bool:
    """Whether a column is the total so far of what matching the executions gives."""
    rows = [row for row in range(len(total.values)) if row not in log.failed]
    found = executions_of(log.roles, when, rows)
    if found is None or len(found.reducing) < 2:
        return False
    so_far = Decimal(0)
    compared = agreed = 0
    for row in found.rows:
        so_far += found.gross.get(row, Decimal(0))
        said = total.numbers[row]
        if said is not None:
            compared += 1
            allowed = Decimal("0.01") + abs(so_far) * Decimal("0.001") + total.step
            agreed += abs(said - so_far) <= allowed
    return compared > 2 and agreed * 10 >= 9 * compared


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
