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
from perfkit.metrics.facts import NO_LOSING_DAY, NO_TRADES, Facts, Undefined, if_known
from perfkit.metrics.metric import DAYS, Inputs, metric

RETURNS_NEEDED = 20


def _returns(facts: Facts) -> tuple[Decimal, ...] | Undefined:
    returns = facts.returns
    if isinstance(returns, Undefined):
        return returns
    if len(returns) < RETURNS_NEEDED:
        days = "day" if len(returns) == 1 else "days"
        return Undefined(f"{len(returns)} expected {days}; at least {RETURNS_NEEDED} are needed")
    return returns


def _total(amounts: list[Decimal] | tuple[Decimal, ...]) -> Decimal:
    return reduce(add, amounts, ZERO)


def _below(amounts: tuple[Decimal, ...]) -> Decimal:
    """The sum of the squares of what was lost."""
    return _total([multiply(amount, amount) for amount in amounts if amount < 0])


def _spread(amounts: list[Decimal] | tuple[Decimal, ...]) -> Decimal:
    """N sum x^2 - (sum x)^2: n (n - 1) times the sample variance."""
    squares = _total([multiply(amount, amount) for amount in amounts])
    total = _total(amounts)
    return subtract(multiply(squares, len(amounts)), multiply(total, total))


def _sums_of(amounts: tuple[Decimal, ...]) -> Inputs:
    squares = _total([multiply(amount, amount) for amount in amounts])
    return {"sum x": _total(amounts), "sum x^2": squares, "n": len(amounts)}


def _day_inputs(facts: Facts) -> Inputs:
    return _sums_of(tuple(pnl for _, pnl in facts.days))


def _return_inputs(facts: Facts) -> Inputs:
    if isinstance(facts.returns, Undefined):
        return {}
    return {
        **_sums_of(facts.returns),
        "sum of min(x, 0)^2": _below(facts.returns),
        "P": facts.periods_per_year,
    }


def _best(facts: Facts) -> Inputs:
    return {"day": str(max(facts.days, key=lambda day: day[1])[0])} if facts.days else {}


def _worst(facts: Facts) -> Inputs:
    return {"day": str(min(facts.days, key=lambda day: day[1])[0])} if facts.days else {}


@metric(
    "Trading days on which a trade closed.",
    formula="count",
    unit="days",
    range="0 and up",
    bounds=(0, None),
    empty="0",
    source="plain count",
    group=DAYS,
    reads=("days",),
    adds_up=True,
)
def trading_days(facts: Facts) -> int:
    return len(facts.days)


@metric(
    "Trading days that ended with a profit.",
    formula="count of daily net P&L > 0",
    unit="days",
    range="0 to trading_days",
    bounds=(0, None),
    empty="0",
    source="plain count",
    elsewhere="freqtrade counts UTC days.",
    group=DAYS,
    reads=("days",),
    adds_up=True,
)
def profitable_days(facts: Facts) -> int:
    return sum(1 for _, pnl in facts.days if pnl > 0)


@metric(
    "Highest daily net P&L.",
    formula="max over days with a closed trade",
    unit="money",
    range="any",
    empty="null when no closed trade has a P&L",
    source="plain extreme",
    elsewhere=(
        "freqtrade takes UTC days, and days without a trade between the first and the last count "
        "as 0; it gives 0 without a trade."
    ),
    group=DAYS,
    reads=("days",),
    inputs=_best,
)
def best_day(facts: Facts) -> Decimal | Undefined:
    return if_known(facts, max(pnl for _, pnl in facts.days)) if facts.days else NO_TRADES


@metric(
    "Lowest daily net P&L.",
    formula="min over days with a closed trade",
    unit="money",
    range="any",
    empty="null when no closed trade has a P&L",
    source="plain extreme",
    elsewhere=(
        "freqtrade takes UTC days, and days without a trade between the first and the last count "
        "as 0; it gives 0 without a trade."
    ),
    group=DAYS,
    reads=("days",),
    inputs=_worst,
)
def worst_day(facts: Facts) -> Decimal | Undefined:
    return if_known(facts, min(pnl for _, pnl in facts.days)) if facts.days else NO_TRADES


@metric(
    "Mean daily net P&L.",
    formula="net_pnl / trading_days",
    unit="money per day",
    range="any",
    empty="null when no closed trade has a P&L",
    source="plain mean over days with a closed trade",
    label="Average day",
    group=DAYS,
    reads=("days",),
    inputs=_day_inputs,
)
def avg_day(facts: Facts) -> Decimal | Undefined:
    if not facts.days:
        return NO_TRADES
    return if_known(facts, ratio(_total([pnl for _, pnl in facts.days]), len(facts.days)))


@metric(
    "Standard deviation of daily net P&L.",
    formula="sqrt((sum x^2 - (sum x)^2 / n) / (n - 1)) over days with a closed trade",
    unit="money per day",
    range="0 and up",
    bounds=(0, None),
    empty="null with fewer than 2 such days, or when no closed trade has a P&L",
    source="sample standard deviation",
    label="Standard deviation of a day",
    group=DAYS,
    signed=False,
    reads=("days",),
    inputs=_day_inputs,
)
def sd_day(facts: Facts) -> Decimal | Undefined:
    count = len(facts.days)
    if count < 2:
        return Undefined("fewer than 2 days with a closed trade")
    return if_known(facts, root_ratio(_spread([pnl for _, pnl in facts.days]), count * (count - 1)))


@metric(
    "Daily net P&L against its own variation, per year.",
    formula="mean(x) / sd(x) x sqrt(P), x = net P&L of every expected day up to the newest line",
    unit="ratio per year",
    range="any",
    empty="null with fewer than 20 days, a missing day, or no variation",
    source=(
        "W. F. Sharpe, The Sharpe Ratio, 1994; of money, without a risk-free rate; sd with n - 1"
    ),
    elsewhere=(
        "freqtrade divides the profit per calendar day by the population sd of the P&L per trade, "
        "both over the starting balance, and gives 0 without a trade and -100 without variation. "
        "quantstats and nautilus_trader take daily returns as they come, without filling days in, "
        "with P = 252; without variation quantstats divides by zero (NaN or infinity), "
        "nautilus_trader gives NaN. Neither needs 20 days."
    ),
    group=DAYS,
    reads=("returns", "periods_per_year"),
    inputs=_return_inputs,
)
def sharpe(facts: Facts) -> Decimal | Undefined:
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


@metric(
    "Daily net P&L against its downside variation, per year.",
    formula="mean(x) / sqrt(sum of min(x, 0)^2 / n) x sqrt(P), x as for the Sharpe ratio",
    unit="ratio per year",
    range="any",
    empty="null with fewer than 20 days, a missing day, or no losing day",
    source="F. A. Sortino and R. van der Meer, Downside Risk, 1991; target return 0",
    elsewhere=(
        "freqtrade divides by the population sd of the losing trades' P&L, and gives 0 without a "
        "trade and -100 with fewer than two different losses. quantstats and nautilus_trader use "
        "the same divisor as here over daily returns, with P = 252, and give NaN without a losing "
        "day."
    ),
    group=DAYS,
    reads=("returns", "periods_per_year"),
    inputs=_return_inputs,
)
def sortino(facts: Facts) -> Decimal | Undefined:
    days = _returns(facts)
    if isinstance(days, Undefined):
        return days
    downside = _below(days)
    if not downside:
        return NO_LOSING_DAY
    count = len(days)
    root = carried_root(carried(multiply(facts.periods_per_year, count), downside))
    return rounded(carried(multiply(_total(days), root), count))
