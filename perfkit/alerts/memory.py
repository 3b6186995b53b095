"""What one alert run saves for the next: rules, episodes, silences and the clock.

Where it was lost it is rebuilt: silences, acknowledgements and what was announced from the event
log, everything else from the trades.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from perfkit.alerts.event import instant_from
from perfkit.alerts.event_log import Event
from perfkit.alerts.replay import RuleEntry, entry_from
from perfkit.alerts.rules.gauge import GaugeSettings
from perfkit.alerts.rules.rule import (
    FIRING,
    OK,
    RULE_CHANGED,
    RULE_REMOVED,
    Rule,
    RuleState,
    digest,
    rule_from,
)
from perfkit.alerts.rules.steps import RuleRun
from perfkit.alerts.state_file import UNFINISHED_US
from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from perfkit.alerts.doubts import KnownFile


MOST_RECENT = 300


class Memory:
    """Everything kept between runs.

    `rules` are those of the configuration, also such as wait for a source. `last_at` is the closing
    time of the last stepped trade, `basis` a digest of the settings that figures depend on. `acked`
    holds names of episodes, `silences` the end of each rule's silence, `reminded` the number of the
    last reminder of an episode. `used` are the ids of episodes and reminders found in the event log
    when the state was lost. `generations` counts how often each rule was edited or removed, `skews`
    how often the clock went back, `troubled` how often a source could not be relied on or a trade
    was ahead of the clock. `troubles` has, by source, why it cannot be relied on now, `files` the
    log files with trades, `begun` the file and offset of a last line that is not whole and since
    when, `waiting` the order keys of trades announced as ahead. `log_size` is the size of the event
    log when this was saved, `recent` are the ids of its last events.
    """

    def __init__(self) -> None:
        self.entries: dict[str, RuleEntry] = {}
        self.rules: tuple[Rule, ...] = ()
        self.last_at: int | None = None
        self.basis = ""
        self.acked: set[str] = set()
        self.silences: dict[str, int] = {}
        self.reminded: dict[str, int] = {}
        self.generations: dict[str, int] = {}
        self.used: set[str] = set()
        self.skews = 0
        self.troubled = 0
        self.troubles: dict[str, str] = {}
        self.waiting: tuple[str, ...] = ()
        self.files: dict[str, tuple[KnownFile, ...]] = {}
        self.begun: dict[str, tuple[str, int, int]] = {}
        self.newest = 0
        self.log_size = 0
        self.recent: tuple[str, ...] = ()

    def know(self, events: Sequence[Event]) -> None:
        """Remembers the ids of events that are in the event log."""
        self.recent = (*self.recent, *(one["id"] for one in events))[-MOST_RECENT:]

    def note_begun(self, begun: Mapping[str, tuple[str, int]], now: int) -> None:
        """Remembers last lines that are not whole, by source, and since when."""
        before, self.begun = self.begun, {}
        for source, place in begun.items():
            known = before.get(source)
            since = now if known is None or known[:2] != place else known[2]
            self.begun[source] = (*place, since)

    def plain(self) -> dict[str, Any]:
        """The memory as plain values; `memory_from` reads them.

        Most rules have been stepped through the same days, which are written once.
        """
        marks = list(dict.fromkeys(entry.marks for entry in self.entries.values()))
        return {
            "entries": tuple(entry.plain() for entry in self.entries.values()),
            "rules": tuple(rule.plain() for rule in self.rules),
            "marks": tuple(marks),
            "marked": tuple(marks.index(entry.marks) for entry in self.entries.values()),
            "last_at": self.last_at,
            "basis": self.basis,
            "acked": tuple(sorted(self.acked)),
            "silences": self.silences,
            "reminded": self.reminded,
            "generations": self.generations,
            "used": tuple(sorted(self.used)),
            "skews": self.skews,
            "troubled": self.troubled,
            "troubles": self.troubles,
            "waiting": self.waiting,
            "files": self.files,
            "begun": self.begun,
            "newest": self.newest,
            "log_size": self.log_size,
            "recent": self.recent,
        }


def memory_from(plain: dict[str, Any], settings: GaugeSettings) -> Memory:
    """The memory from what `Memory.plain` returned."""
    memory = Memory()
    for one, number in zip(plain["entries"], plain["marked"], strict=True):
        entry = entry_from(one, settings)
        entry.marks = plain["marks"][number]
        memory.entries[entry.rule.id] = entry
    memory.rules = tuple(map(rule_from, plain["rules"]))
    memory.acked = set(plain["acked"])
    memory.used = set(plain["used"])
    for name in (
        "last_at",
        "basis",
        "skews",
        "troubled",
        "waiting",
        "newest",
        "log_size",
        "recent",
    ):
        setattr(memory, name, plain[name])
    for name in ("silences", "reminded", "generations", "troubles", "files", "begun"):
        setattr(memory, name, dict(plain[name]))
    return memory


def unfinished(begun: Mapping[str, tuple[str, int, int]], now: int) -> dict[str, tuple[str, int]]:
    """The last lines that were not whole at an earlier run and ought to be by now."""
    return {
        source: (name, offset)
        for source, (name, offset, since) in begun.items()
        if abs(now - since) >= UNFINISHED_US
    }


class Announced:
    """What the event log says about one rule: announced up to when, and what is open by group.

    `open` has the `firing` event of each open episode, `fired` when each episode fired. The rule
    has `ended` when it was edited or removed after its last baseline.
    """

    def __init__(self) -> None:
        self.until: int | None = None
        self.open: dict[str, Event] = {}
        self.fired: dict[str, int] = {}
        self.ended = False


class Recalled(NamedTuple):
    """What the event log says: a memory, the rules it knows, and episodes of rules that are gone.

    `orphans` has, for each of these, its `firing` event and why it is resolved.
    """

    memory: Memory
    known: dict[str, Announced]
    orphans: list[tuple[Event, str]]


def recalled(events: Iterable[Event], rules: Iterable[Rule], settings: GaugeSettings) -> Recalled:
    """A memory rebuilt from the event log.

    A rule is known when its latest `baseline` has its present definition.
    """
    memory = Memory()
    baselines: dict[str, list[str]] = {}
    announced: dict[str, Announced] = {}
    for event in events:
        _recall(memory, event, baselines, announced)
    memory.generations = {name: len(lives) for name, lives in baselines.items()}
    found: dict[str, Announced] = {}
    present = {rule.id: rule for rule in rules}
    for name, rule in present.items():
        lives = baselines.get(name, [])
        if not lives or announced[name].ended:
            continue
        living = rule._replace(generation=len(lives) - 1)
        if lives[-1] == digest(name, living.identity, "baseline"):
            memory.generations[name] = len(lives) - 1
            one = found[name] = announced[name]
            entry = memory.entries[name] = RuleEntry(living, RuleRun(living, settings))
            if rule.is_clock:
                entry.clock = {group: _fired(event, one) for group, event in one.open.items()}
    memory.silences = {name: until for name, until in memory.silences.items() if name in found}
    orphans = [
        (event, RULE_CHANGED if name in present else RULE_REMOVED)
        for name, one in announced.items()
        if name not in found
        for event in one.open.values()
    ]
    return Recalled(memory, found, orphans)


def _fired(event: Event, one: Announced) -> RuleState:
    """The state of a clock rule whose episode is open."""
    episode = str(event["episode"])
    at = one.fired[episode]
    return RuleState(phase=FIRING, breaches=1, since=at, episode=episode, fired_at=at, data=OK)


def _recall(
    memory: Memory, event: Event, baselines: dict[str, list[str]], announced: dict[str, Announced]
) -> None:
    kind, rule, episode = event["kind"], event.get("rule"), event.get("episode")
    if kind == "clock_skew":
        memory.skews += 1
    if not isinstance(rule, str):
        memory.troubled += kind == "data_state"
        return
    one = announced.setdefault(rule, Announced())
    if kind == "baseline":
        lives = baselines.setdefault(rule, [])
        if event["id"] not in lives:
            lives.append(event["id"])
        one.ended = False
        memory.silences.pop(rule, None)  # of the rule as it was before it was edited
        one.until = instant_from(event.get("last_trade"))
    group = event.get("group")
    group = group if isinstance(group, str) else ""
    if kind in ("firing", "resolved") and isinstance(episode, str):
        happened = instant_from(event.get("last_trade"))
        if happened is not None and (one.until is None or happened > one.until):
            one.until = happened
        if kind == "firing":
            memory.used.add(episode)
            one.open[group] = event
            one.fired[episode] = instant_from(event.get("occurred_at")) or 0
        else:
            one.open.pop(group, None)
            one.ended |= event.get("reason") in (RULE_CHANGED, RULE_REMOVED)
    elif kind in ("reminder", "history_rewritten"):
        memory.used.add(event["id"])
    else:
        _recall_command(memory, event, rule, episode)


def _recall_command(memory: Memory, event: Event, rule: str, episode: object) -> None:
    """Acknowledgements and silences; one whose id does not match its fields is ignored."""
    kind = event["kind"]
    until = instant_from(event.get("until"))
    if kind == "acked" and isinstance(episode, str) and event["id"] == digest(episode, "acked"):
        memory.acked.add(episode)
    elif kind == "silenced" and until is not None:
        if event["id"] == digest(rule, "silenced", str(until)):
            memory.silences[rule] = until
    elif kind == "unsilenced":
        memory.silences.pop(rule, None)
