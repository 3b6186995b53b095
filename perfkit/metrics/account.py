"""Figures of the account: returns against equity, and falls of it from day to day.

Equity is `starting_equity`, all deposits so far and all net P&L so far. A deposit counts from the
start of its day. It raises equity and its peak alike, so that no deposit hides a drawdown and no
withdrawal makes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import reduce

from perfkit.core.exact import (
    ZERO,
    add,
    carried,
    carried_power,
    carried_product,
    carried_root,
    multiply,
    rounded,
    subtract,
    sum_of,
)
from perfkit.core.fast_imports import date
from perfkit.metrics.days import enough_days, spread
from perfkit.metrics.facts import (
    EQUITY_USED_UP,
    Account,
    AccountDay,
    Facts,
    Undefined,
    if_known,
)
from perfkit.metrics.metric import DAYS, PNL, RISK, Inputs, Quotient, metric

ONE = Decimal(1)
OF_EQUITY = "fraction of equity"

Deposits = Sequence[tuple[date, Decimal]]
"""Days on which money was paid in (or out, below 0), with the amount."""

_NO_FALL = Undefined("equity never fell")


def deposited(deposits: Deposits, day: date) -> Decimal:
    """What was paid in up to the start of a day, deposits of that day included."""
    return sum_of(amount for on, amount in deposits if on <= day)


def account_of(
    base: Decimal,
    deposits: Deposits,
    earned: Decimal,
    net: Mapping[date, Decimal],
    first: date,
    expected: Sequence[date],
) -> Account:
    """The account through a window that begins on `first`, with `earned` by all trades before it.

    `base` is the starting equity. `net` has the P&L of each day with a closed trade; what closes on
    a day that is not expected moves equity and is in no return.
    """
    rows, wanted, before = [], set(expected), earned
    for day in sorted(wanted | net.keys()):
        own = net.get(day, ZERO)
        rows.append(AccountDay(add(base, deposited(deposits, day)), earned, own, day in wanted))
        earned = add(earned, own)
    return Account(sum_of((base, deposited(deposits, first), before)), tuple(rows))


def _account(facts: Facts) -> Account | Undefined:
    """The account, undefined where it began with nothing."""
    account = facts.account
    if isinstance(account, Undefined):
        return account
    return account if account.start > 0 else EQUITY_USED_UP


def _returns(facts: Facts) -> tuple[Decimal, ...] | Undefined:
    """Net P&L of each expected day over equity at its start, at 50 digits."""
    account, days = _account(facts), enough_days(facts)
    if isinstance(account, Undefined):
        return account
    if isinstance(days, Undefined):
        return days
    own = [day for day in account.days if day.is_expected]
    if any(day.start <= 0 for day in own):
        return EQUITY_USED_UP
    return tuple(carried(day.net, day.start) for day in own)


def _inputs(facts: Facts) -> Inputs:
    returns = _returns(facts)
    if isinstance(returns, Undefined):
        return {}
    return {"n": len(returns), "P": facts.periods_per_year}


def _growth(returns: tuple[Decimal, ...], periods: int) -> Decimal | Undefined:
    """The product of (1 + return) to the power P / n, less 1, at 50 digits."""
    factors = [add(ONE, one) for one in returns]
    if any(one <= 0 for one in factors):
        return EQUITY_USED_UP
    product = reduce(carried_product, factors, ONE)
    return subtract(carried_power(product, carried(periods, len(returns))), ONE)


def _return_inputs(facts: Facts) -> Inputs:
    if isinstance(facts.account, Undefined):
        return {}
    return {"net_pnl": facts.tally.net_pnl, "equity at the start": facts.account.start}


@metric(
    "Net P&L of the window against the equity it began with.",
    formula="net_pnl / E, E = starting_equity + deposits + net P&L before the window",
    unit=OF_EQUITY,
    range="any",
    empty="null without starting_equity, when E is not above 0, or when no closed trade has a P&L",
    source="the usual definition; deposits on the first day of the window are in E, later ones not",
    label="Return",
    group=PNL,
    reads=("net_pnl", "account"),
    inputs=_return_inputs,
)
def return_pct(facts: Facts) -> Quotient | Undefined:
    account, net = _account(facts), if_known(facts, facts.tally.net_pnl)
    if isinstance(account, Undefined):
        return account
    return net if isinstance(net, Undefined) else Quotient(net, account.start, EQUITY_USED_UP)


@metric(
    "How much daily returns vary, per year.",
    formula="sd(r) x sqrt(P), r = net P&L of each expected day / equity at its start",
    unit=OF_EQUITY,
    range="0 and up",
    bounds=(0, None),
    empty="null without starting_equity, with fewer than 20 days, a missing day, or when equity "
    "was not above 0",
    source="sample standard deviation of daily returns, with n - 1",
    elsewhere="empyrical gives the same; quantstats and nautilus_trader with P = 252.",
    label="Volatility",
    group=DAYS,
    signed=False,
    reads=("returns", "account", "periods_per_year"),
    inputs=_inputs,
)
def volatility(facts: Facts) -> Decimal | Undefined:
    returns = _returns(facts)
    if isinstance(returns, Undefined):
        return returns
    count = len(returns)
    square = multiply(spread(returns), facts.periods_per_year)
    return rounded(carried_root(carried(square, count * (count - 1))))


@metric(
    "Constant yearly growth that would have led to the same equity.",
    formula="(product of (1 + r)) ^ (P / n) - 1, r = net P&L of each expected day / equity at its "
    "start",
    unit=OF_EQUITY,
    range="above -1",
    empty="null without starting_equity, with fewer than 20 days, a missing day, or when equity "
    "was not above 0",
    source="compound annual growth rate; days counted as for the Sharpe ratio, not by the calendar",
    elsewhere="ffn takes 365.25 days by the calendar; freqtrade counts the days of the backtest.",
    label="Compound annual growth",
    group=DAYS,
    reads=("returns", "account", "periods_per_year"),
    inputs=_inputs,
)
def cagr(facts: Facts) -> Decimal | Undefined:
    returns = _returns(facts)
    if isinstance(returns, Undefined):
        return returns
    growth = _growth(returns, facts.periods_per_year)
    return growth if isinstance(growth, Undefined) else rounded(growth)


@metric(
    "Yearly growth for each unit of the largest relative drawdown.",
    formula="cagr / abs(max_drawdown_pct)",
    unit="ratio per year",
    range="any",
    empty="null when either has no value, or when equity never fell",
    source="T. W. Young, Calmar Ratio: A Smoother Tool, 1991; over the whole window",
    elsewhere="empyrical and quantstats take daily equity for the drawdown.",
    label="Calmar ratio",
    group=DAYS,
    reads=("returns", "account", "periods_per_year", "max_drawdown_pct"),
    inputs=("cagr", "max_drawdown_pct"),
)
def calmar(facts: Facts) -> Decimal | Undefined:
    returns, fall = _returns(facts), facts.max_drawdown_pct
    if isinstance(returns, Undefined):
        return returns
    if isinstance(fall, Undefined):
        return fall
    growth = _growth(returns, facts.periods_per_year)
    if isinstance(growth, Undefined):
        return growth
    depth, of_peak = subtract(ZERO, Decimal(fall[0])), fall[1]
    return rounded(carried(multiply(growth, of_peak), depth)) if depth else _NO_FALL


@metric(
    "How deep and how long equity was below its peak: the root mean square of daily falls.",
    formula="sqrt(sum of d^2 / n), d = (P - E) / P at the end of each expected day, P = peak of E",
    unit=OF_EQUITY,
    range="0 and up",
    bounds=(0, None),
    empty="null without starting_equity, with fewer than 20 days, a missing day, or when equity "
    "was not above 0",
    source="P. G. Martin, The Investor's Guide to Fidelity Funds, 1989; without the start point",
    elsewhere="ffn gives per cent, with the start as one more point; quantstats divides by n - 1.",
    label="Ulcer index",
    group=RISK,
    signed=False,
    reads=("returns", "account"),
    inputs=_inputs,
)
def ulcer_index(facts: Facts) -> Decimal | Undefined:
    account, returns = _account(facts), _returns(facts)
    if isinstance(account, Undefined):
        return account
    if isinstance(returns, Undefined):
        return returns
    peak, squares = account.days[0].earned, ZERO
    for day in account.days:
        end = add(day.earned, day.net)
        peak = max(peak, end)
        if day.is_expected:
            fall = carried(subtract(peak, end), add(peak, day.base))
            squares = add(squares, multiply(fall, fall))
    return rounded(carried_root(carried(squares, len(returns))))
