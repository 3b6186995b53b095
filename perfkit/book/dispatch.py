"""Units of work done by an executor: a pool of this machine, or the workers of a cluster.

what happens                                    what is done
----------------------------------------------  -----------------------------------------------
a unit fails where it is done                   it is done here, where whatever is wrong shows
a worker dies, the cluster goes away            what has no answer is done here, with a warning
a worker has another version of perfkit, other  `WorkerError` names it; nothing is written
files, or another folder under the same path
the run is interrupted                          units that have not begun are cancelled
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import Any, Protocol

from perfkit.book.batch import Batch
from perfkit.book.store.ledger import FileEntry
from perfkit.book.store.pages import Pages
from perfkit.book.work import UnitResult, WorkUnit, answer, packed
from perfkit.core import log
from perfkit.core.errors import WorkerError
from perfkit.core.interpreter import cores
from perfkit.disk.sealed import VERSION
from perfkit.logs.file_log import ContentChangedError

WAIT_SECONDS = 1.0
"""How often an executor that does not answer is asked whether it is still there."""

_MOUNT = "mount the same workspace at the same path on every machine"


class Executor(Protocol):
    """What can do units: anything with the `submit` of `concurrent.futures.Executor`."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Begins a call, and returns its future."""


def workers_of(executor: Executor | None, jobs: int | None) -> int:
    """How many units are done at a time, as far as it is known."""
    known = getattr(executor, "workers", None)
    if isinstance(known, int) and known > 0:
        return known if jobs is None else min(known, jobs)
    return cores() if jobs is None else jobs


@contextmanager
def own_pool(workers: int) -> Iterator[Executor]:
    """Processes of this machine, copies of this one; the interrupt key ends them silently."""
    import signal
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(
        workers,
        mp_context=get_context("fork"),
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def may_fork() -> bool:
    """Whether this process can be copied safely: it has one thread."""
    import threading

    return hasattr(os, "fork") and threading.active_count() == 1


def spread(
    units_for: Callable[[int], Sequence[WorkUnit]],
    pages: Pages,
    jobs: int | None,
    executor: Executor | None,
    report: Callable[[int], None],
) -> list[Any] | None:
    """What the executor, or else a pool of processes, makes of units, in their order.

    `units_for` gives them for a number of workers; `report` gets how many files were read. None if
    this process is to do all alone.
    """
    if executor is None and ((cores() if jobs is None else jobs) < 2 or not may_fork()):
        return None
    workers = workers_of(executor, jobs)
    if executor is not None:
        return done_by(executor, units_for(workers), pages, report, is_own=False)
    units = units_for(workers)
    with own_pool(workers) as pool:
        return done_by(pool, units, pages, report, is_own=True)


def done_by(
    executor: Executor,
    units: Sequence[WorkUnit],
    pages: Pages,
    report: Callable[[int], None],
    *,
    is_own: bool,
) -> list[Any]:
    """What comes of units, in their order; `report` gets how many files were read.

    `is_own` says that the executor is a pool of this process: it sees what this process sees.
    """
    run = _Run(executor, pages, is_own=is_own)
    try:
        run.start(units)
        return run.made_of(units, report)
    finally:
        run.cancel()


class _Run:
    """The units of one update."""

    def __init__(self, executor: Executor, pages: Pages, *, is_own: bool) -> None:
        self.executor = executor
        self.pages = pages
        self.is_own = is_own
        self.futures: dict[int, Future[UnitResult]] = {}
        self.seen: dict[str, tuple[str, os.stat_result]] = {}
        self.lost = ""

    def start(self, units: Sequence[WorkUnit]) -> None:
        for number, unit in enumerate(units):
            if not self.is_own:
                for reading in unit.readings:
                    self.seen[reading.name] = reading.path, os.stat(reading.path)
            prefix = f"{self.pages.prefix}.{number}"
            content = packed(unit, self.pages.folder, prefix, self.pages.mode)
            try:
                future = self.executor.submit(answer, VERSION, content)
            except (OSError, RuntimeError) as error:  # it broke, or was shut down
                self._warn(str(error))
                return
            self.futures[number] = future

    def made_of(self, units: Sequence[WorkUnit], report: Callable[[int], None]) -> list[Any]:
        made = []
        for number, unit in enumerate(units):
            future = self.futures.pop(number, None)
            found = None if future is None else self._answer(future)
            made += unit.made(self.pages) if found is None else self._accepted(found, unit)
            report(len(unit.readings))
        return made

    def cancel(self) -> None:
        for future in self.futures.values():
            future.cancel()

    def _answer(self, future: Future[UnitResult]) -> UnitResult | None:
        """What a worker answered; None, with a warning, where none will."""
        problem = getattr(self.executor, "problem", None)
        try:
            while not wait([future], WAIT_SECONDS).done:
                gone = problem() if problem is not None else ""
                if gone:
                    future.cancel()
                    self._warn(gone)
                    return None
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise
        except BaseException as error:  # one of many kinds: a dead worker, a cancelled future
            if isinstance(error, SystemExit | GeneratorExit):
                raise
            self._warn(str(error) or f"its work was cancelled ({type(error).__name__})")
            return None

    def _warn(self, problem: str) -> None:
        if not self.lost:
            self.lost = problem
            what = "a worker process ended" if self.is_own else "workers were lost"
            log.warn(f"{what}: {problem}; this process does the rest")

    def _accepted(self, found: UnitResult, unit: WorkUnit) -> list[Any]:
        """What an answer has, or what is made here where it has nothing; raises `WorkerError`."""
        if found.other_version:
            raise WorkerError(
                found.worker,
                f"it is {found.other_version}, and this is {VERSION}",
                "install the same versions of perfkit and Python on every machine",
            )
        if found.changed:
            raise ContentChangedError(found.changed)
        if found.missing and os.path.exists(found.missing):
            raise WorkerError(found.worker, f"it does not see {found.missing}", _MOUNT)
        if found.made is None:
            made = unit.made(self.pages)
            if not self.is_own:
                log.warn(f"worker {found.worker}: {found.problem}; its part was done here")
            return made
        if not all(map(self.pages.is_written, found.pages)):
            where = f"{self.pages.folder} is another folder there"
            raise WorkerError(found.worker, where, _MOUNT)
        self.pages.adopt(found.pending)
        if self.is_own or not unit.readings:
            return found.made
        return [(name, self._as_seen_here(batch, found.worker)) for name, batch in found.made]

    def _as_seen_here(self, batch: Batch, worker: str) -> Batch:
        """A batch with the files as this machine numbers them; raises where they are others."""
        return batch._replace(files=[self._own(file, worker) for file in batch.files])

    def _own(self, file: FileEntry, worker: str) -> FileEntry:
        path, known = self.seen[file.name]
        _, inode, size, modified, _ = file.fingerprint
        if inode != known.st_ino and (size, modified) != (known.st_size, known.st_mtime_ns):
            if not _stands(path, known):
                raise ContentChangedError(file.name)
            raise WorkerError(worker, f"{path} is another file there", _MOUNT)
        return file._replace(fingerprint=(known.st_dev, known.st_ino, *file.fingerprint[2:]))


def _stands(path: str, known: os.stat_result) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return False
    return (status.st_ino, status.st_mtime_ns) == (known.st_ino, known.st_mtime_ns)
