"""A batch: what some files (or a stretch of one) say, taken by itself.

A batch combines the lines of one identity as far as it holds them and puts each trade on its day.
It can be made anywhere, in any order; `update.absorbed` joins batches with what the book knows
already and combines again whatever is in two of them.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from io import BytesIO
from itertools import chain, repeat

from perfkit.book.store.day_sheet import DIMENSIONS
from perfkit.book.store.days import sealed
from perfkit.book.store.identity_index import Entries, Entry, entry, in_order
from perfkit.book.store.ledger import (
    KEPT_BAD_LINES,
    UNDER_ANOTHER_HEADER,
    BadLine,
    DayEntry,
    Details,
    FileEntry,
    limited,
)
from perfkit.book.store.pages import Pages
from perfkit.config.dialect import Dialect
from perfkit.config.settings import Config, Source
from perfkit.core.calendar import Calendar
from perfkit.core.errors import LineError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import is_constant
from perfkit.core.trades import Trades, ordered
from perfkit.logs.digest import ContentDigest, digest_of
from perfkit.logs.file_log import OPEN, ContentChangedError, FileLog, Fruitless, Start
from perfkit.logs.files import form_in, readable, text_in, verified_text
from perfkit.logs.formats.form import Form
from perfkit.logs.forms import form_fingerprint
from perfkit.logs.reader import pieces
from perfkit.logs.trades import Combined, by_day, combined_trades

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

BATCH_LINES = 1 << 14
"""About so many lines are held at a time; more are a batch of their own."""


class FileReading(NamedTuple):
    """One file to read, from `start` on; `digest` has seen what comes before, in a file `inode`.

    `number` is that of its entry, `last_day` the day of the last trade line before the start; with
    a `limit`, only that many bytes of text are there. What comes before is of the form `label`.
    """

    number: int
    path: str
    name: str
    start: Start = Start()
    digest: ContentDigest | None = None
    inode: tuple[int, ...] = ()
    last_day: int | None = None
    limit: int | None = None
    label: str = ""


class Batch(NamedTuple):
    """What was read. `days` holds trades (those still open under `OPEN`) or sealed days.

    `lines` are the index entries, `files` what is now known of each file, as far as it was read
    here; a file that was cut has several entries, in order. Fills are only matched when all of
    their group are there: `logs` has them, with the numbers of their files, and `names` has the
    index entries of their ids.
    """

    days: dict[int, Trades | DayEntry]
    lines: Entries
    fruitless: list[Fruitless]
    files: list[FileEntry]
    logs: tuple[tuple[int, FileLog], ...] = ()
    names: Entries = Entries()


def batches(
    source: Source,
    config: Config,
    readings: Sequence[FileReading],
    pages: Pages,
    *,
    seal: bool,
    now: int,
    done: Callable[[], None] = lambda: None,
    dimensions: Sequence[str] = DIMENSIONS,
) -> Iterator[Batch]:
    """Reads files, a batch at a time; `done` is called after each file.

    Sealed batches hold no trades in memory but days written to `pages`, with those breakdowns;
    `now` is the time of the file system in ns. Raises `LogReadError`, `ContentChangedError` for a
    file that changes meanwhile, or `FileNotFoundError` for one that has gone.
    """
    calendar = config.calendar
    sealed_by = dimensions if seal else None
    waiting: list[tuple[FileLog, FileReading, FileEntry]] = []
    lines = 0
    for reading in readings:
        for log, file in _read(reading, source, calendar, pages, now):
            waiting.append((log, reading, file))
            lines += log.total
            if lines >= BATCH_LINES:
                yield _batch(source, config, waiting, pages, now, sealed_by)
                waiting, lines = [], 0
        done()
    if waiting:
        yield _batch(source, config, waiting, pages, now, sealed_by)


def entries_of(made: Combined, days: Mapping[int, Trades]) -> Iterator[Entry]:
    """The index entries of trades by day, and of lines that made none."""
    if made.lines is None:
        of_days = (_entries_of_trades(day, trades) for day, trades in days.items())
        others = (
            entry(one.key, OPEN, one.file, one.line)
            for one in made.fruitless
            if one.key is not None
        )
    else:
        of_days = (
            map(entry, trades.key, repeat(day), trades.file, trades.line)
            for day, trades in days.items()
        )
        others = (entry(*line) for line in made.lines)
    return chain(chain.from_iterable(of_days), others)


def _entries_of_trades(day: int, trades: Trades) -> Iterator[Entry]:
    if None in trades.key:
        trades = trades.take([row for row, key in enumerate(trades.key) if key is not None])
    own = map(entry, trades.key, repeat(day), trades.file, trades.line)
    if not trades.other_lines:
        return own
    others = (
        entry(key, day, *other)
        for key, file, line in zip(trades.key, trades.file, trades.line, strict=True)
        for other in trades.other_lines.get((file, line), ())
    )
    return chain(own, others)


def _read(
    reading: FileReading, source: Source, calendar: Calendar, pages: Pages, now: int
) -> Iterator[tuple[FileLog, FileEntry]]:
    """The runs of lines of one file, each with what is known of the file after it."""
    last_day, dialect = reading.last_day, source.dialect
    with readable(reading.name), open(reading.path, "rb") as file, ExitStack() as stack:
        fingerprint = form_fingerprint(reading.path, os.fstat(file.fileno()))
        same = fingerprint[:2] == reading.inode
        if reading.digest is not None and reading.digest.is_sent:
            # Another machine may number the device as it likes; the bytes before are compared.
            same = fingerprint[1:2] == reading.inode[1:]
            reading.digest.resume(file, reading.name)
        stream, form, digest = _text(reading, file, dialect, stack, follows=same)
        runs = pieces(
            stream,
            reading.name,
            dialect,
            reading.start,
            None if form.is_translated else digest,
            reading.limit,
            BATCH_LINES,
            form,
        )
        kept = 0
        for log in runs:
            days = calendar.ordinals_of(log.at)
            entry = _entry(reading.number, log, days, last_day)
            details = Details(
                _distinct(log.lines.key),
                tuple(log.blocks),
                limited(_dated(log.errors, log, days, last_day), KEPT_BAD_LINES - kept),
                limited(_dated(log.left_out, log, days, last_day), 0),
            )
            kept = min(kept + len(log.errors), KEPT_BAD_LINES)
            yield (
                log,
                entry._replace(
                    fingerprint=fingerprint,
                    seen_at=now,
                    chunks=digest.chunks(),
                    details=(pages.put(details.packed),),
                    form=form.label + UNDER_ANOTHER_HEADER * bool(log.another_header),
                    numbering=form.numbering,
                ),
            )
            last_day = entry.last_day if entry.last_day is not None else last_day


def _distinct(keys: Sequence[int | None]) -> tuple[int, ...]:
    """The keys that lines have, each once."""
    distinct = dict.fromkeys(keys)
    distinct.pop(None, None)
    return tuple(distinct)  # type: ignore[arg-type]


def _text(
    reading: FileReading, stream: BinaryIO, dialect: Dialect, stack: ExitStack, *, follows: bool
) -> tuple[BinaryIO, Form, ContentDigest]:
    """The text to read, its form, and the digest of what comes before.

    A text that is translated is digested first, and checked against that while it is read, unless
    it is in memory. Raises `ContentChangedError` where something comes before, and the file no
    longer `follows` it.
    """
    path, name, digest = reading.path, reading.name, reading.digest
    form = form_in(path, name, stream, dialect)
    if form.is_translated:
        text = text_in(path, name, stream, form, dialect)
        digest = digest_of(text)
        if isinstance(text, BytesIO):
            text.seek(0)
            return text, form, digest
        verified = verified_text(path, name, dialect, 0, digest.chunks())
        stream, form = stack.enter_context(verified)
    elif digest is None:
        digest = ContentDigest()
    elif not follows or form.label != reading.label:
        raise ContentChangedError(name)
    return stream, form, digest


def _entry(number: int, log: FileLog, days: list[int], last_day: int | None) -> FileEntry:
    """What one run of lines adds to a file; `days` has the day of each trade line."""
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    own_lines = {days[0]: len(days)} if is_constant(days) else Counter(days)
    for day, lines in own_lines.items():
        counts[day][0] = lines
    leading = [0, 0]
    for kind, lines_of_kind in enumerate((log.ignored, [error.line for error in log.errors])):
        for line in lines_of_kind:
            own = _day_before(line, log, days, last_day)
            if own is None:
                leading[kind] += 1
            else:
                counts[own][1 + kind] += 1
    return FileEntry(
        number=number,
        name=log.path,
        fingerprint=(0, 0, 0, 0, 0),
        seen_at=0,
        end=log.end,
        lines=log.total,
        chunks=(),
        waiting=log.waiting_bytes,
        sizes=(log.sizes.parsed, log.sizes.ignored, log.sizes.blank, log.sizes.bad),
        days=tuple((day, *count) for day, count in sorted(counts.items())),  # type: ignore[misc]
        leading=(leading[0], leading[1]),
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        newest=max(log.at, default=None),
        details=(),
        left_out=len(log.left_out),
        waiting_lines=log.waiting_lines,
        decimal_marks=log.decimal_marks,
    )


def _dated(
    lines: list[LineError], log: FileLog, days: list[int], last_day: int | None
) -> Iterator[BadLine]:
    for _, line, offset, reason, *_ in lines:
        yield line, offset, reason, _day_before(line, log, days, last_day), 0


def _day_before(line: int, log: FileLog, days: list[int], last_day: int | None) -> int | None:
    """The day of a trade line, or of the last one before a line that is none."""
    before = bisect_right(log.lines.line, line)
    return days[before - 1] if before else last_day


def _batch(
    source: Source,
    config: Config,
    read: Sequence[tuple[FileLog, FileReading, FileEntry]],
    pages: Pages,
    now: int,
    dimensions: Sequence[str] | None,
) -> Batch:
    """A batch, its days sealed with those breakdowns, with None not at all."""
    logs = [log for log, *_ in read]
    numbers = [reading.number for _, reading, _ in read]
    files = [file for *_, file in read]
    if source.dialect.fills is not None:
        return _batch_of_fills(source, config, list(zip(numbers, logs, strict=True)), files)
    combined = combined_trades(source, config, logs, numbers)
    days = by_day(combined.trades, config.calendar)
    lines = in_order(entries_of(combined, days))
    made: dict[int, Trades | DayEntry] = {}
    for day, some in days.items():
        own = some if day == OPEN else ordered(some)
        made[day] = (
            own if dimensions is None else sealed(day, own, config.calendar, pages, now, dimensions)
        )
    return Batch(made, lines, combined.fruitless, files)


def _batch_of_fills(
    source: Source,
    config: Config,
    logs: Sequence[tuple[int, FileLog]],
    files: list[FileEntry],
) -> Batch:
    from perfkit.book import rematch  # most logs do without

    lines = [rematch.line_entries(*one, config.calendar) for one in logs]
    names = [rematch.name_entries(*one, source.dialect) for one in logs]
    return Batch(
        days={},
        lines=in_order(chain.from_iterable(lines)),
        fruitless=[],
        files=files,
        logs=tuple(logs),
        names=in_order(chain.from_iterable(names)),
    )
