"""Planned and realised reward for the risk taken, and whether stops and targets held."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.exact import (
    carried,
    carried_root,
    multiply,
    ratio,
    root_ratio,
    rounded,
    subtract,
)
from perfkit.metrics.facts import Facts, Undefined

SQN_TRADES_CAP = 100
SQN_TRADES_ADVISED = 30

_NO_R = Undefined("no closed trade has a valid stop, an entry price, a quantity and a P&L")
_ONE_R = Undefined("fewer than 2 trades have an R")


def avg_risk_reward(facts: Facts) -> Decimal | Undefined:
    """Mean planned reward for each unit of planned risk.

    Formula: mean of (target - entry) / (entry - stop) where positive, else of the logged ratio
    Unit: ratio
    Range: above 0 where planned from prices
    Empty: null when no closed trade has one
    Source: plain mean; each ratio at 12 decimal places, half to even
    """
    planned = facts.tally.counts.planned
    if not planned:
        return Undefined("no closed trade has a stop and a target, or a logged ratio")
    return ratio(facts.tally.sums.risk_reward, planned)


def risk_reward_trades(facts: Facts) -> int:
    """Closed trades that have a planned risk-reward ratio.

    Formula: count
    Unit: trades
    Range: 0 to closed_trades
    Empty: 0
    Source: plain count: the coverage of avg_risk_reward
    """
    return facts.tally.counts.planned


def avg_r(facts: Facts) -> Decimal | Undefined:
    """Mean realised R: net P&L in units of the money at risk when the trade was opened.

    Formula: mean of net P&L / (abs(entry - initial stop) x quantity x multiplier)
    Unit: R
    Range: any; a trade stopped out as planned is near -1
    Empty: null when no closed trade has an R
    Source: Van K. Tharp, Trade Your Way to Financial Freedom, 1998 (R-multiples)
    """
    counts = facts.tally.counts
    return ratio(facts.tally.sums.r, counts.risked) if counts.risked else _NO_R


def sd_r(facts: Facts) -> Decimal | Undefined:
    """Standard deviation of realised R.

    Formula: sqrt((sum R^2 - (sum R)^2 / n) / (n - 1)), n = r_trades
    Unit: R
    Range: 0 and up
    Empty: null when fewer than 2 trades have an R
    Source: sample standard deviation
    """
    count = facts.tally.counts.risked
    if count < 2:
        return _ONE_R
    return root_ratio(_squares(facts), count * (count - 1))


def r_trades(facts: Facts) -> int:
    """Closed trades that have a realised R.

    Formula: count of trades with P&L, entry, quantity > 0 and a stop on the losing side
    Unit: trades
    Range: 0 to closed_trades
    Empty: 0
    Source: plain count: the coverage of avg_r
    """
    return facts.tally.counts.risked


def sqn(facts: Facts) -> Decimal | Undefined:
    """System quality number: how steady the realised R is, scaled by the number of trades.

    Formula: sqrt(min(r_trades, 100)) x avg_r / sd_r
    Unit: ratio
    Range: any; below 1.6 poor, above 3 excellent; unsteady below 30 trades
    Empty: null when fewer than 2 trades have an R or all R are equal
    Source: Van K. Tharp, The Definitive Guide to Position Sizing, 2008
    Elsewhere: freqtrade puts the P&L of a trade over the starting balance in the place of R, does
    not cap the number of trades, rounds to 4 places, and gives 0 without a trade and -100 without
    variation; quantstats and nautilus_trader have none.
    """
    count = facts.tally.counts.risked
    if count < 2:
        return _ONE_R
    squares = _squares(facts)
    if not squares:
        return Undefined("every trade had the same R")
    scale = multiply(min(count, SQN_TRADES_CAP), multiply(count, count - 1))
    root = carried_root(carried(scale, squares))
    return rounded(carried(multiply(facts.tally.sums.r, root), count))


def losses_beyond_1r(facts: Facts) -> int:
    """Trades that lost more than was at risk, before commission: the stop did not hold.

    Formula: count of net P&L + commission < -abs(entry - initial stop) x quantity x multiplier
    Unit: trades
    Range: 0 to r_trades
    Empty: 0
    Source: plain count
    """
    return facts.tally.counts.beyond_1r


def target_hits(facts: Facts) -> int | Undefined:
    """Trades that closed at or beyond their target.

    Formula: count of exit price >= target (long) or <= target (short)
    Unit: trades
    Range: 0 to closed_trades
    Empty: null when no closed trade has a logged exit price
    Source: plain count
    """
    counts = facts.tally.counts
    return counts.target_hits if counts.exits_known else Undefined("no exit price is logged")


def _squares(facts: Facts) -> Decimal:
    """N sum R^2 - (sum R)^2: n (n - 1) times the sample variance."""
    sums, count = facts.tally.sums, facts.tally.counts.risked
    return subtract(multiply(sums.r_squared, count), multiply(sums.r, sums.r))
