"""The state of the alerts on disk: one file with two sealed values.

The first is what a run that finds nothing new needs; the second is everything else. This is
on the path of such a run, once a minute, so it imports next to nothing: no json, no pathlib.
"""

from __future__ import annotations

import os
import time
from zlib import crc32

from perfkit.disk.atomic import put_in_place
from perfkit.disk.fingerprints import mark_of
from perfkit.disk.locks import try_lock
from perfkit.disk.sealed import open_plain, sealed_in_two, unsealed_head, unsealed_in_two

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STATE = "logs/performance/alerts.state"
LOCK = "logs/performance/alerts.lock"
HEARTBEAT = "logs/performance/alerts.heartbeat"
CONFIG, RULES = "config/perfkit.yaml", "config/alerts.yaml"

MINUTE_US = 60_000_000
MOST_EVERY_US = 86_400_000_000
"""Between runs are a minute at least and a day at most."""

UNFINISHED_US = 30_000_000
"""A last line that is not whole for so long is not just being written."""

SKEW_US = 1_000_000
"""Two runs may look at the clock in another order than they work; more than that is a step back."""

STUCK_US = 600_000_000
"""A run that has held the lock for this long counts as stuck."""

LOOK_AGAIN_S = 0.05
"""Between two looks at a lock that another run holds."""

_FAMILY = b"pkalert"
_MAGIC = _FAMILY + b"9"
"""Another last byte is another layout, of another version of perfkit."""


class CorruptStateError(Exception):
    """The state file is not what was written; `content` is what it holds."""

    def __init__(self, content: bytes) -> None:
        super().__init__("the alert state is damaged")
        self.content = content


def load(root: str, *, whole: bool) -> tuple[Any, Any] | None:
    """The two parts; the second only where `whole`. None where there is none of this layout.

    Raises `CorruptStateError`, and `OSError` when the file cannot be read.
    """
    try:
        descriptor = open_plain(os.path.join(root, STATE))
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as stream:
        content = stream.read()
    if content.startswith(_FAMILY) and not content.startswith(_MAGIC):
        return None
    found = None
    if content.startswith(_MAGIC):
        values = content[len(_MAGIC) :]
        found = unsealed_in_two(values) if whole else (unsealed_head(values), None)
    if found is None or found[0] is None:
        raise CorruptStateError(content)
    return found


def encoded(first: Any, second: Any) -> bytes:
    """Both parts as the file holds them."""
    return _MAGIC + sealed_in_two(first, second)


def lock(root: str) -> int | None:
    """Takes the lock and returns its descriptor; None while another run holds it."""
    descriptor = try_lock(os.path.join(root, LOCK))
    if descriptor is not None:
        os.utime(descriptor)
    return descriptor


def awaited_lock(root: str) -> int:
    """The same once no other run holds it. Raises `StuckRunError` when one does for too long."""
    while (descriptor := lock(root)) is None:
        refuse_stuck_run(root)
        time.sleep(LOOK_AGAIN_S)
    return descriptor


def refuse_stuck_run(root: str) -> None:
    """Raises `StuckRunError` where a run has held the lock for `STUCK_US`."""
    held_us = clock() - os.stat(os.path.join(root, LOCK)).st_mtime_ns // 1000
    if held_us > STUCK_US:
        from perfkit.core.errors import StuckRunError

        raise StuckRunError(LOCK, held_us // 60_000_000)


class Beat:
    """The latest finished run: when it was, the newest time any run saw, and its exit code.

    `gap` is how long before it the run before was, `every` the usual time between runs: the
    shorter of the last two gaps, as a clock that jumps makes one of them long. In microseconds.
    """

    __slots__ = ("at", "code", "every", "gap", "newest")

    def __init__(self, at: int, newest: int, code: int, gap: int, every: int) -> None:
        self.at = at
        self.newest = newest
        self.code = code
        self.gap = gap
        self.every = every


def beat(root: str, now: int, newest: int, code: int) -> None:
    """Replaces the heartbeat: when the run was, the newest time any run saw, its exit code."""
    before = last_beat(root)
    gap = 0 if before is None else max(0, min(now - before.at, MOST_EVERY_US))
    every = MINUTE_US if before is None else max(MINUTE_US, min(gap, before.gap))
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now // 1_000_000))
    text = f'{{"at": "{at}", "at_us": {now}, "newest_us": {newest}, "code": {code}'
    text += f', "gap_us": {gap}, "every_us": {every}'
    sealed = f'{text}, "check": {crc32(text.encode())}}}\n'
    put_in_place(os.path.join(root, HEARTBEAT), sealed.encode(), durable=False)


def last_beat(root: str) -> Beat | None:
    """The latest finished run; None if the heartbeat cannot be read."""
    try:
        descriptor = open_plain(os.path.join(root, HEARTBEAT))
        with open(descriptor, "rb") as stream:
            sealed, _, check = stream.read().rpartition(b', "check": ')
        if crc32(sealed) != int(check.rstrip().rstrip(b"}")):
            return None
        words = sealed.replace(b",", b" ").split()
        return Beat(*(int(words[place]) for place in (3, 5, 7, 9, 11)))
    except (OSError, ValueError, IndexError):
        return None


def newest_seen(root: str, known: int) -> int:
    """The newest time that any run saw on the clock."""
    beat = last_beat(root)
    return known if beat is None else max(known, beat.newest)


def config_mark(root: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The state of both configuration files."""
    paths = [os.path.join(root, name) for name in (CONFIG, RULES)]
    return tuple((path, mark_of(path)) for path in paths)


def clock() -> int:
    """The present, in microseconds since the epoch."""
    return time.time_ns() // 1000
