"""Targets compared with figures: met, missed, or too few trades to say."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from perfkit.config.settings import Target
from perfkit.core.exact import canonical, subtract
from perfkit.metrics.registry import METRICS, Figures
from perfkit.summary.shape import TargetVerdict

MET = "met"
MISSED = "missed"
INSUFFICIENT = "insufficient"


def verdicts(targets: Iterable[Target], window_kind: str, figures: Figures) -> list[TargetVerdict]:
    """A verdict for each target that applies to such a window.

    Too little data (`INSUFFICIENT`) is: a target strictly within the 95 % interval of a rate, a
    figure that is undefined, and any figure of a window without trades.
    """
    return [_verdict(target, figures) for target in targets if target.window in (None, window_kind)]


def _verdict(target: Target, figures: Figures) -> TargetVerdict:
    actual = figures.values[target.metric]
    if isinstance(actual, int):
        actual = Decimal(actual)
    if not figures.values["closed_trades"]:
        return _insufficient(target, "no trade closed in the window")
    if not isinstance(actual, Decimal):
        reason = figures.undefined.get(target.metric, "the figure is not a number")
        return _insufficient(target, reason)
    reached = actual >= target.value if target.bound == "at_least" else actual <= target.value
    undecided = _straddles(target, figures)
    return TargetVerdict(
        target.metric,
        target.bound,
        target.value,
        actual,
        canonical(subtract(actual, target.value)),
        INSUFFICIENT if undecided else MET if reached else MISSED,
        "the target is within the 95 % interval" if undecided else None,
    )


def _insufficient(target: Target, reason: str) -> TargetVerdict:
    return TargetVerdict(
        target.metric, target.bound, target.value, None, None, INSUFFICIENT, reason
    )


def _straddles(target: Target, figures: Figures) -> bool:
    """Whether the target is within the confidence interval of a rate, its ends left out."""
    low, high = map(figures.values.get, METRICS[target.metric].interval or ("", ""))
    return isinstance(low, Decimal) and isinstance(high, Decimal) and low < target.value < high
