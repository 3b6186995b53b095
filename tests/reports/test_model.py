"""What a report rests on: versions, and trades that its charts reach back to."""

import sys
import sysconfig
from pathlib import Path

import perfkit
from perfkit.reports import model
from perfkit.reports.model import Models
from tests.reportkit import LOGS, trade, write_workspace


class TestModel:
    def test_versions_name_python_the_packages_and_our_own_code(self) -> None:
        told = model.versions()
        assert told[0] == sys.version
        named = {name.partition("-")[0].lower() for name in told[1:-1]}
        assert {"matplotlib", "nbconvert", "papermill", "ipykernel"} <= named
        assert len(told[-1]) == 64
        assert Path(sysconfig.get_path("purelib")).is_dir()

    def test_trades_before_the_window_count_where_charts_reach_back(self, tmp_path: Path) -> None:
        digests = set()
        for pnl in ("1", "-1"):
            early = trade("E1", "2026-04-03T10:00:00", pnl, timestamp="2026-04-03T09:00:00Z")
            logs = {**LOGS, "logs/trades/2026-04-03.jsonl": early}
            desk = perfkit.open(write_workspace(tmp_path / pnl, logs))
            window = desk.window("daily", "2026-04-08")
            digests.add(Models(desk, {}).figures(window))
        assert len(digests) == 2
