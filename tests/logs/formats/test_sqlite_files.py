"""Databases with a write-ahead log are read without a trace, and right in every state."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from perfkit.logs.formats import sqlite_files
from perfkit.logs.formats.sqlite_files import DatabaseUnreadableError, NoTableError
from perfkit.logs.formats.sqlite_rows import lines_of, table_of
from tests.unmeasured import leave

BOT = 12345
"""A user that is neither root nor the one that runs the tests."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bot").mkdir()
    return tmp_path / "bot"


@pytest.fixture
def live(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / "bot.db")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE t (a)")
        database.execute("INSERT INTO t VALUES (1)")
        database.commit()
        yield database


def what_is_in(folder: Path) -> dict[str, tuple[int, int]]:
    return {one.name: (one.stat().st_size, one.stat().st_ino) for one in folder.iterdir()}


def rows(folder: Path) -> list[str]:
    before = what_is_in(folder)
    path = str(folder / "bot.db")
    assert table_of(path, ("a",)) == "t"
    lines = lines_of(path, "t", None).decode().splitlines()
    assert what_is_in(folder) == before
    return lines


def test_a_database_that_is_open_is_read_with_its_log(
    folder: Path, live: sqlite3.Connection
) -> None:
    assert rows(folder) == ['{"a": 1}']
    live.execute("INSERT INTO t VALUES (2)")
    assert rows(folder) == ['{"a": 1}']
    live.commit()
    assert rows(folder) == ['{"a": 1}', '{"a": 2}']


def test_a_database_that_is_closed_gets_no_log(folder: Path, live: sqlite3.Connection) -> None:
    live.close()
    assert list(what_is_in(folder)) == ["bot.db"]
    assert rows(folder) == ['{"a": 1}']
    (folder / "bot.db-wal").touch()
    assert rows(folder) == ['{"a": 1}']


@pytest.mark.parametrize("index", [True, False], ids=["with its index", "without"])
def test_what_a_crash_left_in_the_log_counts(
    folder: Path, live: sqlite3.Connection, index: bool, tmp_path: Path
) -> None:
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("bot.db", "bot.db-wal", *(["bot.db-shm"] if index else [])):
        shutil.copy(folder / name, crashed)
    live.close()
    assert rows(crashed) == ['{"a": 1}']


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs two users")
def test_a_bot_of_another_user_can_write_after_it_was_read(
    folder: Path, live: sqlite3.Connection
) -> None:
    live.close()
    for one in (folder, folder / "bot.db"):
        os.chown(one, BOT, BOT)
    modes = {parent: parent.stat().st_mode for parent in folder.parents}
    for parent, mode in modes.items():
        parent.chmod(mode | 0o111)
    assert rows(folder) == ['{"a": 1}']
    child = os.fork()
    if child == 0:  # the bot
        try:
            os.setgid(BOT)
            os.setuid(BOT)
            with closing(sqlite3.connect(folder / "bot.db")) as database:
                database.execute("INSERT INTO t VALUES (2)")
                database.commit()
        except BaseException:
            leave(1)
        leave(0)
    ended = os.waitpid(child, 0)[1]
    for parent, mode in modes.items():
        parent.chmod(mode)
    assert ended == 0
    assert rows(folder) == ['{"a": 1}', '{"a": 2}']


def test_a_database_that_changes_while_it_is_read_is_read_again(
    folder: Path, live: sqlite3.Connection
) -> None:
    live.close()
    path = str(folder / "bot.db")
    times = 0

    def work(database: sqlite3.Connection) -> list[tuple[int]]:
        nonlocal times
        times += 1
        if times < 3:
            with closing(sqlite3.connect(path)) as writer:
                writer.execute("INSERT INTO t VALUES (?)", (times + 1,))
                writer.commit()
        return database.execute("SELECT a FROM t").fetchall()

    assert sqlite_files.read(path, work) == [(1,), (2,), (3,)]
    times = -100
    with pytest.raises(DatabaseUnreadableError, match="changes while it is read"):
        sqlite_files.read(path, work)


def test_a_locked_database_says_that_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_files, "BUSY_S", 0.01)
    path = tmp_path / "bot.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (a)")
        database.commit()
        database.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseUnreadableError, match="is locked by a program") as caught:
            table_of(str(path), ("a",))
    assert caught.value.remedy == "try again"


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELECT x FROM t", "no such column"),
        ("SELEC", "syntax error"),
        ("SELECT 1; SELECT 2", "one statement"),
    ],
)
def test_a_query_that_is_wrong_is_not_a_database_that_is(
    folder: Path, live: sqlite3.Connection, query: str, problem: str
) -> None:
    with pytest.raises(NoTableError, match=problem) as caught:
        lines_of(str(folder / "bot.db"), None, query)
    assert caught.value.remedy == "check `table` and `query` of its source"
