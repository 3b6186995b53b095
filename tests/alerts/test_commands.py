"""Commands on episodes: silence and acknowledge."""

import errno
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


class TestStateThatCannotBeWritten:
    """What was said is in the event log then, and the next run goes by it."""

    LOSS = "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: -5}]\n"

    def said(self, bench: Bench, *words: str) -> int:
        return main.main(["alerts", *words, "--root", str(bench.root)])

    def fails(self, bench: Bench, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
        def full(path: str, *_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

        with monkeypatch.context() as patched:
            patched.setattr("perfkit.alerts.memory.put_in_place", full)
            assert self.said(bench, *words) == 3

    def test_silence(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        bench = Bench(tmp_path, self.LOSS)
        bench.trade(START, -10)
        assert bench.run(START).code == 2
        self.fails(bench, monkeypatch, "silence", "loss", "--for", "366d")
        said = capsys.readouterr().err
        assert "cannot write logs/performance/alerts.state: No space left" in said
        assert "in the event log, and the next run of perfkit-alerts goes by that" in said
        assert bench.run().code == 0
        assert self.said(bench, "status") == 2
        assert "silenced" in capsys.readouterr().out
        self.fails(bench, monkeypatch, "unsilence", "loss")
        assert bench.run().code == 2
        assert self.said(bench, "unsilence", "loss") == 3
        assert "is not silenced" in capsys.readouterr().err

    def test_acknowledgement(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        bench = Bench(tmp_path, self.LOSS)
        bench.trade(START, -10)
        bench.run(START)
        self.fails(bench, monkeypatch, "ack", "loss")
        bench.run(minutes(1))
        assert self.said(bench, "ack", "loss") == 3
        assert len(bench.events("acked")) == 1

    def test_of_a_rule_that_is_gone_by_then(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = Bench(tmp_path, self.LOSS)
        bench.trade(START, -10)
        bench.run(START)
        self.fails(bench, monkeypatch, "silence", "loss", "--for", "1h")
        bench.rules(self.LOSS.replace("loss", "other"))
        assert bench.run().code == 2

    BOTH = LOSS.replace("]\n", ", {id: other, metric: net_pnl, over: {window: all}, above: 9}]\n")

    @pytest.mark.parametrize("is_rotated", [False, True])
    def test_a_silence_before_another_command(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        is_rotated: bool,
    ) -> None:
        bench = Bench(tmp_path, self.BOTH)
        bench.trade(START, 1)
        assert bench.run(START).code == 0
        self.fails(bench, monkeypatch, "silence", "loss", "--for", "366d")
        if is_rotated:
            bench.event_log.rename(f"{bench.event_log}.1")
        assert self.said(bench, "silence", "other", "--for", "1h") == 0
        capsys.readouterr()
        assert self.said(bench, "status") == 0
        assert capsys.readouterr().out.count("silenced") == 2
        bench.trade(START, -10)
        found = bench.run()
        assert (found.code, found.err) == (0, "")
        assert self.said(bench, "unsilence", "loss") == 0
        assert bench.run().code == 2

    def test_an_end_of_a_silence_before_another_command(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = Bench(tmp_path, self.BOTH)
        bench.trade(START, -10)
        bench.run(START)
        assert self.said(bench, "silence", "loss", "--for", "366d") == 0
        self.fails(bench, monkeypatch, "unsilence", "loss")
        assert self.said(bench, "silence", "other", "--for", "1h") == 0
        assert self.said(bench, "ack", "loss") == 0
        assert bench.run().code == 2
        assert self.said(bench, "unsilence", "loss") == 3

    def test_each_command_knows_those_before_it(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        bench = Bench(tmp_path, self.BOTH)
        bench.trade(START, -10)
        bench.run(START)
        self.fails(bench, monkeypatch, "silence", "loss", "--for", "366d")
        self.fails(bench, monkeypatch, "ack", "loss")
        assert "silenced" in (self.said(bench, "status"), capsys.readouterr().out)[1]
        assert self.said(bench, "ack", "loss") == 3
        assert self.said(bench, "unsilence", "loss") == 0
        assert bench.run().code == 2
        assert len(bench.events("acked")) == 1


@pytest.mark.parametrize("said", ["silence", "ack", "unsilence"])
def test_what_a_killed_run_wrote_before_a_command_is_not_written_again(
    tmp_path: Path, said: str
) -> None:
    bench = Bench(tmp_path, TestStateThatCannotBeWritten.BOTH)
    bench.trade(START, 10)
    assert bench.run().code == 2
    more = ["--for", "1h"] if said == "silence" else []
    words = ["alerts", said, "other", *more, "--root", str(tmp_path)]
    if said == "unsilence":
        main.main(["alerts", "silence", "other", "--for", "366d", "--root", str(tmp_path)])
    saved = bench.state.read_bytes()
    bench.trade(minutes(1), -50)
    assert bench.run().code == 2
    bench.state.write_bytes(saved)  # as if the run had been killed before it wrote the state
    assert main.main(words) == 0
    assert bench.run().code == 2
    assert [one["rule"] for one in bench.events("firing")] == ["other", "loss"]
    assert [one["rule"] for one in bench.events("resolved")] == ["other"]


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
