"""Net P&L from prices, for logs that have no other: loaded where a dialect names none.

    net P&L = (exit - entry) x quantity x multiplier, its sign turned for a short, less commission

A short of 0.5 from 2925.5 to 2926.5 with a commission of 0.02 lost 0.5 and its commission: -0.52.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from perfkit.core.exact import decimal_places, units
from perfkit.core.numbers import Numbers
from perfkit.core.trade import LONG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def net_pnl_from_prices(
    targets: Mapping[str, Any], multipliers: Mapping[str, Decimal], rows: int
) -> Numbers:
    """Net P&L of each trade; None where a price, the quantity or the side is missing.

    A missing commission is none. The quantity counts without its sign: the side says the direction.
    """
    nothing: list[Any] = [None] * rows
    prices = (targets["entry_price"], targets["exit_price"])
    quantity: Numbers = targets["quantity"]
    commission: Numbers = targets.get("commission", Numbers(nothing, 0))
    finest = max(map(decimal_places, multipliers.values()), default=0)
    factors = {symbol: units(value, finest) for symbol, value in multipliers.items()}
    price_places = max(column.places for column in prices)
    gross_places = price_places + quantity.places + finest
    places = max(gross_places, commission.places)
    to_places = 10 ** (places - gross_places)
    columns = zip(
        *(column.at_places(price_places) for column in prices),
        quantity.units,
        commission.at_places(places),
        targets["side"],
        targets.get("symbol", nothing),
        strict=True,
    )
    net: list[int | None] = []
    for entry, leave, size, cost, side, symbol in columns:
        if entry is None or leave is None or size is None or side is None:
            net.append(None)
            continue
        gain = leave - entry if side == LONG else entry - leave
        factor = factors.get(symbol, 10**finest)
        net.append(gain * abs(size) * factor * to_places - (cost or 0))
    return Numbers(net, places)
