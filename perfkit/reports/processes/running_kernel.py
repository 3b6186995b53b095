"""A kernel that already runs, as papermill wants to see one: a manager and its client."""

from __future__ import annotations

import os
import time
from pathlib import Path
from queue import Empty

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager


class ReadyClient(AsyncKernelClient):
    """A client that is ready as soon as the kernel's answers arrive.

    The original waits a fifth of a second more for messages that nobody reads.
    """

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        end = time.monotonic() + (60 if timeout is None else timeout)
        while not await self._answers():
            if not await self._async_is_alive():
                raise RuntimeError("the kernel died before it was ready")
            if time.monotonic() > end:
                raise RuntimeError("the kernel did not answer in time")

    async def _answers(self) -> bool:
        """Whether a question is answered, and what it publishes reaches us as well."""
        question = self.kernel_info()
        try:
            reply = await self.shell_channel.get_msg(timeout=1)
            while reply["parent_header"].get("msg_id") != question:
                reply = await self.shell_channel.get_msg(timeout=1)
            while True:
                told = await self.iopub_channel.get_msg(timeout=0.2)
                if told["parent_header"].get("msg_id") == question:
                    self._handle_kernel_info_reply(reply)
                    return True
        except Empty:
            return False

    wait_for_ready = _async_wait_for_ready


class RunningKernel(AsyncKernelManager):
    """The kernel of that process; whoever started it also ends it."""

    def __init__(self, connection: Path, pid: int) -> None:
        super().__init__(connection_file=str(connection))
        self.client_factory = ReadyClient
        self.load_connection_file()
        self._pid = pid

    @property
    def has_kernel(self) -> bool:
        return True

    async def _async_is_alive(self) -> bool:
        return is_running(self._pid)

    is_alive = _async_is_alive

    async def _async_shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """Left to whoever started it."""

    shutdown_kernel = _async_shutdown_kernel

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        """Left to whoever started it."""

    cleanup_resources = _async_cleanup_resources


def wait_until_bound(connection: Path, pid: int, seconds: float = 30.0) -> None:
    """Waits until the kernel listens: who connects earlier is made to wait a tenth of a second."""
    end = time.monotonic() + seconds
    sockets = [connection.with_name(f"s-{port}") for port in (1, 2)]
    while not all(path.exists() for path in sockets):
        if time.monotonic() > end or not is_running(pid):
            return  # the client finds out what is the matter
        time.sleep(0.003)


def is_running(pid: int) -> bool:
    """Whether there is such a process. Its parent, the nursery, buries the dead at once."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
