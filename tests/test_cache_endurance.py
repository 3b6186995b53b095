"""The cache survives: crashes at every call that writes, full disks, flipped bytes, kills, crowds.

Each test ends by comparing what the next run says with what a run without a cache says.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfkit.book.store.freshness import nothing_new
from perfkit.book.verify import contents
from perfkit.config.workspace import CACHE, MANIFEST
from perfkit.desk.desk import open as open_desk
from perfkit.disk.sealed import VERSION, read_head, sealed_in_two, unsealed_in_two
from tests.conftest import CAMPAIGN, WriteWorkspace
from tests.unmeasured import leave

DAYS = ["2026-04-06", "2026-04-07"]

WRITING = ("open", "write", "fsync", "rename", "replace", "unlink", "utime", "mkdir")
"""The calls of `os` that change what is on disk."""


def line(number: int, day: str = DAYS[0], net: str = "1.5") -> str:
    record = {
        "timestamp": f"{day}T10:00:00Z",
        "exit_timestamp": f"{day}T{11 + number % 12}:{number % 60:02d}:00Z",
        "order_id": f"{day}-{number}",
        "symbol": "ABC"[number % 3],
        "net_profit_loss": net,
        "outcome": "win",
    }
    return json.dumps(record) + "\n"


@pytest.fixture
def root(workspace: WriteWorkspace) -> Path:
    return workspace(
        logs={
            f"logs/trades/{day}.jsonl": "".join(line(n, day, str(n - 3)) for n in range(8))
            for day in DAYS
        }
    )


def assert_right(root: Path) -> None:
    """The book with its cache equals the book without."""
    kept, cold = open_desk(root), open_desk(root, cached=False)
    for (what, one), (_, other) in zip(contents(kept.book), contents(cold.book), strict=True):
        assert one == other, what
    assert kept.summary("all").to_json() == cold.summary("all").to_json()


def change(root: Path, kind: str) -> None:
    """What the next run has to take in."""
    log = root / f"logs/trades/{DAYS[1]}.jsonl"
    if kind == "append":
        log.write_text(log.read_text() + line(99, DAYS[1]) + line(2, DAYS[1], "7"))
    elif kind == "rewrite":
        log.write_text(log.read_text().replace('"1"', '"11"') + "[]\n")
    elif kind == "delete":
        (root / f"logs/trades/{DAYS[0]}.jsonl").unlink()


class Crash(BaseException):
    """The process ends here."""


def injected(act: Callable[[str, Callable[..., object], tuple[object, ...]], object]) -> None:
    """Puts `act` in the way of every call that writes; `os.open` only where it may create."""

    def wrap(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            flags = args[1] if name == "open" and len(args) > 1 else os.O_CREAT
            if isinstance(flags, int) and not flags & os.O_CREAT:
                return real(*args, **kwargs)
            return act(name, lambda: real(*args, **kwargs), args)

        return call

    for name in WRITING:
        setattr(os, name, wrap(name, getattr(os, name)))


def in_child(run: Callable[[], None]) -> int:
    """Runs in a copy of this process; its exit code, 70 for a crash that was asked for."""
    child = os.fork()
    if child == 0:  # pragma: no cover  the child leaves no trace
        code = 99
        try:
            logging.disable()
            run()
            code = 0
        except Crash:
            code = 70
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            leave(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def calls_of(root: Path) -> int:
    """How many calls that write a run makes, found in a child that ends before the last takes."""
    reading, writing = os.pipe()

    def count() -> None:
        calls = 0

        def act(_: str, real: Callable[..., object], __: tuple[object, ...]) -> object:
            nonlocal calls
            calls += 1
            return real()

        real_write = os.write
        injected(act)
        open_desk(root).summary("all")
        real_write(writing, str(calls).encode())

    assert in_child(count) == 0
    os.close(writing)
    with os.fdopen(reading) as stream:
        return int(stream.read())


def crash_at(root: Path, number: int, *, after: bool) -> int:
    """A run that ends at the n-th call that writes, before or after it took effect."""

    def run() -> None:
        calls = 0

        def act(name: str, real: Callable[..., object], args: tuple[object, ...]) -> object:
            nonlocal calls
            calls += 1
            if calls == number:
                if after:
                    if name == "write" and isinstance(args[1], memoryview | bytes):
                        REAL_WRITE(args[0], bytes(args[1])[: len(args[1]) // 2])  # type: ignore[arg-type]
                    else:
                        with contextlib.suppress(OSError):
                            real()
                raise Crash
            return real()

        injected(act)
        open_desk(root).summary("all")

    return in_child(run)


REAL_WRITE = os.write

CHANGES = ["cold", "append", "rewrite", "delete"]


@pytest.fixture
def prepared(root: Path) -> Callable[[str], Path]:
    """A workspace whose cache knows the logs as they were before a change."""

    def prepare(kind: str) -> Path:
        if kind != "cold":
            open_desk(root).summary("all")
            change(root, kind)
        return root

    return prepare


def copies(root: Path, folder: Path) -> Iterator[Path]:
    """Fresh copies of a workspace, logs and cache, as often as asked."""
    number = 0
    while True:
        copy = folder / f"copy-{number}"
        subprocess.run(["cp", "-a", str(root), str(copy)], check=True)
        yield copy
        subprocess.run(["rm", "-rf", str(copy)], check=True)
        number += 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after half"])
def test_a_crash_at_any_call_that_writes_leaves_the_next_run_right(
    prepared: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    *,
    after: bool,
) -> None:
    root = prepared(kind)
    workspaces = copies(root, tmp_path_factory.mktemp("copies"))
    calls = calls_of(next(workspaces))
    assert calls > 5
    for number in range(1, calls + 1, 1 if CAMPAIGN else 3):
        copy = next(workspaces)
        assert crash_at(copy, number, after=after) == 70, number
        assert_right(copy)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cold", "append"])
def test_a_crash_while_recovering_from_a_crash_leaves_the_next_run_right(
    prepared: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory, kind: str
) -> None:
    root = prepared(kind)
    workspaces = copies(root, tmp_path_factory.mktemp("copies"))
    calls = calls_of(next(workspaces))
    for first in range(1, calls + 1, 1 if CAMPAIGN else 6):
        for second in range(1, calls + 1, 1 if CAMPAIGN else 3):
            copy = next(workspaces)
            assert crash_at(copy, first, after=True) == 70
            assert crash_at(copy, second, after=True) in (0, 70)
            assert_right(copy)


@pytest.mark.slow
@pytest.mark.parametrize("problem", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
@pytest.mark.parametrize("once", [True, False], ids=["once", "for good"])
@pytest.mark.parametrize("kind", ["cold", "append"])
def test_a_disk_that_fails_at_any_call_costs_no_figure(
    prepared: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
    *,
    kind: str,
    once: bool,
    problem: int,
) -> None:
    root = prepared(kind)
    workspaces = copies(root, tmp_path_factory.mktemp("copies"))
    calls = calls_of(next(workspaces))
    expected = open_desk(root, cached=False).summary("all").to_json()
    for number in range(1, calls + 1, 1 if CAMPAIGN else 3):
        copy = next(workspaces)

        def run(copy: Path = copy, number: int = number) -> None:
            seen = 0

            def act(_: str, real: Callable[..., object], __: tuple[object, ...]) -> object:
                nonlocal seen
                seen += 1
                if seen == number or (seen > number and not once):
                    raise OSError(problem, os.strerror(problem))
                return real()

            injected(act)
            assert open_desk(copy).summary("all").to_json() == expected

        assert in_child(run) == 0, number
        assert_right(copy)


@pytest.mark.slow
def test_short_writes_are_continued(root: Path) -> None:
    def run() -> None:
        def act(name: str, real: Callable[..., object], args: tuple[object, ...]) -> object:
            if name == "write":
                return REAL_WRITE(args[0], bytes(args[1])[:7])  # type: ignore[arg-type, call-overload]
            return real()

        injected(act)
        open_desk(root).summary("all")

    assert in_child(run) == 0
    before = {path: path.stat().st_mtime_ns for path in (root / CACHE).rglob("*.page")}
    assert before
    assert_right(root)
    assert {path: path.stat().st_mtime_ns for path in (root / CACHE).rglob("*.page")} == before


def test_an_unwritable_cache_costs_one_warning_and_no_figure(
    root: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    (root / "logs/performance").write_text("in the way")
    expected = open_desk(root, cached=False).summary("all").to_json()
    assert open_desk(root).summary("all").to_json() == expected
    (warning,) = caplog.records
    assert "cannot be written" in warning.getMessage()
    assert "figures are correct" in warning.getMessage()


@pytest.mark.slow
def test_a_byte_flipped_anywhere_in_the_cache_changes_no_figure(root: Path) -> None:
    expected = open_desk(root).summary("all").to_json()
    kept = {path: path.read_bytes() for path in (root / CACHE).rglob("*") if path.is_file()}
    assert {path.suffix for path in kept} == {"", ".page"}
    for harmed, good in kept.items():
        for place in range(0, len(good), 1 if CAMPAIGN else max(1, len(good) // 60)):
            for path in (root / CACHE).rglob("*.page"):
                path.unlink()
            for path, content in kept.items():
                path.write_bytes(content)
            flipped = bytes([good[place] ^ 1 << place % 8])
            harmed.write_bytes(good[:place] + flipped + good[place + 1 :])
            desk = open_desk(root)
            assert desk.summary("all").to_json() == expected, (harmed.name, place)
            assert len(desk.book.closed) == 16
            assert len(desk.book.last(3)) == 3


def test_a_cache_of_another_version_is_made_anew(root: Path) -> None:
    expected = open_desk(root).summary("all").to_json()
    manifest = root / CACHE / MANIFEST
    parts = unsealed_in_two(manifest.read_bytes())
    assert parts is not None
    head, body = parts
    manifest.write_bytes(sealed_in_two(("perfkit 0 none", *head[1:]), body))
    assert not nothing_new(str(root), "")
    assert open_desk(root).summary("all").to_json() == expected
    found = read_head(str(manifest))
    assert found is not None
    assert found[0][0] == VERSION


WRITER = """
import json, sys, time
from pathlib import Path
log, number = Path(sys.argv[1]), 0
with log.open("a") as stream:
    while True:
        at = f"2026-04-07T{number % 24:02d}:{number % 60:02d}:{number % 59:02d}Z"
        text = json.dumps({"timestamp": at, "exit_timestamp": at, "order_id": str(number % 50),
                           "symbol": "X", "net_profit_loss": str(number % 7 - 3)}) + "\\n"
        half = len(text) // 2
        stream.write(text[:half]); stream.flush()
        time.sleep(0.002)
        stream.write(text[half:]); stream.flush()
        number += 1
"""
REFRESH = """
import sys, logging
logging.disable()
from perfkit.desk.desk import open as open_desk
desk = open_desk(sys.argv[1])
while True:
    desk.refresh().summary("all")
"""


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """A bot writes meanwhile, in two halves each line."""
    log = root / f"logs/trades/{DAYS[1]}.jsonl"
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(log)])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50 if CAMPAIGN else 1))
def test_a_run_killed_at_any_moment_leaves_the_next_one_right(root: Path, seed: int) -> None:
    """A log of its own for every few kills: its trades have more lines, and cost more, in time."""
    moments = random.Random(seed)
    with writing(root):
        for _ in range(20 if CAMPAIGN else 12):
            run = subprocess.Popen([sys.executable, "-c", REFRESH, str(root)])
            time.sleep(0.15 + moments.random() / 5)
            assert run.poll() is None
            run.send_signal(signal.SIGKILL)
            run.wait()
            summary = open_desk(root).summary("all")
            assert summary.metrics["closed_trades"]
    assert_right(root)


@pytest.mark.slow
def test_many_processes_at_once_all_see_whole_states(root: Path) -> None:
    with writing(root):
        _crowd(root)
    assert_right(root)


def _crowd(root: Path) -> None:
    runs = [subprocess.Popen([sys.executable, "-c", REFRESH, str(root)]) for _ in range(8)]
    until = time.monotonic() + 3
    while time.monotonic() < until:
        book = open_desk(root).book
        for file in book.files:
            # Every byte read was parsed, ignored, blank, quarantined, or waits.
            assert sum(file.sizes) + file.waiting == file.bytes_read
        lines = sum(file.lines for file in book.files)
        assert lines >= 16
    for run in runs:
        assert run.poll() is None
        run.kill()
        run.wait()
