"""Streams that are read once, from their start on."""

from __future__ import annotations

from abc import abstractmethod
from io import RawIOBase, UnsupportedOperation

SKIPPED_BYTES = 1 << 16


class ForwardStream(RawIOBase):
    """A stream made of the `content` that a subclass gives; it never goes back."""

    def __init__(self) -> None:
        self._at = 0

    @abstractmethod
    def content(self, size: int) -> bytes:
        """The next bytes, at most so many; none at the end."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        content = self.content(len(buffer))
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Passes over what comes before an offset; raises `UnsupportedOperation` to go back."""
        target = offset + (0, self._at, 0)[whence]
        if whence == 2 or target < self._at:
            raise UnsupportedOperation(f"seek to {offset}")
        while self._at < target:
            passed = len(self.content(min(SKIPPED_BYTES, target - self._at)))
            if not passed:
                break
            self._at += passed
        return self._at
