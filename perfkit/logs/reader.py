"""The text of a log file to typed columns and line errors.

A text is read in blocks of whole records, each a line (a row of CSV may have several); a block
whose every record is plain is decoded at once, any other record by record. Nothing is dropped
silently: each line ends up parsed, ignored (by the dialect's `only`), blank (or above the header),
bad (a `LineError`), or waiting (the last one, still being written), and so does each byte.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from perfkit.config.dialect import Dialect
from perfkit.core.numbers import Numbers, take
from perfkit.logs.digest import ContentDigest
from perfkit.logs.file_log import ContentChangedError, FileLog, Lines, Start
from perfkit.logs.formats import json_lines
from perfkit.logs.formats.form import PLAIN, Form
from perfkit.logs.gatherer import Gatherer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


RUN_GAP = 16
"""Lines that are read by their numbers are read together if they are at most so far apart."""

RUN_LINES = 1024
"""Of lines that are read by their numbers, so many are taken at once."""


def pieces(
    stream: BinaryIO,
    shown: str,
    dialect: Dialect,
    start: Start,
    digest: ContentDigest | None = None,
    limit: int | None = None,
    lines: int | None = None,
    form: Form = PLAIN,
) -> Iterator[FileLog]:
    """Reads an open log in runs of about so many `lines` (None: all of it at once).

    `digest` takes the bytes of whole lines. At least one run comes, the last with what waits.
    Raises `ContentChangedError` if the newline that the start speaks of is not there.
    """
    reader = Gatherer(shown, dialect, start, form)
    if start.offset:
        stream.seek(start.offset)
    source = stream if limit is None else _Beginning(stream, limit - start.offset)
    if start.newline:
        ending = source.read(start.newline)
        if ending not in (b"\n", b"\r\n"):
            raise ContentChangedError(shown)
        if digest is not None:
            digest.update(ending)
        reader.end_line(len(ending))
    for block, offset, added in _blocks(source, reader.end, reader, digest):
        reader.block(block, offset, added)
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
    return log._replace(lines=left, at=take(log.at, rows))


def read_lines(
    stream: BinaryIO,
    shown: str,
    dialect: Dialect,
    wanted: Iterable[int],
    blocks: Sequence[tuple[int, int]],
    form: Form = PLAIN,
) -> FileLog:
    """Reads only the records of those lines; `blocks` are lines known to start at an offset."""
    reader = Gatherer(shown, dialect, Start(), form)
    decoder = reader.decoder
    known = sorted(blocks) or [(1, 0)]
    at, offset = 0, -1
    wanted = set(wanted)
    for first, last in _runs(sorted(wanted)):
        line, start = known[bisect_right(known, (first, 1 << 62)) - 1]
        if offset < 0 or line > at:
            at, offset = line, start
            stream.seek(offset)
        while at < first:
            offset += len(stream.readline())
            at += 1
        raw = b"".join(islice(stream, last - first))
        at = last
        while not decoder.is_whole(raw) and (more := stream.readline()):
            raw += more
            at += 1
        whole = decoder.whole_until(raw)
        added = 0
        if whole < len(raw) and decoder.is_complete(raw[whole:]):
            raw, added = raw + b"\n", 1
            whole = len(raw)
        if whole:  # what follows was cut meanwhile
            reader.next_line = first
            if reader.headers is not None:
                reader.headers.another = 0
            reader.block(raw[:whole], offset, added)
        offset += len(raw) - added
    log = reader.result()
    return without(log, set(log.lines.line) - wanted)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers in runs close to each other: the first and one more than the last.

    Reading a few lines for nothing takes less time than many short runs.
    """
    first = 0
    for place in range(1, len(numbers) + 1):
        if (
            place == len(numbers)
            or numbers[place] - numbers[place - 1] > RUN_GAP
            or numbers[place] - numbers[first] >= RUN_LINES
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
    stream: BinaryIO | _Beginning, offset: int, reader: Gatherer, digest: ContentDigest | None
) -> Iterator[tuple[bytes, int, int]]:
    """Blocks of whole records with their offset; what is left at the end waits.

    A last line that is complete without its newline is given one: so many bytes were added.
    """
    decoder = reader.decoder
    rest = b""
    while chunk := stream.read(decoder.block_bytes):
        block = rest + chunk
        cut = decoder.whole_until(block, reader.lines_above)
        block, rest = block[:cut], block[cut:]
        if block:
            if digest is not None:
                digest.update(block)
            yield block, offset, 0
            offset += len(block)
        if len(rest) > json_lines.MAX_LINE_BYTES and b"\n" not in rest:
            block, rest, offset = _skip_long_line(stream, rest, offset, reader, digest)
            if block:
                yield block, offset, 0
                offset += len(block)
    if rest and decoder.is_complete(rest):
        if digest is not None:
            digest.update(rest)
        yield rest + b"\n", offset, 1
    elif rest:
        reader.waiting(len(rest), rest.count(b"\n"))


def _skip_long_line(
    stream: BinaryIO | _Beginning,
    begun: bytes,
    offset: int,
    reader: Gatherer,
    digest: ContentDigest | None,
) -> tuple[bytes, bytes, int]:
    """Passes over a line too long to hold.

    Returns the whole lines that follow, the rest after them, and the offset of the former.
    """
    length = len(begun)
    seen = ContentDigest() if digest is None else digest.copy()
    seen.update(begun)
    while chunk := stream.read(reader.decoder.block_bytes):
        newline = chunk.find(b"\n")
        if newline < 0:
            length += len(chunk)
            seen.update(chunk)
            continue
        length += newline + 1
        reader.long_line(offset, length)
        rest = chunk[newline + 1 :]
        whole = reader.decoder.whole_until(rest, reader.lines_above)
        if digest is not None:
            seen.update(chunk[: newline + 1 + whole])
            digest.become(seen)
        return rest[:whole], rest[whole:], offset + length
    reader.waiting(length)
    return b"", b"", offset
