"""Fingerprints of files: size, times and inode, so that a change is noticed without reading."""

from __future__ import annotations

import os
from _operator import attrgetter  # `operator` itself takes time to load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FINE_GRAIN_NS = 20_000_000


COARSE_GRAIN_NS = 2_000_000_000
"""Two changes nearer than the grain of the file system's clock may have the same time."""


Fingerprint = tuple[int, int, int, int, int]
"""Device, inode, size, and the times of the last change of content and of status in ns."""


fingerprint_of: Callable[[os.stat_result], Fingerprint] = attrgetter(
    "st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns"
)
"""The fingerprint of a file, from its status."""


def is_settled(fingerprint: Fingerprint, seen_at: int) -> bool:
    """Whether a change after `seen_at` would show in the fingerprint.

    What counts is the time of the last change of status, which nobody can set. A clock that only
    counts whole milliseconds or seconds is taken for a coarse one.
    """
    changed = fingerprint[4]
    grain = FINE_GRAIN_NS if changed % 1_000_000 else COARSE_GRAIN_NS
    return changed + grain < seen_at


def mark_of(path: str) -> tuple[int, ...]:
    """The fingerprint of the file at a path; empty where there is none."""
    try:
        return fingerprint_of(os.stat(path))
    except OSError:
        return ()


FileMark = tuple[tuple[str, tuple[int, ...]], ...]
"""Paths, each with the fingerprint it had; empty for a file that was not there."""


def unchanged(mark: FileMark) -> bool:
    """Whether every file is as it was when it was marked."""
    return all(mark_of(path) == known for path, known in mark)


def bytes_in(path: str) -> int:
    """The size of a file; 0 where there is none."""
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0
