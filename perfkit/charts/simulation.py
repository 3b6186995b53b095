"""Simulated drawdowns: the share of runs whose drawdown does not exceed a depth."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from perfkit.charts.axes import money_ticks_below
from perfkit.charts.labels import MINUS, brief
from perfkit.charts.style import BLUE, FAINT, INK, MUTED, SMALL_SIZE, VERMILLION, Chart, haloed
from perfkit.charts.view import View, coordinate, heading, nothing_to_draw
from perfkit.core.exact import scaled
from perfkit.summary.simulation.shown import finding_of
from perfkit.summary.simulation.simulate import depths_of, simulation_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.summary.simulation.simulate import Depths

NAME = "monte_carlo"
WHAT = "Drawdowns by chance, 10,000 runs each"
SHARES = (50, 95, 99)
DASHES = (0, (4, 2))


def monte_carlo(view: View) -> Chart:
    """How deep drawdowns get by chance: the trades in random order, and drawn at random."""
    empty = nothing_to_draw(view, NAME, WHAT)
    if empty is not None:
        return empty
    depths = depths_of(view.closed)
    found = simulation_of(view.summary, view.closed)
    words = heading(view, WHAT, finding_of(found).replace("-", MINUS))
    assert depths is not None
    assert found.shuffled is not None
    assert found.resampled is not None
    order, draws = brief(found.shuffled.in_95_pct), brief(found.resampled.in_95_pct)
    keys = [
        Line2D([], [], color=INK, linestyle=DASHES, label=f"random order: {order} in 95 %"),
        Line2D([], [], color=BLUE, label=f"random draws: {draws} in 95 %"),
    ]
    chart = Chart(NAME, words, 3.6, keys)
    axes = chart.subplots()
    _draw(axes, depths)
    axes.set_xlabel(f"drawdown, {view.currency}")
    return chart


def _draw(axes: Axes, depths: Depths) -> None:
    """Both curves with dots at 50, 95 and 99 %, and a line at the drawdown as traded."""
    for some, color, line in (
        (depths.shuffled, INK, DASHES),
        (depths.resampled, BLUE, "solid"),
    ):
        steps = list(_steps(some))
        across = [-coordinate(depth, depths.places) for depth, _ in steps]
        shares = [100 * passed / len(some) for _, passed in steps]
        axes.step(across, shares, where="post", color=color, linestyle=line)
        for share in SHARES:
            at = -coordinate(some[-(-len(some) * share // 100) - 1], depths.places)
            axes.plot([at], [share], color=color, marker="o", markersize=5)
    deepest = max(depths.as_traded, depths.shuffled[-1], depths.resampled[-1])
    axes.set_xlim(0, -coordinate(deepest, depths.places) * 1.02 or -1)
    _mark_as_traded(axes, depths, is_left=2 * depths.as_traded > deepest)
    axes.set_ylim(0, 105)
    axes.set_yticks([0, 25, 50, 75, 95])
    axes.axhline(99, color=FAINT, linewidth=0.6)
    place = axes.get_yaxis_transform()
    axes.text(0.01, 99.5, "99 %", transform=place, va="bottom", size=SMALL_SIZE, color=MUTED)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")
    axes.set_ylabel("runs that fall no deeper")
    money_ticks_below(axes.xaxis, 7, 60)


def _mark_as_traded(axes: Axes, depths: Depths, *, is_left: bool) -> None:
    """A line at the drawdown as traded, with its text on the side where there is room."""
    at = -coordinate(depths.as_traded, depths.places)
    axes.axvline(at, color=VERMILLION, linewidth=1.3)
    text = axes.annotate(
        f"as traded {brief(scaled(-depths.as_traded, depths.places))}",
        (at, 0),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if is_left else 5, 7),
        textcoords="offset points",
        ha="right" if is_left else "left",
        size=SMALL_SIZE,
        color=MUTED,
    )
    haloed(text)


def _steps(depths: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Each depth once, with how many runs do not exceed it, from the point (0, 0)."""
    passed = 0
    yield 0, 0
    for depth, same in groupby(depths):
        passed += sum(1 for _ in same)
        yield depth, passed
