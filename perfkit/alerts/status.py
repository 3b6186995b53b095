"""How each rule stands, from the state that `perfkit-alerts` keeps; nothing is evaluated here."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from perfkit.alerts.commands import remembered
from perfkit.alerts.event import short, time_text
from perfkit.alerts.event_log import read
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
from perfkit.config import settings as configs
from perfkit.core.calendar import Window, instant_of, moment_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import aligned, escaped, plain, table
from perfkit.summary.changes import Episode
from perfkit.summary.render import Text

WORDS = {OK: "OK", PENDING: "pending", FIRING: "firing", RECOVERING: "recovering"}
_HEADS = ("rule", "state", "since (UTC)", "figure", "notes")


class Standing(NamedTuple):
    """One rule and group: `state` is OK, pending, firing, recovering, insufficient or error."""

    rule: str
    group: str
    state: str
    since: int | None
    figure: str
    notes: str


class LoggedEpisode(NamedTuple):
    """An episode as the event log tells it; instants, `ended_at` None while it is open."""

    rule: str
    group: str
    severity: str
    fired_at: int
    ended_at: int | None
    reason: str | None
    message: str


class AlertStatus(NamedTuple):
    """Every rule and group as of the run at `at`; `at` is None where no run was yet."""

    at: int | None
    standings: tuple[Standing, ...]

    @property
    def is_firing(self) -> bool:
        """Whether an episode is open."""
        return any(one.state in ("firing", "recovering") for one in self.standings)

    def __str__(self) -> str:
        if self.at is None:
            return NEVER + "\n"
        rows = _rows(self, plain=True)
        return f"as of {time_text(self.at)}\n" + aligned(_HEADS, rows, len(_HEADS))

    def markdown(self) -> str:
        """A table; the same state gives the same text, whenever the last run was."""
        if self.at is None:
            return NEVER + "\n"
        return table(_HEADS, _rows(self, plain=False), len(_HEADS))


NEVER = "Alert rules have not been evaluated yet: run `perfkit-alerts`."


def status(root: Path, timezone: str | None = None) -> AlertStatus:
    """How each rule stands. Raises `ConfigError`, and `OutputError` for a damaged state."""
    config = configs.load(root, timezone)
    found = remembered(config)
    if found is None:
        return AlertStatus(None, ())
    head, memory = found
    standings: list[Standing] = []
    for entry in memory.entries.values():
        states = entry.states() or {NO_GROUP: START}
        if entry.rule.is_clock and NO_GROUP not in states and entry.rule.by is None:
            states = {NO_GROUP: START._replace(data=OK)}
        standings += [
            _standing(memory, entry, group, state) for group, state in sorted(states.items())
        ]
    return AlertStatus(head["now"], tuple(standings))


def alert_status(root: str | Path, timezone: str | None = None) -> Text:
    """The status as a table that shows in notebooks and reports."""
    found = status(Path(root), timezone)
    text = found.markdown()
    return Text(text, digest(text))


def logged_episodes(root: str | Path, start: int, end: int) -> tuple[LoggedEpisode, ...]:
    """The episodes that began in `[start, end)`, by the event log, in the order they fired.

    One that a corrected past took back is left out: the market never did it.
    """
    found: dict[str, LoggedEpisode] = {}
    for event in read(str(root)):
        episode, at = event.get("episode"), event.get("occurred_at")
        if not isinstance(episode, str) or not isinstance(at, str):
            continue
        instant = instant_of(datetime.fromisoformat(at))
        if event["kind"] == "firing" and start <= instant < end:
            found[episode] = LoggedEpisode(
                rule=event["rule"],
                group=event["group"] or NO_GROUP,
                severity=event["severity"],
                fired_at=instant,
                ended_at=None,
                reason=None,
                message=event["message"],
            )
        elif event["kind"] == "resolved" and episode in found:
            if event["reason"] == CORRECTED:
                del found[episode]
            else:
                ended = found[episode]._replace(ended_at=instant, reason=event["reason"])
                found[episode] = ended
    return tuple(sorted(found.values(), key=lambda one: one.fired_at))


def _standing(memory: Memory, entry: RuleEntry, group: str, state: RuleState) -> Standing:
    rule = entry.rule
    word, notes = WORDS[state.phase], []
    if state.data in (INSUFFICIENT, ERROR):
        if state.episode is None:
            word = state.data
        else:
            notes.append(f"data {state.data}")
    if state.episode is not None and entry.episode_name(state.episode) in memory.acked:
        notes.append("acknowledged")
    until = memory.silences.get(rule.id)
    if until is not None:
        notes.append(f"silenced until {time_text(until)}")
    known = entry.run.groups.get(group)
    figure = ""
    if known is not None and not rule.is_clock:
        actual = evidence_of(known.gauge).actual
        figure = "" if actual is None else f"{rule.metric} {short(actual)}"
    since = state.fired_at if state.episode is not None else state.since
    return Standing(rule.id, group, word, since, figure, "; ".join(notes))


def _rows(found: AlertStatus, *, plain: bool) -> list[list[str]]:
    clean = _plain if plain else escaped
    return [
        [
            one.rule if not one.group else f"{one.rule} [{clean(one.group)}]",
            one.state,
            time_text(one.since) or "–",
            one.figure or "–",
            one.notes or "–",
        ]
        for one in found.standings
    ]


_plain = plain


def began_in(root: Path, window: Window) -> tuple[Episode, ...]:
    """The episodes whose first event lies in the window, in the order they began."""
    return tuple(
        Episode(one.rule, one.group, one.severity, moment_of(one.fired_at), one.message)
        for one in logged_episodes(root, window.start, window.end)
    )
