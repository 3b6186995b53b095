"""The status of each rule, read from the state of the last run; nothing is evaluated here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from perfkit.alerts.commands import last_memory
from perfkit.alerts.event import instant_from
from perfkit.alerts.event_log import Event, episodes, read
from perfkit.alerts.memory import Memory
from perfkit.alerts.replay import RuleEntry
from perfkit.alerts.rules.evidence import evidence_of
from perfkit.alerts.rules.rule import (
    CORRECTED,
    ERROR,
    FIRING,
    INSUFFICIENT,
    OK,
    PENDING,
    RECOVERING,
    START,
    RuleState,
    digest,
)
from perfkit.alerts.rules.steps import NO_GROUP
from perfkit.alerts.sentences import Sentences, minute_of
from perfkit.alerts.state_file import last_beat
from perfkit.config import settings as configs
from perfkit.core import formatting
from perfkit.core.calendar import Window, moment_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import aligned, escaped, table
from perfkit.core.interpreter import EXIT_FAILED
from perfkit.summary.changes import Episode
from perfkit.summary.render import Text

WORDS = {OK: "OK", PENDING: "pending", FIRING: "firing", RECOVERING: "recovering"}
MOST_GROUPS = 30
"""Of a rule with more groups than this, those that are well share one row."""

_HEADS = ("rule", "state", "since", "figure", "notes")


class Standing(NamedTuple):
    """One rule and group: `state` is OK, pending, firing, recovering, insufficient or error."""

    rule: str
    group: str
    state: str
    since: int | None
    figure: str
    notes: str


class LoggedEpisode(NamedTuple):
    """An episode from the event log; `ended_at` is None while it is open."""

    rule: str
    group: str
    severity: str
    fired_at: int
    ended_at: int | None
    reason: str | None
    message: str


class AlertStatus(NamedTuple):
    """Every rule and group as of the run at `at`; `at` is None where there was no run yet.

    Times are shown in the zone of the workspace. The latest run `failed` when it could not evaluate
    everything: then this is how things stood before.
    """

    at: int | None
    standings: tuple[Standing, ...]
    timezone: str
    failed: bool = False

    @property
    def is_firing(self) -> bool:
        """Whether an episode is open."""
        return any(one.state in ("firing", "recovering") for one in self.standings)

    def __str__(self) -> str:
        head = FAILED + "\n" if self.failed else ""
        if self.at is None:
            return head + NEVER + "\n"
        rows = _rows(self, plain=True)
        as_of = f"as of {minute_of(self.at, self.timezone)}\n"
        return head + as_of + aligned(_HEADS, rows, len(_HEADS))

    def markdown(self) -> str:
        """A Markdown table without times of runs: the same state gives the same text."""
        head = FAILED + "\n\n" if self.failed else ""
        if self.at is None:
            return head + NEVER + "\n"
        return head + table(_HEADS, _rows(self, plain=False), len(_HEADS))


FAILED = "The latest run could not evaluate everything: `perfkit alerts check --dry-run` says why."
NEVER = "Alert rules have not been evaluated yet: run `perfkit-alerts`."


def status(root: Path, timezone: str | None = None) -> AlertStatus:
    """The status of each rule. Raises `ConfigError`, and `OutputError` for a damaged state."""
    config = configs.load(root, timezone)
    found = last_memory(config)
    beat = last_beat(str(config.root))
    failed = beat is not None and beat.code == EXIT_FAILED
    if found is None:
        return AlertStatus(None, (), config.calendar.timezone, failed)
    head, memory = found.head, found.memory
    words = Sentences(config)
    standings: list[Standing] = []
    for entry in memory.entries.values():
        states = entry.states() or {NO_GROUP: START}
        if entry.rule.is_clock and NO_GROUP not in states and entry.rule.by is None:
            states = {NO_GROUP: START._replace(data=OK)}
        standings += [
            _standing(words, memory, entry, group, state) for group, state in sorted(states.items())
        ]
    return AlertStatus(head["now"], tuple(standings), config.calendar.timezone, failed)


def alert_status(root: str | Path, timezone: str | None = None) -> Text:
    """The status as a table for notebooks and reports."""
    found = status(Path(root), timezone)
    text = found.markdown()
    return Text(text, digest(text))


def logged_episodes(root: str | Path, start: int, end: int) -> tuple[LoggedEpisode, ...]:
    """The episodes that fired in `[start, end)`, in that order.

    An episode that was resolved as corrected is left out: with the corrected trades it never fired.
    """
    found: list[LoggedEpisode] = []
    for fired, ended in episodes(filter(_is_whole, read(str(root)))):
        fired_at = instant_from(fired.get("occurred_at"))
        if fired_at is None or not start <= fired_at < end:
            continue
        reason = None if ended is None else ended.get("reason")
        if reason != CORRECTED:
            found.append(
                LoggedEpisode(
                    rule=fired["rule"],
                    group=fired.get("group") or NO_GROUP,
                    severity=fired["severity"],
                    fired_at=fired_at,
                    ended_at=None if ended is None else instant_from(ended.get("occurred_at")),
                    reason=reason,
                    message=fired["message"],
                )
            )
    return tuple(sorted(found, key=lambda one: one.fired_at))


def _is_whole(event: Event) -> bool:
    """Whether an event has the texts that are shown of it; otherwise it is not one of ours."""
    texts = all(isinstance(event.get(name), str) for name in ("rule", "severity", "message"))
    timed = instant_from(event.get("occurred_at")) is not None
    return texts and timed and isinstance(event.get("group"), str | None)


def _standing(
    words: Sentences, memory: Memory, entry: RuleEntry, group: str, state: RuleState
) -> Standing:
    rule = entry.rule
    word, notes = WORDS[state.phase], []
    if state.data in (INSUFFICIENT, ERROR):
        if state.episode is None:
            word = state.data
        else:
            notes.append("too little data" if state.data == INSUFFICIENT else "error in the data")
    if state.episode is not None and entry.episode_name(state.episode) in memory.acked:
        notes.append("acknowledged")
    if rule.id in memory.silences:
        notes.append(f"silenced until {words.moment(memory.silences[rule.id][1])}")
    known = entry.run.groups.get(group)
    figure = ""
    if known is not None and not rule.is_clock:
        actual = evidence_of(known.gauge).actual
        figure = "" if actual is None else words.figure(rule, group, actual)
    since = state.fired_at if state.episode is not None else state.since
    return Standing(rule.id, group, word, since, figure, "; ".join(notes))


def _rows(found: AlertStatus, *, plain: bool) -> list[list[str]]:
    clean = formatting.plain if plain else escaped
    return [
        [
            one.rule if not one.group else f"{one.rule} [{clean(one.group)}]",
            one.state,
            "–" if one.since is None else minute_of(one.since, found.timezone),
            one.figure or "–",
            one.notes or "–",
        ]
        for one in _short(found.standings)
    ]


def _short(standings: Sequence[Standing]) -> list[Standing]:
    """Every state but those that are OK of rules with very many groups, which are counted."""
    groups = Counter(one.rule for one in standings)
    well = [one for one in standings if (one.state, one.notes) == (WORDS[OK], "")]
    counted = Counter(one.rule for one in well if groups[one.rule] > MOST_GROUPS)
    kept = [
        one
        for one in standings
        if one.rule not in counted or (one.state, one.notes) != (WORDS[OK], "")
    ]
    rest = [
        Standing(rule, f"{n:,} of {groups[rule]:,}", WORDS[OK], None, "", "")
        for rule, n in counted.items()
    ]
    order = list(groups)
    return sorted([*kept, *rest], key=lambda one: order.index(one.rule))


def began_in(root: Path, window: Window) -> tuple[Episode, ...]:
    """The episodes that fired in the window, in that order."""
    return tuple(
        Episode(one.rule, one.group, one.severity, moment_of(one.fired_at), one.message)
        for one in logged_episodes(root, window.start, window.end)
    )
