"""A P&L after costs that is 0 where one before costs is not, as of records without their costs yet.

pnl_usd 3    fee 0      pnl_net 0       3 was earned
pnl_usd 5    fee 0.2    pnl_net 4.8
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.pnl_column.costs import costs_of
from perfkit.inference.proof.evidence import costs, differ_by_costs
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import Column
from perfkit.inference.words.names import MONEY


def with_gross_of_zeros(
    reading: Reading, candidates: Sequence[Candidate], fees: Sequence[Column]
) -> Reading:
    """The reading by the P&L before costs less these, where that is the other in all other records.

    Both are 0 together where a trade came out even.
    """
    best, fields = candidates[0], reading.dialect.get("fields")
    if best.unit != MONEY or not fees or not isinstance(fields, dict):
        return reading
    if fields.get("net_pnl") != best.pnl.expression:
        return reading
    for other in candidates[1:]:
        rows = _lacking(best, other, fees)
        if not rows:
            continue
        before = other._replace(closing=best.closing, is_net=False)
        less = costs_of(before, fees).net_pnl
        total = sum((other.pnl.numbers[row] or Decimal(0) for row in rows), Decimal(0))
        said = (
            f"{len(rows)} records have a {best.pnl.name} of 0, and a {other.pnl.name} that counts"
        )
        return reading._replace(
            dialect={**reading.dialect, "fields": {**fields, "net_pnl": less}},
            total=None if reading.total is None else reading.total + total,
            assumed=(*reading.assumed, said),
        )
    return reading


def _lacking(best: Candidate, other: Candidate, fees: Sequence[Column]) -> list[int]:
    """The records with a P&L before costs and neither costs nor one after them; else none.

    In all others, one is the other less the costs.
    """
    net, gross = best.pnl.numbers, other.pnl.numbers
    if other.unit != MONEY or other.name.is_running:
        return []
    rows = [
        row for row in best.closing.rows if net[row] == 0 and gross[row] and not costs(fees, row)
    ]
    others = [row for row in best.closing.rows if row not in set(rows)]
    if not rows or not differ_by_costs(other.pnl, best.pnl, fees, others):
        return []
    allowed = 2 * (best.pnl.step + other.pnl.step)
    differ = any(
        abs((gross[row] or 0) - (net[row] or 0) - costs(fees, row)) > allowed for row in others
    )
    return [] if differ else rows
