"""`perfkit alerts send-test`: what happened, and an exit code."""

import json
import sys
from pathlib import Path

import pytest

from perfkit.cli.main import main
from tests.alerting import WIN_RATE, Bench
from tests.alerts.sinks.test_worker import TAKES


def send(root: Path, name: str, code: str, more: str = "") -> int:
    command = json.dumps([sys.executable, "-S", "-c", code])
    Bench(root, WIN_RATE + f"sinks:\n  - {{name: pager, exec: {command}{more}}}\n")
    return main(["alerts", "send-test", name, "--root", str(root)])


def test_sink_gets_an_event_that_says_it_is_a_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert send(tmp_path, "pager", TAKES, ", severity: critical, kinds: [acked]") == 0
    assert capsys.readouterr().out == "sink pager: delivered\n"
    sent = json.loads((tmp_path / "got").read_text())
    assert sent["message"] == "This is a test of sink pager; no rule is firing"
    assert not (tmp_path / "logs/performance-alerts.jsonl").exists()


def test_failure_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert send(tmp_path, "pager", "import sys; sys.exit('no route')") == 3
    assert capsys.readouterr().err == "sink pager: not delivered: exit code 1: no route\n"


def test_unknown_sink_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert send(tmp_path, "pagr", "") == 3
    assert "pagr: there is no such sink; did you mean pager?" in capsys.readouterr().err


def test_only_sink_is_named_where_there_is_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Bench(tmp_path, WIN_RATE)
    assert main(["alerts", "send-test", "pager", "--root", str(tmp_path)]) == 3
    said = "perfkit: pager: there is no such sink; there is only stderr\n"
    assert capsys.readouterr().err == said


def test_standard_error_can_be_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert send(tmp_path, "stderr", "") == 0
    said = capsys.readouterr().err
    assert said.startswith("perfkit-alerts: WARN warning firing: This is a test of sink stderr")
