"""Whether anything changed since the last update of the book, found out with little work.

This is what a check that runs every minute asks first, so it imports nothing that takes time and
reads little: the head of the manifest says which files there were and what they looked
like. A file whose fingerprint stands was not touched, if it was
last looked at later than the grain of the file system's clock after its last change.
"""

from __future__ import annotations

import os

from perfkit.config.workspace import CACHE, CONFIG, MANIFEST
from perfkit.disk.fingerprints import Fingerprint, fingerprint_of, is_settled
from perfkit.disk.sealed import VERSION, read_bytes, read_head

WatchedFile = Fingerprint | None
"""A fingerprint; None where it cannot show yet whether the file was touched."""

Watch = tuple[str, bool, dict[str, WatchedFile], frozenset[str]]
"""A path below the root, whether it is a folder, its files by name, other names in it."""

Watches = tuple[tuple[Watch, ...], dict[str, Watch | None]]
"""What is looked at to find the sources, and each source (None: it cannot be watched)."""

Head = tuple[str, bytes, str, Watches]
"""Version, configuration file, time zone that overrides it, and watches."""


Standing = tuple[Watch, Fingerprint, int]
"""A source nothing of which has changed: what was looked at, the fingerprint of its folder (or
its one file) just before, and when that was, in ns."""


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
    return all(watch is not None and is_unchanged(watch, root) for watch in own.values()) and (
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
    for name, watch in head[3][1].items():
        if watch is None:
            continue
        try:
            mark = fingerprint_of(os.stat(os.path.join(root, watch[0])))
        except OSError:
            continue
        if is_unchanged(watch, root):
            found[name] = watch, mark, now
    return found


def still_stands(one: Standing, root: str) -> bool:
    """Whether nothing came, went or was renamed since a source was looked at.

    Files may have grown. Where the folder changed just before it was looked at, another change may
    not show in its times, so all is looked at again.
    """
    watch, known, seen_at = one
    path, is_folder, *_ = watch
    try:
        mark = fingerprint_of(os.stat(os.path.join(root, path)))
    except OSError:
        return False
    if not is_folder:
        return mark[:2] == known[:2]
    is_same = mark == known and is_settled(mark, seen_at)
    return is_same or is_unchanged(watch, root)


def is_unchanged(watch: Watch, root: str) -> bool:
    """Whether nothing came, went or changed there; False where that cannot be seen."""
    path, is_folder, files, others = watch
    where = os.path.join(root, path)
    left = len(files)
    try:
        if not is_folder:
            return list(files) == [""] and files[""] == fingerprint_of(os.stat(where))
        newest = next(reversed(files), None)  # this is the one that grows
        if newest is not None:
            status = os.stat(os.path.join(where, newest))
            if files[newest] != fingerprint_of(status):
                return False
        with os.scandir(where) as folder:
            for found in folder:
                name = found.name
                if name in files:
                    if files[name] != fingerprint_of(found.stat()):
                        return False
                    left -= 1
                elif name not in others:
                    return False
    except OSError:
        return False
    return left == 0
