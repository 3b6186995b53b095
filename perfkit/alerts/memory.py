"""What one alert run saves for the next: rules, episodes, silences and the clock.

Where it was lost it is rebuilt: silences, acknowledgements and what was announced from the event
log, everything else from the trades.
"""

from __future__ import annotations

from collections.abc import Iterable

from perfkit.alerts.event import instant_from
from perfkit.alerts.event_log import Event
from perfkit.alerts.replay import Marks, RuleEntry, entry_from
from perfkit.alerts.rules.gauge import GaugeSettings
from perfkit.alerts.rules.rule import FIRING, OK, Rule, RuleState, digest
from perfkit.alerts.rules.steps import RuleRun

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Memory:
    """Everything kept between runs.

    `marks` are the known days, `last_at` and `last_key` the closing time and order key of the last
    stepped trade, `basis` a digest of the settings that figures depend on. `acked` holds names of
    episodes, `silences` the end of each rule's silence, `reminded` the number of the last reminder
    of an episode. `generations` counts how often each rule was edited or removed, `skews` how often
    the clock went back, `log_size` is the size of the event log when this was saved.
    """

    def __init__(self) -> None:
        self.entries: dict[str, RuleEntry] = {}
        self.marks: Marks = ()
        self.last_at: int | None = None
        self.last_key = ""
        self.basis = ""
        self.acked: set[str] = set()
        self.silences: dict[str, int] = {}
        self.reminded: dict[str, int] = {}
        self.generations: dict[str, int] = {}
        self.skews = 0
        self.skewed = False
        self.newest = 0
        self.log_size = 0

    def plain(self) -> dict[str, Any]:
        """The memory as plain values; `memory_from` reads them."""
        return {
            "entries": tuple(entry.plain() for entry in self.entries.values()),
            "marks": self.marks,
            "last_at": self.last_at,
            "last_key": self.last_key,
            "basis": self.basis,
            "acked": tuple(sorted(self.acked)),
            "silences": self.silences,
            "reminded": self.reminded,
            "generations": self.generations,
            "skews": self.skews,
            "skewed": self.skewed,
            "newest": self.newest,
            "log_size": self.log_size,
        }


def memory_from(plain: dict[str, Any], settings: GaugeSettings) -> Memory:
    """The memory from what `Memory.plain` returned."""
    memory = Memory()
    for one in plain["entries"]:
        entry = entry_from(one, settings)
        memory.entries[entry.rule.id] = entry
    memory.acked = set(plain["acked"])
    for name in ("marks", "last_at", "last_key", "basis", "skews", "skewed", "newest", "log_size"):
        setattr(memory, name, plain[name])
    for name in ("silences", "reminded", "generations"):
        setattr(memory, name, dict(plain[name]))
    return memory


class Announced:
    """What the event log says about one rule: announced up to when, and what is open by group."""

    def __init__(self) -> None:
        self.until: int | None = None
        self.open: dict[str, str] = {}
        self.fired: dict[str, int] = {}


def recalled(
    events: Iterable[Event], rules: Iterable[Rule], settings: GaugeSettings
) -> tuple[Memory, dict[str, Announced]]:
    """A memory rebuilt from the event log, and what was announced of each rule it knows.

    A rule is known when its latest `baseline` has its present definition.
    """
    memory = Memory()
    baselines: dict[str, list[str]] = {}
    announced: dict[str, Announced] = {}
    for event in events:
        _recall(memory, event, baselines, announced)
    found: dict[str, Announced] = {}
    for rule in rules:
        lives = baselines.get(rule.id, [])
        memory.generations[rule.id] = len(lives)
        if not lives:
            continue
        present = rule._replace(generation=len(lives) - 1)
        if lives[-1] == digest(rule.id, present.identity, "baseline"):
            memory.generations[rule.id] = len(lives) - 1
            one = found[rule.id] = announced[rule.id]
            entry = memory.entries[rule.id] = RuleEntry(present, RuleRun(present, settings))
            entry.clock = {
                group: RuleState(
                    phase=FIRING,
                    breaches=1,
                    since=one.fired[episode],
                    episode=episode,
                    fired_at=one.fired[episode],
                    data=OK,
                )
                for group, episode in one.open.items()
                if rule.is_clock
            }
    return memory, found


def _recall(
    memory: Memory, event: Event, baselines: dict[str, list[str]], announced: dict[str, Announced]
) -> None:
    kind, rule, episode = event["kind"], event.get("rule"), event.get("episode")
    if kind == "clock_skew":
        memory.skews += 1
    if not isinstance(rule, str):
        return
    if kind == "baseline":
        baselines.setdefault(rule, []).append(event["id"])
        announced[rule] = Announced()
        announced[rule].until = instant_from(event.get("last_trade"))
    one = announced.setdefault(rule, Announced())
    group = event.get("group")
    group = group if isinstance(group, str) else ""
    if kind in ("firing", "resolved") and isinstance(episode, str):
        happened = instant_from(event.get("last_trade"))
        if happened is not None and (one.until is None or happened > one.until):
            one.until = happened
        if kind == "firing":
            one.open[group] = episode
            one.fired[episode] = instant_from(event.get("occurred_at")) or 0
        else:
            one.open.pop(group, None)
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
