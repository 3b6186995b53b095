"""Runs reports in parallel, each with a runner, a kernel and a time limit."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from perfkit.core.errors import ReportError
from perfkit.core.fast_imports import NamedTuple
from perfkit.reports.failure import Failure, failure_of, last_lines
from perfkit.reports.processes import runner
from perfkit.reports.processes.kernels import Kernel, Kernels
from perfkit.reports.processes.runner import KERNEL_DIED, ReportJob, RunnerMessage
from perfkit.reports.processes.signals import kill_group

OUT_OF_MEMORY = (
    "if nobody did that, memory ran out: choose a shorter period or fewer --jobs, or allow more"
)


class Finished(NamedTuple):
    """A job that has ended, with the last message of its runner: done, failed or other figures."""

    job: ReportJob
    message: RunnerMessage


class _RunningReport(NamedTuple):
    job: ReportJob
    kernel: Kernel
    pid: int
    pipe: int
    deadline: float


class Supervisor:
    """Makes reports inside a `with` block; leaving it ends whatever still runs."""

    def __init__(
        self, root: Path, cached: bool, parallel: int, limit_seconds: float, early: Kernels | None
    ) -> None:
        self.root = root
        self.cached = cached
        self._parallel = parallel
        self.limit_seconds = limit_seconds
        self._kernels = early
        self._ahead: list[int] = [] if early is None else [early.request()]
        self._runs: dict[int, _RunningReport] = {}
        self._received: dict[int, bytes] = {}
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
        """Runs the jobs, at most `parallel` at once, and yields each when it has ended.

        `snapshot` gives what the kernel of a job may see of the logs. The next job is taken while
        the ones before it run, and its kernel is started ahead.
        """
        waiting = iter(jobs)
        upcoming = next(waiting, None)
        while upcoming is not None or self._runs:
            while upcoming is not None and len(self._runs) < self._parallel:
                job = upcoming
                try:
                    self._start(job, snapshot(job))
                except (ReportError, OSError) as error:
                    self._drop_kernels()
                    yield Finished(job, RunnerMessage(failure=failure_of(error)))
                upcoming = next(waiting, None)
                if upcoming is not None:
                    runner.warm_up()  # for the runners to come
                if upcoming is not None and self._kernels is not None:
                    with contextlib.suppress(ReportError):  # reported when the kernel is needed
                        self._ahead.append(self._kernels.request())
            yield from self._ended()

    def _start(self, job: ReportJob, snapshot: bytes) -> None:
        if self._kernels is None:
            self._kernels = Kernels(self.root, self.cached)
        if not self._ahead:
            self._ahead.append(self._kernels.request())
        runner.load()  # while the kernel server loads what it needs
        kernel = self._kernels.wait(self._ahead.pop(0))
        kernel.snapshot.write_bytes(snapshot)
        pid, pipe = runner.fork_runner(job, kernel, self.root, self._close_in_runner)
        self._received[pipe] = b""
        self._last[pipe] = RunnerMessage()
        deadline = time.monotonic() + self.limit_seconds
        self._runs[pipe] = _RunningReport(job, kernel, pid, pipe, deadline)

    def _close_in_runner(self) -> None:
        """Closes in a new runner what would make the end of the run wait for its own."""
        for pipe in self._runs:
            os.close(pipe)
        if self._kernels is not None:
            self._kernels.close_in_child()

    def _ended(self) -> Iterator[Finished]:
        """Waits for a message or for a time limit; yields the jobs that have ended."""
        if not self._runs:
            return
        now = time.monotonic()
        nearest = min(run.deadline for run in self._runs.values())
        ready, _, _ = select.select(list(self._runs), [], [], max(0.0, nearest - now))
        for pipe in ready:
            if not self._read(pipe):
                yield self._finish(self._runs[pipe])
        for run in list(self._runs.values()):
            if time.monotonic() >= run.deadline:
                yield self._time_out(run)

    def _read(self, pipe: int) -> bool:
        """Keeps the last message of a runner; False when the runner has closed its pipe."""
        received = os.read(pipe, 65536)
        *lines, self._received[pipe] = (self._received[pipe] + received).split(b"\n")
        for line in lines:
            self._last[pipe] = msgspec.json.decode(line, type=RunnerMessage)
        return bool(received)

    def _finish(self, run: _RunningReport) -> Finished:
        last = self._last[run.pipe]
        _, status = os.waitpid(run.pid, 0)
        exit_code = self._exit_code(run.kernel)
        failure = last.failure
        if not (last.done or last.other_figures or failure):
            words = _in_words(os.waitstatus_to_exitcode(status))
            failure = Failure(f"the process that made it {words}", last.cell, last.heading)
        elif exit_code is not None and (last.done or (failure and failure.reason == KERNEL_DIED)):
            known = failure or Failure(KERNEL_DIED, traceback=last_lines(run.kernel.log_lines()))
            reason = f"{KERNEL_DIED}: it {_in_words(exit_code)}"
            failure = msgspec.structs.replace(known, reason=reason)
        self._clear(run)
        return Finished(run.job, RunnerMessage(failure=failure) if failure else last)

    def _time_out(self, run: _RunningReport) -> Finished:
        last = self._last[run.pipe]
        self._stop(run)
        reason = f"it took longer than {self.limit_seconds:g} s"
        failure = Failure(reason, last.cell, last.heading)
        return Finished(run.job, RunnerMessage(failure=failure))

    def _stop(self, run: _RunningReport) -> None:
        kill_group(run.pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(run.pid, signal.SIGKILL)  # it may not have made its group yet
        os.waitpid(run.pid, 0)
        self._clear(run)

    def _clear(self, run: _RunningReport) -> None:
        """Ends the kernel of a run and forgets the run."""
        del self._runs[run.pipe], self._received[run.pipe], self._last[run.pipe]
        os.close(run.pipe)
        kill_group(run.pid)
        if self._kernels is not None:
            try:
                self._kernels.end(run.kernel)
            except ReportError:
                self._drop_kernels()

    def _exit_code(self, kernel: Kernel) -> int | None:
        if self._kernels is None:
            return -signal.SIGKILL
        try:
            return self._kernels.exit_code(kernel)
        except ReportError:
            return -signal.SIGKILL

    def _drop_kernels(self) -> None:
        """Ends a kernel server that has failed; the next job gets a new one."""
        if self._kernels is not None:
            self._kernels.close()
        self._kernels = None
        self._ahead.clear()


def _in_words(exit_code: int) -> str:
    """How a process ended; a negative exit code is the signal that ended it."""
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:  # one of those without a name
        name = f"signal {-exit_code}"
    return f"was killed by {name}" + (f"; {OUT_OF_MEMORY}" if name == "SIGKILL" else "")
