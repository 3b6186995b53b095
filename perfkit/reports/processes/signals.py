"""Processes that never outlive the run that started them (fully on Linux, in part elsewhere)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from perfkit.core.errors import ReportError

_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36


def die_with_parent(parent: int) -> None:
    """Has the system kill this process when its parent dies, or now if it has died already.

    `parent` is the process this one was forked from.
    """
    _prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class _Stopped(BaseException):
    """A signal has arrived; like `KeyboardInterrupt`, it passes by every `except Exception`."""


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turns SIGTERM and SIGHUP inside the block into a `ReportError`, so that all is cleaned up."""

    def stop(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise _Stopped(signal.Signals(number).name)

    numbers = (signal.SIGTERM, signal.SIGHUP)
    try:
        before = [signal.signal(number, stop) for number in numbers]
    except ValueError:  # only the main thread gets signals
        yield
        return
    try:
        yield
    except _Stopped as error:
        raise ReportError(f"stopped by {error}; published reports are unchanged") from None
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def adopt_orphans() -> None:
    """Makes this process the parent of whatever its descendants leave behind."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def kill_group(group: int) -> None:
    """Kills every process of that group, if any is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def kill_children(seconds: float = 5.0) -> None:
    """Kills every child of this process, adopted ones included, and waits until none is left."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for child in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.005)


def _children() -> list[int]:
    try:
        text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    except OSError:
        return []
    return list(map(int, text.split()))


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
