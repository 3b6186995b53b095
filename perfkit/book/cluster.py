"""The workers of a Dask cluster, as an executor of units of work.

Dask schedules, repeats what was lost with a worker, and shows a dashboard. Here is only what it
does not know: that workers have to be like this process, and see the same workspace.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from perfkit.core.errors import ClusterError, MissingExtraError, WorkerError
from perfkit.disk.sealed import VERSION

if TYPE_CHECKING:
    from distributed import Client

PATIENCE_SECONDS = 30.0
"""How long a cluster may have no worker before it is given up."""

CONNECT_SECONDS = 10
ANSWER_SECONDS = 10.0
"""How long workers are waited for that are asked for their version."""


class Cluster:
    """A Dask cluster at an address, such as `tcp://scheduler:8786`; or the one of a client.

    It is connected with when there is something to do, and stays so until `shutdown`. Each worker
    is asked for its version once.
    """

    def __init__(self, at: str | Client) -> None:
        self.address = at if isinstance(at, str) else "of the client"
        self._client: Client | None = None if isinstance(at, str) else at
        self._is_own = isinstance(at, str)
        self._checked: set[str] = set()
        self._without_workers: float | None = None

    @property
    def workers(self) -> int:
        """How many units are done at a time."""
        return sum(self._connected().nthreads().values())

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Begins a call, and returns its future.

        Raises `ClusterError`, or `WorkerError` where a worker is of another version.
        """
        executor = self._connected().get_executor(pure=False)
        future: Future[Any] = executor.submit(function, *args)
        return future

    def problem(self) -> str:
        """Why nothing more will come; empty while something may."""
        client = self._client
        if client is None or client.status in ("closed", "closing"):
            return f"the scheduler at {self.address} is gone"
        if client.status == "running" and self._names():
            self._without_workers = None
            return ""
        since = self._without_workers = self._without_workers or time.monotonic()
        if time.monotonic() - since < PATIENCE_SECONDS:
            return ""
        if client.status != "running":
            return f"the scheduler at {self.address} does not answer"
        return f"the cluster at {self.address} has no worker any more"

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Lets go of the cluster, which goes on."""
        if self._client is not None and self._is_own:
            with contextlib.suppress(Exception):  # whatever is wrong with it, it is over
                self._client.close(timeout=2)
            self._client = None
            self._checked.clear()

    def _connected(self) -> Client:
        if self._client is None or (self._is_own and self._client.status == "closed"):
            self._client = _client_of(self.address)
            self._checked.clear()
        self._check(self._client)
        return self._client

    def _names(self) -> set[str]:
        assert self._client is not None
        # A client whose scheduler has just gone away knows nothing of it any more.
        return set(self._client.scheduler_info(n_workers=-1).get("workers", ()))

    def _check(self, client: Client) -> None:
        """Raises where a worker that was not asked before is of another version, or has none.

        One that does not answer is passed over: a unit says the version again.
        """
        new = self._names() - self._checked
        if not self._checked and not new:
            self._wait_for_a_worker(client)
            new = self._names()
        if not new:
            return
        found = _versions(client, sorted(new))
        for worker, version in sorted(found.items()):
            if isinstance(version, Exception):
                why = f"{type(version).__name__}: {version}"
                raise WorkerError(worker, f"it cannot run perfkit ({why})", _SAME_VERSIONS)
            if version != VERSION:
                problem = f"it is {version}, and this is {VERSION}"
                raise WorkerError(worker, problem, _SAME_VERSIONS)
        self._checked |= found.keys()

    def _wait_for_a_worker(self, client: Client) -> None:
        try:
            client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        except TimeoutError as error:
            problem = f"it has had no worker for {PATIENCE_SECONDS:.0f} s"
            remedy = "start some: `dask worker ADDRESS --nthreads 1`"
            raise ClusterError(self.address, problem, remedy) from error


_SAME_VERSIONS = "install the same versions of perfkit and Python on every machine"


def _versions(client: Client, workers: list[str]) -> dict[str, str | Exception]:
    """The versions of those workers that answer, or why one cannot."""
    import threading

    found: dict[str, str | Exception] = {}

    def ask() -> None:
        with contextlib.suppress(Exception):  # the client is gone, which shows at its next use
            found.update(client.run(_version, workers=workers, on_error="return"))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(ANSWER_SECONDS)
    return {name: one for name, one in list(found.items()) if not isinstance(one, OSError)}


def _version() -> str:
    """That of the process where it is called."""
    return VERSION


def _client_of(address: str) -> Client:
    import logging

    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise MissingExtraError("distributed", "cluster") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it has to say is said here
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        problem = " ".join(str(error).split()) or type(error).__name__
        remedy = "check the address, say tcp://HOST:8786, and that `dask scheduler` runs there"
        raise ClusterError(address, f"cannot be reached ({problem[:200]})", remedy) from error
