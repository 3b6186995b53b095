"""How many trades, and how often they win."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.exact import carried, carried_root, multiply, ratio, rounded
from perfkit.metrics.facts import NO_TRADES, Facts, Undefined

WILSON_Z = Decimal("1.959963984540054")
"""The 97.5 % quantile of the normal distribution: a two-sided 95 % interval."""


def closed_trades(facts: Facts) -> int:
    """Trades that closed in the window.

    Formula: N = wins + losses + breakevens
    Unit: trades
    Range: 0 and up
    Empty: 0
    Source: plain count; a trade belongs to the window that holds its closing time
    """
    return facts.tally.trades


def wins(facts: Facts) -> int:
    """Trades whose net P&L is above the breakeven tolerance.

    Formula: W = count of net P&L > tolerance; the logged outcome where no P&L is logged
    Unit: trades
    Range: 0 to closed_trades
    Empty: 0
    Source: plain count
    """
    return facts.tally.counts.wins


def losses(facts: Facts) -> int:
    """Trades whose net P&L is below minus the breakeven tolerance.

    Formula: L = count of net P&L < -tolerance; the logged outcome where no P&L is logged
    Unit: trades
    Range: 0 to closed_trades
    Empty: 0
    Source: plain count
    """
    return facts.tally.counts.losses


def breakevens(facts: Facts) -> int:
    """Trades that neither won nor lost.

    Formula: B = count of -tolerance <= net P&L <= tolerance
    Unit: trades
    Range: 0 to closed_trades
    Empty: 0
    Source: plain count
    """
    return facts.tally.counts.breakevens


def open_trades(facts: Facts) -> int:
    """Trades opened before the window's end and not closed before it.

    Formula: count of opened_at < end and (no closed_at or closed_at >= end)
    Unit: trades
    Range: 0 and up
    Empty: 0
    Source: plain count; what happened after the window's end does not change it
    """
    return facts.open_trades


def trades_per_day(facts: Facts) -> Decimal | Undefined:
    """Closed trades per day on which trading was expected.

    Formula: N / expected days, those of the trading week in the window up to the newest line
    Unit: trades per day
    Range: 0 and up
    Empty: null when the window has no expected day
    Source: plain mean
    Elsewhere: freqtrade divides by the calendar days of the backtest, at least 1, and rounds to 2
    places.
    """
    if not facts.expected_days:
        return Undefined("the window has no expected trading day yet")
    return ratio(facts.tally.trades, facts.expected_days)


def win_rate(facts: Facts) -> Decimal | Undefined:
    """Wins as a share of all closed trades.

    Formula: W / N
    Unit: fraction
    Range: 0 to 1
    Empty: null when no trade closed
    Source: plain share; a breakeven is a trade that did not win
    Elsewhere: of 100, -50, 0, 0, 200, -100 freqtrade and nautilus_trader also give 1/3, quantstats
    gives 1/2 because it leaves zeros out. Without a trade freqtrade gives 0, nautilus_trader NaN;
    quantstats gives 0 and a warning when every return is zero.
    """
    return ratio(facts.tally.counts.wins, facts.tally.trades) if facts.tally.trades else NO_TRADES


def win_rate_decided(facts: Facts) -> Decimal | Undefined:
    """Wins as a share of the trades that won or lost.

    Formula: W / (W + L)
    Unit: fraction
    Range: 0 to 1
    Empty: null when no trade won or lost
    Source: plain share, breakevens left out
    Elsewhere: of 100, -50, 0, 0, 200, -100 quantstats' win_rate gives the same 1/2, of returns per
    period and 0 where none is other than zero; freqtrade and nautilus_trader have no such rate.
    """
    counts = facts.tally.counts
    decided = counts.wins + counts.losses
    return ratio(counts.wins, decided) if decided else Undefined("no trade won or lost")


def win_rate_low(facts: Facts) -> Decimal | Undefined:
    """Lower end of the 95 % confidence interval of the win rate.

    Formula: (p + z^2/2N - z sqrt(p(1-p)/N + z^2/4N^2)) / (1 + z^2/N), p = W/N,
    z = 1.959963984540054
    Unit: fraction
    Range: 0 to win_rate
    Empty: null when no trade closed
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927
    """
    return _wilson(facts, -1)


def win_rate_high(facts: Facts) -> Decimal | Undefined:
    """Upper end of the 95 % confidence interval of the win rate.

    Formula: (p + z^2/2N + z sqrt(p(1-p)/N + z^2/4N^2)) / (1 + z^2/N), p = W/N,
    z = 1.959963984540054
    Unit: fraction
    Range: win_rate to 1
    Empty: null when no trade closed
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927
    """
    return _wilson(facts, 1)


def _wilson(facts: Facts, sign: int) -> Decimal | Undefined:
    """Both sides multiplied by 2N: (2W + z^2 -+ z sqrt(z^2 + 4W(N-W)/N)) / (2(N + z^2))."""
    won, trades = facts.tally.counts.wins, facts.tally.trades
    if not trades:
        return NO_TRADES
    if (won == 0 and sign < 0) or (won == trades and sign > 0):
        return Decimal(0 if sign < 0 else 1)
    square = multiply(WILSON_Z, WILSON_Z)
    spread = carried_root(square + carried(4 * won * (trades - won), trades))
    return rounded(carried(2 * won + square + sign * WILSON_Z * spread, 2 * (trades + square)))
