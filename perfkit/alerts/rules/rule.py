"""Alert rules and their state machine: pure functions of values and times.

Each rule and group has one state. *ok*: the value is within the threshold. *pending*: in breach,
but for less time than `for` requires. *firing*: an episode is open. *recovering*: out of breach,
but not yet at `recover`; the episode stays open, and a new breach belongs to it. A separate data
state is *ok*, *insufficient* (too few trades, or no value) or *error*; while it is not ok, the
state holds. A trade or window rule is evaluated at each closed trade, in trade order; a clock rule
once a run. Ids hash what happened, never when it was detected.

With `below: 0.5`, `recover: 0.6` and `for: {trades: 2}`, the values 0.4, 0.4, 0.55, 0.4, 0.6 give
pending, firing (event `firing`), recovering, firing (the same episode), ok (event `resolved`).
"""

from __future__ import annotations

from decimal import Decimal

from perfkit.alerts.rules.active_hours import MINUTE_US, ActiveHours, holds
from perfkit.core.fast_imports import NamedTuple, blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OK, PENDING, FIRING, RECOVERING = "ok", "pending", "firing", "recovering"
INSUFFICIENT, ERROR = "insufficient", "error"

RECOVERED, CORRECTED, WINDOW_ENDED = "recovered", "corrected", "window_ended"
RULE_CHANGED, RULE_REMOVED, IDLE = "rule_changed", "rule_removed", "idle"

BELOW, ABOVE = "below", "above"
CLOCK_METRICS = ("minutes_since_last_line", "open_trade_age_minutes", "bad_lines")
"""Metrics of clock rules, which are evaluated once a run."""

IDLE_US = 30 * 24 * 60 * MINUTE_US
"""After this long without a trade, an open episode of a group is resolved as idle."""


class Rule(NamedTuple):
    """One rule of `config/alerts.yaml`.

    `trades` or `window` is the span of the figure (neither, for a clock rule). `for_trades` counts
    consecutive breaches including the first; `for_us` replaces it where it is not 0. `generation`
    goes up each time the rule is edited or removed, so that ids are not used twice.
    """

    id: str
    metric: str
    trades: int | None
    window: str | None
    bound: str
    threshold: Decimal
    recover: Decimal
    for_trades: int
    for_us: int
    min_trades: int
    where: tuple[tuple[str, str], ...]
    by: str | None
    severity: str
    active: ActiveHours | None
    remind_us: int | None
    generation: int = 0

    @property
    def is_clock(self) -> bool:
        """Whether it is evaluated by the clock, not by trades."""
        return self.metric in CLOCK_METRICS

    @property
    def definition(self) -> str:
        """A digest of all that its states depend on, so without severity and reminders."""
        parts = self[:12]
        numbers = (plain_number(self.threshold), plain_number(self.recover))
        texts = [str(part) for n, part in enumerate(parts) if n not in (5, 6)]
        return digest(*texts, *numbers, str(self.active or ""))

    @property
    def identity(self) -> str:
        """The definition and its generation: the part of the rule that ids hash."""
        return digest(self.definition, str(self.generation)) if self.generation else self.definition

    def breached(self, value: Decimal) -> bool:
        """Whether the value is beyond the threshold; a value at the threshold is not a breach."""
        return value < self.threshold if self.bound == BELOW else value > self.threshold

    def recovered(self, value: Decimal) -> bool:
        """Whether the value is at `recover` or past it."""
        return value >= self.recover if self.bound == BELOW else value <= self.recover

    def plain(self) -> tuple[Any, ...]:
        """The rule as tuples, texts and integers; `rule_from` reads it."""
        hours = self.active
        active = hours and (
            *(tuple(sorted(hours.days)), *hours[1:4]),
            *(tuple(sorted(hours.off)), hours.implied),
        )
        return (*self[:5], str(self.threshold), str(self.recover), *self[7:13], active, *self[14:])


def rule_from(plain: tuple[Any, ...]) -> Rule:
    """The rule from what `Rule.plain` returned."""
    active = plain[13]
    if active is not None:
        days, start, end, zone, off, implied = active
        active = ActiveHours(frozenset(days), start, end, zone, frozenset(off), implied)
    values = list(plain)
    values[5:7] = Decimal(plain[5]), Decimal(plain[6])
    values[13] = active
    return Rule(*values)


class Observation(NamedTuple):
    """The figure of a rule at one step.

    `value` is None when it is undefined; `better` is True where the reason is that nothing was
    lost, which is better than any threshold. `window` is the label of a calendar window, and
    `window_end` its end. `key` is the order key of the trade, or the line or open trade of a clock
    rule. A clock rule knows when a breach began (`since`) and how long it has lasted in active
    time (`lasted_us`); for others the steps give both.
    """

    value: Decimal | None
    data: str = OK
    reason: str = ""
    better: bool = False
    window: str | None = None
    window_end: int | None = None
    key: str = ""
    since: int | None = None
    lasted_us: int | None = None


class RuleState(NamedTuple):
    """The state of a rule for one group; plain values only.

    `breaches` in a row began at `since`; `episode` has been open since `fired_at`. `window` is the
    calendar window of the last step. `data_announced`: an event has reported the data problem.
    """

    phase: str = OK
    breaches: int = 0
    since: int | None = None
    episode: str | None = None
    fired_at: int | None = None
    window: str | None = None
    window_end: int | None = None
    data: str = INSUFFICIENT
    data_announced: bool = False


class RuleEvent(NamedTuple):
    """What a step caused: `kind` is firing, resolved or data_state; `at` is when it occurred."""

    kind: str
    reason: str
    at: int
    episode: str | None
    window: str | None


Stepped = tuple[RuleState, tuple[RuleEvent, ...]]

START = RuleState()


def step(rule: Rule, state: RuleState, value: Observation, at: int, group: str = "") -> Stepped:
    """One step at the instant `at`: the new state, and its events in order."""
    events: list[RuleEvent] = []
    if value.window != state.window:
        if state.episode is not None and state.window is not None:
            ended = at if state.window_end is None else state.window_end
            events.append(RuleEvent("resolved", WINDOW_ENDED, ended, state.episode, state.window))
        # Every window starts with too few trades; that is not worth an event.
        state = START._replace(window=value.window, window_end=value.window_end)
    if not holds(rule.active, at) and not rule.is_clock:
        return state, tuple(events)
    if value.data != OK:
        if state.data == OK:
            events.append(RuleEvent("data_state", value.data, at, state.episode, value.window))
            state = state._replace(data_announced=True)
        return state._replace(data=value.data), tuple(events)
    if state.data_announced:
        events.append(RuleEvent("data_state", OK, at, state.episode, value.window))
    state = state._replace(data=OK, data_announced=False)
    state, caused = _judged(rule, state, value, at, group)
    return state, (*events, *caused)


def closed(state: RuleState, reason: str, at: int) -> Stepped:
    """Resolves an open episode for a reason other than its value, such as a removed rule."""
    if state.episode is None:
        return state, ()
    event = RuleEvent("resolved", reason, at, state.episode, state.window)
    return START._replace(window=state.window, window_end=state.window_end, data=state.data), (
        event,
    )


def _judged(rule: Rule, state: RuleState, value: Observation, at: int, group: str) -> Stepped:
    if value.value is not None and not value.better and rule.breached(value.value):
        return _in_breach(rule, state, value, at, group)
    calm = state._replace(phase=OK, breaches=0, since=None, episode=None, fired_at=None)
    if state.episode is None:
        return calm, ()
    if value.better or value.value is None or rule.recovered(value.value):
        event = RuleEvent("resolved", RECOVERED, at, state.episode, state.window)
        return calm, (event,)
    return state._replace(phase=RECOVERING, breaches=0, since=None), ()


def _in_breach(rule: Rule, state: RuleState, value: Observation, at: int, group: str) -> Stepped:
    since = value.since or state.since or at
    breaches = state.breaches + 1
    if state.episode is not None:
        return state._replace(phase=FIRING, breaches=breaches, since=since), ()
    lasted = value.lasted_us if value.lasted_us is not None else at - since
    if lasted < rule.for_us or (not rule.for_us and breaches < rule.for_trades):
        return state._replace(phase=PENDING, breaches=breaches, since=since), ()
    episode = digest(rule.id, rule.identity, group, "episode", value.window or "", value.key)
    event = RuleEvent("firing", "", at, episode, value.window)
    fired = state._replace(
        phase=FIRING, breaches=breaches, since=since, episode=episode, fired_at=at
    )
    return fired, (event,)


def digest(*parts: str) -> str:
    """24 hex digits that identify these texts, in this order."""
    text = "\x1f".join(part.replace("\x1f", "\x1f\x1f") for part in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def plain_number(value: Decimal) -> str:
    """The same text for equal numbers: 1.50 and 1.5 give "1.5"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
