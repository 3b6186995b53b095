"""Summaries as files: their names, whole or not at all, written only where something changed."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

import perfkit
from perfkit.cli.main import main
from perfkit.cli.summary import backfill
from perfkit.core.errors import OutputError
from perfkit.summary.export import FOLDER, export
from perfkit.summary.render import summary_markdown
from tests.conftest import WriteWorkspace


def trade(order: str, closed_at: str, pnl: str, **more: str) -> str:
    """A line of a `trade_record` log, of a trade that closed in the moment it was opened."""
    times = {"timestamp": f"{closed_at}Z", "exit_timestamp": f"{closed_at}Z"}
    return json.dumps({"order_id": order, **times, "net_profit_loss": pnl, **more}) + "\n"


LOGS = {
    "logs/trades/2026-04-04.jsonl": trade("A1", "2026-04-04T10:00:00", "1", symbol="BTC"),
    "logs/trades/2026-04-05.jsonl": "",
    "logs/trades/2026-04-06.jsonl": trade("B1", "2026-04-06T10:00:00", "2", symbol="ETH"),
    "logs/trades/2026-04-07.jsonl": trade("C1", "2026-04-07T10:00:00", "-3", symbol="BTC"),
}
"""Saturday, a quiet Sunday, and Monday and Tuesday of the next ISO week."""


def exported(root: Path) -> dict[str, str]:
    """What lies in the folder of exports."""
    return {path.name: path.read_text(encoding="utf-8") for path in (root / FOLDER).glob("*-*")}


def stamps(root: Path) -> dict[str, tuple[int, int]]:
    """When each export was last written, and the file it is."""
    found = ((path.name, path.stat()) for path in (root / FOLDER).glob("*-*"))
    return {name: (stat.st_mtime_ns, stat.st_ino) for name, stat in found}


def names(*stems: str) -> set[str]:
    return {f"{stem}.{suffix}" for stem in stems for suffix in ("json", "md")}


class TestExport:
    @pytest.mark.parametrize(
        ("window", "stem"),
        [
            ({"window": "daily"}, "daily-summary-2026-04-07"),
            ({"window": "weekly"}, "weekly-summary-2026-04-12"),
            ({"window": "monthly"}, "monthly-summary-2026-04-30"),
            ({"window": "last-7d"}, "last-7d-summary-2026-04-07"),
            ({"window": "last-30d"}, "last-30d-summary-2026-04-07"),
            ({"window": "all"}, "all-summary-2026-04-07"),
            (
                {"start": "2026-04-05", "end": "2026-04-06"},
                "range-summary-2026-04-05-to-2026-04-06",
            ),
            (
                {"where": "symbol=BTC"},
                "daily-summary-2026-04-07-symbol-btc-e32eca6c",
            ),
        ],
    )
    def test_files_are_named_by_window_and_last_day(
        self, workspace: WriteWorkspace, window: Mapping[str, str], stem: str
    ) -> None:
        root = workspace(logs=LOGS)
        summary = perfkit.open(root).summary(**window)
        paths = export(root, summary)
        assert [path.relative_to(root).as_posix() for path in paths] == [
            f"logs/performance/{stem}.json",
            f"logs/performance/{stem}.md",
        ]
        assert exported(root) == {
            f"{stem}.json": summary.to_json(),
            f"{stem}.md": summary_markdown(summary),
        }

    def test_names_of_filters_that_read_alike_differ(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=LOGS)
        desk = perfkit.open(root)
        filters = [
            {"strategy": "a/b"},
            {"strategy": "a-b"},
            {"strategy": "A b"},
            {"strategy": ".."},
        ]
        written = [path for one in filters for path in export(root, desk.summary(where=one))]
        assert len(set(written)) == 8
        assert {path.parent for path in written} == {root / FOLDER}

    def test_unchanged_summary_is_not_written_again(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=LOGS)
        export(root, perfkit.open(root).summary())
        before = stamps(root)
        assert export(root, perfkit.open(root).summary()) == []
        assert stamps(root) == before

    def test_trade_of_another_day_leaves_the_files_of_a_day_alone(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs=LOGS)
        export(root, perfkit.open(root).summary(date="2026-04-06"))
        before = stamps(root)
        with (root / "logs/trades/2026-04-07.jsonl").open("a") as log:
            log.write(trade("C2", "2026-04-07T11:00:00", "5"))
        assert export(root, perfkit.open(root).summary(date="2026-04-06")) == []
        assert stamps(root) == before

    def test_file_that_was_edited_or_cut_is_written_anew(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=LOGS)
        export(root, perfkit.open(root).summary())
        whole = exported(root)
        edited = root / FOLDER / "daily-summary-2026-04-07.json"
        edited.write_text(edited.read_text()[:100])
        assert export(root, perfkit.open(root).summary()) == [edited]
        assert exported(root) == whole

    def test_nothing_else_is_left_beside_the_files(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=LOGS)
        export(root, perfkit.open(root).summary())
        left = {path.name for path in (root / FOLDER).iterdir()}
        assert left == names("daily-summary-2026-04-07") | {"cache"}

    def test_folder_that_cannot_be_made_is_an_output_error(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs={**LOGS, "logs/performance": "in the way"})
        with pytest.raises(OutputError, match=r"cannot write .*daily-summary"):
            export(root, perfkit.open(root).summary())

    def test_command_prints_the_summary_and_writes_the_same(
        self, workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = workspace(logs=LOGS)
        assert main(["summary", "--root", str(root), "--json", "--export"]) == 0
        assert exported(root)["daily-summary-2026-04-07.json"] == capsys.readouterr().out


class TestBackfill:
    DAYS = ("daily-summary-2026-04-05", "daily-summary-2026-04-06", "daily-summary-2026-04-07")

    def fill(self, root: Path, kind: str, last: str | date | None, days: int) -> set[str]:
        """Names of the files that changed."""
        return {path.name for path in backfill(perfkit.open(root), kind, last, days, {})}

    def test_each_of_the_last_days_gets_its_files_quiet_days_too(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs=LOGS)
        assert self.fill(root, "daily", None, 3) == names(*self.DAYS)
        assert exported(root).keys() == names(*self.DAYS)
        quiet = json.loads(exported(root)["daily-summary-2026-04-05.json"])
        assert quiet["metrics"]["closed_trades"] == 0

    def test_last_day_may_be_named_as_a_text_or_a_date(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=LOGS)
        expected = names("daily-summary-2026-04-05", "daily-summary-2026-04-06")
        assert self.fill(root, "daily", "2026-04-06", 2) == expected
        assert self.fill(root, "daily", date(2026, 4, 6), 2) == set()

    def test_second_run_changes_nothing(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=LOGS)
        self.fill(root, "daily", None, 3)
        before = stamps(root)
        assert self.fill(root, "daily", None, 3) == set()
        assert stamps(root) == before

    def test_only_missing_files_are_filled(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=LOGS)
        self.fill(root, "daily", None, 3)
        before = stamps(root)
        (root / FOLDER / "daily-summary-2026-04-06.md").unlink()
        assert self.fill(root, "daily", None, 3) == {"daily-summary-2026-04-06.md"}
        after = stamps(root)
        assert [name for name in before if after[name] != before[name]] == [
            "daily-summary-2026-04-06.md"
        ]

    def test_late_trade_makes_only_the_day_it_closed_on_stale(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs=LOGS)
        self.fill(root, "daily", None, 3)
        with (root / "logs/trades/2026-04-07.jsonl").open("a") as log:
            log.write(trade("B2", "2026-04-06T11:00:00", "5"))
        assert self.fill(root, "daily", None, 3) == names("daily-summary-2026-04-06")
        day = json.loads(exported(root)["daily-summary-2026-04-06.json"])
        assert day["metrics"]["net_pnl"] == "7"

    def test_window_of_several_days_is_written_once(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=LOGS)
        expected = names("weekly-summary-2026-04-05", "weekly-summary-2026-04-12")
        paths = backfill(perfkit.open(root), "weekly", None, 4, {})
        assert {path.name for path in paths} == expected
        assert len(paths) == 4

    def test_backfilled_files_are_those_an_export_writes(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=LOGS)
        backfill(perfkit.open(root), "last-7d", None, 2, {"symbol": "BTC"})
        desk = perfkit.open(root)
        for day in ("2026-04-06", "2026-04-07"):
            assert export(root, desk.summary("last-7d", day, where={"symbol": "BTC"})) == []

    def test_command_prints_the_paths_that_changed(
        self, workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = workspace(logs=LOGS)
        words = ["summary", "--root", str(root), "--backfill", "1"]
        assert main(words) == 0
        stem = root / FOLDER / "daily-summary-2026-04-07"
        assert capsys.readouterr() == (f"{stem}.json\n{stem}.md\n", "")
        assert main(words) == 0
        assert capsys.readouterr() == ("", "")

    def test_command_on_logs_without_a_line_fills_the_last_days_with_zeros(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace()
        assert main(["summary", "--root", str(root), "--backfill", "2"]) == 3
        figures = [json.loads(text) for name, text in exported(root).items() if "json" in name]
        assert [one["metrics"]["closed_trades"] for one in figures] == [0, 0]
