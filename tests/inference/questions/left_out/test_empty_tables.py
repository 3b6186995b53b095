"""A database whose table of trades is empty: what else it has is asked about, or is no trades."""

import sqlite3
from pathlib import Path

import pytest

from perfkit.inference.source import found_in

COLUMNS = "symbol TEXT, side TEXT, entry_price REAL, exit_price REAL, exit_time TEXT, pnl REAL"
ROWS = [("A", "long", 10.0, 10.0 + n, f"2026-04-0{n + 4}T10:00:00Z", float(n)) for n in (-2, 1, 3)]


def database(path: Path, table: str, trades: int) -> str:
    with sqlite3.connect(path) as made:
        for name, rows in (("trades", ROWS[:trades]), (table, ROWS)):
            made.execute(f"CREATE TABLE {name} ({COLUMNS})")
            made.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?)", rows)
    made.close()
    return str(path)


def asked(path: str) -> list[str]:
    return [doubt.name for doubt in found_in(path).reading.doubts]


def test_another_table_is_asked_about(tmp_path: Path) -> None:
    assert asked(database(tmp_path / "a.db", "outcomes", 0)) == ["empty_table"]


@pytest.mark.parametrize("table", ["trades_v2", "closed_positions", "history"])
def test_one_that_is_called_after_trades_or_closes_is_not(tmp_path: Path, table: str) -> None:
    assert asked(database(tmp_path / "a.db", table, 0)) == []


def test_nor_is_one_beside_trades(tmp_path: Path) -> None:
    assert "empty_table" not in asked(database(tmp_path / "a.db", "outcomes", 3))


@pytest.mark.parametrize("table", ["ml_samples", "training_dataset"])
def test_samples_for_learning_are_no_trades(tmp_path: Path, table: str) -> None:
    assert not found_in(database(tmp_path / "a.db", table, 0)).reading.has_results
