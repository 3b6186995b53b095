"""`logs/performance-alerts.jsonl`: alert events, one JSON object a line, append-only.

A run that is killed while it writes leaves a torn last line; the next one ends it with a newline
and writes the event again. Readers skip lines that are not events.
"""

from __future__ import annotations

import os
import zlib
from zlib import crc32

from perfkit.config.workspace import EVENT_LOG
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.locks import locked
from perfkit.disk.sealed import open_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeAlias

    LogEnd: TypeAlias = "tuple[int, int]"

EVENT = "performance.alert"
VERSION = 1

PACKED = (".gz", ".bz2", ".xz")
"""What the name of a rotated log that is compressed ends with."""

CHECKED = 8192
"""The end of a log is known by so many bytes before it."""

NO_LOG: LogEnd = (0, 0)

LONGEST_LINE = 4 << 20
"""An event with its 100 sources takes a small part of this."""

Event: TypeAlias = "dict[str, Any]"


class LogRest(NamedTuple):
    """Events of the log, and whether they are those that `follows` what was known of it."""

    events: list[Event]
    follows: bool


def line_of(event: Event) -> bytes:
    """The event as a line."""
    import json  # most runs have no event

    return json.dumps(event, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def append(root: str, events: list[Event]) -> LogEnd:
    """Adds events at the end, durably; returns the end of the log. Raises `OutputError`."""
    path = os.path.join(root, EVENT_LOG)
    body = b"".join(map(line_of, events))
    try:
        if os.path.exists(path):
            os.close(open_plain(path))  # nobody waits for a FIFO
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        try:
            locked(descriptor, wait=True)  # a sink that gives up writes here too
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                body = b"\n" + body
            view = memoryview(body)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
            end = _end(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)
    except OSError as error:
        from perfkit.core.errors import OutputError

        raise OutputError(EVENT_LOG, error) from error
    return end


def end_of(root: str) -> LogEnd:
    """The size of the log and a checksum of its last bytes; `NO_LOG` where it cannot be read."""
    return _end_at(root, None)


def _end_at(root: str, size: int | None) -> LogEnd:
    """What its end was when it had that size, or what it is now; `NO_LOG` where it is shorter."""
    try:
        descriptor = open_plain(os.path.join(root, EVENT_LOG))
    except OSError:
        return NO_LOG
    try:
        present = os.fstat(descriptor).st_size
        size = present if size is None else size
        return _end(descriptor, size) if size <= present else NO_LOG
    finally:
        os.close(descriptor)


def _end(descriptor: int, size: int) -> LogEnd:
    begin = max(0, size - CHECKED)
    return size, crc32(os.pread(descriptor, size - begin, begin))


def read(root: str, offset: int = 0) -> list[Event]:
    """The events from that byte on, in order; lines that are not events are skipped.

    An offset beyond the end, after a log rotation, gives none.
    """
    try:
        descriptor = open_plain(os.path.join(root, EVENT_LOG))
        with open(descriptor, "rb") as stream:
            stream.seek(offset)
            content = stream.read()
    except FileNotFoundError:
        return []
    return [event for event, _ in events_in(content)]


def read_since(root: str, end: LogEnd) -> LogRest:
    """The events after that end of the log as it was, also where it was rotated since.

    Of a log that is another one by now, all are read.
    """
    size, _ = end
    if _end_at(root, size) == end:
        return LogRest(read(root, size), True)
    rotated = next(rotated_logs(root), b"")
    if (size, crc32(rotated[max(0, size - CHECKED) : size])) == end:
        return LogRest([event for event, _ in events_in(rotated[size:])] + read(root), True)
    return LogRest(read_all(root), False)


def read_all(root: str) -> list[Event]:
    """Every event that is known, also from logs that were rotated away, in order."""
    older = list(rotated_logs(root))[::-1]
    return [event for content in older for event, _ in events_in(content)] + read(root)


def events_in(content: bytes) -> Iterator[tuple[Event, int]]:
    """The events of some lines, each with the offset after its line.

    The last piece has no newline: it is empty, or torn.
    """
    end = 0
    for line in content.split(b"\n")[:-1]:
        end += len(line) + 1
        event = _event(line)
        if event is not None:
            yield event, end


def rotated_logs(root: str) -> Iterator[bytes]:
    """The content of logs that were rotated away, the latest first.

    Those are `performance-alerts.jsonl.1`, `performance-alerts.jsonl-20260408`,
    `performance-alerts-20260408.jsonl` and the like, also compressed.
    """
    folder, name = os.path.split(os.path.join(root, EVENT_LOG))
    stem = name.removesuffix(".jsonl")
    found = []
    for entry in os.scandir(folder) if os.path.isdir(folder) else ():
        rest, packed = os.path.splitext(entry.name.removeprefix(stem))
        if packed not in PACKED:
            rest += packed
        rest = rest.replace(".jsonl", "")
        if not entry.name.startswith(stem) or not rest[1:].replace("-", "").isdigit():
            continue
        try:
            if entry.is_file():
                found.append((entry.stat().st_mtime_ns, entry.path))
        except OSError:
            continue  # it was rotated away meanwhile
    for _, path in sorted(found, reverse=True):
        yield _content(path)


def _content(path: str) -> bytes:
    """The content of a rotated log; empty where it cannot be read."""
    suffix = os.path.splitext(path)[1]
    try:
        with open(path, "rb") as stream:
            if suffix not in PACKED:
                return stream.read()
            from perfkit.logs.formats.unpacked import unpacked

            return unpacked(stream, suffix[1:]).read()
    except (OSError, EOFError, ValueError, ImportError, zlib.error):
        return b""


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


_TEXTS = ("reason", "rule", "group", "episode", "severity", "message")
_TIMES = ("occurred_at", "detected_at", "until")


def _event(line: bytes) -> Event | None:
    """The event on a line; None where it is not one, whatever else it is."""
    if len(line) > LONGEST_LINE or EVENT.encode() not in line:
        return None
    import json

    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or event.get("event") != EVENT:
        return None
    if not all(isinstance(event.get(name), str) for name in ("id", "kind")):
        return None
    if not all(isinstance(event.get(name), str | None) for name in _TEXTS):
        return None
    if event["kind"] in ("firing", "resolved") and event.get("episode") is None:
        return None
    if event.get("episode") is not None and event.get("rule") is None:
        return None
    return event if all(map(_is_time, map(event.get, _TIMES))) else None


def _is_time(text: object) -> bool:
    """Whether it is a time with its zone, or null."""
    if text is None:
        return True
    from perfkit.core.fast_imports import datetime

    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
