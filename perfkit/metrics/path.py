"""What depends on time: streaks, drawdowns, open trades, and how long trades were held."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.calendar import moment_of
from perfkit.core.exact import ZERO, scaled, subtract
from perfkit.core.fast_imports import datetime
from perfkit.core.trades import HELD, LOST, WON
from perfkit.metrics.facts import EQUITY_USED_UP, Facts, Undefined, if_known
from perfkit.metrics.metric import PNL, RISK, STREAKS, Inputs, Quotient, metric
from perfkit.metrics.ranks import count_of, middle_two, value_at

_NO_DRAWDOWN = Undefined("no drawdown in the window")
_NO_HOLD = Undefined("no closed trade has a holding time")


def _hold_inputs(facts: Facts) -> Inputs:
    if isinstance(facts.ranks, Undefined) or not facts.ranks.hold_us:
        return {}
    low, high = middle_two(facts.ranks.hold_us)
    return {"n": count_of(facts.ranks.hold_us), "low": scaled(low, 6), "high": scaled(high, 6)}


@metric(
    "Length of the run of wins or of losses that ends with the last trade.",
    formula="trades since the outcome last changed, breakevens neither ending nor lengthening it",
    unit="trades",
    range="0 to closed_trades",
    bounds=(0, None),
    empty="0",
    source="plain count",
    group=STREAKS,
    reads=("streaks",),
    inputs=("current_streak_kind",),
)
def current_streak(facts: Facts) -> int:
    return facts.tally.streaks.last[1]


@metric(
    "Whether the current streak is of wins or of losses.",
    formula="outcome of the last trade that won or lost",
    unit="win, loss or none",
    range="win, loss, none",
    empty="none",
    source="plain fact",
    group=STREAKS,
    reads=("streaks",),
)
def current_streak_kind(facts: Facts) -> str:
    return facts.tally.streaks.last[0]


@metric(
    "Longest run of wins, breakevens neither ending nor lengthening it.",
    formula="most consecutive wins",
    unit="trades",
    range="0 to wins",
    bounds=(0, None),
    empty="0",
    source="plain count",
    elsewhere=(
        "in freqtrade and quantstats a zero ends a winning streak; quantstats counts periods, not "
        "trades."
    ),
    group=STREAKS,
    reads=("streaks",),
)
def longest_win_streak(facts: Facts) -> int:
    return facts.tally.streaks.longest_win


@metric(
    "Longest run of losses, breakevens neither ending nor lengthening it.",
    formula="most consecutive losses",
    unit="trades",
    range="0 to losses",
    bounds=(0, None),
    empty="0",
    source="plain count",
    elsewhere=(
        "of 100, -50, 0, 0, 200, -100 freqtrade gives 3, because it counts a zero as a loss; in "
        "quantstats, which counts periods, a zero ends the streak. Here and in quantstats it is "
        "1."
    ),
    group=STREAKS,
    reads=("streaks",),
)
def longest_loss_streak(facts: Facts) -> int:
    return facts.tally.streaks.longest_loss


@metric(
    "Largest fall of cumulative net P&L from its running peak within the window.",
    formula="min of (C - max of C so far), C = cumulative net P&L, the peak starting at 0",
    unit="money",
    range="0 and down",
    bounds=(None, 0),
    empty="0",
    source="the usual definition; a first loss counts, because the peak starts at 0",
    elsewhere=(
        "freqtrade gives a positive amount, and 0 without a drawdown; its version of October 2024 "
        "starts the peak at the first trade, so -1, -2 fall by 2 there and by 3 here. quantstats "
        "and nautilus_trader give a negative share of compounded returns, see max_drawdown_pct."
    ),
    label="Largest drawdown",
    group=RISK,
    reads=("depth",),
)
def max_drawdown(facts: Facts) -> Decimal | Undefined:
    return if_known(facts, subtract(ZERO, facts.tally.drawdown.depth))


@metric(
    "Closing time of the trade at the peak before the largest drawdown.",
    formula="closing time of the first trade at that peak",
    unit="moment",
    range="within the window",
    empty="null without a drawdown, or when it started from the window's start",
    source="plain fact; of equally deep drawdowns, the earliest",
    group=RISK,
    reads=("depth", "from_at"),
)
def drawdown_peak_at(facts: Facts) -> datetime | Undefined:
    drawdown = facts.tally.drawdown
    if not drawdown.depth:
        return _NO_DRAWDOWN
    if drawdown.from_at is None:
        return Undefined("the drawdown began at the window's start")
    return moment_of(drawdown.from_at)


@metric(
    "When the largest drawdown reached its lowest point.",
    formula="closing time of the first trade at that trough",
    unit="moment",
    range="within the window",
    empty="null without a drawdown",
    source="plain fact",
    group=RISK,
    reads=("trough_at",),
)
def drawdown_trough_at(facts: Facts) -> datetime | Undefined:
    trough = facts.tally.drawdown.trough_at
    return _NO_DRAWDOWN if trough is None else moment_of(trough)


@metric(
    "When cumulative P&L was back at the peak of the largest drawdown.",
    formula="closing time of the first trade after the trough with C at or above the peak",
    unit="moment",
    range="within the window",
    empty="null without a drawdown, or while it has not recovered",
    source="plain fact",
    group=RISK,
    reads=("depth", "recovered_at"),
)
def drawdown_recovered_at(facts: Facts) -> datetime | Undefined:
    if not facts.tally.drawdown.depth:
        return _NO_DRAWDOWN
    if isinstance(facts.recovered_at, Undefined):
        return facts.recovered_at
    if facts.recovered_at is None:
        return Undefined("not recovered within the window")
    return moment_of(facts.recovered_at)


@metric(
    "How far cumulative net P&L of all history lies below its peak at the window's end.",
    formula="C - max of C so far, over every trade closed before the window's end, peak from 0",
    unit="money",
    range="0 and down",
    bounds=(None, 0),
    empty="0",
    source="the usual definition",
    label="Current drawdown (all history)",
    group=RISK,
    reads=("current_drawdown",),
)
def current_drawdown(facts: Facts) -> Decimal | Undefined:
    return if_known(facts, facts.current_drawdown)


@metric(
    "Largest fall of equity as a share of its running peak; may be another fall than max_drawdown.",
    formula=(
        "min of (E - P) / P after each trade, E = starting_equity + deposits + all net P&L so far, "
        "P = peak of E in the window, which a deposit raises as it raises E"
    ),
    unit="fraction",
    range="0 and down",
    bounds=(None, 0),
    empty="null without starting_equity, or when a peak is not above 0",
    source="the usual definition; the peak starts at the equity of the window's start",
    elsewhere=(
        "freqtrade's max_relative_drawdown is a positive share, its max_drawdown_account is the "
        "share of the largest absolute fall. quantstats and nautilus_trader compound returns, "
        "starting from a peak of 1, and give 0 without a fall."
    ),
    label="Largest relative drawdown",
    group=RISK,
    reads=("max_drawdown_pct",),
)
def max_drawdown_pct(facts: Facts) -> Quotient | Undefined:
    fall = facts.max_drawdown_pct
    return fall if isinstance(fall, Undefined) else Quotient(*fall, EQUITY_USED_UP)


@metric(
    "Net P&L for each unit of the largest drawdown.",
    formula="net_pnl / abs(max_drawdown)",
    unit="ratio",
    range="any",
    empty="null without a drawdown, or when no closed trade has a P&L",
    source="the recovery factor of MetaTrader's strategy report",
    elsewhere="quantstats divides the sum of returns by the relative drawdown.",
    group=RISK,
    reads=("net_pnl", "depth"),
    inputs=("net_pnl", "max_drawdown"),
)
def recovery_factor(facts: Facts) -> Quotient | Undefined:
    net = if_known(facts, facts.tally.net_pnl)
    return (
        net
        if isinstance(net, Undefined)
        else Quotient(net, facts.tally.drawdown.depth, _NO_DRAWDOWN)
    )


@metric(
    "Logged P&L of the trades that have not closed, less what parts of them have earned already.",
    formula="sum of the last logged P&L of trades without a close, less their realized P&L",
    unit="money",
    range="any",
    empty="null for a window that does not hold the newest line; 0 when nothing is open",
    source="exact sum of what the bot logged; perfkit knows no market prices",
    label="Unrealized P&L",
    group=PNL,
    reads=("unrealized_pnl",),
)
def unrealized_pnl(facts: Facts) -> Decimal | Undefined:
    return facts.unrealized_pnl


@metric(
    "What closed parts of trades that are still open have earned; in no figure of closed trades.",
    formula="sum of the realized P&L of trades without a close",
    unit="money",
    range="any",
    empty="null for a window that does not hold the newest line, or when no open trade has any; "
    "0 when nothing is open",
    source="exact sum: as logged, else net P&L of the closes of a trade that is not complete, or "
    "of the exits of a position that is not flat, less the costs of what they closed",
    label="Realized P&L of open trades",
    group=PNL,
    reads=("realized_pnl",),
)
def realized_pnl(facts: Facts) -> Decimal | Undefined:
    return facts.realized_pnl


@metric(
    "Mean holding time.",
    formula="mean of closed_at - opened_at, else of the logged holding time",
    unit="seconds",
    range="0 and up",
    bounds=(0, None),
    empty="null when no closed trade has a holding time",
    source="plain mean; a trade closed before it was opened has none",
    elsewhere="freqtrade counts whole minutes, and gives 0 without a trade.",
    label="Average holding time",
    group=STREAKS,
    reads=("hold_us",),
    parts=("sum of hold", "n"),
    marks=HELD,
)
def avg_hold_seconds(facts: Facts) -> Quotient:
    return _mean_hold(facts.tally.sums.hold_us, facts.tally.counts.held, "closed trade")


@metric(
    "Mean holding time of wins.",
    formula="mean of closed_at - opened_at over wins, else of the logged holding time",
    unit="seconds",
    range="0 and up",
    bounds=(0, None),
    empty="null when no win has a holding time",
    source="plain mean",
    elsewhere="freqtrade counts whole minutes, and gives 0 without a win.",
    label="Average holding time of wins",
    group=STREAKS,
    reads=("win_hold_us",),
    parts=("sum of win_hold", "n"),
    marks=HELD | WON,
)
def win_hold_seconds(facts: Facts) -> Quotient:
    return _mean_hold(facts.tally.sums.win_hold_us, facts.tally.counts.held_wins, "win")


@metric(
    "Mean holding time of losses.",
    formula="mean of closed_at - opened_at over losses, else of the logged holding time",
    unit="seconds",
    range="0 and up",
    bounds=(0, None),
    empty="null when no loss has a holding time",
    source="plain mean",
    elsewhere="freqtrade counts whole minutes, and gives 0 without a loss.",
    label="Average holding time of losses",
    group=STREAKS,
    reads=("loss_hold_us",),
    parts=("sum of loss_hold", "n"),
    marks=HELD | LOST,
)
def loss_hold_seconds(facts: Facts) -> Quotient:
    return _mean_hold(facts.tally.sums.loss_hold_us, facts.tally.counts.held_losses, "loss")


@metric(
    "Holding time of the trade in the middle: half were held longer, half shorter.",
    formula="middle of the sorted holding times, the mean of the middle two of an even number",
    unit="seconds",
    range="0 and up",
    bounds=(0, None),
    empty="null when no closed trade has a holding time",
    source="plain median",
    label="Median holding time",
    group=STREAKS,
    reads=("ranks",),
    inputs=_hold_inputs,
    marks=HELD,
)
def median_hold_seconds(facts: Facts) -> Quotient | Undefined:
    ranks = facts.ranks
    if isinstance(ranks, Undefined):
        return ranks
    if not ranks.hold_us:
        return _NO_HOLD
    return Quotient(scaled(sum(middle_two(ranks.hold_us)), 6), 2, _NO_HOLD)


@metric(
    "Longest holding time.",
    formula="max of the holding times",
    unit="seconds",
    range="0 and up",
    bounds=(0, None),
    empty="null when no closed trade has a holding time",
    source="plain extreme",
    label="Longest holding time",
    group=STREAKS,
    reads=("ranks",),
)
def longest_hold_seconds(facts: Facts) -> Decimal | Undefined:
    ranks = facts.ranks
    if isinstance(ranks, Undefined):
        return ranks
    if not ranks.hold_us:
        return _NO_HOLD
    return scaled(value_at(ranks.hold_us, count_of(ranks.hold_us) - 1), 6)


def _mean_hold(held_us: int, count: int, who: str) -> Quotient:
    return Quotient(scaled(held_us, 6), count, Undefined(f"no {who} has a holding time"))
