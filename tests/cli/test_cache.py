"""`perfkit cache`, `--no-cache`, `--jobs` and `--log-format`, as an operator uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from perfkit.book.joint_days import JointDays
from perfkit.book.verify import first_difference, status
from perfkit.cli import main
from perfkit.config.settings import load
from perfkit.config.workspace import CACHE
from tests.conftest import WriteWorkspace

LINE = (
    '{"timestamp": "2026-04-06T10:00:00Z", "exit_timestamp": "2026-04-06T11:00:00Z",'
    ' "order_id": "%s", "net_profit_loss": "1.50"}\n'
)
LOG = "logs/trades/2026-04-06.jsonl"


@pytest.fixture
def root(workspace: WriteWorkspace) -> Path:
    return workspace(logs={LOG: LINE % "A" + LINE % "B" + "[]\n"})


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perfkit", *arguments, "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class TestStatus:
    def test_says_what_is_there(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["cache", "status", "--root", str(root)]) == 0
        assert capsys.readouterr().out == f"{CACHE}: empty, 0 bytes in 0 files\n"
        main.main(["summary", "--root", str(root)])
        capsys.readouterr()
        assert main.main(["cache", "status", "--root", str(root)]) == 0
        first, second = capsys.readouterr().out.splitlines()
        assert first.startswith(f"{CACHE}: up to date, ") or "out of date" in first
        assert second == (
            "  bot: 2 trades on 1 days, 0 open; 3 lines (1 bad), "
            f"{(root / LOG).stat().st_size} bytes, 1 log files"
        )

    def test_knows_when_the_logs_went_on(self, root: Path) -> None:
        main.main(["summary", "--root", str(root)])
        with (root / LOG).open("a") as log:
            log.write(LINE % "C")
        assert status(load(root)).state == "out of date"


class TestVerify:
    def test_says_that_all_is_well(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main.main(["cache", "verify", "--root", str(root)]) == 0
        assert capsys.readouterr().out.startswith("the cache matches the logs\n")

    def test_a_difference_is_an_error_that_names_it(
        self,
        root: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr("perfkit.book.verify.first_difference", lambda *_: "bot: trades differ")
        assert main.main(["cache", "verify", "--root", str(root)]) == 3
        assert capsys.readouterr().err == (
            "perfkit: bot: trades differ; run `perfkit cache rebuild`\n"
        )

    def test_a_day_that_sources_share_is_compared_with_its_trades(
        self,
        workspace: WriteWorkspace,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        logs = {f"logs/bots/{name}/2026-04-06.jsonl": LINE % name for name in "ab"}
        root = workspace('sources: [{path: "logs/bots/{source}/", currency: USD}]\n', logs)
        assert main.main(["cache", "verify", "--root", str(root)]) == 0
        log = root / "logs/bots/a/2026-04-06.jsonl"
        log.write_text(log.read_text().replace("1.50", "-2"))
        with monkeypatch.context() as patched:
            patched.setattr("perfkit.book.joint_days._is_same", lambda *_: True)
            main.main(["summary", "--root", str(root)])
        capsys.readouterr()
        assert main.main(["cache", "verify", "--root", str(root)]) == 3
        assert "all sources: the cache has other trades of 2026-04-06" in capsys.readouterr().err
        assert main.main(["cache", "rebuild", "--root", str(root)]) == 0
        assert main.main(["cache", "verify", "--root", str(root)]) == 0

    def test_rebuild_starts_over(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main.main(["summary", "--root", str(root)])
        before = {path.name for path in (root / CACHE / "pages").iterdir()}
        assert main.main(["cache", "rebuild", "--root", str(root)]) == 0
        assert {path.name for path in (root / CACHE / "pages").iterdir()} != before
        assert "2 trades" in capsys.readouterr().out
        config = load(root)
        assert first_difference(config, config.sources[0]) is None

    @pytest.mark.parametrize(("currency", "joint_days"), [("USD", 1), ("EUR", 0)])
    def test_a_rebuild_reads_all_sources_in_one_go(
        self,
        workspace: WriteWorkspace,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        currency: str,
        joint_days: int,
    ) -> None:
        """So a day that they share is put together once."""
        sources = [
            f"{{name: {name}, path: logs/{name}, currency: {one}}}"
            for name, one in (("a", "USD"), ("b", "USD"), ("c", currency))
        ]
        logs = {f"logs/{name}/2026-04-06.jsonl": LINE % name for name in "abc"}
        root = workspace(f"sources: [{', '.join(sources)}]\n", logs)
        made: list[int] = []
        make = JointDays._made

        def noted(*given: Any) -> Any:
            made.append(1)
            return make(*given)

        monkeypatch.setattr(JointDays, "_made", noted)
        assert main.main(["cache", "rebuild", "--root", str(root)]) == 0
        assert len(made) == joint_days
        said = capsys.readouterr().out
        assert "up to date" in said.splitlines()[0] or "out of date" in said.splitlines()[0]
        assert said.count(": 1 trades on 1 days") == 3

    def test_a_rebuild_that_cannot_be_written_fails(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (root / "logs/performance").write_text("in the way")
        assert main.main(["cache", "rebuild", "--root", str(root)]) == 3
        assert f"cannot write {CACHE}" in capsys.readouterr().err


class TestOptions:
    def test_no_cache_gives_the_same_and_writes_none(self, root: Path) -> None:
        without = run(root, "summary", "--json", "--no-cache")
        assert (without.returncode, not (root / CACHE).exists()) == (0, True)
        assert run(root, "summary", "--json").stdout == without.stdout
        assert (root / CACHE).exists()

    @pytest.mark.parametrize("jobs", ["0", "-1", "x", "1000"])
    def test_a_number_of_jobs_that_is_none_is_refused(self, root: Path, jobs: str) -> None:
        ran = run(root, "summary", f"--jobs={jobs}")
        assert ran.returncode == 3
        assert "is not a number from 1 to 999" in ran.stderr

    def test_each_run_can_be_logged_as_json(self, root: Path) -> None:
        ran = run(root, "summary", "--json", "--log-format", "json")
        record = json.loads(ran.stderr.splitlines()[0])
        assert record["level"] == "INFO"
        assert {
            name: record[name]
            for name in ("files", "bytes_read", "lines", "trades", "hit", "grown", "rebuilt")
        } == {
            "files": 1,
            "bytes_read": (root / LOG).stat().st_size,
            "lines": 3,
            "trades": 2,
            "hit": 0,
            "grown": 0,
            "rebuilt": 1,
        }
        assert record["milliseconds"] >= 0
        again = json.loads(
            run(root, "summary", "--json", "--log-format", "json").stderr.splitlines()[0]
        )
        assert (again["hit"], again["lines"], again["bytes_read"]) == (1, 0, 0)

    def test_each_run_can_be_logged_as_text(self, root: Path) -> None:
        ran = run(root, "summary", "--json", "--log-format", "text")
        assert " INFO book files=1 bytes_read=" in ran.stderr.splitlines()[0]

    def test_a_run_says_nothing_of_itself_unless_asked(self, root: Path) -> None:
        assert run(root, "summary", "--json").stderr == (
            "logs/trades/2026-04-06.jsonl:3: is not a JSON object: "
            "it is a list; write each record on a line of its own\n"
        )


@pytest.mark.slow
def test_a_report_without_a_cache_makes_none(root: Path) -> None:
    for name in ("daily", "weekly", "monthly"):
        notebook = Path(__file__).parents[2] / f"notebooks/{name}.ipynb"
        (root / "notebooks").mkdir(exist_ok=True)
        (root / "notebooks" / notebook.name).write_bytes(notebook.read_bytes())
    ran = run(root, "report", "daily", "--no-cache")
    assert (ran.returncode, (root / CACHE / "manifest").exists()) == (0, False), ran.stderr
    without = (root / "reports/daily/2026-04-06/report.md").read_bytes()
    assert run(root, "report", "daily", "--force").returncode == 0
    assert (root / "reports/daily/2026-04-06/report.md").read_bytes() == without
    assert (root / CACHE / "manifest").exists()
