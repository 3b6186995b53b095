"""What is measured: each subject does its work a few times and prints milliseconds, one a line.

Run as `python -m tests.bench.subjects NAME WORKSPACE TIMES`, each in a process of its own.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

DECIMALS = (
    *("quantity", "price", "total_value", "stop_loss", "target", "risk_reward_ratio"),
    *("profit_loss", "slippage", "commission", "net_profit_loss"),
)
TIMES = ("timestamp", "exit_timestamp")


def _files(root: Path) -> list[Path]:
    return sorted((root / "logs/trades").glob("*.jsonl"))


def naive(root: Path) -> Callable[[], None]:
    """`json.loads` and one `Decimal` per decimal field, and nothing else."""

    def run() -> None:
        for path in _files(root):
            with path.open("rb") as stream:
                for line in stream:
                    record = json.loads(line)
                    for name in DECIMALS:
                        Decimal(record[name])

    return run


def bare_decode(root: Path, *, typed: bool) -> Callable[[], None]:
    """msgspec decoding of all 27 fields, file by file; typed: Decimal and datetime, else texts."""
    import msgspec

    first = json.loads(_files(root)[0].open("rb").readline())
    line = msgspec.defstruct("Line", [(name, _type(name, typed=typed)) for name in first])
    decoder = msgspec.json.Decoder(line)

    def run() -> None:
        for path in _files(root):
            decoder.decode_lines(path.read_bytes())

    return run


def _type(name: str, *, typed: bool) -> object:
    kinds: dict[str, object] = {"indicators_used": dict[str, Any], "hold_duration_seconds": int}
    if name in kinds:
        return kinds[name]
    if typed and name in DECIMALS:
        return Decimal
    return datetime if typed and name in TIMES else str


def figures(root: Path, *, cached: bool, jobs: int | None = 1) -> Callable[[], None]:
    """perfkit: every metric and every breakdown of the whole span, read anew or from the cache."""
    import perfkit

    desk = perfkit.open(root, cached=cached, jobs=jobs, live=False)

    def run() -> None:
        desk.refresh().summary("all")

    return run


def index(root: Path, jobs: int) -> Callable[[], None]:
    """perfkit: every log read into a new cache."""
    import perfkit

    desk = perfkit.open(root, jobs=jobs, live=False)

    def run() -> None:
        shutil.rmtree(root / "logs/performance", ignore_errors=True)
        assert desk.refresh().book.activity.lines

    return run


def inferred(path: Path) -> Callable[[], None]:
    """perfkit: how to read a log that nobody described, `path`."""
    from perfkit.inference.source import found_in

    def run() -> None:
        assert found_in(str(path)).reading.dialect

    return run


def pandas(root: Path) -> Callable[[], None]:
    """pandas: every file read, net P&L summed and wins counted, in binary floats."""
    import pandas as pd

    def run() -> None:
        frames = [pd.read_json(path, lines=True) for path in _files(root)]
        net = pd.concat(frames)["net_profit_loss"]
        assert net.sum()
        assert (net > 0).mean()

    return run


def duckdb(root: Path) -> Callable[[], None]:
    """DuckDB: net P&L summed and wins counted, as decimals."""
    db: Any = import_module("duckdb")  # installed by `make bench` alone
    pattern = str(root / "logs/trades/*.jsonl")
    query = (
        "SELECT sum(net_profit_loss::DECIMAL(38, 12)), avg((net_profit_loss::DOUBLE > 0)::INT)"
        f" FROM read_json('{pattern}', columns={{net_profit_loss: 'VARCHAR'}})"
    )

    def run() -> None:
        assert db.sql(query).fetchall()

    return run


SUBJECTS: dict[str, Callable[[Path], Callable[[], None]]] = {
    "naive": naive,
    "bare-typed": lambda root: bare_decode(root, typed=True),
    "bare-text": lambda root: bare_decode(root, typed=False),
    "figures": lambda root: figures(root, cached=False),
    "figures-all": lambda root: figures(root, cached=False, jobs=None),
    "warm": lambda root: figures(root, cached=True),
    "index-1": lambda root: index(root, 1),
    "index-2": lambda root: index(root, 2),
    "infer": inferred,
    "pandas": pandas,
    "duckdb": duckdb,
}


def main() -> None:
    name, root, times = sys.argv[1:]
    run = SUBJECTS[name](Path(root))
    run()
    for _ in range(int(times)):
        started = time.perf_counter()
        run()
        print((time.perf_counter() - started) * 1000)


if __name__ == "__main__":
    main()
