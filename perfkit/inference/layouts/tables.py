"""The tables of a database, each a place of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.core.errors import LogReadError
from perfkit.core.one_value import BadValueError
from perfkit.inference.layouts.place import MOST_PLACES, MOST_RECORDS, Place
from perfkit.inference.table.alike_records import of_rows

if TYPE_CHECKING:
    import sqlite3


def places_in_database(path: str) -> list[Place]:
    """The tables of a database; raises `LogReadError`."""
    from perfkit.logs.formats import sqlite_files, sqlite_rows

    def places(database: sqlite3.Connection) -> list[Place]:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = []
        for (name,) in names[:MOST_PLACES]:
            quoted = sqlite_rows.quoted(name)
            rows = database.execute(f"SELECT * FROM {quoted} LIMIT {MOST_RECORDS}")
            columns = [column[0] for column in rows.description]
            found.append(Place(name, {"table": name}, of_rows(columns, rows.fetchall())))
        return found

    try:
        return sqlite_files.read(path, places)
    except BadValueError as error:
        remedy = getattr(error, "remedy", "") or "check that the database is complete"
        raise LogReadError(path, str(error), remedy) from error
