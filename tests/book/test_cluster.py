"""A Dask cluster reads what one process reads, whatever happens to its parts."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.book import cluster, dispatch, joint_days, parallel
from perfkit.book.verify import contents
from perfkit.cli import main as cli
from perfkit.core.errors import ClusterError, WorkerError
from tests.clusterkit import FILES, Parts, days_of_logs, line, parts, stopped, wait_until
from tests.conftest import CAMPAIGN, WriteWorkspace

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _little_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "PARALLEL_BYTES", 0)
    monkeypatch.setattr(parallel, "MOST_BYTES", 2000)
    monkeypatch.setattr(joint_days, "ROWS", 0)
    monkeypatch.setattr(dispatch, "WAIT_SECONDS", 0.05)


@pytest.fixture
def root(workspace: WriteWorkspace) -> Path:
    return workspace(logs=days_of_logs())


@pytest.fixture
def shared(workspace: WriteWorkspace) -> Path:
    """Two sources that have trades on the same days."""
    logs = {
        name.replace("trades", f"bots/{bot}"): text
        for bot in "ab"
        for name, text in days_of_logs().items()
    }
    return workspace('sources: [{path: "logs/bots/{source}/", currency: USD}]\n', logs)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A cluster of two workers, which no test harms."""
    with parts(tmp_path_factory.mktemp("cluster"), workers=2) as made:
        yield made


def figures(root: Path, **options: Any) -> str:
    return perfkit.open(root, **options).summary("all").to_json()


def forget(root: Path) -> None:
    shutil.rmtree(root / "logs/performance")


def test_one_process_a_pool_and_a_cluster_make_the_same_book(root: Path, two: Parts) -> None:
    expected = list(contents(perfkit.open(root, cached=False, jobs=1).book))
    for options in ({"jobs": 2}, {"executor": two.address}, {"executor": two.address}):
        book = perfkit.open(root, **options).book
        assert list(contents(book)) == expected
        assert (book.activity.lines, book.activity.rebuilt) == (FILES * 31, FILES)
        assert perfkit.open(root).book.activity.hit == FILES
        forget(root)
    with (root / "logs/trades/2026-04-09.jsonl").open("a") as log:
        log.write(line("new", "2026-04-09T23:00:00Z", "3"))
    assert figures(root, executor=two.address) == figures(root, cached=False, jobs=1)


def test_days_that_sources_share_are_made_by_the_cluster(
    shared: Path, two: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = list(contents(perfkit.open(shared, cached=False, jobs=1).book))

    def never(*_: object) -> None:
        raise AssertionError("a joint day is made here")

    monkeypatch.setattr(joint_days.JointDays, "_made", never)
    desk = perfkit.open(shared, executor=two.address)
    assert list(contents(desk.book)) == expected
    assert list(contents(perfkit.open(shared).book)) == expected


def test_commands_take_the_address_of_a_cluster(
    root: Path, two: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--root", str(root), "--window", "all", "--json"]
    assert cli.main(["summary", *asked, "--no-cache"]) == 0
    expected = capsys.readouterr().out
    assert cli.main(["summary", *asked, "--cluster", two.address]) == 0
    assert capsys.readouterr().out == expected
    for action in ("rebuild", "verify"):
        assert cli.main(["cache", action, "--root", str(root), "--cluster", two.address]) == 0
    assert "the cache matches the logs" in capsys.readouterr().out
    assert cli.main(["cache", "status", "--root", str(root), "--cluster", two.address]) == 3
    assert "--cluster goes with verify and rebuild" in capsys.readouterr().err


def test_a_client_does_as_well_as_an_address(root: Path, two: Parts) -> None:
    from distributed import Client

    with Client(two.address, set_as_default=False) as client:
        assert figures(root, executor=client) == figures(root, cached=False, jobs=1)
        forget(root)
        assert figures(root, executor=client.get_executor(), jobs=2) == figures(root, cached=False)


@pytest.mark.parametrize("workspace_of", ["root", "shared"])
def test_workers_killed_at_random_change_nothing(
    workspace_of: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Two of three workers each time; those that come instead are there before the next one."""
    root: Path = request.getfixturevalue(workspace_of)
    expected = figures(root, cached=False, jobs=1)
    with parts(tmp_path, workers=3) as made:
        executor = _connected(made)
        for _ in range(50 if CAMPAIGN else 2):
            doomed = made.workers[-2:]
            killers = [threading.Timer(random.uniform(0, 0.5), one.kill) for one in doomed]
            for killer in killers:
                killer.start()
            shutil.rmtree(root / "logs/performance", ignore_errors=True)
            assert figures(root, executor=executor) == expected
            for killer, worker in zip(killers, doomed, strict=True):
                killer.join()
                worker.wait()
            assert figures(root) == expected
            for _ in doomed:
                made.add_worker()
            wait_until(lambda: executor.workers == 3)
        executor.shutdown()


def test_a_worker_that_dies_has_its_part_done_by_another(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with parts(tmp_path, workers=2) as made:
        executor = _connected(made)
        stopped(made.workers[0])
        threading.Timer(0.5, made.workers[0].kill).start()
        found = figures(root, executor=executor)
        executor.shutdown()
        assert found == figures(root, cached=False, jobs=1)
        assert caplog.messages == []


def test_what_the_last_worker_leaves_is_done_by_this_process(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 0.5)
    with parts(tmp_path, workers=1) as made:
        executor = _connected(made)
        stopped(made.workers[0])
        threading.Timer(0.5, made.workers[0].kill).start()
        desk = perfkit.open(root, executor=executor)
        assert desk.summary("all").to_json() == figures(root, cached=False, jobs=1)
    assert f"the cluster at {made.address} has no worker any more; this process does" in caplog.text


def test_a_scheduler_that_goes_away_leaves_the_rest_to_this_process(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 1.0)
    with parts(tmp_path, workers=1) as made:
        executor = _connected(made)
        stopped(made.workers[0])
        assert made.scheduler is not None
        threading.Timer(0.5, made.scheduler.kill).start()
        assert figures(root, executor=executor) == figures(root, cached=False, jobs=1)
        executor.shutdown()
    assert [text for text in caplog.messages if "workers were lost" in text]


def _connected(made: Parts) -> cluster.Cluster:
    """A cluster whose workers have been asked already, for they will not answer."""
    executor = cluster.Cluster(made.address)
    assert executor.workers == len(made.workers)
    return executor


def test_a_worker_of_another_version_is_refused_by_name(root: Path, tmp_path: Path) -> None:
    with parts(tmp_path, workers=1) as made:
        made.add_worker("import perfkit\nperfkit.__version__ = '9.9'\n")
        _wait_for(made, 2)
        said = r"worker tcp://127\.0\.0\.1:\d+: it is perfkit 9\.9 .*, and this is perfkit "
        with pytest.raises(WorkerError, match=said):
            figures(root, executor=made.address)
    assert not (root / "logs/performance/cache/manifest").exists()


def test_a_worker_without_perfkit_is_refused_by_name(root: Path, tmp_path: Path) -> None:
    with parts(tmp_path) as made:
        made.add_worker("import sys\nsys.modules['perfkit'] = None\n")
        _wait_for(made, 1)
        said = r"worker tcp://127\.0\.0\.1:\d+: it cannot run perfkit \(.*perfkit.*\); install"
        with pytest.raises(WorkerError, match=said):
            figures(root, executor=made.address)


def test_a_worker_without_the_files_is_named(root: Path, two: Parts) -> None:
    """The path leads by way of a descriptor, which the workers do not have."""
    folder = os.open(root, os.O_RDONLY)
    own = os.dup2(folder, 900)
    try:
        said = r"worker process \d+ on \S+: it does not see /dev/fd/900/logs/trades/\S+; mount"
        with pytest.raises(WorkerError, match=said):
            figures(Path("/dev/fd/900"), executor=two.address)
    finally:
        os.close(own)
        os.close(folder)


def test_an_address_where_nothing_is_or_no_worker_is_an_error(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 0.5)
    for address in ("tcp://127.0.0.1:9", "gibberish:x", "scheduler"):
        with pytest.raises(ClusterError, match=f"cluster {address}: cannot be reached .*8786"):
            figures(root, executor=address)
    with (
        parts(tmp_path) as made,
        pytest.raises(ClusterError, match="it has had no worker for 0 s; start some"),
    ):
        figures(root, executor=made.address)


def test_nothing_new_needs_no_cluster(root: Path) -> None:
    expected = figures(root)
    assert figures(root, executor="tcp://127.0.0.1:9") == expected


OF_A_COMMAND = (
    "import sys",
    "from perfkit.book import cluster, parallel",
    "from perfkit.cli.main import main",
    "parallel.PARALLEL_BYTES, cluster.ANSWER_SECONDS = 0, 0.5",
    "sys.exit(main(sys.argv[1:]))",
)


def test_the_interrupt_key_ends_a_command_and_cancels_its_work(root: Path, tmp_path: Path) -> None:
    script = "; ".join(OF_A_COMMAND)
    with parts(tmp_path, workers=1) as made:
        words = ["summary", "--root", str(root), "--cluster", made.address]
        command = subprocess.Popen(
            [sys.executable, "-c", script, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        executor = _connected(made)
        client = executor._connected()
        stopped(made.workers[0])
        wait_until(lambda: bool(client.run_on_scheduler(_unfinished)))
        command.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, err = command.communicate(timeout=30)
        assert time.monotonic() - began < 10
        assert (command.returncode, out) == (3, "")
        assert err == "perfkit: interrupted; no file was left half written\n"
        wait_until(lambda: not client.run_on_scheduler(_unfinished))
        executor.shutdown()
    assert figures(root) == figures(root, cached=False)


def _unfinished(dask_scheduler: Any) -> int:
    return len(dask_scheduler.tasks)


def _wait_for(made: Parts, workers: int) -> None:
    from distributed import Client

    with Client(made.address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=30)
