"""What `perfkit report` publishes, and what a failed run leaves."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from perfkit.cli import main

ROOT = Path(__file__).parent.parent
DAY = "2025-10-09"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two days of sample logs and a published daily report."""
    root = tmp_path_factory.mktemp("desk")
    for name in ("config", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    (root / "logs/trades").mkdir(parents=True)
    for day in ("2025-10-08", DAY):
        shutil.copy(ROOT / f"logs/trades/{day}.jsonl", root / "logs/trades")
    assert main(["report", "daily", "--root", str(root)]) == 0
    return root


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_report_is_markdown_without_code_or_html_with_named_images(workspace: Path) -> None:
    published = workspace / "reports/daily" / DAY
    markdown = (published / "report.md").read_text(encoding="utf-8")
    images = re.findall(r"!\[.*?\]\(([^)]+)\)", markdown)
    assert {"equity.png", "pnl_per_trade.png", "rolling_win_rate.png"} <= set(images)
    assert all((published / image).read_bytes().startswith(b"\x89PNG") for image in images)
    assert "perfkit.open" not in markdown
    assert "```" not in markdown
    assert not re.search(r"<(table|div|style|img)", markdown)
    summary = json.loads((published / "summary.json").read_text())
    status = json.loads((published / "status.json").read_text())
    assert status["digest"] == summary["data"]["digest"]
    assert sorted(status["images"]) == sorted(images)
    assert f"(daily/{DAY}/report.md)" in (workspace / "reports/README.md").read_text()


def test_the_same_logs_give_the_same_bytes(workspace: Path) -> None:
    published = workspace / "reports/daily" / DAY
    before = contents(published)
    assert main(["report", "daily", "--root", str(workspace), "--date", DAY]) == 0
    assert contents(published) == before


@pytest.mark.parametrize(
    "broken",
    ["raise ValueError('no')", "import os; os._exit(7)", "raise SystemExit(0)", "this is no code"],
)
def test_a_failed_notebook_leaves_the_earlier_report(
    workspace: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    published = workspace / "reports/daily" / DAY
    before = contents(published)
    notebook = workspace / "notebooks/daily.ipynb"
    good = notebook.read_text(encoding="utf-8")
    cells = json.loads(good)
    cells["cells"][-1] = {**cells["cells"][-1], "cell_type": "code", "source": broken}
    cells["cells"][-1] |= {"outputs": [], "execution_count": None}
    notebook.write_text(json.dumps(cells), encoding="utf-8")
    try:
        assert main(["report", "daily", "--root", str(workspace), "--date", DAY]) == 3
    finally:
        notebook.write_text(good, encoding="utf-8")
    assert "daily.ipynb" in capsys.readouterr().err or broken == "raise SystemExit(0)"
    assert contents(published) == before
    assert not (workspace / "reports/.staging").exists() or not list(
        (workspace / "reports/.staging").iterdir()
    )


def test_a_day_without_trades_says_so(workspace: Path) -> None:
    assert main(["report", "daily", "--root", str(workspace), "--date", "2025-10-12"]) == 0
    published = workspace / "reports/daily/2025-10-12"
    assert "No trades in window" in (published / "report.md").read_text(encoding="utf-8")
    assert json.loads((published / "status.json").read_text())["state"] == "no-data"


def test_a_filter_with_a_comma_names_a_report_of_its_own(workspace: Path) -> None:
    arguments = ["report", "daily", "--root", str(workspace), "--where", "strategy=a, symbol=b"]
    assert main([*arguments, "--date", DAY]) == 0
    (folder,) = (workspace / "reports/daily").glob(f"{DAY}-strategy-*")
    assert json.loads((folder / "status.json").read_text())["where"] == {"strategy": "a, symbol=b"}
