"""What contracts that pay 1 or nothing say of a P&L, as those of prediction markets do.

bought 10 at 0.63, won     10 x (1 - 0.63) = 3.70
bought 10 at 0.63, lost    -10 x 0.63 = -6.30
paid 5 at 0.40, won        5 / 0.40 - 5 = 7.50
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.proof.evidence import costs
from perfkit.inference.proof.prices import NO_PRICES, Prices
from perfkit.inference.table.columns import Column
from perfkit.inference.table.names import MONEY
from perfkit.inference.table.roles import LOST, WON, outcome_of

_LEAST = 3
_NEARLY = Decimal("0.002")


def payoffs_say(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> Prices:
    """Compares a P&L with what contracts at a price below 1 pay, before and after costs."""
    paid = roles.get("entry_price") or roles.get("price")
    outcome, sizes = roles.get("outcome"), roles.get("quantity")
    stakes = roles.get("stake")
    if paid is None or outcome is None or (sizes is None and stakes is None):
        return NO_PRICES
    gross = net = compared = 0
    for row in rows:
        said, price = outcome_of(outcome.labels[row]), paid.numbers[row]
        earned = pnl.numbers[row]
        if earned is None or not price or said not in (WON, LOST):
            continue
        if not 0 < price < 1:
            return NO_PRICES
        count = sizes.numbers[row] if sizes is not None else _bought(stakes, price, row)
        if not count:
            continue
        expected = abs(count) * (1 - price if said == WON else -price)
        allowed = 2 * pnl.step + abs(expected) * _NEARLY
        compared += 1
        gross += abs(earned - expected) <= allowed
        net += abs(earned - expected + costs(fees, row)) <= allowed
    if compared < _LEAST or max(gross, net) * 10 < 9 * compared:
        return NO_PRICES
    return Prices(True, MONEY, None if gross == net else net > gross, None)


def _bought(stakes: Column | None, price: Decimal, row: int) -> Decimal | None:
    stake = None if stakes is None else stakes.numbers[row]
    return stake / price if stake else None
