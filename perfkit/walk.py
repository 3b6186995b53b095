"""What cannot be folded from tallies and walks the trades: falls of the equity curve.

An equity curve has a *point* before the first trade (0) and one after each trade (1, 2, ...), so
trade `row` leads from point `row` to point `row + 1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import sub
from typing import NamedTuple


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
