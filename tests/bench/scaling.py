"""`make bench-scaling`: first readings by one process, a pool and a cluster, and many sources.

`python -m tests.bench.scaling [DAYS[xTRADES[xBOTS]]...]` measures a first reading of so many files
of so many trades (1,000 if not given), for each of so many bots, by one process, a pool of two and
a Dask cluster of two workers in turn, beside what two processes that only count reach: on a busy
machine that is less than twice as much as one. Without arguments it is three sizes and ten bots,
and then the runs of a workspace of 1,000 sources beside those of one with 30. Ten million trades
are 1000x10000; they take 10 GB of disk.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.workloads import workspace
from tests.clusterkit import parts

ROUNDS = 3
MANY = 1_000_000
SUBJECT = """
import sys, time
import perfkit
root, mode, address = sys.argv[1:]
options = {"jobs": int(mode)} if mode != "cluster" else {"executor": address}
desk = perfkit.open(root, **options)
began, start = time.perf_counter(), 0.0
if mode == "cluster":
    assert desk.options.executor.workers == 2
    start = time.perf_counter() - began
began, own = time.perf_counter(), time.process_time()
assert desk.book.files
print(time.perf_counter() - began, time.process_time() - own, start)
desk.options.executor and desk.options.executor.shutdown()
"""


def count(_: int = 0) -> float:
    """Seconds that a process takes for counting, and nothing else."""
    began, number = time.perf_counter(), 0
    while number < 20_000_000:
        number += 1
    return time.perf_counter() - began


def spread() -> float:
    """How much more two processes count in the same time than one."""
    alone = count()
    with multiprocessing.Pool(2) as pool:
        began = time.perf_counter()
        pool.map(count, range(2), chunksize=1)
        return 2 * alone / (time.perf_counter() - began)


def measured(root: Path, mode: str, address: str) -> list[float]:
    """Seconds, CPU seconds of the process that asks, and seconds to connect."""
    shutil.rmtree(root / "logs/performance", ignore_errors=True)
    command = [sys.executable, "-c", SUBJECT, str(root), mode, address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return list(map(float, done.stdout.split()))


def first_readings(days: int, trades_per_day: int, bots: int) -> None:
    """Prints a table of first readings of one size: one round where it takes long."""
    trades = days * trades_per_day * bots
    rounds = ROUNDS if trades < MANY else 1
    with tempfile.TemporaryDirectory() as folder:
        root = workspace(Path(folder) / "workspace", days, trades_per_day, bots)
        found: dict[str, list[list[float]]] = {"1": [], "2": [], "cluster": []}
        spreads = []
        with parts(Path(folder), workers=2) as made:
            for _ in range(rounds):
                spreads.append(spread())
                for mode, runs in found.items():
                    runs.append(measured(root, mode, made.address))
    one = statistics.median(run[0] for run in found["1"])
    work = statistics.median(run[1] for run in found["1"])
    usual = statistics.median(spreads)
    print(f"{trades:,} trades of {bots}; two processes that count: {usual:.2f} x one")
    print("| who reads | s | x one process | CPU of the process that asks, % of one | connect, s |")
    print("| :-- | --: | --: | --: | --: |")
    for mode, runs in found.items():
        wall, own, start = (statistics.median(values) for values in zip(*runs, strict=True))
        name = {"1": "one process", "2": "a pool of two"}.get(mode, "a cluster of two")
        print(f"| {name} | {wall:.2f} | {one / wall:.2f} | {100 * own / work:.0f} | {start:.1f} |")


DAYS, PER_DAY = 30, 100
UPDATE = """
import sys
from perfkit.book.cache import DEFAULT, open_book
from perfkit.config.settings import load
config = load(sys.argv[1])
assert open_book(config, config.sources, DEFAULT).activity.lines == 1
"""
RULES = "rules: [{id: stale, metric: minutes_since_last_line, above: 600}]\n"


def sources(root: Path, count: int) -> Path:
    """A workspace of so many bots, each with 30 days of 100 trades."""
    workspace(root, DAYS, PER_DAY)
    for number in range(count):
        shutil.copytree(root / "logs/trades", root / f"logs/bots/bot{number:04d}")
    shutil.rmtree(root / "logs/trades")
    config = 'sources: [{path: "logs/bots/{source}/", currency: USD}]\n'
    (root / "config/perfkit.yaml").write_text(config)
    (root / "config/alerts.yaml").write_text(RULES)
    return root


def one_more(root: Path, number: int) -> None:
    """One bot logs a trade that closes after all others."""
    at = f"2023-01-30T23:59:{number:02d}Z"
    trade = {"timestamp": at, "exit_timestamp": at, "order_id": at, "net_profit_loss": "1"}
    with (root / "logs/bots/bot0007/2023-01-30.jsonl").open("a") as log:
        log.write(json.dumps(trade) + "\n")


def seconds(*words: object) -> tuple[float, float]:
    """What a command takes of the processor, and by the clock."""
    nowhere = subprocess.DEVNULL
    started = time.perf_counter()
    process = subprocess.Popen(list(map(str, words)), stdout=nowhere, stderr=nowhere)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return used.ru_utime + used.ru_stime, time.perf_counter() - started


def many_sources() -> None:
    """Prints a table of runs of 1,000 sources beside those of 30."""
    found: dict[str, dict[int, list[tuple[float, float]]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        roots = {count: sources(Path(folder) / str(count), count) for count in (30, 1000)}
        python, alerts = sys.executable, ("-m", "perfkit.alerts.cron", "--root")
        for root in roots.values():
            seconds(python, "-m", "perfkit", "summary", "--root", root)
            seconds(python, *alerts, root)
        for turn in range(2 * ROUNDS):
            for count, root in roots.items():
                summary = (python, "-m", "perfkit", "summary", "--root", root)
                runs = {
                    "update of the cache after one trade": (python, "-c", UPDATE, root),
                    "alert run after one trade": (python, *alerts, root),
                    "alert run with nothing new": (python, *alerts, root),
                    "summary of that day": summary,
                    "summary of all days by source": (
                        *summary,
                        "--window",
                        "all",
                        "--by",
                        "source",
                    ),
                }
                for place, (name, words) in enumerate(runs.items()):
                    if name.endswith("after one trade"):
                        one_more(root, 2 * turn + place)
                        time.sleep(0.1)  # until a change would show in the fingerprints of files
                    took = seconds(*words)
                    found.setdefault(name, {}).setdefault(count, []).append(took)
    for place, unit in enumerate(("processor time, s", "by the clock, s")):
        print(f"| {unit} | 30 sources | 1,000 sources | x |")
        print("| :-- | --: | --: | --: |")
        for name, runs_of in found.items():
            few, many = (
                statistics.median(run[place] for run in runs_of[count]) for count in (30, 1000)
            )
            print(f"| {name} | {few:.2f} | {many:.2f} | {many / few:.1f} |")


def main(sizes: list[str]) -> None:
    """Prints tables."""
    for size in sizes or ["100", "365", "1000", "100x1000x10"]:
        numbers = list(map(int, size.split("x")))
        days, trades_per_day, bots = numbers + [1000, 1][len(numbers) - 1 :]
        first_readings(days, trades_per_day, bots)
    if not sizes:
        many_sources()


if __name__ == "__main__":
    main(sys.argv[1:])
