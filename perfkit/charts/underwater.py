"""How far cumulative net P&L is below its peak, with the deepest drawdowns marked and listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from operator import sub
from typing import TYPE_CHECKING

from perfkit.charts.axes import (
    missing_days,
    money_ticks,
    room_for_labels,
    time_axis,
    time_x,
    visible,
)
from perfkit.charts.labels import brief, money, short_day
from perfkit.charts.style import INK, MUTED, SMALL_SIZE, THEMES, VERMILLION, Chart, haloed
from perfkit.charts.view import View, clock, coordinate, heading, nothing_to_draw
from perfkit.core.calendar import instant_of
from perfkit.core.formatting import NOTHING, duration
from perfkit.core.trade import LOSS
from perfkit.summary.tables.drawdowns import DrawdownRow, drawdowns_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNDERWATER = "Distance of cumulative net P&L from its peak"
HEADER = ("", "depth", "from", "lowest", "recovered", "lasted", "trades")
_COLUMNS = (0.0, 0.145, 0.165, 0.355, 0.545, 0.9, 1.0)
"""Where each column of the list stands; numbers end there, texts begin there."""

_TO_THE_RIGHT = {1, 5, 6}
_LINE_INCHES = 0.2
_CLOSE = 0.025
"""Marks nearer to each other than this share of the axis would overlap."""


def underwater(view: View) -> Chart:
    """How far cumulative net P&L is below its peak; the five deepest drawdowns are marked."""
    empty = nothing_to_draw(view, "underwater", UNDERWATER)
    if empty is not None:
        return empty
    rows = drawdowns_of(view.closed)
    lines = _LINE_INCHES * (len(rows) + 1) if rows else 0.0
    chart = Chart("underwater", heading(view, UNDERWATER, _finding(view, rows)), 2.7 + lines)
    if rows:
        panel, under = chart.subplots(2, 1, height_ratios=(2.7, lines))
        _list(under, view, rows)
    else:
        panel = chart.subplots()
    _draw_curve(panel, view)
    _mark(panel, view, rows)
    room_for_labels(panel, 0.16)
    panel.set_ylabel(f"drawdown, {view.currency}")
    money_ticks(panel.yaxis, 5)
    time_axis(panel, view)
    missing_days(panel, view, labelled=True)
    return chart


def _draw_curve(axes: Axes, view: View) -> None:
    curve = list(accumulate(view.net_units, initial=0))
    falls = list(map(sub, curve, accumulate(curve, max)))
    x = [0.0, *(time_x(view, at) for at in view.closed.closed_at), time_x(view, view.until)]
    depths = [coordinate(units, view.closed.net_pnl.places) for units in (*falls, falls[-1])]
    axes.axhline(0, color=MUTED, linewidth=0.9)
    x, depths = visible(x, depths)
    axes.step(x, depths, where="post", color=VERMILLION, linewidth=1.2)


def _mark(axes: Axes, view: View, rows: Sequence[DrawdownRow]) -> None:
    """A shade over each drawdown, and its number at its lowest point."""
    end, before, level = time_x(view, view.until), -1.0, 0
    places = {number: _x(view, row.trough_at) for number, row in enumerate(rows, 1)}
    for number, row in enumerate(rows, 1):
        since = 0.0 if row.peak_at is None else _x(view, row.peak_at)
        until = end if row.recovered_at is None else _x(view, row.recovered_at)
        axes.axvspan(since, until, facecolor=THEMES[LOSS].face, edgecolor="white", zorder=0.5)
        axes.plot(places[number], float(row.depth), marker="v", color=VERMILLION, markersize=6)
    for number in sorted(places, key=places.__getitem__):
        level = level + 1 if places[number] - before < _CLOSE * end else 0
        before = places[number]
        label = axes.annotate(
            str(number),
            (places[number], float(rows[number - 1].depth)),
            xytext=(0, -5 - 10 * (level % 3)),
            textcoords="offset points",
            ha="center",
            va="top",
            size=9.5,
            weight="bold",
            color=INK,
        )
        haloed(label)


def _x(view: View, at: datetime) -> float:
    return time_x(view, instant_of(at))


def _list(axes: Axes, view: View, rows: Sequence[DrawdownRow]) -> None:
    """The drawdowns under the curve, one a line, by their numbers."""
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(rows) + 0.5, -0.5)
    cells = [_cells(view, number, row) for number, row in enumerate(rows, 1)]
    for line, texts in enumerate([HEADER, *cells]):
        for column, text in enumerate(texts):
            side = "right" if column in _TO_THE_RIGHT else "left"
            written = axes.text(_COLUMNS[column], line, text, ha=side, va="center", size=SMALL_SIZE)
            written.set_color(MUTED if not line else INK)
            if column == 0:
                written.set_fontweight("bold")


def _cells(view: View, number: int, row: DrawdownRow) -> tuple[str, ...]:
    lasted = row.lasted_until - (row.peak_at or view.summary.window.start)
    return (
        str(number),
        brief(row.depth),
        "the start" if row.peak_at is None else _moment(view, row.peak_at),
        _moment(view, row.trough_at),
        NOTHING if row.recovered_at is None else _moment(view, row.recovered_at),
        duration(Decimal(int(lasted.total_seconds()))) + ("" if row.recovered_at else " so far"),
        f"{row.trades:,}",
    )


def _moment(view: View, at: datetime) -> str:
    """A moment as `clock` writes it, without the weekday."""
    local = at.astimezone(view.calendar.zone)
    day = "" if view.is_one_day else f"{short_day(local.date())}, "
    return f"{day}{local:%H:%M}"


def _finding(view: View, rows: Sequence[DrawdownRow]) -> str:
    if not rows:
        return "Never below its peak"
    deepest = rows[0]
    when = f"{'at' if view.is_one_day else 'on'} {clock(view, deepest.trough_at)}"
    ended = "not recovered" if deepest.recovered_at is None else "recovered"
    text = f"Deepest drawdown {money(-deepest.depth)} {view.currency}, lowest {when}, {ended}"
    if len(rows) == 1:
        return f"{text}; the only one"
    return f"{text}; the next {money(-rows[1].depth)}"
