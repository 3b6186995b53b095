"""Rows of a SQLite database as lines."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.desk.desk import open as open_desk
from perfkit.logs.formats.sqlite_files import DatabaseUnreadableError, NoTableError
from perfkit.logs.formats.sqlite_rows import lines_of, table_of
from tests.conftest import WriteWorkspace


def database(path: Path, *statements: str) -> str:
    with closing(sqlite3.connect(path)) as opened:
        for statement in statements:
            opened.execute(statement)
        opened.commit()
    return str(path)


@pytest.fixture
def trades(tmp_path: Path) -> str:
    return database(
        tmp_path / "a b?.db",
        "CREATE TABLE trades (id INTEGER PRIMARY KEY, p REAL, t TEXT, raw BLOB)",
        "CREATE TABLE orders (id INTEGER, t TEXT)",
        "INSERT INTO trades VALUES (2, 0.1, 'x', NULL), (4, 1e400, 'ä', x'00ff')",
        "INSERT INTO trades VALUES (5, 4.35, NULL, NULL)",
    )


def test_a_row_is_the_line_of_its_rowid_and_a_real_its_shortest_digits(trades: str) -> None:
    assert lines_of(trades, "trades", None).decode().split("\n") == [
        "",
        '{"id": 2, "p": 0.1, "t": "x", "raw": null}',
        "",
        '{"id": 4, "p": "Infinity", "t": "ä", "raw": "BLOB x\'00ff\'"}',
        '{"id": 5, "p": 4.35, "t": null, "raw": null}',
        "",
    ]


def test_rows_of_a_query_are_numbered_from_one(trades: str) -> None:
    query = "SELECT t, p * 2 AS q FROM trades WHERE id > 4"
    assert lines_of(trades, None, query) == b'{"t": null, "q": 8.7}\n'


def test_rows_far_apart_and_tables_without_rowid_are_numbered_from_one(tmp_path: Path) -> None:
    path = database(
        tmp_path / "far.db",
        "CREATE TABLE far (id INTEGER PRIMARY KEY)",
        "INSERT INTO far VALUES (-5), (1), (99999999)",
        "CREATE TABLE bare (t TEXT PRIMARY KEY) WITHOUT ROWID",
        "INSERT INTO bare VALUES ('x')",
    )
    assert lines_of(path, "far", None).count(b"\n") == 3
    assert lines_of(path, "bare", None) == b'{"t": "x"}\n'


ROWIDS = {
    "rowid": ("t", "CREATE TABLE t (rowid TEXT, a)", [7, 9]),
    "oid": ("t", "CREATE TABLE t (OID TEXT, RowId TEXT, a)", [7, 9]),
    "all": ("t", "CREATE TABLE t (oid, rowid, _rowid_, a)", [1, 2]),
    "own key": ("t", "CREATE TABLE t (a, rowid INTEGER PRIMARY KEY)", [7, 9]),
    "none": ("t", "CREATE TABLE t (a, rowid TEXT PRIMARY KEY) WITHOUT ROWID", [1, 2]),
    "no table": ("v", "CREATE TABLE t (a); CREATE VIEW v AS SELECT * FROM t", [1, 2]),
    "view": ("v", "CREATE TABLE t (a); CREATE VIEW v AS SELECT a, 'x' AS rowid FROM t", [1, 2]),
    "computed": ("t", "CREATE TABLE t (a, rowid AS (a + 1))", [7, 9]),
    "odd name": ('a "b" c', 'CREATE TABLE "a ""b"" c" (a, "rowid")', [7, 9]),
    "other case": ("T", "CREATE TABLE t (a)", [7, 9]),
    "other view": ("V", "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t", [1, 2]),
}


@pytest.mark.parametrize(("table", "statements", "lines"), ROWIDS.values(), ids=ROWIDS)
def test_a_column_may_be_called_as_a_rowid_is(
    tmp_path: Path, table: str, statements: str, lines: list[int]
) -> None:
    name = 'a ""b"" c' if '"' in table else "t"
    path = str(tmp_path / "t.db")
    with closing(sqlite3.connect(path)) as opened:
        opened.executescript(statements)
        for value in range(1, 10):
            own = ", rowid" if lines == [1, 2] and "WITHOUT" in statements else ""
            given = f", 'k{value}'" if own else ""
            opened.execute(f'INSERT INTO "{name}" (a{own}) VALUES ({value}{given})')
        opened.execute(f'DELETE FROM "{name}" WHERE a NOT IN (7, 9)')
        opened.commit()
    found = lines_of(path, table, None).decode().split("\n")
    assert [number for number, line in enumerate(found, 1) if line] == lines
    assert [json.loads(line)["a"] for line in found if line] == [7, 9]


def test_a_column_that_is_read_comes_once_in_a_query(tmp_path: Path) -> None:
    path = database(
        tmp_path / "t.db",
        "CREATE TABLE t (id, pnl)",
        "CREATE TABLE f (id, pnl)",
        "INSERT INTO t VALUES (1, 6)",
        "INSERT INTO f VALUES (1, 300)",
    )
    join = "SELECT {} FROM t JOIN f ON t.id = f.id"
    with pytest.raises(NoTableError, match=r"several columns named pnl in its `query`") as caught:
        lines_of(path, None, join.format("*"), ("pnl",))
    assert caught.value.remedy == "name the column that counts, as in `SELECT t.pnl FROM ...`"
    assert lines_of(path, None, join.format("*"), ("note",)).count(b"\n") == 1
    assert lines_of(path, None, join.format("t.pnl"), ("pnl",)) == b'{"pnl": 6}\n'


def test_what_is_not_a_number_of_sqlite_is_a_bad_record_and_says_why(
    workspace: WriteWorkspace,
) -> None:
    config = (
        "sources:\n  - name: a\n    path: t.db\n    currency: USD\n"
        "    dialect: {identity: id, fields: {closed_at: at, net_pnl: p, strategy: note}}\n"
    )
    root = workspace(config)
    path = database(root / "t.db", "CREATE TABLE t (id BLOB, at TEXT, p, note)")
    values = [1, 2.5, (3).to_bytes(8, "little"), b"12.5", b"1234", b"", 1e999, -1e999, "x"]
    with closing(sqlite3.connect(path)) as opened:
        for number, value in enumerate(values):
            row = (bytes([number]), "2026-04-06T10:00:00Z", value, b"\xff")
            opened.execute("INSERT INTO t VALUES (?, ?, ?, ?)", row)
        opened.execute(
            "INSERT INTO t VALUES (x'77', '2026-04-06T10:00:00Z', 4, CAST(x'ff' AS TEXT))"
        )
        opened.commit()
    desk = open_desk(root)
    assert desk.summary("all").metrics["net_pnl"] == Decimal("3.5")
    reasons = [error.reason for error in desk.book.errors]
    assert [reason.partition(": ")[2] for reason in reasons[:-1]] == [
        "\"BLOB x'0300000000000000'\" is not a number",
        "\"BLOB x'31322e35'\" is not a number",
        "\"BLOB x'31323334'\" is not a number",
        "\"BLOB x''\" is not a number",
        "'Infinity' is not a number",
        "'-Infinity' is not a number",
        "'x' is not a number",
    ]
    assert reasons[-1].startswith("is not UTF-8")


def test_the_table_is_the_one_with_the_fields(trades: str) -> None:
    assert table_of(trades, ("t", "p")) == "trades"
    with pytest.raises(NoTableError, match="several tables that fit; write `table: trades or ord"):
        table_of(trades, ("id", "t"))
    with pytest.raises(NoTableError, match=r"no table with the fields .* tables: trades, orders"):
        table_of(trades, ("x",))


def test_nothing_is_ever_written(trades: str) -> None:
    before = Path(trades).read_bytes()
    with pytest.raises(NoTableError, match="readonly database"):
        lines_of(trades, None, "DELETE FROM trades RETURNING id")
    with pytest.raises(NoTableError, match="no such table"):
        lines_of(trades, "nothing", None)
    assert Path(trades).read_bytes() == before


def test_what_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"SQLite format 3\0" + b"x" * 200)
    with pytest.raises(DatabaseUnreadableError, match="cannot be read as a SQLite database"):
        lines_of(str(tmp_path / "x.db"), "t", None)
    with pytest.raises(DatabaseUnreadableError, match="cannot be read as a SQLite database"):
        table_of(str(tmp_path / "x.db"), ("t",))


def test_a_decimal_comma_is_about_texts_and_not_about_a_real(workspace: WriteWorkspace) -> None:
    config = (
        "sources:\n  - name: a\n    path: t.db\n    currency: USD\n"
        '    dialect: {decimal: ",", fields: {closed_at: at, gross_pnl: p, commission: fee}}\n'
    )
    root = workspace(config)
    database(
        root / "t.db",
        "CREATE TABLE t (at TEXT, p REAL, fee TEXT)",
        "INSERT INTO t VALUES ('2026-04-06T10:00:00Z', 1.234, '0,5')",
    )
    assert open_desk(root).summary("all").metrics["net_pnl"] == Decimal("0.734")
