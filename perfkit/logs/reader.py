"""Bytes of a log file to typed columns and line errors.

A file is read in blocks of whole lines; a block whose every line is a plain JSON object is decoded
at once, any other line by line. Nothing is dropped silently: each line ends up parsed, ignored (by
the dialect's `only`), blank, bad (a `LineError`), or waiting (the last one, still being written),
and so does each byte.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain, islice
from operator import add
from sys import intern

from perfkit.config.dialect import NUMBER, Dialect
from perfkit.core import values as col
from perfkit.core.errors import LineError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers, concatenated, take
from perfkit.core.values import BadValueError
from perfkit.logs.digest import ContentDigest
from perfkit.logs.formats import json_lines
from perfkit.logs.formulas import Column
from perfkit.logs.line_columns import LineColumns, Raw, Typed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO


BLOCK_BYTES = 1024 * 1024

RUN_LINES = 1024
"""Of lines that are read by their numbers, so many are taken at once."""


class Lines(NamedTuple):
    """Parsed lines as columns, in file order; `slots` has one column per slot of the dialect.

    `key` is a number that lines of one identity share (see `columns.keys_of`).
    """

    slots: list[Column]
    identity: list[str | None]
    key: list[int | None]
    is_open: list[bool]
    line: list[int]

    def __len__(self) -> int:
        return len(self.line)


class Sizes(NamedTuple):
    """Bytes of whole lines by what became of the line, newlines included."""

    parsed: int = 0
    ignored: int = 0
    blank: int = 0
    bad: int = 0


class FileLog(NamedTuple):
    """What one log file says, or a run of its lines.

    `at[i]` is the instant parsed line i speaks of: its closing time, else its opening time.
    `blocks` has the number and the offset of a line now and then, to find others from. `total`
    lines, numbered from 1 through the file, end at offset `end`. `waiting_line` is the number of a
    last line without a newline, `waiting_bytes` its length. `offset_of` has, by their numbers, the
    offsets of lines that close a trade and by themselves say nothing of its result.
    """

    path: str
    lines: Lines
    at: list[int]
    errors: list[LineError]
    ignored: list[int]
    blank: int
    total: int
    blocks: list[tuple[int, int]]
    sizes: Sizes
    end: int
    waiting_line: int | None
    waiting_bytes: int
    offset_of: dict[int, int]

    @property
    def bytes_read(self) -> int:
        """The offset up to which the file was read."""
        return self.end + self.waiting_bytes


class Start(NamedTuple):
    """Where to go on reading a file: the offset of a line, its number, and what came before."""

    offset: int = 0
    line: int = 1


def pieces(
    stream: BinaryIO,
    shown: str,
    dialect: Dialect,
    start: Start,
    digest: ContentDigest | None = None,
    limit: int | None = None,
    lines: int | None = None,
) -> Iterator[FileLog]:
    """Reads an open log in runs of about so many `lines` (None: all of it at once).

    `digest` takes the bytes of whole lines. At least one run comes, the last with what waits.
    """
    reader = _Reader(shown, dialect, start)
    if start.offset:
        stream.seek(start.offset)
    source = stream if limit is None else _Beginning(stream, limit - start.offset)
    for block, offset in _blocks(source, start.offset, reader, digest):
        reader.block(block, offset)
        if lines is not None and reader.next_line - reader.first_line >= lines:
            yield reader.result()
            reader.begin()
    yield reader.result()


def without(log: FileLog, lines: set[int]) -> FileLog:
    """What a file says when some of its parsed lines are left out."""
    if not lines:
        return log
    rows = [row for row, line in enumerate(log.lines.line) if line not in lines]
    slots = [
        column.take(rows) if isinstance(column, Numbers) else take(column, rows)
        for column in log.lines.slots
    ]
    _, identity, key, is_open, line = log.lines
    left = Lines(
        slots, take(identity, rows), take(key, rows), take(is_open, rows), take(line, rows)
    )
    return log._replace(lines=left)


def read_lines(
    stream: BinaryIO,
    shown: str,
    dialect: Dialect,
    wanted: Iterable[int],
    blocks: Sequence[tuple[int, int]],
) -> FileLog:
    """Reads only the lines of those numbers; `blocks` are lines known to start at an offset."""
    reader = _Reader(shown, dialect, Start())
    known = sorted(blocks) or [(1, 0)]
    at, offset = 0, -1
    for first, last in _runs(sorted(wanted)):
        line, start = known[bisect_right(known, (first, 1 << 62)) - 1]
        if offset < 0 or line > at:
            at, offset = line, start
            stream.seek(offset)
        while at < first:
            offset += len(stream.readline())
            at += 1
        raw = b"".join(islice(stream, last - first))
        whole = raw[: raw.rfind(b"\n") + 1]  # what follows was cut meanwhile
        if whole:
            reader.next_line = first
            reader.block(whole, offset)
        at, offset = last, offset + len(raw)
    return reader.result()


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers in runs of consecutive ones: the first and one more than the last."""
    first = 0
    for place in range(1, len(numbers) + 1):
        if (
            place == len(numbers)
            or numbers[place] != numbers[place - 1] + 1
            or place - first == RUN_LINES
        ):
            yield numbers[first], numbers[place - 1] + 1
            first = place


class _Beginning:
    """The first bytes of a stream."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self.stream = stream
        self.left = limit

    def read(self, size: int) -> bytes:
        chunk = self.stream.read(min(size, self.left))
        self.left -= len(chunk)
        return chunk


def _blocks(
    stream: BinaryIO | _Beginning, offset: int, reader: _Reader, digest: ContentDigest | None
) -> Iterator[tuple[bytes, int]]:
    """Blocks of whole lines with their offset; what follows the last newline is left waiting."""
    rest = b""
    while chunk := stream.read(BLOCK_BYTES):
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            rest += chunk
            if len(rest) > json_lines.MAX_LINE_BYTES:
                block, rest, offset = _skip_long_line(stream, rest, offset, reader, digest)
                if block:
                    yield block, offset
                    offset += len(block)
            continue
        block = rest + chunk[:cut]
        if digest is not None:
            digest.update(block)
        yield block, offset
        offset += len(block)
        rest = chunk[cut:]
    if rest:
        reader.waiting(len(rest))


def _skip_long_line(
    stream: BinaryIO | _Beginning,
    begun: bytes,
    offset: int,
    reader: _Reader,
    digest: ContentDigest | None,
) -> tuple[bytes, bytes, int]:
    """Passes over a line too long to hold.

    Returns the whole lines that follow, the rest after them, and the offset of the former.
    """
    length = len(begun)
    seen = ContentDigest() if digest is None else digest.copy()
    seen.update(begun)
    while chunk := stream.read(BLOCK_BYTES):
        newline = chunk.find(b"\n")
        if newline < 0:
            length += len(chunk)
            seen.update(chunk)
            continue
        length += newline + 1
        reader.long_line(offset, length)
        rest = chunk[newline + 1 :]
        whole = rest.rfind(b"\n") + 1
        if digest is not None:
            seen.update(chunk[: newline + 1 + whole])
            digest.become(seen)
        return rest[:whole], rest[whole:], offset + length
    reader.waiting(length)
    return b"", b"", offset


class _BlockPlace(NamedTuple):
    """A block as read, the offset of its first byte and the number of its first line."""

    block: bytes
    offset: int
    line: int

    def offset_of(self, number: int) -> int:
        """The offset of the first byte of that line."""
        return self.offset + _starts(self.block)[number - self.line]


@lru_cache(maxsize=1)
def _starts(block: bytes) -> list[int]:
    """Where each line of a block starts; remembered, as bad lines seldom come alone."""
    return list(accumulate((len(raw) + 1 for raw in block.split(b"\n")), initial=0))


class _Reader:
    """Gathers the columns of one file, block by block."""

    def __init__(self, shown: str, dialect: Dialect, start: Start) -> None:
        self.shown = shown
        self.dialect = dialect
        self.keys = dialect.keys
        self.columns = LineColumns(dialect)
        self.next_line = start.line
        self.end = start.offset
        self.begin()

    def begin(self) -> None:
        """Begins a new run of lines."""
        self.first_line = self.next_line
        self.chunks: list[list[Column]] = [[] for _ in self.dialect.slots]
        self.identity: list[str | None] = []
        self.is_open: list[bool] = []
        self.line: list[int] = []
        self.at: list[int] = []
        self.errors: list[LineError] = []
        self.offset_of: dict[int, int] = {}
        self.ignored: list[int] = []
        self.blank = 0
        self.waiting_line: int | None = None
        self.waiting_bytes = 0
        self.blocks: list[tuple[int, int]] = []
        self.sizes = Sizes()

    def block(self, block: bytes, offset: int) -> None:
        """Takes a block of whole lines that starts at that byte of the file."""
        place = _BlockPlace(block, offset, self.next_line)
        self.blocks.append((self.next_line, offset))
        self.end = offset + len(block)
        ignored, errors = len(self.ignored), len(self.errors)
        blank = self._blank_lines(block) or self._lines(place)
        sizes = [blank, 0, 0]
        if len(self.ignored) > ignored or len(self.errors) > errors:
            lengths = [len(raw) + 1 for raw in block.split(b"\n")[:-1]]
            sizes[1] = sum(lengths[number - place.line] for number in self.ignored[ignored:])
            sizes[2] = sum(lengths[error.line - place.line] for error in self.errors[errors:])
        self._count(len(block) - sum(sizes), sizes[1], blank, sizes[2])

    def _count(self, *sizes: int) -> None:
        self.sizes = Sizes(*map(add, self.sizes, sizes))

    def _blank_lines(self, block: bytes) -> int:
        """Takes a block of nothing but blank lines; returns how long it is, else 0."""
        most = json_lines.MAX_LINE_BYTES
        if not block.isspace() or (len(block) > most < max(map(len, block.split(b"\n")))):
            return 0
        lines = block.count(b"\n")
        self.blank += lines
        self.next_line += lines
        return len(block)

    def _lines(self, place: _BlockPlace) -> int:
        """Takes the lines of a block; returns how many bytes of it are blank lines."""
        rows = json_lines.decoded_block(place.block, self.keys)
        if rows is not None:
            self.next_line += len(rows)
            self._rows(rows, list(range(place.line, self.next_line)), place)
            return 0
        lines = place.block.split(b"\n")
        lines.pop()
        most = json_lines.MAX_LINE_BYTES
        solid = [n for n, raw in enumerate(lines) if raw and (not raw.isspace() or len(raw) > most)]
        rows, numbers = [], []
        for n in solid:
            number = place.line + n
            try:
                rows.append(json_lines.decoded_line(lines[n], self.keys))
                numbers.append(number)
            except BadValueError as error:
                self._bad(number, place.offset_of(number), str(error))
        self.next_line += len(lines)
        self.blank += len(lines) - len(solid)
        self._rows(rows, numbers, place)
        return len(place.block) - sum(len(lines[n]) + 1 for n in solid)

    def long_line(self, offset: int, length: int) -> None:
        """Takes note of a line too long to be looked at."""
        self._bad(self.next_line, offset, json_lines.too_long())
        self.next_line += 1
        self._count(0, 0, 0, length)
        self.end = offset + length

    def waiting(self, length: int) -> None:
        """Takes note of a last line without a newline: it is still being written."""
        self.waiting_line, self.waiting_bytes = self.next_line, length

    def result(self) -> FileLog:
        slots: list[Column] = []
        for slot, chunks in zip(self.dialect.slots, self.chunks, strict=True):
            if len(chunks) == 1:
                slots += chunks
            elif slot.kind == NUMBER:
                slots.append(concatenated(chunks))  # type: ignore[arg-type]
            else:
                slots.append(list(chain.from_iterable(chunks)))  # type: ignore[arg-type]
        self.errors.sort(key=lambda error: error.line)
        return FileLog(
            path=self.shown,
            lines=Lines(slots, self.identity, col.keys_of(self.identity), self.is_open, self.line),
            at=self.at,
            errors=self.errors,
            ignored=self.ignored,
            blank=self.blank,
            total=self.next_line - self.first_line,
            blocks=self.blocks,
            sizes=self.sizes,
            end=self.end,
            waiting_line=self.waiting_line,
            waiting_bytes=self.waiting_bytes,
            offset_of=self.offset_of,
        )

    def _rows(self, rows: list[Any], numbers: list[int], place: _BlockPlace) -> None:
        """Takes decoded lines with their line numbers."""
        if not rows:
            return
        raw: Raw = list(zip(*rows, strict=True))
        if self.dialect.only:
            raw, numbers = self._chosen(raw, numbers, place)
        while numbers:
            try:
                typed = self.columns.typed(raw, len(numbers))
                bad = self.columns.unusable(typed)
            except BadValueError:
                bad = self.columns.bad_rows(raw, len(numbers))
            if not bad:
                self._typed(typed, numbers, place)
                return
            raw, numbers = self._without_bad(bad, raw, numbers, place)

    def _chosen(self, raw: Raw, numbers: list[int], place: _BlockPlace) -> tuple[Raw, list[int]]:
        """The lines that the dialect reads; takes note of those it passes over."""
        try:
            keep = self.columns.meeting(self.dialect.only, raw, len(numbers))
        except BadValueError:
            bad = self.columns.bad_conditions(raw, len(numbers))
            raw, numbers = self._without_bad(bad, raw, numbers, place)
            keep = self.columns.meeting(self.dialect.only, raw, len(numbers))
        if all(keep):
            return raw, numbers
        self.ignored += [n for n, kept in zip(numbers, keep, strict=True) if not kept]
        return _kept(raw, numbers, keep)

    def _without_bad(
        self, bad: Mapping[int, str], raw: Raw, numbers: list[int], place: _BlockPlace
    ) -> tuple[Raw, list[int]]:
        """The other lines; takes note of the bad ones."""
        for row, reason in bad.items():
            self._bad(numbers[row], place.offset_of(numbers[row]), reason)
        return _kept(raw, numbers, [row not in bad for row in range(len(numbers))])

    def _typed(self, typed: Typed, numbers: list[int], place: _BlockPlace) -> None:
        """Takes lines that are converted, with their line numbers."""
        for chunks, column in zip(self.chunks, typed.slots, strict=True):
            chunks.append(column)
        self.identity += typed.identity
        self.is_open += typed.is_open
        self.at += typed.at  # type: ignore[arg-type]
        self.line += numbers
        for row in self.columns.rows_without_result(typed):
            self.offset_of[numbers[row]] = place.offset_of(numbers[row])

    def _bad(self, number: int, offset: int, reason: str) -> None:
        # Very many lines may be bad for one reason, which is then kept once.
        self.errors.append(LineError(self.shown, number, offset, intern(reason)))


def _kept(raw: Raw, numbers: list[int], keep: list[bool]) -> tuple[Raw, list[int]]:
    rows = [row for row, kept in enumerate(keep) if kept]
    return [take(column, rows) for column in raw], take(numbers, rows)
