"""One alert run: load the state, read the log, step the rules, write events and state.

Events are on disk before the state that includes them. If a run is killed in between, the next one
repeats it; its events have the same ids and are not written twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from perfkit.alerts import replay, state_file
from perfkit.alerts.announce import Announcer
from perfkit.alerts.event import MOST_SOURCES, time_text
from perfkit.alerts.event_log import Event, append, end_of, read_all
from perfkit.alerts.feed import Before, Feed, load_config, names_of, open_feed
from perfkit.alerts.memory import (
    Announced,
    Memory,
    Recalled,
    StoredMemory,
    keep_state,
    memory_from,
    obey,
    recall,
    recalled,
    stored_parts,
    unfinished,
)
from perfkit.alerts.rules.gauge import GaugeSettings
from perfkit.alerts.rules.rule import RULE_CHANGED, RULE_REMOVED, Rule, digest
from perfkit.alerts.rules.steps import RuleRun, trade_key
from perfkit.alerts.sinks.progress import STDERR, load
from perfkit.alerts.state_file import (
    SKEW_US,
    clock,
    config_mark,
    newest_seen,
)
from perfkit.config.workspace import timezone_override
from perfkit.core.calendar import FIRST_US, LAST_US
from perfkit.core.exact import canonical
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.interpreter import EXIT_FAILED, EXIT_FIRING, EXIT_OK, uncollected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from perfkit.config.settings import Config

TOLD_OF_RULES = ("baseline", "firing", "resolved")

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
    """The result of a run: exit code, its events, what fires.

    `reason` says why the code is 3, and is empty otherwise. Trades that close later than the
    present wait in the feed, and the JSON lists the first of them.
    """

    code: int
    now: int
    events: tuple[Event, ...]
    firing: tuple[OpenEpisode, ...]
    memory: Memory
    feed: Feed
    reason: str

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
        trades = self.feed.waiting()
        ahead = [] if trades is None else [trades.place(row) for row in range(len(trades))]
        found = {
            "code": self.code,
            "reason": self.reason or None,
            "now": time_text(self.now),
            "ahead": [str(place) for place in ahead[:MOST_SOURCES]],
            "firing": firing,
            "events": list(self.events),
        }
        return json.dumps(found, indent=2, ensure_ascii=False)


def check(root: str, given_now: int | None = None, *, dry_run: bool = False) -> CheckResult:
    """Evaluates every rule once, and unless `dry_run` writes events and state.

    Raises `ConfigError`, `LogReadError`, `OutputError` and `OSError`; the next run then repeats the
    work. The caller holds the lock.
    """
    now = clock() if given_now is None else given_now
    zone = timezone_override()
    mark = config_mark(root)
    stored = stored_parts(root)
    config = load_config(root, zone or None)
    rules, ahead_us = _rules(stored, mark, config)
    horizon = _horizon(stored, now + ahead_us)
    before = None
    if stored.body is not None:
        begun = unfinished(stored.body["begun"], now)
        before = Before(stored.body["files"], begun, stored.body["troubles"])
    feed = open_feed(config, writes=not dry_run, horizon=horizon, before=before)
    run = _AlertRun(root, now, feed, settings_of(config, feed.missing), ahead_us)
    with uncollected():
        result = run.work(stored, rules)
    if not dry_run:
        os.makedirs(os.path.dirname(os.path.join(root, state_file.STATE)), exist_ok=True)
        events = [one for one in result.events if one["id"] not in run.doubtful]
        if events:
            run.memory.log_end = append(root, events)
        run.memory.know(result.events)
        head = {
            "config": mark,
            "sources": names_of(config),
            "zone": zone,
            "log": feed.mark,
            "events": run.memory.log_end[0],
            "next": run.next_run(),
            "now": run.memory.newest,
            "ahead": ahead_us,
            "code": result.code,
        }
        keep_state(root, head, run.memory, is_damaged=stored.damage is not None)
        state_file.beat(root, now, run.memory.newest, result.code)
    return result


def settings_of(config: Config, missing: Callable[[date, date], int]) -> GaugeSettings:
    """The settings that figures depend on; `missing` counts expected days without a log."""
    return GaugeSettings(
        config.calendar, config.starting_equity, config.deposits, config.periods_per_year, missing
    )


def basis_of(config: Config) -> str:
    """A digest of the settings that figures depend on besides the trades."""
    calendar = config.calendar
    return digest(
        calendar.timezone,
        calendar.day_start.isoformat(),
        f"{sorted(calendar.trading_week)} {calendar.week_starts} "
        f"{sorted(day.toordinal() for day in calendar.holidays)}",
        str(config.quiet_days_are_zero),
        str(config.starting_equity),
        str([(day.toordinal(), str(canonical(amount))) for day, amount in config.deposits]),
        str(config.periods_per_year),
    )


def _horizon(stored: StoredMemory, horizon: int) -> int:
    """Up to where trades count; what was evaluated once still does when the clock went back."""
    last = stored.body["last_at"] if stored.body is not None else None
    return max(FIRST_US, min(LAST_US, horizon if last is None else max(horizon, last)))


def _rules(stored: StoredMemory, mark: object, config: Config) -> tuple[tuple[Rule, ...], int]:
    """The rules, and how far ahead of the clock a trade may close.

    They are those of the state where neither configuration file has changed nor a source came or
    went, else parsed.
    """
    head, body = stored.head, stored.body
    before = None if head is None else (head["config"], head.get("sources"))
    if body is not None and head is not None and before == (mark, names_of(config)):
        from perfkit.alerts.rules.rule import rule_from

        return tuple(rule_from(one) for one in body["rules"]), head["ahead"]
    from perfkit.alerts.rules.file import load_alerts

    found = load_alerts(config)
    return found.rules, found.ahead_us


class _AlertRun:
    """One run; `doubtful` are ids of events that a killed run may have written already.

    `held` are rules that wait for a source, `recalled` what the event log says of those that go on
    from there: the state was lost, or they wait no longer and it was lost while they did.
    """

    def __init__(
        self, root: str, now: int, feed: Feed, settings: GaugeSettings, ahead_us: int
    ) -> None:
        self.root = root
        self.now = now
        self.feed = feed
        self.settings = settings
        self.ahead_us = ahead_us
        self.memory = Memory()
        self.doubtful: set[str] = set()
        self.held: set[str] = set()
        self.recalled: dict[str, Announced] = {}

    def work(self, stored: StoredMemory, rules: Sequence[Rule]) -> CheckResult:
        self.held = {rule.id for rule in rules if self.feed.holds(rule)}
        found: Recalled | None = None
        if stored.body is not None:
            self.memory = memory_from(stored.body, self.settings)
            left = obey(self.root, self.memory)
            self.memory.unrecalled |= self.held & {
                str(one.get("rule")) for one in left if one["kind"] in TOLD_OF_RULES
            }
        else:
            left = read_all(self.root)
            found = self._found(left, rules)
            self.memory = found.memory
            self.memory.know(left)
        orphans = found.orphans if found is not None else []
        orphans = orphans + self._recall(rules, found)
        self.doubtful = {event["id"] for event in left}
        self.memory.log_end = end_of(self.root)
        self.memory.rules = tuple(rules)
        announcer = Announcer(self.memory, self.feed, self.now)
        if stored.damage is not None:
            announcer.state_recovered(stored.damage)
        announcer.troubles(self.feed.troubles)
        self._know_files()
        self.memory.note_begun(self.feed.begun, self.now)
        announcer.waiting(self.feed.waiting())
        for fired, reason in orphans:
            announcer.orphan(fired, reason)
        jobs = self._jobs(rules, announcer)
        days = self.feed.days()
        announcer.trades(replay.replay(jobs, self.feed, days))
        self._remember(jobs)
        self.memory.basis = basis_of(self.feed.config)
        self._by_the_clock(announcer)
        if stored.body is not None:
            passed = self.memory.unrecalled | self.recalled.keys()
            announcer.close_orphans([one for one in left if one.get("rule") not in passed])
        return self._result(announcer)

    def _know_files(self) -> None:
        """Remembers the log files of sources that can be relied on, and of no source taken out."""
        memory, troubles = self.memory, self.feed.troubles
        healthy = self.feed.files_with_trades().items()
        memory.files |= {name: of for name, of in healthy if name not in troubles}
        names = {*troubles, *(source.name for source in self.feed.config.sources)}
        memory.files = {name: of for name, of in memory.files.items() if name in names}

    def _found(self, events: Sequence[Event], rules: Sequence[Rule]) -> Recalled:
        lines = load(self.root, STDERR)
        return recalled(events, rules, self.settings, lines.ids if lines is not None else ())

    def _recall(self, rules: Sequence[Rule], found: Recalled | None) -> list[tuple[Event, str]]:
        """Goes by what the event log says of rules where the state does not have it.

        `found` is that, given where the state was lost. Rules that wait go by it in the first run
        in which they need not. Returns the open episodes of those edited or removed meanwhile.
        """
        memory, due = self.memory, set[str]()
        orphans: list[tuple[Event, str]] = []
        if found is not None:
            due = set(found.known)
        elif memory.unrecalled:
            present = {rule.id: rule.definition for rule in rules}
            before = {name: one.rule.definition for name, one in memory.entries.items()}
            edited = {name for name, one in before.items() if one != present.get(name)}
            due = memory.unrecalled - (self.held - edited)
        if due and found is None:
            found = self._found(read_all(self.root), rules)
            recall(memory, due, found)
            orphans = [one for one in found.orphans if one[0].get("rule") in due]
        if due and found is not None:
            known = {name: found.known[name] for name in due & found.known.keys()}
            memory.unrecalled = memory.unrecalled - due | (known.keys() & self.held)
            self.recalled = {name: one for name, one in known.items() if name not in self.held}
        return orphans

    def _jobs(self, rules: Sequence[Rule], announcer: Announcer) -> list[replay.RuleJob]:
        """The job of each rule; open episodes of edited and removed rules are resolved here.

        A rule that waits keeps its state; a new one begins when it no longer has to wait.
        """
        memory = self.memory
        for gone in memory.entries.keys() - {rule.id for rule in rules}:
            announcer.ended(memory.entries.pop(gone), RULE_REMOVED)
            memory.generations[gone] = memory.generations.get(gone, 0) + 1
        jobs, entries = [], {}
        for rule in rules:
            entry = memory.entries.get(rule.id)
            if entry is not None and entry.rule.definition != rule.definition:
                announcer.ended(entry, RULE_CHANGED)
                memory.generations[rule.id] = memory.generations.get(rule.id, 0) + 1
                entry = None
            present = rule._replace(generation=memory.generations.get(rule.id, 0))
            is_new = entry is None
            if is_new and rule.id in self.held:
                continue
            if entry is None:
                entry = replay.RuleEntry(present, RuleRun(present, self.settings))
            entry.rule = entry.run.rule = present
            entries[rule.id] = entry
            if is_new:
                announcer.baseline(entry, self.feed.days())
            if not rule.is_clock and rule.id not in self.held:
                jobs.append(self._job(entry, is_new))
        memory.entries = entries
        return jobs

    def _job(self, entry: replay.RuleEntry, is_new: bool) -> replay.RuleJob:
        """From where to step one trade or window rule."""
        days = self.feed.days()
        if is_new:
            return replay.from_start(entry, ALWAYS)
        one = self.recalled.get(entry.rule.id)
        if one is not None:
            open_before = {group: str(fired["episode"]) for group, fired in one.open.items()}
            until = -1 if one.until is None else one.until
            return replay.from_start(entry, until, open_before, frozenset(one.fired))
        change = replay.first_change(entry.marks, days, self.feed)
        if self.memory.basis != basis_of(self.feed.config):
            change = 0
        if change is None:
            return replay.onward(entry)
        return replay.back_to(entry, change, days, self._last_row(entry))

    def _remember(self, jobs: Sequence[replay.RuleJob]) -> None:
        """Saves up to which trade each rule was stepped."""
        days = self.feed.days()
        marks = tuple(day.plain() for day in days)
        last_at, last_key = None, ""
        if days:
            trades = self.feed.last_rows(days[-1].day)
            last_at, last_key = trades.closed_at[-1], trade_key(trades, len(trades) - 1)
        for job in jobs:
            job.entry.marks, job.entry.last_at, job.entry.last_key = marks, last_at, last_key
        held = [one.last_at for name, one in self.memory.entries.items() if name in self.held]
        seen = last_at if jobs or not self.held else self.memory.last_at
        known = [at for at in (seen, *held) if at is not None]
        self.memory.last_at = max(known, default=None)

    def _last_row(self, entry: replay.RuleEntry) -> int | None:
        """The row of the trade stepped last in its day, where it is still there."""
        if entry.last_at is None:
            return None
        day = self.feed.config.calendar.day_of(entry.last_at).toordinal()
        trades = self.feed.rows(day, day)
        for row in reversed(range(len(trades))):
            if trades.closed_at[row] < entry.last_at:
                break
            if trade_key(trades, row) == entry.last_key:
                return row
        return None

    def _by_the_clock(self, announcer: Announcer) -> None:
        """Steps what depends on the present, which is what the clock says now."""
        memory = self.memory
        newest = newest_seen(self.root, memory.newest)
        memory.newest = self.now
        if newest - self.now >= SKEW_US:
            announcer.clock_skew(newest)
            announcer.set_back(lambda: read_all(self.root))
        else:
            memory.newest = max(newest, self.now)
        announcer.silences_over()
        if not self._is_behind():
            announcer.clock_rules(self.held)
            announcer.reminders()

    def next_run(self) -> int | None:
        """The earliest instant at which there is work without a new line."""
        from perfkit.alerts.announce import next_due

        return next_due(self.memory, self.feed, self.now)

    def _reason(self) -> str:
        """Why nothing can be said of the present; empty where it can."""
        for source, trouble in sorted(self.feed.troubles.items()):
            return f"source {source}: {trouble}"
        if self._is_behind():
            return (
                f"the clock says {time_text(self.now)}, but a trade that closed at "
                f"{time_text(self.memory.last_at)} was evaluated before; check the clock"
            )
        return ""

    def _is_behind(self) -> bool:
        """Whether a trade that was evaluated is now ahead of the clock."""
        last = self.memory.last_at
        return last is not None and last > self.now + self.ahead_us

    def _result(self, announcer: Announcer) -> CheckResult:
        firing = open_episodes(self.memory, self.now)
        reason = self._reason()
        code = EXIT_FIRING if any(not one.silenced for one in firing) else EXIT_OK
        events = tuple(announcer.events)
        code = EXIT_FAILED if reason else code
        return CheckResult(code, self.now, events, firing, self.memory, self.feed, reason)


def open_episodes(memory: Memory, now: int) -> tuple[OpenEpisode, ...]:
    """Every open episode."""
    found = []
    for entry in memory.entries.values():
        for group, state in entry.states().items():
            if state.episode is None:
                continue
            name = entry.episode_name(state.episode)
            silenced = memory.is_silenced(entry.rule.id, now)
            since = state.fired_at or 0
            found.append(
                OpenEpisode(
                    entry.rule, group, name, since, state.phase, silenced, name in memory.acked
                )
            )
    return tuple(found)
