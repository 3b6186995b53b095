"""How many trades, and how often they win."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.exact import carried, carried_root, multiply, rounded
from perfkit.core.trades import LOST, WON
from perfkit.metrics.facts import NO_TRADES, Facts, Undefined
from perfkit.metrics.metric import TRADES, Quotient, metric

WILSON_Z = Decimal("1.959963984540054")
"""The 97.5 % quantile of the normal distribution: a two-sided 95 % interval."""


@metric(
    "Trades that closed in the window.",
    formula="N = wins + losses + breakevens",
    unit="trades",
    range="0 and up",
    bounds=(0, None),
    empty="0",
    source="plain count; a trade belongs to the window that holds its closing time",
    group=TRADES,
    inputs=("wins", "losses", "breakevens"),
    adds_up=True,
)
def closed_trades(facts: Facts) -> int:
    return facts.tally.trades


@metric(
    "Trades whose net P&L is above the breakeven tolerance.",
    formula="W = count of net P&L > tolerance; the logged outcome where no P&L is logged",
    unit="trades",
    range="0 to closed_trades",
    bounds=(0, None),
    empty="0",
    source="plain count",
    group=TRADES,
    marks=WON,
    adds_up=True,
)
def wins(facts: Facts) -> int:
    return facts.tally.counts.wins


@metric(
    "Trades whose net P&L is below minus the breakeven tolerance.",
    formula="L = count of net P&L < -tolerance; the logged outcome where no P&L is logged",
    unit="trades",
    range="0 to closed_trades",
    bounds=(0, None),
    empty="0",
    source="plain count",
    group=TRADES,
    marks=LOST,
    adds_up=True,
)
def losses(facts: Facts) -> int:
    return facts.tally.counts.losses


@metric(
    "Trades that neither won nor lost.",
    formula="B = count of -tolerance <= net P&L <= tolerance",
    unit="trades",
    range="0 to closed_trades",
    bounds=(0, None),
    empty="0",
    source="plain count",
    group=TRADES,
    adds_up=True,
)
def breakevens(facts: Facts) -> int:
    return facts.tally.counts.breakevens


@metric(
    "Trades opened before the window's end and not closed before it.",
    formula="count of opened_at < end and (no closed_at or closed_at >= end)",
    unit="trades",
    range="0 and up",
    bounds=(0, None),
    empty="0",
    source="plain count; what happened after the window's end does not change it",
    group=TRADES,
    reads=("open_trades",),
)
def open_trades(facts: Facts) -> int:
    return facts.open_trades


@metric(
    "Closed trades per day on which trading was expected.",
    formula="N / expected days, those of the trading week in the window up to the newest line",
    unit="trades per day",
    range="0 and up",
    bounds=(0, None),
    empty="null when the window has no expected day",
    source="plain mean",
    elsewhere=(
        "freqtrade divides by the calendar days of the backtest, at least 1, and rounds to 2 "
        "places."
    ),
    group=TRADES,
    reads=("expected_days",),
    parts=("N", "expected days"),
)
def trades_per_day(facts: Facts) -> Quotient:
    no_day = Undefined("the window has no expected trading day yet")
    return Quotient(facts.tally.trades, facts.expected_days, no_day)


@metric(
    "Wins as a share of all closed trades.",
    formula="W / N",
    unit="fraction",
    range="0 to 1",
    bounds=(0, 1),
    empty="null when no trade closed",
    source="plain share; a breakeven is a trade that did not win",
    elsewhere=(
        "of 100, -50, 0, 0, 200, -100 freqtrade and nautilus_trader also give 1/3, quantstats "
        "gives 1/2 because it leaves zeros out. Without a trade freqtrade gives 0, "
        "nautilus_trader NaN; quantstats gives 0 and a warning when every return is zero."
    ),
    group=TRADES,
    inputs=("wins", "closed_trades"),
    interval=("win_rate_low", "win_rate_high"),
)
def win_rate(facts: Facts) -> Quotient:
    return Quotient(facts.tally.counts.wins, facts.tally.trades, NO_TRADES)


@metric(
    "Wins as a share of the trades that won or lost.",
    formula="W / (W + L)",
    unit="fraction",
    range="0 to 1",
    bounds=(0, 1),
    empty="null when no trade won or lost",
    source="plain share, breakevens left out",
    elsewhere=(
        "of 100, -50, 0, 0, 200, -100 quantstats' win_rate gives the same 1/2, of returns per "
        "period and 0 where none is other than zero; freqtrade and nautilus_trader have no such "
        "rate."
    ),
    label="Win rate without breakevens",
    group=TRADES,
    inputs=("wins", "losses"),
)
def win_rate_decided(facts: Facts) -> Quotient:
    none = Undefined("no trade won or lost")
    return Quotient(facts.tally.counts.wins, facts.tally.decided, none)


@metric(
    "Lower end of the 95 % confidence interval of the win rate.",
    formula=(
        "(p + z^2/2N - z sqrt(p(1-p)/N + z^2/4N^2)) / (1 + z^2/N), p = W/N, z = 1.959963984540054"
    ),
    unit="fraction",
    range="0 to win_rate",
    bounds=(0, 1),
    empty="null when no trade closed",
    source=(
        "E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927"
    ),
    label="Win rate, 95 % low",
    group=TRADES,
    inputs=("wins", "closed_trades"),
    end_of="win_rate",
)
def win_rate_low(facts: Facts) -> Decimal | Undefined:
    return _wilson(facts, -1)


@metric(
    "Upper end of the 95 % confidence interval of the win rate.",
    formula=(
        "(p + z^2/2N + z sqrt(p(1-p)/N + z^2/4N^2)) / (1 + z^2/N), p = W/N, z = 1.959963984540054"
    ),
    unit="fraction",
    range="win_rate to 1",
    bounds=(0, 1),
    empty="null when no trade closed",
    source=(
        "E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927"
    ),
    label="Win rate, 95 % high",
    group=TRADES,
    inputs=("wins", "closed_trades"),
    end_of="win_rate",
)
def win_rate_high(facts: Facts) -> Decimal | Undefined:
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
