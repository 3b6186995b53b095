"""Workspaces worth several processes, and Dask clusters whose parts can be stopped and killed."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

FILES = 24
PATIENCE_SECONDS = 60


def line(order: str, at: str, net: str, **more: str) -> str:
    """One closed trade."""
    said = {
        "timestamp": at,
        "exit_timestamp": at,
        "order_id": order,
        "net_profit_loss": net,
        **more,
    }
    return json.dumps(said) + "\n"


def day_log(day: int, trades: int = 30) -> str:
    """The trades of one day; the last one corrects a trade of the day before."""
    at = [f"2026-04-{day:02d}T10:{n % 60:02d}:00Z" for n in range(trades)]
    own = [line(f"{day}-{n}", at[n], str((n * day) % 11 - 5)) for n in range(trades)]
    return "".join(own) + line(f"{day - 1}-0", at[-1], "2.5", strategy="late")


def days_of_logs(files: int = FILES) -> dict[str, str]:
    """A log for each of so many days."""
    return {f"logs/trades/2026-04-{day:02d}.jsonl": day_log(day) for day in range(1, files + 1)}


class Elsewhere:
    """An executor that does units at once, as another process would: only bytes go to and fro."""

    units = 0

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        self.units += 1
        future: Future[Any] = Future()
        sent, words = pickle.loads(pickle.dumps((function, args)))
        future.set_result(pickle.loads(pickle.dumps(sent(*words))))
        return future


class Parts:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def begin(self) -> None:
        file = self.folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1",
            "--scheduler-file", str(file),
        )  # fmt: skip
        wait_until(file.exists)
        wait_until(lambda: bool(file.read_text().strip()))
        self.address = json.loads(file.read_text())["address"]

    def add_worker(self, preload: str = "", *options: str) -> subprocess.Popen[bytes]:
        """A worker of one thread and no nanny; it runs the text of a module first."""
        words = ["worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        if preload:
            module = self.folder / f"preload{len(self.workers)}.py"
            module.write_text(preload)
            words += ["--preload", str(module)]
        worker = self._start(*words, *options)
        self.workers.append(worker)
        return worker

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def end(self) -> None:
        for process in [*self.workers, self.scheduler]:
            if process is not None:
                with suppress(ProcessLookupError):
                    process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()


@contextmanager
def parts(folder: Path, workers: int = 0) -> Iterator[Parts]:
    """A cluster of so many workers that have registered."""
    made = Parts(folder)
    try:
        made.begin()
        for _ in range(workers):
            made.add_worker()
        if workers:
            from distributed import Client

            with Client(made.address, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=PATIENCE_SECONDS)
        yield made
    finally:
        made.end()


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits for something that comes soon."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def stopped(process: subprocess.Popen[bytes]) -> None:
    """Stops a process, so that whatever it is given to do stays undone."""
    os.kill(process.pid, signal.SIGSTOP)
