"""A table of a SQLite database: each row as a line of JSON.

All rows come from one snapshot (see `sqlite_files`). The row with rowid n is line n, lines without
a row being empty, so `trades.db:trades#7` leads back to it; the rows of a query, of a view, and of
a table whose rowids are far apart, are numbered from 1. A REAL is written as the shortest decimal
of its double, which is the number that was stored; a BLOB as `BLOB x'00ff'`, which is no number.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from math import isfinite

from perfkit.logs.formats.sqlite_files import NoTableError, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_EMPTY = 1_000_000
"""Up to so many lines without a row."""

_ROWIDS = ("rowid", "_rowid_", "oid")

_TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
)


def lines_of(path: str, table: str | None, query: str | None, wanted: Sequence[str] = ()) -> bytes:
    """The rows of a table or of a query as lines; raises as `read` does.

    A column of the fields `wanted` must not come twice in a query.
    """

    def lines(database: sqlite3.Connection) -> bytes:
        if query is not None:
            return _lines(database.execute(query), wanted, numbered=False)
        name = quoted(table or "")
        rowid = _rowid_of(database, table or "")
        if rowid is None:
            return _lines(database.execute(f"SELECT * FROM {name}"), wanted, numbered=False)
        found = database.execute(f"SELECT {rowid}, * FROM {name} ORDER BY {rowid}")
        return _lines(found, wanted, numbered=True)

    return read(path, lines)


def _rowid_of(database: sqlite3.Connection, table: str) -> str | None:
    """A name that the rowid of a table has; None where it has none, as a view."""
    kind = "SELECT type FROM sqlite_master WHERE name = ? COLLATE NOCASE"
    if database.execute(kind, (table,)).fetchone() == ("view",):
        return None
    columns = {row[1].lower() for row in database.execute(f"PRAGMA table_xinfo({quoted(table)})")}
    free = [name for name in _ROWIDS if name not in columns]
    if not free:
        return None
    try:
        database.execute(f"SELECT {free[0]} FROM {quoted(table)} LIMIT 0")
    except sqlite3.OperationalError as error:
        if "no such column" not in str(error):
            raise
        return None
    return free[0]


def table_of(path: str, wanted: Sequence[str]) -> str:
    """The one table with most of the columns wanted; raises `NoTableError`."""

    def columns_of(database: sqlite3.Connection) -> dict[str, set[str]]:
        return {
            name: {row[1] for row in database.execute(f"PRAGMA table_info({quoted(name)})")}
            for (name,) in database.execute(_TABLES).fetchall()
        }

    columns = read(path, columns_of)
    fitting = {name: len(own & set(wanted)) for name, own in columns.items()}
    most = max(fitting.values(), default=0)
    best = [name for name, count in fitting.items() if count == most]
    if not most:
        there = ", ".join(columns) or "none"
        raise NoTableError(f"has no table with the fields of the dialect; its tables: {there}")
    if len(best) > 1:
        raise NoTableError(f"has several tables that fit; write `table: {' or '.join(best)}`")
    return best[0]


def quoted(name: str) -> str:
    """A name as a statement has it."""
    return '"' + name.replace('"', '""') + '"'


def _lines(found: sqlite3.Cursor, wanted: Sequence[str], *, numbered: bool) -> bytes:
    if found.description is None:
        raise NoTableError("has no rows for its `query`", "write a SELECT")
    names = [column[0] for column in found.description]
    first = 1 if numbered else 0
    counts = Counter(names[first:])
    twice = [name for name, count in counts.items() if count > 1 and name in wanted]
    if twice:
        remedy = f"name the column that counts, as in `SELECT t.{twice[0]} FROM ...`"
        raise NoTableError(f"has several columns named {twice[0]} in its `query`", remedy)
    rows = found.fetchall()
    at = [row[0] for row in rows] if numbered else []
    if not at or at[0] < 1 or at[-1] - len(at) > MOST_EMPTY:
        at = list(range(1, len(rows) + 1))
    lines, line = [], 1
    for row, number in zip(rows, at, strict=True):
        lines.append(b"\n" * (number - line))
        values = dict(zip(names[first:], map(_plain, row[first:]), strict=True))
        text = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogateescape")
        lines.append(text + b"\n")
        line = number + 1
    return b"".join(lines)


def _plain(value: Any) -> Any:
    """A stored value as JSON has it; of a REAL these are the digits of its shortest decimal."""
    if isinstance(value, bytes):
        return f"BLOB x'{value.hex()}'"
    if isinstance(value, float) and not isfinite(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
