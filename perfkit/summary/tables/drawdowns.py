"""The deepest drawdowns of a window, one by one: when each began, how deep it went, how it ended.

A drawdown goes from a peak of cumulative net P&L to the first trade that is at that level again, or
to the newest if none is. The peak starts at 0. Of 0, 5, 3, 5, 1 (cumulative) they are 5 to 3, which
the third trade ends, and 5 to 1, which has not ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from perfkit.core.calendar import moment_of
from perfkit.core.exact import scaled
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import NOTHING, duration, table
from perfkit.core.trades import Trades
from perfkit.summary.labels import Cash, moment, shown
from perfkit.summary.selection import Selection
from perfkit.summary.summary import pnl_curve

MOST = 5
"""How many drawdowns a table has."""

HEADER = ("Drawdown", "From", "Lowest", "Recovered", "Lasted", "Trades")


class DrawdownRow(NamedTuple):
    """One drawdown: its depth (below 0), and the closing times of its peak, trough and recovery.

    `peak_at` is None where it began at the window's start, `recovered_at` where it has not ended;
    `lasted_until` is the recovery, else the newest trade. `trades` counts those after the peak.
    """

    depth: Decimal
    peak_at: datetime | None
    trough_at: datetime
    recovered_at: datetime | None
    lasted_until: datetime
    trades: int


class _Span(NamedTuple):
    """A drawdown by the points of the curve, its depth in units."""

    depth: int
    peak: int
    trough: int
    end: int
    is_over: bool


def deepest_drawdowns(selection: Selection) -> list[DrawdownRow]:
    """The deepest drawdowns by money, the deepest first; of equal ones the earlier."""
    return drawdowns_of(selection.inside)


def drawdowns_of(closed: Trades) -> list[DrawdownRow]:
    """The same of trades in the order they closed."""
    closed_at, places = closed.closed_at, closed.net_pnl.places
    spans = sorted(_spans(pnl_curve(closed)), key=lambda span: (-span.depth, span.peak))
    return [
        DrawdownRow(
            depth=scaled(-span.depth, places),
            peak_at=moment_of(closed_at[span.peak - 1]) if span.peak else None,
            trough_at=moment_of(closed_at[span.trough - 1]),
            recovered_at=moment_of(closed_at[span.end - 1]) if span.is_over else None,
            lasted_until=moment_of(closed_at[span.end - 1]),
            trades=span.end - span.peak,
        )
        for span in spans[:MOST]
    ]


def drawdown_table(rows: Sequence[DrawdownRow], start: datetime, cash: Cash, timezone: str) -> str:
    """The drawdowns as Markdown; `start` is that of the window."""
    if not rows:
        return "No drawdown in the window.\n"
    return table(list(HEADER), drawdown_cells(rows, start, cash, timezone), left=len(HEADER) - 2)


def drawdown_cells(
    rows: Sequence[DrawdownRow], start: datetime, cash: Cash, timezone: str
) -> list[list[str]]:
    """A line of texts for each drawdown, below `HEADER`."""
    return [
        [
            shown("max_drawdown", row.depth, cash),
            "the start" if row.peak_at is None else moment(row.peak_at, timezone),
            moment(row.trough_at, timezone),
            NOTHING if row.recovered_at is None else moment(row.recovered_at, timezone),
            duration(Decimal(int((row.lasted_until - (row.peak_at or start)).total_seconds())))
            + ("" if row.recovered_at else " so far"),
            f"{row.trades:,}",
        ]
        for row in rows
    ]


def _spans(curve: Sequence[int]) -> Iterator[_Span]:
    """The drawdowns of a curve in order; a new one begins where the one before has ended."""
    peak = trough = 0
    for point, height in enumerate(curve):
        if height >= curve[peak]:
            if trough > peak:
                yield _Span(curve[peak] - curve[trough], peak, trough, point, is_over=True)
                peak = point
            elif height > curve[peak]:
                peak = point
            trough = peak
        elif trough == peak or height < curve[trough]:
            trough = point
    if trough > peak:
        end = len(curve) - 1
        yield _Span(curve[peak] - curve[trough], peak, trough, end, is_over=False)
