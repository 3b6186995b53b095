"""Answers given before: printed again, without computing, for as long as nothing has changed.

A dashboard asks the same every few seconds. An answer belongs to one manifest of the cache (each
run that reads something puts a new one in place), to the very bytes of the configuration, and to
the code that gave it; it is given again only where all of these stand and no log has changed since.
Each is a file of its own with a checksum; like all of the cache it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import os
import zlib

from perfkit.book.store.freshness import is_current
from perfkit.config.workspace import CACHE, MANIFEST
from perfkit.disk.atomic import put_in_place
from perfkit.disk.fingerprints import Fingerprint
from perfkit.disk.sealed import read_bytes, read_marked, sealed, unsealed

ANSWERS = "answers"
MOST_ANSWERS = 32

_PACKAGE = os.path.dirname(os.path.dirname(__file__))

Question = tuple[object, ...]
"""What was asked, as plain values."""


def known_answer(root: str, timezone: str, question: Question) -> str | None:
    """The answer to a question about a workspace, if it was given before and still stands.

    `timezone` overrides the configured one, empty where none does.
    """
    content = read_bytes(_path(root, question))
    manifest = read_marked(os.path.join(root, CACHE, MANIFEST))
    if content is None or manifest is None:
        return None
    kept = unsealed(content)
    if kept is None:
        return None
    asked, mark, code, answer = kept
    parts = unsealed(manifest[0])
    stands = (
        asked == question
        and mark == manifest[1]
        and parts is not None
        and code is not None
        and code == _code()
        and isinstance(answer, str)
        and is_current(parts[0], root, timezone)
    )
    return answer if stands else None


def keep_answer(root: str, mark: Fingerprint, question: Question, answer: str) -> None:
    """Keeps an answer that was computed from the manifest of that fingerprint.

    Where it cannot be written, it is computed again the next time.
    """
    code = _code()
    if code is None:
        return
    content = sealed((question, mark, code, answer))
    path = _path(root, question)
    folder = os.path.dirname(path)
    with contextlib.suppress(OSError):
        os.makedirs(folder, exist_ok=True)
        put_in_place(path, content, durable=False, mode=0o600)
        with os.scandir(folder) as found:
            ages = sorted((one.stat().st_mtime_ns, one.path) for one in found)
        for _, old in ages[:-MOST_ANSWERS]:
            with contextlib.suppress(OSError):
                os.unlink(old)


def _path(root: str, question: Question) -> str:
    name = f"{zlib.crc32(repr(question).encode('utf-8', 'surrogatepass')):08x}"
    return os.path.join(root, CACHE, ANSWERS, name)


def _code() -> list[tuple[str, int, int]] | None:
    """What perfkit's own modules look like: in a checkout they change without the version.

    None where that is not known: they lie in an archive, or are just being replaced.
    """
    found, folders = [], [_PACKAGE]
    try:
        while folders:
            folder = folders.pop()
            with os.scandir(folder) as entries:
                for one in entries:
                    if one.name.endswith((".py", ".yaml")):
                        status = one.stat()
                        found.append((one.path, status.st_size, status.st_mtime_ns))
                    elif "." not in one.name and one.name != "__pycache__" and one.is_dir():
                        folders.append(one.path)
    except OSError:
        return None
    return sorted(found)
