"""Bytes kept in files that are written once: sections of pages, each with its own checksum.

A section is found by its address: `(page, offset, length, checksum)`. A page is a file of sections
one after the other; it is never changed, only removed when nothing refers to it any more. What was
put and not yet written is kept in memory, so that an unwritable disk costs speed and nothing else.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection, Mapping
from contextlib import suppress

from perfkit.disk.atomic import FILE_MODE, put_in_place
from perfkit.disk.sealed import open_plain

Address = tuple[str, int, int, int]

PAGE_BYTES = 8 << 20
SUFFIX = ".page"


class CacheDamagedError(Exception):
    """Something in the cache is not what was written; it is rebuilt from the logs."""


class Pages:
    """The sections in one folder; without a folder, in memory alone.

    `prefix` starts the names of the pages this process writes, and must be new to the folder.
    """

    def __init__(self, folder: str | None, prefix: str) -> None:
        self.folder = folder
        self.prefix = prefix
        self.mode = FILE_MODE
        """Who may read what is written."""
        self.problem: OSError | None = None
        """Why nothing more is written to the folder; None while it can be."""
        self.pending: dict[str, dict[int, bytes]] = {}
        self.written: list[str] = []
        """The pages this process has written."""
        self._filled = 0
        self._written = 0
        self._open: dict[str, int] = {}

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the open pages."""
        while self._open:
            os.close(self._open.popitem()[1])

    def put(self, content: bytes) -> Address:
        """Takes a section."""
        if self._filled >= PAGE_BYTES:
            self.flush()
            self._written += 1
            self._filled = 0
        page = f"{self.prefix}-{self._written}"
        address = (page, self._filled, len(content), zlib.crc32(content))
        self.pending.setdefault(page, {})[self._filled] = content
        self._filled += len(content)
        return address

    def get(self, address: Address) -> bytes:
        """The section at that address; raises `CacheDamagedError`."""
        page, offset, length, checksum = address
        if page in self.pending:
            return self.pending[page][offset]
        try:
            content = os.pread(self.hold(page), length, offset)
        except OSError as error:
            raise CacheDamagedError(f"page {page} cannot be read: {error.strerror}") from error
        if len(content) != length or zlib.crc32(content) != checksum:
            raise CacheDamagedError(f"page {page} is damaged at {offset}")
        return content

    def hold(self, page: str) -> int:
        """Opens a page, and keeps it open: it can be read even when it has been removed since.

        Raises `CacheDamagedError` when it is not there.
        """
        if page not in self._open:
            try:
                self._open[page] = open_plain(self._path(page))
            except OSError as error:
                raise CacheDamagedError(f"page {page} cannot be opened") from error
        return self._open[page]

    def narrow(self, page: str) -> None:
        """Lets nobody read a page who may not read a new one."""
        descriptor = self.hold(page)
        if os.fstat(descriptor).st_mode & 0o777 & ~self.mode:
            with suppress(OSError):  # it is another user's
                os.fchmod(descriptor, self.mode)

    def adopt(self, pending: Mapping[str, dict[int, bytes]]) -> None:
        """Takes over sections that another process put and could not write."""
        self.pending.update(pending)

    def flush(self) -> None:
        """Writes what is in memory, durably; on failure it stays there, and `problem` says why."""
        if self.folder is None or self.problem is not None:
            return
        for page in list(self.pending):
            content = b"".join(self.pending[page].values())
            try:
                put_in_place(self._path(page), content, mode=self.mode)
            except OSError as error:
                self.problem = error
                return
            if page == f"{self.prefix}-{self._written}":
                self._written += 1
                self._filled = 0
            del self.pending[page]
            self.written.append(page)

    def is_written(self, page: str) -> bool:
        """Whether a page is in the folder."""
        return os.path.exists(self._path(page))

    def sweep(self, live: Collection[str]) -> None:
        """Removes every page that is not live, and what crashed writers left."""
        assert self.folder is not None
        for name in os.listdir(self.folder):
            if name.removesuffix(SUFFIX) not in live and name.endswith((SUFFIX, ".tmp")):
                with suppress(OSError):  # what is not a file was not made here
                    os.unlink(os.path.join(self.folder, name))

    def size(self, page: str) -> int:
        """The length of a page in bytes."""
        if page in self.pending:
            return sum(map(len, self.pending[page].values()))
        return os.fstat(self.hold(page)).st_size

    def _path(self, page: str) -> str:
        if self.folder is None:
            raise CacheDamagedError(f"page {page} is nowhere")
        return os.path.join(self.folder, page + SUFFIX)
