"""Falls of the equity curve: of the trades of a day, and of days one after the other.

An equity curve has a *point* before the first trade (0) and one after each trade (1, 2, ...), so
trade `row` leads from point `row` to point `row + 1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from operator import sub

from perfkit.core.exact import scaled
from perfkit.core.fast_imports import NamedTuple


class Fall(NamedTuple):
    """The points a fall starts from and ends at, its depth (>= 0), and the height it fell from.

    Depth and height are in the unit of the P&L; as a share, the fall is `depth / of_peak`.
    """

    peak: int
    trough: int
    depth: int
    of_peak: int

    @property
    def rows(self) -> range:
        """The trades that make the fall."""
        return range(self.peak, self.trough)


def equity_curve(net: Sequence[int], start: int = 0) -> list[int]:
    """The height of each point: `start`, then cumulative net P&L."""
    return list(accumulate(net, initial=start))


def deepest_fall(equity: Sequence[int]) -> Fall:
    """The earliest of the deepest falls of a curve from its running peak.

    Its peak is the first point at that height, its trough the first at that depth.
    """
    peaks = list(accumulate(equity, max))
    falls = list(map(sub, peaks, equity))
    depth = max(falls)
    trough = falls.index(depth)
    return Fall(equity.index(peaks[trough]), trough, depth, peaks[trough])


def recovery(equity: Sequence[int], fall: Fall) -> int | None:
    """The first point after the trough at or above the peak of a fall; None if there is none."""
    level = equity[fall.peak]
    return next((n for n in range(fall.trough, len(equity)) if equity[n] >= level), None)


def current_fall(equity: Sequence[int]) -> Fall:
    """The fall from the highest point so far to the last."""
    peak = max(equity)
    return Fall(equity.index(peak), len(equity) - 1, peak - equity[-1], peak)


class Share(NamedTuple):
    """The peak of equity so far, and the deepest fall with the peak it fell from.

    Shares are compared as fractions, without dividing: 40 of 100 is deeper than 50 of 200, since
    40 x 200 > 50 x 100.
    """

    peak: int
    depth: int
    of_peak: int


def deepest_share(equity: Sequence[int], before: Share) -> Share:
    """The deepest share once a stretch of an equity curve has followed on the one `before` it."""
    peak, depth, of_peak = before
    for height in equity:
        if height > peak:
            peak = height
        elif (peak - height) * of_peak > depth * peak:
            depth, of_peak = peak - height, peak
    return Share(peak, depth, of_peak)


def recovery_within(
    net: Sequence[int], start: int, peak: int, depth: int, level: int | None
) -> tuple[int | None, int | None]:
    """The level a fall of that depth has to regain, and the row that does, in a stretch of trades.

    The curve comes in at `start`, its highest point before being `peak`; `level` is known once the
    trough was reached. Either is None while it is not known.
    """
    for row, height in enumerate(equity_curve(net, start)[1:]):
        if level is None:
            peak = max(peak, height)
            if peak - height == depth:
                level = peak
        elif height >= level:
            return level, row
    return level, None


def deepest_relative_fall(equity: Sequence[int], paid_in: Sequence[int] = ()) -> Fall | None:
    """The earliest fall that is deepest as a share of its peak; None if equity starts at 0 or less.

    `paid_in` is what has been paid in since the start of the curve, for each of its points, if
    anything has. It raises the peak and is no part of `equity`.

    Example: of 100, 60, 200, 150 it is the fall from 100 to 60, though 200 to 150 is deeper.
    """
    peak = equity[0]
    if peak <= 0:
        return None
    deepest, at = Fall(0, 0, 0, peak), 0
    for point, height in enumerate(equity):
        of_peak = peak + (paid_in[point] if paid_in else 0)
        if height > peak:
            peak, at = height, point
        elif (peak - height) * deepest.of_peak > deepest.depth * of_peak:
            deepest = Fall(at, point, peak - height, of_peak)
    return deepest


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
        *(total, peak, at(peak_point), low, at(low_point)),
        *(peak - floor, at(from_point), at(trough_point)),
    )


def merged_curves(a: Curve, b: Curve) -> Curve:
    """One curve after the other, in the same unit.

    The deepest of the earlier fall, the one across the seam, and the later one is kept. Ties go
    to the earliest: a fall across the seam that is as deep as the later one has its trough first,
    because the later one starts from no higher a peak.

    Example: after +3, -1 (total 2, peak 3, depth 1) come -2, +4 (low -2, peak 2, depth 2). The
    fall across the seam is 3 - (2 - 2) = 3, the deepest; the new peak is 2 + 2 = 4.
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
