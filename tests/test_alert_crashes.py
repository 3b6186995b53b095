"""A run may be killed at any system call, and any byte on disk may be wrong.

After a kill the next run tells what the killed one did not, and nothing twice; after damage a run
gives the right exit code, or says that it cannot: never that all is well when it is not.
"""

import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from perfkit.alerts import event_log
from tests.alerting import START, Bench, Event, minutes, ran, without_times
from tests.test_alert_properties import check_order

RULES = """\
rules:
  - {id: rate, metric: win_rate, over: {trades: 3}, below: 0.5, recover: 0.6, remind_every: 1h}
  - {id: loss, metric: net_pnl, over: {window: daily}, below: -25, by: strategy}
  - {id: stale, metric: minutes_since_last_line, above: 60}
"""
CAMPAIGN = bool(os.environ.get("PERFKIT_CAMPAIGN"))
WRITING = ("open", "write", "fsync", "rename", "replace", "makedirs", "pread", "fstat", "mkdir")


class KilledError(BaseException):
    """The process is gone."""


@contextmanager
def killed_at(call: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Kills at that call of the system (0 is the first); a write is then half done."""
    made = 0

    def guarded(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            nonlocal made
            if name == "open" and not args[1] & (os.O_WRONLY | os.O_RDWR):
                return real(*args, **kwargs)
            if name == "open" and str(args[0]).endswith(".lock"):
                return real(*args, **kwargs)
            made += 1
            if made > call:
                if made == call + 1 and name == "write":
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                raise KilledError
            return real(*args, **kwargs)

        return wrapped

    with monkeypatch.context() as patched:
        for name in WRITING:
            patched.setattr(os, name, guarded(name, getattr(os, name)))
        yield lambda: made


Action = tuple[list[tuple[int, str, str]], float]
"""Trades (minute, P&L, strategy) that are logged, and the minute of the run that follows."""

STORY: list[Action] = [
    ([(0, "5", "a"), (1, "-10", "a"), (2, "-10", "b"), (3, "-10", "a")], 4),
    ([(5, "-20", "a")], 6),
    ([(7, "5", "b"), (8, "5", "a"), (9, "5", "b")], 10),
    ([], 80),
    ([(81, "-30", "b"), (82, "1", "a"), (1500, "1", "a")], 1501),
]


def told(bench: Bench) -> list[Event]:
    """The events of the log; torn lines are none."""
    return without_times(event_log.read(str(bench.root)))


def act(bench: Bench, action: Action) -> None:
    for minute, pnl, strategy in action[0]:
        bench.trade(minutes(minute), pnl, strategy_name=strategy, symbol=f"S{minute}")


def smooth(root: Path) -> tuple[list[Event], list[int]]:
    """The events and exit codes of the story without any crash."""
    bench = Bench(root, RULES)
    codes = []
    for action in STORY:
        act(bench, action)
        codes.append(bench.run(minutes(action[1])).code)
    return told(bench), codes


def calls_of_a_run(root: Path, upto: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many system calls the run of that action makes."""
    bench = Bench(root, RULES)
    for action in STORY[:upto]:
        act(bench, action)
        bench.run(minutes(action[1]))
    act(bench, STORY[upto])
    with killed_at(10_000, monkeypatch) as made:
        bench.run(minutes(STORY[upto][1]))
        return made()


@pytest.mark.slow
@pytest.mark.parametrize("crashed", range(len(STORY)))
def test_run_killed_at_any_call_and_again_loses_and_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crashed: int
) -> None:
    expected, codes = smooth(tmp_path / "smooth")
    calls = calls_of_a_run(tmp_path / "counted", crashed, monkeypatch)
    assert calls >= 6
    seconds = range(calls + 1) if CAMPAIGN else (calls * 2 // 3,)
    for first in range(calls):
        for second in seconds:
            root = tmp_path / "crashed"
            shutil.rmtree(root, ignore_errors=True)
            bench = Bench(root, RULES)
            found = []
            for number, action in enumerate(STORY):
                act(bench, action)
                if number == crashed:
                    for call in (first, second):
                        with killed_at(call, monkeypatch), suppress(KilledError):
                            bench.run(minutes(action[1]))
                found.append(bench.run(minutes(action[1])).code)
            place = f"killed at {first}, then at {second}"
            assert told(bench) == expected, place
            assert found == codes, place


def test_trades_that_come_between_the_crash_and_the_next_run_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def story(root: Path, first: int | None) -> Bench:
        bench = Bench(root, RULES.replace(", remind_every: 1h", ""))
        bench.run(START)
        act(bench, STORY[0])
        if first is None:
            bench.run(minutes(4))
        else:
            with killed_at(first, monkeypatch), suppress(KilledError):
                bench.run(minutes(4))
        act(bench, STORY[1])
        act(bench, STORY[2])
        bench.run(minutes(10))
        return bench

    expected = told(story(tmp_path / "smooth", None))
    assert len(expected) >= 6
    for first in range(0, 120, 4):
        assert told(story(tmp_path / str(first), first)) == expected, first


def test_event_told_by_a_killed_run_and_taken_back_before_the_next_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_by_killed = set()
    for call in range(0, 120, 4):
        bench = Bench(tmp_path / str(call), RULES)
        bench.run(START)
        bench.trade(minutes(1), -30, order_id="A", strategy_name="a")
        with killed_at(call, monkeypatch), suppress(KilledError):
            bench.run(minutes(2))
        told_by_killed.add(told(bench)[-1]["kind"])
        bench.trade(minutes(1), 30, order_id="A", strategy_name="a")
        assert bench.run(minutes(3)).code == 0
        kinds = [one["kind"] for one in told(bench)]
        assert kinds[3:] in ([], ["firing", "resolved"]), call
    assert told_by_killed == {"baseline", "firing"}


def prepared(root: Path) -> Bench:
    """A workspace in which something fires."""
    bench = Bench(root, RULES)
    for action in STORY[:2]:
        act(bench, action)
        assert bench.run(minutes(action[1])).code == 2
    return bench


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alerts.state", "alerts.heartbeat", "performance-alerts.jsonl"])
@pytest.mark.parametrize("grows", [False, True])
def test_flipped_byte_never_gives_a_wrong_all_clear(tmp_path: Path, name: str, grows: bool) -> None:
    bench = prepared(tmp_path / "good")
    folder = "logs" if name.endswith("jsonl") else "logs/performance"
    size = (bench.root / folder / name).stat().st_size
    step = 1 if CAMPAIGN else max(1, size // 60)
    for place in range(0, size, step):
        damaged = tmp_path / "damaged"
        shutil.rmtree(damaged, ignore_errors=True)
        shutil.copytree(bench.root, damaged)
        one = Bench(damaged, RULES)
        file = damaged / folder / name
        body = bytearray(file.read_bytes())
        body[place] ^= 1 << (place % 8)
        file.write_bytes(body)
        if grows:
            one.trade(minutes(11), "-1", strategy_name="a")
        found = one.run(minutes(12))
        assert found.code == 2 or (found.code == 3 and found.err), (place, found)
        assert one.run(minutes(13)).code == 2


@pytest.mark.parametrize("keeps", ["nothing", "half", "other bytes"])
def test_damaged_state_is_set_aside_and_made_anew(tmp_path: Path, keeps: str) -> None:
    bench = prepared(tmp_path)
    body = bench.state.read_bytes()
    damage = {"nothing": b"", "half": body[: len(body) // 2], "other bytes": b"\0" * 500}[keeps]
    bench.state.write_bytes(damage)
    before = bench.told()
    ran_ = bench.run(minutes(12))
    assert ran_.code == 2
    assert "The alert state was damaged" in ran_.err
    assert bench.told() == [*before, "state_recovered"]
    assert bench.state.with_name("alerts.state.damaged").read_bytes() == damage
    check_order(bench)


def test_state_of_another_version_is_made_anew_without_a_word(tmp_path: Path) -> None:
    bench = prepared(tmp_path)
    before = bench.event_log.read_bytes()
    bench.state.write_bytes(b"pkalert1" + bench.state.read_bytes()[8:])
    assert bench.run(minutes(12)) == (2, "", "")
    assert bench.event_log.read_bytes() == before


def test_lost_state_and_event_log_start_from_a_new_baseline(tmp_path: Path) -> None:
    bench = prepared(tmp_path)
    bench.state.unlink()
    bench.event_log.unlink()
    assert bench.run(minutes(12)).code == 2
    assert bench.told() == ["firing", "firing a"]


def test_lost_state_tells_what_happened_since_the_last_run(tmp_path: Path) -> None:
    bench = prepared(tmp_path)
    bench.state.unlink()
    act(bench, STORY[2])
    expected = prepared(tmp_path / "smooth")
    act(expected, STORY[2])
    expected.run(minutes(10))
    bench.run(minutes(10))
    assert told(bench) == told(expected)


@pytest.mark.slow
def test_full_disk_is_an_error_that_the_next_run_makes_good(tmp_path: Path) -> None:
    bench = Bench(tmp_path, RULES)
    act(bench, STORY[0])
    limited = f"ulimit -f 0; exec {sys.executable} -m perfkit.alerts.cron --root {bench.root}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "too large" in done.stderr
    assert bench.run(minutes(4)).code == 2
    check_order(bench)


@pytest.mark.slow
def test_runs_at_once_tell_everything_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, RULES)
    bench.run(START)
    for round_ in range(4):
        for minute, pnl, strategy in STORY[round_ % 3][0]:
            at = minutes(minute + 15 * round_)
            bench.trade(at, pnl, strategy_name=strategy, symbol=f"S{minute}")
        words = ["--root", str(bench.root), "--now", minutes(15 * round_ + 12).isoformat()]
        command = [sys.executable, "-m", "perfkit.alerts.cron", *words]
        started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        said = [one.communicate()[1] for one in started]
        # Those beside the one that works cannot say how things stand twelve minutes later.
        assert {one.returncode for one in started} <= {0, 2, 3}, said
        assert [one for one in started if one.returncode != 3], said
        ran(words)
    check_order(bench)
    straight = Bench(tmp_path / "straight", RULES)
    straight.run(START)
    for round_ in range(4):
        for minute, pnl, strategy in STORY[round_ % 3][0]:
            at = minutes(minute + 15 * round_)
            straight.trade(at, pnl, strategy_name=strategy, symbol=f"S{minute}")
        straight.run(minutes(15 * round_ + 12))
    assert told(bench) == told(straight)


@pytest.mark.slow
class TestProcess:
    """Whole processes, started as cron starts them."""

    def start(self, *words: object) -> subprocess.CompletedProcess[str]:
        script = Path(sys.executable).with_name("perfkit-alerts")
        command = ["env", "-i", str(script), *map(str, words)]
        return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)

    def test_empty_environment_and_the_root_folder_are_enough(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, RULES)
        act(bench, STORY[0])
        first = self.start("--root", tmp_path)
        assert (first.returncode, first.stdout) == (2, "")
        assert first.stderr.count("WARN") == len(first.stderr.splitlines()) == 2
        second = self.start("--root", tmp_path)
        assert (second.returncode, second.stdout, second.stderr) == (2, "", "")

    @pytest.mark.parametrize(
        "bad", ["not json", '{"a": ', '{"a": "\\x"}', "[1, 2]", '{"a" 1}', "-"]
    )
    def test_a_bad_line_ends_no_run(self, tmp_path: Path, bad: str) -> None:
        bench = Bench(tmp_path, "rules: [{id: odd, metric: bad_lines, above: 0}]\n")
        bench.trade(START, 10)
        words = ["--root", tmp_path, "--now", minutes(60).isoformat()]
        assert self.start(*words).returncode == 0
        for _ in range(3):  # as soon as the settings are settled, little is loaded
            time.sleep(0.1)
            bench.trade(START, 10)
            assert self.start(*words).returncode == 0
        with next((tmp_path / "logs/trades").glob("2*.jsonl")).open("a") as log:
            log.write(bad + "\n")
        done = self.start(*words)
        assert done.returncode == 2, done.stderr
        assert "(rule odd" in done.stderr

    def test_without_a_workspace_it_says_what_to_do(self) -> None:
        done = self.start()
        assert done.returncode == 3
        assert "--root" in done.stderr

    @pytest.mark.parametrize("news", [False, True])
    def test_imports_nothing_that_takes_long(self, tmp_path: Path, news: bool) -> None:
        bench = Bench(tmp_path, RULES)
        act(bench, STORY[0])
        time.sleep(0.1)  # files that have just been written are read again
        bench.run()
        act(bench, STORY[1])
        bench.run()  # leaves a copy of the configuration as it was parsed
        time.sleep(0.1)
        bench.run()
        if news:
            act(bench, STORY[2])
        script = """
            import sys
            before = set(sys.modules)
            from perfkit.alerts.cron import main
            main(sys.argv[1:])
            print(*sorted({name.split(".")[0] for name in set(sys.modules) - before}))
            """
        words = ["--root", str(tmp_path)]
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), *words],
            capture_output=True,
            text=True,
            check=True,
        )
        loaded = set(done.stdout.split())
        heavy = {"pandas", "numpy", "matplotlib", "IPython", "jupyter_client", "papermill"}
        assert not loaded & heavy
        slow = {"msgspec", "yaml", "pathlib", "argparse", "heapq", "datetime"}
        assert loaded & slow == set()
        if not news:
            light = {"decimal", "datetime", "json", "re", "contextlib", "typing"}
            assert not loaded & light


def test_quiet_run_reads_no_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, RULES)
    act(bench, STORY[0])
    time.sleep(0.1)
    bench.run(minutes(4))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a quiet run has nothing to do")

    monkeypatch.setattr("perfkit.alerts.check.check", refuse)
    assert bench.run(minutes(5)).code == 2
