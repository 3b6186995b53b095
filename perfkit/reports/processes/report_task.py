"""One report made by a worker of a cluster, in a process of its own.

A worker runs threads, so nothing can be forked from it safely. It starts a new process, which makes
the report as any run does, with a runner and a kernel, in a folder of its own below the staging
folder, and prints how it went. Publishing is left to whoever asked. The process ends when the
worker dies, and when whoever asked gives no sign of life: the pulse, a file that it touches.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.sealed import VERSION
from perfkit.reports.processes.runner import ReportJob

PULSE = ".pulse"
"""The file beside the staging folders that shows that the run goes on; it has a name of the run."""

SILENT_SECONDS = 60.0
"""A run that has not touched its pulse for so long is over."""

LOOK_SECONDS = 0.5


class ReportOrder(NamedTuple):
    """A report to make, and all that a process on another machine needs for it.

    `snapshot` is what its kernel may see of the logs, `pulse` what the pulse of this run says,
    `versions` are those of what shapes a report.
    """

    job: ReportJob
    snapshot: bytes
    root: Path
    cached: bool
    limit_seconds: float
    pulse: str
    versions: tuple[str, ...]


class ReportAnswer(NamedTuple):
    """What came of an order: the folder that was filled and the last message of the runner.

    Without a message, `problem` says why; it is one of this `worker` where `is_refused`.
    """

    worker: str
    folder: str = ""
    message: bytes = b""
    problem: str = ""
    is_refused: bool = False


def made(version: str, content: bytes) -> ReportAnswer:
    """Makes a report for a process of that version; called by a worker."""
    worker = f"process {os.getpid()} on {os.uname().nodename}"
    if version != VERSION:
        return ReportAnswer(
            worker, problem=f"it is {VERSION}, and this is {version}", is_refused=True
        )
    code = "import sys, json; sys.path[:] = json.loads(sys.argv.pop(1)); "
    code += "from perfkit.reports.processes.report_task import main; main(int(sys.argv[1]))"
    import json

    paths = json.dumps([path for path in sys.path if path])
    process = subprocess.Popen(
        [sys.executable, "-c", code, paths, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(content)
    finally:
        process.kill()
        process.wait()
    if process.returncode or not out:
        last = err.decode("utf-8", "replace").strip().splitlines()[-1:]
        why = last[0] if last else f"it ended with exit code {process.returncode}"
        return ReportAnswer(worker, problem=f"the process that made it failed: {why}")
    answer: ReportAnswer = pickle.loads(out)
    return answer._replace(worker=worker)


def main(parent: int) -> None:
    """Makes the report whose order comes on standard input; the answer goes to standard output."""
    from perfkit.reports.processes.signals import adopt_orphans, die_with_parent, kill_children

    die_with_parent(parent)
    adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    order: ReportOrder = pickle.loads(sys.stdin.buffer.read())
    staging = order.job.staging
    own = staging.parent / f"{staging.name}-{os.urandom(6).hex()}"
    answer = _refusal(order)
    if answer is None:
        own.mkdir()
        _Watch(order, own).begin()
        answer = ReportAnswer("", str(own), _make(order, own))
        signal.setitimer(signal.ITIMER_REAL, 0)
    sys.stdout.buffer.write(pickle.dumps(answer))
    sys.stdout.flush()
    kill_children()
    os._exit(0)


def _refusal(order: ReportOrder) -> ReportAnswer | None:
    """Why this worker makes no report for that run; None where it can."""
    from perfkit.reports.model import versions

    if _pulse_in(order) != order.pulse:
        return ReportAnswer(
            "", problem=f"it does not see {order.job.staging.parent}", is_refused=True
        )
    other = [one for one in versions() if one not in order.versions]
    if other:
        what = other[0].split("\n")[0][:60]
        return ReportAnswer(
            "", problem=f"other packages are installed there ({what})", is_refused=True
        )
    return None


def _make(order: ReportOrder, own: Path) -> bytes:
    import msgspec

    from perfkit.reports.processes.signals import stoppable
    from perfkit.reports.processes.supervisor import Supervisor

    job = order.job._replace(staging=own)
    with stoppable(), Supervisor(order.root, order.cached, 1, order.limit_seconds, None) as one:
        (finished,) = one.run([job], lambda _: order.snapshot)
    return msgspec.json.encode(finished.message)


def _pulse_in(order: ReportOrder) -> str:
    with contextlib.suppress(OSError):
        return (order.job.staging.parent / PULSE).read_text(encoding="utf-8")
    return ""


class _Watch:
    """Ends this process and all it started once nobody waits for the report any more.

    It is called by a timer, not by a thread: this process is forked from.
    """

    def __init__(self, order: ReportOrder, own: Path) -> None:
        self._order = order
        self._own = own
        self._pulse = order.job.staging.parent / PULSE
        self._beat = 0
        self._since = time.monotonic()

    def begin(self) -> None:
        """Looks now and then, until the process ends."""
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS, LOOK_SECONDS)

    def _look(self, *_: object) -> None:
        try:
            beat = self._pulse.stat().st_mtime_ns
        except OSError:
            beat = -1
        if beat != self._beat:
            self._beat, self._since = beat, time.monotonic()
        is_silent = time.monotonic() - self._since > SILENT_SECONDS
        if beat < 0 or is_silent or _pulse_in(self._order) != self._order.pulse:
            from perfkit.reports.processes.signals import kill_children

            kill_children()
            shutil.rmtree(self._own, ignore_errors=True)
            os._exit(1)
