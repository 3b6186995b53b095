"""The ways to read a log that has no column of P&L, in the order in which they are tried."""

from __future__ import annotations

from perfkit.inference.result import Reading
from perfkit.inference.without_pnl.buys_and_sells.fills import from_executions
from perfkit.inference.without_pnl.buys_and_sells.held_after import from_holdings
from perfkit.inference.without_pnl.buys_and_sells.priced_at_entry import priced_at_entry
from perfkit.inference.without_pnl.buys_and_sells.two_sides import from_two_sides
from perfkit.inference.without_pnl.from_outcomes import from_outcomes
from perfkit.inference.without_pnl.from_prices import from_prices
from perfkit.inference.without_pnl.incomes import from_incomes
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.without_pnl.paid_and_received import from_totals, from_totals_of_sides
from perfkit.inference.without_pnl.pairs import from_pairs


def without_pnl(log: Log) -> Reading | None:
    """The reading of records that do not log what a trade earned; None where there is none."""
    return (
        from_two_sides(log)
        or from_totals_of_sides(log)
        or from_prices(log)
        or from_totals(log)
        or from_incomes(log)
        or from_pairs(log)
        or from_holdings(log)
        or from_executions(log)
        or priced_at_entry(log)
        or from_outcomes(log)
    )
