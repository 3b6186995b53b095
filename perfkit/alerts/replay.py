"""Updates trade and window rules from the log, also where its past has changed.

| the log or the rule    | stepped from                   | announced                        |
| ---------------------- | ------------------------------ | -------------------------------- |
| new trades in order    | the last known trade           | every event                      |
| an earlier day changed | the checkpoint before that day | how the open episode ended,      |
|                        |                                | which one is open now, which     |
|                        |                                | were missed; then every event    |
| a new rule             | the first trade                | what is firing now               |
| the state was lost     | the first trade                | what the event log does not have |

Steps that are not announced are called silent.
"""

from __future__ import annotations

import marshal
from collections.abc import Container, Sequence
from itertools import count, takewhile

from perfkit.alerts.rules.evidence import evidence_of
from perfkit.alerts.rules.gauge import GaugeSettings
from perfkit.alerts.rules.rule import CORRECTED, Rule, RuleEvent, RuleState, digest, rule_from
from perfkit.alerts.rules.steps import RuleRun, TradeEvent
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.sealed import MARSHAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from perfkit.alerts.feed import DayMark, Feed

CHECKPOINTS_OF_LATEST_DAYS = 8
CHECKPOINT_EVERY_DAYS = 32
"""Of older days, this many share one checkpoint."""

MOST_KNOWN = 1000
"""The most episodes kept of a rule."""

LAST_ROW = 1 << 40
"""Stands for the last row of a day."""

Marks = tuple[tuple[int, str, int], ...]


class RuleEntry:
    """What is kept of one rule between runs.

    `run` steps a trade or window rule; `clock` has the states of a clock rule by group.
    `checkpoints` are the saved `run` at the end of a day, packed because few runs need them.
    `known` has, for each episode, when it fired and how often it was announced. A trade or window
    rule was stepped through the days in `marks`, up to the trade that closed at `last_at` and has
    the order key `last_key`.
    """

    def __init__(self, rule: Rule, run: RuleRun) -> None:
        self.rule = rule
        self.run = run
        self.clock: dict[str, RuleState] = {}
        self.checkpoints: list[tuple[int, bytes]] = []
        self.known: dict[str, tuple[int, int]] = {}
        self.marks: Marks = ()
        self.last_at: int | None = None
        self.last_key = ""

    def plain(self) -> tuple[Any, ...]:
        """The entry as plain values, but for `marks`; `entry_from` reads them."""
        kept = list(self.known.items())
        if len(kept) > MOST_KNOWN:
            kept = sorted(kept, key=lambda one: one[1])[-MOST_KNOWN:]
        return (
            self.rule.plain(),
            self.run.carry(),
            tuple((group, tuple(state)) for group, state in self.clock.items()),
            tuple(self.checkpoints),
            tuple(kept),
            self.last_at,
            self.last_key,
        )

    def states(self) -> dict[str, RuleState]:
        """The state of every group."""
        if self.rule.is_clock:
            return self.clock
        return {name: group.state for name, group in self.run.groups.items()}

    def open_episodes(self) -> dict[str, str]:
        """The open episode of every group that has one."""
        states = self.states().items()
        return {group: state.episode for group, state in states if state.episode is not None}

    def episode_name(self, episode: str) -> str:
        """The id of an announced episode in events."""
        _, times = self.known.get(episode, (0, 0))
        return numbered(episode, max(0, times - 1))

    def new_name(self, episode: str, fired_at: int, used: Container[str]) -> str:
        """The id of an episode that fires now: one that no event has, also if it fired before."""
        _, times = self.known.get(episode, (0, 0))
        while (name := numbered(episode, times)) in used:
            times += 1
        self.known[episode] = (fired_at, times + 1)
        return name


def entry_from(plain: tuple[Any, ...], settings: GaugeSettings) -> RuleEntry:
    """The entry from what `RuleEntry.plain` returned."""
    rule, run, clock, checkpoints, known, *stepped = plain
    one = rule_from(rule)
    entry = RuleEntry(one, RuleRun(one, settings).resume(run))
    entry.clock = {group: RuleState(*state) for group, state in clock}
    entry.checkpoints = list(checkpoints)
    entry.known = dict(known)
    entry.last_at, entry.last_key = stepped
    return entry


class RuleJob(NamedTuple):
    """The trades to step a rule through: from row `row` of day number `start` on.

    Steps up to the closing time `silent_until` (None: none of them) are silent. `open_before` are
    the episodes that were open by group; with `rewrites`, missed episodes are announced. `names`
    are the episodes in the event log, given where the state was lost. Of trades that closed at
    `silent_until` itself, those after row `last_row` of their day are not silent.
    """

    entry: RuleEntry
    start: int
    row: int
    silent_until: int | None
    open_before: dict[str, str]
    open_at_start: dict[str, str]
    rewrites: bool = False
    names: frozenset[str] = frozenset()
    last_row: int | None = None

    def is_silent(self, one: TradeEvent) -> bool:
        """Whether that event belongs to the silent steps."""
        if self.silent_until is None or one.at != self.silent_until:
            return self.silent_until is not None and one.at < self.silent_until
        return self.last_row is None or one.row <= self.last_row


class ReplayResult(NamedTuple):
    """What is to be announced of one rule, in order.

    `settled` are the differences that silent steps made, `live` the events after them; `missed` are
    the episodes that began and ended within silent steps.
    """

    entry: RuleEntry
    settled: list[TradeEvent]
    live: list[TradeEvent]
    missed: list[TradeEvent]


def first_change(marks: Marks, days: Sequence[DayMark], feed: Feed) -> int | None:
    """The number of the first known day that has changed; None where only later trades came.

    New trades at the end of the last known day are not a change.
    """
    for number, known in enumerate(marks):
        if number >= len(days) or days[number].day != known[0]:
            return number
        grew = days[number].rows != known[2]
        if not feed.still_begins(known) or (grew and number < len(marks) - 1):
            return number
    return None


def onward(entry: RuleEntry) -> RuleJob:
    """The job of a rule whose past is unchanged: the rest of the last known day, and later days."""
    open_now, marks = entry.open_episodes(), entry.marks
    index, row = (len(marks) - 1, marks[-1][2]) if marks else (0, 0)
    return RuleJob(entry, index, row, None, open_now, open_now)


def from_start(
    entry: RuleEntry,
    silent_until: int,
    open_before: dict[str, str] | None = None,
    names: frozenset[str] = frozenset(),
) -> RuleJob:
    """The job of a rule that is new, or whose state was lost."""
    return RuleJob(entry, 0, 0, silent_until, open_before or {}, {}, names=names)


def back_to(
    entry: RuleEntry, changed: int, days: Sequence[DayMark], last_row: int | None = None
) -> RuleJob:
    """The job of a rule whose day number `changed` has changed: from the checkpoint before it.

    Events were announced up to the trade that was stepped last, row `last_row` of its day where
    that trade still exists.
    """
    open_before = entry.open_episodes()
    day = days[changed].day if changed < len(days) else None
    valid = [one for one in entry.checkpoints if _is_before(one[0], changed, day, days)]
    run = RuleRun(entry.rule, entry.run.settings)
    index = 0
    if valid:
        run.resume(marshal.loads(valid[-1][1]))
        index = next(n for n, one in enumerate(days) if one.day == valid[-1][0]) + 1
    entry.run = run
    entry.checkpoints = valid
    start = entry.open_episodes()
    until = entry.last_at
    return RuleJob(entry, index, 0, until, open_before, start, rewrites=True, last_row=last_row)


def _is_before(checkpoint: int, changed: int, day: int | None, days: Sequence[DayMark]) -> bool:
    if not changed or (day is not None and checkpoint >= day):
        return False
    return checkpoint <= days[changed - 1].day and any(one.day == checkpoint for one in days)


def replay(jobs: Sequence[RuleJob], feed: Feed, days: Sequence[DayMark]) -> list[ReplayResult]:
    """Does the jobs, day by day, and returns what is to be announced of each."""
    happened: list[list[TradeEvent]] = [[] for _ in jobs]
    last = len(days) - 1
    for number in range(min((job.start for job in jobs), default=len(days)), len(days)):
        day = days[number].day
        trades = feed.rows(day, day)
        for job, seen in zip(jobs, happened, strict=True):
            if job.start > number:
                continue
            first = job.row if number == job.start else 0
            if first < len(trades):
                seen.extend(job.entry.run.advance(day, trades, first))
            if number < last and _is_kept(number, day, last):
                packed = marshal.dumps(job.entry.run.carry(), MARSHAL)
                job.entry.checkpoints.append((day, packed))
    for job in jobs:
        _thin(job.entry, days)
    return [_result(job, seen) for job, seen in zip(jobs, happened, strict=True)]


def _is_kept(number: int, day: int, last: int) -> bool:
    return last - number <= CHECKPOINTS_OF_LATEST_DAYS or day % CHECKPOINT_EVERY_DAYS == 0


def _thin(entry: RuleEntry, days: Sequence[DayMark]) -> None:
    numbers = {one.day: number for number, one in enumerate(days)}
    last = len(days) - 1
    latest = dict(entry.checkpoints)
    entry.checkpoints = [
        (day, carried)
        for day, carried in sorted(latest.items())
        if day in numbers and _is_kept(numbers[day], day, last)
    ]


def _result(job: RuleJob, happened: list[TradeEvent]) -> ReplayResult:
    entry = job.entry
    silent, live = list[TradeEvent](), list[TradeEvent]()
    for one in happened:
        (silent if job.is_silent(one) or _has_its_end(job, one) else live).append(one)
    if job.names:
        job = job._replace(open_before=_recognized(job, silent))
    settled = _settled(job, silent)
    missed = _missed(job, silent) if job.rewrites else []
    for one in silent:
        episode = one.event.episode
        if one.event.kind == "firing" and episode is not None:
            entry.known.setdefault(episode, (one.event.at, 0))
    return ReplayResult(entry, settled, live, missed)


def _has_its_end(job: RuleJob, one: TradeEvent) -> bool:
    """Whether the event log has the end of the episode that this event ends.

    A trade after those of the episode may have shown that its window was over, or its group idle.
    """
    if one.event.kind != "resolved" or one.event.episode is None:
        return False
    names = _names_in(job.names, one.event.episode)
    return bool(names) and not set(names).intersection(job.open_before.values())


def _names_in(names: Container[str], episode: str) -> list[str]:
    """The ids by which those names have an episode, each time that it was announced."""
    return list(takewhile(names.__contains__, (numbered(episode, times) for times in count())))


def _recognized(job: RuleJob, silent: list[TradeEvent]) -> dict[str, str]:
    """The open episodes by their first id, rather than by the id they were announced with."""
    known, origin = job.entry.known, dict[str, str]()
    for one in silent:
        episode = one.event.episode
        if one.event.kind == "firing" and episode is not None:
            names = _names_in(job.names, episode)
            origin |= dict.fromkeys(names, episode)
            known[episode] = (one.event.at, len(names))
    return {group: origin.get(name, name) for group, name in job.open_before.items()}


def numbered(episode: str, number: int) -> str:
    """The id of an episode that was announced and resolved `number` times before."""
    return digest(episode, str(number)) if number else episode


def _settled(job: RuleJob, silent: list[TradeEvent]) -> list[TradeEvent]:
    """How the open episodes differ after the silent steps."""
    if job.silent_until is None:
        return []
    open_after = dict(job.open_at_start)
    fired: dict[str, TradeEvent] = {}
    ended: dict[str, TradeEvent] = {}
    for one in silent:
        episode = one.event.episode
        if one.event.kind == "firing" and episode is not None:
            open_after[one.group] = episode
            fired[episode] = one
        elif one.event.kind == "resolved" and episode is not None:
            open_after.pop(one.group, None)
            ended[episode] = one
    settled = []
    for group in sorted({*job.open_before, *open_after}):
        before, after = job.open_before.get(group), open_after.get(group)
        if before == after:
            continue
        if before is not None:
            settled.append(ended.get(before) or _corrected(job, group, before))
        if after is not None:
            settled.append(fired.get(after) or _made_up(job, group, after, "firing", ""))
    return settled


def _corrected(job: RuleJob, group: str, episode: str) -> TradeEvent:
    return _made_up(job, group, episode, "resolved", CORRECTED)


def _made_up(job: RuleJob, group: str, episode: str, kind: str, reason: str) -> TradeEvent:
    """An event without a step in this replay: its trade is gone, or is before the replay."""
    run = job.entry.run
    known = run.groups.get(group)
    gauge = known.gauge if known is not None else run.gauge()
    at = job.silent_until or 0
    event = RuleEvent(kind, reason, at, episode, known.state.window if known else None)
    return TradeEvent(gauge.day or 0, LAST_ROW, at, group, event, evidence_of(gauge))


def _missed(job: RuleJob, silent: list[TradeEvent]) -> list[TradeEvent]:
    """Episodes that began and ended within the silent steps and were not known before."""
    known = job.entry.known
    horizon = min((at for at, _ in known.values()), default=0) if len(known) >= MOST_KNOWN else 0
    ended = {one.event.episode for one in silent if one.event.kind == "resolved"}
    return [
        one
        for one in silent
        if one.event.kind == "firing"
        and one.event.episode in ended
        and one.event.episode not in known
        and one.event.at >= horizon
    ]
