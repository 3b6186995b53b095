"""The evidence for a rule's figure at one step: numerator, denominator, first and last trade."""

from __future__ import annotations

from decimal import Decimal

from perfkit.alerts.rules.gauge import Gauge
from perfkit.core.exact import canonical
from perfkit.core.fast_imports import NamedTuple
from perfkit.metrics.facts import Facts, Undefined
from perfkit.metrics.metric import Quotient
from perfkit.metrics.registry import METRICS

Number = Decimal | int | None


class Evidence(NamedTuple):
    """A figure and what it was made of.

    `numerator` and `denominator` are exact, for a figure that is their quotient; `interval` is the
    95 % interval of a win rate. `trades` closed trades from `first_at` to `last_at` are behind it.
    """

    actual: Decimal | None
    numerator: Number
    denominator: Number
    interval: tuple[Decimal, Decimal] | None
    window: str | None
    trades: int
    first_at: int | None
    last_at: int | None
    reason: str


def evidence_of(gauge: Gauge) -> Evidence:
    """The evidence for the present figure of a gauge."""
    value, facts = gauge.value(), gauge.facts()
    row = METRICS[gauge.metric]
    rate = METRICS[row.end_of or row.name]
    made = None if isinstance(value, Undefined) else rate.function(facts)
    numerator, denominator = made[:2] if isinstance(made, Quotient) else (None, None)
    return Evidence(
        actual=None if isinstance(value, Undefined) else canonical(Decimal(str(value))),
        numerator=canonical(numerator),
        denominator=canonical(denominator),
        interval=_interval(rate.interval, facts),
        window=gauge.label,
        trades=gauge.count,
        first_at=gauge.first_at,
        last_at=gauge.last_at,
        reason=value.reason if isinstance(value, Undefined) else "",
    )


def _interval(ends: tuple[str, str] | None, facts: Facts) -> tuple[Decimal, Decimal] | None:
    low, high = (METRICS[end](facts) for end in ends) if ends else (None, None)
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return None
    return canonical(low), canonical(high)
