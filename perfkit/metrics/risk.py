"""Planned and realised reward for the risk taken."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.exact import (
    carried,
    carried_root,
    multiply,
    root_ratio,
    rounded,
    subtract,
)
from perfkit.core.trades import PLANNED, RISKED
from perfkit.metrics.facts import Facts, Undefined
from perfkit.metrics.metric import RISK, Inputs, Quotient, metric

SQN_TRADES_CAP = 100
SQN_TRADES_ADVISED = 30

_NO_R = Undefined("no closed trade has a valid stop, an entry price, a quantity and a P&L")
_ONE_R = Undefined("fewer than 2 trades have an R")


def _inputs(facts: Facts) -> Inputs:
    sums = facts.tally.sums
    return {"sum R": sums.r, "sum R^2": sums.r_squared, "n": facts.tally.counts.risked}


def _squares(facts: Facts) -> Decimal:
    """N sum R^2 - (sum R)^2: n (n - 1) times the sample variance."""
    sums, count = facts.tally.sums, facts.tally.counts.risked
    return subtract(multiply(sums.r_squared, count), multiply(sums.r, sums.r))


@metric(
    "Mean planned reward for each unit of planned risk.",
    formula="mean of (target - entry) / (entry - stop) where positive, else of the logged ratio",
    unit="ratio",
    range="above 0 where planned from prices",
    empty="null when no closed trade has one",
    source="plain mean; each ratio at 12 decimal places, half to even",
    label="Average planned risk-reward",
    group=RISK,
    reads=("risk_reward",),
    parts=("sum of risk_reward", "n"),
    marks=PLANNED,
)
def avg_risk_reward(facts: Facts) -> Quotient:
    none = Undefined("no closed trade has a stop and a target, or a logged ratio")
    return Quotient(facts.tally.sums.risk_reward, facts.tally.counts.planned, none)


@metric(
    "Closed trades that have a planned risk-reward ratio.",
    formula="count",
    unit="trades",
    range="0 to closed_trades",
    bounds=(0, None),
    empty="0",
    source="plain count: the coverage of avg_risk_reward",
    label="Trades with a planned risk-reward",
    group=RISK,
    marks=PLANNED,
    adds_up=True,
)
def risk_reward_trades(facts: Facts) -> int:
    return facts.tally.counts.planned


@metric(
    "Mean realised R: net P&L in units of the money at risk when the trade was opened.",
    formula="mean of net P&L / (abs(entry - initial stop) x quantity x multiplier)",
    unit="R",
    range="any; a trade stopped out as planned is near -1",
    empty="null when no closed trade has an R",
    source="Van K. Tharp, Trade Your Way to Financial Freedom, 1998 (R-multiples)",
    label="Average R",
    group=RISK,
    reads=("r",),
    parts=("sum of r", "n"),
    marks=RISKED,
)
def avg_r(facts: Facts) -> Quotient:
    return Quotient(facts.tally.sums.r, facts.tally.counts.risked, _NO_R)


@metric(
    "Standard deviation of realised R.",
    formula="sqrt((sum R^2 - (sum R)^2 / n) / (n - 1)), n = r_trades",
    unit="R",
    range="0 and up",
    bounds=(0, None),
    empty="null when fewer than 2 trades have an R",
    source="sample standard deviation",
    label="Standard deviation of R",
    group=RISK,
    reads=("r", "r_squared"),
    inputs=_inputs,
    marks=RISKED,
)
def sd_r(facts: Facts) -> Decimal | Undefined:
    count = facts.tally.counts.risked
    if count < 2:
        return _ONE_R
    return root_ratio(_squares(facts), count * (count - 1))


@metric(
    "Closed trades that have a realised R.",
    formula="count of trades with P&L, entry, quantity > 0 and a stop on the losing side",
    unit="trades",
    range="0 to closed_trades",
    bounds=(0, None),
    empty="0",
    source="plain count: the coverage of avg_r",
    label="Trades with an R",
    group=RISK,
    marks=RISKED,
    adds_up=True,
)
def r_trades(facts: Facts) -> int:
    return facts.tally.counts.risked


@metric(
    "System quality number: how steady the realised R is, scaled by the number of trades.",
    formula="sqrt(min(r_trades, 100)) x avg_r / sd_r",
    unit="ratio",
    range="any; below 1.6 poor, above 3 excellent; unsteady below 30 trades",
    empty="null when fewer than 2 trades have an R or all R are equal",
    source="Van K. Tharp, The Definitive Guide to Position Sizing, 2008",
    elsewhere=(
        "freqtrade puts the P&L of a trade over the starting balance in the place of R, does not "
        "cap the number of trades, rounds to 4 places, and gives 0 without a trade and -100 "
        "without variation; quantstats and nautilus_trader have none."
    ),
    label="SQN",
    group=RISK,
    reads=("r", "r_squared"),
    inputs=_inputs,
    marks=RISKED,
)
def sqn(facts: Facts) -> Decimal | Undefined:
    count = facts.tally.counts.risked
    if count < 2:
        return _ONE_R
    squares = _squares(facts)
    if not squares:
        return Undefined("every trade had the same R")
    scale = multiply(min(count, SQN_TRADES_CAP), multiply(count, count - 1))
    root = carried_root(carried(scale, squares))
    return rounded(carried(multiply(facts.tally.sums.r, root), count))
