"""The event log as an outbox: which of its events wait for a sink, in order.

An event leaves the outbox only after it was delivered, so it is delivered at least once, whatever
happens in between. The log may be rotated, truncated, copied, or trimmed at its head meanwhile.
"""

from __future__ import annotations

import os
from zlib import crc32

from perfkit.alerts.event import instant_from
from perfkit.alerts.event_log import Event, events_in, rotated_logs
from perfkit.alerts.sinks.progress import NOWHERE, Progress
from perfkit.alerts.state_file import SKEW_US
from perfkit.config.workspace import EVENT_LOG
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.sealed import open_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfkit.alerts.sinks.progress import Position

ANCHOR = 8192
"""The checksum of a position is of so many bytes before it."""

MOST_ROTATED = 8
_ENDS_SILENCE = ("rule_changed", "rule_removed")


class Waiting(NamedTuple):
    """An event that was not delivered yet, and the position after it, None in a rotated log."""

    event: Event
    after: Position | None


class Outbox(NamedTuple):
    """The events that wait for a sink, and the position after all of them."""

    waiting: tuple[Waiting, ...]
    end: Position


def outbox(root: str, progress: Progress) -> Outbox:
    """What waits for the sink with that progress. Raises `OSError`."""
    log = _rest(root, progress.position)
    found = list(events_in(log.content[log.start :]))
    waiting: list[Waiting] = []
    inode, offset, _ = progress.position
    if log.start == 0 and (offset or inode != log.inode):
        found, earlier = _another_log(root, progress, found)
        waiting = [Waiting(event, None) for event in earlier]
    waiting += [Waiting(event, log.position(log.start + end)) for event, end in found]
    ids = set(progress.ids)
    fresh = []
    for one in waiting:
        if one.event["id"] not in ids:
            ids.add(one.event["id"])
            fresh.append(one)
    return Outbox(tuple(fresh), log.position(log.content.rfind(b"\n") + 1))


def start(root: str, since: int | None, size: int) -> Progress:
    """The progress of a sink that has none: it is given events not older than `since`.

    Where there was no run before, it is given those after the first `size` bytes. Raises `OSError`.
    """
    log = _rest(root, NOWHERE)
    offset = log.content.rfind(b"\n", 0, size) + 1
    progress = Progress()
    events = list(events_in(log.content[:offset]))
    while since is not None and events and detected_at(events[-1][0]) >= since:
        events.pop()
        offset = events[-1][1] if events else 0
    for event, _ in events:
        is_silenced(progress, event)
    progress.position = log.position(offset)
    if since is None:
        rotated = [event for event, _ in events_in(next(rotated_logs(root), b""))]
        since = max(map(detected_at, rotated), default=-1) + 1
    progress.horizon = since
    return progress


def deal(progress: Progress, one: Waiting) -> None:
    """Records that an event was delivered, or passed over."""
    progress.remember(one.event["id"], detected_at(one.event))
    if one.after is not None:
        progress.position = one.after


def is_silenced(progress: Progress, event: Event) -> bool:
    """Whether the rule was silenced then; to be asked once for each event, in order."""
    rule, kind, silences = event.get("rule"), event["kind"], progress.silences
    if not isinstance(rule, str):
        return False
    until = instant_from(event.get("until"))
    if kind == "silenced" and until is not None:
        silences[rule], progress.silenced_at[rule] = until, detected_at(event)
    elif kind in ("unsilenced", "baseline") or event.get("reason") in _ENDS_SILENCE:
        silences.pop(rule, None)
    # A clock that was ahead silences nothing: what comes later is earlier by the clock as it is.
    since = progress.silenced_at.get(rule, 0) - SKEW_US
    return since <= detected_at(event) < silences.get(rule, 0)


def detected_at(event: Event) -> int:
    """When an event was seen; 0 where it does not say."""
    return instant_from(event.get("detected_at")) or 0


class _LogContent(NamedTuple):
    """The log from the byte `base` on; what is not known begins at `start` of `content`."""

    inode: int
    base: int
    start: int
    content: bytes

    def position(self, end: int) -> Position:
        """The position at that byte of the content."""
        return self.inode, self.base + end, _checksum(self.content, end)


def _rest(root: str, position: Position) -> _LogContent:
    """The log from shortly before that position; all of it where it is not the same log."""
    before = min(position[1], ANCHOR)
    try:
        with open(open_plain(os.path.join(root, EVENT_LOG)), "rb") as stream:
            inode = os.fstat(stream.fileno()).st_ino
            base = stream.seek(position[1] - before)
            content = stream.read()
            if before and len(content) >= before and _checksum(content, before) == position[2]:
                return _LogContent(inode, base, before, content)
            stream.seek(0)
            return _LogContent(inode, 0, 0, stream.read())
    except FileNotFoundError:
        return _LogContent(0, 0, 0, b"")


def _checksum(content: bytes, end: int) -> int:
    return crc32(content[max(0, end - ANCHOR) : end])


def _another_log(
    root: str, progress: Progress, found: list[tuple[Event, int]]
) -> tuple[list[tuple[Event, int]], list[Event]]:
    """What is new in a log that is not the one of the position, and in those rotated away."""
    after = _after_known(progress, [event for event, _ in found])
    if after is not None:
        return found[after:], []
    earlier: list[Event] = []
    for number, content in enumerate(rotated_logs(root)):
        if number == MOST_ROTATED:
            earlier = []
            break
        _, offset, checksum = progress.position
        if 0 < offset <= len(content) and _checksum(content, offset) == checksum:
            return found, [event for event, _ in events_in(content[offset:])] + earlier
        events = [event for event, _ in events_in(content)]
        after = _after_known(progress, events)
        earlier = events[after or 0 :] + earlier
        if after is not None:
            return found, earlier
    else:
        if progress.ids or progress.position[1]:  # the log it was is gone
            earlier = []
    horizon = progress.horizon
    recent = [one for one in found if detected_at(one[0]) >= horizon]
    return recent, [event for event in earlier if detected_at(event) >= horizon]


def _after_known(progress: Progress, events: Sequence[Event]) -> int | None:
    """How many events to pass over: those up to the last that was delivered; None without one."""
    for number in range(len(events), 0, -1):
        if events[number - 1]["id"] in progress.ids:
            return number
    return None
