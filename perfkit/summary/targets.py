"""Targets compared with figures: met, missed, still open, or too few trades to say."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from perfkit.config.targets import Target
from perfkit.core.exact import canonical, subtract
from perfkit.metrics.registry import Figures, row_of
from perfkit.summary.shape import TargetVerdict, WindowShape

MET = "met"
MISSED = "missed"
OPEN = "open"
INSUFFICIENT = "insufficient"


def verdicts(
    targets: Iterable[Target], window: WindowShape, figures: Figures
) -> list[TargetVerdict]:
    """A verdict for each target that applies to such a window.

    Too little data (`INSUFFICIENT`) is: a target strictly within the 95 % interval of a rate, a
    figure that is undefined, and any figure of a window without trades. Of a window that is not
    over, a sum is `OPEN` as long as the days to come can change the verdict.
    """
    own = [target for target in targets if target.window in (None, window.kind)]
    return [_verdict(target, window, figures) for target in own]


def _verdict(target: Target, window: WindowShape, figures: Figures) -> TargetVerdict:
    actual = figures.values[target.metric]
    if isinstance(actual, int):
        actual = Decimal(actual)
    if not figures.values["closed_trades"]:
        return _insufficient(target, "no trade closed in the window")
    if not isinstance(actual, Decimal):
        reason = figures.undefined.get(target.metric, "the figure is not a number")
        return _insufficient(target, reason)
    reached = actual >= target.value if target.bound == "at_least" else actual <= target.value
    verdict, reason = MET if reached else MISSED, ""
    if not window.is_over and _may_change(target, reached=reached):
        verdict, reason = OPEN, window.so_far
    elif _straddles(target, figures):
        verdict, reason = INSUFFICIENT, "the target is within the 95 % interval"
    distance = canonical(subtract(actual, target.value))
    return TargetVerdict(
        target.metric, target.bound, target.value, actual, distance, verdict, reason or None
    )


def _may_change(target: Target, *, reached: bool) -> bool:
    """Whether the days to come may reach the target of a sum, or undo it.

    Net P&L rises and falls. The number of trades never falls, so a target of at least 10 trades
    that is reached stays met, and one of at most 10 that is not stays missed.
    """
    row = row_of(target.metric)
    lowest, highest = row.bounds
    is_lower_bound = target.bound == "at_least"
    if lowest is not None and reached == is_lower_bound:
        return False
    if highest is not None and reached != is_lower_bound:
        return False
    return row.adds_up


def _insufficient(target: Target, reason: str) -> TargetVerdict:
    return TargetVerdict(
        target.metric, target.bound, target.value, None, None, INSUFFICIENT, reason
    )


def _straddles(target: Target, figures: Figures) -> bool:
    """Whether the target is within the confidence interval of a rate, its ends left out."""
    low, high = map(figures.values.get, row_of(target.metric).interval or ("", ""))
    return isinstance(low, Decimal) and isinstance(high, Decimal) and low < target.value < high
