"""What cannot be folded from tallies and walks the trades: falls of the equity curve.

An equity curve has a *point* before the first trade (0) and one after each trade (1, 2, ...), so
trade `row` leads from point `row` to point `row + 1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import sub

from perfkit.core.fast_imports import NamedTuple


class Fall(NamedTuple):
    """The points a fall starts from and ends at, and its depth (>= 0) in the unit of the P&L."""

    peak: int
    trough: int
    depth: int

    @property
    def rows(self) -> range:
        """The trades that make the fall."""
        return range(self.peak, self.trough)


class RelativeFall(NamedTuple):
    """A fall as a share of the equity it fell from: `depth / of_peak`."""

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
    return Fall(equity.index(peaks[trough]), trough, depth)


def recovery(equity: Sequence[int], fall: Fall) -> int | None:
    """The first point after the trough at or above the peak of a fall; None if there is none."""
    level = equity[fall.peak]
    return next((n for n in range(fall.trough, len(equity)) if equity[n] >= level), None)


def current_fall(equity: Sequence[int]) -> Fall:
    """The fall from the highest point so far to the last."""
    peak = max(equity)
    return Fall(equity.index(peak), len(equity) - 1, peak - equity[-1])


class Share(NamedTuple):
    """The peak of equity so far, and the deepest fall as a share of the peak it fell from."""

    peak: int
    depth: int
    of_peak: int


def deepest_share(equity: Sequence[int], before: Share) -> Share:
    """The deepest share after a stretch of an equity curve, `before` it the given one."""
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


def deepest_relative_fall(equity: Sequence[int]) -> RelativeFall | None:
    """The fall that is deepest as a share of its peak; None when a peak is not above 0.

    Shares are compared as fractions, without dividing.
    """
    peak, peak_point = equity[0], 0
    depth, of_peak = 0, 1
    deepest = RelativeFall(0, 0, depth, of_peak)
    if peak <= 0:
        return None
    for point, height in enumerate(equity):
        if height > peak:
            peak, peak_point = height, point
        elif (peak - height) * of_peak > depth * peak:
            depth, of_peak = peak - height, peak
            deepest = RelativeFall(peak_point, point, depth, of_peak)
    return deepest
