"""The chart of a backtest: the figure at every trade, its thresholds and episodes.

Episodes are hatched, so they can be seen without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from perfkit.alerts.rules.rule import BELOW, FIRING, RECOVERING, Rule
from perfkit.alerts.rules.steps import Point
from perfkit.alerts.sentences import describe
from perfkit.charts.axes import thinned
from perfkit.charts.labels import safe
from perfkit.charts.style import (
    BLUE,
    INK,
    MUTED,
    SMALL_SIZE,
    VERMILLION,
    Chart,
    Heading,
    haloed,
    style,
)
from perfkit.core.calendar import moment_of
from perfkit.summary.amounts import limit_text

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

MOST_LABELS = 8


def rule_history(
    rule: Rule, points: Sequence[Point], group: str, episodes: int, currency: str = ""
) -> Chart:
    """The chart of a rule for one group; `episodes` is how many times it fired."""
    with style():
        return _drawn(rule, points, group, episodes, currency).settle()


def _drawn(rule: Rule, points: Sequence[Point], group: str, episodes: int, currency: str) -> Chart:
    times = "never fires" if not episodes else "fires once"
    if episodes > 1:
        times = f"fires {episodes} times"
    label = f" [{safe(group)}]" if group else ""
    words = Heading(
        f"{rule.id}{label} {times} in {len(points):,} trades",
        describe(rule, currency),
        f"Backtest of {rule.id}{label}: {times} in {len(points):,} trades.",
    )
    known = [(n, point.value) for n, point in enumerate(points) if point.value is not None]
    if not known:
        return Chart("rule_history", words, 0.12)
    chart = Chart("rule_history", words, 3.3, _keys())
    axes = chart.subplots()
    _shade(axes, [point.phase for point in points])
    axes.plot(
        [place for place, _ in known],
        [float(value) for _, value in known],
        color=BLUE,
        linewidth=1.2,
        drawstyle="steps-post",
    )
    # Each label on its own side, so that two close ones do not overlap.
    side = -1 if rule.bound == BELOW else 1
    _threshold(axes, rule.threshold, f"threshold {limit_text(rule.metric, rule.threshold)}", side)
    if rule.recover != rule.threshold:
        _threshold(axes, rule.recover, f"recover {limit_text(rule.metric, rule.recover)}", -side)
    axes.set_xlim(-0.5, max(len(points) - 0.5, 0.5))
    axes.margins(y=0.12)
    ticks = thinned(len(points), MOST_LABELS)
    axes.set_xticks(ticks, [f"#{n + 1}\n{_day(points[n].at)}" for n in ticks])
    axes.set_xlabel("trade, and the day it closed (UTC)")
    axes.set_ylabel(rule.metric)
    return chart


def _shade(axes: Axes, phases: list[str]) -> None:
    """A hatched band for each stretch in which an episode was open."""
    first = None
    for place, phase in enumerate([*phases, ""]):
        fires = phase in (FIRING, RECOVERING)
        if fires and first is None:
            first = place
        elif not fires and first is not None:
            axes.axvspan(
                first, place, facecolor="#fbe3d5", edgecolor=VERMILLION, hatch="//", linewidth=0
            )
            axes.axvline(first, color=VERMILLION, linewidth=1.0)
            first = None


def _threshold(axes: Axes, value: Decimal, text: str, side: int) -> None:
    dashes = (5, 3) if text.startswith("threshold") else (1, 2)
    axes.axhline(float(value), color=INK, linewidth=1.1, linestyle=(0, dashes))
    label = axes.annotate(
        text,
        (1, float(value)),
        xycoords=("axes fraction", "data"),
        xytext=(-4, 3 * side),
        textcoords="offset points",
        ha="right",
        va="bottom" if side > 0 else "top",
        size=SMALL_SIZE,
        color=MUTED,
    )
    haloed(label)


def _keys() -> list[Artist]:
    return [
        Line2D([], [], color=BLUE, label="figure at each trade"),
        Patch(facecolor="#fbe3d5", edgecolor=VERMILLION, hatch="//", label="firing"),
    ]


def _day(instant: int) -> str:
    return f"{moment_of(instant):%-d %b}"
