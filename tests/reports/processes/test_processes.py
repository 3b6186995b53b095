"""Report runs that are made to fail: the last good report stays, and no process is left.

Processes are real and so are the signals. Every test ends with the same two questions.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from perfkit.reports.processes import kernel_server
from perfkit.reports.processes.output_limit import CUT, CUT_PRINT
from tests.reportkit import (
    CAMPAIGN,
    CHART,
    GLANCE,
    LOGS,
    OPEN,
    Tree,
    finish,
    kernels,
    notebook,
    pages,
    report,
    start,
    trade,
    until,
    write_workspace,
)

pytestmark = pytest.mark.slow

SLEEP = "open('../running', 'w').close()\nimport time; time.sleep(60)"
LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
large = bytearray(2**33)
"""
UNTIL_GO = "import os, time\nwhile not os.path.exists('../go'): time.sleep(0.01)"
STRAY = """
import subprocess, sys
code = "import time; open('../stray', 'w').close(); time.sleep(600)  # perfkit"
subprocess.Popen([sys.executable, "-c", code])
subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
"""
"""Processes that a notebook leaves behind, one of them in a session of its own."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_workspace(tmp_path_factory.mktemp("made") / "trading", LOGS)
    ran = report(root)
    assert (ran.code, ran.err) == (0, "")
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A workspace with a good report; after the test that is as it was, and nothing runs."""
    copy = Path(shutil.copytree(made, tmp_path / "trading"))
    before = pages(copy)
    yield copy
    until(lambda: not kernels(copy), seconds=5)
    assert pages(copy) == before


def write(root: Path, *cells: str) -> None:
    (root / "notebooks/daily.ipynb").write_text(notebook(*cells), encoding="utf-8")


def card(root: Path) -> str:
    return (root / "reports/failures/daily/2026-04-08.md").read_text(encoding="utf-8")


def processes(root: Path, of: str) -> list[int]:
    """The process ids of the runner, the kernel server or the kernel of a run under way."""
    found = []
    for pid in kernels(root):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        session = os.getsid(pid)
        if b"perfkit.reports.processes.kernel_server" not in command:
            kind = "runner" if os.getpgid(pid) == pid else "run"
        else:
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            is_server = (
                session == pid
                and b"perfkit.reports.processes.kernel_server" not in _command(parent)
            )
            kind = "kernel server" if is_server else "kernel"
        if kind == of:
            found.append(pid)
    return found


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_run_that_takes_too_long_is_ended_and_its_cell_named(root: Path) -> None:
    write(root, OPEN, GLANCE, "import time; time.sleep(60)", CHART)
    started = time.monotonic()
    ran = report(root, "--timeout", "4")
    assert time.monotonic() - started < 20
    assert (ran.code, ran.out) == (3, "")
    assert "it took longer than 4 s" in ran.err
    assert "- Cell: 4 of `daily.ipynb`" in card(root)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_signal_ends_the_run_and_whatever_it_started(root: Path, number: signal.Signals) -> None:
    write(root, STRAY, SLEEP)
    process = start("report", "daily", "--root", root)
    until((root / "stray").exists)
    until((root / "running").exists)
    assert len(kernels(root)) >= 5
    process.send_signal(number)
    ran = finish(process)
    assert ran.code == (-9 if number == signal.SIGKILL else 3)
    assert ran.out == ""


def test_kernel_server_is_woken_by_no_signal_once_its_sockets_are_gone() -> None:
    """Otherwise Python writes to a closed descriptor when a child dies, and never ends."""
    run, other = socket.socketpair()
    other.close()
    kernel_server._serve(run)
    assert (signal.set_wakeup_fd(-1), signal.getsignal(signal.SIGCHLD)) == (-1, signal.SIG_DFL)
    run.close()


@pytest.mark.parametrize("victim", ["runner", "kernel server", "kernel"])
def test_part_of_a_run_that_is_killed_fails_the_report(root: Path, victim: str) -> None:
    write(root, OPEN, GLANCE, SLEEP, CHART)
    process = start("report", "daily", "--root", root)
    until((root / "running").exists)
    (pid,) = processes(root, victim)
    os.kill(pid, signal.SIGKILL)
    ran = finish(process)
    assert (ran.code, ran.out) == (3, "")
    assert "SIGKILL" in ran.err
    assert "- Cell: 4 of `daily.ipynb`" in card(root)


def test_what_a_notebook_starts_does_not_outlive_a_good_run(root: Path) -> None:
    before = pages(root)
    write(root, OPEN, GLANCE, STRAY, CHART)
    assert report(root).code == 0
    until(lambda: not kernels(root), seconds=5)
    put_back(root, before)


def test_kernel_that_ends_after_the_last_cell_is_noticed(root: Path) -> None:
    write(
        root, OPEN, GLANCE, CHART, "import os, threading\nthreading.Timer(0, os._exit, [0]).start()"
    )
    ran = report(root)
    assert ran.code == 3
    assert "its kernel died" in ran.err


def test_kernel_that_crashes_says_where(root: Path) -> None:
    write(root, OPEN, "import ctypes; ctypes.string_at(0)")
    assert report(root).code == 3
    assert "its kernel died: it was killed by SIGSEGV" in card(root)
    assert "Segmentation fault" in card(root)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("raise MemoryError", "MemoryError; out of memory: choose a shorter period"),
        ("def f(): f()\n\nf()", "RecursionError: maximum recursion depth exceeded; a function c"),
        ("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL; if nobody did that, memory ran"),
        ("import os; os.kill(os.getpid(), 37)", "its kernel died: it was killed by signal 37"),
        ("raise ValueError('a\\udcffb')", "ValueError: a\ufffdb"),
        ("raise SystemExit('a\\udcffb')", "SystemExit: a\ufffdb"),
        ("raise ValueError('x' * 50_000_000)", "ValueError: xxxxxxxxxx"),
        (LIMITED, "MemoryError; out of memory: choose a shorter period"),
    ],
    ids=["memory", "recursion", "SIGKILL", "real-time signal", "name", "exit", "long", "RLIMIT_AS"],
)
def test_limit_that_was_reached_is_named_with_what_to_do(root: Path, cell: str, said: str) -> None:
    write(root, OPEN, cell, CHART)
    ran = report(root)
    assert (ran.code, ran.out) == (3, "")
    assert said in card(root).replace(r"\_", "_").replace(r"\(", "(")


def test_exception_that_ends_a_kernel_is_in_its_log(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("can't start new thread \udcff")

    monkeypatch.setattr(kernel_server, "_become_kernel", fail)
    run, other = socket.socketpair()
    kernels: dict[int, int] = {}
    with run, other:
        kernel_server._handle(run, {"start": 1, "folder": "f", "settings": {}}, kernels, ())
    (pid,) = kernels
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert r"RuntimeError: can't start new thread \udcff" in capfd.readouterr().err


def test_output_beyond_10_mb_is_cut_and_the_report_says_so(root: Path) -> None:
    before = pages(root)
    prints = "for n in range(300): print('y' * 1_000_000)"
    shows = "for n in range(40):\n    display('x' * 1_000_000)"
    write(root, OPEN, prints, shows, GLANCE, CHART)
    ran = report(root)
    assert (ran.code, ran.err) == (0, "")
    made = root / "reports/daily/2026-04-08"
    page = (made / "report.md").read_text(encoding="utf-8")
    assert CUT in page
    assert CUT_PRINT.strip() in page
    assert len(page) < 1_000_000
    assert (made / "report.ipynb").read_text(encoding="utf-8").count(CUT) == 1
    assert 18_000_000 < (made / "report.ipynb").stat().st_size < 21_000_000
    put_back(root, before)


@pytest.mark.parametrize("module", ["ipykernel", "matplotlib"])
def test_missing_kernel_fails_the_report_and_says_how_to_get_one(
    root: Path, tmp_path: Path, module: str
) -> None:
    fake = tmp_path / "fake"
    fake.mkdir()
    missing = f"raise ModuleNotFoundError(\"No module named '{module}'\", name='{module}')"
    (fake / f"{module}.py").write_text(missing)
    write(root, OPEN, GLANCE, CHART, "1")
    ran = report(root, env={**os.environ, "PYTHONPATH": str(fake)})
    assert (ran.code, ran.out) == (3, "")
    assert f"{module} is not installed; `pip install 'PERFKIT[reports]'` installs" in ran.err


@pytest.mark.parametrize("size", [1000, 20_000])
def test_full_disk_fails_the_report(root: Path, size: int) -> None:
    write(root, OPEN, GLANCE, CHART, "1")
    script = f"""if True:
        import resource, sys
        from perfkit.cli.main import main
        resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
        sys.exit(main(["report", "daily", "--root", sys.argv[1]]))
        """
    ran = subprocess.run(
        [sys.executable, "-c", script, str(root)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 3
    assert "File too large" in ran.stderr


def test_reports_folder_that_cannot_be_written_is_told(root: Path) -> None:
    good = root / "reports"
    good.rename(root / "aside")
    good.write_text("in the way")
    write(root, OPEN, GLANCE, CHART, "1")
    ran = report(root)
    assert (ran.code, ran.out) == (3, "")
    assert f"cannot write {good}" in ran.err
    good.unlink()
    (root / "aside").rename(good)


def test_kill_at_random_moments_leaves_the_old_or_the_new_report_and_no_process(
    made: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(made, tmp_path / "trading"))
    old = pages(root)
    with (root / "logs/trades/2026-04-08.jsonl").open("a") as log:
        log.write(trade("B3", "2026-04-08T12:00:00", "7"))
    started = time.monotonic()
    assert report(root).code == 0
    lasts = time.monotonic() - started
    new = pages(root)
    for turn in range(200 if CAMPAIGN else 6):
        put_back(root, old)
        process = start("report", "daily", "--root", root)
        time.sleep(random.uniform(0.05, 1.1) * lasts)
        process.send_signal(signal.SIGTERM if turn % 2 else signal.SIGKILL)
        ran = finish(process)
        assert ran.code in (0, 3, -9, -15), ran.err
        assert pages(root) in (old, new)
        until(lambda: not kernels(root), seconds=5)
    put_back(root, old)
    assert report(root).code == 0
    assert pages(root) == new
    assert not list((root / "reports").glob(".staging/*"))


def test_run_in_another_container_leaves_the_kernels_of_this_one_alone(
    root: Path, tmp_path: Path
) -> None:
    """There, the processes of this run have other numbers, or none."""
    apart = ["unshare", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs the right to make a PID namespace")
    before = pages(root)
    write(root, "open('../running', 'w').close()", UNTIL_GO, OPEN, GLANCE, CHART)
    process = start("report", "daily", "--root", root)
    until((root / "running").exists)
    other = write_workspace(tmp_path / "other", LOGS)
    words = [*apart, sys.executable, "-m", "perfkit", "report", "daily", "--root", str(other)]
    assert subprocess.run(words, check=False, capture_output=True).returncode == 0
    (root / "go").touch()
    ran = finish(process)
    assert (ran.code, ran.err) == (0, "")
    put_back(root, before)


def test_files_of_a_report_are_no_wider_than_the_umask_allows(root: Path, tmp_path: Path) -> None:
    before = pages(root)
    write(root, OPEN, GLANCE, CHART, UNTIL_GO)
    for name in ("reports", "logs/performance"):
        shutil.rmtree(root / name)
    process = start("report", "daily", "--html", "--root", root, umask=0o077)
    until(lambda: bool(kernels(root)) and (root / "reports/.staging").exists())
    staged = list((root / "reports").rglob("*"))
    (root / "go").touch()
    assert finish(process).code == 0
    assert report(root, "--date", "2026-04-06", umask=0o077).code == 0
    made = [path for name in ("reports", "logs/performance") for path in (root / name).rglob("*")]
    wide = [path for path in [*staged, *made] if path.exists() and path.stat().st_mode & 0o077]
    assert wide == []
    assert len(made) > 15
    put_back(root, before)


def test_next_run_removes_whatever_killed_ones_left(root: Path) -> None:
    reports = root / "reports"
    (reports / ".staging/daily-2026-04-08-4711").mkdir(parents=True)
    (reports / "failures/daily").mkdir(parents=True, exist_ok=True)
    (reports / ".README.md.4711.tmp").touch()
    (reports / "failures/daily/.2026-04-08.md.4711.tmp").touch()
    (reports / "mine.tmp").touch()
    assert report(root).code == 0
    left = [path.relative_to(reports).as_posix() for path in reports.rglob("*.tmp")]
    assert left == ["mine.tmp"]
    assert not (reports / ".staging").exists()


def listening(pids: Iterable[int]) -> list[str]:
    """The addresses of TCP and UDP sockets that those processes hold."""
    inodes = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                inodes.add(str(descriptor.readlink()).removeprefix("socket:[").rstrip("]"))
    tables = [f"/proc/net/{name}" for name in ("tcp", "tcp6", "udp", "udp6")]
    rows = [line.split() for name in tables for line in Path(name).read_text().splitlines()[1:]]
    return [row[1] for row in rows if row[9] in inodes]


def test_no_process_of_a_run_has_a_network_socket(root: Path) -> None:
    before = pages(root)
    forks = """
import multiprocessing, os
print(multiprocessing.get_context("fork").Pool(2).map(abs, [-1, 2]))
if not os.fork():
    print("from a fork")
    os._exit(0)
os.wait()
"""
    write(root, OPEN, GLANCE, CHART, forks, "open('../running', 'w').close()", UNTIL_GO)
    process = start("report", "daily", "--root", root)
    until((root / "running").exists)
    pids = kernels(root)
    assert len(pids) >= 4
    assert listening(pids) == []
    (root / "go").touch()
    ran = finish(process)
    assert (ran.code, ran.err) == (0, "")
    put_back(root, before)


def put_back(root: Path, tree: Tree) -> None:
    shutil.rmtree(root / "reports/daily")
    for name, body in tree.items():
        (root / "reports" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "reports" / name).write_bytes(body)
