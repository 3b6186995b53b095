"""Commands on episodes: silence and acknowledge."""

import os
import time
from pathlib import Path

import pytest

from perfkit.alerts import state_file
from perfkit.cli import main
from tests.alerting import START, WIN_RATE, Bench, minutes


def test_command_that_cannot_be_remembered_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    bench.run(START)
    bench.state.write_bytes(b"damaged")
    assert main.main(["alerts", "silence", "win-rate", "--for", "1h", "--root", str(tmp_path)]) == 3
    assert "is damaged" in capsys.readouterr().err


def test_command_beside_a_run_that_hangs_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    bench.run(START)
    held = state_file.lock(str(tmp_path))
    assert held is not None
    then = time.time() - 700
    os.utime(tmp_path / state_file.LOCK, (then, then))
    try:
        words = ["alerts", "silence", "win-rate", "--for", "1h", "--root", str(tmp_path)]
        assert main.main(words) == 3
    finally:
        os.close(held)
    assert "another run has held" in capsys.readouterr().err
    assert not bench.events("silenced")


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


def test_silence_before_any_rule_could_be_evaluated_points_to_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    for path in (tmp_path / "logs/trades").iterdir():
        path.unlink()
    assert bench.run(START).code == 3
    capsys.readouterr()
    assert main.main(["alerts", "silence", "win-rate", "--for", "1h", "--root", str(tmp_path)]) == 3
    assert (
        capsys.readouterr().err
        == "perfkit: no rule could be evaluated yet: `perfkit alerts status` shows why\n"
    )
