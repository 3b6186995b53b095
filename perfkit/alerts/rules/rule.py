"""Alert rules, and the machine that steps them: pure functions of values and times.

One state per rule and group. *ok*: the value is on the good side. *pending*: in breach, but not
yet for as long as `for` asks. *firing*: an episode is open. *recovering*: out of breach, but short
of `recover`; the episode stays open, and a breach now is the same episode. Beside it stands the
data state: *ok*, *insufficient* (too few trades, or no value) or *error*; while it is not ok, the
state holds. A trade or window rule steps once for each closed trade, in trade order; a clock rule
steps once a run. Ids hash what happened, never when it was seen.
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
CALENDAR_WINDOWS = ("daily", "weekly", "monthly")
"""Windows that end; an episode of such a window ends with it."""

CLOCK_METRICS = ("minutes_since_last_line", "open_trade_age_minutes", "bad_lines")
"""What steps by the clock, once a run, rather than by trades."""

IDLE_US = 30 * 24 * 60 * MINUTE_US
"""A group without a trade for so long is closed as idle."""


class Rule(NamedTuple):
    """One rule of `config/alerts.yaml`.

    `trades` or `window` says what the figure is over (neither, for a clock rule). `for_trades`
    counts consecutive breaches including the first; `for_us` is used instead where it is not 0.
    `generation` tells apart the lives of a rule that was edited or removed, and then came back.
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
        """Whether the clock, not trades, steps it."""
        return self.metric in CLOCK_METRICS

    @property
    def definition(self) -> str:
        """A digest of everything its states depend on: not of severity and reminders."""
        parts = self[:12]
        numbers = (plain_number(self.threshold), plain_number(self.recover))
        texts = [str(part) for n, part in enumerate(parts) if n not in (5, 6)]
        return digest(*texts, *numbers, str(self.active or ""))

    @property
    def identity(self) -> str:
        """The definition in this life of the rule: what ids are made of."""
        return digest(self.definition, str(self.generation)) if self.generation else self.definition

    def breached(self, value: Decimal) -> bool:
        """Whether the value is beyond the threshold; at it is no breach."""
        return value < self.threshold if self.bound == BELOW else value > self.threshold

    def recovered(self, value: Decimal) -> bool:
        """Whether the value is at `recover` or past it."""
        return value >= self.recover if self.bound == BELOW else value <= self.recover

    def plain(self) -> tuple[Any, ...]:
        """As tuples, texts and integers; `rule_from` reads it."""
        active = self.active and (tuple(sorted(self.active.days)), *self.active[1:])
        return (*self[:5], str(self.threshold), str(self.recover), *self[7:13], active, *self[14:])


def rule_from(plain: tuple[Any, ...]) -> Rule:
    """The rule that `plain` was made from."""
    active = plain[13] and ActiveHours(frozenset(plain[13][0]), *plain[13][1:])
    values = list(plain)
    values[5:7] = Decimal(plain[5]), Decimal(plain[6])
    values[13] = active
    return Rule(*values)


class Observation(NamedTuple):
    """The figure of a rule at one step.

    `value` is None when it is undefined; then `better` says that it is so because nothing was
    lost, which is better than any threshold. `window` is the label of a calendar window, and
    `window_end` its end. `key` is the order key of the trade, or what a clock rule is about.
    `since` is when a breach began, and `lasted_us` how long it has lasted in active time, where
    that is known better than from the steps.
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
    """Where a rule stands for one group; plain values throughout.

    `breaches` in a row began at `since`; `episode` is open since `fired_at`. `window` is the
    calendar window of the last step. `data_told` says that a data problem was told.
    """

    phase: str = OK
    breaches: int = 0
    since: int | None = None
    episode: str | None = None
    fired_at: int | None = None
    window: str | None = None
    window_end: int | None = None
    data: str = INSUFFICIENT
    data_told: bool = False


class RuleEvent(NamedTuple):
    """What a step did: `kind` is firing, resolved or data_state; `at` is when the market did it."""

    kind: str
    reason: str
    at: int
    episode: str | None
    window: str | None


Stepped = tuple[RuleState, tuple[RuleEvent, ...]]

START = RuleState()


def step(rule: Rule, state: RuleState, value: Observation, at: int, group: str = "") -> Stepped:
    """One step at the instant `at`: the new state, and what happened, in order."""
    events: list[RuleEvent] = []
    if value.window != state.window:
        if state.episode is not None and state.window is not None:
            ended = at if state.window_end is None else state.window_end
            events.append(RuleEvent("resolved", WINDOW_ENDED, ended, state.episode, state.window))
        # What a new window lacks at its start is no news.
        state = START._replace(window=value.window, window_end=value.window_end)
    if not holds(rule.active, at) and not rule.is_clock:
        return state, tuple(events)
    if value.data != OK:
        if state.data == OK:
            events.append(RuleEvent("data_state", value.data, at, state.episode, value.window))
            state = state._replace(data_told=True)
        return state._replace(data=value.data), tuple(events)
    if state.data_told:
        events.append(RuleEvent("data_state", OK, at, state.episode, value.window))
    state = state._replace(data=OK, data_told=False)
    state, told = _judged(rule, state, value, at, group)
    return state, (*events, *told)


def closed(state: RuleState, reason: str, at: int) -> Stepped:
    """Ends an open episode for a reason that is not a value."""
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
    """24 hex digits that name these texts, in this order."""
    text = "\x1f".join(part.replace("\x1f", "\x1f\x1f") for part in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def plain_number(value: Decimal) -> str:
    """One text for each number, however many zeros it was written with."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
