"""The commands of people: acknowledge an episode, silence a rule, end a silence.

Each writes an event and updates the state. They wait for an alert run that is under way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from perfkit.alerts import state_file
from perfkit.alerts.check import OpenEpisode, open_episodes, settings_of
from perfkit.alerts.event import event
from perfkit.alerts.event_log import Event, append
from perfkit.alerts.memory import Memory, memory_from, obey, stored_memory, write_state
from perfkit.alerts.replay import RuleEntry
from perfkit.alerts.rules.rule import digest
from perfkit.alerts.sentences import Sentences
from perfkit.config import settings as configs
from perfkit.config.settings import Config
from perfkit.config.workspace import timezone_override
from perfkit.core.calendar import LAST_US
from perfkit.core.errors import OutputError, UsageError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.interpreter import EXIT_FIRING, EXIT_OK

_IN_THE_LOG = "it is in the event log, and the next run of perfkit-alerts goes by that"
LONGEST_SILENCE_US = 366 * 86_400 * 1_000_000


class Known(NamedTuple):
    """The head of the state, and the memory with what was said since.

    It `is_current` where the event log has nothing that the state does not know.
    """

    head: dict[str, Any]
    memory: Memory
    is_current: bool


def last_memory(config: Config) -> Known | None:
    """What is known without reading any log; None where there was no run yet."""
    root = str(config.root)
    stored = stored_memory(root)
    if stored is None:
        return None
    memory = memory_from(stored[1], settings_of(config, lambda _first, _last: 0))
    return Known(stored[0], memory, not obey(root, memory))


def acknowledge(root: Path, wanted: str, now: int) -> str:
    """Stops the reminders of an open episode; `wanted` is its id, or its rule if one is open."""

    def act(memory: Memory, words: Sentences) -> Event:
        one = _chosen(open_episodes(memory, now), wanted)
        if one.name in memory.acked:
            raise UsageError(f"{wanted}: is already acknowledged")
        memory.acked.add(one.name)
        return event(
            "acked",
            digest(one.name, "acked"),
            now,
            words.acked(one.rule, one.group, one.since),
            rule=one.rule,
            group=one.group,
            episode=one.name,
            occurred_at=now,
        )

    return _apply(root, now, act)


def silence(root: Path, wanted: str, length_us: int, now: int) -> str:
    """Silences a rule: it is evaluated, but neither prints lines nor sets the exit code."""
    if length_us > LONGEST_SILENCE_US:
        raise UsageError("--for: a silence lasts at most 366d; to stop a rule for good, remove it")
    until = min(now + length_us, LAST_US)

    def act(memory: Memory, words: Sentences) -> Event:
        entry = _entry(memory, wanted)
        memory.silences[wanted] = now, until
        return event(
            "silenced",
            digest(wanted, "silenced", str(until)),
            now,
            words.silenced(entry.rule, until),
            rule=entry.rule,
            occurred_at=now,
            until=until,
        )

    return _apply(root, now, act)


def end_silence(root: Path, wanted: str, now: int) -> str:
    """Ends the silence of a rule early."""

    def act(memory: Memory, words: Sentences) -> Event:
        entry = _entry(memory, wanted)
        if wanted not in memory.silences:
            raise UsageError(f"{wanted}: is not silenced")
        _, until = memory.silences.pop(wanted)
        return event(
            "unsilenced",
            digest(wanted, "unsilenced", str(until)),
            now,
            words.unsilenced(wanted, fires=bool(entry.open_episodes())),
            rule=entry.rule,
            occurred_at=now,
            until=until,
        )

    return _apply(root, now, act)


def _apply(root: Path, now: int, act: Callable[[Memory, Sentences], Event]) -> str:
    config = configs.load(root, timezone_override() or None)
    with _locked(root):
        found = last_memory(config)
        if found is None:
            raise UsageError("no rule has been evaluated yet: run `perfkit-alerts` first")
        head, memory = found.head, found.memory
        done = act(memory, Sentences(config))
        log_end = append(str(root), [done])
        if found.is_current:  # else the next run reads on from where the state ends
            memory.log_end = log_end
            memory.know([done])
        firing = any(not one.silenced for one in open_episodes(memory, now))
        # The next run evaluates everything, even if no time it waits for has come.
        head |= {"next": 0, "events": memory.log_end[0], "code": EXIT_FIRING if firing else EXIT_OK}
        try:
            write_state(str(root), head, memory)
        except OutputError as error:
            raise OutputError(state_file.STATE, f"{error.reason}; {_IN_THE_LOG}") from error
    return str(done["message"])


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    try:
        descriptor = state_file.awaited_lock(str(root))
    except OSError as error:
        raise OutputError(state_file.LOCK, error) from error
    try:
        yield
    finally:
        os.close(descriptor)


def _chosen(firing: tuple[OpenEpisode, ...], wanted: str) -> OpenEpisode:
    found = [one for one in firing if one.name == wanted]
    found = found or [one for one in firing if one.rule.id == wanted]
    if len(found) == 1:
        return found[0]
    known = ", ".join(
        f"{one.name} ({one.rule.id} {one.group})".replace(" )", ")") for one in firing
    )
    if found:
        raise UsageError(
            f"{wanted}: several of its groups are firing; give the id of an episode: {known}"
        )
    raise UsageError(f"{wanted}: no such episode is open; open episodes: {known or 'none'}")


def _entry(memory: Memory, wanted: str) -> RuleEntry:
    entry = memory.entries.get(wanted)
    if entry is None:
        known = ", ".join(memory.entries)
        if not known:
            raise UsageError("no rule could be evaluated yet: `perfkit alerts status` shows why")
        raise UsageError(f"{wanted}: unknown rule; the rules are {known}")
    return entry
