"""`make bench`: measures side by side, prints tables, and writes them into `docs/performance.md`.

Every comparison runs in turn (A B A B ...) in processes of their own, and medians are quoted. The
commands measured are installed in a clean environment of their own, without test tools.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from perfkit.cli.known_answers import ANSWERS
from perfkit.config.workspace import CACHE
from tests.bench import desk, forms, reports
from tests.bench.workloads import workspace

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/performance.md"
START, END = "<!-- measured -->", "<!-- /measured -->"
ROUNDS = 11
SHORT_ROUNDS = 31
"""For what takes a few hundredths of a second."""

REPEATS = 3
MILLION = 1_000_000

REFRESH = """
import gc, os, sys
gc.disable()
from perfkit.book.store.freshness import nothing_new
if not nothing_new(sys.argv[1], ""):
    from perfkit.config import settings
    from perfkit.book.cache import DEFAULT, open_book
    loaded = settings.load(sys.argv[1])
    opened = open_book(loaded, loaded.sources, DEFAULT)
    assert opened.activity.lines == int(sys.argv[2]), opened.activity
elif sys.argv[2] != "0":
    sys.exit("nothing was new")
os._exit(0)
"""
"""How a check that runs every minute asks for what is new."""


def clean_environment(folder: Path) -> Path:
    """An environment with perfkit alone; its `bin`."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [
        str(folder / "bin/python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-warn-script-location",
    ]
    constraints = str(ROOT / "constraints.txt")
    subprocess.run([*pip, "-c", constraints, "--upgrade", "pip"], check=True)  # as `make install`
    subprocess.run([*pip, "-c", constraints, str(ROOT)], check=True)
    subprocess.run([*pip[:2], "compileall", "-q", str(folder / "lib")], check=False)
    return folder / "bin"


def whole_process(command: list[str]) -> float:
    """Milliseconds from start to exit of a process."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def inside(subject: str, root: Path, repeats: int = REPEATS) -> float:
    """Milliseconds one subject takes, measured within a process that is already warm."""
    command = [sys.executable, "-m", "tests.bench.subjects", subject, str(root), str(repeats)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return median(map(float, printed.split()))


def in_turn(subjects: dict[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, float]:
    """The median of each subject, all measured in turn."""
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, run in subjects.items():
            taken[name].append(run())
    return {name: median(times) for name, times in taken.items()}


def forget(root: Path) -> None:
    shutil.rmtree(root / "logs/performance", ignore_errors=True)


class Appender:
    """Adds a trade that closes after all others to the newest log of a workspace."""

    def __init__(self, root: Path) -> None:
        self.log = max((root / "logs/trades").glob("*.jsonl"))
        lines = self.log.read_text().splitlines()
        self.record = json.loads(lines[-1])
        self.number = len(lines)

    def add(self) -> None:
        self.number += 1
        self.record["order_id"] = f"NEW-{self.number}"
        day = self.record["exit_timestamp"][:10]
        minute, second = divmod(self.number, 60)
        self.record["exit_timestamp"] = f"{day}T23:{30 + minute:02d}:{second:02d}.900Z"
        with self.log.open("a") as stream:
            stream.write(json.dumps(self.record) + "\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bin_ = clean_environment(Path(folder) / "clean")
        day = workspace(Path(folder) / "day", 1, 1000)
        month = workspace(Path(folder) / "month", 30, 1000)
        year = workspace(Path(folder) / "year", 365, 1000)
        tables = [
            _refresh(bin_, month, year),
            _alerts(bin_, month, year),
            _summaries(bin_, day, month),
            _bulk(month),
            _index(year),
            forms.measure(),
            desk.measure(),
        ]
        if "--quick" not in sys.argv:
            million = workspace(Path(folder) / "million", 1000, MILLION // 1000)
            tables.append(_memory(bin_, million))
        tables.append(reports.measure())
    where = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    text = f"Measured on {date.today():%d %B %Y}: {where}.\n\n" + "\n".join(tables)  # noqa: DTZ011
    print(text)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{START}\n\n{text}\n{END}{after}", encoding="utf-8")


def _refresh(bin_: Path, month: Path, year: Path) -> str:
    python = str(bin_ / "python")
    for root in (month, year):
        subprocess.run([str(bin_ / "perfkit"), "cache", "rebuild", "--root", str(root)], check=True)
    appender = Appender(month)

    def one_line() -> float:
        appender.add()
        return whole_process([python, "-c", REFRESH, str(month), "1"])

    def quiet(root: Path) -> float:
        return whole_process([python, "-c", REFRESH, str(root), "0"])

    time.sleep(2.5)
    quiet_of = {
        "python -c pass": lambda: whole_process([python, "-c", "pass"]),
        "refresh, nothing new, 30 files": lambda: quiet(month),
        "refresh, nothing new, 365 files": lambda: quiet(year),
    }
    found = in_turn(quiet_of, SHORT_ROUNDS)
    found |= {
        f"{name} (again)" if name in found else name: value
        for name, value in in_turn(
            {"python -c pass": quiet_of["python -c pass"], "refresh, one new trade": one_line},
            SHORT_ROUNDS,
        ).items()
    }
    bare = found["python -c pass"]
    rows = [(name, f"{ms:.1f}", f"{ms / bare:.2f}") for name, ms in found.items()]
    return _table("What a check every minute costs (whole processes)", ("ms", "x bare"), rows)


def _alerts(bin_: Path, month: Path, year: Path) -> str:
    python, alerts = str(bin_ / "python"), str(bin_ / "perfkit-alerts")
    for root in (month, year):
        shutil.copyfile(ROOT / "config/alerts.yaml", root / "config/alerts.yaml")
        _run_of(alerts, root)
    appender, appender_of_year = Appender(month), Appender(year)

    def news(root: Path, more: Appender) -> float:
        more.add()
        return _run_of(alerts, root)

    found = in_turn(
        {
            "python -c pass": lambda: whole_process([python, "-c", "pass"]),
            "perfkit-alerts, one new trade, 30 days": lambda: news(month, appender),
            "perfkit-alerts, one new trade, 365 days": lambda: news(year, appender_of_year),
        },
        SHORT_ROUNDS,
    )
    time.sleep(2.5)
    for root in (month, year):
        _run_of(alerts, root)
    found |= in_turn(
        {
            "python -c pass (again)": lambda: whole_process([python, "-c", "pass"]),
            "perfkit-alerts, nothing new, 30 days": lambda: _run_of(alerts, month),
            "perfkit-alerts, nothing new, 365 days": lambda: _run_of(alerts, year),
        },
        SHORT_ROUNDS,
    )
    bare = found["python -c pass"]
    rows = [(name, f"{ms:.1f}", f"{ms / bare:.2f}") for name, ms in found.items()]
    return _table("Alert runs with the rules that ship (whole processes)", ("ms", "x bare"), rows)


def _run_of(alerts: str, root: Path) -> float:
    """Milliseconds of an alert run, which exits with 2 while something fires."""
    started = time.perf_counter()
    ran = subprocess.run([alerts, "--root", str(root)], check=False, stderr=subprocess.DEVNULL)
    taken = (time.perf_counter() - started) * 1000
    assert ran.returncode in (0, 2), ran
    return taken


def _summaries(bin_: Path, day: Path, month: Path) -> str:
    perfkit = [str(bin_ / "perfkit"), "summary", "--json", "--window"]

    def cold(root: Path, *options: str) -> float:
        forget(root)
        return whole_process([*perfkit, "monthly", "--root", str(root), *options])

    def new_question(root: Path) -> float:
        shutil.rmtree(root / CACHE / ANSWERS, ignore_errors=True)
        return whole_process([*perfkit, "monthly", "--root", str(root)])

    def subject(name: str) -> float:
        return whole_process([sys.executable, "-m", "tests.bench.subjects", name, str(month), "0"])

    subjects = {
        "python -c pass": lambda: whole_process([str(bin_ / "python"), "-c", "pass"]),
        "perfkit summary, 1,000 trades, cold": lambda: cold(day),
        "perfkit summary, 30,000 trades, cold, one job": lambda: cold(month, "--jobs", "1"),
        "perfkit summary, 30,000 trades, cold": lambda: cold(month),
        "perfkit summary, 30,000 trades, warm, a new question": lambda: new_question(month),
        "perfkit summary, 30,000 trades, warm, asked before": lambda: whole_process(
            [*perfkit, "monthly", "--root", str(month)]
        ),
        "json.loads + Decimal, the same lines": lambda: subject("naive"),
    }
    for name, module in (("pandas.read_json, floats", "pandas"), ("DuckDB, decimals", "duckdb")):
        if find_spec(module) is not None:
            subjects[f"{name}, net P&L alone"] = lambda module=module: subject(module)  # type: ignore[misc]
    found = in_turn(subjects)
    bare = found["python -c pass"]
    rows = [(name, f"{ms:.0f}", f"{ms / bare:.1f}") for name, ms in found.items()]
    return _table("Summaries and rescans (whole processes)", ("ms", "x bare"), rows)


def _bulk(month: Path) -> str:
    names = {
        "bare-typed": "msgspec, all fields as decimals and times, nothing else",
        "naive": "json.loads and Decimal, nothing else",
        "index-1": "perfkit: cold, one job, cache written",
        "index-2": "perfkit: cold, two jobs, cache written",
        "figures": "perfkit: every metric and breakdown, no cache, one job",
        "figures-all": "perfkit: every metric and breakdown, no cache, a job for each core",
        "warm": "perfkit: every metric and breakdown, warm cache",
    }
    found = in_turn({name: (lambda name=name: inside(name, month)) for name in names}, 9)  # type: ignore[misc]
    bare = found["bare-typed"]
    rows = [(names[name], f"{ms:.0f}", f"{ms / bare:.2f}") for name, ms in found.items()]
    return _table("30,000 trades, within a process", ("ms", "x bare decode"), rows)


def _index(year: Path) -> str:
    """Cold indexing of a year, where what several processes cost to start is small."""
    names = {
        "bare-typed": "msgspec, all fields as decimals and times, nothing else",
        "index-1": "perfkit: cold, one job, cache written",
        "index-2": "perfkit: cold, two jobs, cache written",
    }
    found = in_turn({name: (lambda name=name: inside(name, year, 1)) for name in names}, 9)  # type: ignore[misc]
    bare = found["bare-typed"]
    rows = [(names[name], f"{ms / 1000:.2f}", f"{ms / bare:.2f}") for name, ms in found.items()]
    return _table("365,000 trades in 365 files, within a process", ("s", "x bare decode"), rows)


def _memory(bin_: Path, million: Path) -> str:
    command = [str(bin_ / "perfkit"), "summary", "--json", "--root", str(million), "--window"]
    rows = []
    for name, window in (
        ("cold, everything", "all"),
        ("warm, the newest month", "monthly"),
        ("warm, everything", "all"),
    ):
        if name.startswith("cold"):
            forget(million)
        shutil.rmtree(million / CACHE / ANSWERS, ignore_errors=True)
        started = time.perf_counter()
        peak = _peak([*command, window])
        rows.append((name, f"{time.perf_counter() - started:.2f}", f"{peak / 1024:.0f}"))
    size = sum(path.stat().st_size for path in (million / "logs/performance/cache").rglob("*.page"))
    rows.append(("cache on disk, per day of 1,000 trades", "", f"{size / 1000 / 2**20:.2f}"))
    return _table("1,000,000 trades in 1,000 files", ("s", "MiB"), rows)


def _peak(command: list[str]) -> float:
    """The most memory a process (or one it started) had, in KiB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True,"
        " stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    ran = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, check=True)
    assert resource.RUSAGE_CHILDREN
    return float(ran.stdout)


def _table(title: str, units: tuple[str, str], rows: list[tuple[str, str, str]]) -> str:
    head = f"### {title}\n\n| what | {units[0]} | {units[1]} |\n| :-- | --: | --: |\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    main()
