"""The unit of work of an update: some files of one source, read anywhere, with all that they say.

A unit is plain values, so any process can do it that sees the same files: one of a pool, or one on
another machine. It reads files from where the book stands and gives batches back. Sealed days go
into pages in the folder of the cache, under names that no other process uses, or along with the
answer where the folder cannot be written. Doing a unit twice changes nothing.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Mapping

from perfkit.book.batch import Batch, FileReading, batches
from perfkit.book.store.pages import Pages
from perfkit.config.settings import Config, Source
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.sealed import VERSION
from perfkit.logs.file_log import ContentChangedError


class WorkUnit(NamedTuple):
    """Files of one source to be read in one go; `now` is the time of the file system in ns."""

    source: Source
    config: Config
    readings: list[FileReading]
    now: int


class UnitResult(NamedTuple):
    """What came of a unit: batches, and the sections that could not be written, by page.

    Without batches, `problem` says why; `missing` names a file that was not there, `changed` one
    that is not what it was. `worker` says which process that was, and `other_version` that it
    refused the unit, for it is of that one.
    """

    worker: str
    batches: list[Batch] | None = None
    pending: Mapping[str, dict[int, bytes]] = {}
    pages: tuple[str, ...] = ()
    problem: str = ""
    missing: str = ""
    changed: str = ""
    other_version: str = ""


def packed(unit: WorkUnit, folder: str | None, prefix: str, mode: int) -> bytes:
    """A unit as bytes. Of the configuration it has what the lines of its own source need."""
    config = unit.config._replace(sources=(unit.source,), targets=(), text=b"", looks=())
    return pickle.dumps((unit._replace(config=config), folder, prefix, mode))


def answer(version: str, packed_unit: bytes) -> UnitResult:
    """Does a unit for a process of that version; whatever goes wrong is part of the answer."""
    worker = f"process {os.getpid()} on {os.uname().nodename}"
    if version != VERSION:
        return UnitResult(worker, other_version=VERSION)
    unit, folder, prefix, mode = pickle.loads(packed_unit)
    pages = Pages(folder, f"{prefix}-{os.urandom(6).hex()}")
    pages.mode = mode
    try:
        made = list(read_here(unit, pages))
    except FileNotFoundError as error:
        return UnitResult(worker, problem=str(error), missing=str(error.filename or ""))
    except ContentChangedError as error:
        return UnitResult(worker, changed=str(error))
    except Exception as error:  # who asked meets it again, and raises it
        return UnitResult(worker, problem=str(error) or type(error).__name__)
    pages.flush()
    return UnitResult(worker, made, pages.pending, tuple(pages.written))


def read_here(unit: WorkUnit, pages: Pages) -> Iterator[Batch]:
    """The batches of a unit, read in this process."""
    return batches(unit.source, unit.config, unit.readings, pages, seal=True, now=unit.now)
