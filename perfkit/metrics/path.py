"""What depends on the order of trades: streaks, drawdowns, and how long trades were held."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from perfkit.core.calendar import SECOND_US, moment_of
from perfkit.core.exact import multiply, ratio
from perfkit.metrics.facts import Facts, Undefined

_NO_DRAWDOWN = Undefined("no drawdown in the window")


def current_streak(facts: Facts) -> int:
    """Length of the run of wins or of losses that ends with the last trade.

    Formula: trades since the outcome last changed, breakevens neither ending nor lengthening it
    Unit: trades
    Range: 0 to closed_trades
    Empty: 0
    Source: plain count
    """
    return facts.tally.streaks.last[1]


def current_streak_kind(facts: Facts) -> str:
    """Whether the current streak is of wins or of losses.

    Formula: outcome of the last trade that won or lost
    Unit: win, loss or none
    Range: win, loss, none
    Empty: none
    Source: plain fact
    """
    return facts.tally.streaks.last[0]


def longest_win_streak(facts: Facts) -> int:
    """Longest run of wins, breakevens neither ending nor lengthening it.

    Formula: most consecutive wins
    Unit: trades
    Range: 0 to wins
    Empty: 0
    Source: plain count
    Elsewhere: in freqtrade and quantstats a zero ends a winning streak; quantstats counts periods,
    not trades.
    """
    return facts.tally.streaks.longest_win


def longest_loss_streak(facts: Facts) -> int:
    """Longest run of losses, breakevens neither ending nor lengthening it.

    Formula: most consecutive losses
    Unit: trades
    Range: 0 to losses
    Empty: 0
    Source: plain count
    Elsewhere: of 100, -50, 0, 0, 200, -100 freqtrade gives 3, because it counts a zero as a loss;
    in quantstats, which counts periods, a zero ends the streak. Here and in quantstats it is 1.
    """
    return facts.tally.streaks.longest_loss


def max_drawdown(facts: Facts) -> Decimal:
    """Largest fall of cumulative net P&L from its running peak within the window.

    Formula: min of (C - max of C so far), C = cumulative net P&L, the peak starting at 0
    Unit: money
    Range: 0 and down
    Empty: 0
    Source: the usual definition; a first loss counts, because the peak starts at 0
    Elsewhere: freqtrade gives a positive amount, and 0 without a drawdown; its version of October
    2024 starts the peak at the first trade, so -1, -2 fall by 2 there and by 3 here. quantstats and
    nautilus_trader give a negative share of compounded returns, see max_drawdown_pct.
    """
    return -facts.tally.drawdown.depth if facts.tally.drawdown.depth else Decimal(0)


def drawdown_peak_at(facts: Facts) -> datetime | Undefined:
    """When the trade closed that made the peak the largest drawdown fell from.

    Formula: closing time of the first trade at that peak
    Unit: moment
    Range: within the window
    Empty: null without a drawdown, or when it started from the window's start
    Source: plain fact; of equally deep drawdowns, the earliest
    """
    drawdown = facts.tally.drawdown
    if not drawdown.depth:
        return _NO_DRAWDOWN
    if drawdown.from_at is None:
        return Undefined("the drawdown began at the window's start")
    return moment_of(drawdown.from_at)


def drawdown_trough_at(facts: Facts) -> datetime | Undefined:
    """When the largest drawdown reached its lowest point.

    Formula: closing time of the first trade at that trough
    Unit: moment
    Range: within the window
    Empty: null without a drawdown
    Source: plain fact
    """
    trough = facts.tally.drawdown.trough_at
    return _NO_DRAWDOWN if trough is None else moment_of(trough)


def drawdown_recovered_at(facts: Facts) -> datetime | Undefined:
    """When cumulative P&L was back at the peak of the largest drawdown.

    Formula: closing time of the first trade after the trough with C at or above the peak
    Unit: moment
    Range: within the window
    Empty: null without a drawdown, or while it has not recovered
    Source: plain fact
    """
    if not facts.tally.drawdown.depth:
        return _NO_DRAWDOWN
    if isinstance(facts.recovered_at, Undefined):
        return facts.recovered_at
    if facts.recovered_at is None:
        return Undefined("not recovered within the window")
    return moment_of(facts.recovered_at)


def current_drawdown(facts: Facts) -> Decimal | Undefined:
    """How far cumulative net P&L of all history lies below its peak at the window's end.

    Formula: C - max of C so far, over every trade closed before the window's end, peak from 0
    Unit: money
    Range: 0 and down
    Empty: 0
    Source: the usual definition
    """
    return facts.current_drawdown


def max_drawdown_pct(facts: Facts) -> Decimal | Undefined:
    """Largest fall of equity as a share of its running peak; may be another episode.

    Formula: min of (E - P) / P, E = starting_equity + all net P&L so far, P = peak of E in the
    window
    Unit: fraction
    Range: 0 and down
    Empty: null without starting_equity, or when a peak is not above 0
    Source: the usual definition; the peak starts at the equity of the window's start
    Elsewhere: freqtrade's max_relative_drawdown is a positive share, its max_drawdown_account is
    the share of the largest absolute fall. quantstats and nautilus_trader compound returns,
    starting from a peak of 1, and give 0 without a fall.
    """
    return facts.max_drawdown_pct


def avg_hold_seconds(facts: Facts) -> Decimal | Undefined:
    """Mean holding time.

    Formula: mean of closed_at - opened_at, else of the logged holding time
    Unit: seconds
    Range: 0 and up
    Empty: null when no closed trade has a holding time
    Source: plain mean; a trade closed before it was opened has none
    Elsewhere: freqtrade counts whole minutes, and gives 0 without a trade.
    """
    return _mean_hold(facts.tally.sums.hold_us, facts.tally.counts.held, "closed trade")


def win_hold_seconds(facts: Facts) -> Decimal | Undefined:
    """Mean holding time of wins.

    Formula: mean of closed_at - opened_at over wins, else of the logged holding time
    Unit: seconds
    Range: 0 and up
    Empty: null when no win has a holding time
    Source: plain mean
    Elsewhere: freqtrade counts whole minutes, and gives 0 without a win.
    """
    return _mean_hold(facts.tally.sums.win_hold_us, facts.tally.counts.held_wins, "win")


def loss_hold_seconds(facts: Facts) -> Decimal | Undefined:
    """Mean holding time of losses.

    Formula: mean of closed_at - opened_at over losses, else of the logged holding time
    Unit: seconds
    Range: 0 and up
    Empty: null when no loss has a holding time
    Source: plain mean
    Elsewhere: freqtrade counts whole minutes, and gives 0 without a loss.
    """
    return _mean_hold(facts.tally.sums.loss_hold_us, facts.tally.counts.held_losses, "loss")


def _mean_hold(held_us: int, count: int, who: str) -> Decimal | Undefined:
    if not count:
        return Undefined(f"no {who} has a holding time")
    return ratio(held_us, multiply(count, SECOND_US))
