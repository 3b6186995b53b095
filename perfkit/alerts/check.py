"""One alert run: load the state, read the log, step the rules, write events and state.

Events are on disk before the state that includes them. If a run is killed in between, the next one
repeats it; its events have the same ids and are not written twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from perfkit.alerts import replay, state_file
from perfkit.alerts.announce import Announcer
from perfkit.alerts.event import time_text
from perfkit.alerts.event_log import Event, append, read, read_since, size_of
from perfkit.alerts.feed import Feed, load_config, open_feed
from perfkit.alerts.memory import Announced, Memory, memory_from, recalled
from perfkit.alerts.rules.gauge import GaugeSettings
from perfkit.alerts.rules.rule import RULE_CHANGED, RULE_REMOVED, Rule, digest
from perfkit.alerts.rules.steps import RuleRun, trade_key
from perfkit.alerts.state_file import EXIT_FIRING, EXIT_OK, SKEW_US, clock, config_mark, newest_seen
from perfkit.config.workspace import timezone_override
from perfkit.core.errors import OutputError
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.atomic import put_in_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from perfkit.config.settings import Config

ALWAYS = 1 << 62
"""Later than any trade."""


class OpenEpisode(NamedTuple):
    """An open episode; `name` is its id in events."""

    rule: Rule
    group: str
    name: str
    since: int
    phase: str
    silenced: bool
    acked: bool


class CheckResult(NamedTuple):
    """The result of a run: exit code, all its events, those not silenced (`news`), what fires."""

    code: int
    now: int
    events: tuple[Event, ...]
    news: tuple[Event, ...]
    firing: tuple[OpenEpisode, ...]
    memory: Memory

    def to_json(self) -> str:
        """One object, indented."""
        import json

        firing = [
            {
                "rule": one.rule.id,
                "group": one.group or None,
                "episode": one.name,
                "severity": one.rule.severity,
                "since": time_text(one.since),
                "state": one.phase,
                "silenced": one.silenced,
                "acked": one.acked,
            }
            for one in self.firing
        ]
        found = {
            "code": self.code,
            "now": time_text(self.now),
            "firing": firing,
            "events": list(self.events),
        }
        return json.dumps(found, indent=2, ensure_ascii=False)


class StoredMemory(NamedTuple):
    """The content of the state file: nothing, both parts, or its bytes as `damage`."""

    head: dict[str, Any] | None = None
    body: dict[str, Any] | None = None
    damage: bytes | None = None


def check(root: str, given_now: int | None = None, *, dry_run: bool = False) -> CheckResult:
    """Evaluates every rule once, and unless `dry_run` writes events and state.

    Raises `ConfigError`, `LogReadError`, `OutputError` and `OSError`; the next run then repeats the
    work. The caller holds the lock.
    """
    now = clock() if given_now is None else given_now
    zone = timezone_override()
    mark = config_mark(root)
    stored = _stored(root)
    config = load_config(root, zone or None)
    feed = open_feed(config, writes=not dry_run)
    run = _Run(root, now, feed, settings_of(config, feed.missing))
    result = run.work(stored, _rules(stored, mark, config))
    if not dry_run:
        os.makedirs(os.path.dirname(os.path.join(root, state_file.STATE)), exist_ok=True)
        events = [one for one in result.events if one["id"] not in run.doubtful]
        if events:
            run.memory.log_size = append(root, events)
        head = {
            "config": mark,
            "zone": zone,
            "log": feed.mark,
            "next": run.next_run(),
            "now": run.memory.newest,
            "skewed": run.memory.skewed,
            "code": result.code,
        }
        path = os.path.join(root, state_file.STATE)
        try:
            if stored.damage is not None:
                os.rename(path, path + ".damaged")
            write_state(root, head, run.memory)
            state_file.beat(root, now, run.memory.newest, result.code)
        except OSError as error:
            raise OutputError(state_file.STATE, error.strerror or str(error)) from error
    return result


def settings_of(config: Config, missing: Callable[[date, date], int]) -> GaugeSettings:
    """The settings that figures depend on; `missing` counts expected days without a log."""
    return GaugeSettings(config.calendar, config.starting_equity, config.periods_per_year, missing)


def basis_of(config: Config) -> str:
    """A digest of the settings that figures depend on besides the trades."""
    calendar = config.calendar
    return digest(
        calendar.timezone,
        calendar.day_start.isoformat(),
        str(sorted(calendar.trading_week)),
        str(config.quiet_days_are_zero),
        str(config.starting_equity),
        str(config.periods_per_year),
    )


def stored_memory(root: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Both parts of the stored state; None where there is none. Raises `OutputError`."""
    stored = _stored(root)
    if stored.damage is not None:
        raise OutputError(state_file.STATE, "it is damaged; perfkit-alerts rebuilds it")
    if stored.head is None or stored.body is None:
        return None
    return stored.head, stored.body


def _stored(root: str) -> StoredMemory:
    try:
        parts = state_file.load(root, whole=True)
    except state_file.CorruptStateError as error:
        return StoredMemory(damage=error.content)
    return StoredMemory() if parts is None else StoredMemory(*parts)


def _rules(stored: StoredMemory, mark: object, config: Config) -> tuple[Rule, ...]:
    """The rules: from the state where neither configuration file has changed, else parsed."""
    if stored.body is not None and stored.head is not None and stored.head["config"] == mark:
        from perfkit.alerts.rules.rule import rule_from

        return tuple(rule_from(entry[0]) for entry in stored.body["entries"])
    from perfkit.alerts.rules.file import load_rules

    return load_rules(config)


def write_state(root: str, head: dict[str, Any], memory: Memory) -> None:
    """Replaces the state. Raises `OutputError`."""
    path = os.path.join(root, state_file.STATE)
    try:
        put_in_place(path, state_file.encoded(head, memory.plain()))
    except OSError as error:
        raise OutputError(state_file.STATE, error.strerror or str(error)) from error


class _Run:
    """One run; `doubtful` are ids of events that a killed run may have written already."""

    def __init__(self, root: str, now: int, feed: Feed, settings: GaugeSettings) -> None:
        self.root = root
        self.now = now
        self.feed = feed
        self.settings = settings
        self.memory = Memory()
        self.doubtful: set[str] = set()

    def work(self, stored: StoredMemory, rules: Sequence[Rule]) -> CheckResult:
        announced: dict[str, Announced] | None = None
        left: list[Event] = []
        if stored.body is not None:
            self.memory = memory_from(stored.body, self.settings)
            if size_of(self.root) != self.memory.log_size:
                left = read_since(self.root, self.memory.log_size)
        else:
            left = read(self.root)
            self.memory, announced = recalled(left, rules, self.settings)
        self.doubtful = {event["id"] for event in left}
        self.memory.log_size = size_of(self.root)
        announcer = Announcer(self.memory, self.feed, self.now)
        if stored.damage is not None:
            announcer.state_recovered(stored.damage)
        jobs = self._jobs(rules, announced, announcer)
        days = self.feed.days()
        announcer.trades(replay.replay(jobs, self.feed, days))
        self.memory.marks = tuple(day.plain() for day in days)
        self._remember_last()
        self.memory.basis = basis_of(self.feed.config)
        self._by_the_clock(announcer)
        if announced is None:
            announcer.close_orphans(left)
        return self._result(announcer)

    def _jobs(
        self, rules: Sequence[Rule], announced: dict[str, Announced] | None, announcer: Announcer
    ) -> list[replay.RuleJob]:
        """The job of each rule; open episodes of edited and removed rules are resolved here.

        `announced` is what the event log says of each rule, given where the state was lost.
        """
        memory, days = self.memory, self.feed.days()
        for gone in memory.entries.keys() - {rule.id for rule in rules}:
            announcer.ended(memory.entries.pop(gone), RULE_REMOVED)
            memory.generations[gone] = memory.generations.get(gone, 0) + 1
        change: int | None = None
        if announced is None:
            change = replay.first_change(memory.marks, days, self.feed)
            if memory.basis != basis_of(self.feed.config):
                change = 0
        jobs, entries = [], {}
        for rule in rules:
            entry = memory.entries.get(rule.id)
            if entry is not None and entry.rule.definition != rule.definition:
                announcer.ended(entry, RULE_CHANGED)
                memory.generations[rule.id] = memory.generations.get(rule.id, 0) + 1
                entry = None
            present = rule._replace(generation=memory.generations.get(rule.id, 0))
            is_new = entry is None
            if entry is None:
                entry = replay.RuleEntry(present, RuleRun(present, self.settings))
            entry.rule = entry.run.rule = present
            entries[rule.id] = entry
            if is_new:
                announcer.baseline(entry, days)
            if rule.is_clock:
                continue
            if is_new:
                jobs.append(replay.from_start(entry, ALWAYS))
            elif announced is not None:
                known = announced[rule.id]
                until = -1 if known.until is None else known.until
                jobs.append(replay.from_start(entry, until, known.open, frozenset(known.fired)))
            elif change is None:
                jobs.append(replay.onward(entry, memory.marks))
            else:
                jobs.append(replay.back_to(entry, change, days, memory.last_at, self._last_row()))
        memory.entries = entries
        return jobs

    def _remember_last(self) -> None:
        """Saves which trade was stepped last."""
        days = self.feed.days()
        self.memory.last_at, self.memory.last_key = None, ""
        if days:
            trades = self.feed.rows(days[-1].day, days[-1].day)
            self.memory.last_at = trades.closed_at[-1]
            self.memory.last_key = trade_key(trades, len(trades) - 1)

    def _last_row(self) -> int | None:
        """The row of that trade in its day, where it is still there."""
        if self.memory.last_at is None:
            return None
        day = self.feed.config.calendar.day_of(self.memory.last_at).toordinal()
        trades = self.feed.rows(day, day)
        for row in reversed(range(len(trades))):
            if trades.closed_at[row] < self.memory.last_at:
                break
            if trade_key(trades, row) == self.memory.last_key:
                return row
        return None

    def _by_the_clock(self, announcer: Announcer) -> None:
        memory = self.memory
        newest = newest_seen(self.root, memory.newest)
        if newest - self.now >= SKEW_US:
            memory.newest = newest
            if not memory.skewed:
                memory.skewed = True
                announcer.clock_skew(newest)
            return
        memory.skewed = False
        memory.newest = max(newest, self.now)
        announcer.silences_over()
        announcer.clock_rules()
        announcer.reminders()

    def next_run(self) -> int | None:
        """The earliest instant at which there is work without a new line."""
        if self.memory.skewed:
            return None
        from perfkit.alerts.announce import next_due

        return next_due(self.memory, self.feed, self.now)

    def _result(self, announcer: Announcer) -> CheckResult:
        firing = open_episodes(self.memory, self.now)
        code = EXIT_FIRING if any(not one.silenced for one in firing) else EXIT_OK
        events = tuple(announcer.events)
        silent = {rule for rule, until in self.memory.silences.items() if until > self.now}
        news = tuple(one for one in events if one["rule"] not in silent)
        return CheckResult(code, self.now, events, news, firing, self.memory)


def open_episodes(memory: Memory, now: int) -> tuple[OpenEpisode, ...]:
    """Every open episode."""
    found = []
    for entry in memory.entries.values():
        for group, state in entry.states().items():
            if state.episode is None:
                continue
            name = entry.episode_name(state.episode)
            silenced = memory.silences.get(entry.rule.id, 0) > now
            since = state.fired_at or 0
            found.append(
                OpenEpisode(
                    entry.rule, group, name, since, state.phase, silenced, name in memory.acked
                )
            )
    return tuple(found)
