"""The numbers that stand in a figure's formula, by the names the formula gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce

from perfkit.core.exact import ZERO, add, multiply, scaled
from perfkit.metrics.drawdown import current_fall, deepest_fall, deepest_relative_fall
from perfkit.metrics.facts import Facts, Undefined, Value
from perfkit.metrics.tally import Counts, Sums
from perfkit.summary.breakdowns import WindowSlices
from perfkit.summary.selection import Selection
from perfkit.summary.summary import Summary, account_curve, facts_of, pnl_curve

Numbers = dict[str, Value | None]

FIGURES: dict[str, tuple[str, ...]] = {
    "closed_trades": ("wins", "losses", "breakevens"),
    "win_rate": ("wins", "closed_trades"),
    "win_rate_decided": ("wins", "losses"),
    "win_rate_low": ("wins", "closed_trades"),
    "win_rate_high": ("wins", "closed_trades"),
    "profit_factor": ("gross_profit", "gross_loss"),
    "required_win_rate": ("avg_win", "avg_loss"),
    "current_streak": ("current_streak_kind",),
}
"""Formulas made of other figures."""


def numbers_in(metric: str, summary: Summary, selection: Selection) -> Numbers:
    """The numbers of a metric's formula; empty where the figure is a plain fact or count."""
    if metric in FIGURES:
        return {name: summary.metrics[name] for name in FIGURES[metric]}
    facts = facts_of(selection, WindowSlices(selection))
    if metric in _FROM_FACTS:
        return _FROM_FACTS[metric](facts)
    if metric in _FROM_CURVES:
        return _FROM_CURVES[metric](selection)
    return {}


def _mean(total: str, count: str, label: str) -> Callable[[Facts], Numbers]:
    """A sum and the number of trades in it."""

    def numbers(facts: Facts) -> Numbers:
        sums: Sums = facts.tally.sums
        counts: Counts = facts.tally.counts
        summed = getattr(sums, total)
        if isinstance(summed, int):
            summed = scaled(summed, 6)
        return {f"sum of {total.removesuffix('_us')}": summed, label: getattr(counts, count)}

    return numbers


def _payoff(facts: Facts) -> Numbers:
    sums, counts = facts.tally.sums, facts.tally.counts
    return {
        "gross_profit": sums.gross_profit,
        "l": counts.known_losses,
        "gross_loss": sums.gross_loss,
        "w": counts.known_wins,
    }


def _spread_of_r(facts: Facts) -> Numbers:
    sums = facts.tally.sums
    return {"sum R": sums.r, "sum R^2": sums.r_squared, "n": facts.tally.counts.risked}


def _days(facts: Facts) -> Numbers:
    return _sums_of([pnl for _, pnl in facts.days])


def _returns(facts: Facts) -> Numbers:
    if isinstance(facts.returns, Undefined):
        return {}
    below = [multiply(pnl, pnl) for pnl in facts.returns if pnl < 0]
    return {
        **_sums_of(facts.returns),
        "sum of min(x, 0)^2": reduce(add, below, ZERO),
        "P": facts.periods_per_year,
    }


def _sums_of(amounts: Sequence[Decimal]) -> Numbers:
    squares = [multiply(amount, amount) for amount in amounts]
    return {
        "sum x": reduce(add, amounts, ZERO),
        "sum x^2": reduce(add, squares, ZERO),
        "n": len(amounts),
    }


def _extreme_day(choose: Callable[..., tuple[object, Decimal]]) -> Callable[[Facts], Numbers]:
    def numbers(facts: Facts) -> Numbers:
        if not facts.days:
            return {}
        day, _ = choose(facts.days, key=lambda day: day[1])
        return {"day": str(day)}

    return numbers


def _trades_per_day(facts: Facts) -> Numbers:
    return {"N": facts.tally.trades, "expected days": facts.expected_days}


_FROM_FACTS: dict[str, Callable[[Facts], Numbers]] = {
    "trades_per_day": _trades_per_day,
    "avg_win": _mean("gross_profit", "known_wins", "w"),
    "avg_loss": _mean("gross_loss", "known_losses", "l"),
    "payoff_ratio": _payoff,
    "expectancy": _mean("net_pnl", "known", "n"),
    "avg_risk_reward": _mean("risk_reward", "planned", "n"),
    "avg_r": _mean("r", "risked", "n"),
    "sd_r": _spread_of_r,
    "sqn": _spread_of_r,
    "avg_hold_seconds": _mean("hold_us", "held", "n"),
    "win_hold_seconds": _mean("win_hold_us", "held_wins", "n"),
    "loss_hold_seconds": _mean("loss_hold_us", "held_losses", "n"),
    "avg_day": _days,
    "sd_day": _days,
    "best_day": _extreme_day(max),
    "worst_day": _extreme_day(min),
    "sharpe": _returns,
    "sortino": _returns,
}


def _max_drawdown(selection: Selection) -> Numbers:
    curve, places = pnl_curve(selection.inside), selection.inside.net_pnl.places
    fall = deepest_fall(curve)
    return {
        "C at the peak": scaled(curve[fall.peak], places),
        "C at the trough": scaled(curve[fall.trough], places),
    }


def _current_drawdown(selection: Selection) -> Numbers:
    curve, places = pnl_curve(selection.history), selection.history.net_pnl.places
    peak = current_fall(curve).peak
    return {"C": scaled(curve[-1], places), "max of C so far": scaled(curve[peak], places)}


def _max_drawdown_pct(selection: Selection) -> Numbers:
    account = account_curve(selection)
    fall = None if account is None else deepest_relative_fall(account.heights)
    if account is None or fall is None:
        return {}
    return {
        "starting_equity": selection.book.config.starting_equity,
        "P": scaled(fall.of_peak, account.places),
        "E": scaled(fall.of_peak - fall.depth, account.places),
    }


_FROM_CURVES: dict[str, Callable[[Selection], Numbers]] = {
    "max_drawdown": _max_drawdown,
    "current_drawdown": _current_drawdown,
    "max_drawdown_pct": _max_drawdown_pct,
}
