"""Writing files so that a crash leaves either the old content or the new, never half of one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from perfkit.core.errors import OutputError
from perfkit.disk.atomic import flush_folder, lock, put_in_place

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def replace(path: Path, content: str | bytes) -> bool:
    """Makes `content` the content of the file, at once and durably; False when it already was.

    Writes a temporary file beside it, flushes it to disk, renames it and flushes the folder.
    Raises `OutputError`.
    """
    body = content.encode() if isinstance(content, str) else content
    with contextlib.suppress(OSError):
        if path.read_bytes() == body:
            return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(str(path), body)
    except OSError as error:
        raise OutputError(str(path), error.strerror or str(error)) from error
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
        raise OutputError(str(target), error.strerror or str(error)) from error


def recover_folders(parent: Path) -> None:
    """Brings back every folder in `parent` that a killed `publish_folder` had set aside."""
    import shutil

    for previous in parent.glob(".*.previous"):
        target = previous.with_name(previous.name[1:].removesuffix(".previous"))
        if target.exists():
            shutil.rmtree(previous)
        else:
            previous.rename(target)


@contextlib.contextmanager
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
