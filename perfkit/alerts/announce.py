"""Turns what rules did into events, with the same names and ids when a run is repeated."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import cached_property
from zlib import crc32

from perfkit.alerts.event import MOST_SOURCES, event, instant_from, lines_behind, time_text
from perfkit.alerts.event_log import VERSION, Event
from perfkit.alerts.memory import Memory
from perfkit.alerts.replay import ReplayResult, RuleEntry
from perfkit.alerts.rules.active_hours import active_us, reached
from perfkit.alerts.rules.clock import ClockStep, next_step, stepped
from perfkit.alerts.rules.evidence import Evidence, evidence_of
from perfkit.alerts.rules.rule import (
    CORRECTED,
    ERROR,
    OK,
    START,
    Rule,
    RuleEvent,
    RuleState,
    closed,
    digest,
)
from perfkit.alerts.rules.steps import TradeEvent, trade_key
from perfkit.alerts.state_file import UNFINISHED_US

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from perfkit.alerts.feed import DayMark, Feed
    from perfkit.alerts.sentences import Sentences
    from perfkit.core.trades import Trades


MOST_WAITING = 100
"""Of trades that close later than the present, so many are known one by one."""


class Announcer:
    """Collects the events of one run, and updates the memory to match them."""

    def __init__(self, memory: Memory, feed: Feed, now: int) -> None:
        self.memory = memory
        self.feed = feed
        self.now = now
        self.events: list[Event] = []
        self._seen: dict[tuple[str, str], tuple[Evidence, str | None]] = {}

    @cached_property
    def words(self) -> Sentences:
        """The sentences; few runs need any."""
        from perfkit.alerts.sentences import Sentences

        return Sentences(self.feed.config)

    def _add(self, kind: str, identity: str, message: str, **fields: Any) -> None:
        self.events.append(event(kind, identity, self.now, message, **fields))

    def trades(self, replayed: Sequence[ReplayResult]) -> None:
        """Announces what trades did: what a changed past settled, then the rest in trade order."""
        for result in replayed:
            self._missed(result.entry, result.missed)
        placed = [(result.entry, one) for result in replayed for one in result.settled]
        onward = [
            ((one.day, one.row, rule, number), result.entry, one)
            for rule, result in enumerate(replayed)
            for number, one in enumerate(result.live)
        ]
        placed += [item[1:] for item in sorted(onward, key=lambda item: item[0])]
        for entry, one in placed:
            sources = lines_behind(self.feed, entry.rule, one)
            self._rule_event(entry, one.group, one.event, one.evidence, sources)

    def _missed(self, entry: RuleEntry, missed: Sequence[TradeEvent]) -> None:
        if not missed:
            return
        rule = entry.rule
        episodes = [one.event.episode or "" for one in missed]
        times = [one.event.at for one in missed]
        identity = digest(rule.id, rule.identity, "history_rewritten", *episodes)
        if identity in self.memory.used:  # before the state was lost
            return
        self._add(
            "history_rewritten",
            identity,
            self.words.rewritten(rule, missed[0].group, times, missed[0].evidence),
            rule=rule,
            occurred_at=missed[0].event.at,
            evidence=missed[0].evidence,
            sources=lines_behind(self.feed, rule, missed[0]),
        )

    def _rule_event(
        self,
        entry: RuleEntry,
        group: str,
        done: RuleEvent,
        evidence: Evidence | None,
        sources: Sequence[str],
        fired_before: int | None = None,
    ) -> None:
        rule, episode = entry.rule, done.episode
        name, fired_at = None, None
        if done.kind == "firing" and episode is not None:
            name = entry.new_name(episode, done.at, self.memory.used)
            # An episode that fired long ago gets one `firing`, without its reminders so far.
            self.memory.reminded[name] = self._reminders_passed(entry.rule, done.at, None)
        elif episode is not None:
            name = entry.episode_name(episode)
            if done.kind == "resolved":
                fired_at, _ = entry.known.get(episode, (fired_before, 0))
                self.memory.acked.discard(name)
                self.memory.reminded.pop(name, None)
        if done.kind == "data_state":
            parts = (group, done.kind, done.window or "", str(done.at), done.reason)
            identity = digest(rule.id, rule.identity, *parts)
        else:
            identity = digest(name or "", done.kind)
        self._add(
            done.kind,
            identity,
            self.words.rule_event(rule, group, done, evidence, fired_at),
            rule=rule,
            group=group,
            episode=name,
            reason=done.reason or None,
            occurred_at=done.at,
            evidence=evidence,
            sources=sources,
        )

    def ended(self, entry: RuleEntry, reason: str) -> None:
        """Resolves the open episodes of a rule that was edited or removed."""
        for group, state in entry.states().items():
            _, events = closed(state, reason, self.memory.last_at or self.now)
            for done in events:
                self._rule_event(entry, group, done, self._evidence(entry, group), ())
        self.memory.silences.pop(entry.rule.id, None)

    def baseline(self, entry: RuleEntry, days: Sequence[DayMark]) -> None:
        """Announces that a new rule is now being monitored."""
        rule = entry.rule
        last_at = None
        trades = sum(day.rows for day in days)
        if days:
            last_at = self.feed.rows(days[-1].day, days[-1].day).closed_at[-1]
        self._add(
            "baseline",
            digest(rule.id, rule.identity, "baseline"),
            self.words.baseline(rule, trades),
            rule=rule,
            occurred_at=last_at,
            evidence=Evidence(None, None, None, None, None, trades, None, last_at, ""),
        )

    def state_recovered(self, content: bytes) -> None:
        """Announces that the state was damaged and has been rebuilt."""
        self._add(
            "state_recovered",
            digest("state_recovered", f"{len(content)} {crc32(content)}"),
            self.words.state_recovered(),
        )

    def clock_skew(self, newest: int) -> None:
        """Announces that the clock was ahead before, or is behind now."""
        self._add(
            "clock_skew",
            self._next("clock_skew"),
            self.words.clock_skew(newest, self.now),
        )

    def set_back(self, events: Callable[[], Sequence[Event]]) -> None:
        """Counts reminders by the clock as it is now, and none a second time.

        The latest that has passed may not have been given. `events` are those of the event log,
        which has the reminders that were.
        """
        memory, is_early = self.memory, False
        for entry in memory.entries.values():
            for state in entry.states().values():
                if state.episode is None or state.fired_at is None:
                    continue
                name = entry.episode_name(state.episode)
                passed = self._reminders_passed(entry.rule, state.fired_at, state.window_end)
                if memory.reminded.get(name, 0) > max(0, passed):
                    memory.reminded[name] = max(0, passed - 1)
                    is_early = True
        if is_early:
            memory.used |= {one["id"] for one in events() if one["kind"] == "reminder"}

    def troubles(self, troubles: Mapping[str, str]) -> None:
        """Announces sources that cannot be relied on any more, and those that can be again."""
        memory = self.memory
        for source in sorted(memory.troubles.keys() | troubles.keys()):
            before, now = memory.troubles.get(source), troubles.get(source)
            if before == now:
                continue
            self._add(
                "data_state",
                self._next("data_state", "source"),
                self._said_of(source, now),
                reason=OK if now is None else ERROR,
            )
        memory.troubles = dict(troubles)

    def _said_of(self, source: str, trouble: str | None) -> str:
        names = (one.name for one in self.feed.config.sources)
        if trouble is None and source not in names:
            return self.words.removed_source(source)
        return self.words.source(source, trouble)

    def _next(self, kind: str, *about: str) -> str:
        """The id of the next event of a kind that comes again; see `memory.NUMBERED`."""
        counts = self.memory.counts
        counts[kind] = counts.get(kind, 0) + 1
        return digest(kind, *about, str(counts[kind]))

    def waiting(self, trades: Trades | None) -> None:
        """Announces trades that close later than the present, each once."""
        rows = range(min(len(trades), MOST_WAITING)) if trades is not None else range(0)
        keys = [trade_key(trades, row) for row in rows] if trades is not None else []
        new = [row for row, key in enumerate(keys) if key not in self.memory.waiting]
        self.memory.waiting = tuple(keys)
        if not new or trades is None:
            return
        first = new[0]
        self._add(
            "data_state",
            self._next("data_state", "ahead"),
            self.words.ahead(str(trades.place(first)), trades.closed_at[first], len(new)),
            reason=ERROR,
            sources=[str(trades.place(row)) for row in new[:MOST_SOURCES]],
        )

    def orphan(self, fired: Event, reason: str) -> None:
        """Resolves an episode of a rule that was edited or removed while the state was lost."""
        identity = digest(str(fired["episode"]), "resolved")
        known = {key: fired.get(key) for key in event("resolved", "", self.now, "")}
        known |= {"v": VERSION, "id": identity, "kind": "resolved", "reason": reason}
        known |= {"detected_at": time_text(self.now), "until": None, "sources": []}
        known["message"] = self.words.orphan(str(fired.get("rule")), reason)
        self.events.append(known)

    def silences_over(self) -> None:
        """Ends the silences that are over, and those that a clock which was ahead began."""
        for rule, (_, until) in sorted(self.memory.silences.items()):
            if self.memory.is_silenced(rule, self.now):
                continue
            del self.memory.silences[rule]
            entry = self.memory.entries.get(rule)
            fires = entry is not None and bool(entry.open_episodes())
            self._add(
                "unsilenced",
                digest(rule, "unsilenced", str(until)),
                self.words.unsilenced(rule, fires=fires),
                rule=entry.rule if entry is not None else None,
                occurred_at=min(until, self.now),
                until=until,
            )

    def clock_rules(self, held: Container[str]) -> None:
        """Steps the clock rules but those that are held."""
        for entry in self.memory.entries.values():
            if not entry.rule.is_clock or entry.rule.id in held:
                continue
            for one in stepped(entry.rule, entry.clock, self.feed, self.now):
                self._seen[entry.rule.id, one.group] = (one.evidence, one.place)
                self._clock_step(entry, one)
            if entry.rule.by is not None:
                # Groups come and go; those that are ok need not be kept.
                states = entry.clock.items()
                entry.clock = {name: one for name, one in states if one not in (START, _CALM)}

    def _clock_step(self, entry: RuleEntry, one: ClockStep) -> None:
        for done in one.events:
            sources = [one.place] if one.place is not None else []
            self._rule_event(entry, one.group, done, one.evidence, sources)
        entry.clock[one.group] = one.state

    def reminders(self) -> None:
        """Reminds of unacknowledged episodes; after a gap, only once."""
        for entry in self.memory.entries.values():
            for group, state in entry.states().items():
                self._remind(entry, group, state)

    def _remind(self, entry: RuleEntry, group: str, state: RuleState) -> None:
        rule = entry.rule
        if state.episode is None or state.fired_at is None or rule.remind_us is None:
            return
        name = entry.episode_name(state.episode)
        if name in self.memory.acked or self.memory.is_silenced(rule.id, self.now):
            return
        number = self._reminders_passed(rule, state.fired_at, state.window_end)
        if number <= self.memory.reminded.get(name, 0):
            return
        self.memory.reminded[name] = number
        identity = digest(name, "reminder", str(number))
        if identity in self.memory.used:  # before the state was lost, or by a clock that was ahead
            return
        at = reached(rule.active, state.fired_at, number * rule.remind_us)
        evidence = self._evidence(entry, group)
        self._add(
            "reminder",
            identity,
            self.words.reminder(rule, group, at, evidence, state.fired_at),
            rule=rule,
            group=group,
            episode=name,
            occurred_at=at,
            evidence=evidence,
        )

    def _reminders_passed(self, rule: Rule, fired_at: int, end: int | None) -> int:
        if rule.remind_us is None:
            return 0
        until = self.now if end is None else min(self.now, end)
        return active_us(rule.active, fired_at, until) // rule.remind_us

    def _evidence(self, entry: RuleEntry, group: str) -> Evidence | None:
        if entry.rule.is_clock:
            return self._seen.get((entry.rule.id, group), (None, None))[0]
        known = entry.run.groups.get(group)
        return None if known is None else evidence_of(known.gauge)

    def close_orphans(self, left: Sequence[Event]) -> None:
        """Resolves episodes that a killed run announced, and that no trade supports any more."""
        opened: dict[tuple[str, str], Event] = {}
        for one in left:
            place = (str(one.get("rule")), str(one.get("group") or ""))
            if one["kind"] == "firing":
                opened[place] = one
            elif one["kind"] == "resolved":
                opened.pop(place, None)
        done = {one["episode"] for one in self.events if one["kind"] in ("resolved", "firing")}
        states = {rule: entry.states() for rule, entry in self.memory.entries.items() if opened}
        for (rule, group), one in opened.items():
            entry = self.memory.entries.get(rule)
            if entry is None or one.get("episode") in done:
                continue
            state = states[rule].get(group)
            still = state.episode if state is not None else None
            if still is not None and entry.episode_name(still) == one.get("episode"):
                continue
            at = self.memory.last_at or self.now
            ended = RuleEvent("resolved", CORRECTED, at, str(one["episode"]), None)
            before = self.events
            self.events = []
            began = instant_from(one.get("occurred_at"))
            self._rule_event(entry, group, ended, None, (), began)
            self.events += before


_CALM = START._replace(data="ok")


def next_due(memory: Memory, feed: Feed, now: int) -> int | None:
    """The earliest instant after `now` at which there is work without a new line."""
    instants = [until for _, until in memory.silences.values() if until > now]
    waiting = feed.waiting()
    if waiting is not None:
        instants.append(now + max(1, waiting.closed_at[0] - feed.horizon))
    instants += [since + UNFINISHED_US for *_, since in memory.begun.values()]
    for entry in memory.entries.values():
        rule = entry.rule
        if rule.is_clock and not feed.holds(rule):
            following = next_step(rule, entry.clock, feed, now)
            instants += [] if following is None else [following]
        if memory.is_silenced(rule.id, now) or rule.remind_us is None:
            continue
        for state in entry.states().values():
            if state.episode is None or state.fired_at is None:
                continue
            name = entry.episode_name(state.episode)
            if name in memory.acked:
                continue
            number = memory.reminded.get(name, 0) + 1
            due = reached(rule.active, state.fired_at, number * rule.remind_us)
            if state.window_end is None or due <= state.window_end:
                instants.append(max(due, now + 1))
    return min(instants, default=None)
