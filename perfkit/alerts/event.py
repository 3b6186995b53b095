"""Alert events as they are written: who, what, when, the numbers behind it, and a sentence.

The sentences are in `sentences`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal

from perfkit.alerts.event_log import EVENT, VERSION, Event
from perfkit.alerts.rules.evidence import Evidence, Number
from perfkit.alerts.rules.rule import Rule, plain_number
from perfkit.alerts.rules.steps import TradeEvent
from perfkit.core.calendar import instant_of, moment_of
from perfkit.core.fast_imports import NamedTuple, datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from perfkit.alerts.feed import Feed

MOST_SOURCES = 100
"""An event lists the lines of at most so many trades, the latest."""


def event(
    kind: str,
    identity: str,
    detected_at: int,
    message: str,
    *,
    rule: Rule | None = None,
    group: str | None = None,
    episode: str | None = None,
    reason: str | None = None,
    occurred_at: int | None = None,
    until: int | None = None,
    evidence: Evidence | None = None,
    sources: Sequence[str] = (),
) -> Event:
    """An event with every field, null where it does not apply."""
    interval = evidence.interval if evidence is not None else None
    return {
        "v": VERSION,
        "event": EVENT,
        "id": identity,
        "kind": kind,
        "reason": reason,
        "rule": rule.id if rule is not None else None,
        "group": group or None,
        "episode": episode,
        "severity": rule.severity if rule is not None else None,
        "occurred_at": time_text(occurred_at),
        "detected_at": time_text(detected_at),
        "until": time_text(until),
        "metric": rule.metric if rule is not None else None,
        "actual": _number(evidence.actual) if evidence is not None else None,
        "target": _number(rule.threshold) if rule is not None else None,
        "recover": _number(rule.recover) if rule is not None else None,
        "numerator": _number(evidence.numerator) if evidence is not None else None,
        "denominator": _number(evidence.denominator) if evidence is not None else None,
        "interval": [_number(end) for end in interval] if interval is not None else None,
        "window": evidence.window if evidence is not None else None,
        "first_trade": time_text(evidence.first_at) if evidence is not None else None,
        "last_trade": time_text(evidence.last_at) if evidence is not None else None,
        "sources": list(sources),
        "message": message,
    }


def time_text(instant: int | None) -> str | None:
    """An instant as ISO 8601 in UTC."""
    if instant is None:
        return None
    return moment_of(instant).isoformat().replace("+00:00", "Z")


def instant_from(text: object) -> int | None:
    """The instant that `time_text` wrote; None where the text is not one."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else instant_of(moment)


def _number(value: Number) -> str | None:
    return None if value is None else plain_number(Decimal(value))


def lines_behind(feed: Feed, rule: Rule, happened: TradeEvent) -> list[str]:
    """`file:line` of the trades behind a figure, in trade order, the latest `MOST_SOURCES`."""
    evidence = happened.evidence
    if evidence.first_at is None or evidence.last_at is None:
        return []
    wanted = min(evidence.trades, MOST_SOURCES)
    found: list[str] = []
    days = feed.days()
    for number in reversed(range(bisect_right(days, happened.day, key=lambda one: one.day))):
        day = days[number].day
        trades = feed.rows(day, day)
        if trades.closed_at[-1] < evidence.first_at:
            break
        for row in reversed(feed.rows_by_group(rule, day).get(happened.group, ())):
            at = trades.closed_at[row]
            if at < evidence.first_at or len(found) >= wanted:
                return found[::-1]
            if at <= evidence.last_at and (day < happened.day or row <= happened.row):
                found.append(str(trades.place(row)))
    return found[::-1]


class AlertEvent(NamedTuple):
    """One line of `logs/performance-alerts.jsonl`.

    `reason` is why an episode was resolved, the new data state, or the sink that failed;
    `occurred_at` is when it happened in the market, `detected_at` when perfkit saw it, `until` the
    end of a silence.
    `target` is the threshold; `first_trade` and `last_trade` are closing times, `sources` the
    `file:line` of trades.
    """

    v: int
    event: Literal["performance.alert"]
    id: str
    kind: Literal[
        "baseline",
        "firing",
        "resolved",
        "reminder",
        "data_state",
        "acked",
        "silenced",
        "unsilenced",
        "history_rewritten",
        "clock_skew",
        "delivery_failed",
        "state_recovered",
    ]
    reason: str | None
    rule: str | None
    group: str | None
    episode: str | None
    severity: Literal["warning", "critical"] | None
    occurred_at: datetime | None
    detected_at: datetime
    until: datetime | None
    metric: str | None
    actual: Decimal | None
    target: Decimal | None
    recover: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    interval: tuple[Decimal, Decimal] | None
    window: str | None
    first_trade: datetime | None
    last_trade: datetime | None
    sources: tuple[str, ...]
    message: str
