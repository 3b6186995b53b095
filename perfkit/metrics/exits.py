"""Whether stops and targets held."""

from __future__ import annotations

from perfkit.core.trades import BEYOND_1R, EXIT_KNOWN, TARGET_HIT
from perfkit.metrics.facts import Facts, Undefined
from perfkit.metrics.metric import RISK, metric


@metric(
    "Trades that lost more than was at risk, before commission: the stop did not hold.",
    formula="count of net P&L + commission < -abs(entry - initial stop) x quantity x multiplier",
    unit="trades",
    range="0 to r_trades",
    bounds=(0, None),
    empty="0; also when no trade has an R, see r_trades",
    source="plain count",
    label="Losses beyond 1 R",
    group=RISK,
    marks=BEYOND_1R,
    adds_up=True,
)
def losses_beyond_1r(facts: Facts) -> int:
    return facts.tally.counts.beyond_1r


@metric(
    "Trades that closed at or beyond their target.",
    formula="count of exit price >= target (long) or <= target (short)",
    unit="trades",
    range="0 to closed_trades",
    bounds=(0, None),
    empty="null when no closed trade has a logged exit price",
    source="plain count",
    group=RISK,
    marks=EXIT_KNOWN | TARGET_HIT,
    adds_up=True,
)
def target_hits(facts: Facts) -> int | Undefined:
    counts = facts.tally.counts
    return counts.target_hits if counts.exits_known else Undefined("no exit price is logged")
