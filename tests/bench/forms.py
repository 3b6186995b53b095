"""Logs in other forms than JSON Lines, executions, and logs that nobody described, side by side.

`python -m tests.bench.forms` runs it alone.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from statistics import median

RECORDS = 30_000
MANY = 100_000
FEW = 1_000
ROUNDS = 7
REPEATS = 3
START = datetime(2026, 1, 1)  # noqa: DTZ001  written with a Z

Record = dict[str, str]

TRADES = """\
    dialect:
      identity: [id]
      fields: {closed_at: exit_time, opened_at: entry_time, symbol: symbol,
               side: side, quantity: quantity, entry_price: entry_price, exit_price: exit_price,
               commission: fee, net_pnl: pnl}
"""
FILLS = """\
    dialect:
      fills: {by: [symbol], match: fifo, order: id}
      fields: {at: time, symbol: symbol, side: side, quantity: quantity, price: price,
               commission: fee}
"""


def trades(count: int) -> Iterable[Record]:
    rng = Random(7)
    for number in range(count):
        opened = START + timedelta(seconds=80 * number)
        closed = opened + timedelta(seconds=rng.randrange(60, 3600))
        entry = rng.randrange(10_000, 500_000)
        away, size, fee = rng.randrange(-900, 1000), rng.randrange(1, 40), rng.randrange(5, 90)
        long = rng.random() < 0.5
        yield {
            "id": f"T-{number:06d}",
            "entry_time": f"{opened.isoformat()}Z",
            "exit_time": f"{closed.isoformat()}Z",
            "symbol": rng.choice(["BTCUSD", "ETHUSD", "SOLUSD", "XRPUSD"]),
            "side": "long" if long else "short",
            "quantity": str(size),
            "entry_price": _money(entry),
            "exit_price": _money(entry + away),
            "fee": _money(fee),
            "pnl": _money(away * size * (1 if long else -1) - fee),
            "strategy": rng.choice(["momentum", "reversion"]),
        }


def fills(count: int) -> Iterable[Record]:
    rng = Random(8)
    for number in range(count):
        yield {
            "id": f"F-{number:06d}",
            "time": f"{(START + timedelta(seconds=80 * number)).isoformat()}Z",
            "symbol": rng.choice(["BTCUSD", "ETHUSD", "SOLUSD", "XRPUSD"]),
            "side": rng.choice(["buy", "sell"]),
            "quantity": str(rng.randrange(1, 40)),
            "price": _money(rng.randrange(10_000, 500_000)),
            "fee": _money(rng.randrange(5, 90)),
        }


def measure() -> str:
    """The tables, as the page of measurements has them."""
    with tempfile.TemporaryDirectory() as folder:
        return _forms(Path(folder)) + "\n" + _undescribed(Path(folder))


def _forms(folder: Path) -> str:
    one = list(trades(RECORDS))
    roots = {
        "JSON Lines": _workspace(folder / "jsonl", "a.jsonl", _lines(one), TRADES),
        "CSV": _workspace(folder / "csv", "a.csv", _csv(one), TRADES),
        "a JSON document": _workspace(folder / "json", "a.json", json.dumps(one), TRADES),
        "SQLite": _database(_workspace(folder / "db", "a.jsonl", "", TRADES), one),
        "executions, JSON Lines": _workspace(
            folder / "fills", "a.jsonl", _lines(list(fills(RECORDS))), FILLS
        ),
    }
    taken: dict[str, list[float]] = {name: [] for name in roots}
    for _ in range(ROUNDS):
        for name, root in roots.items():
            taken[name].append(_indexed(root))
    found = {name: median(each) for name, each in taken.items()}
    rows = [(name, f"{ms:.0f}", f"{ms / found['JSON Lines']:.2f}") for name, ms in found.items()]
    title = f"{RECORDS:,} records in one file, read into a new cache, one job"
    return _table(title, "x JSON Lines", rows)


def _undescribed(folder: Path) -> str:
    few, many = folder / "few.jsonl", folder / "many.jsonl"
    few.write_text(_lines(trades(FEW)))
    many.write_text(_lines(trades(MANY)))
    csv_file = folder / "many.csv"
    csv_file.write_text(_csv(trades(MANY)))
    told = _workspace(folder / "told", "a.jsonl", few.read_text(), TRADES)
    perfkit = [sys.executable, "-m", "perfkit"]
    subjects: dict[str, list[object]] = {
        f"summary of a workspace, {FEW:,} lines, no cache": [
            *("summary", "--window", "all", "--no-cache", "--root", told)
        ],
        f"summary FILE, {FEW:,} lines": ["summary", few, "--window", "all"],
        f"check FILE, {MANY:,} lines": ["check", many],
        f"check FILE, {MANY:,} rows of CSV": ["check", csv_file],
    }
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, words in subjects.items():
            taken[name].append(_whole_process([*perfkit, *map(str, words)]))
    infers = [_indexed(many, "infer") for _ in range(ROUNDS)]
    found = {name: median(each) for name, each in taken.items()}
    base = next(iter(found.values()))
    rows = [(name, f"{ms:.0f}", f"{ms / base:.2f}") for name, ms in found.items()]
    rows.append((f"inference alone, {MANY:,} lines", f"{median(infers):.0f}", ""))
    return _table("Logs that nobody described (whole processes)", "x workspace", rows)


def _whole_process(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def _indexed(root: Path, subject: str = "index-1") -> float:
    command = [sys.executable, "-m", "tests.bench.subjects", subject, str(root), str(REPEATS)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return median(map(float, printed.split()))


def _workspace(root: Path, name: str, content: str, dialect: str) -> Path:
    (root / "config").mkdir(parents=True)
    (root / "logs").mkdir()
    (root / "logs" / name).write_text(content)
    (root / "config/perfkit.yaml").write_text(
        f"sources:\n  - name: bot\n    path: logs/{name}\n    currency: USD\n{dialect}"
    )
    return root


def _database(root: Path, records: list[Record]) -> Path:
    (root / "logs/a.jsonl").unlink()
    config = root / "config/perfkit.yaml"
    config.write_text(config.read_text().replace("a.jsonl", "a.db\n    table: trades"))
    columns = ", ".join(records[0])
    with sqlite3.connect(root / "logs/a.db") as db:
        db.execute(f"CREATE TABLE trades ({columns})")
        marks = ", ".join("?" * len(records[0]))
        rows = [tuple(one.values()) for one in records]
        db.executemany(f"INSERT INTO trades VALUES ({marks})", rows)
    db.close()
    return root


def _lines(records: Iterable[Record]) -> str:
    return "".join(json.dumps(one) + "\n" for one in records)


def _csv(records: Iterable[Record]) -> str:
    every = list(records)
    stream = StringIO()
    writer = csv.DictWriter(stream, list(every[0]))
    writer.writeheader()
    writer.writerows(every)
    return stream.getvalue()


def _table(title: str, ratio: str, rows: list[tuple[str, str, str]]) -> str:
    head = f"### {title}\n\n| what | ms | {ratio} |\n| :-- | --: | --: |\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _money(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


if __name__ == "__main__":
    print(measure())
