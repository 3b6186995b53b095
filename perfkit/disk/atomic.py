"""A file put in place as a whole, so that a crash leaves the old content or the new.

On the path of an alert run: it imports nothing that takes time.
"""

from __future__ import annotations

import os
import stat
import time

from perfkit.disk.sealed import read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE_MODE = 0o644
"""Who may read a file at most; the umask narrows it further."""

OLD_SECONDS = 3600
"""A temporary file that has not changed for so long was left by a process that was killed."""


def put_in_place(path: str, content: bytes, *, durable: bool = True, mode: int = FILE_MODE) -> None:
    """Makes `content` the content of a file in one step; raises `OSError`.

    A temporary file beside it, which no other process uses, is written and renamed; `durable` also
    waits for the disk, for the file and for its name.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}-{time.time_ns():x}.tmp")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(temporary, flags, mode)
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


def narrowed(modes: Iterable[int]) -> int:
    """The mode of a file made from others: nobody may read it who may not read all of them."""
    mode = FILE_MODE
    for one in modes:
        mode &= one
    return mode | 0o600


def mode_like(path: str) -> int:
    """The mode of a file that goes with another one; for its owner alone where there is none."""
    try:
        return narrowed([os.stat(path).st_mode])
    except OSError:
        return 0o600


def sweep_temporaries(folder: str, name: str | None = None) -> None:
    """Removes what killed processes left of putting files in place.

    Files whose name begins with `name` are written under a lock that is held: those are removed at
    once, others when they are old.
    """
    for found in os.listdir(folder):
        if not (found.startswith(".") and found.endswith(".tmp")):
            continue
        path = os.path.join(folder, found)
        if (name is not None and found.startswith(f".{name}.")) or _is_abandoned(path):
            _remove(path)


def _is_abandoned(path: str) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    is_own = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
    return is_own and status.st_mtime + OLD_SECONDS < time.time()


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


_AT_FDCWD = -100


_RENAME_EXCHANGE = 2


_swept: set[str] = set()


def replace(path: Path, content: str | bytes, *, mode: int = FILE_MODE) -> bool:
    """Makes `content` the content of the file, at once and durably; False when it already was.

    Writes a temporary file beside it, flushes it to disk, renames it and flushes the folder. A file
    that more may read than `mode` says is written anew. Raises `OutputError`.
    """
    body = content.encode() if isinstance(content, str) else content
    if read_bytes(str(path)) == body and not os.stat(path).st_mode & 0o777 & ~mode:
        return False
    folder = str(path.parent)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(str(path), body, mode=mode)
        if folder not in _swept:
            _swept.add(folder)
            sweep_temporaries(folder)
    except OSError as error:
        from perfkit.core.errors import OutputError

        raise OutputError(str(path), error) from error
    return True


def publish_folder(staging: Path, target: Path) -> None:
    """Puts a finished folder in the place of another in one step; the old one is removed.

    Where the system cannot exchange two folders, the old one is first renamed to
    `.<name>.previous`; `recover_folders` completes that after a crash. Raises `OutputError`.
    """
    import shutil

    try:
        _flush_tree(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            staging.rename(target)
        elif _exchange(staging, target):
            shutil.rmtree(staging)
        else:
            previous = _previous(target)
            target.rename(previous)
            staging.rename(target)
            shutil.rmtree(previous)
        flush_folder(str(target.parent))
    except OSError as error:
        from perfkit.core.errors import OutputError

        raise OutputError(str(target), error) from error


def recover_folders(parent: Path) -> None:
    """Brings back every folder in `parent` that a killed `publish_folder` had moved away."""
    import shutil

    for previous in parent.glob(".*.previous"):
        target = previous.with_name(previous.name[1:].removesuffix(".previous"))
        if target.exists():
            shutil.rmtree(previous)
        else:
            previous.rename(target)


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two paths in one step (Linux); False where that is not supported."""
    import ctypes

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    names = (os.fsencode(one), os.fsencode(other))
    return bool(renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def _flush_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    flush_folder(str(folder))
