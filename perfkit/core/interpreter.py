"""The interpreter of a short or a busy process: what makes it quick, and how it ends.

On the path of an alert run: it imports nothing that takes time.
"""

from __future__ import annotations

import gc
import os
import sys


class uncollected:  # noqa: N801  reads as `contextlib.contextmanager` would, without importing it
    """Pauses the cycle collector: columns make no cycles, and scanning them is a fifth of a run."""

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was_enabled:
            gc.enable()


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def flushed() -> bool:
    """Writes out what stdout and stderr hold; whether all of it could be written.

    What is called before `os._exit`: tearing the interpreter down would be a fifth of a short run.
    """
    written = True
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            written = False
    return written
