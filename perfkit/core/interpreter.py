"""The interpreter of a short or a busy process: what makes it quick, its streams, how it ends.

On the path of an alert run: it imports nothing that takes time.
"""

from __future__ import annotations

import errno
import gc
import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


EXIT_OK, EXIT_FIRING, EXIT_FAILED = 0, 2, 3
"""Exit codes of the commands; never 1, which is Python's own for a crash."""


class uncollected:  # noqa: N801  reads as `contextlib.contextmanager` would, without importing it
    """Pauses the cycle collector: columns make no cycles, and scanning them is a fifth of a run."""

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was_enabled:
            gc.enable()


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Output(io.TextIOWrapper):
    """A standard stream that never ends a run halfway: its first failure is kept in `failure`.

    What is written after that is dropped.
    """

    failure: OSError | None = None

    def write(self, text: str) -> int:
        """Writes the text as far as that is possible; returns its length."""
        if self.failure is None:
            try:
                super().write(text)
            except OSError as error:
                self.failure = error
        return len(text)

    def flush(self) -> None:
        """Writes out what is held, as far as that is possible."""
        if self.failure is None:
            try:
                super().flush()
            except OSError as error:
                self.failure = error


def open_streams() -> None:
    """Opens the standard streams of a process that were closed, and makes both outputs last."""
    open_descriptors()
    sys.stdout = _lasting(sys.stdout)
    was_closed = sys.stderr is None
    sys.stderr = _lasting(sys.stderr)
    if was_closed:  # what an alert run writes there was not delivered
        sys.stderr.failure = OSError(errno.EBADF, os.strerror(errno.EBADF))


def open_descriptors() -> None:
    """Opens the descriptors 0 to 2 where they were closed; `sys.stderr` and so on stay None.

    Call it first: the next file that is opened would take the number of a closed stream, and a
    child process would write its output there.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # takes the lowest number


def _lasting(stream: TextIO | None) -> Output:
    if not isinstance(stream, io.TextIOWrapper):  # started with it closed
        return Output(io.FileIO(os.devnull, "w"), encoding="utf-8", errors="backslashreplace")
    utf8 = stream.encoding.lower().replace("-", "") == "utf8"
    return Output(
        stream.buffer,
        encoding=stream.encoding,
        # Names that are not UTF-8 are shown escaped; a terminal without UTF-8 keeps its tables.
        errors="backslashreplace" if utf8 else "replace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def flushed() -> bool:
    """Writes out what stdout and stderr hold; whether all of it could be written.

    What is called before `os._exit`: tearing the interpreter down would be a fifth of a short run.
    """
    written = True
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            written = False
    return written
