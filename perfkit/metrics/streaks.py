"""What depends on the order of trades and still merges: streaks and the largest drawdown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.core.exact import scaled
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trade import LOSS, WIN
from perfkit.core.trades import LOST, WON

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


class Curve(NamedTuple):
    """What merges of a curve of cumulative net P&L, in units of money, the curve starting at 0.

    `total` is where it ends, `peak` and `low` its extremes (the start included) with the instants
    they were first reached (None: at the start), `depth` >= 0 the earliest largest fall from the
    running peak with the instants of its peak and trough.
    """

    total: int = 0
    peak: int = 0
    peak_at: int | None = None
    low: int = 0
    low_at: int | None = None
    depth: int = 0
    from_at: int | None = None
    trough_at: int | None = None

    def times(self, factor: int) -> Curve:
        """The curve in finer units."""
        return self._replace(
            total=self.total * factor,
            peak=self.peak * factor,
            low=self.low * factor,
            depth=self.depth * factor,
        )


class Drawdown(NamedTuple):
    """The largest fall of cumulative net P&L from its running peak, the peak starting at 0.

    `total` is the P&L of the run; `depth` >= 0 is of the earliest largest fall, `from_at` and
    `trough_at` are the instants of its peak (None: the start) and of its trough.
    """

    total: Decimal
    depth: Decimal
    from_at: int | None
    trough_at: int | None


def drawdown_of(curve: Curve, places: int) -> Drawdown:
    """The drawdown of a curve in units of 10**-places."""
    return Drawdown(
        scaled(curve.total, places), scaled(curve.depth, places), curve.from_at, curve.trough_at
    )


def streaks_of(letters: Sequence[str]) -> Streaks:
    """The streaks of trades, a letter each: W, L, or an empty text for a breakeven."""
    decided = "".join(letters)
    if not decided:
        return Streaks()
    first, last = decided[0], decided[-1]
    return Streaks(
        first=(_KINDS[first], len(decided) - len(decided.lstrip(first))),
        last=(_KINDS[last], len(decided) - len(decided.rstrip(last))),
        longest_win=_longest("W", decided),
        longest_loss=_longest("L", decided),
    )


def _longest(letter: str, decided: str) -> int:
    """The length of the longest run of a letter."""
    above = 1
    while letter * above in decided:
        above *= 2
    length = above // 2
    while above - length > 1:
        middle = (length + above) // 2
        if letter * middle in decided:
            length = middle
        else:
            above = middle
    return length


def curve_of(net: Sequence[int], closed_at: Sequence[int], rows: Sequence[int]) -> Curve:
    """The curve of trades with those net P&Ls; `rows` says which of `closed_at` they are."""
    total = peak = low = 0
    floor = 0  # the level below which a fall is deeper than all before; it rises with the peak
    peak_point = low_point = from_point = trough_point = 0
    for point, pnl in enumerate(net, 1):
        total += pnl
        if total > peak:
            floor += total - peak
            peak, peak_point = total, point
        elif total < floor:
            floor, from_point, trough_point = total, peak_point, point
            if total < low:  # never without a deeper fall
                low, low_point = total, point

    def at(reached: int) -> int | None:
        """When a point of the curve was reached; None for its start."""
        return closed_at[rows[reached - 1]] if reached else None

    return Curve(
        total=total,
        peak=peak,
        peak_at=at(peak_point),
        low=low,
        low_at=at(low_point),
        depth=peak - floor,
        from_at=at(from_point),
        trough_at=at(trough_point),
    )


def merged_streaks(runs: Sequence[Streaks], decided: Sequence[int]) -> Streaks:
    """The streaks of runs in order; `decided` counts the wins and losses of each."""
    whole, so_far = runs[0], decided[0]
    for later, count in zip(runs[1:], decided[1:], strict=True):
        whole = _two_streaks(whole, later, so_far, count)
        so_far += count
    return whole


def _two_streaks(a: Streaks, b: Streaks, decided_a: int, decided_b: int) -> Streaks:
    """Runs that meet at the seam become one."""
    if not decided_a:
        return b
    if not decided_b:
        return a
    longest = {
        WIN: max(a.longest_win, b.longest_win),
        LOSS: max(a.longest_loss, b.longest_loss),
    }
    first, last = a.first, b.last
    if a.last[0] == b.first[0]:
        kind, seam = a.last[0], a.last[1] + b.first[1]
        longest[kind] = max(longest[kind], seam)
        if a.first[1] == decided_a:
            first = (kind, seam)
        if b.last[1] == decided_b:
            last = (kind, seam)
    return Streaks(first, last, longest[WIN], longest[LOSS])


def merged_curves(a: Curve, b: Curve) -> Curve:
    """One curve after the other, in the same unit.

    The deepest of the earlier fall, the one across the seam, and the later one is kept. Ties go
    to the earliest: a fall across the seam that is as deep as the later one has its trough first,
    because the later one starts from no higher a peak.
    """
    total, peak, peak_at, low, low_at, depth, from_at, trough_at = a
    later_peak, later_low = total + b.peak, total + b.low
    across = peak - later_low
    if across > depth:
        depth, from_at, trough_at = across, peak_at, b.low_at
    if b.depth > depth:
        depth, from_at, trough_at = b.depth, b.from_at, b.trough_at
    if later_peak > peak:
        peak, peak_at = later_peak, b.peak_at
    if later_low < low:
        low, low_at = later_low, b.low_at
    return Curve(total + b.total, peak, peak_at, low, low_at, depth, from_at, trough_at)
