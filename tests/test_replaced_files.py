"""Something else in the place of a file of perfkit's own: never a hang, never a traceback.

Each run happens in a copy of this process that an alarm ends if it hangs.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from perfkit.alerts import cron
from perfkit.cli import main as cli
from perfkit.desk.desk import open as open_desk
from perfkit.disk.atomic import OLD_SECONDS, put_in_place, replace, sweep_temporaries
from tests.conftest import WriteWorkspace
from tests.unmeasured import leave

PERFORMANCE = "logs/performance"
CACHE = f"{PERFORMANCE}/cache"
LOG = "logs/trades/2026-04-08.jsonl"
RULES = "rules:\n  - {id: low, metric: win_rate, over: {trades: 2}, below: 0.5}\n"

TRACEBACK, HUNG = 99, 98


def line(number: int, net: str = "1") -> str:
    record = {
        "timestamp": "2026-04-08T09:00:00Z",
        "exit_timestamp": f"2026-04-08T10:{number:02d}:00Z",
        "order_id": str(number),
        "net_profit_loss": net,
    }
    return json.dumps(record) + "\n"


@pytest.fixture
def root(workspace: WriteWorkspace) -> Path:
    root = workspace(logs={LOG: line(1) + line(2, "-3") + "[]\n" + line(3, "-2")})
    (root / "config/alerts.yaml").write_text(RULES)
    assert run(root, "summary", "--window", "all")[0] == 0
    assert run(root, "alerts")[0] == 2
    return root


def run(root: Path, *command: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command; `alerts` alone is `perfkit-alerts`."""
    streams = [root / "stdout", root / "stderr"]
    child = os.fork()
    if child == 0:  # pragma: no cover  the child leaves no trace
        code = TRACEBACK
        try:
            signal.alarm(20)
            for number, path in enumerate(streams, start=1):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            import sys

            sys.stdout, sys.stderr = open(1, "w"), open(2, "w")  # noqa: SIM115
            if command == ("alerts",):
                code = cron.main(["--root", str(root)])
            else:
                code = cli.main([*command, "--root", str(root)])
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            leave(code)
    status = os.waitpid(child, 0)[1]
    code = HUNG if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)
    return code, streams[0].read_text(), streams[1].read_text()


def files_of(root: Path) -> dict[str, Path]:
    """A file of each kind, and the folders they are in."""
    cache = root / CACHE
    return {
        "manifest": cache / "manifest",
        "page": min((cache / "pages").iterdir()),
        "lock": cache / "lock",
        "configuration": cache / "perfkit.parsed",
        "quarantine": root / PERFORMANCE / "quarantine/bot.jsonl",
        "state": root / PERFORMANCE / "alerts.state",
        "heartbeat": root / PERFORMANCE / "alerts.heartbeat",
        "lock of the alerts": root / PERFORMANCE / "alerts.lock",
        "pages": cache / "pages",
        "cache": cache,
        "folder of the quarantine": root / PERFORMANCE / "quarantine",
    }


KINDS = [
    *("manifest", "page", "lock", "configuration", "quarantine"),
    *("state", "heartbeat", "lock of the alerts"),
    *("pages", "cache", "folder of the quarantine"),
]


def make_socket(path: Path) -> None:
    before = os.getcwd()
    os.chdir(path.parent)  # names of sockets are short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def make_huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1 << 40)


OTHERS: dict[str, Callable[[Path], object]] = {
    "a FIFO": os.mkfifo,
    "a folder": lambda path: path.mkdir(),
    "a folder with something in it": lambda path: (path / "a/b").mkdir(parents=True),
    "a socket": make_socket,
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a huge file": make_huge,
    "an empty file": lambda path: path.touch(),
    "other bytes": lambda path: path.write_bytes(b"\x80" * 5000),
}


@pytest.mark.slow
@pytest.mark.sampled(7)
@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_answers_or_says_in_one_line_what_is_in_its_way(
    root: Path, kind: str, other: str
) -> None:
    expected = open_desk(root, cached=False).summary("all").to_json()
    path = files_of(root)[kind]
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    OTHERS[other](path)
    asked = ("summary", "--window", "all", "--json")
    for command in (asked, ("alerts",), ("cache", "status"), ("cache", "verify"), asked):
        if command != asked:
            with (root / LOG).open("a") as stream:
                stream.write("\n")
        code, output, errors = run(root, *command)
        assert code in (0, 2, 3), (command, errors)
        assert len(errors.splitlines()) <= 3, (command, errors)
        if command == asked:
            assert (code, json.loads(output)["metrics"]) == (0, json.loads(expected)["metrics"])
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    assert run(root, *asked)[0] == 0
    assert open_desk(root).summary("all").to_json() == (
        open_desk(root, cached=False).summary("all").to_json()
    )


@pytest.mark.parametrize("kind", ["manifest", "page", "lock", "configuration", "quarantine"])
def test_a_fifo_in_the_place_of_a_file_is_replaced(root: Path, kind: str) -> None:
    path = files_of(root)[kind]
    path.unlink()
    os.mkfifo(path)
    with (root / LOG).open("a") as stream:
        stream.write(line(4, "-1"))
    code, _, errors = run(root, "summary", "--window", "all")
    assert code == 0
    assert "cannot be written" not in errors
    assert kind == "lock" or not path.is_fifo()


def test_two_pages_that_were_exchanged_are_noticed(root: Path) -> None:
    for number in range(4, 8):
        with (root / LOG).open("a") as stream:
            stream.write(line(number, str(number)))
        assert run(root, "summary", "--window", "all")[0] == 0
    pages = sorted((root / CACHE / "pages").iterdir())
    assert len(pages) > 1
    contents = [page.read_bytes() for page in pages]
    for page, content in zip(pages, contents[1:] + contents[:1], strict=True):
        page.write_bytes(content)
    assert open_desk(root).summary("all").to_json() == (
        open_desk(root, cached=False).summary("all").to_json()
    )


def test_the_cache_of_another_workspace_is_not_taken_over(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It has the same configuration and the same names, but other trades."""
    other = tmp_path_factory.mktemp("other") / "workspace"
    shutil.copytree(root, other)
    (other / LOG).write_text(line(1, "70") + line(2, "-30"))
    assert run(other, "summary", "--window", "all")[0] == 0
    shutil.rmtree(root / CACHE)
    shutil.copytree(other / CACHE, root / CACHE)
    assert open_desk(root).summary("all").metrics["net_pnl"] == -4


def permissions(root: Path) -> dict[str, int]:
    return {
        str(path.relative_to(root)): path.stat().st_mode & 0o777
        for path in (root / PERFORMANCE).rglob("*")
        if path.is_file() and not path.name.endswith(("lock", "heartbeat"))
    }


@pytest.mark.parametrize(
    ("log", "umask", "widest"),
    [
        (0o600, 0o022, 0o600),
        (0o640, 0o022, 0o640),
        (0o604, 0o022, 0o604),
        (0o644, 0o022, 0o644),
        (0o666, 0o000, 0o644),
        (0o644, 0o077, 0o600),
    ],
)
def test_nobody_may_read_what_was_made_from_a_log_who_may_not_read_the_log(
    workspace: WriteWorkspace, log: int, umask: int, widest: int
) -> None:
    root = workspace(logs={LOG: line(1) + line(2, "-3") + "[]\n" + line(3, "-2")})
    (root / "config/alerts.yaml").write_text(RULES)
    (root / LOG).chmod(log)
    before = os.umask(umask)
    try:
        assert run(root, "summary", "--window", "all", "--export")[0] == 0
        assert run(root, "alerts")[0] == 2
    finally:
        os.umask(before)
    found = permissions(root)
    assert {name for name, mode in found.items() if mode & ~widest} == set()
    assert found[f"{CACHE}/manifest"] == found[f"{PERFORMANCE}/quarantine/bot.jsonl"] == widest
    assert len(found) >= 6


def test_a_log_that_is_closed_to_others_later_closes_what_was_made_from_it(root: Path) -> None:
    assert {permissions(root)[f"{CACHE}/manifest"], *permissions(root).values()} >= {0o644}
    (root / LOG).chmod(0o600)
    assert run(root, "summary", "--window", "all")[0] == 0
    with (root / LOG).open("a") as stream:
        stream.write(line(4, "-1"))
    assert run(root, "alerts")[0] == 2
    assert {name for name, mode in permissions(root).items() if mode & 0o077} == set()


class TestTemporaries:
    """A file that a killed run was writing is removed by a later one, when nobody writes it."""

    def left(self, folder: Path, name: str, age: float) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f".{name}.4711-18a.tmp"
        path.write_text("half")
        os.utime(path, (time.time() - age,) * 2)
        return path

    @pytest.mark.parametrize(
        ("folder", "name"),
        [
            (CACHE, "manifest"),
            (f"{CACHE}/pages", "1-2.page"),
            (PERFORMANCE, "alerts.state"),
            (PERFORMANCE, "alerts.heartbeat"),
        ],
    )
    def test_at_once_under_a_lock(self, root: Path, folder: str, name: str) -> None:
        path = self.left(root / folder, name, 0)
        with (root / LOG).open("a") as stream:
            stream.write(line(4, "-1"))
        assert run(root, "summary", "--window", "all")[0] == 0
        assert run(root, "alerts")[0] == 2
        assert not path.exists()

    @pytest.mark.parametrize(
        ("folder", "name"),
        [
            (CACHE, "perfkit.parsed"),
            (f"{PERFORMANCE}/quarantine", "bot.jsonl"),
            (PERFORMANCE, "daily-summary-2026-04-08.json"),
        ],
    )
    def test_after_an_hour_without_one(self, root: Path, folder: str, name: str) -> None:
        old = self.left(root / folder, name, OLD_SECONDS + 60)
        new = self.left(root / folder, name + ".new", OLD_SECONDS - 60)
        with (root / LOG).open("a") as stream:
            stream.write(line(4, "-1") + "[1]\n")
        assert run(root, "summary", "--window", "all", "--export")[0] == 0
        assert not old.exists()
        assert new.exists()

    def test_nothing_else_is_removed(self, tmp_path: Path) -> None:
        others = [tmp_path / name for name in (".hidden", "x.tmp", ".y.tmp.bak")]
        for path in others:
            path.write_text("mine")
            os.utime(path, (0, 0))
        (tmp_path / ".folder.tmp").mkdir()
        os.symlink("nowhere", tmp_path / ".link.tmp")
        sweep_temporaries(str(tmp_path), "x")
        assert len(list(tmp_path.iterdir())) == len(others) + 2

    def test_what_a_killed_process_left_is_gone_after_the_next(self, tmp_path: Path) -> None:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover  it is killed

            def stop(_: object) -> None:
                os.write(writing, b"!")
                signal.pause()

            os.fsync = stop  # type: ignore[assignment]
            put_in_place(str(tmp_path / "a"), b"half")
            leave(0)
        assert os.read(reading, 1) == b"!"
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        (left,) = tmp_path.iterdir()
        assert replace(tmp_path / "b", "now")
        assert left.exists()  # it could be another process's
        os.utime(left, (0, 0))
        sweep_temporaries(str(tmp_path))
        assert [path.name for path in tmp_path.iterdir()] == ["b"]

    def test_two_processes_with_one_number_do_not_write_one_file(self, tmp_path: Path) -> None:
        """In two containers, both may be number 7."""
        names = set()
        real = os.replace

        def noted(one: str, other: str) -> None:
            names.add(one)
            real(one, other)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "replace", noted)
            patch.setattr(os, "getpid", lambda: 7)
            for _ in range(3):
                put_in_place(str(tmp_path / "a"), b"1")
        assert len(names) == 3
