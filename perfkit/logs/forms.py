"""In which form a log file is: its format, how it is packed, and the header of CSV.

A dialect may name the format; else the first bytes of the file decide, never its name alone:

    {"a": 1}                 JSON Lines, if each line is an object by itself; a single object that
                             holds lists of records, and is no record, is a document
    [ or { over lines        a JSON document, as is [ on a single line
    SQLite format 3          a database
    a;b;c                    CSV, if that is a header with fields of the dialect, or if the file is
                             called `.csv` or `.tsv`

A format that is not read, such as that of a workbook, is an error that says what to do. Anything
else is taken for JSON Lines, and each line of it is reported as bad.
"""

from __future__ import annotations

import os
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from itertools import pairwise

from perfkit.config.layout import AUTO, CSV, JSON, JSONL, READER, SQLITE
from perfkit.core.errors import LogReadError
from perfkit.core.one_value import BadValueError
from perfkit.disk.fingerprints import Fingerprint, fingerprint_of
from perfkit.logs.formats.form import BZIP2, GZIP, PACKED, PLAIN, RETURNS, UTF16, XZ, Form

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from perfkit.config.dialect import Dialect
    from perfkit.logs.formats.csv_rows import Header

PEEKED_BYTES = 4096
HEAD_BYTES = 64 * 1024

PACKED_SUFFIXES = tuple("." + packing for packing in PACKED)

PACKINGS = {b"\x1f\x8b": GZIP, b"BZh": BZIP2, b"\xfd7zXZ\0": XZ}
"""What packed files begin with."""
_SQLITE_MAGIC = b"SQLite format 3\0"
_CSV_SUFFIXES = (".csv", ".tsv")
_NO_DATABASE = (".jsonl", ".json", ".log", *_CSV_SUFFIXES, *PACKED_SUFFIXES)


def form_fingerprint(path: str, status: os.stat_result) -> Fingerprint:
    """The fingerprint of a log file; that of a database changes with the log of its writers."""
    fingerprint = fingerprint_of(status)
    if path.endswith(_NO_DATABASE):
        return fingerprint
    try:
        writers = os.stat(path + "-wal")
    except OSError:
        return fingerprint
    device, inode, size, modified, changed = fingerprint
    modified, changed = max(modified, writers.st_mtime_ns), max(changed, writers.st_ctime_ns)
    return device, inode, size + writers.st_size, modified, changed


def form_of(path: str, stream: BinaryIO, dialect: Dialect) -> Form:
    """The form of an open log file, which is then at its start again."""
    head = stream.read(PEEKED_BYTES)
    stream.seek(0)
    if dialect.layout.format in (AUTO, JSONL) and _is_lines(head):
        return PLAIN
    packing = packing_of(path, head)
    if dialect.layout.format == READER:  # in which text it is written is its own business
        return Form(READER, packing="" if packing in (UTF16, RETURNS) else packing)
    if packing:
        from perfkit.logs.formats.unpacked import unpacked

        text = unpacked(stream, packing)
        form = _form_of_text(path, text, text.read(PEEKED_BYTES), dialect)
        stream.seek(0)
        return form._replace(packing=packing)
    stream.seek(len(head))
    form = _form_of_text(path, stream, head, dialect)
    stream.seek(0)
    return form


def packing_of(path: str, head: bytes) -> str:
    """How a file is packed, by its first bytes; one with the name of a packed one is one."""
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return UTF16
    for magic, packing in PACKINGS.items():
        if head.startswith(magic):
            return packing
    if is_packed(path):
        return path[path.rindex(".") + 1 :]
    if b"\n" in head or b"\r" not in head[:-1]:
        return ""
    first = head.partition(b"\r")[0].strip()
    is_within_json = first[:1] in (b"{", b"[") and first[-1:] != b"}"  # a blank there
    return "" if is_within_json else RETURNS


def is_packed(path: str) -> bool:
    """Whether a file is called as a compressed one is."""
    return path.endswith(PACKED_SUFFIXES)


def _is_lines(head: bytes) -> bool:
    """Whether a file surely is JSON Lines: it begins with an object on a line, and another one."""
    first, newline, rest = head.partition(b"\n")
    return bool(newline) and first[:1] == b"{" == rest[:1] and first.rstrip()[-1:] == b"}"


def _form_of_text(path: str, text: BinaryIO, head: bytes, dialect: Dialect) -> Form:
    """The form of a text of which the first bytes are read already."""
    layout = dialect.layout
    wanted = layout.format
    if wanted == SQLITE or (wanted == AUTO and head.startswith(_SQLITE_MAGIC)):
        return Form(SQLITE, table=_table(path, dialect))
    if wanted in (JSONL, JSON):
        return Form(wanted)
    start = head.removeprefix(BOM_UTF8).lstrip()[:1]
    if wanted == AUTO and start in (b"{", b"["):
        return Form(JSON if _is_document(text, head, dialect) else JSONL)
    if wanted == AUTO:
        if not start:
            return PLAIN
        from perfkit.logs.formats.foreign import refuse_foreign

        refuse_foreign(head)
    return _csv(path, text, head, dialect)


def _csv(path: str, text: BinaryIO, head: bytes, dialect: Dialect) -> Form:
    from perfkit.logs.formats.csv_rows import header_of_columns, headers_in, likely_header
    from perfkit.logs.formats.json_lines import MAX_LINE_BYTES

    layout = dialect.layout
    head += text.read(-1 if layout.section else HEAD_BYTES - len(head))
    if layout.section is None:
        if len(head) - head.rfind(b"\n") > PEEKED_BYTES:  # a header of many columns
            head += text.readline(MAX_LINE_BYTES)
        if not (layout.columns and layout.complete):
            head = head[: head.rfind(b"\n") + 1]  # what follows may go on
    if layout.columns:
        header = header_of_columns(head, layout)
        return PLAIN if header is None else Form(CSV, header=header)
    surely = layout.format == CSV or _is_called_csv(path)
    keys = dialect.keys
    found = headers_in(head, keys, layout, 1 if surely else min(2, len(keys)))
    header = _first_with_trades(found, head, dialect)
    if header is None and surely:
        header = likely_header(head, layout)
    if header is not None:
        return Form(CSV, header=header, table=layout.section or "")
    if layout.format == CSV and head.strip():
        raise BadValueError("has no line that could be the header of its columns")
    return PLAIN


def _first_with_trades(found: Sequence[Header], head: bytes, dialect: Dialect) -> Header | None:
    """The first possible header with a record before the next one, else the last."""
    from perfkit.logs.file_log import Start
    from perfkit.logs.gatherer import Gatherer

    lines = head.split(b"\n")
    for header, following in pairwise(found):
        above = b"".join(line + b"\n" for line in lines[: following.line - 1])
        reader = Gatherer("", dialect, Start(), Form(CSV, header=header))
        try:
            reader.block(above, 0)
        except LogReadError:  # one more header between, under which it is said
            return header
        if reader.result().lines.line:
            return header
    return found[-1] if found else None


def _is_called_csv(path: str) -> bool:
    name = os.path.splitext(path)[0] if is_packed(path) else path
    return name.lower().endswith(_CSV_SUFFIXES)


def _table(path: str, dialect: Dialect) -> str:
    layout = dialect.layout
    if layout.query is not None:
        return ""
    if layout.table is not None:
        return layout.table
    from perfkit.logs.formats.sqlite_rows import table_of

    return table_of(path, dialect.keys)


def _is_document(text: BinaryIO, head: bytes, dialect: Dialect) -> bool:
    """Whether a text that begins as JSON is one document, and not a record a line."""
    if dialect.layout.records:
        return True
    first, rest = _first_line(text, head)
    opening, following = first[:1], rest.lstrip()[:1]
    if not _is_whole(first):
        if opening == b"[":
            is_row = first[1:].lstrip()[:1] in (b"", b"[")
            return is_row or following != opening
        return following not in (b"", opening) and not _has_record(first, rest, text)
    if opening == b"[" or following:
        return not following
    if _is_short_record(first, dialect.keys):
        return False
    from perfkit.logs.formats.json_places import holds_records

    return holds_records(first, dialect.keys)


def _first_line(text: BinaryIO, head: bytes) -> tuple[bytes, bytes]:
    """The first line with anything in it, and what follows, up to the next one at least."""
    parts = [head.removeprefix(BOM_UTF8).lstrip()]
    while b"\n" not in parts[-1] and (more := text.read(HEAD_BYTES)):
        parts.append(more)
    first, _, rest = b"".join(parts).partition(b"\n")
    while not rest.strip() and (more := text.read(HEAD_BYTES)):
        rest = more
    return first, rest


def _is_whole(line: bytes) -> bool:
    """Whether a line is one JSON value; a short one is decoded by what is loaded in less time."""
    if len(line) > HEAD_BYTES:
        from perfkit.logs.formats.json_parts import is_whole

        return is_whole(line)
    import json

    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _is_short_record(line: bytes, keys: Sequence[str]) -> bool:
    """Whether a short line of JSON has a field that is wanted, and no columns of them."""
    if len(line) > HEAD_BYTES:
        return False
    import json

    value = json.loads(line)
    if not isinstance(value, dict):
        return False
    return any(name in value and not _may_be_column(value[name]) for name in keys)


def _may_be_column(value: object) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and "0" in value)


def _has_record(first: bytes, rest: bytes, text: BinaryIO) -> bool:
    """Whether a line of its own is a record in a text that is no document as a whole."""
    from perfkit.logs.formats.json_parts import is_whole

    rest += text.read()
    lines = rest.split(b"\n")
    is_record = any(line[:1] == b"{" and is_whole(line) for line in lines)
    return is_record and not is_whole(b"\n".join((first, *lines)))
