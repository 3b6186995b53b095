"""Whatever fails in a run, each event's line reaches standard error at least once, in order.

Each fault hits a process of its own, as under cron. One more run, without a fault, follows.
"""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from perfkit.alerts import commands, cron, event_log
from perfkit.alerts.sinks import delivery
from perfkit.alerts.sinks.lines import warning
from perfkit.alerts.sinks.progress import FOLDER, STDERR, path_of
from perfkit.alerts.sinks.sink import is_news
from perfkit.core.calendar import HOUR_US, instant_of
from perfkit.core.errors import OutputError
from perfkit.disk.sealed import sealed
from tests.alerting import START, Bench, minutes, ran
from tests.conftest import CAMPAIGN
from tests.unmeasured import leave

RULES = """\
metrics_file: true
rules:
  - {id: loss, metric: net_pnl, over: {window: all}, below: -5}
  - {id: rate, metric: win_rate, over: {trades: 2}, below: 0.5, severity: critical}
"""
CALLS = ("open", "write", "fsync", "rename", "replace", "makedirs", "mkdir")
ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS)
KILL = 0
STEP = 1 if CAMPAIGN else 3
"""Each so-manieth call of those that write is made to fail."""


class Cron(NamedTuple):
    """What cron sees of a run."""

    code: int
    err: str


def due(root: Path) -> Path:
    """A workspace whose next run, at minute 5, has two events."""
    bench = Bench(root, RULES)
    bench.run(START)
    for minute in (1, 2):
        bench.trade(minutes(minute), -10)
    return root


def counted(before: Callable[[str, int], object]) -> None:
    """Calls `before` ahead of each call of the system that writes, with its number from 0."""
    made = 0

    def guarded(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            nonlocal made
            if name == "open" and not args[1] & (os.O_WRONLY | os.O_RDWR):
                return real(*args, **kwargs)
            made += 1
            before(name, made - 1)
            return real(*args, **kwargs)

        return wrapped

    for name in CALLS:
        setattr(os, name, guarded(name, getattr(os, name)))


class FaultyStream:
    """Standard error, whose writes count as calls of the system too."""

    def __init__(self, number: int) -> None:
        self._number = number

    def write(self, text: str) -> int:
        return os.write(self._number, text.encode())

    def flush(self) -> None:
        return


def run_at(root: Path, minute: float, before: Callable[[str, int], None] | None = None) -> Cron:
    """A run in a copy of this process; `before` is called ahead of each call that writes."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover  the child leaves no trace
        os.close(reading)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  gone with the child
        sys.stderr = FaultyStream(writing)
        sys.argv = ["perfkit-alerts", "--root", str(root), "--now", minutes(minute).isoformat()]
        if before is not None:
            counted(before)
        os._exit = leave
        cron.program()
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        err = stream.read()
    return Cron(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), err)


def lines_of(root: Path) -> list[str]:
    """The line of each event in the log that is news."""
    return [f"perfkit-alerts: {warning(one)}" for one in event_log.read(str(root)) if is_news(one)]


def news_in(text: str) -> list[str]:
    """The lines of events, each where it came first."""
    return list(dict.fromkeys(line for line in text.splitlines() if " WARN " in line))


def calls_of(root: Path) -> int:
    """How many calls that write a run makes."""
    counter = root / "calls"

    def note(_: str, number: int) -> None:
        counter.write_text(str(number + 1))

    assert run_at(root, 5, note).code == 2
    return int(counter.read_text())


@pytest.mark.slow
@pytest.mark.sampled(3)
@pytest.mark.parametrize("fault", [KILL, *ERRORS], ids=["kill", "ENOSPC", "EIO", "EROFS"])
def test_line_of_each_event_comes_whatever_call_fails(tmp_path: Path, fault: int) -> None:
    calls = calls_of(due(tmp_path / "counted"))
    assert calls > 15
    expected = lines_of(tmp_path / "counted")
    assert len(expected) == 2
    root = due(tmp_path / "root")
    kept = shutil.copytree(root, tmp_path / "kept")
    for call in range(fault % STEP, calls, STEP):
        for lasts in (False, True) if fault else (False,):
            shutil.rmtree(root)
            shutil.copytree(kept, root)

            def fail(_: str, number: int, call: int = call, lasts: bool = lasts) -> None:
                if number == call or (lasts and number > call):
                    if fault == KILL:
                        os.kill(os.getpid(), 9)
                    raise OSError(fault, os.strerror(fault))

            first = run_at(root, 5, fail)
            assert first.code in ((-9,) if fault == KILL else (2, 3)), call
            second = run_at(root, 6)
            assert second.code == 2, call
            assert news_in(first.err + second.err) == expected, call
            assert lines_of(root) == expected
            assert run_at(root, 7) == (2, "")


@pytest.mark.slow
def test_first_run_that_is_killed_loses_no_line(tmp_path: Path) -> None:
    def made(root: Path) -> Path:
        bench = Bench(root, RULES)
        for minute in (1, 2):
            bench.trade(minutes(minute), -10)
        return root

    calls = calls_of(made(tmp_path / "counted"))
    expected = lines_of(tmp_path / "counted")
    assert len(expected) == 2
    for call in range(0, calls, STEP):
        root = made(tmp_path / str(call))

        def kill(_: str, number: int, call: int = call) -> None:
            if number == call:
                os.kill(os.getpid(), 9)

        first = run_at(root, 5, kill)
        assert news_in(first.err + run_at(root, 6).err) == expected, call
        Bench(root, RULES).trade(minutes(6), 100)
        run_at(root, 7)
        own = [*(root / "logs/performance").glob(".*"), *(root / FOLDER).glob(".*")]
        assert sorted(path.name for path in own) == [".metrics", ".settings"], call


def shell(root: Path, redirect: str, minute: int) -> subprocess.CompletedProcess[str]:
    now = minutes(minute).isoformat()
    command = f'exec "$0" -m perfkit.alerts.cron --root "$1" --now {now} {redirect}'
    return subprocess.run(
        ["sh", "-c", command, sys.executable, str(root)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("redirect", ["2>&-", "2>/dev/full", ">&- 2>&- <&-"])
def test_line_comes_with_the_next_run_when_nobody_could_get_it(
    tmp_path: Path, redirect: str
) -> None:
    root = due(tmp_path)
    assert shell(root, redirect, 5).returncode == 2
    expected = lines_of(root)
    assert len(expected) == 2
    assert shell(root, redirect, 6).returncode == 2
    later = shell(root, "", 7)
    assert (later.returncode, later.stderr.splitlines()) == (2, expected)
    assert shell(root, "", 8).stderr == ""


@pytest.mark.slow
def test_reader_that_has_gone_gets_the_line_from_a_later_run(tmp_path: Path) -> None:
    root = due(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "perfkit.alerts.cron", "--root", str(root)]
    done = subprocess.run([*command, "--now", minutes(5).isoformat()], stderr=writing, check=False)
    os.close(writing)
    assert done.returncode == 2
    assert shell(root, "", 6).stderr.splitlines() == lines_of(root)


@pytest.mark.slow
@pytest.mark.parametrize(
    "redirect", [">&-", ">&- <&-", ">/dev/full", "2>&-", "2>/dev/full", ">&- 2>&- <&-"]
)
def test_quiet_run_needs_no_streams(tmp_path: Path, redirect: str) -> None:
    bench = Bench(tmp_path, RULES)
    bench.run(START)
    assert shell(tmp_path, redirect, 1).returncode == 0


@pytest.mark.slow
@pytest.mark.sampled(3)
@pytest.mark.parametrize("redirect", ["2>&-", "2>/dev/full", ">&- 2>&- <&-", ">/dev/full"])
@pytest.mark.parametrize("words", ["--json", "--help", "--frequently", "--now x", "--root /none"])
def test_exit_code_is_never_1(tmp_path: Path, redirect: str, words: str) -> None:
    root = due(tmp_path)
    done = shell(root, f"{words} {redirect}", 5)
    assert done.returncode in (0, 2, 3)


def test_baseline_and_what_people_did_are_no_news(tmp_path: Path) -> None:
    from perfkit.cli.main import main

    bench = Bench(due(tmp_path), RULES)
    assert bench.run(minutes(5)).err.count("WARN") == 2
    root = ["--root", str(tmp_path)]
    assert main(["alerts", "ack", "rate", *root]) == 0
    assert main(["alerts", "silence", "loss", "--for", "2h", *root]) == 0
    assert main(["alerts", "unsilence", "loss", *root]) == 0
    assert bench.run().err == ""


@pytest.mark.parametrize("damage", [b"", b"x", None], ids=["empty", "not ours", "gone"])
def test_lost_progress_repeats_nothing_older_than_the_last_run(
    tmp_path: Path, damage: bytes | None
) -> None:
    bench = Bench(due(tmp_path), RULES)
    assert bench.run(minutes(5)).err.count("WARN") == 2
    assert bench.run(minutes(6)).err == ""
    progress = Path(path_of(str(tmp_path), STDERR))
    if damage is None:
        progress.unlink()
    else:
        progress.write_bytes(damage)
    assert bench.run(minutes(7)).err == ""
    bench.trade(minutes(8), 100)
    assert bench.run(minutes(9)).err.count("WARN") == 2


def test_lines_of_silenced_rules_are_passed_over_for_good(tmp_path: Path) -> None:
    bench = Bench(tmp_path, RULES)
    bench.run(START)
    commands.silence(tmp_path, "loss", 2 * HOUR_US, instant_of(START))
    for minute in (1, 2):
        bench.trade(minutes(minute), -10)
    first = bench.run(minutes(5))
    assert [line.split()[2:4] for line in first.err.splitlines()] == [["critical", "firing:"]]


def test_alerts_by_hand_with_closed_stderr_leave_the_lines_to_the_next_run(tmp_path: Path) -> None:
    root = due(tmp_path)
    now = minutes(5).isoformat()
    command = f'exec "$0" -m perfkit alerts check --root "$1" --now {now} 2>&-'
    done = subprocess.run(["sh", "-c", command, sys.executable, str(root)], check=False)
    assert done.returncode == 2
    again = ran(["--root", str(root), "--now", minutes(6).isoformat()])
    assert again.err.splitlines() == lines_of(root)


def test_quiet_run_delivers_what_waits_without_evaluating_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = due(tmp_path)
    time.sleep(0.1)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", None)
        assert cron.main(["--root", str(root), "--now", minutes(5).isoformat()]) == 2

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a quiet run has nothing to do")

    monkeypatch.setattr("perfkit.alerts.check.check", refuse)
    later = ran(["--root", str(root), "--now", minutes(6).isoformat()])
    assert (later.code, later.err.splitlines()) == (2, lines_of(root))
    assert ran(["--root", str(root), "--now", minutes(7).isoformat()]) == (2, "", "")


@pytest.mark.parametrize("error", [OSError(28, "No space"), OutputError("x", "y"), IndexError("x")])
def test_lines_come_whatever_becomes_of_a_sink(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    sinks = "sinks: [{name: a, exec: [x]}, {name: b, exec: [x]}]\n"
    monkeypatch.setattr(delivery, "_spawn", lambda _: None)
    bench = Bench(tmp_path, RULES + sinks)
    bench.run(START)
    for minute in (1, 2):
        bench.trade(minutes(minute), -10)
    started = []

    def refuse(words: list[str]) -> None:
        started.append(words[-1])
        raise error

    monkeypatch.setattr(delivery, "_spawn", refuse)
    found = bench.run(minutes(5))
    assert found.err.count("WARN") == 2
    assert started == ["a", "b"]
    assert (found.code == 3, "a bug in perfkit" in found.err) == (
        (True, True) if isinstance(error, IndexError) else (False, False)
    )


@pytest.mark.parametrize(
    "content", [("sink 1", 5), ("sink 1",), ("settings 1",), ("settings 1", 5, 6, 7)]
)
@pytest.mark.parametrize("name", ["stderr", "pager", ".settings"])
def test_odd_files_of_sinks_keep_no_line_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: tuple[object, ...]
) -> None:
    monkeypatch.setattr(delivery, "_spawn", lambda _: None)
    bench = Bench(tmp_path, RULES + "sinks: [{name: pager, exec: [x]}]\n")
    bench.run(START)
    for minute in (1, 2):
        bench.trade(minutes(minute), -10)
    (tmp_path / FOLDER / name).write_bytes(sealed(content))
    found = bench.run(minutes(5))
    assert (found.code, found.err.count("WARN")) == (2, 2)
    assert bench.run(minutes(6)) == (2, "", "")
