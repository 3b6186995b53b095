"""`perfkit summary FILE...` and `perfkit init DIR --from FILE...`."""

import json
from pathlib import Path

import pytest

from perfkit.cli.main import main

LINES = [
    {"symbol": "BTCUSDT", "exit_time": "2026-04-07T10:00:00Z", "pnl": "5.5"},
    {"symbol": "ETHUSDT", "exit_time": "2026-04-08T10:00:00Z", "pnl": "-2.25"},
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "trades.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return path


def test_how_a_file_is_read_comes_first_then_its_figures(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["summary", str(log)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("sources:\n")
    assert out.index("net_pnl: pnl") < out.index("+3.25 USDT")


def test_json_alone_is_on_standard_output(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(log), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["metrics"]["net_pnl"] == "3.25"
    assert "net_pnl: pnl" in captured.err


def test_a_window_and_a_filter_count(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--window", "daily", "--date", "2026-04-07", "--where", "symbol=BTCUSDT", "--json"]
    assert main(["summary", str(log), *asked]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["net_pnl"] == "5.5"


def test_nothing_is_written(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(log.parent)
    assert main(["summary", log.name]) == 0
    assert [path.name for path in log.parent.iterdir()] == [log.name]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["summary", "LOG", "--export"], "--export needs a workspace"),
        (["summary", "LOG", "--answer", "costs"], "write NAME=N"),
        (["summary", "LOG", "--answer", "costs=1"], "nothing is asked"),
        (["summary", "--currency", "EUR"], "--currency goes with FILE"),
        (["init", "DIR", "--answer", "costs=1"], "--answer goes with FILE"),
        (["summary", "NONE"], "No such file"),
    ],
)
def test_what_makes_no_sense_is_refused(
    log: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"LOG": str(log), "DIR": str(log.parent / "new"), "NONE": str(log) + "x"}
    assert main([places.get(one, one) for one in arguments]) == 3
    assert said in capsys.readouterr().err


def test_a_log_that_is_undecided_or_has_no_results_exits_with_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    undecided, empty = tmp_path / "u.jsonl", tmp_path / "e.jsonl"
    undecided.write_text("".join(json.dumps({**line, "fee": 1}) + "\n" for line in LINES))
    empty.write_text('{"signal": "BUY"}\n' * 2)
    assert main(["summary", str(undecided)]) == 3
    assert main(["summary", str(empty)]) == 3
    captured = capsys.readouterr()
    assert "costs=2  before costs" in captured.err
    assert "no results found" in captured.err
    assert captured.out == ""
    assert main(["summary", str(undecided), "--answer", "costs=2"]) == 0
    assert "+1.25 USDT" in capsys.readouterr().out


def test_the_questions_shown_in_the_documentation_are_those_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [json.dumps({**line, "fee": "0.1"}) + "\n" for line in LINES]
    Path("trades.jsonl").write_text("".join(lines))
    assert main(["summary", "trades.jsonl"]) == 3
    page = Path(__file__).parents[2] / "docs" / "configuration.md"
    assert capsys.readouterr().err in page.read_text(encoding="utf-8")


def test_a_workspace_is_made_from_a_log(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = log.parent / "trading"
    assert main(["init", str(folder), "--from", str(log)]) == 0
    config = (folder / "config/perfkit.yaml").read_text()
    assert "# evidence: the name pnl" in config
    capsys.readouterr()
    assert main(["summary", "--root", str(folder), "--window", "all", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["net_pnl"] == "3.25"
