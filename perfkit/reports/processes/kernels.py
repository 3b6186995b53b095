"""Kernels as a run sees them: requested, waited for, ended. The kernel server makes them.

They are reached through sockets in a private folder, not through ports, and always belong to this
Python environment, whatever a notebook or the machine says about kernels.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from perfkit.core.errors import MissingExtraError, OutputError, ReportError
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.locks import locked
from perfkit.reports.processes.kernel_server import CONNECTION, LOG, NOTEBOOKS

RUNTIME = "perfkit-kernel-"
"""The start of the names of folders for kernels. A run holds the lock of its own."""
LONGEST_SOCKET = 100
"""Bytes a socket's path may have; Linux takes 107, others 103."""
START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_SHORT_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")


_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 26), "MALLOC_TRIM_THRESHOLD_": str(1 << 27)}
"""Has the C library of Linux keep the memory of a picture for the next one.

It would return it to the system, which fills each page with zeros before a kernel has it again."""


class Kernel(NamedTuple):
    """A kernel that runs as process `pid`; `number` counts the kernels of a run from 1."""

    number: int
    folder: Path
    pid: int

    @property
    def connection(self) -> Path:
        """The file that says how to reach it."""
        return self.folder / CONNECTION

    @property
    def snapshot(self) -> Path:
        """The file that says how much of each log it may see."""
        return self.folder / "snapshot.json"

    def log_lines(self, lines: int = 12) -> list[str]:
        """What it wrote to its standard error: of a crash the first lines, else the last."""
        try:
            text = (self.folder / LOG).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        _, crash, where = text.partition("Fatal Python error:")
        return (crash + where).splitlines()[:lines] if crash else text.splitlines()[-lines:]


class Kernels:
    """A running kernel server; leaving the block ends every kernel and removes every file."""

    def __init__(self, root: Path, cached: bool = True) -> None:
        self._root = root
        self._cached = cached
        self._folder, self._lock = _runtime_folder()
        self._own, theirs = socket.socketpair()
        code = "import sys, json; sys.path[:] = json.loads(sys.argv.pop(1)); "
        code += "from perfkit.reports.processes.kernel_server import main; "
        code += "main(int(sys.argv[1]), *sys.argv[2:3], int(sys.argv[3]))"
        paths = json.dumps([path for path in sys.path if path])
        number = str(theirs.fileno())
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, paths, number, str(self._folder), str(os.getpid())],
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=root,
            env={**os.environ, **_server_settings(self._folder)},
        )
        theirs.close()
        self._started = 0
        self._closed = False
        self._waiting = b""
        self._pids: dict[int, int] = {}
        self._exit_codes: dict[int, int] = {}

    def __enter__(self) -> Kernels:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(self) -> int:
        """Requests a kernel; returns its number at once."""
        self._started += 1
        folder = self._folder / str(self._started)
        folder.mkdir()
        _write_connection(folder)
        settings = {
            # The notebook finds this workspace, whatever PERFKIT_ROOT says outside; its `root`
            # parameter stays empty, so that no path of a machine gets into a report.
            "PERFKIT_ROOT": str(self._root),
            "PERFKIT_SNAPSHOT": str(Kernel(self._started, folder, 0).snapshot),
            NOTEBOOKS: str(self._root / "notebooks"),
            # Nobody's own IPython set-up changes a report.
            "IPYTHONDIR": str(folder),
            # Pictures of a notebook's own that hold a date hold the same one in each run.
            "SOURCE_DATE_EPOCH": "0",
        }
        if not self._cached:
            settings["PERFKIT_NO_CACHE"] = "1"
        self._send({"start": self._started, "folder": str(folder), "settings": settings})
        return self._started

    def wait(self, number: int) -> Kernel:
        """The kernel of that number, as soon as it runs; raises `ReportError` if none starts."""
        end = time.monotonic() + START_SECONDS
        while number not in self._pids:
            self.receive(end - time.monotonic())
            if time.monotonic() > end:
                raise ReportError(f"no kernel started within {START_SECONDS:.0f} s")
        return Kernel(number, self._folder / str(number), self._pids[number])

    def exit_code(self, kernel: Kernel) -> int | None:
        """Exit code of a kernel, negative when a signal ended it; None while it runs."""
        self.receive(0)
        return self._exit_codes.get(kernel.number)

    def end(self, kernel: Kernel) -> None:
        """Kills the kernel and whatever it started; returns when it is gone."""
        if self.exit_code(kernel) is None:
            self._send({"kill": kernel.number})
            end = time.monotonic() + _STOP_SECONDS
            while kernel.number not in self._exit_codes and time.monotonic() < end:
                self.receive(0.1)
        shutil.rmtree(kernel.folder, ignore_errors=True)

    def receive(self, seconds: float) -> None:
        """Handles the messages of the kernel server; waits at most that long for one."""
        if not select.select([self._own], [], [], max(seconds, 0))[0]:
            return
        try:
            received = self._own.recv(65536)
        except ConnectionError:
            received = b""
        if not received:
            raise ReportError("the kernel server has died; run the report again")
        *lines, self._waiting = (self._waiting + received).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "failed" in message:
                raise _cannot_start(message["failed"])
            if "started" in message:
                self._pids[message["started"]] = message["pid"]
            if "ended" in message:
                self._exit_codes[message["ended"]] = message["exit_code"]

    def close_in_child(self) -> None:
        """For a forked child: the server must see the end of the run, whoever else still lives."""
        self._own.close()
        os.close(self._lock)

    def close(self) -> None:
        """Ends the kernel server and with it all kernels."""
        if self._closed:
            return
        self._closed = True
        self._own.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)

    def _send(self, message: Mapping[str, object]) -> None:
        try:
            self._own.sendall(json.dumps(message).encode() + b"\n")
        except ConnectionError:
            self.receive(1)  # it may have said why before it ended
            raise ReportError("the kernel server has died; run the report again") from None


def remove_left_behind() -> None:
    """Removes the folders of runs that were killed together with their kernel server.

    A folder is left behind when nobody holds its lock. The number of a process would not do: the
    one that owns the folder may be in another container, where it has another number.
    """
    for base in _bases():
        for runtime in base.glob(f"{RUNTIME}*"):
            with contextlib.suppress(OSError):  # it is not ours, or not a folder
                lock = _locked(runtime)
                if lock is not None:
                    shutil.rmtree(runtime, ignore_errors=True)
                    os.close(lock)


def _runtime_folder() -> tuple[Path, int]:
    """A new private folder whose path leaves room for the name of a socket, and its lock."""
    problem: str | OSError = "no folder for temporary files"
    for base in _bases():
        if len(os.fsencode(base)) + len(RUNTIME) + 30 > LONGEST_SOCKET:
            problem = "the path is too long for a socket"
            continue
        try:
            while True:
                folder = Path(tempfile.mkdtemp(prefix=RUNTIME, dir=base))
                lock = _locked(folder)
                if lock is not None:
                    return folder, lock
                # Another run has just taken it for one left behind, and removes it.
        except OSError as error:
            problem = error
    raise OutputError(f"{tempfile.gettempdir()} (TMPDIR)", problem)


def _locked(folder: Path) -> int | None:
    """The lock of a folder of this user: its descriptor, open for as long as the lock is held.

    None where another process holds it, or has just removed the folder. Raises `OSError`.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        lock = os.open(folder, flags)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(lock)
        is_ours = locked(lock) and status.st_uid == os.geteuid()
        if is_ours and os.path.samestat(status, folder.lstat()):
            return lock
    except FileNotFoundError:
        pass
    except OSError:
        os.close(lock)
        raise
    os.close(lock)
    return None


def _bases() -> list[Path]:
    named = [os.environ.get("XDG_RUNTIME_DIR") or "", *_SHORT_FOLDERS]
    with contextlib.suppress(FileNotFoundError):
        named.insert(0, tempfile.gettempdir())
    return [Path(name) for name in dict.fromkeys(named) if name and Path(name).is_absolute()]


def _write_connection(folder: Path) -> None:
    names = ("shell", "iopub", "stdin", "control", "hb")
    connection: dict[str, object] = {f"{name}_port": n for n, name in enumerate(names, 1)}
    connection |= {
        "transport": "ipc",
        "ip": str(folder / "s"),
        "key": uuid.uuid4().hex,
        "signature_scheme": "hmac-sha256",
        "kernel_name": "python3",
    }
    (folder / CONNECTION).write_text(json.dumps(connection))


def _server_settings(folder: Path) -> dict[str, str]:
    """Matplotlib and IPython each want a folder of their own; a home may be missing or closed."""
    home = Path(os.environ.get("HOME") or "/nonexistent")
    settings = {
        "IPYTHONDIR": str(folder),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # the debugger that ipykernel loads says less
    }
    for name, value in _MEMORY.items():
        settings[name] = os.environ.get(name, value)
    if "MPLCONFIGDIR" not in os.environ and not os.access(home, os.W_OK):
        settings["MPLCONFIGDIR"] = str(folder)
    return settings


def _cannot_start(reason: str) -> Exception:
    for module in ("ipykernel", "matplotlib", "IPython"):
        if f"No module named '{module}" in reason:
            return MissingExtraError(module, "reports")
    return ReportError(f"no kernel can be started: {reason}")
