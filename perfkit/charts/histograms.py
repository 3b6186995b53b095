"""Histograms of net P&L and of realised R.

A bin starts at a whole multiple of a round width, so 0 is always an edge. Trades are put into bins
by integer division, so rounding never moves a trade across the zero line. Example: with a width of
50 cents, -1 cent is in bin -1 (from -50 to 0) and 0 is in bin 0 (from 0 to 50).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from perfkit.charts.axes import money_ticks_below
from perfkit.charts.labels import brief, count_of, gain, made
from perfkit.charts.style import INK, MUTED, SMALL_SIZE, THEMES, Chart, count_ticks, swatch
from perfkit.charts.view import View, coordinate, decimal, heading, note, nothing_to_draw
from perfkit.core.exact import scaled
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers
from perfkit.core.trade import BREAKEVEN, LOSS, WIN

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

SPREAD = "Distribution of net P&L per trade"
R_SPREAD = "Distribution of realised R, net P&L over initial risk"
MOST_BINS = 24


class Mark(NamedTuple):
    """A vertical line at a value, with the words for it."""

    value: Decimal
    text: str
    dashes: tuple[int, ...]


def distribution(view: View) -> Chart:
    """Histogram of net P&L per trade, with mean and median."""
    empty = nothing_to_draw(view, "distribution", SPREAD)
    if empty is not None:
        return empty
    column = view.closed.net_pnl
    known = [units for units in column.units if units is not None]
    average, middle = view.money("expectancy"), median(known, column.places)
    finding = (
        f"A trade {made(average)} {view.currency} on average; "
        f"the median trade {made(middle)} {view.currency}"
    )
    words = heading(view, SPREAD, finding)
    chart = Chart("distribution", words, 3.2, _keys(view, column.units))
    axes = chart.subplots()
    _histogram(axes, view, column)
    _draw_marks(
        axes,
        Mark(average, f"mean {brief(average)}", (5, 2)),
        Mark(middle, f"median {brief(middle)}", (1, 2)),
    )
    axes.set_xlabel(f"net P&L of a trade, {view.currency}")
    return chart


def r_histogram(view: View) -> Chart:
    """Histogram of realised R: net P&L as a multiple of the risk, with planned loss and mean."""
    empty = nothing_to_draw(view, "r_histogram", R_SPREAD)
    if empty is not None:
        return empty
    number = view.count("r_trades")
    if not number:
        return note(view, "r_histogram", R_SPREAD, "No closed trade has a known risk")
    average = decimal(view.summary.metrics["avg_r"])
    beyond = view.count("losses_beyond_1r")
    lost = f"{count_of(beyond, 'trade') if beyond else 'none'} lost more than planned"
    finding = f"{gain(average)} R per trade on average; {lost}"
    coverage = [f"R known for {number:,}"] if number < len(view.closed) else []
    words = heading(view, R_SPREAD, finding, *coverage)
    chart = Chart("r_histogram", words, 3.2, _keys(view, view.closed.r.units))
    axes = chart.subplots()
    _histogram(axes, view, view.closed.r)
    _draw_marks(
        axes,
        Mark(Decimal(-1), "planned loss, −1 R", (1, 2)),
        Mark(average, f"mean {brief(average)} R", (5, 2)),
    )
    axes.set_xlabel("realised R of a trade")
    return chart


def bin_width(low: int, high: int) -> int:
    """The smallest 1, 2 or 5 times a power of ten that needs at most 24 bins from low to high."""
    power = 1
    while True:
        for width in (power, 2 * power, 5 * power):
            if (high - low) // width < MOST_BINS:
                return width
        power *= 10


def _keys(view: View, column: Sequence[int | None]) -> list[Artist]:
    """Legend entries for the outcomes of the trades that have a value."""
    present = {view.closed.outcome(row) for row, units in enumerate(column) if units is not None}
    return [swatch(outcome) for outcome in (WIN, LOSS, BREAKEVEN) if outcome in present]


def _histogram(axes: Axes, view: View, column: Numbers) -> None:
    """Stacked counts by outcome; breakevens count as neither wins nor losses."""
    places = column.places
    values = [(row, units) for row, units in enumerate(column.units) if units is not None]
    extent = [0, *(units for _, units in values)]
    width = bin_width(min(extent), max(extent)) if any(extent) else 10**places
    stacked: Counter[int] = Counter()
    for outcome, theme in THEMES.items():
        own = Counter(
            units // width for row, units in values if view.closed.outcome(row) == outcome
        )
        bins = sorted(own)
        axes.bar(
            [coordinate(number * width, places) for number in bins],
            [own[number] for number in bins],
            bottom=[stacked[number] for number in bins],
            width=coordinate(width, places),
            align="edge",
            facecolor=theme.face,
            edgecolor="white" if outcome == WIN else theme.edge,
            hatch=theme.hatch,
            linewidth=0.8,
        )
        stacked += own
    lowest, highest = min(0, *stacked) - 1, max(0, *stacked) + 2
    axes.set_xlim(coordinate(lowest * width, places), coordinate(highest * width, places))
    axes.axvline(0, color=INK, linewidth=1.0)
    axes.set_ylabel("trades")
    money_ticks_below(axes.xaxis, 7, 60)
    count_ticks(axes.yaxis)


def _draw_marks(axes: Axes, *marks: Mark) -> None:
    """Draws two marks: the lower one has its text on the left, the higher one on the right.

    A mark outside the panel is not drawn.
    """
    low, high = axes.get_xlim()
    for mark, side in zip(sorted(marks), ("right", "left"), strict=True):
        if not low <= mark.value <= high:
            continue
        axes.axvline(float(mark.value), color=INK, linewidth=1.3, linestyle=(0, mark.dashes))
        axes.annotate(
            mark.text,
            (float(mark.value), 1),
            xycoords=("data", "axes fraction"),
            xytext=(-4 if side == "right" else 4, 3),
            textcoords="offset points",
            ha=side,
            size=SMALL_SIZE,
            color=MUTED,
        )


def median(units: list[int], places: int) -> Decimal:
    """The middle value, or exactly half way between the two middle ones."""
    ordered = sorted(units)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return scaled(ordered[middle], places)
    return scaled(5 * (ordered[middle - 1] + ordered[middle]), places + 1)
