"""A published report is kept where the log files that its trades come from are gone."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import perfkit
from perfkit.cli.main import main
from perfkit.reports.model import Models
from perfkit.reports.published import read_published
from perfkit.reports.stale import mark_stale
from tests.reportkit import LOGS, report, trade, tree, write_workspace

TUESDAY = "logs/trades/2026-04-07.jsonl"
WEDNESDAY = "logs/trades/2026-04-08.jsonl"
FIRST, SECOND = (
    trade("A1", "2026-04-07T10:00:00", "1.5"),
    trade("A2", "2026-04-07T11:00:00", "2"),
)
TWO_FILES = {WEDNESDAY: trade("B1", "2026-04-08T10:00:00", "5"), TUESDAY: FIRST + SECOND}
MOUNTED = "(is a volume not mounted? if this is intended, remove reports/weekly/2026-W15)"
LOST = f"2 trades that it shows have no log any more: {TUESDAY} is gone or empty {MOUNTED}"
GOOD = b"the good page\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace whose weekly report shows the trades of `TWO_FILES`."""
    root = write_workspace(tmp_path / "trading", TWO_FILES)
    publish(root)
    return root


def publish(root: Path, logs: object = None) -> Path:
    """A published report of the week, of which only its status and its page are there."""
    folder = root / "reports/weekly/2026-W15"
    folder.mkdir(parents=True, exist_ok=True)
    status = {
        "state": "ok",
        "kind": "weekly",
        "label": "2026-W15",
        "where": {},
        **dict.fromkeys(("digest", "figures", "settled", "model", "notebook_sha256"), "0"),
        "parameters": {"date": "2026-04-12"},
        "perfkit": "0",
        "files": {"report.md": hashlib.sha256(GOOD).hexdigest()},
        "logs": logs or {"bot": {TUESDAY: 2, WEDNESDAY: 1}},
    }
    (folder / "status.json").write_text(json.dumps(status))
    (folder / "report.md").write_bytes(GOOD)
    return folder


def lost(root: Path) -> str | None:
    """Why the report has to stay as it is."""
    published = read_published(root / "reports/weekly/2026-W15")
    assert published is not None
    models = Models(perfkit.open(root), {})
    return models.lost_logs(published, models.window("weekly", "2026-04-12"))


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_text("")


def garble(path: Path) -> None:
    path.write_text("garbage\n" * 3)


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty_the_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.mkdir()


def misspell_the_pattern(path: Path) -> None:
    config = path.parents[2] / "config/perfkit.yaml"
    text = config.read_text()
    config.write_text(text.replace("path: logs/trades", "path: logs/trades\n    pattern: '*.log'"))


ONE_DAY = [remove, empty, garble, replace_by_a_folder]
EVERY_DAY = [empty_the_folder, misspell_the_pattern]


class TestLost:
    @pytest.mark.parametrize("do", ONE_DAY)
    def test_file_without_a_trade_line_is_named_with_the_trades_it_had(
        self, root: Path, do: Callable[[Path], None]
    ) -> None:
        do(root / TUESDAY)
        assert lost(root) == LOST

    @pytest.mark.parametrize("do", EVERY_DAY)
    def test_source_without_files_has_lost_all_of_them(
        self, root: Path, do: Callable[[Path], None]
    ) -> None:
        do(root / TUESDAY)
        assert lost(root) == (
            f"3 trades that it shows have no log any more: {TUESDAY} and 1 more log file are "
            f"gone or empty {MOUNTED}"
        )

    def test_source_that_lost_its_files_beside_one_that_has_them(self, root: Path) -> None:
        config = root / "config/perfkit.yaml"
        config.write_text(
            "sources:\n  - {name: bot, path: logs/trades, currency: USD}\n"
            "  - {name: other, path: logs/other, currency: USD}\n"
        )
        (root / "logs/other").mkdir()
        publish(root, {"bot": {TUESDAY: 2, WEDNESDAY: 1}, "other": {"logs/other/2026-04-07.gz": 1}})
        assert lost(root) == (
            "a trade that it shows has no log any more: logs/other/2026-04-07.gz is gone or empty "
            f"{MOUNTED}"
        )


class TestNothingLost:
    def test_same_logs(self, root: Path) -> None:
        assert lost(root) is None

    def test_trade_removed_from_a_file_that_is_there(self, root: Path) -> None:
        (root / TUESDAY).write_text(FIRST)
        assert lost(root) is None

    def test_file_compressed_or_renamed(self, root: Path) -> None:
        file = root / TUESDAY
        file.with_suffix(".jsonl.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
        assert lost(root) is None

    def test_file_of_other_days_gone(self, root: Path) -> None:
        publish(root, {"bot": {WEDNESDAY: 1}})
        (root / TUESDAY).unlink()
        assert lost(root) is None

    def test_source_that_was_renamed(self, root: Path) -> None:
        config = root / "config/perfkit.yaml"
        config.write_text(config.read_text().replace("name: bot", "name: robot"))
        assert lost(root) is None

    def test_status_says_where_the_trades_come_from(self, root: Path) -> None:
        models = Models(perfkit.open(root), {})
        found = models.logs(models.window("weekly", "2026-04-12"))
        assert found == {"bot": {TUESDAY: 2, WEDNESDAY: 1}}


class TestCommand:
    @pytest.mark.parametrize("do", ONE_DAY + EVERY_DAY)
    def test_report_is_kept_with_exit_code_3_and_one_sentence(
        self, root: Path, do: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = tree(root / "reports")
        do(root / TUESDAY)
        assert main(["report", "weekly", "--date", "2026-04-08", "--root", str(root)]) == 3
        captured = capsys.readouterr()
        assert captured.out == ""
        first = captured.err.splitlines()[0]
        assert first.startswith("perfkit: weekly report 2026-W15 was kept: ")
        assert first.endswith(MOUNTED)
        after = tree(root / "reports")
        assert after.items() >= before.items()
        assert after.keys() - before.keys() == {"README.md", "index.html"}
        assert b"perfkit report" not in after["README.md"]

    def test_what_is_gone_makes_no_report_stale(self, root: Path) -> None:
        (root / TUESDAY).unlink()
        desk = perfkit.open(root)
        assert mark_stale(desk, "2026-04-13T00:15:03Z", None) == []
        (root / TUESDAY).write_text(FIRST)
        stale = mark_stale(desk.refresh(), "2026-04-13T00:15:03Z", None)
        assert [report.status.label for report in stale] == ["2026-W15"]

    def test_verify_says_it(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (root / TUESDAY).unlink()
        assert main(["report", "weekly", "--verify", "--root", str(root)]) == 3
        assert capsys.readouterr().err == f"perfkit: weekly/2026-W15: {LOST}\n"

    @pytest.mark.parametrize("words", ["daily", "weekly", "all"])
    def test_logs_without_any_trade_make_no_report(
        self, root: Path, words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = tree(root / "reports")
        empty_the_folder(root / TUESDAY)
        assert main(["report", words, "--root", str(root)]) == 3
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err == (
            "perfkit: logs/trades: no file matches ????-??-??.jsonl (the folder is empty); "
            "check `path` and `pattern` of bot\n"
        )
        assert tree(root / "reports") == before

    @pytest.mark.slow
    def test_whole_story_with_a_real_report(self, tmp_path: Path) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        assert report(root).code == 0
        before, logs = tree(root / "reports"), tree(root / "logs/trades")
        empty_the_folder(root / TUESDAY)
        for more in ((), ("--force",), ("--no-html",)):
            ran = report(root, "--date", "2026-04-08", *more)
            assert (ran.code, ran.out) == (3, "")
            assert "perfkit: daily report 2026-04-08 was kept: 2 trades" in ran.err
            assert tree(root / "reports") == before
        for name, body in logs.items():
            (root / "logs/trades" / name).write_bytes(body)
        assert report(root, "--date", "2026-04-08").code == 0
        assert tree(root / "reports") == before
