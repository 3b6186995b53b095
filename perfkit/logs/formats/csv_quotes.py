"""Where rows of CSV end, as a quoted cell may span lines.

A quote opens a cell only as its first character, and closes it only before a delimiter or the end
of the line; two in a row stand for one. Blanks between such a quote and the edge of its cell mean
nothing, where the cell ends on the line on which it begins or has none before it. Anywhere else a
quote is a character like any other:

    1,gun 5" long,2        a row: its second cell is `gun 5" long`
    1,"two                 begins a row of two lines
    lines",2               ends it
    1, "a,b" ,2            a row of three cells: its second is `a,b`
    1,"never closed,2      a row that cannot be read, and no more than that line
    1,"a" b,2              another one
    1, "a,2                a row: its second cell is `"a`

A quoted cell may go on, so the lines after one that is not closed wait; but a row has at most
`MOST_LINES` lines and as many bytes as a line of JSON. Past that, the line with the quote stands
alone. So where a row ends depends on what comes before and never on how much is read at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from perfkit.logs.formats.json_lines import MAX_LINE_BYTES

MOST_LINES = 100
"""So many lines one row has at most."""

NEWLINE = b"\n"
QUOTE = b'"'


def unpadded(text: str, delimiter: str) -> str:
    """Rows without the blanks between a quote that opens or closes a cell and the edge of the cell.

    `1, "a,b" ,2` becomes `1,"a,b",2`. All quoted cells are looked at, so that no blank within one
    is taken for such: of `"x"" ,y"`, nothing is left out. Nor is it where a blank is the delimiter.
    """
    if delimiter == " " or '"' not in text or ('" ' not in text and ' "' not in text):
        return text
    return _padded(delimiter).sub(r"\1\2", text)


class RowEnds:
    """Finds the ends of rows whose cells are parted by a delimiter."""

    def __init__(self, delimiter: str) -> None:
        self._row, self._begun_row = _grammar(delimiter.encode())

    def whole_until(self, block: bytes, above: int = 0) -> int:
        """Up to which byte a block has whole rows, after so many lines `above` the first row."""
        at = 0
        for _ in range(above):
            at = block.find(NEWLINE, at) + 1
            if not at:
                return block.rfind(NEWLINE) + 1
        for _, end, _ in self._stretches(block, at, is_whole=False):
            at = end
        return at

    def rows(self, block: bytes) -> Iterator[bytes]:
        """The rows of a block of whole rows one by one, without the newline that ends each.

        So a line that opens a quote and is the last of the block was found to stand alone.
        """
        for start, end, is_one in self._stretches(block, 0, is_whole=True):
            if is_one:
                yield block[start : end - 1]
            else:
                yield from block[start : end - 1].split(NEWLINE)

    def _stretches(
        self, block: bytes, at: int, *, is_whole: bool
    ) -> Iterator[tuple[int, int, bool]]:
        """Rows from start to end: lines without a quote together, each other row by itself.

        If the block `is_whole`, nothing of its last row follows.
        """
        last = block.rfind(NEWLINE) + 1
        while at < last:
            quote = block.find(QUOTE, at, last)
            plain = last if quote < 0 else block.rfind(NEWLINE, at, quote) + 1
            end = plain if plain > at else self._end_of_row(block, at)
            if not end:
                if not is_whole:
                    return
                end = block.find(NEWLINE, at) + 1
            yield at, end, plain <= at
            at = end

    def _end_of_row(self, block: bytes, at: int) -> int:
        """Where the row ends that begins there; 0 where what follows the block may decide it."""
        line_end = block.find(NEWLINE, at) + 1
        row = self._row.match(block, at)
        if row is not None:
            end = row.end()
            lines = 1 if end == line_end else block.count(NEWLINE, at, end)
            if lines == 1 or (lines <= MOST_LINES and end - at <= MAX_LINE_BYTES):
                return end
        elif self._begun_row.match(block, at):
            lines = block.count(NEWLINE, at)
            if lines < MOST_LINES and len(block) - at < MAX_LINE_BYTES:
                return 0
        return line_end


@cache
def _padded(delimiter: str) -> re.Pattern[str]:
    """A quoted cell with the blanks around it."""
    edge = rf"[^{re.escape(delimiter)}\r\n]"
    plain = r'("[^"]*+(?:""[^"]*+)*")'
    indented = r' ++("[^"\n]*+(?:""[^"\n]*+)*")'
    return re.compile(rf"(?<!{edge})(?:{plain}|{indented}) *+(?!{edge})")


@cache
def _grammar(delimiter: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """What a whole row is, and what the beginning of one is that may become whole."""
    parts = re.escape(delimiter)
    other = b"[^" + parts + rb"\n]" if len(delimiter) == 1 else b"(?:(?!" + parts + rb")[^\n])"
    blank = rb"[^\s\S]" if delimiter == b" " else b" "  # nothing at all, where it parts cells
    begun = rb'"[^"]*+(?:""[^"]*+)*'
    begun_indented = blank + rb'++"[^"\n]*+(?:""[^"\n]*+)*'
    close = b'"' + blank + b"*+"
    indented = begun_indented + close + b"(?=" + parts + rb"|\r?+\n)"
    bare = b'(?!"|' + indented + b")" + other + b"*+"
    one_line = indented + b"|" + bare
    cells = b"(?:(?:" + begun + close + b"|" + one_line + b")" + parts + b")*"
    row = cells + b"(?:" + begun + close + rb"\r?+|" + indented + rb"\r?+|" + bare + rb")\n"
    either = b"(?:" + begun + b"|" + begun_indented + b")"
    cut = b"|".join([rb"\r?+", *(re.escape(delimiter[:end]) for end in range(1, len(delimiter)))])
    closed = close + b"(?:" + cut + b")"
    begun_row = cells + b"(?:" + either + b"(?:" + closed + b")?|" + one_line + rb")\Z"
    return re.compile(row), re.compile(begun_row)
