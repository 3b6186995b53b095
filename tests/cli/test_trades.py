"""`perfkit trades`: printed, exported, whole or not at all."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import perfkit
from perfkit.cli.main import main
from tests.conftest import BOT, WriteWorkspace


def line(number: int, day: int, pnl: str | None, **more: str) -> str:
    record = {"order_id": str(number), "timestamp": f"2026-04-{day:02d}T09:00:00Z", **more}
    if pnl is None:
        return json.dumps({**record, "outcome": "open"}) + "\n"
    closed = {"exit_timestamp": f"2026-04-{day:02d}T10:00:00Z", "net_profit_loss": pnl}
    return json.dumps({**record, **closed}) + "\n"


LOGS = {
    "logs/trades/2026-04-07.jsonl": line(1, 7, "1.50", symbol="BTC") + line(2, 7, None),
    "logs/trades/2026-04-08.jsonl": line(3, 8, "-2", symbol="ETH") + line(4, 8, "4", symbol="BTC"),
}


@pytest.fixture
def root(workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = workspace(logs=LOGS)
    monkeypatch.chdir(folder)
    return folder


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """The net P&L of the trades that a command prints as JSON."""
    assert main(["trades", "--json", *words]) == 0
    return [one["net_pnl"] for one in json.loads(capsys.readouterr().out)]


class TestSelection:
    def test_window_is_that_of_the_newest_day(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert shown(capsys) == ["4", "-2"]

    def test_windows_and_filters_are_those_of_a_summary(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert shown(capsys, "--date", "2026-04-07") == ["1.5"]
        assert shown(capsys, "--window", "weekly") == ["1.5", "4", "-2"]
        assert shown(capsys, "--window", "all", "--where", "symbol=BTC") == ["1.5", "4"]
        assert shown(capsys, "--start", "2026-04-01", "--end", "2026-04-07") == ["1.5"]
        assert shown(capsys, "--source", "bot", "--no-cache") == ["4", "-2"]

    def test_declared_dimensions_are_columns(
        self, workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = line(1, 7, "1", bot_version="1.5") + line(2, 7, "2")
        root = workspace(logs={"logs/trades/2026-04-07.jsonl": text})
        words = ["trades", "--root", str(root)]
        assert main([*words, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert [one["bot_version"] for one in found] == ["1.5", None]
        assert main(words) == 0
        header, first, *_ = capsys.readouterr().out.splitlines()
        assert ("bot version" in header, "1.5" in first, "session id" in header) == (
            *(True, True, False),
        )

    def test_open_trades_are_those_open_at_the_end_of_the_window(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert shown(capsys, "--open") == [None]
        assert shown(capsys, "--open", "--date", "2026-04-06") == []
        assert main(["trades", "--open"]) == 0
        assert "1 open trade, net P&L not logged" in capsys.readouterr().out

    def test_table_says_how_far_the_data_goes(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["trades"]) == 0
        assert capsys.readouterr().out.endswith(
            "\n2 closed trades, net P&L 2 USD\ndata up to 2026-04-08\n"
        )

    def test_filter_that_no_trade_meets_is_said(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["trades", "--where", "symbol=DOGE"]) == 0
        captured = capsys.readouterr()
        assert captured.out.startswith("No closed trades in window.")
        assert "no trade in the logs has symbol = DOGE" in captured.err

    def test_logs_without_any_trade_exit_with_3(
        self, workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = workspace(logs={"logs/trades/2026-04-07.jsonl": "bad\n"})
        assert main(["trades", "--root", str(root)]) == 3
        assert "2026-04-07.jsonl:1" in capsys.readouterr().err

    def test_files_need_no_workspace(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        log = tmp_path / "trades.csv"
        log.write_text(
            "symbol,exit_time,pnl\nBTCUSDT,2026-04-07T10:00:00Z,5.5\n"
            "BTCUSDT,2026-04-08T10:00:00Z,-2.25\n"
        )
        assert main(["trades", str(log), "--currency", "USDT", "--format", "csv"]) == 0
        captured = capsys.readouterr()
        assert [row.split(",")[9] for row in captured.out.splitlines()[1:]] == ["5.5", "-2.25"]
        assert "net_pnl: pnl" in captured.err
        assert main(["trades", str(log), "--output", str(log), "--currency", "USDT"]) == 3
        assert log.read_text().startswith("symbol,exit_time,pnl\n")


class TestOutput:
    @pytest.mark.parametrize("name", ["t.csv", "t.json", "t.parquet", "T.CSV"])
    def test_name_says_the_format(
        self, root: Path, capsys: pytest.CaptureFixture[str], name: str
    ) -> None:
        if name.endswith("parquet"):
            pytest.importorskip("pyarrow")
        assert main(["trades", "--output", name]) == 0
        assert capsys.readouterr().out == f"2 trades to {name}\n"
        start = {"csv": b"source,", "json": b"[\n", "parquet": b"PAR1"}[name[2:].lower()]
        assert (root / name).read_bytes().startswith(start)
        assert [one.name for one in root.iterdir() if one.name.startswith(".")] == []

    def test_what_is_written_is_what_is_printed(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for form in ("table", "csv", "json"):
            assert main(["trades", "--format", form]) == 0
            printed = capsys.readouterr().out
            assert main(["trades", "--format", form, "--output", "out"]) == 0
            capsys.readouterr()
            assert (root / "out").read_text() == printed

    def test_file_is_whole_or_as_it_was(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        perfkit.open(root).summary()
        (root / "t.csv").write_text("earlier")

        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as broken:
            broken.setattr(os, "write", full)
            assert main(["trades", "--output", "t.csv"]) == 3
        assert "cannot write" in capsys.readouterr().err
        assert (root / "t.csv").read_text() == "earlier"
        assert [one.name for one in root.iterdir() if one.name.startswith(".")] == []

    def test_link_stays_a_link(self, root: Path) -> None:
        (root / "real.csv").write_text("")
        (root / "t.csv").symlink_to("real.csv")
        assert main(["trades", "--output", "t.csv"]) == 0
        assert (root / "t.csv").is_symlink()
        assert (root / "real.csv").read_text().startswith("source,")

    def test_nobody_may_read_it_who_may_not_read_the_logs(self, root: Path) -> None:
        for log in (root / "logs/trades").iterdir():
            log.chmod(0o600)
        assert main(["trades", "--output", "t.csv"]) == 0
        assert (root / "t.csv").stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--output", "t"], "should end with .csv, .json or .parquet"),
            (["--output", "t.xlsx"], "should end with .csv, .json or .parquet"),
            (["--output", "none/t.csv"], "there is no such folder"),
            (["--output", "logs", "--format", "csv"], "it is not a file"),
            (["--format", "parquet"], "name it with --output"),
            (["--output", "logs/trades/2026-04-07.jsonl", "--format", "json"], "would read it"),
            (["--output", "logs/trades/2026-05-01.jsonl", "--format", "json"], "would read it"),
            (["--currency", "USD"], "goes with FILE"),
        ],
    )
    def test_what_makes_no_sense_is_one_sentence(
        self, root: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
    ) -> None:
        assert main(["trades", *words]) == 3
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
        assert (root / "logs/trades/2026-04-07.jsonl").read_text() == LOGS[
            "logs/trades/2026-04-07.jsonl"
        ]

    def test_file_beside_the_logs_is_fine(self, root: Path) -> None:
        assert main(["trades", "--output", "logs/trades/april.csv"]) == 0

    def test_deep_pattern_takes_files_of_folders_below(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = BOT.replace("path: logs/trades", 'path: logs, pattern: "**/*.csv"')
        log = "order_id,timestamp,exit_timestamp,net_profit_loss\n"
        log += "1,2026-04-07T09:00:00Z,2026-04-07T10:00:00Z,5\n"
        monkeypatch.chdir(workspace(config, {"logs/a/x.csv": log}))
        assert main(["trades", "--output", "logs/a/b.csv"]) == 3
        assert main(["trades", "--output", "b.csv"]) == 0


@pytest.mark.slow
def test_pipe_that_is_closed_early_is_no_traceback(root: Path) -> None:
    many = "".join(line(n, 9, "1", strategy_name="x" * 100) for n in range(3000))
    (root / "logs/trades/2026-04-09.jsonl").write_text(many)
    for form in ("table", "csv", "json"):
        command = f"{sys.executable} -m perfkit trades --format {form}; echo $? >&2"
        done = subprocess.run(
            ["/bin/sh", "-c", f"( {command} ) | head -n 1"],
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
        )
        assert len(done.stdout.splitlines()) == 1
        assert done.stderr == "0\n"
