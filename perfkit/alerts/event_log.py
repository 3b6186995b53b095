"""`logs/performance-alerts.jsonl`: alert events, one JSON object a line, append-only.

A run that is killed while it writes leaves a torn last line; the next one ends it with a newline
and writes the event again. Readers skip lines that are not events.
"""

from __future__ import annotations

import os

from perfkit.core.errors import OutputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

EVENT_LOG = "logs/performance-alerts.jsonl"
EVENT = "performance.alert"
VERSION = 1

Event: TypeAlias = "dict[str, Any]"


def line_of(event: Event) -> bytes:
    """The event as a line."""
    import json  # most runs have no event

    return json.dumps(event, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def append(root: str, events: list[Event]) -> int:
    """Adds events at the end, durably; returns the size of the log. Raises `OutputError`."""
    path = os.path.join(root, EVENT_LOG)
    body = b"".join(map(line_of, events))
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                body = b"\n" + body
            view = memoryview(body)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OutputError(EVENT_LOG, error) from error
    return size


def size_of(root: str) -> int:
    """The size of the log in bytes; 0 where there is none."""
    try:
        return os.stat(os.path.join(root, EVENT_LOG)).st_size
    except FileNotFoundError:
        return 0


def read(root: str, offset: int = 0) -> list[Event]:
    """The events from that byte on, in order; lines that are not events are skipped.

    An offset beyond the end, after a log rotation, gives none.
    """
    try:
        with open(os.path.join(root, EVENT_LOG), "rb") as stream:
            stream.seek(offset)
            content = stream.read()
    except FileNotFoundError:
        return []
    found = []
    # The last piece has no newline: it is empty, or torn.
    for line in content.split(b"\n")[:-1]:
        event = _event(line)
        if event is not None:
            found.append(event)
    return found


def episodes(events: Iterable[Event]) -> list[tuple[Event, Event | None]]:
    """Each episode as its `firing` event and its `resolved` event, None while it is open."""
    found: dict[str, tuple[Event, Event | None]] = {}
    for event in events:
        episode = event.get("episode")
        if event["kind"] == "firing" and isinstance(episode, str):
            found[episode] = event, None
        elif event["kind"] == "resolved" and episode in found:
            found[episode] = found[episode][0], event
    return list(found.values())


def _event(line: bytes) -> Event | None:
    import json

    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or event.get("event") != EVENT:
        return None
    if not all(isinstance(event.get(name), str) for name in ("id", "kind")):
        return None
    return event
