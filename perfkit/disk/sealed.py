"""Values on disk with a checksum, written as a whole and read whole or not at all."""

from __future__ import annotations

import errno
import marshal
import os
import stat
import sys
import zlib

from perfkit import __version__
from perfkit.disk.fingerprints import Fingerprint, fingerprint_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMAT = 25
"""Changes whenever what the cache holds changes its meaning or its layout."""


VERSION = f"perfkit {__version__} {FORMAT} {sys.implementation.cache_tag}"
"""Which version wrote a cache; another version rewrites it. The bytes within are Python's own."""


MOST_BYTES = 1 << 30
"""A longer file is none of ours."""


MARSHAL = 2
"""The version that looks for no values that are the same, which takes time to write."""


def sealed(value: Any) -> bytes:
    """A plain value as bytes: CRC-32 in four bytes, then Python's own serialisation."""
    return b"".join(_parts(value))


def _parts(value: Any) -> tuple[bytes, bytes]:
    content = marshal.dumps(value, MARSHAL)
    return zlib.crc32(content).to_bytes(_CHECKSUM, "big"), content


def unsealed(content: bytes | memoryview) -> Any:
    """The value in sealed bytes; None when they are damaged."""
    value = memoryview(content)[_CHECKSUM:]
    if len(content) < _CHECKSUM or zlib.crc32(value) != int.from_bytes(content[:_CHECKSUM], "big"):
        return None
    try:
        return marshal.loads(value)
    except (EOFError, ValueError, TypeError):
        return None


def sealed_in_two(head: Any, body: Any) -> bytes:
    """Two plain values as bytes; the first can be read without the second (see `read_head`)."""
    first, second = _parts(head), _parts(body)
    return b"".join([sum(map(len, first)).to_bytes(_LENGTH, "big"), *first, *second])


def unsealed_head(content: bytes) -> Any:
    """The first value in such bytes; None when it is damaged."""
    return unsealed(memoryview(content)[_LENGTH : _end_of_head(content)])


def unsealed_in_two(content: bytes) -> tuple[Any, Any] | None:
    """Both values in such bytes; None when either is damaged."""
    head, body = unsealed_head(content), unsealed(memoryview(content)[_end_of_head(content) :])
    return None if head is None or body is None else (head, body)


def _end_of_head(content: bytes) -> int:
    return _LENGTH + int.from_bytes(content[:_LENGTH], "big")


def read_head(path: str) -> tuple[Any, Fingerprint] | None:
    """The first of the two values in a file, and the fingerprint of that; None as above."""
    try:
        descriptor = open_plain(path)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        length = int.from_bytes(os.read(descriptor, _LENGTH), "big")
        head = unsealed(os.read(descriptor, min(length, status.st_size)))
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None if head is None else (head, fingerprint_of(status))


_CHECKSUM, _LENGTH = 4, 8
"""Bytes before a value; before both, those that say how long the first of two is."""


def read_bytes(path: str) -> bytes | None:
    """The content of a small file; None when it cannot be read."""
    found = read_marked(path)
    return None if found is None else found[0]


def read_marked(path: str) -> tuple[bytes, Fingerprint] | None:
    """The content of a small file and its fingerprint; None when it cannot be read."""
    try:
        descriptor = open_plain(path)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        return os.read(descriptor, status.st_size + 1), fingerprint_of(status)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def open_plain(path: str) -> int:
    """The descriptor of a file of perfkit's own; raises `OSError` for what can be none.

    So nobody waits for a FIFO to be written, or reads a device that never ends.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    is_plain = stat.S_ISREG(status.st_mode)
    if is_plain and status.st_size <= MOST_BYTES:
        return descriptor
    os.close(descriptor)
    problem = "is too long to be a file of perfkit" if is_plain else "is not a plain file"
    raise OSError(errno.EINVAL, problem, path)
