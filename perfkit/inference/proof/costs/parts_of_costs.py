"""Costs that are part of others beside them, as prices prove.

entry_fee 0.10   total_paid 0.25   pnl = prices - total_paid    the fee of the entry is in the total
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.proof.costs.costs_by_amounts import is_net_by_prices
from perfkit.inference.table.columns import Column
from perfkit.inference.table.roles import pnl_columns


def without_parts(
    fees: Sequence[Column], columns: Sequence[Column], roles: Mapping[str, Column]
) -> list[Column]:
    """The costs; one of several alone where a P&L is what prices give less just that one."""
    if len(fees) < 2:
        return [*fees]
    rows = range(len(fees[0].values))
    for pnl in pnl_columns(columns):
        if is_net_by_prices(pnl, roles, fees, rows) is not None:
            continue
        whole = [one for one in fees if is_net_by_prices(pnl, roles, [one], rows)]
        if len(whole) == 1 and _include(whole[0], fees):
            return whole
    return [*fees]


def _include(whole: Column, fees: Sequence[Column]) -> bool:
    """Whether costs are at least as much as each of the others in every record."""
    return all(
        abs(part or Decimal(0)) <= abs(paid or Decimal(0))
        for one in fees
        if one is not whole
        for paid, part in zip(whole.numbers, one.numbers, strict=True)
    )
