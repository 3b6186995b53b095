"""Why nothing can be said of a source although it can be read.

    logs/trades/2026-04-08.csv, its newest file, has no records yet
    all of its records are ignored; check `only` in the dialect of source bot

A reason has no counts: as long as it stands it reads the same, and is announced once.
"""

from __future__ import annotations

import os
from datetime import date

from perfkit.book.lost_columns import lost_columns
from perfkit.core.errors import kind_of
from perfkit.logs.listing import newest_is_no_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from perfkit.book.book import Book
    from perfkit.book.store.ledger import FileEntry
    from perfkit.config.settings import Source

    KnownFile: TypeAlias = "tuple[str, int, int]"
    """A log file with trade lines as a run saw it: its name, how far it was read, the last day."""


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
        or _lost(files, known)
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


def _lost(files: Sequence[FileEntry], known: Sequence[KnownFile]) -> str | None:
    """What is missing of the log files that had trades: all, those of a folder, or a part of one.

    Single files may go while others are there, as retention removes them. A file that has another
    name now has moved, as where a log is rotated.
    """
    with_trades = [file for file in files if file.sizes[0]]
    there = {file.name for file in with_trades}
    names = {name for name, _, _ in known}
    moved = {(file.end, file.last_day) for file in with_trades if file.name not in names}
    known = [one for one in known if one[1:] not in moved]
    gone = [one for one in known if one[0] not in there]
    if gone and len(gone) == len(known) == len(names):
        return _are_gone(len(gone), "it")
    ends = {name: end for name, end, _ in known}
    for file in files:
        parsed, ignored, _, bad = file.sizes
        if file.name in ends and not (parsed or ignored or bad):
            return f"{file.name} had trades and has no records (if this is intended, remove it)"
        if file.waiting and file.bytes_read < ends.get(file.name, 0):
            return f"{file.name} is shorter than it was, and its last line is not whole"
    return _lost_folder(with_trades, gone)


def _lost_folder(files: Sequence[FileEntry], gone: Sequence[KnownFile]) -> str | None:
    """Which folder has lost all its files with trades, as a volume that is not mounted has.

    One whose trades are all from before those of the other files has been removed by retention.
    """
    here = {os.path.dirname(file.name) for file in files}
    begins = min((file.first_day or 0 for file in files), default=0)
    for folder in sorted({os.path.dirname(name) for name, _, _ in gone} - here):
        lost = [one for one in gone if os.path.dirname(one[0]) == folder]
        if any(day > begins for _, _, day in lost):
            return _are_gone(len(lost), folder)
    return None


def _are_gone(count: int, whose: str) -> str:
    counted, are = (f"all {count} log files", "are") if count > 1 else ("the log file", "is")
    return (
        f"{counted} with trades that {whose} had {are} gone or empty (is a volume not mounted? if "
        "this is intended, remove logs/performance/alerts.state)"
    )
