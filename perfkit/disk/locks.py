"""Locks: one process at a time, by `flock` on a file that is never removed."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
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


class exclusive:  # noqa: N801  reads as `contextlib.contextmanager` would, without importing it
    """Holds a lock file for as long as the block runs; waits while another process holds it.

    Raises `OutputError`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = lock(str(self._path))
        except OSError as error:
            from perfkit.core.errors import OutputError

            raise OutputError(str(self._path), error.strerror or str(error)) from error

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
