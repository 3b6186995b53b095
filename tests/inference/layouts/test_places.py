"""Why a file without a place for records has none."""

import json
import sqlite3
from pathlib import Path

import pytest

from perfkit.inference.source import found_in


def why(path: Path) -> str:
    return " ".join(found_in(str(path)).reading.evidence)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        "[2026-04-07 10:00:00] bought 5 at 12.5\n[2026-04-07 10:05:00] sold\n",
        "[61.5, 62.1] 61.8\nAverage 61.8\n",
        "2026-04-07T10:00:00\nThe price rose\n- by 3 per cent\n",
    ],
)
def test_text_is_called_so_and_not_json(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "trade_log.txt"
    path.write_text(text, encoding=encoding)
    assert "text for people" in why(path)


@pytest.mark.parametrize("text", ['[\n  {"pnl": 1},\n  {"pnl": }\n]\n', '[{"pnl": 1}, {"pn'])
def test_a_document_that_is_broken_is_named_by_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "trades.json"
    path.write_text(text)
    assert "is not valid JSON" in why(path)


def test_one_object_is_called_so_with_its_names(tmp_path: Path) -> None:
    path = tmp_path / "pnl.json"
    path.write_text(json.dumps({"date": "2026-04-07", "pnl_pct": 1.5, "held": []}, indent=1))
    assert "one object without a list of trades; it has: date, pnl_pct, held" in why(path)


def test_of_tables_that_of_trades_is_the_one_that_is_spoken_of(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with sqlite3.connect(path) as database:
        database.execute("create table locks (pair text, reason text, until text)")
        database.execute("create table trades (pair text, opened text, closed text, pnl real)")
        database.executemany("insert into locks values ('A', 'stop', ?)", [("x",), ("y",), ("z",)])
        database.execute("insert into trades values ('A', '2026-04-07', null, null)")
    database.close()
    found = found_in(str(path))
    assert found.layout == {"table": "trades"}
    assert "opened" in found.reading.columns
