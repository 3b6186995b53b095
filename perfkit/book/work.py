"""Units of work of an update, which any process can do that sees the same files.

A unit is plain values, so that may be a process of a pool, or one on another machine. What it makes
goes back in its answer; sections go into pages in the folder of the cache, under names that no
other process uses, or along with the answer where the folder cannot be written. Doing a unit twice
changes nothing.

    FilesToRead                 some files of a source or several, from where the book stands
    joint_days.JointDays        some days that several sources share, each as a sheet
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from perfkit.book.batch import Batch, FileReading, batches
from perfkit.book.store.pages import Pages
from perfkit.config.settings import Config, Source
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.sealed import VERSION
from perfkit.logs.file_log import ContentChangedError


class WorkUnit(Protocol):
    """What is to be done in one go; `readings` are the log files that are read for it."""

    @property
    def readings(self) -> Sequence[FileReading]: ...

    def made(self, pages: Pages) -> list[Any]:
        """What comes of it; sections are put into those pages."""


FilesOf = tuple[Source, list[FileReading]]
"""A source, and files of it in the order they are read."""


class FilesToRead(NamedTuple):
    """Files of some sources to be read in one go; `now` is the time of the file system in ns."""

    parts: list[FilesOf]
    config: Config
    now: int

    @property
    def readings(self) -> list[FileReading]:
        """The files of all these sources."""
        return [reading for _, readings in self.parts for reading in readings]

    def made(self, pages: Pages) -> list[tuple[str, Batch]]:
        """The batches that the files give, each with the name of its source."""
        return [
            (source.name, batch)
            for source, readings in self.parts
            for batch in batches(source, self.config, readings, pages, seal=True, now=self.now)
        ]


def files_to_read(parts: list[FilesOf], config: Config, now: int) -> FilesToRead:
    """Files to be read, with no more of the configuration than the lines of their sources need."""
    sources = tuple(source for source, _ in parts)
    return FilesToRead(parts, config._replace(sources=sources, targets=(), text=b"", looks=()), now)


class UnitResult(NamedTuple):
    """What came of a unit, and the sections that could not be written, by page.

    If nothing was `made`, `problem` says why; `missing` names a file that was not there, `changed`
    one that is not what it was. `worker` says which process that was, and `other_version` that it
    refused the unit, for it is of that one.
    """

    worker: str
    made: list[Any] | None = None
    pending: Mapping[str, dict[int, bytes]] = {}
    pages: tuple[str, ...] = ()
    problem: str = ""
    missing: str = ""
    changed: str = ""
    other_version: str = ""


def packed(unit: WorkUnit, folder: str | None, prefix: str, mode: int) -> bytes:
    """A unit as bytes."""
    return pickle.dumps((unit, folder, prefix, mode))


def answer(version: str, packed_unit: bytes) -> UnitResult:
    """Does a unit for a process of that version; whatever goes wrong is part of the answer."""
    worker = f"process {os.getpid()} on {os.uname().nodename}"
    if version != VERSION:
        return UnitResult(worker, other_version=VERSION)
    unit, folder, prefix, mode = pickle.loads(packed_unit)
    pages = Pages(folder, f"{prefix}-{os.urandom(6).hex()}")
    pages.mode = mode
    try:
        made = unit.made(pages)
    except FileNotFoundError as error:
        return UnitResult(worker, problem=str(error), missing=str(error.filename or ""))
    except ContentChangedError as error:
        return UnitResult(worker, changed=str(error))
    except Exception as error:  # who asked meets it again, and raises it
        return UnitResult(worker, problem=str(error) or type(error).__name__)
    pages.flush()
    return UnitResult(worker, made, pages.pending, tuple(pages.written))
