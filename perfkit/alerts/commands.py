"""What people tell the alerts: acknowledge an episode, silence a rule, end a silence.

Each is an event in the log, and part of the state. They wait for a run under way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from perfkit.alerts import state_file
from perfkit.alerts.check import OpenEpisode, open_episodes, stored_memory
from perfkit.alerts.event import event, time_text
from perfkit.alerts.event_log import Event, append
from perfkit.alerts.memory import Memory, memory_from
from perfkit.alerts.rules.gauge import GaugeSettings
from perfkit.alerts.rules.rule import digest
from perfkit.config import settings as configs
from perfkit.config.settings import Config
from perfkit.core.errors import OutputError, UsageError
from perfkit.disk.atomic import put_in_place

LONGEST_SILENCE_US = 366 * 86_400 * 1_000_000


def remembered(config: Config) -> tuple[dict[str, Any], Memory] | None:
    """What the last run remembered, without reading any log; None where none was yet."""
    stored = stored_memory(str(config.root))
    if stored is None:
        return None
    return stored[0], memory_from(stored[1], _settings(config))


def acknowledge(root: Path, wanted: str, now: int) -> str:
    """Ends the reminders of one open episode, named by its id or, where it has one, its rule."""

    def act(memory: Memory) -> Event:
        one = _chosen(open_episodes(memory, now), wanted)
        if one.name in memory.acked:
            raise UsageError(f"{wanted}: is acknowledged already")
        memory.acked.add(one.name)
        return event(
            "acked",
            digest(one.name, "acked"),
            now,
            f"{one.rule.id} is acknowledged; no more reminders of this episode",
            rule=one.rule,
            group=one.group,
            episode=one.name,
            occurred_at=now,
        )

    return _told(root, now, act)


def silence(root: Path, wanted: str, length_us: int, now: int) -> str:
    """Keeps a rule from being told and from the exit code, for so long; it is still evaluated."""
    if length_us > LONGEST_SILENCE_US:
        raise UsageError("--for: a silence lasts at most 366d; remove a rule you do not want")
    until = now + length_us

    def act(memory: Memory) -> Event:
        entry = memory.entries.get(wanted)
        if entry is None:
            raise UsageError(_no_rule(memory, wanted))
        memory.silences[wanted] = until
        return event(
            "silenced",
            digest(wanted, "silenced", str(until)),
            now,
            f"{wanted} is silenced until {time_text(until)}",
            rule=entry.rule,
            occurred_at=now,
            until=until,
        )

    return _told(root, now, act)


def end_silence(root: Path, wanted: str, now: int) -> str:
    """Ends the silence of a rule before its time."""

    def act(memory: Memory) -> Event:
        entry = memory.entries.get(wanted)
        if entry is None:
            raise UsageError(_no_rule(memory, wanted))
        until = memory.silences.pop(wanted, None)
        if until is None:
            raise UsageError(f"{wanted}: is not silenced")
        return event(
            "unsilenced",
            digest(wanted, "unsilenced", str(until)),
            now,
            f"{wanted} is no longer silenced",
            rule=entry.rule,
            occurred_at=now,
            until=until,
        )

    return _told(root, now, act)


def _told(root: Path, now: int, act: Callable[[Memory], Event]) -> str:
    config = configs.load(root, os.environ.get("PERFKIT_TIMEZONE") or None)
    with _locked(root):
        found = remembered(config)
        if found is None:
            raise UsageError("no rule has been evaluated yet: run `perfkit-alerts` first")
        head, memory = found
        told = act(memory)
        memory.log_size = append(str(root), [told])
        firing = any(not one.silenced for one in open_episodes(memory, now))
        # The next run looks at everything, whatever it would have waited for.
        head |= {"next": 0, "code": 2 if firing else 0}
        path = str(root / state_file.STATE)
        try:
            put_in_place(path, state_file.encoded(head, memory.plain()))
        except OSError as error:
            raise OutputError(state_file.STATE, error.strerror or str(error)) from error
    return str(told["message"])


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    try:
        descriptor = state_file.lock(str(root), wait=True)
    except OSError as error:
        raise OutputError(state_file.LOCK, error.strerror or str(error)) from error
    try:
        yield
    finally:
        if descriptor is not None:
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
        raise UsageError(f"{wanted}: several of its groups fire; name the episode: {known}")
    raise UsageError(f"{wanted}: no such episode is open; open are: {known or 'none'}")


def _no_rule(memory: Memory, wanted: str) -> str:
    return f"{wanted}: there is no such rule; there are {', '.join(memory.entries)}"


def _settings(config: Config) -> GaugeSettings:
    def missing(_first: date, _last: date) -> int:
        return 0

    return GaugeSettings(config.calendar, config.starting_equity, config.periods_per_year, missing)
