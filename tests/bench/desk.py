"""What an analyst waits for: a comparison, breakdowns, the first chart of a fresh process.

`python -m tests.bench.desk` runs it alone. The workspace has two months of 30,000 trades, a version
of the bot for each of them and a session for each day.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.workloads import workspace

DAYS, TRADES_PER_DAY = 60, 500
ROUNDS = 7
REPEATS = 5
MONTHS = (
    *("--start", "2023-01-01", "--end", "2023-01-30"),
    *("--with-start", "2023-01-31", "--with-end", "2023-03-01"),
)
PLAIN_CHART = """
import io
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import pandas
figure, axes = plt.subplots()
axes.plot(pandas.Series(range(30_000)))
figure.savefig(io.BytesIO())
"""
CHART = """
import sys
import perfkit
perfkit.open(sys.argv[1]).chart.equity("all").png()
"""
BREAKDOWN = """
import sys, time
import perfkit
root, dimension, times = sys.argv[1:]
for _ in range(int(times) + 1):
    started = time.perf_counter()
    str(perfkit.open(root).breakdown(dimension, "all"))
    print((time.perf_counter() - started) * 1000)
"""


def desk_workspace(root: Path) -> Path:
    """A workspace with a version of the bot for each month, read once."""
    workspace(root, DAYS, TRADES_PER_DAY)
    for path in sorted((root / "logs/trades").glob("*.jsonl"))[DAYS // 2 :]:
        path.write_text(path.read_text().replace('"1.4.2"', '"1.5.0"'))
    subprocess.run(
        [sys.executable, "-m", "perfkit", "cache", "rebuild", "--root", str(root)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return root


def measure() -> str:
    """The table, as the page of measurements has it."""
    with tempfile.TemporaryDirectory() as folder:
        root = desk_workspace(Path(folder) / "desk")
        return _whole(root) + "\n" + _breakdowns(root)


def _whole(root: Path) -> str:
    subjects = {
        "pandas and matplotlib.pyplot imported, one plot": ["-c", PLAIN_CHART],
        "the first chart of a desk": ["-c", CHART, str(root)],
        "perfkit compare, two months of 30,000 trades": [
            *("-m", "perfkit", "compare", "--root", str(root), *MONTHS)
        ],
    }
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, words in subjects.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
            taken[name].append((time.perf_counter() - started) * 1000)
    return _table("The analyst's desk (whole processes)", "x plain chart", taken)


def _breakdowns(root: Path) -> str:
    taken: dict[str, list[float]] = {name: [] for name in ("strategy", "bot_version", "session_id")}
    for _ in range(ROUNDS):
        for name, times in taken.items():
            command = [sys.executable, "-c", BREAKDOWN, str(root), name, str(REPEATS)]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            times.append(median(map(float, printed.split()[1:])))
    title = "Breakdowns of 30,000 trades from a warm cache, within a process"
    return _table(title, "x strategy", taken)


def _table(title: str, ratio: str, taken: dict[str, list[float]]) -> str:
    found = {name: median(times) for name, times in taken.items()}
    base = next(iter(found.values()))
    head = f"### {title}\n\n| what | ms | {ratio} |\n| :-- | --: | --: |\n"
    return head + "".join(
        f"| {name} | {ms:.0f} | {ms / base:.2f} |\n" for name, ms in found.items()
    )


if __name__ == "__main__":
    print(measure())
