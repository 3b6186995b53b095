"""Logs of an object store copied to this machine: what is new, and nothing else.

    the object                                      what is done
    ----------------------------------------------  -----------------------------------------------
    same token and size, and its copy is untouched  nothing
    new, grown, or another content                  downloaded, then renamed to where its copy is
    replaced while it is downloaded                 downloaded again
    gone                                            its copy stays, and that is said once; or it is
                                                    removed, where that is asked for
    all of them gone                                an error; the copies stay

A copy always is one whole content of its object. What was fetched is noted in a file of its own;
without it, everything is fetched again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from perfkit.config.settings import Config, Source
from perfkit.core.errors import OutputError, RemoteError
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.atomic import flush_folder, put_in_place
from perfkit.disk.locks import exclusive
from perfkit.disk.sealed import read_bytes, sealed, unsealed
from perfkit.logs.listing import pattern_meets
from perfkit.mirror.store import Connections, RemoteObject, Store

NOTES = "logs/performance/fetched"
"""The folder of what was fetched, a file for each source."""

STAGING = ".fetching"
AT_ONCE = 16
ATTEMPTS = 5
BATCH = 500
"""After so many downloads the store is listed again, and it is noted what was fetched."""

Copies = dict[str, tuple[str, int, int, bool]]
"""For each name: the token of its object, size and time of the copy, and whether it is gone."""


class Fetched(NamedTuple):
    """What one run did for a source: names of objects, and how many stood."""

    source: str
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    stood: int = 0


def fetch(
    config: Config,
    source: Source,
    *,
    delete: bool = False,
    progress: Callable[[int, int], None] | None = None,
    connections: Connections | None = None,
) -> Fetched:
    """Brings the copies of a source up to date; with `delete`, copies of gone objects are removed.

    A caller that fetches several sources gives the same `connections` with each.
    Raises `RemoteError`, `OutputError` or `MissingExtraError`; what was fetched before that stays.
    """
    folder = mirror_folder(source)
    try:
        with exclusive(os.path.join(config.folder, NOTES, f"{source.name}.lock")):
            run = _Fetch(config, source, folder, progress, connections)
            return run.run(delete=delete)
    except OSError as error:
        raise OutputError(str(error.filename or folder), error) from error


def mirror_folder(source: Source) -> str:
    """Where the copies of a source are."""
    location = source.location
    return location if source.remote.endswith("/") else os.path.dirname(location)


class _Fetch:
    """One run for one source; the lock is held."""

    def __init__(
        self,
        config: Config,
        source: Source,
        folder: str,
        progress: Callable[[int, int], None] | None,
        connections: Connections | None = None,
    ) -> None:
        self.source = source
        self.folder = folder
        self.notes = os.path.join(config.folder, NOTES, source.name)
        self.staging = os.path.join(os.path.dirname(folder), STAGING, source.name)
        self.progress = progress
        self.copies: Copies = unsealed(read_bytes(self.notes) or b"") or {}
        self.store = Store(source.remote, connections)

    def run(self, *, delete: bool) -> Fetched:
        wanted = {one.name: one for one in self._wanted(self.store.objects())}
        gone = sorted(self.copies.keys() - wanted.keys())
        if not wanted:
            raise self._nothing()
        known = self.copies.keys() & wanted.keys()
        todo = [one for one in wanted.values() if not self._stands(one)]
        self._download(todo)
        found = Fetched(
            self.source.name,
            new=tuple(one.name for one in todo if one.name not in known),
            changed=tuple(one.name for one in todo if one.name in known),
            gone=() if delete else tuple(name for name in gone if not self.copies[name][3]),
            removed=tuple(gone) if delete else (),
            stood=len(wanted) - len(todo),
        )
        for name in gone:
            if delete:
                self._remove(name)
            else:
                self.copies[name] = (*self.copies[name][:3], True)
        if found.gone or found.removed:
            self._note()
        return found

    def _wanted(self, objects: Iterable[RemoteObject]) -> Iterable[RemoteObject]:
        """The objects that are logs of the source; raises `RemoteError` for names of no file."""
        meets = pattern_meets(self.source.pattern)
        for one in objects:
            if self.source.remote.endswith("/") and not meets(one.name):
                continue
            parts = one.name.split("/")
            if any(part in ("", ".", "..") or "\0" in part for part in parts):
                remedy = "rename it, or narrow `pattern`"
                raise RemoteError(f"{self.source.remote}{one.name}", "cannot name a file", remedy)
            yield one

    def _nothing(self) -> RemoteError:
        if self.copies:
            problem = f"has no log any more, though {len(self.copies):,} were fetched before"
            remedy = "check path and pattern; the copies were left as they are"
        else:
            problem, remedy = "has no log", f"check path and pattern ({self.source.pattern})"
        return RemoteError(self.source.remote, problem, remedy)

    def _stands(self, one: RemoteObject) -> bool:
        """Whether the copy is of this content, and nobody touched it."""
        token, size, modified, _ = self.copies.get(one.name, ("", -1, -1, False))
        if not token or token != one.token or size != one.size:
            return False
        try:
            status = os.stat(self._path(one.name))
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (size, modified)

    def _download(self, todo: list[RemoteObject]) -> None:
        if not todo:
            return
        shutil.rmtree(self.staging, ignore_errors=True)
        os.makedirs(self.staging)
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            for first in range(0, len(todo), BATCH):
                self._download_batch(todo[first : first + BATCH], pool)
                self._note()
                if self.progress is not None:
                    self.progress(min(first + BATCH, len(todo)), len(todo))
        finally:
            pool.shutdown(cancel_futures=True)
            shutil.rmtree(self.staging, ignore_errors=True)
            self._note()

    def _download_batch(self, batch: list[RemoteObject], pool: ThreadPoolExecutor) -> None:
        """Downloads objects and puts them in place, if they still are what they were before."""
        for _ in range(ATTEMPTS):
            paths = [os.path.join(self.staging, str(number)) for number in range(len(batch))]
            list(pool.map(self._downloaded, batch, paths))
            now = {one.name: one for one in self.store.objects()}
            again: list[RemoteObject] = []
            for one, path in zip(batch, paths, strict=True):
                fresh = now.get(one.name)
                if fresh is None:
                    problem = f"{one.name} was removed while it was fetched"
                    raise RemoteError(self.source.remote, problem, "try again")
                if fresh == one and os.path.exists(path) and os.stat(path).st_size == one.size:
                    self._put(one, path)
                else:
                    again.append(fresh)
            if not again:
                return
            batch = again
        remedy = "try again, or write it less often"
        problem = f"{batch[0].name} changes faster than it can be fetched"
        raise RemoteError(self.source.remote, problem, remedy)

    def _downloaded(self, one: RemoteObject, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):  # it is seen in the next listing
            self.store.download(one, path)

    def _put(self, one: RemoteObject, temporary: str) -> None:
        """Puts a content in place of its copy, durably and as a whole."""
        path = self._path(one.name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "rb") as stream:
            os.fsync(stream.fileno())
        os.replace(temporary, path)
        flush_folder(os.path.dirname(path))
        status = os.stat(path)
        self.copies[one.name] = one.token, status.st_size, status.st_mtime_ns, False

    def _remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path(name))
        del self.copies[name]

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, *name.split("/"))

    def _note(self) -> None:
        os.makedirs(os.path.dirname(self.notes), exist_ok=True)
        put_in_place(self.notes, sealed(dict(self.copies)))
