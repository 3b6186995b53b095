"""What one alert run saves for the next: rules, episodes, silences and the clock.

Where it was lost it is rebuilt: silences, acknowledgements and what was announced from the event
log, everything else from the trades.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from perfkit.alerts import state_file
from perfkit.alerts.event import instant_from
from perfkit.alerts.event_log import NO_LOG, Event, end_of, read_since
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
from perfkit.alerts.state_file import SKEW_US, UNFINISHED_US
from perfkit.config.workspace import CACHE, MANIFEST
from perfkit.core.errors import OutputError
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.atomic import mode_like, put_in_place, sweep_temporaries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from perfkit.alerts.sources.lost_files import KnownFiles


MOST_RECENT = 300

NUMBERED = {"clock_skew": ((),), "data_state": (("source",), ("ahead",))}
"""Kinds of events that come again and are told apart by a number, with what they are about."""

MOST_LIVES = 1000
"""A rule was edited, or removed and added again, less often."""

MOST_MISSING = 10_000
"""So many numbers in a row may be missing in an event log whose head is gone."""


class Memory:
    """Everything kept between runs.

    `rules` are those of the configuration, also such as wait for a source. `last_at` is the closing
    time of the last stepped trade, `basis` a digest of the settings that figures depend on. `acked`
    holds names of episodes, `silences` begin and end of each rule's silence, `reminded` the number
    of the last reminder of an episode. `used` are the ids of episodes and reminders found in the
    event log when the state was lost or the clock went back. `unrecalled` are rules that wait for a
    source, and for what the event log says of them. `generations` counts how often each rule was
    edited or removed, `counts` how many events there were of each `NUMBERED` kind. `troubles` has,
    by source, why it cannot be relied on now, `files` what is known of its log files,
    `begun` the file and offset of a last line that is not whole and since when, `waiting` the order
    keys of trades announced as ahead. `log_end` is the size of the event log when this was saved,
    and a checksum of its last bytes; `recent` are the ids of its last events.
    """

    def __init__(self) -> None:
        self.entries: dict[str, RuleEntry] = {}
        self.rules: tuple[Rule, ...] = ()
        self.last_at: int | None = None
        self.basis = ""
        self.acked: set[str] = set()
        self.silences: dict[str, tuple[int, int]] = {}
        self.reminded: dict[str, int] = {}
        self.generations: dict[str, int] = {}
        self.used: set[str] = set()
        self.unrecalled: set[str] = set()
        self.counts: dict[str, int] = {}
        self.troubles: dict[str, str] = {}
        self.waiting: tuple[str, ...] = ()
        self.files: dict[str, KnownFiles] = {}
        self.begun: dict[str, tuple[str, int, int]] = {}
        self.newest = 0
        self.log_end = NO_LOG
        self.recent: tuple[str, ...] = ()

    def is_silenced(self, rule: str, now: int) -> bool:
        """Whether a rule is silenced; not where the silence was set by a clock that was ahead."""
        since, until = self.silences.get(rule, (0, 0))
        return since - SKEW_US <= now < until

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
            "unrecalled": tuple(sorted(self.unrecalled)),
            "counts": self.counts,
            "troubles": self.troubles,
            "waiting": self.waiting,
            "files": self.files,
            "begun": self.begun,
            "newest": self.newest,
            "log_end": self.log_end,
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
    memory.unrecalled = set(plain["unrecalled"])
    for name in (
        "last_at",
        "basis",
        "waiting",
        "newest",
        "log_end",
        "recent",
    ):
        setattr(memory, name, plain[name])
    for name in ("counts", "silences", "reminded", "generations", "troubles", "files", "begun"):
        setattr(memory, name, dict(plain[name]))
    return memory


def unfinished(begun: Mapping[str, tuple[str, int, int]], now: int) -> dict[str, tuple[str, int]]:
    """The last lines that were not whole at an earlier run and ought to be by now."""
    return {
        source: (name, offset)
        for source, (name, offset, since) in begun.items()
        if abs(now - since) >= UNFINISHED_US
    }


def obey(root: str, memory: Memory) -> list[Event]:
    """Goes by what people said in events that the state does not know of; returns those events.

    Where they are not sure to have come after what is known, in a log that was truncated, trimmed
    or copied since, nothing in them counts.
    """
    if end_of(root) == memory.log_end:
        return []
    found = read_since(root, memory.log_end)
    known = set(memory.recent)
    last = max((n for n, one in enumerate(found.events) if one["id"] in known), default=-1)
    unknown = found.events[last + 1 :]
    for event in unknown if found.follows or last >= 0 else ():
        rule = event.get("rule")
        if isinstance(rule, str) and rule in memory.entries:
            _recall_command(memory, event, rule, event.get("episode"))
    return unknown


class StoredMemory(NamedTuple):
    """The content of the state file: nothing, both parts, or its bytes as `damage`."""

    head: dict[str, Any] | None = None
    body: dict[str, Any] | None = None
    damage: bytes | None = None


def stored_memory(root: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Both parts of the stored state; None where there is none. Raises `OutputError`."""
    stored = stored_parts(root)
    if stored.damage is not None:
        raise OutputError(state_file.STATE, "it is damaged; perfkit-alerts rebuilds it")
    if stored.head is None or stored.body is None:
        return None
    return stored.head, stored.body


def stored_parts(root: str) -> StoredMemory:
    """What the state file holds, whatever it is."""
    try:
        parts = state_file.load(root, whole=True)
    except state_file.CorruptStateError as error:
        return StoredMemory(damage=error.content)
    return StoredMemory() if parts is None else StoredMemory(*parts)


def keep_state(root: str, head: dict[str, Any], memory: Memory, *, is_damaged: bool) -> None:
    """Replaces the state, and keeps a damaged one aside. Raises `OutputError`."""
    path = os.path.join(root, state_file.STATE)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if is_damaged:
            os.rename(path, path + ".damaged")
    except OSError as error:
        raise OutputError(state_file.STATE, error) from error
    write_state(root, head, memory)


def write_state(root: str, head: dict[str, Any], memory: Memory) -> None:
    """Replaces the state; nobody may read it who may not read the cache. Raises `OutputError`.

    The lock is held.
    """
    path = os.path.join(root, state_file.STATE)
    try:
        content = state_file.encoded(head, memory.plain())
        put_in_place(path, content, mode=mode_like(os.path.join(root, CACHE, MANIFEST)))
        sweep_temporaries(os.path.dirname(path), "alerts")  # also those of the heartbeat
    except OSError as error:
        raise OutputError(state_file.STATE, error) from error


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


def recalled(
    events: Iterable[Event],
    rules: Iterable[Rule],
    settings: GaugeSettings,
    delivered: Iterable[str] = (),
) -> Recalled:
    """A memory rebuilt from the event log; `delivered` are ids of events that it need not have.

    A rule is known when its latest `baseline` has its present definition.
    """
    memory = Memory()
    baselines: dict[str, list[str]] = {}
    announced: dict[str, Announced] = {}
    ids = set(delivered)
    for event in events:
        _recall(memory, event, baselines, announced)
        ids.add(event["id"])
    memory.counts = {kind: _last_number(kind, ids) for kind in NUMBERED} if ids else {}
    memory.generations = {name: len(lives) for name, lives in baselines.items()}
    found: dict[str, Announced] = {}
    present = {rule.id: rule for rule in rules}
    for name, rule in present.items():
        lives = baselines.get(name, [])
        if not lives or announced[name].ended:
            continue
        living = _living(rule, lives[-1])
        if living is not None:
            memory.generations[name] = living.generation
            one = found[name] = announced[name]
            entry = memory.entries[name] = RuleEntry(living, RuleRun(living, settings))
            if rule.is_clock:
                entry.clock = {group: _fired(event, one) for group, event in one.open.items()}
    memory.silences = {name: span for name, span in memory.silences.items() if name in found}
    orphans = [
        (event, RULE_CHANGED if name in present else RULE_REMOVED)
        for name, one in announced.items()
        if name not in found
        for event in one.open.values()
    ]
    return Recalled(memory, found, orphans)


def recall(memory: Memory, names: Iterable[str], found: Recalled) -> None:
    """Goes by what the event log says of these rules; one that it does not know begins anew."""
    for name in names:
        memory.entries.pop(name, None)
        if name in found.known:
            memory.entries[name] = found.memory.entries[name]
            memory.generations[name] = found.memory.generations[name]
        else:
            memory.generations[name] = memory.generations.get(name, 0) + 1
            memory.silences.pop(name, None)
    memory.used |= found.memory.used


def _living(rule: Rule, baseline: str) -> Rule | None:
    """The rule in the life that begins with that `baseline`; None where it was another rule.

    The head of an event log may be gone, and earlier lives with it.
    """
    for generation in range(MOST_LIVES):
        living = rule._replace(generation=generation)
        if baseline == digest(rule.id, living.identity, "baseline"):
            return living
    return None


def _last_number(kind: str, ids: set[str]) -> int:
    """The highest number among ids of events of a kind; 0 where they are of another version."""
    number = last = 0
    while number < last + MOST_MISSING:
        number += 1
        if any(digest(kind, *about, str(number)) in ids for about in NUMBERED[kind]):
            last = number
    return last


def _fired(event: Event, one: Announced) -> RuleState:
    """The state of a clock rule whose episode is open."""
    episode = str(event["episode"])
    at = one.fired[episode]
    return RuleState(phase=FIRING, breaches=1, since=at, episode=episode, fired_at=at, data=OK)


def _recall(
    memory: Memory, event: Event, baselines: dict[str, list[str]], announced: dict[str, Announced]
) -> None:
    kind, rule, episode = event["kind"], event.get("rule"), event.get("episode")
    if not isinstance(rule, str):
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
            memory.silences[rule] = instant_from(event.get("occurred_at")) or 0, until
    elif kind == "unsilenced":
        memory.silences.pop(rule, None)
