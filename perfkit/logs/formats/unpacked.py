"""The text of a log whose bytes are not text: compressed, UTF-16, a document, a database."""

from __future__ import annotations

import codecs
from io import BufferedReader, BytesIO

from perfkit.config.layout import CSV, JSON, READER, SQLITE
from perfkit.logs.formats.form import BZIP2, GZIP, PACKED, RETURNS, UTF16
from perfkit.logs.forward import ForwardStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from perfkit.config.dialect import Dialect
    from perfkit.logs.formats.form import Form

NEWLINE = b"\n"


def unpacked(stream: BinaryIO, packing: str) -> BinaryIO:
    """The text of a packed file.

    What cannot be unpacked is an `OSError`, `EOFError` or `zlib.error`, found while reading.
    """
    if packing == UTF16:
        return BytesIO(_recoded(stream.read()))
    if packing == RETURNS:
        return BytesIO(stream.read().replace(b"\r", NEWLINE))
    if packing == GZIP:
        import gzip

        return gzip.GzipFile(fileobj=stream, mode="rb")  # type: ignore[return-value]
    if packing == BZIP2:
        import bz2

        return bz2.BZ2File(stream)  # type: ignore[return-value]
    import lzma

    return BufferedReader(_Checked(lzma.LZMAFile(stream), lzma.LZMAError))  # type: ignore[arg-type]


def text_of(path: str, stream: BinaryIO, form: Form, dialect: Dialect) -> BinaryIO:
    """The text of an open log file in a form that is translated.

    Raises a `BadValueError` that says why there are no records; a `NotWholeError` may pass.
    """
    if form.format == SQLITE:
        from perfkit.logs.formats import sqlite_rows

        layout = dialect.layout
        return BytesIO(sqlite_rows.lines_of(path, form.table, layout.query, dialect.keys))
    text = unpacked(stream, form.packing) if form.packing else stream
    if form.format == JSON:
        from perfkit.logs.formats import json_document, parents

        content = text.read().removeprefix(codecs.BOM_UTF8)
        around = parents.parents_of(dialect.read_fields)
        records = dialect.layout.records
        return BytesIO(json_document.lines_of(content, records, dialect.keys, around))
    if form.format == READER:
        from perfkit.logs.formats import reader_records

        return BytesIO(reader_records.lines_of(text.read(), dialect.layout.reader or ""))
    if form.format == CSV and form.table and form.header is not None:
        from perfkit.logs.formats.csv_sections import up_to_section_end

        _, line, delimiter = form.header
        section = BytesIO(up_to_section_end(text.read(), line, delimiter))
        text = section
    if form.format == CSV and form.packing in PACKED:  # others may still be being written
        return BufferedReader(_Ended(text))
    return text


def _recoded(content: bytes) -> bytes:
    try:  # half a character at the end is still being written
        return codecs.getincrementaldecoder("utf-16")().decode(content).encode("utf-8")
    except UnicodeError as error:
        raise OSError(f"is not UTF-16: {error}") from error


class _Checked(ForwardStream):
    """A stream of which one kind of error is an `OSError`."""

    def __init__(self, stream: BinaryIO, kind: type[Exception]) -> None:
        super().__init__()
        self._stream = stream
        self._kind = kind

    def content(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except self._kind as error:
            raise OSError(str(error)) from error


class _Ended(ForwardStream):
    """A text to which nothing more comes: its last line has a newline in any case."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self._last = NEWLINE

    def content(self, size: int) -> bytes:
        content = self._stream.read(size)
        if not content and self._last != NEWLINE:
            content = NEWLINE
        self._last = content[-1:] or self._last
        return content
