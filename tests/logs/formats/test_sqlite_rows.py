"""Rows of a SQLite database as lines."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.desk.desk import open as open_desk
from perfkit.logs.formats.sqlite_rows import NoTableError, lines_of, table_of
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
        '{"id": 4, "p": null, "t": "ä", "raw": "00ff"}',
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
    with pytest.raises(NoTableError, match="cannot be read as a SQLite database"):
        lines_of(str(tmp_path / "x.db"), "t", None)
    with pytest.raises(NoTableError, match="cannot be read as a SQLite database"):
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
