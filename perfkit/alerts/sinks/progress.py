"""How far the events of the log were delivered to a sink: a small file for each sink.

A position in the log is an offset, the file's inode, and a checksum of the bytes before the offset,
which shows whether it is still the same log. The ids of the latest events show what was delivered
where it is not. On the path of a run that finds nothing new: it imports next to nothing.
"""

from __future__ import annotations

import os

from perfkit.config.workspace import EVENT_LOG
from perfkit.disk.atomic import put_in_place
from perfkit.disk.sealed import read_bytes, sealed, unsealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Position: TypeAlias = "tuple[int, int, int]"

FOLDER = "logs/performance/sinks"
SETTINGS = FOLDER + "/.settings"
METRICS = FOLDER + "/.metrics"
"""What the file of metrics says about rules, while that file is wanted."""

STDERR = "stderr"
"""The sink that is always there; no other may have its name."""

MOST_IDS = 1000
LONGEST_WAIT_US = 3_600_000_000
NOWHERE: Position = (0, 0, 0)

_LAYOUT = "sink 1"


class Progress:
    """What one sink was given; `position` is (inode, offset, checksum).

    `ids` has when the latest `MOST_IDS` events were detected, by their ids; events from before
    `horizon` were dealt with longer ago. `silences` has the end of each rule's silence at the
    position, `silenced_at` when it was set. `failing_since` is when the first attempt failed since
    the sink worked, `attempts` how often it failed since, `next_try` when it is tried again,
    `failing_on` the id of the event that waits the longest. `begun` is when a process was started
    that has not said yet how it went. Times are in microseconds.
    """

    def __init__(self) -> None:
        self.position: Position = NOWHERE
        self.horizon = 0
        self.ids: dict[str, int] = {}
        self.silences: dict[str, int] = {}
        self.failing_since: int | None = None
        self.attempts = 0
        self.next_try = 0
        self.begun: int | None = None
        self.failing_on: str | None = None
        self.silenced_at: dict[str, int] = {}

    def remember(self, identity: str, detected_at: int) -> None:
        """Records that an event was dealt with."""
        self.ids[identity] = detected_at
        if identity == self.failing_on:
            self.failing_on = None
        if len(self.ids) > MOST_IDS:
            passed = self.ids.pop(next(iter(self.ids)))
            self.horizon = min(passed, detected_at)  # a clock may have been ahead

    def delivered(self) -> None:
        """Records that the sink works."""
        self.failing_since, self.attempts, self.next_try = None, 0, 0
        self.begun = self.failing_on = None

    def failed(self, now: int, wait: int) -> None:
        """Records that an attempt failed; the next is due after the wait."""
        since = self.failing_since
        self.failing_since = now if since is None else min(since, now)  # a clock may be set back
        self.attempts += 1
        self.next_try = now + wait
        self.begun = None

    def is_due(self, now: int) -> bool:
        """Whether to try again; a clock that went back does not make it wait for longer."""
        return not self.next_try - LONGEST_WAIT_US <= now < self.next_try


def load(root: str, sink: str) -> Progress | None:
    """The progress of a sink; None where there is none, or where it is damaged."""
    content = read_bytes(path_of(root, sink))
    plain: Any = None if content is None else unsealed(content)
    if not isinstance(plain, tuple) or plain[:1] != (_LAYOUT,):
        return None
    progress = Progress()
    fields = vars(progress)
    for name, value in zip(tuple(fields), plain[1:], strict=False):  # older files have fewer
        if fields[name] is not None and type(value) is not type(fields[name]):
            return None
        fields[name] = value
    return progress if len(progress.position) == len(NOWHERE) else None


def save(root: str, sink: str, progress: Progress) -> None:
    """Replaces the progress of a sink. Raises `OSError`."""
    path = path_of(root, sink)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    put_in_place(path, sealed((_LAYOUT, *vars(progress).values())), mode=0o600)


def path_of(root: str, sink: str) -> str:
    """The file of a sink's progress."""
    return os.path.join(root, FOLDER, sink)


def lock_of(root: str, sink: str) -> str:
    """The lock of the process that serves a sink."""
    return path_of(root, sink) + ".lock"


def is_behind(root: str, progress: Progress) -> bool:
    """Whether the log is not as it was when everything in it had been dealt with."""
    try:
        status = os.stat(os.path.join(root, EVENT_LOG))
    except OSError:
        return progress.position != NOWHERE
    return (status.st_ino, status.st_size) != progress.position[:2]
