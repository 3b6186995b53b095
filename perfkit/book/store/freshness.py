"""Whether anything changed since the last update of the book, found out with little work.

This is what a check that runs every minute asks first, so it imports nothing that takes time and
reads little: the head of the manifest says which files there were and what they looked
like. A file whose fingerprint stands was not touched, if it was
last looked at later than the grain of the file system's clock after its last change.
"""

from __future__ import annotations

import marshal
import os

from perfkit.config.workspace import CACHE, CONFIG, MANIFEST
from perfkit.disk.fingerprints import Fingerprint, fingerprint_of, is_settled
from perfkit.disk.sealed import VERSION, read_bytes, read_head

WatchedFile = Fingerprint | None
"""A fingerprint; None where it cannot show yet whether the file was touched."""

Watch = tuple[str, bool, dict[str, WatchedFile], frozenset[str]]
"""A path below the root, whether it is a folder, its files by name, other names in it."""

PackedWatch = bytes
"""A watch as bytes: where one source of 1,000 changed, those of the others need not be packed."""

Watches = tuple[tuple[Watch, ...], dict[str, PackedWatch | None]]
"""What is looked at to find the sources, and each source (None: it cannot be watched)."""

Head = tuple[str, bytes, str, Watches]
"""Version, configuration file, time zone that overrides it, and watches."""


Standing = tuple[PackedWatch, str, bool, Fingerprint, int]
"""A source nothing of which has changed: what was looked at, the path of its folder (or its one
file) below the root, whether it is a folder, the fingerprint that it had just before, and when
that was, in ns."""


def nothing_new(root: str, timezone: str) -> bool:
    """Whether the book of a workspace is up to date; False whenever that is not certain.

    `timezone` is the zone that overrides the configured one, empty where none does.
    """
    found = read_head(os.path.join(root, CACHE, MANIFEST))
    return found is not None and is_current(found[0], root, timezone)


def is_current(head: Head, root: str, timezone: str) -> bool:
    """Whether nothing changed since the manifest with that head was written."""
    if not has_settings(head, root, timezone):
        return False
    beside, own = head[3]
    return all(one is not None and is_unchanged(unpacked(one), root) for one in own.values()) and (
        all(is_unchanged(watch, root) for watch in beside)
    )


def has_settings(head: Head, root: str, timezone: str) -> bool:
    """Whether the manifest with that head was written by this version for these settings."""
    version, config, zone, _ = head
    return (
        version == VERSION and zone == timezone and read_bytes(os.path.join(root, CONFIG)) == config
    )


def standing(head: Head, root: str, now: int) -> dict[str, Standing]:
    """The sources nothing of which has changed since the manifest with that head was written."""
    found = {}
    for name, packed in head[3][1].items():
        if packed is None:
            continue
        watch = unpacked(packed)
        mark = _unchanged(watch, root)
        if mark is not None:
            found[name] = packed, watch[0], watch[1], mark, now
    return found


def still_stands(one: Standing, root: str) -> bool:
    """Whether nothing came, went or was renamed since a source was looked at.

    Files may have grown. Where the folder changed just before it was looked at, another change may
    not show in its times, so all is looked at again.
    """
    packed, path, is_folder, known, seen_at = one
    try:
        mark = fingerprint_of(os.stat(_below(root, path)))
    except OSError:
        return False
    if not is_folder:
        return mark[:2] == known[:2]
    is_same = mark == known and is_settled(mark, seen_at)
    return is_same or is_unchanged(unpacked(packed), root)


def unpacked(packed: PackedWatch) -> Watch:
    """The watch of those bytes."""
    watch: Watch = marshal.loads(packed)
    return watch


def _below(root: str, path: str) -> str:
    """A path as `os.path.join` gives it, in a fraction of its time: there are many sources."""
    return path if path[:1] == "/" else f"{root}/{path}"


def is_unchanged(watch: Watch, root: str) -> bool:
    """Whether nothing came, went or changed there; False where that cannot be seen."""
    return _unchanged(watch, root) is not None


def _unchanged(watch: Watch, root: str) -> Fingerprint | None:
    """The fingerprint of the folder (or the one file) just before it was found as it was."""
    path, is_folder, files, others = watch
    where = _below(root, path)
    try:
        if not is_folder:
            mark = fingerprint_of(os.stat(where))
            return mark if list(files) == [""] and files[""] == mark else None
        folder = os.open(where, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            mark = fingerprint_of(os.fstat(folder))
            return mark if _has_just(folder, files, others) else None
        finally:
            os.close(folder)
    except OSError:
        return None


def _has_just(folder: int, files: dict[str, WatchedFile], others: frozenset[str]) -> bool:
    """Whether an open folder has those files as they were, and besides none but those others.

    That it is open spares the system to find it again for each file.
    """
    there = set(os.listdir(folder))
    if (there - others if others else there) != files.keys():
        return False
    status_of = os.stat  # there may be 30,000 files
    found = [status_of(name, dir_fd=folder) for name in files]
    return list(map(fingerprint_of, found)) == list(files.values())
