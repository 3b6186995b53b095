"""Log files as they are opened: plain or compressed, from a line on, with errors that name them."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader

from perfkit.core.errors import LogReadError
from perfkit.logs.digest import ContentChangedError, DigestedStream, VerifiedBytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A log file, its text when it is compressed."""
    if is_compressed(path):
        import gzip

        return gzip.open(path, "rb")  # type: ignore[return-value]
    return open(path, "rb")


def is_compressed(path: str | os.PathLike[str]) -> bool:
    """Whether a log file is a compressed one."""
    return os.fspath(path).endswith(".gz")


@contextmanager
def verified_text(
    path: str, shown: str, length: int, chunks: tuple[bytes, ...]
) -> Iterator[BinaryIO]:
    """The text of a log file, checked against the digests of its first `length` bytes.

    All of a compressed file is digested. Raises `ContentChangedError`: for a compressed file after
    its text was read, for any other file before its bytes are returned.
    """
    with open(path, "rb") as stream:
        if not is_compressed(path):
            yield BufferedReader(VerifiedBytes(stream, shown, length, chunks))
            return
        import gzip

        packed = DigestedStream(stream)
        try:
            yield BufferedReader(gzip.GzipFile(fileobj=packed, mode="rb"))
        except (OSError, EOFError, zlib.error) as error:
            if packed.chunks() != chunks:
                raise ContentChangedError(shown) from error
            raise
        if packed.chunks() != chunks:
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
    problem = getattr(error, "strerror", None) or str(error)
    return LogReadError(shown, problem, "check that it is there and may be read")


def texts_at(path: str, offsets: Sequence[int], most: int) -> list[bytes]:
    """The lines that start at ascending offsets (of a file's text, when compressed).

    The file is read once. Each line is cut at `most` bytes; it is empty where the file ends before.
    """
    found: list[bytes] = []
    try:
        with opened(path) as stream:
            for offset in offsets:
                stream.seek(offset)
                found.append(stream.readline(most).rstrip(b"\r\n"))
    except (OSError, EOFError, zlib.error):
        pass
    return found + [b""] * (len(offsets) - len(found))
