"""Reading what is new of all sources: one process when it is little, several when it is much.

Sources whose folders and files stand as the manifest knows them are neither listed nor planned;
of 1,000 sources most are. Should a file go from one to another meanwhile, all are listed again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from perfkit.book.batch import Batch, FileReading, batches
from perfkit.book.plan import Plan, in_old_order, plan
from perfkit.book.store.day_sheet import DIMENSIONS
from perfkit.book.store.freshness import still_stands
from perfkit.book.store.ledger import Ledger
from perfkit.book.store.manifest import Manifest
from perfkit.book.store.pages import Pages
from perfkit.book.update import absorbed
from perfkit.config.settings import Config, Source
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.atomic import narrowed
from perfkit.logs.forms import is_packed
from perfkit.logs.listing import (
    Listing,
    LogFile,
    check_read_once,
    log_files,
    own_output,
    shown_path,
    stands,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.book.dispatch import Executor
    from perfkit.book.work import FilesOf, FilesToRead

SEALED_BYTES = 4 << 20
"""More than this to read is written down batch by batch rather than held in memory."""

PARALLEL_BYTES = 8 << 20
"""Less than this is read by one process: starting others would take longer."""

MOST_BYTES, LEAST_BYTES = 32 << 20, 4 << 20
"""What is given to a process at a time: much at first, for each chunk makes a page of its own, then
ever less, so that all end at about the same time."""

Files = Sequence[tuple[Source, Sequence[LogFile]]]
"""The files of each source, in the order they are read."""

Listed = Sequence[tuple[Source, Listing]]
"""The same, with all that the pattern of the source met."""


class ReadResult(NamedTuple):
    """The updated manifest, what was to be done about each source, and what was read."""

    manifest: Manifest
    plans: list[Plan]
    bytes_read: int
    lines: int


def settled(manifest: Manifest, verified_bytes: int) -> Manifest:
    """The manifest where a source stands only if its earlier bytes have been verified as well."""
    standing = {
        name: one
        for name, one in manifest.standing.items()
        if name in manifest.ledgers
        and not manifest.ledgers.summary(name).is_doubtful(verified_bytes)
    }
    return manifest._replace(standing=standing)


def listed(config: Config, sources: Sequence[Source], manifest: Manifest) -> Listed:
    """The files of the sources that do not stand.

    Raises `LogReadError`, or `ConfigError` if two sources take the same from one file.
    """
    own = own_output(config.folder)
    found, single = [], []
    for source in sources:
        if source.name not in manifest.standing:
            found.append((source, log_files(source, config.folder, own)))
            continue
        _, _, is_folder, (_, inode, *_), _ = manifest.standing[source.name]
        if not is_folder:  # another source may have begun to read the file
            only = LogFile(source.location, shown_path(source.location, config.folder), inode)
            single.append((source, Listing([only], {})))
    check_read_once([*single, *found])
    return found


def all_stand(config: Config, found: Listed, manifest: Manifest) -> bool:
    """Whether no file came, went or was renamed since the sources were looked at."""
    return all(stands(*one) for one in found) and all(
        still_stands(one, config.folder) for one in manifest.standing.values()
    )


def updated(
    config: Config,
    manifest: Manifest,
    listing: Files,
    pages: Pages,
    now: int,
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    limits: Mapping[str, int] | None = None,
    given: Mapping[tuple[str, str], int] | None = None,
    verified_bytes: int,
    progress: Callable[[int, int], None] | None = None,
    dimensions: Sequence[str] = DIMENSIONS,
) -> ReadResult:
    """Reads what the manifest does not know yet, and joins it with what it does know.

    `jobs` processes read, or the `executor`, where there is much to read. What this process reads
    has those breakdowns at least.
    """
    next_number = manifest.next_number
    work: list[tuple[Source, Ledger, Plan]] = []
    for source, files in listing:
        ledger = manifest.ledgers.get(source.name) or Ledger()
        own = {name: n for (of, name), n in (given or {}).items() if of == source.name}
        asked = (source.dialect, files, next_number, now, verified_bytes, limits, own)
        todo = plan(ledger, *asked)
        if not in_old_order(ledger, todo.numbers):
            ledger = Ledger()
            todo = plan(ledger, *asked)
        next_number = max([next_number, *(number + 1 for number in todo.numbers)])
        work.append((source, ledger, todo))
    pages.mode = narrowed([manifest.mode, *(todo.mode for *_, todo in work)])
    ledgers: dict[str, Ledger] = {}
    bytes_read = lines = 0
    own_readings = [(source, todo.readings) for source, _, todo in work]
    read = _read(own_readings, config, pages, now, jobs, executor, progress, dimensions)
    for (source, ledger, todo), found in zip(work, read, strict=True):
        for batch in found:
            bytes_read += sum(sum(file.sizes) + file.waiting for file in batch.files)
            lines += sum(file.lines for file in batch.files)
        if todo.is_idle:
            ledgers[source.name] = todo.standing(ledger)
        else:
            ledgers[source.name] = absorbed(source, config, ledger, todo, found, pages, now)
    changed = manifest._replace(ledgers=manifest.ledgers.updated(ledgers), next_number=next_number)
    return ReadResult(changed, [todo for *_, todo in work], bytes_read, lines)


def _read(
    work: Sequence[FilesOf],
    config: Config,
    pages: Pages,
    now: int,
    jobs: int | None,
    executor: Executor | None,
    progress: Callable[[int, int], None] | None,
    dimensions: Sequence[str],
) -> list[list[Batch]]:
    """The batches of each source."""
    files = sum(len(readings) for _, readings in work)
    size = sum(_size(reading) for _, readings in work for reading in readings)
    done = 0

    def report(more: int = 1) -> None:
        nonlocal done
        done += more
        if progress is not None and files:
            progress(done, files)

    report(0)
    if size >= PARALLEL_BYTES and files > 1:
        found = _spread(work, config, pages, now, jobs, executor, size, report)
        if found is not None:
            return found
    read_here = partial(batches, seal=size > SEALED_BYTES, now=now, done=report)
    return [
        list(read_here(source, config, own, pages, dimensions=dimensions)) for source, own in work
    ]


def _spread(
    work: Sequence[FilesOf],
    config: Config,
    pages: Pages,
    now: int,
    jobs: int | None,
    executor: Executor | None,
    size: int,
    report: Callable[[int], None],
) -> list[list[Batch]] | None:
    """The batches of each source, read by several processes; None where one is to read them."""
    from perfkit.book.dispatch import spread
    from perfkit.book.work import files_to_read

    def units_for(workers: int) -> list[FilesToRead]:
        chunks = _Chunks(size, min(workers, sum(len(readings) for _, readings in work)))
        return [files_to_read(parts, config, now) for parts in chunks.of(work)]

    found = spread(units_for, pages, jobs, executor, report)
    if found is None:
        return None
    batches_of: dict[str, list[Batch]] = {source.name: [] for source, _ in work}
    for name, batch in found:
        batches_of[name].append(batch)
    return list(batches_of.values())


class _Chunks:
    """Shares out files so that several workers are done at about the same time."""

    def __init__(self, left: int, workers: int) -> None:
        self.left = left
        self.workers = workers
        self.least = min(LEAST_BYTES, left // workers)

    def of(self, work: Sequence[FilesOf]) -> Iterator[list[FilesOf]]:
        """Consecutive files in chunks; what is left decides how much the next one is.

        Two workers and 100 MiB in files of 1 MiB: chunks of 25 MiB, 18, 14, ... down to 4. Where
        sources have little, a chunk has files of several.
        """
        chunk: list[FilesOf] = []
        filled, wanted = 0, self._next()
        for source, readings in work:
            own: list[FileReading] = []
            for reading in readings:
                size = _size(reading)
                if (chunk or own) and filled + size // 2 >= wanted:
                    yield [*chunk, (source, own)] if own else chunk
                    self.left -= filled
                    chunk, own, filled, wanted = [], [], 0, self._next()
                own.append(reading)
                filled += size
            if own:
                chunk.append((source, own))
        self.left -= filled
        if chunk:
            yield chunk

    def _next(self) -> int:
        share = self.left // (2 * self.workers)
        return min(MOST_BYTES, max(self.least, share))


def _size(reading: FileReading) -> int:
    size = os.stat(reading.path).st_size
    return 8 * size if is_packed(reading.path) else size - reading.start.offset
