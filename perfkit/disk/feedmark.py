"""Is a file as it was? Told by its times and size, unread; on the path of a run with no news."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Mark = tuple[tuple[Any, ...], ...]
else:
    Mark = tuple


def fingerprint(path: str) -> tuple[int, ...]:
    """What changes whenever a file does; empty where there is none."""
    try:
        stat = os.stat(path)
    except OSError:
        return ()
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def unchanged(mark: Mark) -> bool:
    """Whether every file is as it was when it was marked."""
    return all(fingerprint(path) == known for path, known in mark)
