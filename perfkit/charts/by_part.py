"""Net P&L by strategy or symbol: horizontal bars, with the figures beside them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from textwrap import wrap
from typing import TYPE_CHECKING

from perfkit.charts.axes import money_ticks_below
from perfkit.charts.labels import NAME_IN_TITLE, gain, safe
from perfkit.charts.style import INK, MUTED, THEMES, Chart
from perfkit.charts.view import NO_TRADES, View, decimal, heading, note
from perfkit.core.formatting import NOTHING, percent
from perfkit.core.trade import LOSS, WIN
from perfkit.summary.shape import Part

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PARTS = 24
"""Where there are more parts, only the best 12 and the worst 12 are drawn."""

NAME_LINE, MOST_LINES = 20, 4
"""Characters of a name on one line; longer ones take several."""

PLURALS = {"strategy": "strategies", "symbol": "symbols"}

COLUMNS = ("net P&L", "trades", "won")
"""Figures written beside the bars."""

CHARACTER_POINTS, GAP_POINTS = 6.3, 16
"""Width of a digit in the columns, and the space between them."""


def by_strategy(view: View) -> Chart:
    """Net P&L, trades and win rate of every strategy, the best first."""
    return by_part(view, "strategy")


def by_symbol(view: View) -> Chart:
    """Net P&L, trades and win rate of every symbol, the best first."""
    return by_part(view, "symbol")


def by_part(view: View, dimension: str) -> Chart:
    """A bar per part that has a closed trade, the best first."""
    name, what = f"by_{dimension}", f"Net P&L by {dimension}"
    parts = [part for part in view.parts(dimension) if part.metrics["closed_trades"]]
    if not parts:
        return note(view, name, what, NO_TRADES)
    ranked = sorted(parts, key=lambda part: (-_net(part), part.name))
    drawn = _both_ends(ranked)
    left_out = len(ranked) - len(drawn)
    notes = [f"the {left_out} in between are not shown"] if left_out else []
    names = [_in_lines(safe(part.name)) for part in drawn]
    row_inches = 0.16 + 0.14 * max(name.count("\n") + 1 for name in names)
    words = heading(view, what, _finding(view, ranked, dimension), *notes)
    chart = Chart(name, words, 0.75 + row_inches * max(len(drawn), 2))
    axes = chart.subplots()
    _draw(axes, drawn, names)
    _write_columns(axes, drawn)
    axes.set_xlabel(f"net P&L, {view.currency}")
    return chart


def _net(part: Part) -> Decimal:
    """Its net P&L; 0 where it is unknown."""
    return decimal(part.metrics["net_pnl"]) if _known(part) else Decimal(0)


def _known(part: Part) -> bool:
    """Whether any trade of the part has a P&L."""
    return part.metrics["expectancy"] is not None


def _both_ends(ranked: Sequence[Part]) -> Sequence[Part]:
    if len(ranked) <= MOST_PARTS:
        return ranked
    half = MOST_PARTS // 2
    return [*ranked[:half], *ranked[-half:]]


def _in_lines(name: str) -> str:
    if len(name) <= NAME_LINE:
        return name
    lines = wrap(name, NAME_LINE, break_on_hyphens=False)
    return "\n".join(lines[:MOST_LINES]) + ("…" if len(lines) > MOST_LINES else "")


def _finding(view: View, ranked: Sequence[Part], dimension: str) -> str:
    if not view.pnl_known:
        return "No closed trade has a P&L"
    best, worst = ranked[0], ranked[-1]
    if best is worst:
        return f"All from one {dimension}: {_said(best)} {view.currency}"
    number = f"{len(ranked)} {PLURALS[dimension]}"
    if _net(best) == _net(worst):
        return f"{number} with the same net P&L: {gain(_net(best))} {view.currency} each"
    more = f" of {number}" if len(ranked) > 2 else ""
    return f"Best{more}: {_said(best)}; worst: {_said(worst)} {view.currency}"


def _said(part: Part) -> str:
    return f"{safe(part.name, NAME_IN_TITLE)} {gain(_net(part))}"


def _draw(axes: Axes, parts: Sequence[Part], names: Sequence[str]) -> None:
    """The first part on top."""
    for row, part in enumerate(parts):
        theme = THEMES[WIN if _net(part) > 0 else LOSS]
        axes.barh(
            row,
            float(_net(part)),
            height=0.62,
            facecolor=theme.face,
            edgecolor=theme.edge,
            hatch=theme.hatch,
            linewidth=0.8,
        )
    axes.axvline(0, color=MUTED, linewidth=0.9)
    axes.set_ylim(max(len(parts), 2) - 0.4, -0.6)
    axes.set_yticks(range(len(parts)), names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    if any(map(_net, parts)):
        axes.margins(x=0.05)
    else:
        axes.set_xlim(-1, 1)
        axes.set_xticks([0])
    money_ticks_below(axes.xaxis, 4, 26)


def _write_columns(axes: Axes, parts: Sequence[Part]) -> None:
    """Net P&L, number of trades and win rate of each part, aligned to the right."""
    rows = [_cells(part) for part in parts]
    right = 0.0
    for column, header in enumerate(COLUMNS):
        texts = [row[column] for row in rows]
        right += GAP_POINTS + CHARACTER_POINTS * max(map(len, (header, *texts)))
        _write(axes, -0.75, right, header, color=MUTED)
        for row, text in enumerate(texts):
            _write(axes, row, right, text, color=INK)


def _cells(part: Part) -> tuple[str, str, str]:
    rate = part.metrics["win_rate"]
    return (
        gain(_net(part)) if _known(part) else NOTHING,
        f"{decimal(part.metrics['closed_trades']):,}",
        NOTHING if rate is None else percent(decimal(rate), 0),
    )


def _write(axes: Axes, row: float, right: float, text: str, color: str) -> None:
    """A text whose right end is `right` points to the right of the panel."""
    axes.annotate(
        text,
        (1, row),
        xycoords=("axes fraction", "data"),
        xytext=(right, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        size=9.5,
        color=color,
        annotation_clip=False,
    )
