"""What is lost of the log files of a source that had trades: all, those of a folder, a part of one.

What each run knows of them shows a volume that is not mounted, also where a bot goes on writing
below its mount point; what retention removes and what is rotated away is not lost.

    what became of the known files                     lost
    -------------------------------------------------  ---------------------------------------------
    one has no record any more, or ends within a line  it
      before where it ended
    all are gone                                       all; not in the folder that it was, a week
                                                         after the last of their trades
    the folder is another one, and its newest file is  its newest file
      gone, or one without its newest line
    all of a folder are gone, or the folder is         the folder; not if a file as old stays there,
                                                         or its trades were from before all others,
                                                         or a week older than the newest
    the path is a link that leads elsewhere now        nothing: the source begins anew
"""

from __future__ import annotations

import os

from perfkit.core.calendar import DAY_US, moment_of
from perfkit.core.errors import LogReadError
from perfkit.core.fast_imports import NamedTuple, date, time
from perfkit.logs.digest import CHUNK_BYTES, verified
from perfkit.logs.file_log import span_of
from perfkit.logs.files import form_in, readable, text_in
from perfkit.logs.listing import folder_mark, shown_path, volume_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from perfkit.book.book import Book
    from perfkit.book.store.ledger import FileEntry
    from perfkit.config.settings import Source

    KnownFile: TypeAlias = "tuple[str, int, int, int, int, int, int, bytes]"
    """The fields of a `_Known`: plain, as the state keeps them."""

    Mark: TypeAlias = "tuple[int, int]"
    """Which folder one is, as `folder_mark` has it."""

    KnownFiles: TypeAlias = (
        "tuple[tuple[int, int], str, Mapping[str, Mark | None], Sequence[KnownFile]]"
    )
    """Of a source: checksums of its settings, and log files that had trade lines under these.

    Between them, its real path, and the folders they were in, each with its mark.
    """

QUIET_US = 7 * DAY_US
"""A folder whose last trade is so much older than the newest trade may have been removed."""


_GONE = (
    "gone or empty (is a volume not mounted? if this is intended, remove "
    "logs/performance/alerts.state)"
)


class _Known(NamedTuple):
    """A log file with trade lines as a run saw it.

    It was read up to `end`, had lines from `first_day` to `last_day`, `lines` of the latter, and
    nothing later than `newest`; `start` is the digest of its first chunk.
    """

    name: str
    end: int
    first_day: int
    last_day: int
    lines: int
    newest: int
    inode: int
    start: bytes


class _Volume(NamedTuple):
    """A folder with log files: those that were known, those now gone, those that are others now."""

    name: str
    known: list[_Known]
    gone: list[_Known]
    anew: list[_Known]

    @property
    def is_all_gone(self) -> bool:
        return len(self.gone) == len(self.known)

    @property
    def newest(self) -> int:
        return max(one.newest for one in self.known)

    def lacks_newest(self, horizon: int) -> bool:
        """Whether its latest file, or one with a line ahead of the clock, is gone or another."""
        latest = max(self.known, key=lambda one: one.newest if one.newest <= horizon else 0)
        ahead = [one for one in self.known if one.newest > horizon]
        return any(one in self.gone or one in self.anew for one in (latest, *ahead))


def lost(
    book: Book, source: Source, files: Sequence[FileEntry], known: KnownFiles, horizon: int
) -> str | None:
    """What is missing of the log files that had trades.

    A file that was moved, packed or rotated is there, and so is one with another content that still
    has its newest line. One without it was corrected, or it is another file. An empty file of
    another inode is a new one.
    """
    before = list(map(_Known._make, known[3]))
    others = _other_folders(source, book.config.folder, known)
    if others is None:
        return None
    where = shown_path(source.location, book.config.folder)
    again = _found_again(book, source, [file for file in files if file.sizes[0]], before)
    left = {file.name: file for file in files if file.number not in again.values()}
    volumes = dict[str, _Volume]()
    for one in before:
        name = volume_of(one.name, where)
        volume = volumes.setdefault(name, _Volume(name, [], [], []))
        volume.known.append(one)
        if one in again:
            continue
        file = left.get(one.name)
        if file is None or (file.fingerprint[1] != one.inode and not file.bytes_read):
            volume.gone.append(one)
            continue
        problem = _cut(file, one, is_newest=file is files[-1])
        if problem is not None:
            return problem
        is_other = name in others and _may_be_other(source, file, one)
        if is_other or not _has_newest(book, file, one):
            volume.anew.append(one)
    there = {one: file for one in again for file in files if file.number == again[one]}
    return _lost_folder(book, where, files, list(volumes.values()), others, there, horizon)


def _other_folders(source: Source, root: str, known: KnownFiles) -> set[str] | None:
    """The folders that are others than they were; None if the path leads elsewhere by a link."""
    real, place = os.path.realpath(source.location), shown_path(source.location, root)
    is_link = real != os.path.normpath(os.path.join(os.path.realpath(root), place))
    if is_link and real != known[1] and os.path.isdir(known[1]):
        return None
    now = {folder: folder_mark(root, folder) for folder in known[2]}
    return {folder for folder, was in known[2].items() if now[folder] not in (None, was)}


def _may_be_other(source: Source, file: FileEntry, known: _Known) -> bool:
    """Whether times have no time of day, and that day is all that two files have in common."""
    at = moment_of(known.newest).astimezone(source.dialect.zone)
    is_one_day = known.first_day == known.last_day
    return at.time() == time.min and (is_one_day or span_of(file.days)[0] > known.first_day)


def _cut(file: FileEntry, known: _Known, *, is_newest: bool) -> str | None:
    """Why a file that is not as it was is a part of what it was.

    One of later days that has been begun, and to which nothing was added since, is not.
    """
    parsed, ignored, _, bad = file.sizes
    if not (parsed or ignored or bad):
        return f"{file.name} had trades and has no records (if this is intended, remove it)"
    is_begun = not is_newest and span_of(file.days)[0] > known.last_day
    if file.end < known.end and file.waiting and not is_begun:
        return f"{file.name} is shorter than it was, and its last line is not whole"
    return None


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
            begins_on, ends_on, _ = span_of(file.days)
            same_days = begins_on == one.first_day and ends_on >= one.last_day
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
    where: str,
    files: Sequence[FileEntry],
    volumes: Sequence[_Volume],
    others: set[str],
    there: Mapping[_Known, FileEntry],
    horizon: int,
) -> str | None:
    """Which of the volumes is lost, or that all are."""
    for volume in sorted(volumes):
        if volume.name in others and volume.lacks_newest(horizon):
            return (
                f"{volume.name} is another folder, and the newest log file with trades is {_GONE}"
            )
    root = book.config.folder
    stand = {volume.name for volume in volumes if folder_mark(root, volume.name) is not None}
    if volumes and all(volume.is_all_gone for volume in volumes):
        known = [one for volume in volumes for one in volume.known]
        newest = _latest([file.newest or 0 for file in files], horizon)
        is_old = max(one.newest for one in known) < newest - QUIET_US
        is_same = not others and all(_is_plain(volume, stand) for volume in volumes)
        return None if is_same and is_old else _are_gone(len(known), "it")
    for volume in sorted(volumes):
        if volume.is_all_gone and volume.name not in others:
            stays = volume.name in stand and _stays(volume, files, where)
            if not stays and not _is_old(book, volume, volumes, there, horizon):
                return _are_gone(len(volume.known), volume.name)
    return None


def _is_plain(volume: _Volume, stand: set[str]) -> bool:
    """Whether a folder stands and its files are right in it: one below may be a volume itself."""
    own = {os.path.dirname(one.name) for one in volume.known}
    return volume.name in stand and own == {volume.name}


def _stays(volume: _Volume, files: Sequence[FileEntry], where: str) -> bool:
    """Whether a log file as old as those that are gone from a folder is there."""
    last_day = max(one.last_day for one in volume.known)
    own = [file for file in files if file.sizes[0] and volume_of(file.name, where) == volume.name]
    return any(0 < span_of(file.days)[0] <= last_day for file in own)


def _is_old(
    book: Book,
    volume: _Volume,
    volumes: Sequence[_Volume],
    there: Mapping[_Known, FileEntry],
    horizon: int,
) -> bool:
    """Whether the files of a folder are such that retention removes them before all others.

    It is a matter of the run that last saw them: what is missing grows no older.
    """
    others = [one for other in volumes if other is not volume for one in other.known]
    newest = _latest([one.newest for one in others], horizon)
    begins = min((_begins_at(book, one, there.get(one)) for one in others), default=0)
    return volume.newest < max(newest - QUIET_US, begins)


def _latest(times: Sequence[int], horizon: int) -> int:
    """The latest of those that are not ahead of the clock."""
    return max((time for time in times if time <= horizon), default=0)


def _begins_at(book: Book, known: _Known, file: FileEntry | None) -> int:
    """When the first trade of a known file opened, as far as is known, or closed."""
    day = date.fromordinal(known.first_day) if known.first_day else None
    if day is None:
        return 0
    if file is None:
        return book.config.calendar.start_of(day)
    trades = book.trades_of([day])
    rows = [row for row, of in enumerate(trades.file) if of == file.number]
    starts = [trades.opened_at[row] or trades.closed_at[row] for row in rows]
    return min(starts, default=book.config.calendar.start_of(day))


def _are_gone(count: int, whose: str) -> str:
    if count == 1:
        return f"the log file with trades that {whose} had is {_GONE}"
    return f"all {count} log files with trades that {whose} had are {_GONE}"
