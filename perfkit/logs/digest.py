"""Digests of what a log file held, chunk by chunk: did the file only grow, or is it another one?

A chunk is a mebibyte; the last one may be shorter. Its digest is XXH3 of 128 bits, which tells any
accidental change and costs next to nothing. A file that grew is the same file when its earlier
chunks are unchanged: all of them where they are few, else the first, the last and a sample.
"""

from __future__ import annotations

from xxhash import xxh3_128

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
