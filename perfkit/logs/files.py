"""Log files as they are opened: as text, from a line on, with errors that name them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader

from perfkit.core.errors import LogReadError
from perfkit.core.one_value import BadValueError
from perfkit.logs.digest import DigestedStream, VerifiedBytes
from perfkit.logs.file_log import ContentChangedError
from perfkit.logs.formats.form import PLAIN, Form, NotWholeError
from perfkit.logs.forms import form_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from perfkit.config.dialect import Dialect


class HalfWrittenError(LogReadError):
    """A file that cannot be read to its end; `problem` says why."""

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        super().__init__(path, problem, remedy)
        self.problem = problem


@contextmanager
def opened(
    path: str, shown: str, dialect: Dialect, form: Form | None = None
) -> Iterator[tuple[BinaryIO, Form]]:
    """The text of a log file, and the form it is in, unless that is known.

    Raises `HalfWrittenError`, or `LogReadError` where its records cannot be found.
    """
    with open(path, "rb") as stream:
        form = form or form_in(path, shown, stream, dialect)
        yield text_in(path, shown, stream, form, dialect), form


def form_in(path: str, shown: str, stream: BinaryIO, dialect: Dialect) -> Form:
    """The form of an open log file; raises `LogReadError` where a database has no table for it."""
    with _records_of(shown):
        return form_of(path, stream, dialect)


def refuse_unreadable(path: str, shown: str) -> None:
    """Raises `LogReadError` for a file of a format that is not read, by its first bytes."""
    from perfkit.logs.formats.foreign import refuse_foreign
    from perfkit.logs.forms import PEEKED_BYTES

    with readable(shown, gone=True), open(path, "rb") as stream, _records_of(shown):
        refuse_foreign(stream.read(PEEKED_BYTES))


def is_begun_document(stream: BinaryIO, form: Form) -> bool:
    """Whether an open file that held a document may be the beginning of another one.

    A document on one line looks like a line that is still being written; one that is written anew
    is empty at first.
    """
    if form != PLAIN:
        return False
    from perfkit.logs.formats.json_parts import is_whole

    content = stream.read()
    return b"\n" not in content.strip() and not is_whole(content)


def text_in(path: str, shown: str, stream: BinaryIO, form: Form, dialect: Dialect) -> BinaryIO:
    """The text of an open log file of that form; raises as `opened` does."""
    if not form.is_translated:
        return stream
    from perfkit.logs.formats.unpacked import text_of

    with _records_of(shown):
        return text_of(path, stream, form, dialect)


@contextmanager
def verified_text(
    path: str, shown: str, dialect: Dialect, length: int, chunks: tuple[bytes, ...]
) -> Iterator[tuple[BinaryIO, Form]]:
    """The text of a log file, checked against the digests of its first `length` bytes.

    All of a text that is translated is digested. Raises `ContentChangedError`: for such a text
    after it was read, for any other file before its bytes are returned.
    """
    with open(path, "rb") as stream:
        try:
            form = form_in(path, shown, stream, dialect)
            if form.is_translated:
                digested = DigestedStream(text_in(path, shown, stream, form, dialect))
        except (OSError, EOFError, zlib.error, LogReadError) as error:
            raise ContentChangedError(shown) from error
        if not form.is_translated:
            verified = BufferedReader(VerifiedBytes(stream, shown, length, chunks))
            yield verified, form_in(path, shown, verified, dialect)
            return
        try:
            yield BufferedReader(digested), form
        except (OSError, EOFError, zlib.error) as error:
            raise ContentChangedError(shown) from error
        if digested.chunks() != chunks:
            raise ContentChangedError(shown)


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
    remedy = "check that it is there and may be read"
    if isinstance(error, PermissionError):
        remedy = "check the permissions"
    return LogReadError(shown, getattr(error, "strerror", None) or str(error), remedy)


@contextmanager
def _records_of(shown: str) -> Iterator[None]:
    """Turns what can go wrong in looking for the records of a file into `LogReadError`."""
    try:
        yield
    except BadValueError as error:
        remedy = getattr(error, "remedy", "")
        if isinstance(error, NotWholeError):
            remedy = (
                remedy or "if it is being written, try again; else correct it, or name its `format`"
            )
            raise HalfWrittenError(shown, str(error), remedy) from error
        remedy = remedy or "check `format`, `records`, `table` and `fields` of its source"
        raise LogReadError(shown, str(error), remedy) from error


def texts_at(path: str, dialect: Dialect, offsets: Sequence[int], most: int) -> list[bytes]:
    """The lines that start at ascending offsets of a file's text.

    The file is read once. Each line is cut at `most` bytes; it is empty where the file ends before.
    """
    found: list[bytes] = []
    try:
        with opened(path, path, dialect) as (text, _):
            for offset in offsets:
                text.seek(offset)
                found.append(text.readline(most).rstrip(b"\r\n"))
    except (OSError, EOFError, zlib.error, LogReadError):
        pass
    return found + [b""] * (len(offsets) - len(found))
