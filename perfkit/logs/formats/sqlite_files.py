"""A SQLite database as its writers left it, read without a trace.

SQLite itself makes files beside a database with a write-ahead log, also for a connection that only
reads. They would belong to whoever runs perfkit, and could keep the bot from writing.

    the database                              how it is read
    ----------------------------------------  --------------------------------------------------
    has no write-ahead log, or an empty one   as a file that does not change; if it did, again
    has one, and the index of its writers     with them: both are there already
    has one without index, as after a crash   from a copy of both
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import TypeVar
from urllib.parse import quote

from perfkit.core.one_value import BadValueError
from perfkit.disk.fingerprints import FileMark, mark_of
from perfkit.logs.formats.form import NotWholeError

Result = TypeVar("Result")

ATTEMPTS = 5
BUSY_S = 2.0
"""So long a writer is waited for."""

_WAL_VERSION = b"\2"
_VERSION_AT = 18
_LOCKED = (5, 6)
_REFUSED = (1, 8)
"""The codes of a statement that is wrong, and of one that would write."""


class NoTableError(BadValueError):
    """The database has no such records; says why."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.remedy = remedy


class DatabaseUnreadableError(NotWholeError):
    """The database cannot be read now; says why."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy


def read(path: str, work: Callable[[sqlite3.Connection], Result]) -> Result:
    """What is found in one snapshot of a database.

    Raises `NoTableError` if there is nothing to be found, and `DatabaseUnreadableError`.
    """
    for _ in range(ATTEMPTS):
        try:
            with _opened(path) as (database, is_as_it_was):
                database.text_factory = _text
                try:
                    database.execute("BEGIN")
                    result = work(database)
                except (sqlite3.Error, BadValueError):
                    if is_as_it_was():
                        raise
                    continue
                if is_as_it_was():
                    return result
        except sqlite3.Error as error:
            raise _problem(error) from error
    raise DatabaseUnreadableError("changes while it is read", "try again")


def _text(stored: bytes) -> str:
    """A stored text; what is not UTF-8 in it costs its record alone."""
    return stored.decode("utf-8", "surrogateescape")


def _problem(error: sqlite3.Error) -> BadValueError:
    code = getattr(error, "sqlite_errorcode", 1)
    if code & 0xFF in _LOCKED:
        return DatabaseUnreadableError("is locked by a program that writes to it", "try again")
    problem = f"cannot be read as a SQLite database: {error}"
    if code in _REFUSED:
        return NoTableError(problem, "check `table` and `query` of its source")
    remedy = "if it is being written or copied, try again; else see whether it is damaged"
    return DatabaseUnreadableError(problem, remedy)


@contextmanager
def _opened(path: str) -> Iterator[tuple[sqlite3.Connection, Callable[[], bool]]]:
    """A connection, and whether what it read stands."""
    if not _has_write_ahead_log(path):
        with closing(_connected(path, "mode=ro")) as database:
            yield database, lambda: True
        return
    log = path + "-wal"
    before = _marks(path)
    if not _size_of(log):
        with closing(_connected(path, "mode=ro&immutable=1")) as database:
            yield database, lambda: mark_of(path) == before[0][1]
    elif os.path.exists(path + "-shm"):
        with closing(_connected(path, "mode=ro")) as database:
            yield database, lambda: True
    else:
        import shutil
        import tempfile

        with tempfile.TemporaryDirectory(prefix="perfkit-") as folder:
            copy = os.path.join(folder, "copy")
            with suppress(FileNotFoundError):  # the log may have gone meanwhile
                shutil.copyfile(log, copy + "-wal")
            shutil.copyfile(path, copy)
            with closing(_connected(copy, "mode=ro")) as database:
                yield database, lambda: _marks(path) == before


def _marks(path: str) -> FileMark:
    return (path, mark_of(path)), (path + "-wal", mark_of(path + "-wal"))


def _size_of(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _has_write_ahead_log(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(_VERSION_AT + 2)[_VERSION_AT:] == _WAL_VERSION * 2


def _connected(path: str, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(os.path.abspath(path))}?{how}", uri=True, timeout=BUSY_S)
