"""Has any log been written to? Told by the times and sizes of files and folders, unread.

This is on the path of a run that finds nothing new, so it imports next to nothing.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Mark = tuple[tuple[Any, ...], ...]
else:
    Mark = tuple

GRAIN_NS = 50_000_000
"""A file changed so shortly before it was looked at may change again without a trace in time."""


def fingerprint(path: str) -> tuple[int, ...]:
    """What changes whenever a file or folder does; empty where there is none."""
    try:
        stat = os.stat(path)
    except OSError:
        return ()
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def unchanged(mark: Mark) -> bool:
    """Whether every file and folder is as it was when it was marked."""
    return all(fingerprint(path) == known for path, known in mark)


def settled(path: str) -> tuple[int, ...]:
    """The fingerprint, or one that nothing matches while the file is too young to be trusted."""
    found = fingerprint(path)
    if found and time.time_ns() - max(found[3], found[4]) < GRAIN_NS:
        return (*found, -1)
    return found
