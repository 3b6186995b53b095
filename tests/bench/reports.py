"""Reports against plain Papermill and nbconvert, on the same notebook and the sample logs.

Both sides give the same: the executed notebook, a Markdown page with its pictures, and an HTML page
with the pictures in it. The plain tools make the HTML with a second run of nbconvert.

`python -m tests.bench.reports` runs it alone.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from subprocess import DEVNULL, run

from perfkit.cli.new_workspace import make_workspace, shipped

ROUNDS = 5
LAST_DAY = date(2025, 10, 9)
DAYS = 30
LOOPED = 6
"""Of the loop over all days, so many are run; they take the same each."""


def measure() -> str:
    """The table, as the page of measurements has it."""
    with tempfile.TemporaryDirectory() as folder:
        root = _workspace(Path(folder) / "trading")
        plain, markdown, one, unchanged = [], [], [], []
        for _ in range(ROUNDS):
            without_html, whole = _plain(root, LAST_DAY)
            markdown.append(without_html)
            plain.append(whole)
            shutil.rmtree(root / "reports", ignore_errors=True)
            one.append(_report(root, "--date", LAST_DAY))
            unchanged.append(_report(root, "--date", LAST_DAY))
        first = LAST_DAY - timedelta(days=DAYS - 1)
        looped = [_plain(root, first + timedelta(days=n))[1] for n in range(LOOPED)]
        loop = sum(looped) * DAYS / LOOPED
        shutil.rmtree(root / "reports")
        batch = _report(root, "--from", first, "--to", LAST_DAY)
        again = _report(root, "--from", first, "--to", LAST_DAY)
    alone = median(plain)
    rows = [
        _row("papermill and nbconvert, one day", alone, alone),
        _row("papermill and nbconvert, one day, Markdown alone", median(markdown), alone),
        _row("perfkit report daily", median(one), alone),
        _row("perfkit report daily, unchanged", median(unchanged), alone),
        _row(f"papermill and nbconvert, {DAYS} days, from {LOOPED}", loop, loop),
        _row(f"perfkit report daily --from --to, {DAYS} days", batch, loop),
        _row(f"perfkit report daily --from --to, {DAYS} days, unchanged", again, loop),
    ]
    head = "### Reports (whole processes)\n\n| what | s | x plain tools |\n| :-- | --: | --: |\n"
    return head + "".join(rows)


def _workspace(root: Path) -> Path:
    make_workspace(root)
    shutil.copyfile(shipped("config") / "perfkit.yaml", root / "config/perfkit.yaml")
    shutil.copytree(shipped("logs/trades"), root / "logs/trades", dirs_exist_ok=True)
    return root


def _plain(root: Path, day: date) -> tuple[float, float]:
    """Seconds until the Markdown is there, and until the HTML is."""
    started = time.perf_counter()
    out = root / "out.ipynb"
    seconds = []
    for command in (
        ["papermill", "notebooks/daily.ipynb", str(out), "-p", "date", str(day)],
        ["nbconvert", "--to", "markdown", "--no-input", str(out)],
        ["nbconvert", "--to", "html", "--no-input", str(out)],
    ):
        tool = [sys.executable, "-m", *command]
        run(tool, cwd=root, check=True, stdout=DEVNULL, stderr=DEVNULL)
        seconds.append(time.perf_counter() - started)
    return seconds[1], seconds[2]


def _report(root: Path, *words: object) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "perfkit", "report", "daily", "--root", root, *words]
    run(list(map(str, command)), check=True, stdout=DEVNULL)
    return time.perf_counter() - started


def _row(what: str, seconds: float, plain: float) -> str:
    return f"| {what} | {seconds:.2f} | {seconds / plain:.3f} |\n"


if __name__ == "__main__":
    print(measure())
