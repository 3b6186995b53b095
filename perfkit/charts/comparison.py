"""Two selections compared: both equity curves by trade, and what the differences are worth."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from perfkit.charts.axes import money_ticks, money_ticks_below, room_for_labels, visible
from perfkit.charts.labels import MINUS, count_of, gain, safe
from perfkit.charts.style import BLUE, INK, MUTED, SMALL_SIZE, VERMILLION, Chart, Heading, style
from perfkit.charts.view import coordinate
from perfkit.summary.comparison.shape import (
    BETTER,
    TOO_FEW,
    WORSE,
    ComparedFigure,
    ComparisonShape,
    SideShape,
)
from perfkit.summary.comparison.shown import cash_of_both, interval_text, side_text
from perfkit.summary.labels import in_sentence, label_of, shown_difference

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from perfkit.core.trades import Trades
    from perfkit.summary.selection import Selection

NAME = "comparison"
TESTED = ("win_rate", "expectancy", "avg_r")
COLOURS = {BETTER: BLUE, WORSE: VERMILLION, TOO_FEW: MUTED}
DASHES = (0, (4, 2))
LONGEST_NAME = 60


def comparison_chart(found: ComparisonShape, base: Selection, other: Selection) -> Chart:
    """Cumulative net P&L of both sides, trade by trade, and the differences with their intervals.

    A curve has the trades with a P&L, in trade order. A difference whose interval is to one side of
    0 is better or worse; the others are grey.
    """
    with style():
        return _drawn(found, base.inside, other.inside).settle()


def _drawn(found: ComparisonShape, base: Trades, other: Trades) -> Chart:
    sides = [_known_units(base), _known_units(other)]
    words = _heading(found, [len(base) - len(sides[0]), len(other) - len(sides[1])])
    tested = [one for one in map(found.figure, TESTED) if one.verdict is not None]
    if not all(sides) or not tested:
        return Chart(NAME, words, 0.12)
    chart = Chart(NAME, words, 4.6, _keys(found))
    grid = chart.add_gridspec(2, len(tested), height_ratios=(2.6, 1))
    upper = chart.add_subplot(grid[0, :])
    for units, trades, color, dashes in (
        (sides[0], base, INK, DASHES),
        (sides[1], other, BLUE, "solid"),
    ):
        places = trades.net_pnl.places
        curve = [coordinate(height, places) for height in accumulate(units, initial=0)]
        x, curve = visible(range(len(curve)), curve)
        upper.step(x, curve, where="post", color=color, linestyle=dashes)
    upper.axhline(0, color=MUTED, linewidth=0.9)
    upper.set_xlim(0, max(map(len, sides)) * 1.02)
    upper.set_xlabel("trades closed, with a P&L")
    upper.set_ylabel(f"net P&L, {safe(found.currency, 12)}")
    upper.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    upper.locator_params(axis="x", integer=True, nbins=7)
    money_ticks(upper.yaxis)
    room_for_labels(upper, 0.1)
    for place, one in enumerate(tested):
        _draw_difference(chart.add_subplot(grid[1, place]), found, one)
    return chart


def _known_units(trades: Trades) -> list[int]:
    return [units for units in trades.net_pnl.units if units is not None]


def _name(side: SideShape) -> str:
    return safe(side_text(side, safe), LONGEST_NAME)


def _keys(found: ComparisonShape) -> list[Artist]:
    return [
        Line2D([], [], color=INK, linestyle=DASHES, label=f"base: {_total(found, 'base')}"),
        Line2D([], [], color=BLUE, label=f"other: {_total(found, 'other')}"),
    ]


def _total(found: ComparisonShape, side: str) -> str:
    """`81 trades, +1,083.53 USD`."""
    trades = count_of(int(getattr(found.figure("closed_trades"), side)), "trade")
    net = getattr(found.figure("net_pnl"), side)
    return f"{trades}, {gain(net)} {safe(found.currency, 12)}"


def _heading(found: ComparisonShape, unknown: Sequence[int]) -> Heading:
    finding = _finding(found)
    sides = f"base: {_name(found.base)} · other: {_name(found.other)}"
    notes = [
        f"P&L not logged for {count} of {side}"
        for count, side in zip(unknown, ("base", "other"), strict=True)
        if count
    ]
    subtitle = " · ".join(["Two selections compared", sides, *notes])
    alt = f"Two selections compared, base {_name(found.base)}, other {_name(found.other)}"
    bars = "bars: 95 % interval of the difference, other less base"
    return Heading(finding, f"{subtitle} · {bars}", f"{alt}: {finding}.")


def _finding(found: ComparisonShape) -> str:
    """What is said of expectancy, else of the win rate."""
    for metric in ("expectancy", "win_rate"):
        one = found.figure(metric)
        if one.verdict is None:
            continue
        name = label_of(metric)
        said = _difference(found, one)
        if one.verdict == TOO_FEW:
            return f"Too few trades to say: {in_sentence(metric)} differs by {said}"
        return f"{name} of the other side is {one.verdict}: {said}"
    return "Nothing to compare: a side has no closed trade with a P&L"


def _difference(found: ComparisonShape, one: ComparedFigure) -> str:
    assert one.difference is not None
    return _true_minus(shown_difference(one.metric, one.difference, cash_of_both(found)))


def _interval(found: ComparisonShape, one: ComparedFigure) -> str:
    return _true_minus(interval_text(one, cash_of_both(found)))


def _true_minus(text: str) -> str:
    return text.replace("-", MINUS)


def _draw_difference(axes: Axes, found: ComparisonShape, one: ComparedFigure) -> None:
    """The difference as a dot on its interval, with a line at 0."""
    assert one.low is not None
    assert one.high is not None
    assert one.difference is not None
    assert one.verdict is not None
    scale = 100 if one.metric == "win_rate" else 1
    low, middle, high = (float(end) * scale for end in (one.low, one.difference, one.high))
    color = COLOURS[one.verdict]
    axes.axvline(0, color=INK, linewidth=0.9)
    axes.plot([low, high], [0, 0], color=color, linewidth=3, solid_capstyle="butt")
    axes.plot([low, high], [0, 0], color=color, linestyle="", marker="|", markersize=11)
    axes.plot([middle], [0], color=color, marker="o", markersize=7)
    axes.set_ylim(-1, 1)
    axes.set_yticks([])
    left, right = min(low, 0.0), max(high, 0.0)
    room = (right - left) * 0.08 or 1.0
    axes.set_xlim(left - room, right + room)
    money_ticks_below(axes.xaxis, 4, 22)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_title(f"{label_of(one.metric)}: {one.verdict}", size=9.5, weight="bold", loc="left")
    interval = _interval(found, one).replace(" to ", "\nto ")
    axes.set_xlabel(f"{_difference(found, one)}\n{interval}", size=SMALL_SIZE)
