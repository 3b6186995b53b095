"""Reports against plain Papermill and nbconvert, on the same notebook and the sample logs.

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

from perfkit.scaffold import make_workspace, shipped

ROUNDS = 5
LAST_DAY = date(2025, 10, 9)
DAYS = 30
LOOPED = 6
"""Of the loop over all days, so many are run; they take the same each."""


def measure() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = _workspace(Path(folder) / "trading")
        print(f"\n{'reports of the sample log':56}{'s':>8}{'x plain tools':>16}")
        plain, one, unchanged = [], [], []
        for _ in range(ROUNDS):
            plain.append(_plain(root, LAST_DAY))
            shutil.rmtree(root / "reports", ignore_errors=True)
            one.append(_report(root, "--date", LAST_DAY))
            unchanged.append(_report(root, "--date", LAST_DAY))
        _row("papermill + nbconvert, one day", median(plain), None)
        _row("perfkit report daily", median(one), median(plain))
        _row("perfkit report daily, unchanged", median(unchanged), median(plain))
        first = LAST_DAY - timedelta(days=DAYS - 1)
        loop = sum(_plain(root, first + timedelta(days=n)) for n in range(LOOPED)) * DAYS / LOOPED
        shutil.rmtree(root / "reports")
        batch = _report(root, "--from", first, "--to", LAST_DAY)
        again = _report(root, "--from", first, "--to", LAST_DAY)
        _row(f"papermill + nbconvert, {DAYS} days ({LOOPED} of them measured)", loop, None)
        _row(f"perfkit report daily --from --to, {DAYS} days", batch, loop)
        _row(f"the same, unchanged, {DAYS} days", again, loop)


def _workspace(root: Path) -> Path:
    from perfkit.sample import sample_logs

    make_workspace(root)
    shutil.copyfile(shipped("config") / "perfkit.yaml", root / "config/perfkit.yaml")
    for name, text in sample_logs().items():
        (root / "logs/trades" / name).write_text(text, encoding="utf-8")
    return root


def _plain(root: Path, day: date) -> float:
    started = time.perf_counter()
    out = root / "out.ipynb"
    tools = [sys.executable, "-m"]
    notebook = ["papermill", "notebooks/daily.ipynb", str(out), "-p", "date", str(day)]
    for command in (notebook, ["nbconvert", "--to", "markdown", str(out)]):
        run([*tools, *command], cwd=root, check=True, stdout=DEVNULL, stderr=DEVNULL)
    return time.perf_counter() - started


def _report(root: Path, *words: object) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "perfkit", "report", "daily", "--root", root, *words]
    run(list(map(str, command)), check=True, stdout=DEVNULL)
    return time.perf_counter() - started


def _row(what: str, seconds: float, plain: float | None) -> None:
    ratio = "" if plain is None else f"{seconds / plain:.3f}"
    print(f"{what:56}{seconds:8.2f}{ratio:>16}")


if __name__ == "__main__":
    measure()
