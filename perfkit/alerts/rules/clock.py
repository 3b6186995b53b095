"""Clock rules: the age of the newest line or of an open trade, and the number of bad lines.

They are evaluated once a run. Ages count active minutes only. The log gives the start of a breach
to the microsecond, so events do not depend on when a run happens.
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
from perfkit.alerts.rules.steps import NO_GROUP, grouping
from perfkit.core.exact import EXACT, ratio
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.filters.where import meeting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from perfkit.core.calendar import Calendar
    from perfkit.core.trades import Trades

    class LogSource(Protocol):
        """What clock rules read of the logs; `source` None means all sources."""

        @property
        def sources(self) -> Sequence[str]: ...
        @property
        def calendar(self) -> Calendar: ...
        @property
        def open_trades(self) -> Trades: ...
        def newest_line(self, source: str | None = None) -> int | None: ...
        def bad_lines(self, source: str | None = None) -> int: ...


class ClockReading(NamedTuple):
    """What the logs show for one group at this run.

    `origin` is the instant an age counts from; None for a count, or where nothing is open. `key`
    names the line or trade, `place` is its `file:line`, `reason` says why there is no value.
    """

    origin: int | None
    number: int
    key: str
    place: str | None
    reason: str = ""


class ClockStep(NamedTuple):
    """The new state of one group after a run, and its events."""

    group: str
    state: RuleState
    events: tuple[RuleEvent, ...]
    evidence: Evidence
    place: str | None


def clock_readings(rule: Rule, logs: LogSource) -> dict[str, ClockReading]:
    """The reading of each group."""
    where = dict(rule.where)
    if rule.metric == "open_trade_age_minutes":
        return _oldest_open(rule, logs)
    sources: list[str | None] = [where.get("source")]
    if rule.by == "source":
        sources = [name for name in logs.sources if where.get("source") in (None, name)]
    found = {}
    for source in sources:
        group = source if rule.by and source else NO_GROUP
        if rule.metric == "bad_lines":
            bad = logs.bad_lines(source)
            found[group] = ClockReading(None, bad, f"{bad} bad lines", None)
        else:
            newest = logs.newest_line(source)
            reason = "no log has a line yet" if newest is None else ""
            found[group] = ClockReading(newest, 0, f"line {newest}", None, reason)
    return found


def _oldest_open(rule: Rule, logs: LogSource) -> dict[str, ClockReading]:
    trades = meeting(logs.open_trades, dict(rule.where), logs.calendar)
    found: dict[str, ClockReading] = {}
    groups = grouping(rule, trades)
    for row, opened in enumerate(trades.opened_at):
        if opened is None:
            continue
        for name in groups(row):
            known = found.get(name)
            if known is None or known.origin is None or opened < known.origin:
                key = repr((opened, trades.symbol[row], trades.strategy[row], trades.side[row]))
                found[name] = ClockReading(opened, 0, key, str(trades.place(row)))
    return found


def stepped(rule: Rule, states: dict[str, RuleState], logs: LogSource, now: int) -> list[ClockStep]:
    """One step of every group, also of groups that have gone from the logs.

    Outside active hours nothing is stepped: the states hold.
    """
    if not holds(rule.active, now):
        return []
    readings = clock_readings(rule, logs)
    if rule.by is None:
        readings.setdefault(NO_GROUP, _NOTHING)
    return [
        _stepped(rule, group, states.get(group, RuleState()), readings.get(group, _NOTHING), now)
        for group in sorted({*states, *readings})
    ]


_NOTHING = ClockReading(None, 0, "nothing", None)


def _stepped(rule: Rule, group: str, state: RuleState, seen: ClockReading, now: int) -> ClockStep:
    observed = _observation(rule, state, seen, now)
    occurred = now
    if observed.since is not None and observed.lasted_us is not None:
        occurred = min(now, reached(rule.active, observed.since, rule.for_us))
    state, events = step(rule, state, observed, occurred, group)
    evidence = Evidence(
        observed.value, None, None, None, None, 0, None, seen.origin, observed.reason
    )
    return ClockStep(group, state, events, evidence, seen.place)


def _observation(rule: Rule, state: RuleState, seen: ClockReading, now: int) -> Observation:
    if rule.metric == "bad_lines":
        value = Decimal(seen.number)
        since = None
        if rule.breached(value):
            since = now if state.since is None else state.since
        lasted = None if since is None else active_us(rule.active, since, now)
        return Observation(value, OK, key=seen.key, since=since, lasted_us=lasted)
    if seen.origin is None:
        if seen.reason:
            return Observation(None, INSUFFICIENT, seen.reason)
        return Observation(None, better=True)  # nothing is open, so nothing is too old
    age = active_us(rule.active, seen.origin, now)
    value = ratio(age, MINUTE_US)
    if not rule.breached(value):
        return Observation(value, OK, key=seen.key)
    since = crossing(rule, seen.origin)
    lasted = active_us(rule.active, since, now)
    return Observation(value, OK, key=seen.key, since=since, lasted_us=lasted)


def crossing(rule: Rule, origin: int) -> int:
    """When an age counted from `origin` first exceeds the threshold."""
    minutes = EXACT.multiply(rule.threshold, Decimal(MINUTE_US))
    return reached(rule.active, origin, int(minutes) + 1)


def next_step(rule: Rule, states: dict[str, RuleState], logs: LogSource, now: int) -> int | None:
    """The earliest instant after `now` at which a group could change without a new line."""
    if rule.active is not None and not holds(rule.active, now):
        return next((opens for opens, _ in rule.active.spans(now)), None)
    instants: list[int] = []
    for group, seen in clock_readings(rule, logs).items():
        state = states.get(group, RuleState())
        if rule.metric == "bad_lines":
            if state.since is not None and state.episode is None:
                instants.append(reached(rule.active, state.since, rule.for_us))
        elif seen.origin is not None:
            begins = crossing(rule, seen.origin)
            instants += [begins, reached(rule.active, begins, rule.for_us)]
            instants.append(reached(rule.active, seen.origin, _minutes_us(rule.recover)))
    later = [instant for instant in instants if instant > now]
    return min(later, default=None)


def _minutes_us(minutes: Decimal) -> int:
    return int(EXACT.multiply(minutes, Decimal(MINUTE_US)))
