"""What stands behind a rule's figure at one step: the numbers in it, its first and last trade."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from perfkit.alerts.rules.gauge import Gauge
from perfkit.core.exact import canonical, multiply, scaled
from perfkit.core.fast_imports import NamedTuple
from perfkit.metrics.facts import Facts, Undefined
from perfkit.metrics.registry import METRICS

Number = Decimal | int | None
Pair = tuple[Number, Number]

RATES = ("win_rate", "win_rate_low", "win_rate_high")


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
    """What stands behind the present figure of a gauge."""
    value, facts = gauge.value(), gauge.facts()
    undefined = isinstance(value, Undefined)
    numerator, denominator = None, None
    if gauge.metric in _PARTS and not undefined:
        numerator, denominator = _PARTS[gauge.metric](facts)
    return Evidence(
        actual=None if isinstance(value, Undefined) else canonical(Decimal(str(value))),
        numerator=canonical(numerator),
        denominator=canonical(denominator),
        interval=_interval(facts) if gauge.metric in RATES else None,
        window=gauge.label,
        trades=gauge.count,
        first_at=gauge.first_at,
        last_at=gauge.last_at,
        reason=value.reason if isinstance(value, Undefined) else "",
    )


def _interval(facts: Facts) -> tuple[Decimal, Decimal] | None:
    low, high = METRICS["win_rate_low"](facts), METRICS["win_rate_high"](facts)
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return None
    return canonical(low), canonical(high)


def _mean(total: str, count: str) -> Callable[[Facts], Pair]:
    def parts(facts: Facts) -> Pair:
        summed = getattr(facts.tally.sums, total)
        seconds = scaled(summed, 6) if total.endswith("hold_us") else summed
        return seconds, getattr(facts.tally.counts, count)

    return parts


def _wins(facts: Facts) -> Pair:
    return facts.tally.counts.wins, facts.tally.trades


_PARTS: dict[str, Callable[[Facts], Pair]] = {
    **dict.fromkeys(RATES, _wins),
    "win_rate_decided": lambda facts: (facts.tally.counts.wins, facts.tally.decided),
    "profit_factor": lambda facts: (
        facts.tally.sums.gross_profit,
        -facts.tally.sums.gross_loss,
    ),
    "payoff_ratio": lambda facts: (
        multiply(facts.tally.sums.gross_profit, facts.tally.counts.known_losses),
        multiply(-facts.tally.sums.gross_loss, facts.tally.counts.known_wins),
    ),
    "trades_per_day": lambda facts: (facts.tally.trades, facts.expected_days),
    "avg_win": _mean("gross_profit", "known_wins"),
    "avg_loss": _mean("gross_loss", "known_losses"),
    "expectancy": _mean("net_pnl", "known"),
    "avg_risk_reward": _mean("risk_reward", "planned"),
    "avg_r": _mean("r", "risked"),
    "avg_hold_seconds": _mean("hold_us", "held"),
    "win_hold_seconds": _mean("win_hold_us", "held_wins"),
    "loss_hold_seconds": _mean("loss_hold_us", "held_losses"),
}
"""Numerator and denominator of figures that are a quotient."""
