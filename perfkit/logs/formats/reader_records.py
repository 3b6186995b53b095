"""What a reader of another package finds in a file: each record as a line of JSON.

A reader is a function that gets the open file, unpacked, and gives its records in order: mappings
of fields to values, or an exception in place of a record that cannot be read.

    def read(file):
        for row in xml.etree.ElementTree.parse(file).iter("trade"):
            yield dict(row.attrib)                  {"closed":"2026-04-08","pnl":"1.50"}

Record n is line n + 1 of the text. Numbers stay as they are: a Decimal its digits, a float the
shortest digits that stand for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from io import BytesIO

from perfkit.config.extensions import (
    Extension,
    is_as_it_was,
    label_of,
    reader_named,
    reason_of,
    state_of,
)
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.one_value import BadValueError
from perfkit.logs.formats.form import NotWholeError
from perfkit.logs.formats.made_lines import bad_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO


class Reader(NamedTuple):
    """A reader by its name and package, its state when it was loaded, and its function."""

    label: str
    state: Extension
    read: Callable[[BinaryIO], Iterable[object]]


class ReaderNotLoadedError(BadValueError):
    """A reader that cannot be used at all; says why."""

    remedy = "install what it needs, or another version of it, and start again"


class ReaderFailedError(NotWholeError):
    """A reader that could not read a file; says why."""

    remedy = "if the file is being written, try again; else correct it, or the reader"


def lines_of(content: bytes, name: str) -> bytes:
    """The records as lines; raises `ReaderNotLoadedError` or `ReaderFailedError`."""
    reader = loaded(name)
    if not is_as_it_was(reader.state):
        # The cache would take what the old code says for what the new one says.
        raise ReaderNotLoadedError(f"cannot be read, as {reader.label} was replaced meanwhile")
    lines: list[bytes] = []
    try:
        lines.extend(map(_line, reader.read(BytesIO(content))))
    except (Exception, SystemExit) as error:  # whatever it does must not end the run
        done = f" after {len(lines)} records" if lines else ""
        problem = f"cannot be read by {reader.label}{done}: {reason_of(error)}"
        raise ReaderFailedError(problem) from error
    return b"".join(lines)


@cache
def loaded(name: str) -> Reader:
    found = reader_named(name)
    label = f"the reader {name} of {label_of(found)}"
    state = state_of(found)
    try:
        read = found.load()
    except (Exception, SystemExit) as error:
        problem = f"cannot be read, as {label} cannot be loaded: {reason_of(error)}"
        raise ReaderNotLoadedError(problem) from error
    return Reader(label, state, read)


def _line(record: object) -> bytes:
    if isinstance(record, Exception):
        return bad_line(str(record) or type(record).__name__)
    try:
        raw = _encoder()(record)
    except Exception as error:
        return bad_line(f"its reader gave what is not a record: {reason_of(error)}")
    if raw[:1] != b"{":
        kind = type(record).__name__
        return bad_line(f"its reader gave a value of type {kind}, not fields with their values")
    return raw + b"\n"


@cache
def _encoder() -> Callable[[object], bytes]:
    import msgspec

    return msgspec.json.Encoder(decimal_format="number", enc_hook=_plain).encode


def _plain(value: Any) -> Any:
    """A value of a kind that JSON has not, as one that it has."""
    if _is_missing(value):
        return None
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item"):  # a number of numpy
        return value.item()
    raise TypeError(f"a value of type {type(value).__name__}")


def _is_missing(value: Any) -> bool:
    """Whether a value stands for one that is not there, as NaT and NA of pandas do."""
    try:
        return bool(value != value)  # noqa: PLR0124
    except TypeError:
        return True
