"""Whether anything changed since the book was brought up to date, found out with little work.

This is what a check that runs every minute asks first, so it imports nothing that takes time and
reads one small file: the head of the manifest says which files there were and what they looked
like. A file whose fingerprint stands was not touched, if it was
last looked at later than the grain of the file system's clock after its last change.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib

from perfkit import __version__

CACHE = "logs/performance/cache"
MANIFEST = "manifest"
CONFIG = "config/perfkit.yaml"

FORMAT = 6
"""Changes whenever what the cache holds changes its meaning or its layout."""

VERSION = f"perfkit {__version__} {FORMAT} {sys.implementation.cache_tag}"
"""Who wrote a cache; another writes it anew. The bytes within are Python's own."""

MARSHAL = 2
"""The version that looks for no values that are the same, which takes time to write."""

FINE_GRAIN_NS = 20_000_000
COARSE_GRAIN_NS = 2_000_000_000
"""Two changes nearer than the grain of the file system's clock may bear the same time."""

Fingerprint = tuple[int, int, int, int, int]
"""Device, inode, size, and the times of the last change of content and of status in ns."""

WatchedFile = Fingerprint | None
"""A fingerprint; None where it cannot tell yet whether the file was touched."""

Watch = tuple[str, bool, dict[str, WatchedFile], frozenset[str]]
"""A source's path below the root, whether it is a folder, its files by name, other names in it."""

Head = tuple[str, bytes, str, tuple[Watch, ...] | None]
"""Version, configuration file, time zone that overrides it, and watches (None: cannot be)."""


def nothing_new(root: str, timezone: str) -> bool:
    """Whether the book of a workspace is up to date; False whenever that is not certain.

    `timezone` is the zone that overrides the configured one, empty where none does.
    """
    content = read_bytes(os.path.join(root, CACHE, MANIFEST))
    if content is None:
        return False
    parts = split(content)
    return parts is not None and is_current(parts[0], root, timezone)


def is_current(head: Head, root: str, timezone: str) -> bool:
    """Whether nothing changed since the manifest with that head was written."""
    version, config, zone, watches = head
    if version != VERSION or zone != timezone or watches is None:
        return False
    if read_bytes(os.path.join(root, CONFIG)) != config:
        return False
    try:
        return all(_unchanged(watch, root) for watch in watches)
    except OSError:
        return False


def split(content: bytes) -> tuple[Head, bytes] | None:
    """Head and body of a manifest; None when it is damaged."""
    if len(content) < 4 or zlib.crc32(content[4:]) != int.from_bytes(content[:4], "big"):
        return None
    try:
        head, body = marshal.loads(content[4:])
    except (EOFError, ValueError, TypeError):
        return None
    return head, body


def joined(head: Head, body: bytes) -> bytes:
    """A manifest of head and body, with its checksum."""
    content = marshal.dumps((head, body), MARSHAL)
    return zlib.crc32(content).to_bytes(4, "big") + content


def fingerprint_of(status: os.stat_result) -> Fingerprint:
    """The fingerprint of a file."""
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


def is_settled(fingerprint: Fingerprint, seen_at: int) -> bool:
    """Whether a change after `seen_at` would show in the fingerprint.

    The time of the last change of status tells, which nobody can set; a clock that only counts
    whole milliseconds (or seconds) is taken for a coarse one.
    """
    changed = fingerprint[4]
    grain = FINE_GRAIN_NS if changed % 1_000_000 else COARSE_GRAIN_NS
    return changed + grain < seen_at


def read_bytes(path: str) -> bytes | None:
    """The content of a small file; None when it cannot be read."""
    found = read_marked(path)
    return None if found is None else found[0]


def read_marked(path: str) -> tuple[bytes, Fingerprint] | None:
    """The content of a small file and its fingerprint; None when it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        return os.read(descriptor, status.st_size + 1), fingerprint_of(status)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _unchanged(watch: Watch, root: str) -> bool:
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
