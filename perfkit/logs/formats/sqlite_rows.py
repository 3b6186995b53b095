"""A table of a SQLite database: each row as a line of JSON.

The database is opened for reading only, and all rows come from one snapshot. The row with rowid n
is line n, lines without a row being empty, so `trades.db:trades#7` leads back to it; the rows of a
query, and of a table whose rowids are far apart, are numbered from 1. A REAL is written as the
shortest decimal of its double, which is the number that was stored.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from math import isfinite
from urllib.parse import quote

from perfkit.core.one_value import BadValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_EMPTY = 1_000_000
"""Up to so many lines without a row."""

BUSY_S = 2.0
"""So long a writer is waited for."""

_TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
)


class NoTableError(BadValueError):
    """The database cannot be read as records; says why."""


def lines_of(path: str, table: str | None, query: str | None) -> bytes:
    """The rows of a table or of a query as lines; raises `NoTableError`."""
    try:
        with closing(_connected(path)) as database:
            database.execute("BEGIN")
            if query is not None:
                return _lines(database.execute(query), numbered=False)
            name = _quoted(table or "")
            try:
                found = database.execute(f"SELECT rowid, * FROM {name} ORDER BY rowid")
            except sqlite3.OperationalError:  # a view, or a table without rowid
                return _lines(database.execute(f"SELECT * FROM {name}"), numbered=False)
            return _lines(found, numbered=True)
    except sqlite3.Error as error:
        raise NoTableError(f"cannot be read as a SQLite database: {error}") from error


def table_of(path: str, wanted: Sequence[str]) -> str:
    """The one table with most of the columns wanted; raises `NoTableError`."""
    try:
        with closing(_connected(path)) as database:
            columns: dict[str, set[str]] = {
                name: {row[1] for row in database.execute(f"PRAGMA table_info({_quoted(name)})")}
                for (name,) in database.execute(_TABLES).fetchall()
            }
    except sqlite3.Error as error:
        raise NoTableError(f"cannot be read as a SQLite database: {error}") from error
    fitting = {name: len(own & set(wanted)) for name, own in columns.items()}
    most = max(fitting.values(), default=0)
    best = [name for name, count in fitting.items() if count == most]
    if not most:
        there = ", ".join(columns) or "none"
        raise NoTableError(f"has no table with the fields of the dialect; its tables: {there}")
    if len(best) > 1:
        raise NoTableError(f"has several tables that fit; write `table: {' or '.join(best)}`")
    return best[0]


def _connected(path: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=BUSY_S)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _lines(found: sqlite3.Cursor, *, numbered: bool) -> bytes:
    names = [column[0] for column in found.description]
    rows = found.fetchall()
    first = 1 if numbered else 0
    at = [row[0] for row in rows] if numbered else []
    if not at or at[0] < 1 or at[-1] - len(at) > MOST_EMPTY:
        at = list(range(1, len(rows) + 1))
    lines, line = [], 1
    for row, number in zip(rows, at, strict=True):
        lines.append(b"\n" * (number - line))
        values = dict(zip(names[first:], map(_plain, row[first:]), strict=True))
        text = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
        lines.append(text + b"\n")
        line = number + 1
    return b"".join(lines)


def _plain(value: Any) -> Any:
    """A stored value as JSON has it; of a REAL these are the digits of its shortest decimal."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value
