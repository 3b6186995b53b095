"""Whether anything changed since the last update of the book, found out with little work.

This is what a check that runs every minute asks first, so it imports nothing that takes time and
reads little: the head of the manifest says which files there were and what they looked
like. A file whose fingerprint stands was not touched, if it was
last looked at later than the grain of the file system's clock after its last change.
"""

from __future__ import annotations

import os

from perfkit.config.workspace import CACHE, CONFIG, MANIFEST
from perfkit.disk.fingerprints import Fingerprint, fingerprint_of
from perfkit.disk.sealed import VERSION, read_bytes, read_head

WatchedFile = Fingerprint | None
"""A fingerprint; None where it cannot show yet whether the file was touched."""

Watch = tuple[str, bool, dict[str, WatchedFile], frozenset[str]]
"""A path below the root, whether it is a folder, its files by name, other names in it."""

Head = tuple[str, bytes, str, tuple[Watch, ...] | None]
"""Version, configuration file, time zone that overrides it, and watches (None: cannot be)."""


def nothing_new(root: str, timezone: str) -> bool:
    """Whether the book of a workspace is up to date; False whenever that is not certain.

    `timezone` is the zone that overrides the configured one, empty where none does.
    """
    found = read_head(os.path.join(root, CACHE, MANIFEST))
    return found is not None and is_current(found[0], root, timezone)


def is_current(head: Head, root: str, timezone: str) -> bool:
    """Whether nothing changed since the manifest with that head was written."""
    version, config, zone, watches = head
    if version != VERSION or zone != timezone or watches is None:
        return False
    if read_bytes(os.path.join(root, CONFIG)) != config:
        return False
    try:
        return all(is_unchanged(watch, root) for watch in watches)
    except OSError:
        return False


def is_unchanged(watch: Watch, root: str) -> bool:
    """Whether nothing came, went or changed there; raises `OSError`."""
    path, is_folder, files, others = watch
    where = os.path.join(root, path)
    if not is_folder:
        return list(files) == [""] and files[""] == fingerprint_of(os.stat(where))
    newest = next(reversed(files), None)  # this is the one that grows
    if newest is not None:
        status = os.stat(os.path.join(where, newest))
        if files[newest] != fingerprint_of(status):
            return False
    left = len(files)
    with os.scandir(where) as folder:
        for found in folder:
            name = found.name
            if name in files:
                if files[name] != fingerprint_of(found.stat()):
                    return False
                left -= 1
            elif name not in others:
                return False
    return left == 0
