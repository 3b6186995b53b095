"""Digests of what a log file held, chunk by chunk: did the file only grow, or is it another one?

A chunk is a mebibyte; the last one may be shorter. Its digest is XXH3 of 128 bits, which tells any
accidental change and costs next to nothing. A file that grew is the same file when its earlier
chunks are unchanged: all of them where they are few, else the first, the last and a sample.
"""

from __future__ import annotations

from io import RawIOBase

from xxhash import xxh3_128

from perfkit.logs.file_log import ContentChangedError
from perfkit.logs.forward import ForwardStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

CHUNK_BYTES = 1 << 20
SAMPLED_CHUNKS = 16
"""How many chunks beside the first and the last are looked at in a file too long to read whole."""


class ContentDigest:
    """Digests of consecutive bytes from the start of a file."""

    def __init__(self, complete: tuple[bytes, ...] = ()) -> None:
        self.complete = list(complete)
        self.filled = 0
        self._chunk = xxh3_128()
        self._last: bytes | None = None

    def __getstate__(self) -> tuple[list[bytes], int, bytes]:
        """What can be sent to another process: all but the state of the chunk that is not full."""
        return self.complete, self.filled, self._chunk.digest()

    def __setstate__(self, sent: tuple[list[bytes], int, bytes]) -> None:
        self.complete, self.filled, self._last = sent

    @property
    def is_sent(self) -> bool:
        """Whether it came from another process, and was not resumed yet."""
        return self._last is not None

    def resume(self, stream: BinaryIO, name: str) -> None:
        """Makes a digest that was sent ready for what follows, from the bytes of its last chunk.

        Raises `ContentChangedError` where these are no longer what they were.
        """
        stream.seek(len(self.complete) * CHUNK_BYTES)
        self._chunk = xxh3_128(stream.read(self.filled))
        if self._chunk.digest() != self._last:
            raise ContentChangedError(name)
        self._last = None

    def update(self, content: bytes) -> None:
        """Takes the bytes that follow."""
        view = memoryview(content)
        while len(view) >= CHUNK_BYTES - self.filled:
            room = CHUNK_BYTES - self.filled
            self._chunk.update(view[:room])
            self.complete.append(self._chunk.digest())
            self._chunk, self.filled, view = xxh3_128(), 0, view[room:]
        self._chunk.update(view)
        self.filled += len(view)

    def copy(self) -> ContentDigest:
        """An independent copy."""
        other = ContentDigest(tuple(self.complete))
        other.filled, other._chunk = self.filled, self._chunk.copy()
        return other

    def become(self, other: ContentDigest) -> None:
        """Takes over what another has seen."""
        self.complete, self.filled, self._chunk = other.complete, other.filled, other._chunk

    def chunks(self) -> tuple[bytes, ...]:
        """A digest per chunk; the last may be of a part of one."""
        last = (self._chunk.digest(),) if self.filled else ()
        return (*self.complete, *last)


def digest_of(stream: BinaryIO) -> ContentDigest:
    """The digest of everything from the stream's position on."""
    digest = ContentDigest()
    while content := stream.read(CHUNK_BYTES):
        digest.update(content)
    return digest


def verified(
    stream: BinaryIO, length: int, chunks: tuple[bytes, ...], whole_up_to: int
) -> ContentDigest | None:
    """The digest of the first `length` bytes, ready for what follows; None when they changed.

    Up to `whole_up_to` bytes every chunk is compared. Of a longer file, the first, the last and
    some between are, which ones its length decides.
    """
    last = len(chunks) - 1
    every: range | list[int] = range(len(chunks))
    if length > whole_up_to:
        step = max(1, last // SAMPLED_CHUNKS)
        every = sorted({0, *range(length % step, last, step), last})
    digest = ContentDigest()
    for number in every:
        stream.seek(number * CHUNK_BYTES)
        digest = ContentDigest(chunks[:number])
        content = stream.read(min(CHUNK_BYTES, length - number * CHUNK_BYTES))
        digest.update(content)
        if digest.chunks() != chunks[: number + 1]:
            return None
    return digest


class VerifiedBytes(RawIOBase):
    """The first `length` bytes of a file, given out only while they are those that were digested.

    A chunk is read whole, digested and compared before a byte of it is given out; reading raises
    `ContentChangedError` where it differs.
    """

    def __init__(self, stream: BinaryIO, name: str, length: int, chunks: tuple[bytes, ...]) -> None:
        self._stream = stream
        self._name = name
        self._length = length
        self._chunks = chunks
        self._at = 0
        self._number, self._chunk = -1, memoryview(b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = (0, self._at, self._length)[whence] + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number, passed = divmod(self._at, CHUNK_BYTES)
        if self._at >= self._length:
            return 0
        if number != self._number:
            self._number, self._chunk = number, memoryview(self._verified(number))
        part = self._chunk[passed : passed + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _verified(self, number: int) -> bytes:
        first = number * CHUNK_BYTES
        self._stream.seek(first)
        content = self._stream.read(min(CHUNK_BYTES, self._length - first))
        if xxh3_128(content).digest() != self._chunks[number]:
            raise ContentChangedError(self._name)
        return content


class DigestedStream(ForwardStream):
    """A stream read once from its start, and the digest of what was read of it."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self._digest = ContentDigest()

    def content(self, size: int) -> bytes:
        content = self._stream.read(size)
        self._digest.update(content)
        return content

    def chunks(self) -> tuple[bytes, ...]:
        """The digests of all of it, after what is left was read."""
        while self.content(CHUNK_BYTES):
            pass
        return self._digest.chunks()
