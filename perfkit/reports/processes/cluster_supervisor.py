"""Reports made by the workers of a cluster, one notebook a task.

    what happens                                    what is done
    ----------------------------------------------  ----------------------------------------------
    a worker dies                                   the executor gives its report to another one
    the cluster goes away                           what has no answer is made here, with a warning
    a worker has other versions, or does not see    `WorkerError` names it; published reports stay
      the folder of reports
    the run ends or is killed                       what workers still make ends by itself

Workers fill folders below the staging folder, which they share. A folder is put in its place here,
so whoever made it, a report is published by the process that holds the lock.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path

import msgspec

from perfkit.book.dispatch import Executor, workers_of
from perfkit.core import log
from perfkit.core.errors import WorkerError
from perfkit.disk.sealed import VERSION
from perfkit.reports.model import versions
from perfkit.reports.processes.report_task import PULSE, ReportAnswer, ReportOrder, made
from perfkit.reports.processes.runner import ReportJob, RunnerMessage
from perfkit.reports.processes.supervisor import Finished, Supervisor

WAIT_SECONDS = 1.0


class ClusterSupervisor:
    """Makes reports inside a `with` block; leaving it ends whatever is still made."""

    def __init__(self, local: Supervisor, executor: Executor, jobs: int | None) -> None:
        self._local = local
        self._executor = executor
        self._jobs = jobs
        self._running: dict[Future[ReportAnswer], tuple[ReportJob, bytes]] = {}
        self._pulse: Path | None = None
        self._name = uuid.uuid4().hex
        self._is_lost = False

    def __enter__(self) -> ClusterSupervisor:
        return self

    def __exit__(self, *_: object) -> None:
        for future in self._running:
            future.cancel()
        if self._pulse is not None:
            self._pulse.unlink(missing_ok=True)
        self._local.__exit__()

    def run(
        self, jobs: Iterable[ReportJob], snapshot: Callable[[ReportJob], bytes]
    ) -> Iterator[Finished]:
        """Has the jobs done, and yields each when it has ended; see `Supervisor.run`.

        The next job is taken while all workers are busy.
        """
        left: list[tuple[ReportJob, bytes]] = []
        at_once = 0
        for job in jobs:
            if self._is_lost:
                left.append((job, snapshot(job)))
                continue
            at_once = at_once or workers_of(self._executor, self._jobs)
            self._submit(job, snapshot(job), left)
            while len(self._running) > at_once:
                yield from self._ended(left)
        while self._running:
            yield from self._ended(left)
        seen = {job.staging: content for job, content in left}
        yield from self._local.run([job for job, _ in left], lambda job: seen[job.staging])

    def _submit(self, job: ReportJob, content: bytes, left: list[tuple[ReportJob, bytes]]) -> None:
        if self._pulse is None:
            self._pulse = job.staging.parent / PULSE
            self._pulse.write_text(self._name, encoding="utf-8")
        local = self._local
        limits = local.cached, local.limit_seconds
        order = ReportOrder(job, content, local.root, *limits, self._name, versions())
        try:
            future = self._executor.submit(made, VERSION, pickle.dumps(order))
        except (OSError, RuntimeError) as error:  # it broke, or was shut down
            self._lose(str(error))
            left.append((job, content))
        else:
            self._running[future] = job, content

    def _ended(self, left: list[tuple[ReportJob, bytes]]) -> Iterator[Finished]:
        """Waits for an answer or for a second; yields the jobs that have ended."""
        assert self._pulse is not None
        with contextlib.suppress(FileNotFoundError):
            os.utime(self._pulse)
        done = wait(self._running, WAIT_SECONDS, FIRST_COMPLETED).done
        if not done:
            problem = getattr(self._executor, "problem", None)
            gone = problem() if problem is not None else ""
            if gone:
                self._lose(gone)
                left += self._running.values()
                for future in self._running:
                    future.cancel()
                self._running.clear()
            return
        for future in done:
            job, content = self._running.pop(future)
            answer = self._answer(future)
            if answer is None:
                left.append((job, content))
            else:
                yield Finished(job, self._taken(job, answer))

    def _answer(self, future: Future[ReportAnswer]) -> ReportAnswer | None:
        """What a worker answered; None, with a warning, where none will."""
        try:
            answer = future.result()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # one of many kinds: a dead worker, a cancelled future
            self._lose(str(error) or type(error).__name__)
            return None
        if answer.is_refused:
            remedy = "install the same versions everywhere, and mount the workspace at one path"
            raise WorkerError(answer.worker, answer.problem, remedy)
        if not answer.message:
            self._lose(f"worker {answer.worker}: {answer.problem}")
            return None
        return answer

    def _taken(self, job: ReportJob, answer: ReportAnswer) -> RunnerMessage:
        """The message of a report, whose folder is moved to where the job has it."""
        message = msgspec.json.decode(answer.message, type=RunnerMessage)
        if message.done:
            os.replace(answer.folder, job.staging)
        else:
            shutil.rmtree(answer.folder, ignore_errors=True)
        return message

    def _lose(self, problem: str) -> None:
        if not self._is_lost:
            self._is_lost = True
            log.warn(f"workers were lost: {problem}; what is left is made by this process")
