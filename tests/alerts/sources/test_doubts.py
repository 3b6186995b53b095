"""Logs of which an alert run cannot say how things stand: exit 3, and why."""

import bz2
import contextlib
import gzip
import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.alerting import START, Bench, minutes

RULES = "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: -10}]\n"
FIELDS = "fields: {closed_at: t, net_pnl: pnl}"
ONLY = "only: {k: Z}, " + FIELDS
FILLS = """
      fills: {by: [s], match: fifo, trade: exit, short: false}
      fields: {at: t, symbol: s, side: side, quantity: q, price: p}"""
PAIR = """
      pair: {by: [s]}
      open_when: {e: open}
      fields: {opened_at: t, closed_at: t, symbol: s, net_pnl: pnl}"""
OPENS = "open_when: {e: open}, fields: {opened_at: t, closed_at: t, net_pnl: pnl}"

ROWS = "t,pnl\n2026-04-08 09:00,5\n"
LINE = '{"t": "2026-04-08T09:00:00Z", "pnl": 5}\n'
LOSS = '{"t": "2026-04-08T09:30:00Z", "pnl": -500}\n'
UNNAMED = '{"t": "2026-04-08T09:30:00Z", "PnL": -500}\n'
BUY = '{"t": "2026-04-08T09:00:00Z", "s": "X", "side": "buy", "q": 1, "p": 10}\n'
SELL = '{"t": "2026-04-08T09:30:00Z", "s": "Y", "side": "sell", "q": 1, "p": 10}\n'

Files = dict[str, str | bytes]


class Case:
    """Files of a source, and what a run says of them: its exit code, and words of its reason."""

    def __init__(
        self, dialect: str, pattern: str, files: Files, code: int, *words: str, later: int = -1
    ) -> None:
        self.dialect = dialect
        self.pattern = pattern
        self.files = files
        self.code = code
        self.words = words
        self.later = code if later < 0 else later  # where the files stay as they are


def bench_of(root: Path, dialect: str, pattern: str, files: Files) -> Bench:
    """A workspace with one source of those files; a dialect of several lines is indented."""
    dialect = dialect if "\n" in dialect else f" {{{dialect}}}"
    config = f"""\
sources:
  - name: bot
    path: logs/trades
    pattern: "{pattern}"
    currency: USD
    dialect:{dialect}
"""
    bench = Bench(root, RULES, config)
    for file in (root / "logs/trades").iterdir():
        file.unlink()
    for name, content in files.items():
        body = content.encode() if isinstance(content, str) else content
        (root / "logs/trades" / name).write_bytes(body)
    return bench


def many(start: str, row: str, count: int) -> str:
    return start + "".join(row.format(minute=minute) for minute in range(count))


OPEN_QUOTE = many(
    't,note,pnl\n2026-04-08 09:00,a,5\n2026-04-08 09:00,"b,5\n', "{minute},c,-9\n", 30
)

CASES: dict[str, Case] = {
    # What is normal
    "a trade": Case(FIELDS, "*.jsonl", {"a.jsonl": LINE}, 0),
    "a loss": Case(FIELDS, "*.jsonl", {"a.jsonl": LINE + LOSS}, 2),
    "a bad line among good ones": Case(FIELDS, "*.jsonl", {"a.jsonl": LINE + UNNAMED}, 0),
    "a bad line after good ones of another day": Case(
        FIELDS, "*.jsonl", {"a.jsonl": LINE.replace("-08T", "-06T") + UNNAMED + LINE}, 0
    ),
    "a day of ignored records so far": Case(
        ONLY,
        "*.jsonl",
        {"a.jsonl": LINE.replace("}", ', "k": "Z"}'), "b.jsonl": LINE},
        0,
    ),
    "a day of entries so far": Case(
        OPENS,
        "*.jsonl",
        {"a.jsonl": LINE, "b.jsonl": '{"t": "2026-04-09T09:00:00Z", "e": "open"}\n'},
        0,
    ),
    "purchases only": Case(FILLS, "*.jsonl", {"a.jsonl": BUY}, 0),
    "a close that has no open line": Case(
        PAIR, "*.jsonl", {"a.jsonl": '{"t": "2026-04-08T09:00:00Z", "s": "X", "pnl": 5}\n'}, 0
    ),
    # No record counts
    "all records are ignored": Case(ONLY, "*.jsonl", {"a.jsonl": LINE}, 3, "ignored", "`only`"),
    "all rows are ignored": Case(
        ONLY, "*.csv", {"a.csv": "k," + ROWS.replace("\n2", "\nX,2")}, 3, "ignored"
    ),
    "an empty file": Case(FIELDS, "*.jsonl", {"a.jsonl": ""}, 3, "a.jsonl", "empty"),
    "an empty CSV": Case(FIELDS, "*.csv", {"a.csv": ""}, 3, "a.csv", "empty"),
    "a header alone": Case(FIELDS, "*.csv", {"a.csv": "t,pnl\n"}, 3, "a.csv", "no records"),
    "a header alone in the newest": Case(
        FIELDS, "*.csv", {"a.csv": ROWS, "b.csv": "t,pnl\n"}, 3, "b.csv", "no records"
    ),
    "a newest file that is empty": Case(
        FIELDS, "*.jsonl", {"a.jsonl": LINE, "b.jsonl": ""}, 3, "b.jsonl", "empty"
    ),
    "an empty document": Case(FIELDS, "*.json", {"a.json": "[]"}, 3, "a.json", "no records"),
    "an empty gz": Case(FIELDS, "*.csv", {"a.csv.gz": gzip.compress(b"t,pnl\n")}, 3, "no records"),
    # Records without a result
    "a column renamed": Case(
        FIELDS,
        "*.csv",
        {"a.csv": ROWS, "b.csv": ROWS.replace("pnl", "PnL").replace(",5", ",-500")},
        3,
        "b.csv",
        "has no column `pnl`",
    ),
    "a field renamed in the newest": Case(
        FIELDS, "*.jsonl", {"a.jsonl": LINE, "b.jsonl": UNNAMED * 3}, 3, "b.jsonl"
    ),
    "a field renamed in the only file": Case(
        FIELDS, "*.jsonl", {"a.jsonl": UNNAMED}, 3, "without any P&L"
    ),
    "closes without a result beside entries": Case(
        OPENS,
        "*.jsonl",
        {"a.jsonl": LINE, "b.jsonl": '{"t": "2026-04-09T09:00:00Z", "e": "open"}\n' + UNNAMED},
        3,
        "without any P&L",
    ),
    "a field renamed in a file that goes on for long": Case(
        FIELDS,
        "*.jsonl",
        {"a.jsonl": LINE.replace("-08T", "-06T") * 9 + UNNAMED * 2},
        3,
        "a.jsonl",
        "no recent line",
    ),
    "unknown outcomes": Case(
        "fields: {closed_at: t, outcome: o}",
        "*.jsonl",
        {"a.jsonl": LINE.replace('"pnl": 5', '"o": "maybe"')},
        3,
        "a.jsonl",
    ),
    "values that are no numbers": Case(
        FIELDS, "*.jsonl", {"a.jsonl": LINE, "b.jsonl": LINE.replace("5}", '"x"}')}, 3, "b.jsonl"
    ),
    "no time that can be read": Case(
        FIELDS, "*.jsonl", {"a.jsonl": LINE, "b.jsonl": LINE.replace("2026", "soon")}, 3, "b.jsonl"
    ),
    "ignored and bad ones": Case(
        ONLY,
        "*.jsonl",
        {
            "a.jsonl": LINE.replace("}", ', "k": "Z"}'),
            "b.jsonl": LINE + LOSS.replace("-500}", '"x", "k": "Z"}'),
        },
        3,
        "b.jsonl",
    ),
    "sales of what is not held": Case(FILLS, "*.jsonl", {"a.jsonl": SELL * 2}, 3, "than is held"),
    "sales of what is not held beside purchases": Case(
        FILLS, "*.jsonl", {"a.jsonl": BUY + SELL}, 3, "than is held"
    ),
    "one such sale beside a good one": Case(
        FILLS, "*.jsonl", {"a.jsonl": BUY + SELL + SELL.replace("Y", "X")}, 0
    ),
    "fills of nothing": Case(
        FILLS, "*.jsonl", {"a.jsonl": BUY.replace('"q": 1', '"q": 0')}, 3, "make no trade"
    ),
    "fills that cannot be read": Case(
        FILLS, "*.jsonl", {"a.jsonl": BUY.replace("10}", '"ten"}')}, 3, "a.jsonl"
    ),
    # Records that wait
    "a last line being written": Case(
        FIELDS, "*.jsonl", {"a.jsonl": LINE + LOSS[:30]}, 0, "a.jsonl", "whole", later=3
    ),
    "a last row without its newline": Case(
        FIELDS, "*.csv", {"a.csv": ROWS + "2026-04-08 09:30,-50"}, 0, "a.csv", "whole", later=3
    ),
    "a first line being written": Case(
        FIELDS, "*.jsonl", {"a.jsonl": LINE, "b.jsonl": LOSS[:30]}, 0, "b.jsonl", later=3
    ),
    "half a line and nothing else": Case(
        FIELDS, "*.jsonl", {"a.jsonl": LOSS[:30]}, 3, "a.jsonl", "no whole record"
    ),
    "a text as a document": Case(FIELDS, "*.json", {"a.json": '"abc"'}, 3, "a.json"),
    "an open quote": Case(
        "fields: {closed_at: t, net_pnl: pnl, strategy: note}",
        "*.csv",
        {"a.csv": OPEN_QUOTE},
        3,
        "a.csv",
        "a quote opens a cell on line 3",
    ),
    "an open quote in an older file": Case(
        "fields: {closed_at: t, net_pnl: pnl, strategy: note}",
        "*.csv",
        {"a.csv": OPEN_QUOTE, "b.csv": OPEN_QUOTE.partition('2026-04-08 09:00,"')[0]},
        3,
        "a.csv",
        "a quote opens a cell on line 3",
    ),
    "half a line of an older file": Case(
        FIELDS, "*.jsonl", {"a.jsonl": LINE + LOSS[:30], "b.jsonl": LINE}, 0
    ),
    "half a UTF-16 file": Case(
        FIELDS, "*.jsonl", {"a.jsonl": (LINE + LOSS).encode("utf-16")[:60]}, 3, "a.jsonl"
    ),
    "a UTF-16 file without its end": Case(
        FIELDS,
        "*.jsonl",
        {"a.jsonl": (LINE + LOSS).encode("utf-16")[:-30]},
        0,
        "a.jsonl",
        later=3,
    ),
    # Files that cannot be opened
    "a damaged gz": Case(
        FIELDS, "*.jsonl", {"a.jsonl.gz": gzip.compress(LINE.encode() * 99)[:-20]}, 3, "a.jsonl.gz"
    ),
    "a damaged bz2": Case(
        FIELDS, "*.jsonl", {"a.jsonl.bz2": bz2.compress(LINE.encode() * 99)[:-20]}, 3, "a.jsonl.bz2"
    ),
    "no database": Case(
        "format: sqlite, table: x, " + FIELDS, "*.db", {"a.db": "SQLite"}, 3, "a.db"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_said_at_once_and_as_long_as_it_lasts(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    bench = bench_of(tmp_path, case.dialect, case.pattern, case.files)
    first = bench.run(START)
    assert first.code == case.code, first.err
    told = len(bench.events())
    for minute in (1, 2, 600):
        found = bench.run(minutes(minute))
        assert found.code == case.later, found.err
        assert "Traceback" not in found.err
        for word in case.words:
            assert word in found.err
        assert len(bench.events("data_state")) <= 1
    if case.code == case.later:
        assert len(bench.events()) == told


TABLE = "create table fills (t text, pnl text);"
ROW = "insert into fills values ('2026-04-08 09:00', '5');"


@pytest.mark.parametrize(
    ("statements", "code", "word"),
    [
        (TABLE + ROW, 0, ""),
        (TABLE, 3, "no records"),
        ("create table other (a text);", 3, "fills"),
        (TABLE + ROW.replace("'5'", "null"), 3, "without any P&L"),
        (TABLE + ROW.replace("'5'", "'five'"), 3, "a.db"),
    ],
)
def test_a_database(tmp_path: Path, statements: str, code: int, word: str) -> None:
    bench = bench_of(tmp_path, "table: fills, " + FIELDS, "*.db", {})
    with contextlib.closing(sqlite3.connect(tmp_path / "logs/trades/a.db")) as connection:
        connection.executescript(statements)
        connection.commit()
    for minute in range(3):
        found = bench.run(minutes(minute))
        assert found.code == code, found.err
        assert word in found.err


def test_a_locked_database_and_one_that_lost_its_rows(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, "table: fills, " + FIELDS, "*.db", {})
    path = tmp_path / "logs/trades/a.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(TABLE + ROW.replace("'5'", "'-50'"))
        assert bench.run(START).code == 2
        connection.execute("begin exclusive")
        connection.execute(ROW)
        os.utime(path)
        found = bench.run(minutes(1))
        assert (found.code, "a.db" in found.err) == (3, True)
        connection.execute("delete from fills")
        connection.execute("commit")
    found = bench.run(minutes(2))
    assert (found.code, "no records" in found.err) == (3, True)
    assert bench.events("resolved") == []


def test_a_document_that_is_rewritten_without_records(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, FIELDS, "*.json", {"a.json": f"[{LOSS}]"})
    assert bench.run(START).code == 2
    (tmp_path / "logs/trades/a.json").write_text("[]")
    found = bench.run(minutes(1))
    assert (found.code, "a.json" in found.err) == (3, True)
    assert bench.events("resolved") == []
    (tmp_path / "logs/trades/a.json").write_text(f"[{LINE}]")
    assert bench.run(minutes(2)).code == 0


class TestLinesThatAreBeingWritten:
    def bench(self, root: Path, end: str) -> Bench:
        return bench_of(root, FIELDS, "*.jsonl", {"a.jsonl": LINE + end})

    def append(self, bench: Bench, text: str) -> None:
        with (bench.root / "logs/trades/a.jsonl").open("a") as stream:
            stream.write(text)

    def test_each_minute_another(self, tmp_path: Path) -> None:
        bench = self.bench(tmp_path, LINE[:20])
        for minute in range(5):
            assert bench.run(minutes(minute)).code == 0
            self.append(bench, LINE[20:] + LINE[:20])

    def test_runs_within_seconds_do_not_make_it_an_old_one(self, tmp_path: Path) -> None:
        bench = self.bench(tmp_path, LINE[:20])
        for second in range(3):
            assert bench.run(START + timedelta(seconds=second)).code == 0
        assert bench.run(START + timedelta(seconds=59)).code == 3

    def test_it_is_over_with_the_rest_of_the_line(self, tmp_path: Path) -> None:
        bench = self.bench(tmp_path, LOSS[:20])
        assert [bench.run(minutes(minute)).code for minute in range(3)] == [0, 3, 3]
        self.append(bench, LOSS[20:])
        assert bench.run(minutes(4)).code == 2
        assert [one["reason"] for one in bench.events("data_state")] == ["error", "ok"]

    def test_a_state_that_was_lost_begins_anew(self, tmp_path: Path) -> None:
        bench = self.bench(tmp_path, LOSS[:20])
        assert bench.run(START).code == 0
        bench.state.unlink()
        assert [bench.run(minutes(minute)).code for minute in (1, 2)] == [0, 3]

    def test_a_clock_that_was_ahead_does_not_hide_it(self, tmp_path: Path) -> None:
        bench = self.bench(tmp_path, LOSS[:20])
        assert bench.run(START + timedelta(days=9)).code == 0
        assert bench.run(START).code == 3


@pytest.mark.parametrize("name", ["all records are ignored", "a header alone", "an open quote"])
def test_in_a_process_of_its_own(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    bench_of(tmp_path, case.dialect, case.pattern, case.files)
    command = [sys.executable, "-m", "perfkit.alerts.cron", "--root", str(tmp_path)]
    for _ in range(2):
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (found.returncode, found.stdout) == (3, "")
        assert all(word in found.stderr for word in case.words)
