"""Locks: one process at a time, by `flock` on a file that is never removed.

Removing the file would let two processes hold two different locks. On the path of an alert run: it
imports nothing that takes time.
"""

from __future__ import annotations

import os


class held:  # noqa: N801  reads as `contextlib.contextmanager` would, without importing it
    """Holds a lock for as long as the block runs; waits while another process holds it.

    Raises `OSError`.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._descriptor = try_lock(self._path, wait=True)

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            import fcntl

            # Processes that were forked meanwhile, as those of an executor, have it open as well.
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)


class exclusive(held):  # noqa: N801  the same
    """The same; raises `OutputError`."""

    def __enter__(self) -> None:
        try:
            super().__enter__()
        except OSError as error:
            from perfkit.core.errors import OutputError

            raise OutputError(self._path, error) from error


def try_lock(path: str, *, wait: bool = False) -> int | None:
    """Takes a lock and returns its descriptor; closing it gives the lock back.

    Its folder is made where it is missing. None where another process holds it, unless it is to
    `wait`. Raises `OSError`.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o644)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(path, flags, 0o644)
    try:
        is_ours = locked(descriptor, wait=wait)
    except OSError:
        os.close(descriptor)
        raise
    if not is_ours:
        os.close(descriptor)
        return None
    return descriptor


def locked(descriptor: int, *, wait: bool = False) -> bool:
    """Locks an open file or folder for as long as the descriptor is open.

    False where another process holds it, unless it is to `wait`. Raises `OSError`.
    """
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
