"""Rules that go by the clock: how old the newest line is, or an open trade; how many bad lines.

Ages count active minutes only. When a breach begins is known to the microsecond from the log, so
it does not matter when a run looks.
"""

from __future__ import annotations

from decimal import Decimal

from perfkit.alerts.rules.active_hours import MINUTE_US, active_us, holds, reached
from perfkit.alerts.rules.evidence import Evidence
from perfkit.alerts.rules.rule import (
    INSUFFICIENT,
    OK,
    Observation,
    Rule,
    RuleEvent,
    RuleState,
    step,
)
from perfkit.alerts.rules.steps import NO_GROUP
from perfkit.core.exact import EXACT, ratio
from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from perfkit.core.trades import Trades

    class Feed(Protocol):
        """What a rule that goes by the clock asks of the log; `perfkit.alerts.feed` answers."""

        @property
        def sources(self) -> Sequence[str]: ...
        @property
        def open_trades(self) -> Trades: ...
        def newest_line(self, source: str | None = None) -> int | None: ...
        def bad_lines(self, source: str | None = None) -> int: ...


AHEAD_US = 5 * MINUTE_US
"""A line may be ahead of the clock by so much before its time is not believed."""


class ClockReading(NamedTuple):
    """What one run sees of one group.

    `origin` is the instant an age counts from, None for a number or where there is nothing.
    """

    origin: int | None
    number: int
    key: str
    place: str | None
    reason: str = ""


class ClockStep(NamedTuple):
    """What a run did to one group."""

    group: str
    state: RuleState
    events: tuple[RuleEvent, ...]
    evidence: Evidence
    place: str | None


def looks(rule: Rule, feed: Feed) -> dict[str, ClockReading]:
    """What there is to see, by group."""
    where = dict(rule.where)
    if rule.metric == "open_trade_age_minutes":
        return _oldest_open(rule, feed)
    sources: list[str | None] = [where.get("source")]
    if rule.by == "source":
        sources = [name for name in feed.sources if where.get("source") in (None, name)]
    found = {}
    for source in sources:
        group = source if rule.by and source else NO_GROUP
        if rule.metric == "bad_lines":
            bad = feed.bad_lines(source)
            found[group] = ClockReading(None, bad, f"{bad} bad lines", None)
        else:
            newest = feed.newest_line(source)
            reason = "no log has a line yet" if newest is None else ""
            found[group] = ClockReading(newest, 0, f"line {newest}", None, reason)
    return found


def _oldest_open(rule: Rule, feed: Feed) -> dict[str, ClockReading]:
    trades = feed.open_trades.where(dict(rule.where))
    found: dict[str, ClockReading] = {}
    for row, opened in enumerate(trades.opened_at):
        if opened is None:
            continue
        name = NO_GROUP if rule.by is None else getattr(trades, rule.by)[row] or NO_GROUP
        known = found.get(name)
        if known is None or known.origin is None or opened < known.origin:
            key = repr((opened, trades.symbol[row], trades.strategy[row], trades.side[row]))
            found[name] = ClockReading(opened, 0, key, str(trades.place(row)))
    return found


def stepped(rule: Rule, states: dict[str, RuleState], feed: Feed, now: int) -> list[ClockStep]:
    """One step of every group, those that have nothing to look at any more included.

    Outside active hours nothing is stepped: the states hold.
    """
    if not holds(rule.active, now):
        return []
    seen = looks(rule, feed)
    if rule.by is None:
        seen.setdefault(NO_GROUP, _NOTHING)
    return [
        _stepped(rule, group, states.get(group, RuleState()), seen.get(group, _NOTHING), now)
        for group in sorted({*states, *seen})
    ]


_NOTHING = ClockReading(None, 0, "nothing", None)


def _stepped(rule: Rule, group: str, state: RuleState, look: ClockReading, now: int) -> ClockStep:
    reading = _reading(rule, state, look, now)
    occurred = now
    if reading.since is not None and reading.lasted_us is not None:
        occurred = min(now, reached(rule.active, reading.since, rule.for_us))
    state, events = step(rule, state, reading, occurred, group)
    evidence = Evidence(reading.value, None, None, None, None, 0, None, look.origin, reading.reason)
    return ClockStep(group, state, events, evidence, look.place)


def _reading(rule: Rule, state: RuleState, look: ClockReading, now: int) -> Observation:
    if rule.metric == "bad_lines":
        value = Decimal(look.number)
        since = None
        if rule.breached(value):
            since = now if state.since is None else state.since
        lasted = None if since is None else active_us(rule.active, since, now)
        return Observation(value, OK, key=look.key, since=since, lasted_us=lasted)
    if look.origin is None:
        if look.reason:
            return Observation(None, INSUFFICIENT, look.reason)
        return Observation(None, better=True)  # nothing is open, so nothing is too old
    if look.origin - now > AHEAD_US:
        return Observation(None, INSUFFICIENT, "the newest line is ahead of the clock")
    age = active_us(rule.active, look.origin, now)
    value = ratio(age, MINUTE_US)
    if not rule.breached(value):
        return Observation(value, OK, key=look.key)
    since = crossing(rule, look.origin)
    return Observation(
        value,
        OK,
        key=look.key,
        since=since,
        lasted_us=active_us(rule.active, since, now),
    )


def crossing(rule: Rule, origin: int) -> int:
    """When an age from that origin is first above the threshold."""
    minutes = EXACT.multiply(rule.threshold, Decimal(MINUTE_US))
    return reached(rule.active, origin, int(minutes) + 1)


def next_step(rule: Rule, states: dict[str, RuleState], feed: Feed, now: int) -> int | None:
    """The earliest instant after `now` at which a group could change although no line comes."""
    if rule.active is not None and not holds(rule.active, now):
        return next((opens for opens, _ in rule.active.spans(now)), None)
    instants: list[int] = []
    for group, look in looks(rule, feed).items():
        state = states.get(group, RuleState())
        if rule.metric == "bad_lines":
            if state.since is not None and state.episode is None:
                instants.append(reached(rule.active, state.since, rule.for_us))
        elif look.origin is not None:
            begins = crossing(rule, look.origin)
            instants += [begins, reached(rule.active, begins, rule.for_us)]
            instants.append(look.origin - AHEAD_US)
            instants.append(reached(rule.active, look.origin, _minutes_us(rule.recover)))
    later = [instant for instant in instants if instant > now]
    return min(later, default=None)


def _minutes_us(minutes: Decimal) -> int:
    return int(EXACT.multiply(minutes, Decimal(MINUTE_US)))
