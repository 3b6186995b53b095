"""How long a first reading takes: one process, a pool of two, a Dask cluster of two workers.

`python -m tests.bench.scaling [DAYS]` measures them in turn on files of 1,000 trades, beside what
two processes that only count reach: on a busy machine that is less than twice as much as one.
"""

from __future__ import annotations

import multiprocessing
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


def main(days: int) -> None:
    """Prints a table."""
    with tempfile.TemporaryDirectory() as folder:
        root = workspace(Path(folder) / "workspace", days, 1000)
        found: dict[str, list[list[float]]] = {"1": [], "2": [], "cluster": []}
        spreads = []
        with parts(Path(folder), workers=2) as made:
            for _ in range(ROUNDS):
                spreads.append(spread())
                for mode, runs in found.items():
                    runs.append(measured(root, mode, made.address))
    one = statistics.median(run[0] for run in found["1"])
    work = statistics.median(run[1] for run in found["1"])
    print(
        f"{days * 1000:,} trades; two processes that count: {statistics.median(spreads):.2f} x one"
    )
    print("| who reads | s | x one process | CPU of the process that asks, % of one | connect, s |")
    print("| :-- | --: | --: | --: | --: |")
    for mode, runs in found.items():
        wall, own, start = (statistics.median(values) for values in zip(*runs, strict=True))
        name = {"1": "one process", "2": "a pool of two"}.get(mode, "a cluster of two")
        print(f"| {name} | {wall:.2f} | {one / wall:.2f} | {100 * own / work:.0f} | {start:.1f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
