"""Why nothing can be said of a source although it can be read.

    logs/trades/2026-04-08.csv, its newest file, has no records yet
    all of its records are ignored; check `only` in the dialect of source bot

A reason has no counts: as long as it stands it reads the same, and is announced once.
"""

from __future__ import annotations

import os
from datetime import date
from io import BytesIO

from perfkit.book.lost_columns import lost_columns
from perfkit.core.errors import LogReadError, kind_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.logs.digest import CHUNK_BYTES, digest_of
from perfkit.logs.files import form_in, text_in
from perfkit.logs.listing import has_date, newest_is_no_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from perfkit.book.book import Book
    from perfkit.book.store.ledger import FileEntry
    from perfkit.config.settings import Source

    KnownFile: TypeAlias = "tuple[int, str, int, int, int, int, int, bytes]"
    """The fields of a `_Known`: plain, as the state keeps them."""

QUIET_DAYS = 7
"""A folder whose last trade is so much older than the newest trade may have been removed."""


def doubt(
    book: Book, source: Source, known: Sequence[KnownFile], still: tuple[str, int] | None
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

    It was read up to `end`, had trades of those days, and was on that device; `start` is the digest
    of its first chunk.
    """

    number: int
    name: str
    end: int
    first_day: int
    last_day: int
    device: int
    inode: int
    start: bytes

    @property
    def folder(self) -> str:
        """Where it was."""
        return os.path.dirname(self.name)


def _lost(
    book: Book, source: Source, files: Sequence[FileEntry], known: Sequence[KnownFile]
) -> str | None:
    """What is missing of the log files that had trades: all, those of a folder, or a part of one.

    Single files may go while others are there, as retention removes them. A file that was moved,
    packed or rotated is there, and a person may take whole lines out of one. Where others are gone
    as well, a shorter one is a new one: a bot goes on writing while its volume is not mounted.
    """
    before = list(map(_Known._make, known))
    again = _found_again(book, source, [file for file in files if file.sizes[0]], before)
    others = {file.name: file for file in files if file.number not in again.values()}
    gone, shorter = list[_Known](), list[_Known]()
    for one in before:
        file = others.get(one.name)
        if one in again:
            continue
        if file is None or not _may_be_edited(file, one):
            gone.append(one)
            continue
        parsed, ignored, _, bad = file.sizes
        if not (parsed or ignored or bad):
            return f"{file.name} had trades and has no records (if this is intended, remove it)"
        if file.end < one.end and file.waiting:
            return f"{file.name} is shorter than it was, and its last line is not whole"
        if file.end < one.end:
            shorter.append(one)
    missing = [*gone, *shorter] if gone else []
    if len(missing) == len(before) > 0:
        return _are_gone(len(before), "it")
    return _lost_folder(files, before, gone, missing)


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
    newest = max((one.number for one in before), default=0)
    for one in before:
        for file in files if one not in found else ():
            is_free = file.number not in taken and _may_be_moved(file, one, newest)
            if is_free and _begins_as(book, source, file, one):
                found[one] = file.number
                taken.add(file.number)
                break
    return found


def _may_be_moved(file: FileEntry, known: _Known, newest: int) -> bool:
    """Whether a file may be the known one under another name: renamed, or a copy that is new."""
    is_new = file.number > newest
    same_days = file.first_day == known.first_day and (file.last_day or 0) >= known.last_day
    return same_days and (is_new or file.fingerprint[1] == known.inode)


def _begins_as(book: Book, source: Source, file: FileEntry, known: _Known) -> bool:
    """Whether a file begins with what a known one had; of more than a chunk, with its first."""
    if file.end < known.end:
        return False
    if file.end == known.end or known.end >= CHUNK_BYTES:
        return file.chunks[:1] == (known.start,)
    path = os.path.join(book.config.folder, file.name)
    try:
        with open(path, "rb") as stream:
            form = form_in(path, file.name, stream, source.dialect)
            text = text_in(path, file.name, stream, form, source.dialect)
            text.seek(0)
            return digest_of(BytesIO(text.read(known.end))).chunks() == (known.start,)
    except (OSError, EOFError, LogReadError):
        return False


def _may_be_edited(file: FileEntry, known: _Known) -> bool:
    """Whether a file of that name may be the known one with another content.

    It is not where it is on another device, unless it is a document, which is written anew each
    time: then a volume is not mounted, and the bot writes where it should be.
    """
    is_longer = bool(file.numbering) and file.end >= known.end
    return is_longer or file.fingerprint[0] == known.device


def _lost_folder(
    files: Sequence[FileEntry],
    before: Sequence[_Known],
    gone: Sequence[_Known],
    missing: Sequence[_Known],
) -> str | None:
    """Which folder has lost all its files with trades, as a volume that is not mounted has.

    One of a day is removed by retention, and so is one whose trades are from before all others, or
    that had none for a week.
    """
    days = [file for file in files if file.sizes[0]]
    newest = max((file.last_day or 0 for file in days), default=0)
    begins = min((file.first_day or 0 for file in days), default=0)
    for folder in sorted({one.folder for one in gone}):
        own = [one for one in before if one.folder == folder]
        is_old = max(one.last_day for one in own) < max(newest - QUIET_DAYS, begins)
        if all(one in missing for one in own) and not is_old and not has_date(folder):
            return _are_gone(len(own), folder)
    return None


def _are_gone(count: int, whose: str) -> str:
    counted, are = (f"all {count} log files", "are") if count > 1 else ("the log file", "is")
    return (
        f"{counted} with trades that {whose} had {are} gone or empty (is a volume not mounted? if "
        "this is intended, remove logs/performance/alerts.state)"
    )
