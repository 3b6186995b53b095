"""Programs as sinks: real ones, that hang, fail, flood, vanish, or are killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from perfkit.alerts import event_log
from perfkit.alerts.sinks import delivery, worker
from perfkit.alerts.sinks.delivery import Delivery
from perfkit.alerts.sinks.outbox import start
from perfkit.alerts.sinks.progress import (
    SETTINGS,
    Progress,
    is_behind,
    load,
    lock_of,
    path_of,
    save,
)
from perfkit.alerts.sinks.sink import Sink
from perfkit.config.workspace import EVENT_LOG
from perfkit.disk.locks import try_lock
from perfkit.schemas.make import schemas
from tests.alerting import START, Bench, minutes
from tests.alerts.sinks.test_delivery import counted
from tests.alerts.sinks.test_outbox import append, numbered

RULES = """\
rules:
  - {id: loss, metric: net_pnl, over: {window: all}, below: -5}
"""
TAKES = "import sys; open('got', 'a').write(sys.stdin.read())"
HOUR = 3_600_000_000
DAY = 24 * HOUR


def sink(code: str = TAKES, timeout: float = 10, **fields: object) -> Sink:
    """A sink whose program is Python code, run in the workspace."""
    program = (sys.executable, "-S", "-c", code)
    made = Sink("pager", program, "", "", (), (), int(timeout * 1e6), "", DAY)
    return made._replace(**fields)  # type: ignore[arg-type]


def outbox_of(root: Path, *numbers: int) -> Path:
    """A workspace where those events wait for the sink."""
    root.mkdir(exist_ok=True)
    save(str(root), "pager", start(str(root), None, 0))
    append(root, *numbers)
    return root


def progress_of(root: Path) -> Progress:
    found = load(str(root), "pager")
    assert found is not None
    return found


def try_now(root: Path) -> None:
    """As if the time of the next attempt had come."""
    progress = progress_of(root)
    progress.next_try = 0
    save(str(root), "pager", progress)


def got(root: Path) -> list[str]:
    if not (root / "got").exists():
        return []
    return [json.loads(line)["id"] for line in (root / "got").read_text().splitlines()]


def until(found: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def running(mark: str) -> list[int]:
    """The processes that have that text in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if mark.encode() in words and state != "Z":
                found.append(int(entry.name))
    return found


def test_events_come_in_order_as_json(tmp_path: Path) -> None:
    worker.serve(str(outbox_of(tmp_path, 5, 6, 7)), sink())
    assert got(tmp_path) == ["id-5", "id-6", "id-7"]
    worker.serve(str(tmp_path), sink())
    assert len(got(tmp_path)) == 3


def test_failure_is_tried_again_later_and_holds_back_what_follows(tmp_path: Path) -> None:
    fails_once = (
        "import os, sys\n"
        "if not os.path.exists('failed'):\n"
        "    open('failed', 'w'); print('no', 'route'); sys.exit(1)\n" + TAKES
    )
    root = str(outbox_of(tmp_path, 5, 6))
    worker.serve(root, sink(fails_once))
    assert got(tmp_path) == []
    waits = progress_of(tmp_path)
    assert waits.attempts == 1
    assert 50e6 < waits.next_try - time.time() * 1e6 <= 60e6
    worker.serve(root, sink(fails_once))
    assert got(tmp_path) == []
    try_now(tmp_path)
    worker.serve(root, sink(fails_once))
    assert got(tmp_path) == ["id-5", "id-6"]
    assert progress_of(tmp_path).attempts == 0


def test_waits_double_up_to_an_hour(tmp_path: Path) -> None:
    root = str(outbox_of(tmp_path, int(time.time())))
    waits = []
    for _ in range(9):
        worker.serve(root, sink(program=("/nonexistent/program",)))
        waits.append(round((progress_of(tmp_path).next_try - time.time() * 1e6) / 60e6))
        try_now(tmp_path)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_clock_that_went_back_does_not_delay_for_longer(tmp_path: Path) -> None:
    progress = Progress()
    progress.failed(500 * DAY, HOUR)
    assert not progress.is_due(500 * DAY)
    assert progress.is_due(500 * DAY + HOUR)
    assert progress.is_due(100 * DAY)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import time; time.sleep(60)", "no answer within 0.5 s"),
        ("import os; os.write(1, b'x' * 10**8); os._exit(4)", "exit code 4: xxx"),
        ("while True: print('flood', flush=True)", "no answer within 0.5 s: "),
        ("import os; os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("import sys; sys.stdin.close(); sys.exit('closed')", "exit code 1: closed"),
    ],
    ids=["sleeps", "writes much", "floods", "dies", "does not read"],
)
@pytest.mark.slow
def test_failure_is_named_when_it_is_given_up(tmp_path: Path, code: str, said: str) -> None:
    root = str(outbox_of(tmp_path, 5))
    limit = 0.5 if "no answer" in said else 20
    began = time.monotonic()
    worker.serve(root, sink(code, timeout=limit, give_up_us=0))
    assert time.monotonic() - began < 20
    failed = event_log.read(root)[-1]
    assert failed["kind"] == "delivery_failed"
    assert said in failed["message"]
    assert len(failed["message"]) < 600


@pytest.mark.slow
def test_program_that_ignores_the_end_is_killed_with_what_it_started(tmp_path: Path) -> None:
    mark = f"perfkit-test-{os.getpid()}-{time.time_ns()}"
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    code = (
        "import subprocess, sys\n"
        f"code = {stubborn!r} + ' # {mark}'\n"
        "one = subprocess.Popen([sys.executable, '-S', '-c', code])\n" + stubborn
    )
    root = str(outbox_of(tmp_path, 5))
    began = time.monotonic()
    worker.serve(root, sink(code, timeout=1.5))
    assert time.monotonic() - began < 20
    until(lambda: running(mark) == [])


def test_missing_program_is_named(tmp_path: Path) -> None:
    root = str(outbox_of(tmp_path, 5))
    worker.serve(root, sink(program=("/nonexistent/program",), give_up_us=0))
    assert "cannot start /nonexistent/program: No such file" in event_log.read(root)[-1]["message"]


def test_what_waits_too_long_is_given_up_once_and_newer_events_still_come(tmp_path: Path) -> None:
    now = int(time.time())
    root = str(outbox_of(tmp_path, 5, 6))
    fails = sink("raise SystemExit(1)")
    worker.serve(root, fails)
    progress = progress_of(tmp_path)
    progress.failing_since, progress.next_try = (now - 90_000) * 1_000_000, 0
    progress.attempts = 40
    save(root, "pager", progress)
    append(tmp_path, now)
    before = Path(path_of(root, "pager")).read_bytes()
    worker.serve(root, fails)
    Path(path_of(root, "pager")).write_bytes(before)  # as if it had been killed before it saved
    worker.serve(root, fails)
    (failed,) = [one for one in event_log.read(root) if one["kind"] == "delivery_failed"]
    assert failed["reason"] == "pager"
    jsonschema.validate(failed, schemas()["alert-event.schema.json"])
    assert "2 events could not be delivered to sink pager within 1 d" in failed["message"]
    try_now(tmp_path)
    worker.serve(root, sink())
    assert got(tmp_path) == [f"id-{now}"]


def test_silenced_events_are_not_counted_among_those_given_up(tmp_path: Path) -> None:
    root = str(outbox_of(tmp_path, 5))
    of_rule = {"rule": "loss", "until": "1970-01-01T00:01:00Z"}
    event_log.append(root, [numbered(6) | of_rule | {"kind": "silenced"}, numbered(7) | of_rule])
    worker.serve(root, sink("raise SystemExit(1)"))
    progress = progress_of(tmp_path)
    assert progress.failing_since is not None
    progress.failing_since, progress.next_try, progress.attempts = 1, 0, 40
    save(root, "pager", progress)
    worker.serve(root, sink("raise SystemExit(1)"))
    assert "1 event could not be delivered" in event_log.read(root)[-1]["message"]


def test_filters(tmp_path: Path) -> None:
    bench = Bench(
        tmp_path,
        RULES
        + "  - {id: win, metric: win_rate, over: {trades: 2}, below: 1, severity: critical}\n",
    )
    bench.run(START)
    for minute in (1, 2):
        bench.trade(minutes(minute), -10)
    bench.run(minutes(5))
    for fields, expected in (
        ({}, ["loss", "win"]),
        ({"severity": "critical"}, ["win"]),
        ({"rules": ("loss",)}, ["loss"]),
        ({"kinds": ("baseline",)}, ["loss", "win"]),
        ({"kinds": ("resolved",)}, []),
    ):
        (tmp_path / "got").unlink(missing_ok=True)
        progress = start(str(tmp_path), 0, bench.event_log.stat().st_size)
        save(str(tmp_path), "pager", progress)
        worker.serve(str(tmp_path), sink(**fields))
        text = (tmp_path / "got").read_text() if (tmp_path / "got").exists() else ""
        assert [json.loads(line)["rule"] for line in text.splitlines()] == expected, fields


def test_template_is_what_a_program_reads(tmp_path: Path) -> None:
    root = str(outbox_of(tmp_path, 5))
    worker.serve(root, sink(template="{kind}: {message} [{severity}] {sources}"))
    assert (tmp_path / "got").read_text() == "clock_skew: event 5 [] \n"


def test_nothing_is_delivered_that_cannot_be_taken_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = str(outbox_of(tmp_path, 5))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(worker, "save", full)
    with pytest.raises(OSError, match="No space"):
        worker.serve(root, sink())
    assert got(tmp_path) == []


def test_second_process_leaves_the_sink_to_the_first(tmp_path: Path) -> None:
    root = str(outbox_of(tmp_path, 5))
    lock = try_lock(lock_of(root, "pager"))
    assert lock is not None
    worker.serve(root, sink())
    assert got(tmp_path) == []
    os.close(lock)


@pytest.mark.slow
def test_process_killed_at_any_call_that_writes_loses_no_event(tmp_path: Path) -> None:
    def served(root: Path, before: Callable[[str, int], object]) -> int:
        child = os.fork()
        if child == 0:  # pragma: no cover  the child leaves no trace
            counted(before)
            worker.serve(str(root), sink())
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    calls = tmp_path / "calls"
    whole = outbox_of(tmp_path / "whole", 5, 6)
    assert served(whole, lambda _, number: bool(calls.write_text(str(number + 1)))) == 0
    assert int(calls.read_text()) > 10
    for call in range(int(calls.read_text())):

        def kill(_: str, number: int, call: int = call) -> None:
            if number == call:
                os.kill(os.getpid(), signal.SIGKILL)

        root = outbox_of(tmp_path / str(call), 5, 6)
        assert served(root, kill) == -signal.SIGKILL
        worker.serve(str(root), sink())
        assert list(dict.fromkeys(got(root))) == ["id-5", "id-6"], call
        assert len(got(root)) <= 3


# -------------------------------------------------------------------------- started by a run


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A workspace whose processes end with the test."""
    yield Bench(tmp_path, RULES)
    for process in running(str(tmp_path)):
        os.kill(process, signal.SIGKILL)


def configured(bench: Bench, *codes: str, more: str = "") -> None:
    """Gives the workspace a sink for each program; they are named s0, s1 and so on."""
    lines = [RULES, "sinks:\n"]
    for number, code in enumerate(codes):
        path = bench.root / f"s{number}.py"
        path.write_text(code)
        command = json.dumps([sys.executable, "-S", str(path)])
        lines.append(f"  - {{name: s{number}, exec: {command}{more}}}\n")
    bench.rules("".join(lines))


@pytest.mark.slow
def test_slow_sink_delays_neither_the_run_nor_other_sinks(bench: Bench) -> None:
    configured(bench, "import time; time.sleep(60)", TAKES)
    bench.run(START)
    bench.trade(minutes(1), -10)
    command = [sys.executable, "-m", "perfkit.alerts.cron", "--root", str(bench.root)]
    began = time.monotonic()
    # As cron does, this waits for the end of both streams.
    done = subprocess.run(
        [*command, "--now", minutes(2).isoformat()], capture_output=True, text=True, check=False
    )
    assert time.monotonic() - began < 30
    assert (done.returncode, done.stderr.count("WARN")) == (2, 1)
    until(lambda: len(got(bench.root)) == 1)
    until(lambda: len(running(str(bench.root / "s0.py"))) == 1)
    assert bench.run(minutes(3)) == (2, "", "")
    time.sleep(0.5)
    assert len(running(str(bench.root / "s0.py"))) == 1


@pytest.mark.slow
def test_sink_killed_in_the_middle_gets_the_event_again(bench: Bench) -> None:
    hangs_once = (
        "import os, sys, time\n"
        "if not os.path.exists('hung'):\n"
        "    open('hung', 'w'); time.sleep(60)\n" + TAKES
    )
    configured(bench, hangs_once)
    bench.run(START)
    bench.trade(minutes(1), -10)
    bench.run(minutes(2))
    until((bench.root / "hung").exists)
    for process in running("perfkit.alerts.sinks.worker"):
        if str(bench.root) in Path(f"/proc/{process}/cmdline").read_text():
            os.kill(process, signal.SIGKILL)
    until(lambda: not any(running(f"worker\0{bench.root}")))
    assert bench.run(minutes(3)) == (2, "", "")
    until(lambda: len(got(bench.root)) == 1)


@pytest.mark.slow
def test_sink_that_is_taken_out_is_forgotten(bench: Bench) -> None:
    configured(bench, "raise SystemExit(1)")
    bench.run(START)
    assert Path(path_of(str(bench.root), "s0")).exists()
    bench.rules(RULES)
    bench.run(minutes(1))
    assert not Path(path_of(str(bench.root), "s0")).exists()


@pytest.mark.slow
def test_python_sink_is_an_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "packages"
    info = packages / "pagers-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pagers\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[perfkit.sinks]\nbeep = pagers:beep\n")
    (packages / "pagers.py").write_text(
        "def beep(event):\n    open('beeps', 'a').write(event['id'] + event.get('text', ''))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(packages))
    root = str(outbox_of(tmp_path, 5))
    worker.serve(root, sink(program=(), python="beep", template=" {message}"))
    assert (tmp_path / "beeps").read_text() == "id-5 event 5"
    append(tmp_path, 6)
    worker.serve(root, sink(program=(), python="boop", give_up_us=0))
    assert "no installed package has a sink boop" in event_log.read(root)[-1]["message"]


@pytest.mark.parametrize(
    ("attempts", "give_up_us"), [(0, DAY), (1, DAY), (15, DAY), (0, HOUR // 6), (2, HOUR // 6)]
)
def test_a_clock_that_jumps_gives_nothing_up(
    tmp_path: Path, attempts: int, give_up_us: int
) -> None:
    root = str(outbox_of(tmp_path, 5))
    for _ in range(attempts + 1):
        worker.serve(root, sink("raise SystemExit(1)", give_up_us=give_up_us))
        try_now(tmp_path)
    progress = progress_of(tmp_path)
    assert progress.failing_since is not None
    progress.failing_since -= 400 * DAY
    save(root, "pager", progress)
    worker.serve(root, sink("raise SystemExit(1)", give_up_us=give_up_us))
    assert len(event_log.read(root)) == 1
    try_now(tmp_path)
    worker.serve(root, sink())
    assert len(got(tmp_path)) == 1


def test_attempts_that_fit_into_the_time_are_made_before_an_event_is_given_up() -> None:
    tried = {minutes: worker._least_attempts(minutes * 60_000_000) for minutes in (1, 3, 10, 63)}
    assert tried == {1: 2, 3: 3, 10: 5, 63: 7}  # at minutes 0, 1, 3, 7, 15, 31 and 63


def test_a_clock_that_was_ahead_at_the_first_failure_does_not_put_off_giving_up() -> None:
    progress = Progress()
    progress.failed(500 * DAY, HOUR)
    progress.failed(DAY, HOUR)
    assert progress.failing_since == DAY


@pytest.mark.parametrize("passes", [{"severity": "critical"}, {"kinds": ("firing",)}])
def test_events_that_a_sink_no_more_wants_are_not_lost(
    tmp_path: Path, passes: dict[str, Any]
) -> None:
    root = str(outbox_of(tmp_path, 5))
    worker.serve(root, sink("raise SystemExit(1)"))
    for number in (6, 7):
        try_now(tmp_path)
        worker.serve(root, sink(**passes))
        append(tmp_path, number)
    assert [one["id"] for one in event_log.read(root)] == ["id-5", "id-6", "id-7"]


def test_that_events_are_lost_is_said_once_whatever_is_rotated_later(tmp_path: Path) -> None:
    root = str(outbox_of(tmp_path, 5))
    worker.serve(root, sink("raise SystemExit(1)"))
    log = tmp_path / EVENT_LOG
    log.unlink()
    found = []
    for number in (6, 7, 8):
        append(tmp_path, number)
        try_now(tmp_path)
        before = Path(path_of(root, "pager")).read_bytes()
        worker.serve(root, sink(kinds=("firing",)))
        found += [one["id"] for one in event_log.read(root)]
        os.replace(log, f"{log}.1")
        if number == 6:  # as if it had been killed before it saved
            Path(path_of(root, "pager")).write_bytes(before)
    assert len(found) == len(set(found)) == 4


@pytest.mark.parametrize("name", ["", "performance-alerts.jsonl.1.zst", "old/alerts.jsonl"])
@pytest.mark.parametrize("delivered", [[], [4]])
def test_events_whose_log_is_found_nowhere_are_said_to_be_lost(
    tmp_path: Path, delivered: list[int], name: str
) -> None:
    root = str(outbox_of(tmp_path, *delivered))
    worker.serve(root, sink("pass"))
    append(tmp_path, 5, 6)
    worker.serve(root, sink("raise SystemExit(1)"))
    log = tmp_path / EVENT_LOG
    if name:
        (log.parent / name).parent.mkdir(exist_ok=True)
        log.rename(log.parent / name)
    else:
        log.unlink()
    append(tmp_path, 7)
    for _ in range(3):
        try_now(tmp_path)
        worker.serve(root, sink("raise SystemExit(1)"))
    (failed,) = [one for one in event_log.read(root) if one["kind"] == "delivery_failed"]
    assert "pager yet are lost: the event log" in failed["message"]
    jsonschema.validate(failed, schemas()["alert-event.schema.json"])
    try_now(tmp_path)
    worker.serve(root, sink())
    assert got(tmp_path) == ["id-7"]  # and no news of itself


class TestProcessThatIsEnded:
    """By a service manager, or together with the container that it runs in."""

    def start(self, root: Path) -> None:
        """A run that finds nothing to evaluate, a while after the one before."""
        progress = progress_of(root)
        if progress.begun is not None:
            progress.begun -= 31_000_000
        progress.next_try = 0
        save(str(root), "pager", progress)
        Delivery(str(root), time.time_ns() // 1000).serve()

    def bench(self, root: Path, code: str) -> Bench:
        program = json.dumps([sys.executable, "-S", "-c", code])
        bench = Bench(root, f"{RULES}sinks:\n  - {{name: pager, exec: {program}}}\n")
        bench.run(START)
        self.ends(root)
        bench.trade(minutes(1), -10)
        bench.run(minutes(2))
        return bench

    def ends(self, root: Path) -> None:
        time.sleep(0.1)  # in the moment in which it begins, a process has no command line

        def is_free() -> bool:
            lock = try_lock(lock_of(str(root), "pager"))
            if lock is not None:
                os.close(lock)
            return lock is not None

        until(lambda: not running(str(root)) and is_free())

    def test_counts_as_an_attempt_that_failed(self, tmp_path: Path) -> None:
        self.bench(tmp_path, "import os; os.kill(os.getppid(), 9)")
        for attempts in (1, 2, 3):
            self.ends(tmp_path)
            self.start(tmp_path)  # sees it
            assert progress_of(tmp_path).attempts == attempts
            assert progress_of(tmp_path).next_try > time.time() * 1e6
            self.start(tmp_path)  # starts another

    def test_is_given_up_in_the_end(self, tmp_path: Path) -> None:
        bench = self.bench(tmp_path, "import os; os.kill(os.getppid(), 9)")
        self.ends(tmp_path)
        for _ in range(2):
            self.start(tmp_path)
        self.ends(tmp_path)
        progress = progress_of(tmp_path)
        assert progress.failing_since is not None
        progress.failing_since -= 2 * DAY
        progress.attempts = 40
        save(str(tmp_path), "pager", progress)
        self.start(tmp_path)
        failed = bench.events("delivery_failed")
        assert len(failed) == 1
        assert "ended before it was done" in failed[0]["message"]

    def test_one_that_delivers_is_no_such_attempt(self, tmp_path: Path) -> None:
        self.bench(tmp_path, TAKES)
        until(lambda: bool(got(tmp_path)))
        self.ends(tmp_path)
        progress = progress_of(tmp_path)
        assert (progress.begun, progress.attempts) == (None, 0)

    @pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"x")])
    def test_settings_that_are_lost_are_read_again(
        self, tmp_path: Path, damage: Callable[[Path], object]
    ) -> None:
        self.bench(tmp_path, f"import os; os.path.exists('down') and os._exit(1)\n{TAKES}")
        until(lambda: bool(got(tmp_path)))
        self.ends(tmp_path)
        (tmp_path / "down").touch()
        append(tmp_path, int(time.time()))
        self.start(tmp_path)
        self.ends(tmp_path)
        (tmp_path / "down").unlink()
        damage(tmp_path / SETTINGS)
        self.start(tmp_path)
        until(lambda: len(got(tmp_path)) == 2)

    @pytest.mark.parametrize("more", ["severity: critical", "kinds: [resolved]", "rules: [other]"])
    def test_what_its_sink_does_not_want_is_passed_over_by_the_run(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
    ) -> None:
        monkeypatch.setattr(delivery, "_spawn", lambda _: None)
        bench = Bench(
            tmp_path,
            f"{RULES}  - {{id: other, metric: net_pnl, over: {{window: all}}, below: -999}}\n"
            f"sinks:\n  - {{name: pager, exec: [x], give_up: 1s, {more}}}\n",
        )
        bench.run(START)
        bench.trade(minutes(1), -10)
        assert bench.run(minutes(2)).code == 2
        for _ in range(3):
            self.start(tmp_path)
        assert bench.events("delivery_failed") == []
        progress = progress_of(tmp_path)
        assert (progress.attempts, progress.begun) == (0, None)
        assert not is_behind(str(tmp_path), progress)

    def test_that_its_events_were_given_up_is_said_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivery, "_spawn", lambda _: None)
        bench = Bench(tmp_path, f"{RULES}sinks:\n  - {{name: pager, exec: [x], give_up: 1s}}\n")
        bench.run(START)
        bench.trade(minutes(1), -10)
        bench.run(minutes(2))
        for _ in range(8):
            progress = progress_of(tmp_path)
            if progress.failing_since is not None:
                progress.failing_since -= HOUR
                save(str(tmp_path), "pager", progress)
            self.start(tmp_path)
        (failed,) = bench.events("delivery_failed")
        assert "1 event could not be delivered" in failed["message"]
        assert not is_behind(str(tmp_path), progress_of(tmp_path))

    def test_a_run_within_seconds_does_not_count_it(self, tmp_path: Path) -> None:
        self.bench(tmp_path, "import os; os.kill(os.getppid(), 9)")
        self.ends(tmp_path)
        Delivery(str(tmp_path), time.time_ns() // 1000).serve()
        self.ends(tmp_path)
        assert progress_of(tmp_path).attempts == 0
