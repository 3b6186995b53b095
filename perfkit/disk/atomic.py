"""A file put in place as a whole, so that a crash leaves the old content or the new.

On the path of an alert run: it imports nothing that takes time.
"""

from __future__ import annotations

import os


def put_in_place(path: str, content: bytes, *, durable: bool = True) -> None:
    """Makes `content` the content of a file in one step; raises `OSError`.

    A temporary file beside it is written and renamed; `durable` also waits for the disk, for the
    file and for its name.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        descriptor = os.open(temporary, flags, 0o644)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except OSError:
        _remove(temporary)
        raise
    if durable:
        flush_folder(folder)


def sweep_temporaries(folder: str, name: str) -> None:
    """Removes what killed processes left of putting that file in place; its lock is held."""
    for found in os.listdir(folder):
        if found.startswith(f".{name}.") and found.endswith(".tmp"):
            _remove(os.path.join(folder, found))


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


def flush_folder(folder: str) -> None:
    """Makes what was renamed or made in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # it was not made, or the disk is beyond it
