"""A kernel that already runs, as papermill wants to see one: a manager and its client."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Type

from perfkit.reports.processes.output_limit import OutputLimit

_POLL_SECONDS = 0.05


class ForkedKernel(KernelProvisionerBase):
    """The process of a kernel that the kernel server forked, and that the server also ends.

    Asked to stop it, this does nothing: a run ends its kernels through the server.
    """

    pid: int

    @property
    def has_process(self) -> bool:
        """Always: a kernel is handed over only once it runs."""
        return True

    async def poll(self) -> int | None:
        """None while the kernel runs, else 0; the server knows its exit code."""
        return None if is_running(self.pid) else 0

    async def wait(self) -> int | None:
        """Returns when the kernel has ended."""
        while is_running(self.pid):
            await asyncio.sleep(_POLL_SECONDS)
        return 0

    async def send_signal(self, signum: int) -> None:
        """Sends a signal, such as SIGINT to interrupt a cell."""
        os.kill(self.pid, signum)

    async def kill(self, restart: bool = False) -> None:
        """Left to the kernel server."""

    async def terminate(self, restart: bool = False) -> None:
        """Left to the kernel server."""

    async def cleanup(self, restart: bool = False) -> None:
        """Left to the kernel server."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Nothing to launch: the kernel runs, and its connection file says how to reach it."""
        return self.connection_info


class LimitedChannel(AsyncZMQSocketChannel):
    """What a kernel publishes, with the outputs of each cell limited."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._limit = OutputLimit()

    async def get_msg(  # type: ignore[override]  # as its base does
        self, timeout: float | None = None
    ) -> dict[str, Any]:
        """The next message that is not dropped; raises `Empty` after that many seconds."""
        while True:
            message = self._limit.limited(await super().get_msg(timeout))
            if message is not None:
                return message


class ReadyClient(AsyncKernelClient):
    """A client that is ready as soon as the kernel's answers arrive.

    The original waits a fifth of a second more for messages that nobody reads.
    """

    iopub_channel_class = Type(LimitedChannel)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Returns when the kernel answers on both channels; raises `RuntimeError`."""
        end = time.monotonic() + (60 if timeout is None else timeout)
        while not await self._answers():
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it was ready")
            if time.monotonic() > end:
                raise RuntimeError("the kernel did not answer in time")

    async def _answers(self) -> bool:
        """Whether a question is answered, and what it publishes reaches us as well."""
        question = self.kernel_info()
        try:
            for channel, seconds in ((self.shell_channel, 1.0), (self.iopub_channel, 0.2)):
                message = await channel.get_msg(timeout=seconds)
                while message["parent_header"].get("msg_id") != question:
                    message = await channel.get_msg(timeout=seconds)
        except Empty:
            return False
        return True


def manager_of(connection: Path, pid: int) -> AsyncKernelManager:
    """The manager of a kernel that runs as process `pid`; `connection` is its connection file."""
    manager = AsyncKernelManager(connection_file=str(connection), client_factory=ReadyClient)
    manager.load_connection_file()
    kernel = ForkedKernel(parent=manager)
    kernel.pid = pid
    manager.provisioner = kernel
    return manager


def wait_until_bound(connection: Path, pid: int, seconds: float = 30.0) -> None:
    """Waits until the kernel listens: who connects earlier is made to wait a tenth of a second."""
    end = time.monotonic() + seconds
    sockets = [connection.with_name(f"s-{port}") for port in (1, 2)]
    while not all(path.exists() for path in sockets):
        if time.monotonic() > end or not is_running(pid):
            return  # the client reports what is wrong
        time.sleep(0.003)


def is_running(pid: int) -> bool:
    """Whether there is such a process; its parent, the kernel server, reaps it when it ends."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
