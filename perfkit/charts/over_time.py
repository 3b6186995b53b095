"""Charts over time: the equity curve and the rolling win rate."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import accumulate
from operator import sub
from typing import TYPE_CHECKING

from perfkit.charts.axes import (
    missing_days,
    money_ticks,
    percent_ticks,
    room_for_labels,
    time_axis,
    time_x,
    visible,
)
from perfkit.charts.labels import brief, money
from perfkit.charts.style import (
    BEHIND_TEXT,
    BLUE,
    INK,
    MUTED,
    SMALL_SIZE,
    THEMES,
    VERMILLION,
    Chart,
    haloed,
)
from perfkit.charts.view import (
    NO_TRADES,
    ROLLING_TRADES,
    View,
    clock,
    coordinate,
    decimal,
    heading,
    in_period,
    note,
    nothing_to_draw,
)
from perfkit.core.formatting import percent
from perfkit.core.trade import LOSS
from perfkit.core.trades import WON
from perfkit.metrics.counts import win_rate, win_rate_high, win_rate_low
from perfkit.metrics.drawdown import Fall, deepest_fall
from perfkit.metrics.facts import NO_PNL, Facts
from perfkit.metrics.tally import EMPTY, Counts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EQUITY = "Cumulative net P&L"
ROLLING = f"Win rate of the latest {ROLLING_TRADES} closed trades"


def equity(view: View) -> Chart:
    """Cumulative net P&L, and how far it is below its peak; the deepest fall is marked."""
    empty = nothing_to_draw(view, "equity", EQUITY)
    if empty is not None:
        return empty
    words = heading(view, EQUITY, _equity_finding(view), "below: distance from the peak so far")
    chart = Chart("equity", words, 4.4)
    upper, lower = chart.subplots(2, 1, sharex=True, height_ratios=(2.3, 1))
    curve = list(accumulate(view.net_units, initial=0))
    falls = list(map(sub, curve, accumulate(curve, max)))
    x = [0.0, *(time_x(view, at) for at in view.closed.closed_at), time_x(view, view.until)]
    heights, depths = (
        [coordinate(units, view.closed.net_pnl.places) for units in (*line, line[-1])]
        for line in (curve, falls)
    )
    _label_end(upper, x[-1], heights[-1], brief(view.money("net_pnl")))
    x, heights, depths = visible(x, heights, depths)
    upper.axhline(0, color=MUTED, linewidth=0.9)
    upper.step(x, heights, where="post", color=INK, linewidth=1.6)
    lower.fill_between(x, depths, step="post", color=THEMES[LOSS].face, linewidth=0)
    lower.step(x, depths, where="post", color=VERMILLION, linewidth=1.2)
    if view.money("max_drawdown"):
        _mark_drawdown(upper, lower, view, deepest_fall(curve))
    room_for_labels(upper, 0.16)
    room_for_labels(lower, 0.3)
    for panel, label, most in ((upper, "net P&L", 7), (lower, "drawdown", 3)):
        panel.set_ylabel(f"{label}, {view.currency}")
        money_ticks(panel.yaxis, most)
    upper.tick_params(axis="x", which="both", length=0)
    time_axis(lower, view)
    missing_days(upper, view, labelled=True)
    missing_days(lower, view)
    upper.grid(visible=True, axis="x")
    return chart


def _equity_finding(view: View) -> str:
    net, fall = view.money("net_pnl"), view.money("max_drawdown")
    went = f"{'Up' if net > 0 else 'Down'} {money(abs(net))} {view.currency}" if net else "Flat"
    trough = view.moment("drawdown_trough_at")
    if trough is None:
        return f"{went} {in_period(view)}; never below its peak"
    return (
        f"{went} {in_period(view)}; worst fall {money(-fall)} {view.currency}, "
        f"lowest {'at' if view.is_one_day else 'on'} {clock(view, trough)}"
    )


def _mark_drawdown(upper: Axes, lower: Axes, view: View, fall: Fall) -> None:
    """Peak and trough of the deepest fall on the curve, its depth in the panel below."""
    places = view.closed.net_pnl.places
    curve = list(accumulate(view.net_units, initial=0))
    at = {
        point: time_x(view, view.closed.closed_at[point - 1]) if point else 0.0
        for point in (fall.peak, fall.trough)
    }
    peak_at, trough_at = view.moment("drawdown_peak_at"), view.moment("drawdown_trough_at")
    peak_text = "peak: start" if peak_at is None else f"peak {clock(view, peak_at)}"
    trough_text = "trough" if trough_at is None else f"trough {clock(view, trough_at)}"
    depth = brief(view.money("max_drawdown"))
    for panel, point, height, text in (
        (upper, fall.peak, curve[fall.peak], peak_text),
        (upper, fall.trough, curve[fall.trough], trough_text),
        (lower, fall.trough, -fall.depth, depth),
    ):
        place = (at[point], coordinate(height, places))
        marker = "^" if point == fall.peak else "v"
        panel.plot(*place, marker=marker, color=VERMILLION, markersize=7, clip_on=False)
        along = at[point] / time_x(view, view.until)
        _tag(panel, place, text, along=along, above=point == fall.peak)


def _tag(axes: Axes, at: tuple[float, float], text: str, *, along: float, above: bool) -> None:
    """A small label over or under a point, kept inside the panel at its sides."""
    aligned = "left" if along < 0.12 else "right" if along > 0.88 else "center"
    axes.annotate(
        text,
        at,
        xytext=(0, 7 if above else -7),
        textcoords="offset points",
        ha=aligned,
        va="bottom" if above else "top",
        size=SMALL_SIZE,
        color=VERMILLION,
        bbox=dict(BEHIND_TEXT),
    )


def _label_end(axes: Axes, x: float, y: float, text: str) -> None:
    axes.annotate(
        text,
        (x, y),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        weight="bold",
        size=9.5,
    )


def rolling_win_rate(view: View) -> Chart:
    """Win rate of the latest 20 closed trades with its 95 % interval and target.

    The first 20 may include trades that closed before the window.
    """
    name = "rolling_win_rate"
    if not len(view.closed):
        return note(view, name, ROLLING, NO_TRADES)
    points = _rolling_wins(view)
    if not points:
        so_far = len(view.lead_in) + len(view.closed)
        sentence = f"Too few trades: {so_far} closed so far, {ROLLING_TRADES} needed"
        return note(view, name, ROLLING, sentence)
    words = heading(view, ROLLING, _rolling_finding(view, points[-1][1]), "band: 95 % interval")
    chart = Chart(name, words, 3.2)
    axes = chart.subplots()
    x = [*(at for at, _ in points), time_x(view, view.until)]
    rates = [_rate_on_canvas(won) for _, won in points]
    x, low, rate, high = visible(x, *([*column, column[-1]] for column in zip(*rates, strict=True)))
    axes.fill_between(x, low, high, step="post", color=BLUE, alpha=0.16, linewidth=0)
    axes.step(x, rate, where="post", color=BLUE, linewidth=1.8)
    _label_end(axes, x[-1], rate[-1], percent(_rate(points[-1][1])[1]))
    for target in view.win_rate_targets:
        _draw_target(axes, target)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_ylabel("win rate")
    percent_ticks(axes.yaxis)
    time_axis(axes, view)
    missing_days(axes, view, labelled=True)
    return chart


def _draw_target(axes: Axes, target: Decimal) -> None:
    level = float(target)
    axes.axhline(level, color=INK, linewidth=1.1, linestyle=(0, (5, 3)))
    label = axes.annotate(
        f"target {percent(target, 0)}",
        (0, level),
        xycoords=("axes fraction", "data"),
        xytext=(4, 3),
        textcoords="offset points",
        size=SMALL_SIZE,
    )
    haloed(label)


def _rolling_wins(view: View) -> list[tuple[float, int]]:
    """Points of the curve: a place on the time axis, and how many of the latest 20 trades had won.

    The curve starts at the window's start if 20 trades came before it, else at the 20th trade.
    """
    marks = [*view.lead_in.marks, *view.closed.marks]
    won = list(accumulate((mark & WON > 0 for mark in marks), initial=0))
    before = len(view.lead_in)
    points = [(0.0, won[before] - won[0])] if before == ROLLING_TRADES else []
    for row, at in enumerate(view.closed.closed_at, before + 1):
        if row >= ROLLING_TRADES:
            points.append((time_x(view, at), won[row] - won[row - ROLLING_TRADES]))
    return points


@cache
def _rate(won: int) -> tuple[Decimal, Decimal, Decimal]:
    """Low end of the interval, win rate and high end for that many wins of `ROLLING_TRADES`."""
    counts = Counts(wins=won, losses=ROLLING_TRADES - won)
    facts = Facts(
        tally=EMPTY._replace(counts=counts),
        days=(),
        expected_days=0,
        open_trades=0,
        recovered_at=None,
        unrealized_pnl=NO_PNL,
        realized_pnl=NO_PNL,
        returns=NO_PNL,
        current_drawdown=NO_PNL,
        max_drawdown_pct=NO_PNL,
        periods_per_year=1,
    )
    low, rate, high = (metric(facts) for metric in (win_rate_low, win_rate, win_rate_high))
    return decimal(low), decimal(rate), decimal(high)


@cache
def _rate_on_canvas(won: int) -> tuple[float, ...]:
    return tuple(map(float, _rate(won)))


def _rolling_finding(view: View, won: int) -> str:
    low, rate, high = _rate(won)
    text = f"{won} of the last {ROLLING_TRADES} trades won, {percent(rate)}"
    for target in view.win_rate_targets[:1]:
        aim = f"the {percent(target, 0)} target"
        if low < target < high:
            text += f"; {aim} is within the 95 % interval"
        else:
            text += f": clearly {'below' if high <= target else 'above'} {aim}"
    return text
