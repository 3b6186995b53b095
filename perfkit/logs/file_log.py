"""What a log file says: its parsed lines as columns, and what became of the others."""

from __future__ import annotations

from perfkit.core.errors import LineError
from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from perfkit.logs.formulas import Column

    DayCounts: TypeAlias = "tuple[int, int, int, int]"
    """The ordinal of a day, and how many of its lines were parsed, ignored and bad."""

OPEN = 0
"""The day of trades without a close, and of lines that made no trade."""

SEVERAL = 1
"""The day under which the index has the lines of a fill that several lines speak of."""

COMMA, POINT = 1, 2
"""Bits of `decimal_marks`: a comma that begins a fraction, a point that may separate thousands."""


def span_of(days: Sequence[DayCounts]) -> tuple[int, int, int]:
    """The earliest and the latest of the days, in order, and how many lines of the latter parsed.

    Zeros without any day.
    """
    return (days[0][0], *days[-1][:2]) if days else (0, 0, 0)


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
    last line without a newline, `waiting_bytes` its length; `waiting_lines` whole lines wait
    before it if a quoted cell goes on. `offset_of` has, by their numbers, the offsets of lines that
    close a trade and by themselves say nothing of its result. `left_out` has parsed lines with a
    value that could not be read. `another_header` is the line of a header that is not the one that
    rows are read by, if it stands above what follows, else 0; `decimal_marks` are
    those that its numbers show (see `decimal_marks`).
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
    waiting_lines: int
    offset_of: dict[int, int]
    left_out: list[LineError]
    another_header: int
    decimal_marks: int

    @property
    def bytes_read(self) -> int:
        """The offset up to which the file was read."""
        return self.end + self.waiting_bytes


class Start(NamedTuple):
    """Where to go on reading a text: the offset of a line and its number.

    The line before may lack its newline, which then is the first `newline` bytes from there.
    """

    offset: int = 0
    line: int = 1
    newline: int = 0


class Fruitless(NamedTuple):
    """A line that makes no trade, though all of it can be read."""

    key: int | None
    file: int
    line: int
    offset: int
    day: int
    reason: str = "closes a trade without any P&L or outcome"


class ContentChangedError(Exception):
    """A file no longer holds the bytes that were digested; its name is the argument."""
