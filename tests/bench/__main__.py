"""`make bench`: measures, prints a table, and leaves the judgement to the reader.

Every comparison runs in turn (A B A B ...) in processes of their own, and medians are quoted.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench import reports
from tests.bench.workloads import workspace

ROUNDS = 9
REPEATS = 3


def whole_process(command: list[str]) -> float:
    """Milliseconds from start to exit of a process."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def inside(subject: str, root: Path) -> float:
    """Milliseconds one subject takes, measured within a process that is already warm."""
    command = [sys.executable, "-m", "tests.bench.subjects", subject, str(root), str(REPEATS)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return median(map(float, printed.split()))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        month = workspace(Path(folder) / "month", 30, 1000)
        day = workspace(Path(folder) / "day", 1, 1000)
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
        _processes(day, month)
        _bulk(month)
    reports.measure()


def _processes(day: Path, month: Path) -> None:
    perfkit = str(Path(sys.executable).parent / "perfkit")
    naive = [sys.executable, "-m", "tests.bench.subjects", "naive", str(month), "0"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "summary of 1,000 trades": [perfkit, "summary", "--root", str(day), "--json"],
        "json.loads + Decimal, 30,000 trades": naive,
        "summary of 30,000 trades": [
            *(perfkit, "summary", "--root", str(month), "--window", "all", "--json"),
        ],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            taken[name].append(whole_process(command))
    bare = median(taken["python -c pass"])
    print(f"\n{'whole process, cold':40}{'ms':>8}{'x python -c pass':>20}")
    for name, times in taken.items():
        print(f"{name:40}{median(times):8.0f}{median(times) / bare:20.1f}")


def _bulk(month: Path) -> None:
    subjects = ("bare-typed", "bare-text", "naive", "figures")
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name in subjects:
            taken[name].append(inside(name, month))
    print(f"\n{'30,000 trades, within a warm process':40}{'ms':>8}{'figures are':>20}")
    ours = median(taken["figures"])
    for name in subjects:
        middle = median(taken[name])
        print(f"{name:40}{middle:8.0f}{ours / middle:18.2f} x")


if __name__ == "__main__":
    main()
