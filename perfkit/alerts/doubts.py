"""Why nothing can be said of a source although it can be read.

    logs/trades/2026-04-08.csv, its newest file, has no records yet
    all of its records are ignored; check `only` in the dialect of source bot

A reason has no counts: as long as it stands it reads the same, and is announced once.
"""

from __future__ import annotations

import os
from datetime import date

from perfkit.book.lost_columns import lost_columns
from perfkit.core.calendar import DAY_US
from perfkit.core.errors import LogReadError, kind_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.logs.digest import CHUNK_BYTES, verified
from perfkit.logs.files import form_in, readable, text_in
from perfkit.logs.listing import folder_mark, newest_is_no_file, shown_path, volume_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from perfkit.book.book import Book
    from perfkit.book.store.ledger import FileEntry
    from perfkit.config.settings import Source

    KnownFile: TypeAlias = "tuple[str, int, int, int, int, int, int, bytes]"
    """The fields of a `_Known`: plain, as the state keeps them."""

    KnownFiles: TypeAlias = "tuple[int, Mapping[str, tuple[int, int] | None], Sequence[KnownFile]]"
    """Of a source: a checksum of its settings, and log files that had trade lines under these.

    Between them, which folders they were in, by device and inode.
    """

QUIET_US = 7 * DAY_US
"""A folder whose last trade is so much older than the newest trade may have been removed."""


def doubt(
    book: Book, source: Source, known: KnownFiles, still: tuple[str, int] | None
) -> str | None:
    """Why a source cannot be relied on; None where it can.

    `known` are log files that had trades at the last run that could rely on it. `still` is the file
    and the offset of a last line that was not whole for some time.
    """
    files = book.files_of(source.name)
    if not files:
        where = source.location.removeprefix(os.path.join(book.config.folder, ""))
        return f"no file of {where} matches {source.pattern} (is a volume not mounted?)"
    odd = newest_is_no_file(source, book.config.folder)
    if odd is not None:
        return f"{odd}, the newest that matches, is not a file"
    newest = files[-1]
    return (
        _renamed(source, files)
        or _unread(source, files)
        or _lost(book, source, files, known)
        or _unfinished(files, still)
        or _without_result(book, source, newest)
    )


def _unread(source: Source, files: Sequence[FileEntry]) -> str | None:
    """Why no record of the newest file counts, or of no file."""
    newest = files[-1]
    parsed, ignored, blank, bad = newest.sizes
    has_read = any(file.sizes[0] for file in files)
    if bad and not parsed:
        return f"nothing in {newest.name}, its newest file, can be read"
    if ignored and not has_read:
        return (
            f"all of its records are ignored; check `only` in the dialect of source {source.name}"
        )
    if parsed or ignored or (newest.waiting and has_read):
        return None
    if newest.waiting:
        return f"{newest.name}, its newest file, has no whole record yet"
    if newest.numbering or (blank and newest.columns is not None):
        return f"{newest.name}, its newest file, has no records yet"
    # A blank line has been written by the bot: its log has begun.
    return None if blank else f"{newest.name}, its newest file, is empty"


def _renamed(source: Source, files: Sequence[FileEntry]) -> str | None:
    """Which column results need that the newest file lacks and earlier ones have."""
    for one in lost_columns(files, source.dialect):
        if one.file is files[-1] and one.is_needed:
            return str(one)
    return None


def _unfinished(files: Sequence[FileEntry], still: tuple[str, int] | None) -> str | None:
    """Why what waits at the end of a file is more than a line that is just being written."""
    for file in files:
        if file.waiting_lines:
            return file.unclosed_quote
    newest = files[-1]
    if newest.waiting and still == (newest.name, newest.end):
        return f"the last line of {newest.name}, its newest file, is still not whole"
    return None


def _without_result(book: Book, source: Source, newest: FileEntry) -> str | None:
    """Why no trade comes of the newest file, or of no file.

    A file that goes on for long is like several: since the day of the last line without a result
    one must have closed a trade. That more is sold than is held may happen now and then.
    """
    bad = book.without_result(source.name, newest)
    since = 0 if source.dialect.fills is not None else max((one.day for one in bad), default=0)
    if bad and not _closes_a_trade(book, newest, since):
        last = kind_of(bad[-1].reason)
        return f"no recent line of {newest.name}, its newest file, has a result: a line {last}"
    if not bad and not book.has_trades(source.name) and newest.sizes[0]:
        return f"its records make no trade; see `perfkit check {source.name}`"
    return None


def _closes_a_trade(book: Book, newest: FileEntry, since: int) -> bool:
    """Whether a line of that file has a part in a trade that has closed on that day or later."""
    own = newest.number
    for number in reversed([number for number, *_ in newest.days if number >= since]):
        trades = book.trades_of([date.fromordinal(number)])
        if own in trades.file:
            return True
        if any(own == file for lines in trades.other_lines.values() for file, _ in lines):
            return True
    return False


class _Known(NamedTuple):
    """A log file with trade lines as a run saw it.

    It was read up to `end`, had trades of those days, `lines` of the last one, and nothing later
    than `newest`; `start` is the digest of its first chunk.
    """

    name: str
    end: int
    first_day: int
    last_day: int
    lines: int
    newest: int
    inode: int
    start: bytes


def _lost(book: Book, source: Source, files: Sequence[FileEntry], known: KnownFiles) -> str | None:
    """What is missing of the log files that had trades: all, those of a folder, or a part of one.

    A file that was moved, packed or rotated is there, and so is one with another content that still
    has its newest line. One without it was corrected, or it is another file. Files of a folder may
    go, as retention removes them, and be written anew. Where the folder is another one as well, a
    volume is not mounted: its mount point is a folder, and a bot may go on writing there. An empty
    file of another inode is a new one.
    """
    before = list(map(_Known._make, known[2]))
    again = _found_again(book, source, [file for file in files if file.sizes[0]], before)
    others = {file.name: file for file in files if file.number not in again.values()}
    gone, anew = list[_Known](), list[_Known]()
    for one in before:
        if one in again:
            continue
        file = others.get(one.name)
        if file is None or (file.fingerprint[1] != one.inode and not file.bytes_read):
            gone.append(one)
            continue
        parsed, ignored, _, bad = file.sizes
        if not (parsed or ignored or bad):
            return f"{file.name} had trades and has no records (if this is intended, remove it)"
        if file.end < one.end and file.waiting:
            return f"{file.name} is shorter than it was, and its last line is not whole"
        if not _has_newest(book, file, one):
            anew.append(one)
    if len(gone) == len(before) > 0:
        return _are_gone(len(gone), "it")
    return _lost_folder(book, source, files, known[1], before, gone, anew)


def _found_again(
    book: Book, source: Source, files: Sequence[FileEntry], before: Sequence[_Known]
) -> dict[_Known, int]:
    """The known files that are there as they were or longer, each with its present number."""
    found: dict[_Known, int] = {}
    by_name = {file.name: file for file in files}
    for one in before:
        file = by_name.get(one.name)
        if file is not None and _begins_as(book, source, file, one):
            found[one] = file.number
    taken = set(found.values())
    for one in before:
        for file in files if one not in found else ():
            same_days = file.first_day == one.first_day and (file.last_day or 0) >= one.last_day
            is_like = same_days and file.number not in taken
            if is_like and _begins_as(book, source, file, one):
                found[one] = file.number
                taken.add(file.number)
                break
    return found


def _begins_as(book: Book, source: Source, file: FileEntry, known: _Known) -> bool:
    """Whether a file begins with what a known one had; of more than a chunk, with its first."""
    if file.end < known.end:
        return False
    if file.end == known.end or known.end >= CHUNK_BYTES:
        return file.chunks[:1] == (known.start,)
    path = os.path.join(book.config.folder, file.name)
    try:
        with readable(file.name, gone=True), open(path, "rb") as stream:
            form = form_in(path, file.name, stream, source.dialect)
            text = text_in(path, file.name, stream, form, source.dialect)
            return verified(text, known.end, (known.start,), known.end) is not None
    except LogReadError:
        return False


def _has_newest(book: Book, file: FileEntry, known: _Known) -> bool:
    """Whether a file has a line of the same instant as the newest of a known one.

    Where times are dates alone, another file may have one; it has fewer lines of that day.
    """
    lines = {number: parsed for number, parsed, *_ in file.days}
    if lines.get(known.last_day, 0) < known.lines:
        return False
    if file.newest == known.newest:
        return True
    days = [number for number in lines if number >= known.last_day]
    runs = [book.open, *(book.trades_of([date.fromordinal(number)]) for number in days)]
    return any(
        file.number == of and known.newest in (opened, closed)
        for run in runs
        for of, opened, closed in zip(run.file, run.opened_at, run.closed_at, strict=True)
    )


def _lost_folder(
    book: Book,
    source: Source,
    files: Sequence[FileEntry],
    folders: Mapping[str, object],
    before: Sequence[_Known],
    gone: Sequence[_Known],
    anew: Sequence[_Known],
) -> str | None:
    """Which folder has lost all its files with trades, as a volume that is not mounted has.

    It is another folder than it was, or all are gone from it. In the latter case it may be that of
    a session, which retention has removed: if its trades are from before all others, or a week
    older than the newest.
    """
    root = book.config.folder
    where = shown_path(source.location, root)
    for folder in sorted({volume_of(one.name, where) for one in (*gone, *anew)}):
        own = [one for one in before if volume_of(one.name, where) == folder]
        if not all(one in gone or one in anew for one in own):
            continue
        is_another = folder_mark(root, folder) not in (None, folders.get(folder))
        if is_another or (all(one in gone for one in own) and not _is_old(book, own, files, where)):
            return _are_gone(len(own), folder)
    return None


def _is_old(book: Book, own: Sequence[_Known], files: Sequence[FileEntry], where: str) -> bool:
    """Whether the files of a folder are such that retention removes them before all others."""
    folder = volume_of(own[0].name, where)
    others = [file for file in files if file.sizes[0] and volume_of(file.name, where) != folder]
    newest = max((file.newest or 0 for file in others), default=0)
    begins = min((_begins_at(book, file) for file in others), default=0)
    return max(one.newest for one in own) < max(newest - QUIET_US, begins)


def _begins_at(book: Book, file: FileEntry) -> int:
    """When the first trade of a file opened, as far as is known, or closed."""
    if file.first_day is None:
        return 0
    day = date.fromordinal(file.first_day)
    trades = book.trades_of([day])
    rows = [row for row, of in enumerate(trades.file) if of == file.number]
    starts = [trades.opened_at[row] or trades.closed_at[row] for row in rows]
    return min(starts, default=book.config.calendar.start_of(day))


def _are_gone(count: int, whose: str) -> str:
    counted, are = (f"all {count} log files", "are") if count > 1 else ("the log file", "is")
    return (
        f"{counted} with trades that {whose} had {are} gone or empty (is a volume not mounted? if "
        "this is intended, remove logs/performance/alerts.state)"
    )
