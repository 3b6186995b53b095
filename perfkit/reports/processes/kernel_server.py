"""The kernel server: a process that has loaded the libraries and makes kernels by forking itself.

A forked kernel is ready in a fraction of the time a new one takes, and is used once. The server
listens on a socket. When the socket is closed, because the run is over or was killed, it ends every
kernel and whatever kernels started, removes their files, and exits. Messages are JSON, one a line:

    to it    {"start": 1, "folder": "...", "settings": {...}}, {"kill": 1}
    from it  {"ready": true}, {"failed": "..."},
             {"started": 1, "pid": 4711}, {"ended": 1, "exit_code": -9}

`exit_code` is negative when a signal ended the kernel.
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
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfkit.core.lean_imports import without
from perfkit.reports.processes.signals import (
    adopt_orphans,
    die_with_parent,
    kill_children,
    kill_group,
)

CONNECTION = "kernel.json"
LOG = "kernel.log"
NOTEBOOKS = "PERFKIT_NOTEBOOKS"
"""The setting that names the folder in which kernels run."""
_LOADED = (
    *("ipykernel.ipkernel", "ipykernel.kernelapp", "matplotlib.backends.backend_agg"),
    *("perfkit.charts.desk", "perfkit.desk.desk", "perfkit.reports.processes.figures"),
    *("perfkit.alerts.status", "perfkit.summary.changes"),
)
"""What kernels are forked with."""

_AT_START = (
    *("ipykernel.debugger", "IPython.core.completerlib", "IPython.extensions.storemagic"),
    "sqlite3",
)
"""What else a kernel imports when it starts, if it is installed; loaded here, once for all."""


def main(descriptor: int, folder: str, parent: int) -> None:
    """Serves the socket of that descriptor until it is closed; `folder` is removed at the end."""
    run = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit_in_order)
    adopt_orphans()
    try:
        if os.getppid() != parent:
            return
        if _load(run):
            _serve(run)
    except (KeyboardInterrupt, SystemExit, OSError):
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        kill_children()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)  # taking down all that was loaded would take a quarter of a second


def _exit_in_order(*_: object) -> None:
    raise SystemExit


def _load(run: socket.socket) -> bool:
    """Loads what notebooks of reports use; reports to the run what is missing."""
    gc.set_threshold(50_000)  # kernels are short-lived, and figures are full of cycles
    try:
        with without("debugpy"):  # no report is debugged, and it takes long to load
            for name in _LOADED:
                importlib.import_module(name)
            for name in _AT_START:
                with contextlib.suppress(ModuleNotFoundError):
                    importlib.import_module(name)
    except Exception as error:  # whatever an import raises is a reason to report
        _send(run, {"failed": f"{type(error).__name__}: {error}"})
        return False
    gc.freeze()  # no kernel needs to look through what was loaded
    _send(run, {"ready": True})
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
            _reap(run, kernels)
            if run not in ready:
                continue
            received = run.recv(65536)
            if not received:
                return
            *lines, waiting = (waiting + received).split(b"\n")
            for line in lines:
                _handle(run, json.loads(line), kernels, (wake, woken))
    finally:
        _stop_wakeups()
        wake.close()
        woken.close()


def _stop_wakeups() -> None:
    """Undoes what `_serve` set up before its sockets are closed: Python must not write to them."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _handle(
    run: socket.socket,
    message: Mapping[str, Any],
    kernels: dict[int, int],
    ends: tuple[socket.socket, ...],
) -> None:
    if "kill" in message:
        for pid, number in kernels.items():
            if number == message["kill"]:
                kill_group(pid)
        return
    server = os.getpid()
    pid = os.fork()
    if not pid:
        try:
            os.setsid()
            die_with_parent(server)
            _stop_wakeups()
            for end in (run, *ends):
                end.close()
            _become_kernel(Path(message["folder"]), message["settings"], server)
        except Exception:  # the failure of the report shows what is in the log of the kernel
            os.write(2, traceback.format_exc().encode(errors="backslashreplace"))
        finally:
            os._exit(1)
    kernels[pid] = message["start"]
    _send(run, {"started": message["start"], "pid": pid})


def _reap(run: socket.socket, kernels: dict[int, int]) -> None:
    """Reaps the children that have ended, and reports which kernels were among them."""
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
            _send(run, {"ended": number, "exit_code": os.waitstatus_to_exitcode(status)})


def _send(run: socket.socket, message: Mapping[str, object]) -> None:
    run.setblocking(True)
    run.sendall(json.dumps(message).encode() + b"\n")
    run.setblocking(False)


def _become_kernel(folder: Path, settings: Mapping[str, str], server: int) -> None:
    """Turns this process into a kernel; returns only when the kernel has ended."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard, target in ((0, nothing), (1, log), (2, log)):
        os.dup2(target, standard)
    faulthandler.enable(log, all_threads=False)  # a crash says where it was
    os.environ.update(settings, JPY_PARENT_PID=str(server))
    time.tzset()
    sys.argv[:] = [""]
    with contextlib.suppress(OSError):  # notebooks find what lies beside them, as in JupyterLab
        os.chdir(settings[NOTEBOOKS])
    import ipykernel.kernelapp

    from perfkit.reports.processes.figures import show_figures

    kernelapp: Any = ipykernel.kernelapp
    kernelapp.IOPubThread = _thread_without_port(kernelapp.IOPubThread)
    os.register_at_fork(after_in_child=_print_plainly)
    app = kernelapp.IPKernelApp.instance()
    app.initialize(["-f", str(folder / CONNECTION), "--HistoryManager.hist_file=:memory:"])
    show_figures(app.shell)
    app.start()


def _thread_without_port(thread: Any) -> Any:
    """The thread that publishes outputs, without the TCP port for outputs of forked processes.

    Any user of the machine could connect to it. ipykernel has no setting for it.
    """

    class IOPubThread(thread):  # type: ignore[misc]  # its type is Any
        def __init__(self, socket: Any, pipe: bool = False, **more: Any) -> None:
            super().__init__(socket, pipe=False, **more)

    return IOPubThread


def _print_plainly() -> None:
    """Has a process that a cell forked print to the kernel's standard output, which is captured."""
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
