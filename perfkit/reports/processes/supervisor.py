"""Runs reports in parallel: a runner and a kernel each, a limit in time, nothing left behind."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from perfkit.core.errors import MissingExtraError, ReportError
from perfkit.core.fast_imports import NamedTuple
from perfkit.reports.failure import Failure, last_lines
from perfkit.reports.processes import runner
from perfkit.reports.processes.kernels import Kernel, Kernels
from perfkit.reports.processes.runner import KERNEL_DIED, ReportJob, RunnerMessage
from perfkit.reports.processes.signals import kill_group


class Finished(NamedTuple):
    """A job that is over: done, failed, or to be repeated as the logs were rewritten meanwhile."""

    job: ReportJob
    told: RunnerMessage


class _Run(NamedTuple):
    job: ReportJob
    kernel: Kernel
    pid: int
    story: int
    deadline: float


class Supervisor:
    """Makes reports for as long as the block lasts; leaving it ends whatever still runs."""

    def __init__(
        self, root: Path, parallel: int, limit_seconds: float, early: Kernels | None = None
    ) -> None:
        self._root = root
        self._parallel = parallel
        self._limit_seconds = limit_seconds
        self._kernels = early
        self._ahead: list[int] = [] if early is None else [early.ask()]
        self._runs: dict[int, _Run] = {}
        self._heard: dict[int, bytes] = {}
        self._last: dict[int, RunnerMessage] = {}

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: object) -> None:
        for run in list(self._runs.values()):
            self._stop(run)
        if self._kernels is not None:
            self._kernels.close()

    def run(
        self, jobs: Iterable[ReportJob], snapshot: Callable[[ReportJob], bytes]
    ) -> Iterator[Finished]:
        """Runs the jobs, as many at once as may be, and yields each as it is over.

        `snapshot` says what the kernel of a job may see of the logs. The next job is taken while
        the ones before it run, and its kernel is started ahead.
        """
        waiting = iter(jobs)
        upcoming = next(waiting, None)
        while upcoming is not None or self._runs:
            while upcoming is not None and len(self._runs) < self._parallel:
                job = upcoming
                try:
                    self._start(job, snapshot(job))
                except (ReportError, MissingExtraError, OSError) as error:
                    self._drop_kernels()
                    yield Finished(job, RunnerMessage(failure=Failure(str(error))))
                upcoming = next(waiting, None)
                if upcoming is not None:
                    runner.warm_up()  # for the runners to come
                if upcoming is not None and self._kernels is not None:
                    with contextlib.suppress(ReportError):  # it is told when the kernel is needed
                        self._ahead.append(self._kernels.ask())
            yield from self._over()

    def _start(self, job: ReportJob, snapshot: bytes) -> None:
        if self._kernels is None:
            self._kernels = Kernels(self._root)
        if not self._ahead:
            self._ahead.append(self._kernels.ask())
        runner.load()  # while the nursery loads what it needs
        kernel = self._kernels.wait(self._ahead.pop(0))
        kernel.snapshot.write_bytes(snapshot)
        pid, story = runner.fork_runner(job, kernel, self._root, self._let_go)
        self._heard[story] = b""
        self._last[story] = RunnerMessage()
        deadline = time.monotonic() + self._limit_seconds
        self._runs[story] = _Run(job, kernel, pid, story, deadline)

    def _let_go(self) -> None:
        """What a new runner closes: nothing of the run may depend on when it ends."""
        for story in self._runs:
            os.close(story)
        if self._kernels is not None:
            self._kernels.close_in_child()

    def _over(self) -> Iterator[Finished]:
        """Waits until something is told or a time is up; yields the jobs that are over."""
        if not self._runs:
            return
        now = time.monotonic()
        nearest = min(run.deadline for run in self._runs.values())
        ready, _, _ = select.select(list(self._runs), [], [], max(0.0, nearest - now))
        for story in ready:
            if not self._listen(story):
                yield self._finish(self._runs[story])
        for run in list(self._runs.values()):
            if time.monotonic() >= run.deadline:
                yield self._too_late(run)

    def _listen(self, story: int) -> bool:
        """Takes in what a runner tells; False when it has nothing more to tell."""
        received = os.read(story, 65536)
        *lines, self._heard[story] = (self._heard[story] + received).split(b"\n")
        for line in lines:
            self._last[story] = msgspec.json.decode(line, type=RunnerMessage)
        return bool(received)

    def _finish(self, run: _Run) -> Finished:
        last = self._last[run.story]
        _, status = os.waitpid(run.pid, 0)
        ended = self._how_kernel_ended(run.kernel)
        failure = last.failure
        if not (last.done or last.other_figures or failure):
            how = _in_words(os.waitstatus_to_exitcode(status))
            failure = Failure(f"the process that made it {how}", last.cell, last.heading)
        elif ended is not None and (last.done or (failure and failure.reason == KERNEL_DIED)):
            known = failure or Failure(KERNEL_DIED, traceback=last_lines(run.kernel.last_words()))
            reason = f"{KERNEL_DIED}: it {_in_words(ended)}"
            failure = msgspec.structs.replace(known, reason=reason)
        self._clear(run)
        return Finished(run.job, RunnerMessage(failure=failure) if failure else last)

    def _too_late(self, run: _Run) -> Finished:
        last = self._last[run.story]
        self._stop(run)
        reason = f"it took longer than {self._limit_seconds:g} s"
        failure = Failure(reason, last.cell, last.heading)
        return Finished(run.job, RunnerMessage(failure=failure))

    def _stop(self, run: _Run) -> None:
        kill_group(run.pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(run.pid, signal.SIGKILL)  # it may not have made its group yet
        os.waitpid(run.pid, 0)
        self._clear(run)

    def _clear(self, run: _Run) -> None:
        """Ends the kernel of a run and forgets the run."""
        del self._runs[run.story], self._heard[run.story], self._last[run.story]
        os.close(run.story)
        kill_group(run.pid)
        if self._kernels is not None:
            try:
                self._kernels.end(run.kernel)
            except ReportError:
                self._drop_kernels()

    def _how_kernel_ended(self, kernel: Kernel) -> int | None:
        if self._kernels is None:
            return -signal.SIGKILL
        try:
            return self._kernels.how_it_ended(kernel)
        except ReportError:
            return -signal.SIGKILL

    def _drop_kernels(self) -> None:
        """Does away with a nursery that has failed; the next job gets another."""
        if self._kernels is not None:
            self._kernels.close()
        self._kernels = None
        self._ahead.clear()


def _in_words(how: int) -> str:
    """An exit code, or a signal as a negative number."""
    if how >= 0:
        return f"ended with exit code {how}"
    return f"was killed by {signal.Signals(-how).name}"
