"""A file put in place as a whole, so that a crash leaves the old content or the new.

On the path of an alert run: it imports nothing that takes time.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


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


def replace(path: Path, content: str | bytes) -> bool:
    """Makes `content` the content of the file, at once and durably; False when it already was.

    Writes a temporary file beside it, flushes it to disk, renames it and flushes the folder.
    Raises `OutputError`.
    """
    body = content.encode() if isinstance(content, str) else content
    try:
        if path.read_bytes() == body:
            return False
    except OSError:
        pass  # it is not there yet, or what is there cannot be read
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(str(path), body)
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
