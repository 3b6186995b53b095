"""What an analyst waits for: a comparison, breakdowns, the first chart of a fresh process.

`python -m tests.bench.desk` runs it alone. The workspace has two months of 30,000 trades, a version
of the bot for each of them and a session for each day; comparisons have a second one with 30,000
trades of each version.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.workloads import workspace

DAYS, TRADES_PER_DAY, MANY_A_DAY = 60, 500, 1_000
ROUNDS = 7
REPEATS = 5
MONTHS = (
    *("--start", "2023-01-01", "--end", "2023-01-30"),
    *("--with-start", "2023-01-31", "--with-end", "2023-03-01"),
)
VERSIONS = ("--where", "bot_version=1.4.2", "--with", "bot_version=1.5.0")
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
EXPLORER = """
import sys, time
import perfkit
root, times = sys.argv[1:]
pickers = perfkit.open(root).explore("all")._pickers
side, chart = pickers._where["side"], pickers._chart
def clicked(picker, value):
    started = time.perf_counter()
    picker.value = value
    return (time.perf_counter() - started) * 1000
for _ in range(int(times)):
    print(clicked(side, "long"), clicked(side, ""), clicked(chart, "underwater"))
    chart.value = "equity"
"""


def desk_workspace(root: Path, trades_per_day: int = TRADES_PER_DAY) -> Path:
    """A workspace with a version of the bot for each month, read once."""
    workspace(root, DAYS, trades_per_day)
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
        many = desk_workspace(Path(folder) / "many", MANY_A_DAY)
        return "\n".join([_whole(root), _drawn(root, many), _breakdowns(root), _explorer(root)])


def _drawn(root: Path, many: Path) -> str:
    """What draws at random, beside a process that does nothing."""
    subjects = {
        "python -c pass": ["-c", "pass"],
        "perfkit compare, two versions of 15,000 trades": [*_perfkit("compare", root), *VERSIONS],
        "perfkit compare, two versions of 30,000 trades": [*_perfkit("compare", many), *VERSIONS],
        "perfkit monte-carlo, 30,000 trades": _perfkit("monte-carlo", root),
    }
    return _table("Random draws (whole processes)", "x nothing", _taken(subjects))


def _perfkit(command: str, root: Path) -> list[str]:
    return ["-m", "perfkit", command, "--root", str(root)]


def _explorer(root: Path) -> str:
    """From a click in the explorer to the figures and the chart, within a process."""
    command = [sys.executable, "-c", EXPLORER, str(root), str(ROUNDS)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = ("one side of the trades", "all trades", "another chart")
    columns = zip(*(map(float, line.split()) for line in printed.splitlines()), strict=True)
    taken = dict(zip(names, map(list, columns), strict=True))
    return _table("A click in `desk.explore()`, 30,000 trades", "x the first", taken)


def _whole(root: Path) -> str:
    subjects = {
        "pandas and matplotlib.pyplot imported, one plot": ["-c", PLAIN_CHART],
        "the first chart of a desk": ["-c", CHART, str(root)],
        "perfkit compare, two months of 30,000 trades": [
            *("-m", "perfkit", "compare", "--root", str(root), *MONTHS)
        ],
    }
    return _table("The analyst's desk (whole processes)", "x plain chart", _taken(subjects))


def _taken(subjects: dict[str, list[str]]) -> dict[str, list[float]]:
    """How many milliseconds each of them takes, in turns."""
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, words in subjects.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
            taken[name].append((time.perf_counter() - started) * 1000)
    return taken


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
