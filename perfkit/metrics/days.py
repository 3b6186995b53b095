"""Figures of daily net P&L."""

from __future__ import annotations

from collections.abc import Sequence
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
from perfkit.metrics.metric import DAYS, RISK, Inputs, metric

RETURNS_NEEDED = 20


def enough_days(facts: Facts) -> tuple[Decimal, ...] | Undefined:
    """Net P&L of every expected day; undefined where they are too few, or one is missing."""
    returns = facts.returns
    if isinstance(returns, Undefined):
        return returns
    if len(returns) < RETURNS_NEEDED:
        days = "day" if len(returns) == 1 else "days"
        return Undefined(f"{len(returns)} expected {days}; at least {RETURNS_NEEDED} are needed")
    return returns


def _total(amounts: Sequence[Decimal]) -> Decimal:
    return reduce(add, amounts, ZERO)


def _below(amounts: tuple[Decimal, ...]) -> Decimal:
    """The sum of the squares of what was lost."""
    return _total([multiply(amount, amount) for amount in amounts if amount < 0])


def spread(amounts: Sequence[Decimal]) -> Decimal:
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
    return if_known(facts, root_ratio(spread([pnl for _, pnl in facts.days]), count * (count - 1)))


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
    days = enough_days(facts)
    if isinstance(days, Undefined):
        return days
    variation = spread(days)
    if not variation:
        return Undefined("every day had the same P&L")
    count = len(days)
    scale = multiply(facts.periods_per_year, multiply(count, count - 1))
    root = carried_root(carried(scale, variation))
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
    days = enough_days(facts)
    if isinstance(days, Undefined):
        return days
    downside = _below(days)
    if not downside:
        return NO_LOSING_DAY
    count = len(days)
    root = carried_root(carried(multiply(facts.periods_per_year, count), downside))
    return rounded(carried(multiply(_total(days), root), count))


def _tail_inputs(facts: Facts) -> Inputs:
    if isinstance(facts.returns, Undefined):
        return {}
    return {"n": len(facts.returns), "rank": _rank(len(facts.returns))}


def _rank(days: int) -> int:
    """The rank of the worst twentieth: 1 of 20 days, 2 of 21."""
    return -(-days // 20)


@metric(
    "Daily net P&L that one day in twenty falls to or below.",
    formula="x at rank ceil(0.05 n) of the n sorted, x as for the Sharpe ratio",
    unit="money per day",
    range="any",
    empty="null with fewer than 20 days or a missing day",
    source="historical value at risk; a day that happened, nothing is interpolated",
    elsewhere=(
        "empyrical interpolates between two days; quantstats and LEAN take the quantile of a "
        "normal distribution with the same mean and sd."
    ),
    label="Value at risk, 95 %",
    group=DAYS,
    reads=("returns",),
    inputs=_tail_inputs,
)
def var_95(facts: Facts) -> Decimal | Undefined:
    days = enough_days(facts)
    return days if isinstance(days, Undefined) else sorted(days)[_rank(len(days)) - 1]


@metric(
    "Mean of the worst twentieth of daily net P&L.",
    formula="mean of x up to rank ceil(0.05 n) of the n sorted, x as for the Sharpe ratio",
    unit="money per day",
    range="any",
    empty="null with fewer than 20 days or a missing day",
    source="expected shortfall (C. Acerbi and D. Tasche, 2002), of days that happened",
    label="Expected shortfall, 95 %",
    group=DAYS,
    reads=("returns",),
    inputs=_tail_inputs,
)
def cvar_95(facts: Facts) -> Decimal | Undefined:
    days = enough_days(facts)
    if isinstance(days, Undefined):
        return days
    rank = _rank(len(days))
    return ratio(_total(sorted(days)[:rank]), rank)


@metric(
    "Most days that cumulative P&L took to return to a peak, or has taken so far.",
    formula="max of (index of the recovery, else of the last day, - index of the peak), of sums at "
    "the end of each day up to the newest line, the start being the day before",
    unit="days",
    range="above 0",
    bounds=(0, None),
    empty="null when no day ended below a peak",
    source="the usual definition; of days on which trading is expected or happened, not of the "
    "calendar",
    elsewhere=(
        "pyfolio counts business days with both ends; LEAN gives 0 for one that has not recovered."
    ),
    label="Longest drawdown",
    group=RISK,
    reads=("every_day",),
)
def longest_drawdown_days(facts: Facts) -> int | Undefined:
    if isinstance(facts.every_day, Undefined):
        return facts.every_day
    level = peak = ZERO
    longest = peak_index = 0
    for index, pnl in enumerate(facts.every_day, 1):
        was_below = level < peak
        level = add(level, pnl)
        if was_below or level < peak:
            longest = max(longest, index - peak_index)
        if level >= peak:
            peak, peak_index = level, index
    known = if_known(facts, ZERO)
    if isinstance(known, Undefined):
        return known
    return longest or Undefined("no day ended below a peak")
