"""Bytes of a log file to typed columns and line errors.

A file is read in blocks of whole lines; a block whose every line is a plain JSON object is decoded
at once, any other line by line. Nothing is dropped silently: each line ends up parsed, ignored (by
the dialect's `only`), blank, bad (a `LineError`), or waiting (the last one, still being written),
and so does each byte.
"""

from __future__ import annotations

import os
import sys
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from io import BytesIO
from itertools import chain
from operator import add

from perfkit import columns as col
from perfkit.columns import BadValueError, Numbers, short_int, take
from perfkit.contents import ContentDigest
from perfkit.dialect import CLOSING, NUMBER, OPEN, TEXT, TIME, Condition, Dialect
from perfkit.errors import LineError, LogReadError
from perfkit.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, TypeAlias

    import msgspec

BLOCK_BYTES = 1024 * 1024
MAX_LINE_BYTES = 1024 * 1024

FEW_BYTES = 64 * 1024
"""Up to so much is decoded without msgspec, if that is not loaded yet: loading it takes longer."""

Column: TypeAlias = "list[Any] | Numbers"
"""Texts (`str | None`), instants (`int | None`) or `Numbers`, by the slot's kind."""


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
    last line without a newline, `waiting_bytes` its length.
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


@contextmanager
def readable(shown: str, *, gone: bool = False) -> Iterator[None]:
    """Turns what can go wrong in reading a log file into `LogReadError`.

    That the file is not there is passed on as it is, unless `gone` says that it counts as well.
    """
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, FileNotFoundError) and not gone:
            raise
        raise unreadable(shown, error) from error


def unreadable(shown: str, error: Exception) -> LogReadError:
    """What to say when a log file cannot be read."""
    problem = getattr(error, "strerror", None) or str(error)
    return LogReadError(shown, problem, "check that it is there and may be read")


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
    for number in sorted(wanted):
        line, start = known[bisect_right(known, (number, 1 << 62)) - 1]
        if offset < 0 or line > at:
            at, offset = line, start
            stream.seek(offset)
        while at < number:
            offset += len(stream.readline())
            at += 1
        raw = stream.readline()
        reader.next_line = number
        reader.block(raw, offset)
        at, offset = number + 1, offset + len(raw)
    return reader.result()


def line_offset(path: str, line: int, blocks: Sequence[tuple[int, int]] = ()) -> int:
    """The offset of the first byte of that line of a file (of its text, when compressed)."""
    known, offset = max((one for one in blocks if one[0] <= line), default=(1, 0))
    with opened(path) as stream:
        stream.seek(offset)
        return offset + sum(len(stream.readline()) for _ in range(line - known))


def read_at(path: str, offset: int, most: int) -> bytes:
    """The line that starts at that offset (of a file's text, when compressed), cut at `most`."""
    try:
        with opened(path) as stream:
            stream.seek(offset)
            return stream.readline(most).rstrip(b"\r\n")
    except (OSError, EOFError, zlib.error):
        return b""


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A log file, its text when it is compressed."""
    if is_compressed(path):
        import gzip

        return gzip.open(path, "rb")  # type: ignore[return-value]
    return open(path, "rb")


def is_compressed(path: str | os.PathLike[str]) -> bool:
    """Whether a log file is a compressed one."""
    return os.fspath(path).endswith(".gz")


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
            if len(rest) > MAX_LINE_BYTES:
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


def _too_long() -> str:
    return f"a line of more than {MAX_LINE_BYTES} bytes"


class _BlockPlace(NamedTuple):
    """A block as read, the offset of its first byte and the number of its first line."""

    block: bytes
    offset: int
    line: int

    def offset_of(self, number: int) -> int:
        """The offset of the first byte of that line."""
        before = self.block.split(b"\n", number - self.line)[: number - self.line]
        return self.offset + sum(len(raw) + 1 for raw in before)


class _Reader:
    """Gathers the columns of one file, block by block."""

    def __init__(self, shown: str, dialect: Dialect, start: Start) -> None:
        self.shown = shown
        self.dialect = dialect
        self.keys = {key: n for n, key in enumerate(dialect.keys)}
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
        blank = self._lines(place)
        sizes = [blank, 0, 0]
        if len(self.ignored) > ignored or len(self.errors) > errors:
            lengths = [len(raw) + 1 for raw in block.split(b"\n")[:-1]]
            sizes[1] = sum(lengths[number - place.line] for number in self.ignored[ignored:])
            sizes[2] = sum(lengths[error.line - place.line] for error in self.errors[errors:])
        self._count(len(block) - sum(sizes), sizes[1], blank, sizes[2])

    def _count(self, *sizes: int) -> None:
        self.sizes = Sizes(*map(add, self.sizes, sizes))

    def _lines(self, place: _BlockPlace) -> int:
        """Takes the lines of a block; returns how many bytes of it are blank lines."""
        block, offset, blank = place.block, place.offset, 0
        rows = self._decoded(block)
        if rows is not None:
            self.next_line += len(rows)
            self._rows(rows, list(range(place.line, self.next_line)), place)
            return 0
        rows, numbers = [], []
        for raw in block.split(b"\n")[:-1]:
            try:
                row = _decoded_line(self.decoder, raw)
            except BadValueError as error:
                self.bad_line(offset, str(error))
            else:
                if row is None:
                    self.blank += 1
                    blank += len(raw) + 1
                else:
                    rows.append(row)
                    numbers.append(self.next_line)
                self.next_line += 1
            offset += len(raw) + 1
        self._rows(rows, numbers, place)
        return blank

    def long_line(self, offset: int, length: int) -> None:
        """Takes note of a line too long to be looked at."""
        self.bad_line(offset, _too_long())
        self._count(0, 0, 0, length)
        self.end = offset + length

    def bad_line(self, offset: int, reason: str) -> None:
        """Takes note of a line that cannot be decoded."""
        self.errors.append(LineError(self.shown, self.next_line, offset, reason))
        self.next_line += 1

    def waiting(self, length: int) -> None:
        """Takes note of a last line without a newline: it is still being written."""
        self.waiting_line, self.waiting_bytes = self.next_line, length

    def result(self) -> FileLog:
        slots: list[Column] = []
        for slot, chunks in zip(self.dialect.slots, self.chunks, strict=True):
            if len(chunks) == 1:
                slots += chunks
            elif slot.kind == NUMBER:
                slots.append(col.concatenated(chunks))  # type: ignore[arg-type]
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
        )

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Any]:
        """Decodes the fields of one line."""
        return _line_decoder(self.dialect.keys)

    def _decoded(self, block: bytes) -> list[tuple[Any, ...]] | None:
        """All lines of the block decoded; None when any of them is not one plain object."""
        if b"\0" in block:
            return None
        if len(block) <= FEW_BYTES and "msgspec" not in sys.modules:
            rows = plainly_decoded(block, self.dialect.keys)
            if rows is not None:
                return rows
        from msgspec import MsgspecError
        from msgspec.structs import astuple

        try:
            if not block.isascii():
                block.decode("utf-8")
            lines = BytesIO(block).readlines()
            if len(block) > MAX_LINE_BYTES and max(map(len, lines)) > MAX_LINE_BYTES:
                return None
            return list(map(astuple, map(self.decoder.decode, lines)))
        except (MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def _rows(self, rows: list[Any], numbers: list[int], place: _BlockPlace) -> None:
        """Takes decoded lines with their line numbers."""
        if not rows:
            return
        raw: Sequence[Sequence[Any]] = list(zip(*rows, strict=True))
        if self.dialect.only:
            keep = self._meeting(self.dialect.only, raw, len(numbers))
            if not all(keep):
                self.ignored += [n for n, kept in zip(numbers, keep, strict=True) if not kept]
                raw, numbers = _kept(raw, numbers, keep)
        if not numbers:
            return
        try:
            chunk = self._chunk(raw, len(numbers))
        except BadValueError:
            keep = [self._row_is_good(raw, row, n, place) for row, n in enumerate(numbers)]
            raw, numbers = _kept(raw, numbers, keep)
            if not numbers:
                return
            chunk = self._chunk(raw, len(numbers))
        slots, identity, is_open, at = chunk
        for chunks, column in zip(self.chunks, slots, strict=True):
            chunks.append(column)
        self.identity += identity
        self.is_open += is_open
        self.at += at
        self.line += numbers

    def _chunk(
        self, raw: Sequence[Sequence[Any]], count: int
    ) -> tuple[list[Column], list[str | None], list[bool], list[int]]:
        """Typed columns of some rows; raises `BadValueError` if any value is bad."""
        dialect = self.dialect
        is_open = [False] * count
        for conditions in dialect.open_when:
            meeting = self._meeting(conditions, raw, count)
            if True in meeting:
                is_open = [known or met for known, met in zip(is_open, meeting, strict=True)]
        slots: list[Column] = []
        times: dict[tuple[str, ...], list[int | None]] = {}
        for slot in dialect.slots:
            values = self._values(slot.path, raw)
            if slot.kind == NUMBER:
                slots.append(col.numbers(values))
            elif slot.kind == TEXT:
                slots.append(self._texts(slot.target, values))
            elif slot.policy == CLOSING and True in is_open:
                # What stands there on an open line (a 0, say) need not be a time.
                values = [None if o else v for v, o in zip(values, is_open, strict=True)]
                slots.append(col.instants(values, dialect.zone, dialect.time_unit))
            else:
                if slot.path not in times:
                    times[slot.path] = col.instants(values, dialect.zone, dialect.time_unit)
                slots.append(times[slot.path])
        is_open, at = self._settled(slots, is_open)
        return slots, self._identities(raw, count), is_open, at

    def _settled(self, slots: list[Column], is_open: list[bool]) -> tuple[list[bool], list[int]]:
        """Which lines are open, and the instant each speaks of.

        A line without a closing time, or that says `open`, is open and tells of no close.
        """
        closed_at = self._evaluated("closed_at", slots, len(is_open))
        if None in closed_at:
            is_open = [opened or at is None for opened, at in zip(is_open, closed_at, strict=True)]
        for slot, column in zip(self.dialect.slots, slots, strict=True):
            if slot.target == "outcome" and isinstance(column, list) and OPEN in column:
                is_open = [
                    opened or said == OPEN for opened, said in zip(is_open, column, strict=True)
                ]
        if True not in is_open:
            return is_open, closed_at  # type: ignore[return-value]
        for n, slot in enumerate(self.dialect.slots):
            if slot.policy == CLOSING:
                slots[n] = _cleared(slots[n], is_open)
        closed_at = self._evaluated("closed_at", slots, len(is_open))
        at = _first_of(closed_at, self._evaluated("opened_at", slots, len(is_open)))
        if None in at:
            raise BadValueError("neither a closing nor an opening time")
        return is_open, at  # type: ignore[return-value]

    def _evaluated(self, target: str, slots: list[Column], count: int) -> list[int | None]:
        """A time target from its alternatives."""
        value: list[int | None] | None = None
        for (term,) in self.dialect.expressions.get(target, ()):
            assert term.slot is not None
            column = slots[term.slot]
            assert isinstance(column, list)
            value = column if value is None else _first_of(value, column)
        return [None] * count if value is None else value

    def _texts(self, target: str, values: Sequence[Any]) -> list[str | None]:
        """Names as the dialect means them; equal ones share one string."""
        if isinstance(values[0], str) and col.is_constant(values):
            return [self.dialect.word(target, values[0]) if values[0] else None] * len(values)
        try:
            distinct = set(values)
        except TypeError:  # a list or an object among them
            distinct = {None, False}
        if not set(map(type, distinct)) <= {str, type(None)}:
            values = col.texts(values)
            distinct = set(values)
        meaning = {text: self.dialect.word(target, text) if text else None for text in distinct}
        return list(map(meaning.__getitem__, values))

    def _identities(self, raw: Sequence[Sequence[Any]], count: int) -> list[str | None]:
        parts = [col.texts(self._values(path, raw)) for path in self.dialect.identity]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return [None] * count
        return [None if None in row else repr(row) for row in zip(*parts, strict=True)]

    def _values(self, path: tuple[str, ...], raw: Sequence[Sequence[Any]]) -> Sequence[Any]:
        values = raw[self.keys[path[0]]]
        for name in path[1:]:
            values = [value.get(name) if isinstance(value, dict) else None for value in values]
        return values

    def _meeting(
        self, conditions: tuple[Condition, ...], raw: Sequence[Sequence[Any]], count: int
    ) -> list[bool]:
        met = [True] * count
        for condition in conditions:
            values = self._values(condition.path, raw)
            kinds = set(map(type, values))
            if kinds <= {str, int, type(None)}:
                verdict = {value: condition.holds(value) for value in set(values)}
                if True not in verdict.values():
                    return [False] * count
                here = list(map(verdict.__getitem__, values))
            else:  # a bool equals an int as a key, and a list or an object can be none
                here = [condition.holds(value) for value in values]
            met = [both and one for both, one in zip(met, here, strict=True)]
        return met

    def _row_is_good(
        self, raw: Sequence[Sequence[Any]], row: int, number: int, place: _BlockPlace
    ) -> bool:
        """Whether one line converts; otherwise notes why, naming the field."""
        try:
            self._chunk([[column[row]] for column in raw], 1)
        except BadValueError as error:
            reason = self._first_bad_field(raw, row) or str(error)
            self.errors.append(LineError(self.shown, number, place.offset_of(number), reason))
            return False
        return True

    def _first_bad_field(self, raw: Sequence[Sequence[Any]], row: int) -> str | None:
        line = [[column[row]] for column in raw]
        for slot in self.dialect.slots:
            (value,) = self._values(slot.path, line)
            try:
                if slot.kind == NUMBER:
                    col.exact_number(value)
                elif slot.kind == TIME:
                    col.exact_instant(value, self.dialect.zone, self.dialect.time_unit)
                else:
                    self._texts(slot.target, [value])
            except BadValueError as error:
                return f"{'.'.join(slot.path)}: {error}"
        for path in self.dialect.identity:
            try:
                col.texts(self._values(path, line))
            except BadValueError as error:
                return f"{'.'.join(path)}: {error}"
        return None


def plainly_decoded(block: bytes, keys: tuple[str, ...]) -> list[tuple[Any, ...]] | None:
    """The named fields of each line, by the standard library; None where that might differ.

    ASCII without escapes leaves no question of how to read a text, and numbers stay as they are:
    a short integer, or the digits.
    """
    if not block.isascii() or b"\\" in block:
        return None
    import json  # a summary of what the cache knows does without

    try:
        lines = [
            json.loads(line, parse_float=str, parse_int=short_int, parse_constant=_no_number)
            for line in block.decode("ascii").split("\n")[:-1]
        ]
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(line, dict) for line in lines):
        return None
    return [tuple(map(line.get, keys)) for line in lines]


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


@cache
def _line_decoder(keys: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """Decodes only the named fields; a JSON number with a point or exponent stays its digits."""
    from typing import Any

    import msgspec

    names = [f"field_{n}" for n in range(len(keys))]
    line = msgspec.defstruct(
        "Line",
        [(name, Any, None) for name in names],
        rename=dict(zip(names, keys, strict=True)),
        gc=False,
    )
    return msgspec.json.Decoder(line, float_hook=str)


def _decoded_line(decoder: msgspec.json.Decoder[Any], raw: bytes) -> tuple[Any, ...] | None:
    """One line decoded, None when blank; raises `BadValueError` with the reason."""
    import msgspec

    if len(raw) > MAX_LINE_BYTES:
        raise BadValueError(_too_long())
    if not raw.strip():
        return None
    if b"\0" in raw:
        raise BadValueError("holds a NUL byte")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadValueError(f"is not UTF-8 at byte {error.start + 1}") from error
    try:
        return msgspec.structs.astuple(decoder.decode(raw))
    except msgspec.ValidationError as error:
        raise BadValueError(_not_an_object(raw, str(error))) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadValueError(f"is not JSON: {error}") from error


def _not_an_object(raw: bytes, problem: str) -> str:
    if raw.lstrip()[:1] != b"{":
        return "is not a JSON object"
    return problem


def _kept(
    raw: Sequence[Sequence[Any]], numbers: list[int], keep: list[bool]
) -> tuple[list[list[Any]], list[int]]:
    rows = [row for row, kept in enumerate(keep) if kept]
    return [take(column, rows) for column in raw], take(numbers, rows)


def _cleared(column: Column, is_open: list[bool]) -> Column:
    values = column.units if isinstance(column, Numbers) else column
    cleared = [None if opened else v for v, opened in zip(values, is_open, strict=True)]
    return Numbers(cleared, column.places) if isinstance(column, Numbers) else cleared


def _first_of(first: list[int | None], then: list[int | None]) -> list[int | None]:
    """Row by row, the first of two that is there."""
    if None not in first:
        return first
    return [a if a is not None else b for a, b in zip(first, then, strict=True)]
