"""The nursery: a process that has the libraries loaded and makes kernels by forking itself.

A kernel so made is ready in a fraction of the time a new one takes, and is used once. The nursery
listens on a socket; when that ends, because the run is over or was killed, it ends every kernel
and whatever kernels started, removes their files, and ends. Messages are JSON, one a line:

    to it    {"start": 1, "folder": "...", "settings": {...}}, {"kill": 1}
    from it  {"ready": true}, {"failed": "..."}, {"started": 1, "pid": 4711}, {"ended": 1, "how": 9}

`how` is the exit code, or the signal as a negative number.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfkit.reports.processes.lean_imports import import_kernel
from perfkit.reports.processes.signals import (
    adopt_orphans,
    die_with_parent,
    kill_children,
    kill_group,
)

CONNECTION = "kernel.json"
LOG = "kernel.log"
_LOADED = (
    *("ipykernel.ipkernel", "ipykernel.kernelapp", "matplotlib.backends.backend_agg"),
    *("perfkit.charts.desk", "perfkit.desk.desk"),
)
"""What kernels are forked with."""

_NOWHERE = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)


def main(descriptor: int, folder: str, parent: int) -> None:
    """Serves the socket of that descriptor until it is closed; `folder` is removed at the end."""
    run = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    adopt_orphans()
    try:
        if os.getppid() != parent:
            return
        if _loaded(run):
            _serve(run)
    except (KeyboardInterrupt, SystemExit, OSError):
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        kill_children()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)  # taking down all that was loaded would take a quarter of a second


def _leave(*_: object) -> None:
    raise SystemExit


def _loaded(run: socket.socket) -> bool:
    """Loads what notebooks of reports use; tells the run when that is not there."""
    try:
        import_kernel()
        for name in _LOADED:
            importlib.import_module(name)
    except Exception as error:  # whatever an import raises is a reason worth telling
        _tell(run, {"failed": f"{type(error).__name__}: {error}"})
        return False
    gc.freeze()  # no kernel need look through what was loaded
    gc.set_threshold(50_000)  # kernels are short-lived, and figures are full of cycles
    _tell(run, {"ready": True})
    return True


def _serve(run: socket.socket) -> None:
    wake, woken = socket.socketpair()
    for end in (wake, woken, run):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    kernels: dict[int, int] = {}
    waiting = b""

    try:
        while True:
            ready, _, _ = select.select([run, wake], [], [])
            if wake in ready:
                with contextlib.suppress(BlockingIOError):
                    wake.recv(4096)
            _bury(run, kernels)
            if run not in ready:
                continue
            received = run.recv(65536)
            if not received:
                return
            *lines, waiting = (waiting + received).split(b"\n")
            for line in lines:
                _obey(run, json.loads(line), kernels, (wake, woken))
    finally:
        _no_longer_woken()
        wake.close()
        woken.close()


def _no_longer_woken() -> None:
    """Ends what `_serve` set up, before its sockets go: Python must not write to a closed one."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _obey(
    run: socket.socket,
    wanted: Mapping[str, Any],
    kernels: dict[int, int],
    ends: tuple[socket.socket, ...],
) -> None:
    if "kill" in wanted:
        for pid, number in kernels.items():
            if number == wanted["kill"]:
                kill_group(pid)
        return
    nursery = os.getpid()
    pid = os.fork()
    if not pid:
        try:
            os.setsid()
            die_with_parent(nursery)
            _no_longer_woken()
            for end in (run, *ends):
                end.close()
            _be_kernel(Path(wanted["folder"]), wanted["settings"], nursery)
        finally:
            os._exit(1)
    kernels[pid] = wanted["start"]
    _tell(run, {"started": wanted["start"], "pid": pid})


def _bury(run: socket.socket, kernels: dict[int, int]) -> None:
    """Ends what dead kernels left behind, and tells that they died."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        number = kernels.pop(pid, None)
        if number is not None:
            kill_group(pid)
            _tell(run, {"ended": number, "how": os.waitstatus_to_exitcode(status)})


def _tell(run: socket.socket, message: Mapping[str, object]) -> None:
    run.setblocking(True)
    run.sendall(json.dumps(message).encode() + b"\n")
    run.setblocking(False)


def _be_kernel(folder: Path, settings: Mapping[str, str], nursery: int) -> None:
    """Turns this process into a kernel; comes back only when the kernel has ended."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard, target in ((0, _NOWHERE), (1, log), (2, log)):
        os.dup2(target, standard)
    faulthandler.enable(log, all_threads=False)  # a crash leaves word of where it was
    os.environ.update(settings, JPY_PARENT_PID=str(nursery))
    time.tzset()
    sys.argv[:] = [""]
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(
        argv=["-f", str(folder / CONNECTION), "--HistoryManager.hist_file=:memory:"]
    )
