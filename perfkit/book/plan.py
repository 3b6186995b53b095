"""The plan of an update: what each log file is compared with what was known of it.

    the file                                        what is done
    ----------------------------------------------  -----------------------------------------------
    same name and fingerprint, settled              nothing: it is not opened
    the same, but a run that had to be short        all of its bytes are compared, then kept
      compared a sample when it last grew
    same fingerprint, changed within the clock's    its bytes are compared, then kept
      grain, or touched, or renamed
    longer, its earlier bytes are the same          what follows the committed offset is read
    compressed, all of its bytes are the same       kept
    shorter, or its earlier bytes differ            read from its start; its old trades are dropped
    new                                             read from its start
    gone                                            its trades, lines and bad lines are dropped
    another file under its name (rotated away       both are what they are by device and inode:
      as `log.1`, a new `log`)                      `log.1` is kept, `log` is new

If the known files come in another order than before, the whole source is read again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from perfkit.book.batch import FileReading
from perfkit.book.store.ledger import FileEntry, Ledger
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.atomic import narrowed
from perfkit.disk.fingerprints import Fingerprint, fingerprint_of, is_settled
from perfkit.logs.digest import digest_of, verified
from perfkit.logs.files import is_compressed, readable, unreadable
from perfkit.logs.listing import LogFile
from perfkit.logs.reader import Start


class Plan(NamedTuple):
    """What to do about the files of one source.

    `numbers` are those of its files in reading order; `kept` are the entries of files that stand
    or grew, `readings` what is to be read, `dropped` the entries of what is no longer there.
    `rewritten` and `gone` name files for the operator. `mode` is that of what is made from them.
    """

    numbers: tuple[int, ...]
    kept: dict[int, FileEntry]
    readings: list[FileReading]
    dropped: list[FileEntry]
    rewritten: list[str]
    gone: list[str]
    verified: int
    mode: int

    @property
    def is_idle(self) -> bool:
        """Whether the ledger needs no update."""
        return not self.readings and not self.dropped


def plan(
    ledger: Ledger,
    files: Sequence[LogFile],
    next_number: int,
    now: int,
    verified_bytes: int,
    limits: Mapping[str, int] | None,
    given: Mapping[str, int],
) -> Plan:
    """Compares the files of a source, in reading order, with what is known of them.

    A file that grew has all its earlier bytes verified up to `verified_bytes`, of a longer one
    some. With `limits`, a file is read up to so many bytes only; `given` are numbers that files
    have elsewhere, which new ones get again. Raises `LogReadError`, or `FileNotFoundError` for a
    file that has gone meanwhile.
    """
    statuses = [_status(path, name) for path, name, _ in files]
    fingerprints = list(map(fingerprint_of, statuses))
    known_files = _KnownFiles(ledger, fingerprints)
    numbers, kept, readings, rewritten = [], {}, [], []
    looked_at = 0
    for (path, name, _), fingerprint in zip(files, fingerprints, strict=True):
        known = known_files.take(name, fingerprint)
        if known is not None:
            stands = known.fingerprint == fingerprint and known.name == name
            stands = stands and not known.is_doubtful(verified_bytes)
            entry: FileEntry | None = known
            reading = None
            if not (stands and is_settled(fingerprint, known.seen_at)):
                looked_at += 1
                entry, reading = _compared(path, name, known, now, verified_bytes)
            if entry is not None:
                numbers.append(known.number)
                kept[known.number] = entry
                if reading is not None:
                    readings.append(reading)
                continue
            rewritten.append(name)
        limit = None if limits is None else limits[name]
        number = given.get(name, next_number)
        readings.append(FileReading(number, path, name, limit=limit))
        numbers.append(number)
        next_number = max(next_number, number + 1)
    dropped = [file for file in ledger.files if file.number not in kept]
    there = {file.name for file in files}
    gone = [file.name for file in dropped if file.name not in there]
    mode = narrowed(status.st_mode for status in statuses)
    return Plan(tuple(numbers), kept, readings, dropped, rewritten, gone, looked_at, mode)


class _KnownFiles:
    """The files that were known, each of which is at most one of the present ones."""

    def __init__(self, ledger: Ledger, fingerprints: Iterable[Fingerprint]) -> None:
        self._by_name = {file.name: file for file in ledger.files}
        self._by_inode = {file.fingerprint[:2]: file for file in ledger.files}
        self._present = {fingerprint[:2] for fingerprint in fingerprints}
        self._taken: set[int] = set()

    def take(self, name: str, fingerprint: Fingerprint) -> FileEntry | None:
        """The known file that this one is: by its name, or renamed, by device and inode."""
        known = self._by_name.get(name)
        if known is None or known.fingerprint != fingerprint:
            known = self._by_inode.get(fingerprint[:2])
        if known is None or known.number in self._taken:
            known = self._by_name.get(name)
            # A file that lives on under another name is not this one.
            if known is not None and known.fingerprint[:2] in self._present:
                known = None
        if known is None or known.number in self._taken:
            return None
        self._taken.add(known.number)
        return known


def in_old_order(ledger: Ledger, numbers: Iterable[int]) -> bool:
    """Whether the files that were known are read in the order they were."""
    rank = {file.number: place for place, file in enumerate(ledger.files)}
    known = [rank[number] for number in numbers if number in rank]
    return known == sorted(known)


def _status(path: str, name: str) -> os.stat_result:
    try:
        return os.stat(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(name, error) from error


def _compared(
    path: str, name: str, known: FileEntry, now: int, verified_bytes: int
) -> tuple[FileEntry | None, FileReading | None]:
    """A file that may have changed: its entry, and what to read of it; no entry if it did."""
    with readable(name), open(path, "rb") as stream:
        status = os.fstat(stream.fileno())
        seen = known._replace(name=name, fingerprint=fingerprint_of(status), seen_at=now)
        if is_compressed(path):
            same = digest_of(stream).chunks() == known.chunks
            return (seen, None) if same else (None, None)
        if status.st_size < known.end:
            return None, None
        digest = verified(stream, known.end, known.chunks, verified_bytes)
    if digest is None:
        return None, None
    seen = seen._replace(sampled=known.end if known.end > verified_bytes else 0)
    if status.st_size == known.end:
        return seen._replace(waiting=0), None
    start = Start(known.end, known.lines + 1)
    inode = seen.fingerprint[:2]
    return seen, FileReading(known.number, path, name, start, digest, inode, known.last_day)
