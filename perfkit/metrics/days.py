"""Figures of daily net P&L."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce

from perfkit.core.exact import (
    ZERO,
    add,
    carried,
    carried_root,
    multiply,
    ratio,
    root_ratio,
    rounded,
    subtract,
)
from perfkit.metrics.facts import NO_TRADES, Facts, Undefined

RETURNS_NEEDED = 20


def trading_days(facts: Facts) -> int:
    """Trading days on which a trade closed.

    Formula: count
    Unit: days
    Range: 0 and up
    Empty: 0
    Source: plain count
    """
    return len(facts.days)


def profitable_days(facts: Facts) -> int:
    """Trading days that ended with a profit.

    Formula: count of daily net P&L > 0
    Unit: days
    Range: 0 to trading_days
    Empty: 0
    Source: plain count
    Elsewhere: freqtrade counts UTC days.
    """
    return sum(1 for _, pnl in facts.days if pnl > 0)


def best_day(facts: Facts) -> Decimal | Undefined:
    """Highest daily net P&L.

    Formula: max over days with a closed trade
    Unit: money
    Range: any
    Empty: null when no trade closed
    Source: plain extreme
    Elsewhere: freqtrade takes UTC days, and days without a trade between the first and the last
    count as 0; it gives 0 without a trade.
    """
    return max(pnl for _, pnl in facts.days) if facts.days else NO_TRADES


def worst_day(facts: Facts) -> Decimal | Undefined:
    """Lowest daily net P&L.

    Formula: min over days with a closed trade
    Unit: money
    Range: any
    Empty: null when no trade closed
    Source: plain extreme
    Elsewhere: freqtrade takes UTC days, and days without a trade between the first and the last
    count as 0; it gives 0 without a trade.
    """
    return min(pnl for _, pnl in facts.days) if facts.days else NO_TRADES


def avg_day(facts: Facts) -> Decimal | Undefined:
    """Mean daily net P&L.

    Formula: net_pnl / trading_days
    Unit: money per day
    Range: any
    Empty: null when no trade closed
    Source: plain mean over days with a closed trade
    """
    return (
        ratio(_total([pnl for _, pnl in facts.days]), len(facts.days)) if facts.days else NO_TRADES
    )


def sd_day(facts: Facts) -> Decimal | Undefined:
    """Standard deviation of daily net P&L.

    Formula: sqrt((sum x^2 - (sum x)^2 / n) / (n - 1)) over days with a closed trade
    Unit: money per day
    Range: 0 and up
    Empty: null with fewer than 2 such days
    Source: sample standard deviation
    """
    count = len(facts.days)
    if count < 2:
        return Undefined("fewer than 2 days with a closed trade")
    return root_ratio(_spread([pnl for _, pnl in facts.days]), count * (count - 1))


def sharpe(facts: Facts) -> Decimal | Undefined:
    """Daily net P&L against its own variation, per year.

    Formula: mean(x) / sd(x) x sqrt(P), x = net P&L of every expected day up to the newest line
    Unit: ratio per year
    Range: any
    Empty: null with fewer than 20 days, a missing day, or no variation
    Source: W. F. Sharpe, The Sharpe Ratio, 1994; of money, without a risk-free rate; sd with n - 1
    Elsewhere: freqtrade divides the profit per calendar day by the population sd of the P&L per
    trade, both over the starting balance, and gives 0 without a trade and -100 without variation.
    quantstats and nautilus_trader take daily returns as they come, without filling days in, with P
    = 252; without variation quantstats divides by zero (NaN or infinity), nautilus_trader gives
    NaN. Neither needs 20 days.
    """
    days = _returns(facts)
    if isinstance(days, Undefined):
        return days
    spread = _spread(days)
    if not spread:
        return Undefined("every day had the same P&L")
    count = len(days)
    scale = multiply(facts.periods_per_year, multiply(count, count - 1))
    root = carried_root(carried(scale, spread))
    return rounded(carried(multiply(_total(days), root), count))


def sortino(facts: Facts) -> Decimal | Undefined:
    """Daily net P&L against its downside variation, per year.

    Formula: mean(x) / sqrt(sum of min(x, 0)^2 / n) x sqrt(P), x as for the Sharpe ratio
    Unit: ratio per year
    Range: any
    Empty: null with fewer than 20 days, a missing day, or no losing day
    Source: F. A. Sortino and R. van der Meer, Downside Risk, 1991; target return 0
    Elsewhere: freqtrade divides by the population sd of the losing trades' P&L, and gives 0 without
    a trade and -100 with fewer than two different losses. quantstats and nautilus_trader use the
    same divisor as here over daily returns, with P = 252, and give NaN without a losing day.
    """
    days = _returns(facts)
    if isinstance(days, Undefined):
        return days
    downside = _total([multiply(pnl, pnl) for pnl in days if pnl < 0])
    if not downside:
        return Undefined("no day lost money")
    count = len(days)
    root = carried_root(carried(multiply(facts.periods_per_year, count), downside))
    return rounded(carried(multiply(_total(days), root), count))


def _returns(facts: Facts) -> tuple[Decimal, ...] | Undefined:
    returns = facts.returns
    if isinstance(returns, Undefined):
        return returns
    if len(returns) < RETURNS_NEEDED:
        return Undefined(f"{len(returns)} expected days; at least {RETURNS_NEEDED} are needed")
    return returns


def _total(amounts: list[Decimal] | tuple[Decimal, ...]) -> Decimal:
    return reduce(add, amounts, ZERO)


def _spread(amounts: list[Decimal] | tuple[Decimal, ...]) -> Decimal:
    """N sum x^2 - (sum x)^2: n (n - 1) times the sample variance."""
    squares = _total([multiply(amount, amount) for amount in amounts])
    total = _total(amounts)
    return subtract(multiply(squares, len(amounts)), multiply(total, total))
