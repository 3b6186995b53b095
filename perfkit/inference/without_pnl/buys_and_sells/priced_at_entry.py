"""Executions whose price is called that of the entry, of purchases as of sales."""

from __future__ import annotations

from perfkit.inference.result import Reading
from perfkit.inference.without_pnl.buys_and_sells.fills import from_executions
from perfkit.inference.without_pnl.log_facts import Log

_LEAST = 2


def priced_at_entry(log: Log) -> Reading | None:
    """Executions whose price is called that of the entry, of purchases as of sales.

    side BUY    entry_price 100   stop_loss 95
    side SELL   entry_price 104   stop_loss -      sells what was bought: nothing is risked by it
    """
    roles = log.roles
    stops = [roles[role] for role in ("stop_loss", "target") if role in roles]
    if not stops or "entry_price" not in roles or {"price", "exit_price"} & roles.keys():
        return None
    side, entry = roles.get("side"), roles["entry_price"]
    if side is None:
        return None
    rows = [row for row, price in enumerate(entry.numbers) if price and row not in log.failed]
    bought = [row for row in rows if side.labels[row] == "buy"]
    sold = [row for row in rows if side.labels[row] == "sell"]
    if len(sold) < _LEAST or len(bought) + len(sold) < len(rows):
        return None
    if any(one.numbers[row] for one in stops for row in sold):
        return None
    if not all(any(one.numbers[row] for one in stops) for row in bought):
        return None
    left = ("entry_price", "stop_loss", "target")
    kept = {role: one for role, one in roles.items() if role not in left}
    found = from_executions(log._replace(roles={**kept, "price": entry}))
    if found is None or any(doubt.name == "sold_unbought" for doubt in found.doubts):
        return None
    said = f"{entry.name} is the price of sales as well, which have no {stops[0].name}"
    return found._replace(assumed=(*found.assumed, said))
