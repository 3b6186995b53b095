"""Corners of the alerts that no story of runs reaches."""

import json
import os
from pathlib import Path

import pytest

from perfkit.alerts import check, cron, event_log, state_file
from perfkit.alerts.rules.file import rules_of
from perfkit.alerts.sentences import describe
from perfkit.cli import main
from perfkit.core.errors import OutputError
from tests.alerting import START, WIN_RATE, Bench, minutes, ran


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (ZeroDivisionError("half"), "a bug in perfkit, please report it"),
        (PermissionError(13, "Permission denied", "x.jsonl"), "x.jsonl: Permission denied; check"),
        (OutputError("a.state", "disk full"), "cannot write a.state: disk full"),
        (KeyboardInterrupt(), "interrupted; no file was left half written"),
    ],
)
def test_whatever_goes_wrong_is_said_and_exits_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException, said: str
) -> None:
    bench = Bench(tmp_path)

    def broken(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(check, "check", broken)
    found = bench.run(START)
    assert found.code == 3
    assert said in found.err
    beat = state_file.last_beat(str(tmp_path))
    assert beat is None if isinstance(raised, KeyboardInterrupt) else beat and beat[2] == 3


def test_reader_that_went_away_is_no_all_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(cron, "_main", gone)
    assert Bench(tmp_path).run(START).code == 3


def test_workspace_is_found_from_a_folder_below_it_or_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path / "here")
    monkeypatch.chdir(bench.root / "logs/trades")
    assert ran(["--now", START.isoformat()]).code == 0
    monkeypatch.chdir("/")
    assert ran([]).code == 3
    monkeypatch.setenv("PERFKIT_ROOT", str(bench.root))
    assert ran(["--now=" + START.isoformat()]).code == 0


def test_sentence_of_a_rule_with_every_key(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    text = """\
rules:
  - {id: a, metric: win_rate, over: {trades: 5}, below: 0.5, for: {trades: 2}, by: symbol,
     where: {side: long}, severity: critical, active: {days: mon, from: "09:30", to: "22:00"}}
  - {id: b, metric: net_pnl, over: {window: daily}, above: 5, for: {minutes: 10}}
"""
    from perfkit.config import settings as configs

    one, other = rules_of(text, "alerts.yaml", configs.load(bench.root))
    assert describe(one) == (
        "a: critical when win rate of the last 5 trades for side long is below 50 % "
        "for 2 trades in a row for each symbol in mon 09:30-22:00 UTC"
    )
    assert describe(other) == (
        "b: warning when net P&L of the day is above +5.00, for at least 10 min"
    )


def test_what_is_no_event_is_passed_over(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run(START)
    (event,) = bench.events()
    odd = [b"{", b"[]", b'{"event": "other"}', json.dumps({**event, "id": 5}).encode()]
    bench.event_log.write_bytes(b"\n".join([*odd, json.dumps(event).encode(), b"torn"]))
    assert event_log.read(str(tmp_path)) == [event]
    assert event_log.read(str(tmp_path), 1 << 20) == []


def test_event_log_that_cannot_be_written_stops_the_run(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.event_log.mkdir()
    found = bench.run(START)
    assert found.code == 3
    assert "logs/performance-alerts.jsonl" in found.err


def test_command_that_cannot_be_remembered_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    bench.run(START)
    bench.state.write_bytes(b"damaged")
    assert main.main(["alerts", "silence", "win-rate", "--for", "1h", "--root", str(tmp_path)]) == 3
    assert "is damaged" in capsys.readouterr().err


def test_json_of_a_run_beside_another_waits_for_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE)
    bench.run(START)
    held = state_file.lock(str(tmp_path), wait=False)
    assert held is not None
    pid = os.fork()
    if not pid:  # the other run, which lets go when it ends
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(held)
    assert json.loads(bench.run(minutes(1), "--json").out)["code"] == 0


def test_several_groups_that_fire_are_acknowledged_by_episode(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path, WIN_RATE.replace("{trades: 4}", "{trades: 1}, by: symbol"))
    for symbol in ("ES", "NQ"):
        bench.trade(minutes(1), -1, symbol=symbol)
    bench.run(minutes(2))
    words = ["alerts", "ack", "--root", str(tmp_path)]
    assert main.main([*words, "win-rate"]) == 3
    assert "several of its groups are firing; give the id of an episode:" in capsys.readouterr().err
    assert main.main([*words, bench.events("firing")[1]["episode"]]) == 0
    assert bench.events("acked")[0]["group"] == "NQ"


def test_sources_of_an_event_are_lines_of_its_group_alone(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE.replace("{trades: 4}", "{trades: 2}, by: symbol"))
    bench.run(START)
    for number, symbol in enumerate(("ES", "NQ", "ES"), start=1):
        bench.trade(minutes(number), -1, symbol=symbol)
    bench.run(minutes(4))
    (fired,) = bench.events("firing")
    day = "logs/trades/2026-04-08.jsonl"
    assert fired["sources"] == [f"{day}:1", f"{day}:3"]
