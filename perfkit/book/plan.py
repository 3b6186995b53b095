"""The plan of an update: what each log file is compared with what was known of it.

    the file                                        what is done
    ----------------------------------------------  -----------------------------------------------
    same name and fingerprint, settled              nothing: it is not opened
    the same, but a run that had to be short        all of its bytes are compared, then kept
      compared a sample when it last grew
    same fingerprint, changed within the clock's    its bytes are compared, then kept
      grain, or touched, or renamed
    longer, its earlier bytes are the same          what follows the committed offset is read
    compressed, a document or a database, all of    kept
      its text is the same
    a document or a compressed file that is not     kept as it was before, and said
      whole, or that its reader fails to read: it
      is being written, or it is damaged
    shorter, its earlier bytes differ, or it has    read from its start; its old trades are dropped
      another form (a header came)
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
from perfkit.config.dialect import Dialect
from perfkit.core.errors import LogReadError
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.atomic import narrowed
from perfkit.disk.fingerprints import Fingerprint, is_settled
from perfkit.logs.digest import digest_of, verified
from perfkit.logs.file_log import Start
from perfkit.logs.files import (
    HalfWrittenError,
    form_in,
    is_begun_document,
    readable,
    text_in,
    unreadable,
)
from perfkit.logs.formats.form import DOCUMENT
from perfkit.logs.forms import form_fingerprint
from perfkit.logs.listing import LogFile

NOT_WHOLE = "is not a whole compressed file"
LEAST_COMPRESSED = 14
"""A compressed file of nothing has so many bytes at least (bz2; more in the other formats)."""


class Plan(NamedTuple):
    """What to do about the files of one source.

    `numbers` are those of its files in reading order; `kept` are the entries of files that stand
    or grew, `readings` what is to be read, `dropped` the entries of what is no longer there.
    `rewritten`, `gone` and `half_written` name files for the operator, the latter with why. `mode`
    is that of what is made from them.
    """

    numbers: tuple[int, ...]
    kept: dict[int, FileEntry]
    readings: list[FileReading]
    dropped: list[FileEntry]
    rewritten: list[str]
    gone: list[str]
    half_written: list[tuple[str, str]]
    verified: int
    mode: int

    @property
    def is_idle(self) -> bool:
        """Whether the ledger needs no update."""
        return not self.readings and not self.dropped

    def standing(self, ledger: Ledger) -> Ledger:
        """The ledger of files none of which has changed, with what they look like now."""
        if not self.verified and self.mode == ledger.mode:
            return ledger
        files = tuple(self.kept[number] for number in self.numbers)
        return ledger._replace(files=files, mode=self.mode)


def plan(
    ledger: Ledger,
    dialect: Dialect,
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
    have elsewhere, which new ones get again. Raises `LogReadError`, or `FileNotFoundError`.
    """
    statuses = [_status(path, name) for path, name, _ in files]
    fingerprints = list(map(form_fingerprint, [path for path, *_ in files], statuses))
    mode = narrowed(status.st_mode for status in statuses)
    if _all_stand(ledger.files, files, fingerprints, verified_bytes):
        return _nothing_to_do(ledger, mode)
    known_files = _KnownFiles(ledger, fingerprints)
    numbers, kept = list[int](), dict[int, FileEntry]()
    readings, rewritten = list[FileReading](), list[str]()
    half_written, looked_at = list[tuple[str, str]](), 0
    for (path, name, _), fingerprint in zip(files, fingerprints, strict=True):
        known = known_files.take(name, fingerprint)
        if known is not None:
            found = _Found(known)
            if not _stands(known, name, fingerprint, verified_bytes):
                looked_at += 1
                found = _compared(path, name, dialect, known, now, verified_bytes)
            half_written += found.half_written
            if found.entry is not None:
                numbers.append(known.number)
                kept[known.number] = found.entry
                readings += found.readings
                continue
            if _had_earlier_lines(known, name):
                rewritten.append(name)
        limit = None if limits is None else limits[name]
        number = given.get(name, next_number)
        readings.append(FileReading(number, path, name, limit=limit))
        numbers.append(number)
        next_number = max(next_number, number + 1)
    dropped = [file for file in ledger.files if file.number not in kept]
    to_report = rewritten, _names_not_in(files, dropped), half_written
    return Plan(tuple(numbers), kept, readings, dropped, *to_report, looked_at, mode)


def _had_earlier_lines(known: FileEntry, name: str) -> bool:
    """Whether other content than was known is a change: a document or a database is read anew.

    A new file may get the inode of one that was packed or removed.
    """
    return known.name == name and not known.is_read_anew


def _names_not_in(files: Sequence[LogFile], dropped: Sequence[FileEntry]) -> list[str]:
    there = {file.name for file in files}
    return [file.name for file in dropped if file.name not in there]


def _nothing_to_do(ledger: Ledger, mode: int) -> Plan:
    kept = {file.number: file for file in ledger.files}
    return Plan(tuple(kept), kept, [], [], [], [], [], 0, mode)


def _all_stand(
    known: Sequence[FileEntry],
    files: Sequence[LogFile],
    fingerprints: Sequence[Fingerprint],
    verified_bytes: int,
) -> bool:
    """Whether the files are those that were known, in their order, and each surely is what it was.

    Of 1,000 sources this is so for nearly all, and it takes half the time of comparing one by one.
    """
    return len(known) == len(files) and all(
        _stands(entry, file.name, fingerprint, verified_bytes)
        for entry, file, fingerprint in zip(known, files, fingerprints, strict=True)
    )


def _stands(known: FileEntry, name: str, fingerprint: Fingerprint, verified_bytes: int) -> bool:
    """Whether a file surely is what it was."""
    stands = known.fingerprint == fingerprint and known.name == name
    stands = stands and not known.is_doubtful(verified_bytes)
    return stands and is_settled(fingerprint, known.seen_at)


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


class _Found(NamedTuple):
    """A known file as it is now: its entry, None if it changed, and what to read of it.

    `half_written` has its name and why it cannot be read to its end, if it cannot.
    """

    entry: FileEntry | None
    readings: tuple[FileReading, ...] = ()
    half_written: tuple[tuple[str, str], ...] = ()


def _compared(
    path: str, name: str, dialect: Dialect, known: FileEntry, now: int, verified_bytes: int
) -> _Found:
    """A file that may have changed, compared with what is known of it."""
    try:
        return _compared_text(path, name, dialect, known, now, verified_bytes)
    except HalfWrittenError as error:
        return _Found(known, half_written=((name, error.problem),))
    except LogReadError as error:
        if not (known.is_compressed and isinstance(error.__cause__, EOFError)):
            raise
        return _Found(known, half_written=((name, NOT_WHOLE),))


def _compared_text(
    path: str, name: str, dialect: Dialect, known: FileEntry, now: int, verified_bytes: int
) -> _Found:
    with readable(name), open(path, "rb") as stream:
        status = os.fstat(stream.fileno())
        seen = known._replace(name=name, fingerprint=form_fingerprint(path, status), seen_at=now)
        if known.is_compressed and known.end and status.st_size < LEAST_COMPRESSED:
            return _Found(known, half_written=((name, NOT_WHOLE),))
        form = form_in(path, name, stream, dialect)
        if form.label != known.form:
            if known.numbering == DOCUMENT and is_begun_document(stream, form):
                return _Found(known, half_written=((name, "is not a whole JSON document"),))
            return _Found(None)
        if form.is_translated:
            text = text_in(path, name, stream, form, dialect)
            same = digest_of(text).chunks() == known.chunks
            return _Found(seen if same else None)
        if status.st_size < known.end:
            return _Found(None)
        digest = verified(stream, known.end, known.chunks, verified_bytes)
        newline: int | None = 0
        if status.st_size > known.end > 0:
            stream.seek(known.end - 1)
            newline = _newline_after(stream.read(3))
    if digest is None or newline is None:
        return _Found(None)
    seen = seen._replace(sampled=known.end if known.end > verified_bytes else 0)
    if status.st_size == known.end:
        return _Found(seen._replace(waiting=0, waiting_lines=0))
    start = Start(known.end, known.lines + 1, newline)
    inode = seen.fingerprint[:2]
    follows = start, digest, inode, known.last_day
    return _Found(seen, (FileReading(known.number, path, name, *follows, label=form.label),))


def _newline_after(around: bytes) -> int | None:
    """How long the newline is that a last line without one got since; None if it got anything else.

    `around` begins with the last byte of that line, or with its newline if it had one.
    """
    if around[:1] == b"\n":
        return 0
    if around[1:2] == b"\n":
        return 1
    return 2 if around[1:3] == b"\r\n" else None
