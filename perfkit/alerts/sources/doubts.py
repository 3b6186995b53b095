"""Why nothing can be said of a source although it can be read.

    logs/trades/2026-04-08.csv, its newest file, has no records yet
    all of its records are ignored; check `only` in the dialect of source bot

A reason has no counts: as long as it stands it reads the same, and is announced once.
"""

from __future__ import annotations

import os

from perfkit.alerts.sources.lost_files import lost
from perfkit.book.lost_columns import lost_columns
from perfkit.core.errors import kind_of
from perfkit.core.fast_imports import date
from perfkit.logs.listing import newest_is_no_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfkit.alerts.sources.lost_files import KnownFiles
    from perfkit.book.book import Book
    from perfkit.book.store.ledger import FileEntry
    from perfkit.config.settings import Source


def doubt(
    book: Book, source: Source, known: KnownFiles, still: tuple[str, int] | None, horizon: int
) -> str | None:
    """Why a source cannot be relied on; None where it can.

    `known` are log files that had trades at the last run that could rely on it. `still` is the file
    and the offset of a last line that was not whole for some time. Nothing goes by trades that are
    later than the horizon.
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
        or lost(book, source, files, known, horizon)
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
