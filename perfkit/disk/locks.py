"""Locks: one process at a time, by `flock` on a file that is never removed."""

from __future__ import annotations

import os
from contextlib import contextmanager

from perfkit.core.errors import OutputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def lock(path: str) -> int:
    """Takes the lock that a file stands for, and returns its descriptor; closing it gives it back.

    Waits while another process holds it. The file is never removed: removing it would let two
    processes hold two different locks. Raises `OSError`.
    """
    descriptor = try_lock(path, wait=True)
    assert descriptor is not None
    return descriptor


def try_lock(path: str, *, wait: bool = False) -> int | None:
    """The same; None where another process holds it, unless it is to `wait`."""
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Holds the lock file for as long as the block runs; waits while another process holds it.

    Raises `OutputError`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = lock(str(path))
    except OSError as error:
        raise OutputError(str(path), error.strerror or str(error)) from error
    try:
        yield
    finally:
        os.close(descriptor)
