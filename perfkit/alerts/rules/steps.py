"""One rule evaluated at each closed trade, in trade order: its groups, their figures and states.

The result depends on the trades alone, so history and the trade that has just closed go through
the same steps. A `RuleRun` is saved as plain values and resumed from them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from decimal import Decimal
from itertools import takewhile

from perfkit.alerts.rules.evidence import Evidence, evidence_of
from perfkit.alerts.rules.gauge import BETTER, Gauge, GaugeSettings
from perfkit.alerts.rules.rule import (
    IDLE,
    IDLE_US,
    INSUFFICIENT,
    OK,
    START,
    Observation,
    Rule,
    RuleEvent,
    RuleState,
    closed,
    plain_number,
    step,
)
from perfkit.core.calendar import CALENDAR_WINDOWS, Calendar
from perfkit.core.dimensions import names_in
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.filters.where import rows_meeting
from perfkit.core.trades import Trades
from perfkit.metrics.facts import Undefined, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

NO_GROUP = ""
"""The group of a rule without `by`, and of trades whose `by` field is empty."""


class TradeEvent(NamedTuple):
    """An event of one group and the trade that caused it, with the figures behind it.

    The trade that closed at `at` is row `row` of the trading day with the ordinal `day`.
    """

    day: int
    row: int
    at: int
    group: str
    event: RuleEvent
    evidence: Evidence


class Point(NamedTuple):
    """The figure of a group when a trade closed, and the state it led to."""

    at: int
    group: str
    value: Decimal | None
    phase: str


class Group:
    """One group of a rule: its state, its gauge, and when its last trade closed.

    It is the rule's `number`th group; `carried` is what it was last saved as, None since a step.
    """

    __slots__ = ("carried", "gauge", "last_at", "number", "state")

    def __init__(self, state: RuleState, gauge: Gauge, last_at: int | None, number: int) -> None:
        self.state = state
        self.gauge = gauge
        self.last_at = last_at
        self.number = number
        self.carried: tuple[Any, ...] | None = None

    def carry(self, name: str) -> tuple[Any, ...]:
        """The group as plain values."""
        if self.carried is None:
            self.carried = name, tuple(self.state), self.gauge.carry(), self.last_at
        return self.carried


class RuleRun:
    """A trade or window rule in progress: its `groups` by name, and `steps`, its trades so far."""

    def __init__(self, rule: Rule, settings: GaugeSettings) -> None:
        self.rule = rule
        self.settings = settings
        self.groups: dict[str, Group] = {}
        self.steps = 0
        self.points: list[Point] | None = None
        """Every figure, where a chart needs them; else None."""
        self._firing: dict[str, int] = {}
        """The groups with an open episode and their last trades, the longest idle first."""
        self._equals = _Equals()

    def advance(self, day: int, trades: Trades, first: int) -> list[TradeEvent]:
        """Steps through the trades of one day from row `first` on; `day` is its ordinal."""
        events: list[TradeEvent] = []
        groups = grouping(self.rule, trades)
        for row in rows_meeting(trades, self.rule.where, self.settings.calendar, first):
            if self.rule.by is not None:
                events += self._idle(trades.closed_at[row], day, row)
            for name in groups(row):
                group = self.groups.get(name)
                if group is None:
                    group = self.groups[name] = Group(START, self.gauge(), None, len(self.groups))
                events += self._step(name, group, trades, row, day)
        return events

    def gauge(self) -> Gauge:
        """A gauge that has seen no trade."""
        return Gauge(self.rule.metric, self.rule.trades, self.rule.window, self.settings)

    def _step(
        self, name: str, group: Group, trades: Trades, row: int, day: int
    ) -> list[TradeEvent]:
        gauge, at = group.gauge, trades.closed_at[row]
        before = None
        if group.state.episode is not None and day != gauge.day:
            before = evidence_of(gauge)
        gauge.add(trades, row, day)
        group.last_at = at
        self.steps += 1
        observed = self._observation(group, trades, row, gauge.value())
        state, events = step(self.rule, group.state, observed, at, name)
        group.state, group.carried = state, None
        self._firing.pop(name, None)
        if state.episode is not None:
            self._firing[name] = at
        if self.points is not None:
            self.points.append(Point(at, name, observed.value, state.phase))
        found = []
        for event in events:
            # A window that has ended is described by its last figure.
            ended = before is not None and event.window != state.window
            evidence = before if before is not None and ended else evidence_of(gauge)
            found.append(TradeEvent(day, row, at, name, event, evidence))
        return found

    def _observation(
        self, group: Group, trades: Trades, row: int, value: Value | Undefined
    ) -> Observation:
        gauge, rule = group.gauge, self.rule
        window, end = None, None
        if rule.window in CALENDAR_WINDOWS and gauge.window is not None:
            window, end = gauge.window.label, gauge.window.end
        if gauge.count < rule.min_trades:
            reason = f"{gauge.count} of {rule.min_trades} trades"
            return Observation(None, INSUFFICIENT, reason, window=window, window_end=end)
        if isinstance(value, Undefined):
            if value.reason in BETTER:
                return Observation(None, better=True, window=window, window_end=end)
            return Observation(None, INSUFFICIENT, value.reason, window=window, window_end=end)
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        # The key is only needed where an episode could begin.
        begins = group.state.episode is None or window != group.state.window
        key = self._equals.key(trades, row) if begins and rule.breached(number) else ""
        return Observation(number, OK, "", False, window, end, key)

    def _idle(self, at: int, day: int, row: int) -> list[TradeEvent]:
        """Ends the episodes of groups without a trade for so long, in the order of the groups."""
        idle = list(takewhile(lambda name: at - self._firing[name] >= IDLE_US, self._firing))
        found = []
        for name in sorted(idle, key=lambda name: self.groups[name].number):
            group, last_at = self.groups[name], self._firing.pop(name)
            group.state, events = closed(group.state, IDLE, last_at + IDLE_US)
            group.carried = None
            evidence = evidence_of(group.gauge)
            found += [TradeEvent(day, row, at, name, event, evidence) for event in events]
        return found

    def carry(self) -> tuple[Any, ...]:
        """Its whole state as plain values; `resume` reads them."""
        return self.steps, tuple(group.carry(name) for name, group in self.groups.items())

    def resume(self, carried: tuple[Any, ...]) -> RuleRun:
        """Restores what `carry` returned; returns itself."""
        self.steps, groups = carried
        self.groups = {
            name: Group(RuleState(*state), self.gauge().resume(gauge), last_at, number)
            for number, (name, state, gauge, last_at) in enumerate(groups)
        }
        firing = [
            (group.last_at, name)
            for name, group in self.groups.items()
            if group.state.episode is not None and group.last_at is not None
        ]
        self._firing = {name: last_at for last_at, name in sorted(firing)}
        return self


class _Equals:
    """Which of several equal trades one is; those that close at one instant are counted once."""

    def __init__(self) -> None:
        self._trades: Trades | None = None
        self._first = self._next = 0
        self._seen: Counter[str] = Counter()

    def key(self, trades: Trades, row: int) -> str:
        """The order key of the trade, and how many equal ones come before it."""
        closed_at = trades.closed_at
        known = trades is self._trades and self._first <= row and self._next <= row
        if not known or closed_at[self._first] != closed_at[row]:
            self._trades, self._seen = trades, Counter()
            self._first = self._next = bisect_left(closed_at, closed_at[row])
        self._seen.update(trade_key(trades, earlier) for earlier in range(self._next, row))
        self._next = row
        key = trade_key(trades, row)
        return f"{key}#{self._seen[key]}"


def grouping(rule: Rule, trades: Trades) -> Callable[[int], tuple[str, ...]]:
    """What gives the groups of each of these trades: the values of the rule's `by` field."""
    if rule.by is None:
        return lambda _: (NO_GROUP,)
    column = trades.texts(rule.by)
    return lambda row: names_in(column[row])


def rows_by_group(rule: Rule, trades: Trades, calendar: Calendar) -> dict[str, list[int]]:
    """The rows of each group of the rule, in trade order, of the trades that meet every `where`."""
    found: dict[str, list[int]] = {}
    groups = grouping(rule, trades)
    for row in rows_meeting(trades, rule.where, calendar):
        for name in groups(row):
            found.setdefault(name, []).append(row)
    return found


def trade_key(trades: Trades, row: int) -> str:
    """The order key of a closed trade as a text: a property of the trade, not of its line."""
    net = trades.net_pnl.decimal(row)
    return repr(
        (
            trades.closed_at[row],
            trades.opened_at[row],
            trades.symbol[row],
            trades.strategy[row],
            trades.side[row],
            None if net is None else plain_number(net),
        )
    )
