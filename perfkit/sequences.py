"""What depends on the order of trades and still merges: streaks and the largest drawdown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.exact import EXACT, ZERO, scaled
from perfkit.trade import LOSS, WIN
from perfkit.trades import LOST, WON
from perfkit.walk import deepest_fall, equity_curve

NO_STREAK = "none"

LETTERS = {0: "", WON: "W", LOST: "L"}
"""A letter for each outcome, by the marks of a trade."""
_KINDS = {"W": WIN, "L": LOSS}


class Streaks(NamedTuple):
    """Runs of wins and of losses; breakevens neither end nor lengthen one.

    `first` and `last` are the runs the trades start and end with, as `(kind, length)`.
    """

    first: tuple[str, int] = (NO_STREAK, 0)
    last: tuple[str, int] = (NO_STREAK, 0)
    longest_win: int = 0
    longest_loss: int = 0


class Drawdown(NamedTuple):
    """The largest fall of cumulative net P&L from its running peak, the peak starting at 0.

    `total` is the P&L of the run, `peak` and `low` the extremes of its cumulative P&L (0 at the
    start included) with the instants they were first reached (None: at the start), `depth` >= 0
    the earliest largest fall with the instants of its peak and trough.
    """

    total: Decimal = ZERO
    peak: Decimal = ZERO
    peak_at: int | None = None
    low: Decimal = ZERO
    low_at: int | None = None
    depth: Decimal = ZERO
    from_at: int | None = None
    trough_at: int | None = None


def streaks_of(letters: Sequence[str]) -> Streaks:
    """The streaks of trades, a letter each: W, L, or an empty text for a breakeven."""
    decided = "".join(letters)
    if not decided:
        return Streaks()
    first, last = decided[0], decided[-1]
    return Streaks(
        first=(_KINDS[first], len(decided) - len(decided.lstrip(first))),
        last=(_KINDS[last], len(decided) - len(decided.rstrip(last))),
        longest_win=max(map(len, decided.split("L"))),
        longest_loss=max(map(len, decided.split("W"))),
    )


def drawdown_of(
    net: Sequence[int], places: int, closed_at: Sequence[int], rows: Sequence[int] | None
) -> Drawdown:
    """The drawdown of trades with those net P&Ls; `rows` says which of `closed_at` they are."""
    equity = equity_curve(net)
    peak, low = max(equity), min(equity)
    fall = deepest_fall(equity)

    def at(point: int) -> int | None:
        """When a point of the equity curve was reached; None for its start."""
        if point == 0:
            return None
        return closed_at[point - 1 if rows is None else rows[point - 1]]

    return Drawdown(
        total=scaled(equity[-1], places),
        peak=scaled(peak, places),
        peak_at=at(equity.index(peak)),
        low=scaled(low, places),
        low_at=at(equity.index(low)),
        depth=scaled(fall.depth, places),
        from_at=at(fall.peak) if fall.depth else None,
        trough_at=at(fall.trough) if fall.depth else None,
    )


def merged_streaks(a: Streaks, b: Streaks, decided: tuple[int, int]) -> Streaks:
    """Runs that meet at the seam become one; `decided` counts wins and losses of each side."""
    if a.last[0] == NO_STREAK:
        return b
    if b.first[0] == NO_STREAK:
        return a
    longest = {
        WIN: max(a.longest_win, b.longest_win),
        LOSS: max(a.longest_loss, b.longest_loss),
    }
    first, last = a.first, b.last
    if a.last[0] == b.first[0]:
        kind, seam = a.last[0], a.last[1] + b.first[1]
        longest[kind] = max(longest[kind], seam)
        if a.first[1] == decided[0]:
            first = (kind, seam)
        if b.last[1] == decided[1]:
            last = (kind, seam)
    return Streaks(first, last, longest[WIN], longest[LOSS])


def merged_drawdowns(a: Drawdown, b: Drawdown) -> Drawdown:
    """The deepest of the earlier fall, the one across the seam, and the later one.

    Ties go to the earliest: a fall across the seam that is as deep as the later one has its
    trough first, because the later one starts from no higher a peak.
    """
    total = EXACT.add(a.total, b.total)
    later_peak, later_low = EXACT.add(a.total, b.peak), EXACT.add(a.total, b.low)
    across = EXACT.subtract(a.peak, later_low)
    depth, from_at, trough_at = a.depth, a.from_at, a.trough_at
    if across > depth:
        depth, from_at, trough_at = across, a.peak_at, b.low_at
    if b.depth > depth:
        depth, from_at, trough_at = b.depth, b.from_at, b.trough_at
    rises, sinks = later_peak > a.peak, later_low < a.low
    return Drawdown(
        total=total,
        peak=later_peak if rises else a.peak,
        peak_at=b.peak_at if rises else a.peak_at,
        low=later_low if sinks else a.low,
        low_at=b.low_at if sinks else a.low_at,
        depth=depth,
        from_at=from_at,
        trough_at=trough_at,
    )
