"""How far trades went against and for the position while they were open: MAE against MFE.

Each trade is a mark, its worst P&L to the left and its best P&L upwards. A loss high up was in
profit first; a win far to the left was nearly a loss.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from perfkit.charts.axes import money_ticks
from perfkit.charts.labels import gain, money
from perfkit.charts.style import INK, THEMES, Chart
from perfkit.charts.view import View, coordinate, decimal, heading, note, nothing_to_draw
from perfkit.core.formatting import percent
from perfkit.core.trade import LOSS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME = "excursions"
WHAT = "Adverse against favourable excursion of each trade (MAE against MFE)"
MOST_SOLID = 500
"""More marks than these are drawn smaller and thinner."""


def excursions(view: View) -> Chart:
    """The worst P&L of each trade while it was open (MAE) against the best (MFE)."""
    empty = nothing_to_draw(view, NAME, WHAT)
    if empty is not None:
        return empty
    rows = _rows_with_both(view)
    if not rows:
        return note(view, NAME, WHAT, "No closed trade logs both excursions (mae and mfe)")
    coverage = [f"both known for {len(rows):,}"] if len(rows) < len(view.closed) else []
    words = heading(view, WHAT, _finding(view, rows), *coverage)
    present = {view.closed.outcome(row) for row in rows}
    keys = [_key(outcome) for outcome in THEMES if outcome in present]
    chart = Chart(NAME, words, 4.2, keys)
    axes = chart.subplots()
    _draw(axes, view, rows)
    axes.set_xlabel(f"worst P&L while open (MAE), {view.currency}")
    axes.set_ylabel(f"best P&L while open (MFE), {view.currency}")
    return chart


def _rows_with_both(view: View) -> list[int]:
    both = zip(view.closed.mae.units, view.closed.mfe.units, strict=True)
    return [row for row, (worst, best) in enumerate(both) if None not in (worst, best)]


def _finding(view: View, rows: list[int]) -> str:
    """What of the best P&L was kept, and how many losses were in profit by more than they lost."""
    closed = view.closed
    lost = [row for row in rows if closed.outcome(row) == LOSS]
    turned = sum(
        decimal(closed.mfe.decimal(row)) > -decimal(net)
        for row in lost
        if (net := closed.net_pnl.decimal(row)) is not None
    )
    kept = view.summary.metrics["mfe_captured"]
    if isinstance(kept, Decimal) and kept > 0:
        first = f"{percent(kept)} of the best P&L was kept"
    else:
        worst, best = view.summary.metrics["mae"], view.summary.metrics["mfe"]
        first = f"On average {gain(decimal(worst))} at worst, {money(decimal(best))} at best"
    if not lost:
        return f"{first}; no trade lost"
    of_losses = "no loss"
    if turned:
        of_losses = f"{turned:,} of {len(lost):,} losses" if len(lost) > 1 else "the one loss"
    return f"{first}; {of_losses} had been in profit by more than was lost"


def _draw(axes: Axes, view: View, rows: list[int]) -> None:
    closed = view.closed
    size = 6 if len(rows) <= MOST_SOLID else 3
    for outcome, theme in THEMES.items():
        own = [row for row in rows if closed.outcome(row) == outcome]
        axes.plot(
            [coordinate(closed.mae.units[row] or 0, closed.mae.places) for row in own],
            [coordinate(closed.mfe.units[row] or 0, closed.mfe.places) for row in own],
            linestyle="",
            marker=theme.marker,
            markersize=size,
            markerfacecolor=theme.face,
            markeredgecolor=theme.edge,
            markeredgewidth=0.8,
        )
    axes.axhline(0, color=INK, linewidth=0.9)
    axes.axvline(0, color=INK, linewidth=0.9)
    axes.grid(visible=True, axis="x")
    axes.margins(0.06)
    money_ticks(axes.xaxis)
    money_ticks(axes.yaxis)


def _key(outcome: str) -> Line2D:
    theme = THEMES[outcome]
    return Line2D(
        [],
        [],
        linestyle="",
        marker=theme.marker,
        markerfacecolor=theme.face,
        markeredgecolor=theme.edge,
        label=theme.label,
    )
