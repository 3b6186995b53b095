"""A report of a day whose log grows while the report is made."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from perfkit.desk.desk import open as open_desk

ROOT = Path(__file__).parents[1]
DAY = "2025-10-09"


@pytest.mark.slow
def test_a_bot_that_keeps_writing_does_not_keep_a_report_from_being_made(tmp_path: Path) -> None:
    for name in ("config", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    log = tmp_path / f"logs/trades/{DAY}.jsonl"
    log.parent.mkdir(parents=True)
    sample = (ROOT / f"logs/trades/{DAY}.jsonl").read_text(encoding="utf-8")
    log.write_text(sample, encoding="utf-8")
    line = sample.splitlines()[0]
    done = threading.Event()

    def keep_writing() -> None:
        number = 0
        with log.open("a", encoding="utf-8") as stream:
            while not done.is_set():
                record = {**json.loads(line), "order_id": f"LIVE-{number}"}
                stream.write(json.dumps(record) + "\n")
                stream.flush()
                number += 1
                time.sleep(0.02)

    bot = threading.Thread(target=keep_writing)
    bot.start()
    try:
        command = [sys.executable, "-m", "perfkit", "report", "daily", "--root", str(tmp_path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    finally:
        done.set()
        bot.join()
    assert (run.returncode, run.stderr) == (0, "")
    published = tmp_path / "reports/daily" / DAY
    summary = json.loads((published / "summary.json").read_text())
    status = json.loads((published / "status.json").read_text())
    assert status["digest"] == summary["data"]["digest"]
    trades = summary["metrics"]["closed_trades"]
    assert f"from {trades} trades" in (published / "report.md").read_text(encoding="utf-8")
    assert open_desk(tmp_path).summary("daily", DAY).metrics["closed_trades"] > trades
