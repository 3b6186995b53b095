"""Reports made by the workers of a real cluster keep every promise of those made here."""

from __future__ import annotations

import pickle
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfkit.config.settings import load
from perfkit.desk.desk import Desk
from perfkit.disk.sealed import VERSION
from perfkit.reports.model import Models, versions
from perfkit.reports.processes import report_task
from perfkit.reports.processes.report_task import PULSE, ReportOrder, made
from perfkit.reports.processes.runner import ReportJob
from perfkit.reports.run import ReportSettings, Wanted, read_model
from tests.clusterkit import Parts, parts
from tests.reportkit import (
    LOGS,
    Ran,
    finish,
    is_clean,
    kernels,
    notebook,
    pages,
    start,
    until,
    write_workspace,
)

SLOW = notebook("import time, perfkit\ntime.sleep(4)\nperfkit.open(root).glance('daily', date)")
BROKEN = notebook("1 / 0")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A cluster of two workers, which no test harms."""
    with parts(tmp_path_factory.mktemp("cluster"), workers=2) as made:
        yield made


def days(root: Path, *words: object) -> Ran:
    """Runs the reports of two days to their end."""
    span = ("--from", "2026-04-07", "--to", "2026-04-08")
    return finish(start("report", "daily", *span, "--root", root, *words))


@pytest.mark.slow
def test_reports_of_a_cluster_are_those_of_this_machine_and_the_last_good_one_stays(
    tmp_path: Path, two: Parts
) -> None:
    root = write_workspace(tmp_path, LOGS)
    here = days(root)
    assert here.code == 0, here.err
    known = pages(root)
    assert len(known) > 8
    there = days(root, "--cluster", two.address, "--force")
    assert (there.code, there.err) == (0, "")
    assert pages(root) == known
    again = days(root, "--cluster", "tcp://127.0.0.1:1")  # what is unchanged asks no cluster
    assert (again.code, again.err) == (0, "")
    (root / "notebooks/daily.ipynb").write_text(BROKEN)
    failed = days(root, "--cluster", two.address)
    assert failed.code == 3
    assert failed.err.count("failed: ZeroDivisionError: division by zero; the earlier report") == 2
    assert pages(root) == known
    assert len(list((root / "reports/failures/daily").glob("*.md"))) == 2
    assert is_clean(root)


@pytest.mark.slow
def test_a_worker_that_dies_has_its_report_made_by_another(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "work", LOGS, SLOW)
    with parts(tmp_path, workers=2) as made_here:
        run = start(
            "report", "daily", "--date", "2026-04-08", "--root", root,
            "--cluster", made_here.address,
        )  # fmt: skip
        until(lambda: bool(list((root / "reports/.staging").glob("daily-2026-04-08-*-*"))), 60)
        (working,) = [one for one in made_here.workers if has_child(one.pid)]
        working.kill()
        done = finish(run)
    assert done.code == 0, done.err
    assert "lost" not in done.err
    assert (root / "reports/daily/2026-04-08/report.md").exists()
    until(lambda: is_clean(root))


def has_child(pid: int) -> bool:
    """Whether a worker is making a report."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            if b"report_task" in Path(f"/proc/{child}/cmdline").read_bytes():
                return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_ends_leaves_no_process_on_any_worker(
    tmp_path: Path, two: Parts, end: signal.Signals
) -> None:
    root = write_workspace(tmp_path, LOGS, SLOW.replace("sleep(4)", "sleep(100)"))
    words = ("report", "daily", "--date", "2026-04-08", "--root", root, "--cluster", two.address)
    run = start(*words)
    until(lambda: len(kernels(root)) > 2, 60)
    run.send_signal(end)
    assert finish(run).code == (-9 if end == signal.SIGKILL else 3)
    if end == signal.SIGKILL:  # the next run removes what this one staged
        (root / "notebooks/daily.ipynb").write_text(notebook("import perfkit"))
        finish(start("report", "daily", "--date", "2026-04-07", "--root", root))
    until(lambda: is_clean(root), 20)
    assert not (root / "reports/daily/2026-04-08").exists()


@pytest.mark.slow
def test_a_cluster_that_goes_away_leaves_the_rest_to_this_process(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "work", LOGS, SLOW)
    with parts(tmp_path, workers=1) as made_here:
        run = start(
            "report", "daily", "--from", "2026-04-07", "--to", "2026-04-08", "--root", root,
            "--cluster", made_here.address,
        )  # fmt: skip
        until(lambda: len(kernels(root)) > 2, 60)
        assert made_here.scheduler is not None
        made_here.scheduler.kill()
        made_here.workers[0].kill()
        done = finish(run)
    assert done.code == 0, done.err
    assert "what is left is made by this process" in done.err
    assert len(list((root / "reports/daily").iterdir())) == 2
    until(lambda: is_clean(root))


def order_of(root: Path, pulse: str = "this run") -> ReportOrder:
    """What a worker is asked for one report."""
    models = Models(Desk(load(root)), {})
    wanted = Wanted("daily", models.window("daily", "2026-04-08").last_day)
    staging = root / "reports/.staging/daily-x"
    staging.mkdir(parents=True)
    (staging.parent / PULSE).write_text(pulse)
    job = ReportJob(read_model(models, wanted, ReportSettings("")), staging, html=True)
    return ReportOrder(job, b"{}", root, True, 60.0, "this run", versions())


def test_a_worker_that_sees_another_folder_or_has_other_packages_refuses(tmp_path: Path) -> None:
    order = order_of(write_workspace(tmp_path / "a", LOGS))
    assert report_task._refusal(order) is None
    other = report_task._refusal(order._replace(versions=("Python 2",)))
    assert other is not None
    assert other.is_refused
    assert "other packages are installed there" in other.problem
    elsewhere = order_of(write_workspace(tmp_path / "b", LOGS), pulse="another run")
    refused = report_task._refusal(elsewhere)
    assert refused is not None
    assert refused.problem == f"it does not see {tmp_path}/b/reports/.staging"


def test_a_worker_of_another_version_refuses() -> None:
    answer = made("perfkit 0", b"")
    assert answer.is_refused
    assert "and this is perfkit 0" in answer.problem


@pytest.mark.slow
def test_a_process_whose_run_is_silent_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_workspace(tmp_path, LOGS, SLOW.replace("sleep(4)", "sleep(100)"))
    order = order_of(root)
    monkeypatch.setattr(subprocess, "Popen", _with_short_silence)
    began = time.monotonic()
    answer = made(VERSION, pickle.dumps(order))
    assert answer.message == b""
    assert time.monotonic() - began < 30
    until(lambda: not kernels(root))


_popen = subprocess.Popen


def _with_short_silence(words: list[str], **settings: Any) -> subprocess.Popen[bytes]:
    short = "import perfkit.reports.processes.report_task as t; t.SILENT_SECONDS = 1.0; "
    code = words[2].replace("import main; ", f"import main; {short}")
    return _popen([*words[:2], code, *words[3:]], **settings)
