"""Answers given before: printed again, without computing, for as long as nothing has changed.

A dashboard asks the same every few seconds. An answer belongs to one manifest of the cache (each
run that reads something puts a new one in place), to the very bytes of the configuration, and to
the code that gave it; it is given again only where all of these stand and no log has changed since.
Each is a file of its own with a checksum; like all of the cache it may be deleted at any time.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence

from perfkit.book.store.freshness import is_current
from perfkit.config.workspace import (
    CACHE,
    MANIFEST,
    folder_of,
    setting,
    timezone_override,
    workspace_above,
)
from perfkit.disk.atomic import put_in_place
from perfkit.disk.fingerprints import Fingerprint
from perfkit.disk.sealed import read_bytes, read_head, sealed, unsealed

ANSWERS = "answers"
MOST_ANSWERS = 32

_PACKAGE = os.path.dirname(os.path.dirname(__file__))

Question = tuple[str, ...]
"""What was asked: the words of the command."""


def known_answer(words: Sequence[str]) -> str | None:
    """What this command printed before, if that still stands and is all there is to do."""
    if not words or words[0] != "summary" or setting("PERFKIT_NO_CACHE"):
        return None
    if setting("PERFKIT_SNAPSHOT"):
        return None
    folder = _workspace_of(words)
    if folder is None or ("--json" not in words and shows_alerts(folder)):
        return None
    return _answer(folder, timezone_override(), tuple(words))


def shows_alerts(folder: str) -> bool:
    """Whether a text ends with the state of the alerts, which changes from minute to minute."""
    from perfkit.alerts.state_file import STATE

    return os.path.exists(os.path.join(folder, STATE))


def _workspace_of(words: Sequence[str]) -> str | None:
    """The workspace that the words name, else the one around; None where that is not certain."""
    named = ""
    for place, word in enumerate(words):
        if word == "--root":
            named = "".join(words[place + 1 : place + 2])
        elif word.startswith("--root="):
            named = word.removeprefix("--root=")
        elif word.startswith("--r"):
            return None  # it may be short for `--root`
    try:
        if named or setting("PERFKIT_ROOT"):
            return folder_of(named)
        return workspace_above(os.getcwd())
    except OSError:  # the working directory is gone
        return None


def _answer(root: str, timezone: str, question: Question) -> str | None:
    """The answer kept in a workspace; `timezone` overrides the configured one, empty if none."""
    content = read_bytes(_path(root, question))
    manifest = read_head(os.path.join(root, CACHE, MANIFEST))
    if content is None or manifest is None:
        return None
    kept = unsealed(content)
    if kept is None:
        return None
    asked, mark, code, answer = kept
    stands = (
        asked == question
        and mark == manifest[1]
        and code is not None
        and code == _code()
        and isinstance(answer, str)
        and is_current(manifest[0], root, timezone)
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
    try:
        os.makedirs(folder, exist_ok=True)
        put_in_place(path, content, durable=False, mode=0o600)
        with os.scandir(folder) as found:
            ages = sorted((one.stat().st_mtime_ns, one.path) for one in found)
        for _, old in ages[:-MOST_ANSWERS]:
            os.unlink(old)
    except OSError:
        return


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
