"""Bars of net P&L per trade and per trading day.

A win is a solid bar upwards, a loss a hatched bar downwards; a breakeven or an unknown P&L is a
marker on the zero line. Colour is never the only difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from perfkit.charts.axes import COLUMNS, money_ticks, room_for_labels, thinned
from perfkit.charts.labels import NAME_IN_TITLE, day_text, gain, safe, short_day, two_lines
from perfkit.charts.style import (
    GREY,
    INK,
    MUTED,
    SMALL_SIZE,
    THEMES,
    Chart,
    dot,
    haloed,
    swatch,
)
from perfkit.charts.view import NO_TRADES, View, clock_of, heading, nothing_to_draw
from perfkit.core.exact import ZERO
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trade import BREAKEVEN, LOSS, WIN
from perfkit.metrics.tally import Tally

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

PER_TRADE = "Net P&L of each trade"
PER_DAY = "Net P&L of each trading day"
MOST_BARS = 150
"""More bars than this are drawn as lines: they are too narrow for a hatch."""

MOST_AMOUNTS, MOST_DAY_LABELS = 7, 10
"""Up to so many days, each has its amount and its name; of more, only some."""


class Bar(NamedTuple):
    """One bar: its exact height and its outcome."""

    pnl: Decimal | None
    outcome: str


def pnl_per_trade(view: View) -> Chart:
    """Net P&L of every closed trade, in the order they closed."""
    empty = nothing_to_draw(view, "pnl_per_trade", PER_TRADE)
    if empty is not None:
        return empty
    trades = view.closed
    bars = [Bar(trades.net_pnl.decimal(row), trades.outcome(row)) for row in range(len(trades))]
    words = heading(view, PER_TRADE, _outcomes(view), "in the order they closed")
    chart = Chart("pnl_per_trade", words, 3.3, _keys(bars))
    axes = chart.subplots()
    _draw(axes, bars)
    _name_extremes(axes, view, bars)
    ticks = thinned(len(bars), 8)
    axes.set_xticks(ticks, [f"#{row + 1}\n{_closed(view, row)}" for row in ticks])
    axes.set_xlabel(f"trade, and when it closed ({view.window.timezone})")
    axes.set_ylabel(f"net P&L, {view.currency}")
    return chart


def _closed(view: View, row: int) -> str:
    """When a trade closed: the time in a window of one day, else the trading day."""
    instant = view.closed.closed_at[row]
    if view.is_one_day:
        return clock_of(view, instant)
    return short_day(view.calendar.day_of(instant))


def _outcomes(view: View) -> str:
    parts = [f"{view.count('wins')} won", f"{view.count('losses')} lost"]
    if view.count("breakevens"):
        parts.append(f"{view.count('breakevens')} broke even")
    extremes = [
        f"{word} {gain(view.money(metric))}"
        for metric, word in (("largest_win", "best"), ("largest_loss", "worst"))
        if view.summary.metrics[metric] is not None
    ]
    if not extremes:
        return ", ".join(parts)
    return f"{', '.join(parts)}; {', '.join(extremes)} {view.currency}"


def _draw(axes: Axes, bars: Sequence[Bar]) -> None:
    """All bars, and the zero line."""
    for outcome, theme in THEMES.items():
        rows = [
            (place, float(bar.pnl))
            for place, bar in enumerate(bars)
            if bar.pnl and bar.outcome == outcome
        ]
        if not rows:
            continue
        places, heights = zip(*_longest(rows, len(bars)), strict=True)
        if len(bars) > MOST_BARS:
            axes.vlines(places, 0, heights, colors=theme.edge, linewidth=max(0.4, 600 / len(bars)))
        else:
            axes.bar(
                places,
                heights,
                width=min(0.78, 0.06 * max(len(bars), 5)),
                facecolor=theme.face,
                edgecolor=theme.edge,
                hatch=theme.hatch,
                linewidth=0.8,
            )
    axes.axhline(0, color=MUTED, linewidth=0.9)
    for at_zero, marker in ((_even(bars), "D"), (_unknown(bars), "x")):
        axes.plot(at_zero, [0] * len(at_zero), linestyle="", marker=marker, color=GREY, ms=5)
    axes.set_xlim(-0.7, max(len(bars), 5) - 0.3)
    room_for_labels(axes, 0.16)
    money_ticks(axes.yaxis)


def _longest(rows: Iterable[tuple[int, float]], count: int) -> Iterable[tuple[int, float]]:
    """Of the bars in half a column of pixels the longest, as it hides the others."""
    halves = max(count, 2 * COLUMNS)
    found: dict[int, tuple[int, float]] = {}
    for place, height in rows:
        half = place * 2 * COLUMNS // halves
        if half not in found or abs(height) > abs(found[half][1]):
            found[half] = place, height
    return found.values()


def _even(bars: Sequence[Bar]) -> list[int]:
    return [n for n, bar in enumerate(bars) if bar.pnl is not None and bar.outcome == BREAKEVEN]


def _unknown(bars: Sequence[Bar]) -> list[int]:
    return [n for n, bar in enumerate(bars) if bar.pnl is None]


def _keys(bars: Sequence[Bar]) -> list[Artist]:
    """Legend entries for what there is."""
    keys: list[Artist] = [
        swatch(outcome)
        for outcome in (WIN, LOSS)
        if any(bar.outcome == outcome and bar.pnl is not None for bar in bars)
    ]
    if _even(bars):
        keys.append(dot("breakeven", "D", GREY))
    if _unknown(bars):
        keys.append(dot("P&L not logged", "x", GREY))
    return keys


def _name_extremes(axes: Axes, view: View, bars: Sequence[Bar]) -> None:
    """Best and worst trade: amount and symbol."""
    known = [(bar.pnl, n) for n, bar in enumerate(bars) if bar.pnl is not None]
    best, worst = max(known, key=lambda one: one[0]), min(known, key=lambda one: one[0])
    for pnl, row in dict.fromkeys((best, worst)):
        symbol = view.closed.symbol[row]
        text = gain(pnl) if symbol is None else f"{gain(pnl)} {safe(symbol, NAME_IN_TITLE)}"
        if pnl:
            _label(axes, row, pnl, text, along=(row + 0.7) / (max(len(bars), 5) + 0.4))


def _label(axes: Axes, place: int, pnl: Decimal, text: str, *, along: float) -> None:
    """A text beyond the end of a bar."""
    haloed(
        axes.annotate(
            text,
            (place, float(pnl)),
            xytext=(0, 3 if pnl > 0 else -3),
            textcoords="offset points",
            ha="left" if along < 0.06 else "right" if along > 0.94 else "center",
            va="bottom" if pnl > 0 else "top",
            size=SMALL_SIZE,
            color=INK,
        )
    )


def pnl_per_day(view: View) -> Chart:
    """Net P&L of every trading day of the window, up to the day of the newest line."""
    empty = nothing_to_draw(view, "pnl_per_day", PER_DAY)
    if empty is not None:
        return empty
    by_day = view.by_day
    first = view.window.first_day
    days = [first + timedelta(days=n) for n in range((view.last_day - first).days + 1)]
    pnl = {day: tally.net_pnl for day, tally in by_day.items()}
    bars = [_day_bar(by_day.get(day)) for day in days]
    words = heading(view, PER_DAY, _days_finding(view, pnl))
    chart = Chart("pnl_per_day", words, 3.1)
    axes = chart.subplots()
    _draw(axes, bars)
    labelled = days if len(days) <= MOST_AMOUNTS else dict.fromkeys(_extremes(pnl))
    for day in labelled:
        if pnl.get(day):
            along = (days.index(day) + 0.7) / (max(len(days), 5) + 0.4)
            _label(axes, days.index(day), pnl[day], gain(pnl[day]), along=along)
    _say_missing(axes, days, view.summary.data.missing_days)
    ticks = thinned(len(days), MOST_DAY_LABELS if len(days) <= MOST_DAY_LABELS else 8)
    text = two_lines if len(days) <= MOST_DAY_LABELS else short_day
    axes.set_xticks(ticks, [text(days[place]) for place in ticks])
    axes.set_ylabel(f"net P&L, {view.currency}")
    return chart


def _day_bar(tally: Tally | None) -> Bar:
    """A day as a bar; a day without trades is neither a win, a loss nor a breakeven."""
    if tally is None:
        return Bar(ZERO, NO_TRADES)
    net = tally.net_pnl
    outcome = WIN if net > 0 else LOSS if net < 0 else BREAKEVEN
    return Bar(net if tally.counts.known else None, outcome)


def _days_finding(view: View, pnl: dict[date, Decimal]) -> str:
    """How many days made money, and the best and worst of them."""
    best, worst = _extremes(pnl)
    if len(pnl) == 1:
        return f"{gain(pnl[best])} {view.currency} on {day_text(best)}, the only day with trades"
    days = f"{view.count('profitable_days')} of {len(pnl)} days made money"
    if pnl[best] == pnl[worst]:
        return f"{days}; each {gain(pnl[best])} {view.currency}"
    return (
        f"{days}; best {day_text(best)} {gain(pnl[best])}, "
        f"worst {day_text(worst)} {gain(pnl[worst])} {view.currency}"
    )


def _extremes(pnl: dict[date, Decimal]) -> tuple[date, date]:
    """The best and the worst day; the earliest one of equals."""
    return max(pnl, key=pnl.__getitem__), min(pnl, key=pnl.__getitem__)


def _say_missing(axes: Axes, days: Sequence[date], missing: Iterable[date]) -> None:
    """Writes `no log` where an expected day has no log file, because that is not a day of 0."""
    for day in missing:
        if day in days:
            label = axes.annotate(
                "no log",
                (days.index(day), 0),
                xytext=(0, 3),
                textcoords="offset points",
                rotation=90,
                ha="center",
                size=SMALL_SIZE,
                color=MUTED,
            )
            haloed(label)
