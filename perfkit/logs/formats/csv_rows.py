"""Rows of CSV to the fields that a dialect reads: cells as texts, under the names of a header.

The header is the line that has most of the names that the dialect reads; what comes before it (a
title, an account) is passed over. Of several columns with one name the second is `Name#2`; a
column without a name is `#3` if it is the third. A file without a header has the names that its
source says (`columns`), and its header counts as line 0. A row may span lines where a quoted cell
does (see `csv_quotes`). Blanks around a cell, as of columns that are lined up, are no part of it,
also where it is in quotes.

    Account: 1001            passed over
    time;profit;;profit      the header: time, profit, #3, profit#2
    "2026-01-05";1,5;x;2     {"time": "2026-01-05", "profit": "1,5", "#3": "x", "profit#2": "2"}
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from operator import itemgetter

from perfkit.config.layout import Layout
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.one_value import BadValueError
from perfkit.logs.formats import json_lines
from perfkit.logs.formats.csv_quotes import MOST_LINES, NEWLINE, QUOTE, RowEnds, unpadded
from perfkit.logs.formats.csv_sections import (
    DELIMITERS,
    cells_of,
    looks_like_header,
    section_start,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Decoded: TypeAlias = "tuple[list[Sequence[Any]], Sequence[int]]"

HEADER_WITHIN = 100
"""The header is among so many lines."""


class Header(NamedTuple):
    """The names of the columns, the number of the line that has them, and what parts the cells.

    The line is 0 where no line has them, but the source.
    """

    names: tuple[str, ...]
    line: int
    delimiter: str


class OddWidthError(BadValueError):
    """A row with more or fewer cells than the header; `row` has what could be read of it."""

    def __init__(self, row: tuple[Any, ...], cells: int, header: Header) -> None:
        what = "the header has" if header.line else "`columns` has"
        super().__init__(f"has {cells} cells, {what} {len(header.names)}")
        self.row = row


def headers_in(head: bytes, wanted: Sequence[str], layout: Layout, least: int) -> list[Header]:
    """What may be the header among the first lines of a file: each has more of the names wanted.

    None of them has fewer than `least`. Of a line that the layout names, the delimiter is the one
    that parts it into most cells.
    """
    lines = _lines(head)
    first = section_start(lines, layout.section)
    found: list[Header] = []
    for number in range(first, min(len(lines), first + HEADER_WITHIN)):
        if layout.header not in (None, number + 1):
            continue
        for delimiter in layout.delimiter or DELIMITERS:
            header = Header(named(cells_of(lines[number], delimiter)), number + 1, delimiter)
            if layout.header is None:
                known = len(set(header.names) & set(wanted))
            else:
                known = len(header.names)
            if known >= least:
                least = known + 1
                found = [one for one in found if one.line <= number] + [header]
    return found


def likely_header(head: bytes, layout: Layout) -> Header | None:
    """The header of a file of which no name is known: its first line with two cells or more.

    Raises `BadValueError` where that line is a row.
    """
    lines = _lines(head)
    first = section_start(lines, layout.section)
    for number in range(first, min(len(lines), first + HEADER_WITHIN)):
        every = [(d, cells_of(lines[number], d)) for d in layout.delimiter or DELIMITERS]
        delimiter, cells = max(every, key=lambda one: len(one[1]))
        if len(cells) > 1:
            if not looks_like_header(cells):
                raise BadValueError(
                    "begins with a row and not with the names of its columns; write them in its "
                    "source, such as `columns: [time, side, price, profit]`, or the number of the "
                    "line that has them as `header`"
                )
            return Header(named(cells), number + 1, delimiter)
    return None


def header_of_columns(head: bytes, layout: Layout) -> Header | None:
    """The names that the source gives the columns of a file without a header; None without rows.

    The delimiter is the one that parts a row into so many cells, the first row that one does; of
    rows of another width, the one that parts the first of them into most.
    """
    rows = [line for line in _lines(head)[:HEADER_WITHIN] if line.strip()]
    if not rows:
        return None
    names, delimiters = named(layout.columns), layout.delimiter or DELIMITERS
    for row in rows:
        for delimiter in delimiters:
            if len(cells_of(row, delimiter)) == len(names):
                return Header(names, 0, delimiter)
    return Header(names, 0, max(delimiters, key=lambda one: len(cells_of(rows[0], one))))


def _lines(head: bytes) -> list[str]:
    text = head.removeprefix(BOM_UTF8).decode("utf-8", "replace")
    return [line.rstrip("\r") for line in text.split("\n")]


def named(cells: Sequence[str]) -> tuple[str, ...]:
    """The names of columns, each one once."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = cell.strip() or f"#{number}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(names)


def plain_columns(text: str, delimiter: str, width: int) -> list[list[str]] | None:
    """The columns of rows without quotes, all of one width; None where a row is of another.

    All cells are parted at once, with a mark for each end of a row: of `1,x` and `2,y`, parted at
    the comma, that is 1 x MARK 2 y MARK, and each third one has to be a mark.
    """
    rows = text.count("\n")
    cells = text.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
    step = width + 1
    if len(cells) != rows * step + 1 or cells[width::step].count("\n") != rows:
        return None
    return [cells[place:-1:step] for place in range(width)]


class CsvRows:
    """Decodes the rows of one file, which is `complete` if nothing more comes to it.

    Those of a `ragged` one may have fewer or more cells at their end than the header.
    """

    block_bytes = 256 * 1024
    """Cells of larger blocks leave the caches of a processor before they are converted."""

    def __init__(
        self,
        header: Header,
        keys: Sequence[str],
        *,
        complete: bool = False,
        ragged: bool = False,
    ) -> None:
        self._complete = complete
        self._ragged = ragged
        self._header = header
        self.first_line = header.line + 1
        self._names = header.names
        self._width = len(header.names)
        self._delimiter = header.delimiter
        self._keys = keys
        self._decoded: tuple[bytes, Decoded | None] = b"", None
        self._names_in_bytes = [key.partition("#")[0].encode() for key in keys]
        self._ends = RowEnds(header.delimiter)
        self._gaps = (f"{header.delimiter} ", f" {header.delimiter}", "\n ", " \n")
        places = {name: n for n, name in enumerate(header.names)}
        # A name that the header does not have is read from a cell that each row is given.
        self._picked = picked = [places.get(key, self._width) for key in keys]
        self._pick = itemgetter(*picked) if len(picked) > 1 else lambda row: (row[picked[0]],)

    def is_header(self, raw: bytes) -> bool:
        """Whether a line is the header that the rows are read by."""
        text = raw.removeprefix(BOM_UTF8).decode("utf-8", "replace").rstrip("\r\n")
        return named(cells_of(text, self._delimiter)) == self._names

    def reads_alike(self, raw: bytes) -> bool | None:
        """Whether a row that is a header again names the columns as this one does.

        None where it is not a header.
        """
        least = min(2, len(self._keys))
        if sum(key in raw for key in self._names_in_bytes) < least:
            return None
        cells = cells_of(raw.decode("utf-8", "replace").rstrip("\r"), self._delimiter)
        names = named(cells)
        if len(set(names).intersection(self._keys)) < least or not looks_like_header(cells):
            return None
        places = {name: place for place, name in enumerate(names)}
        own = {name: place for place, name in enumerate(self._names)}
        return len(names) == self._width and all(
            places.get(key) == own.get(key) for key in self._keys
        )

    def whole_until(self, block: bytes, above: int = 0) -> int:
        """Up to which byte a block has whole rows, after so many lines `above` the first row."""
        whole = block[: block.rfind(NEWLINE) + 1]
        if QUOTE in whole and not above:
            decoded = self.block(whole)
            if decoded is not None:  # it will be asked for, and takes less time than looking
                self._decoded = whole, decoded
                return len(whole)
        return self._ends.whole_until(block, above)

    def is_whole(self, raw: bytes) -> bool:
        """Whether some lines are whole rows."""
        return self._ends.whole_until(raw) == len(raw)

    def is_complete(self, raw: bytes) -> bool:
        """Whether a last line without its newline is all of a row: else it may always go on."""
        return self._complete and self.is_whole(raw + b"\n")

    def block(self, block: bytes) -> Decoded | None:
        """The columns of all rows of a block and the line of it, from 0, on which each row begins.

        None where a row cannot be read or is blank.
        """
        known, decoded = self._decoded
        self._decoded = b"", None
        if block and known == block:
            return decoded
        most = json_lines.MAX_LINE_BYTES
        if b"\0" in block or (len(block) > most and max(map(len, block.split(b"\n"))) > most):
            return None
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError:
            return None
        if "\r" in text:
            text = text.replace("\r\n", "\n")
            if "\r" in text:
                return None
        if '"' in text:
            return self._quoted(text)
        columns = plain_columns(text, self._delimiter, self._width)
        if columns is None or _has_blank(columns):
            return None
        if text[:1] == " " or any(gap in text for gap in self._gaps):
            columns = list(map(_stripped, columns))
        rows = len(columns[0])
        columns.append([""] * rows)
        return [columns[place] for place in self._picked], range(rows)

    def _quoted(self, text: str) -> Decoded | None:
        parted = text.split("\n")[:-1]
        bare = unpadded(text, self._delimiter)
        read = parted if bare is text else bare.split("\n")[:-1]
        reader = csv.reader((line + "\n" for line in read), delimiter=self._delimiter, strict=True)
        rows, lines, line = [], [], 0
        try:
            for cells in reader:
                if len(cells) != self._width or not "".join(cells).strip():
                    return None
                if reader.line_num - line > 1 and _is_long(parted[line : reader.line_num]):
                    return None
                rows.append(self._pick([*_stripped(cells), ""]))
                lines.append(line)
                line = reader.line_num
        except csv.Error:
            return None
        return list(zip(*rows, strict=True)), lines

    def records(self, block: bytes) -> Iterator[bytes]:
        """The rows of a block one by one, without the newline that ends each."""
        return self._ends.rows(block)

    def record(self, raw: bytes) -> tuple[Any, ...] | None:
        """One row, None when it is blank; raises `BadValueError` with the reason."""
        if len(raw) > json_lines.MAX_LINE_BYTES:
            raise BadValueError(json_lines.too_long())
        if not raw.replace(self._delimiter.encode(), b"").strip():
            return None
        if b"\0" in raw:
            raise BadValueError(json_lines.why_nul(raw))
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadValueError(f"is not UTF-8 at byte {error.start + 1}") from error
        cells = self._cells((text + "\n").replace("\r\n", "\n")[:-1])
        count = len(cells)
        while len(cells) > self._width and not cells[-1].strip():
            cells.pop()
        missing = self._width - len(cells)
        row = self._pick([*cells[: self._width], *[""] * (missing + 1 if missing > 0 else 1)])
        if missing and not self._ragged:
            raise OddWidthError(row, count, self._header)
        return row

    def _cells(self, row: str) -> list[str]:
        if '"' not in row and "\r" not in row:
            return _stripped(row.split(self._delimiter))
        lines = [line + "\n" for line in unpadded(row, self._delimiter).split("\n")]
        try:
            (cells,) = csv.reader(lines, delimiter=self._delimiter, strict=True)
        except (csv.Error, ValueError) as error:
            why = str(error)
            if "unexpected end" in why:
                why = "a quote begins a cell and does not end it"
            raise BadValueError(f"is not a row of CSV: {why}") from error
        return _stripped(cells)


def _has_blank(columns: Sequence[Sequence[str]]) -> bool:
    """Whether a row has nothing but blanks."""
    first = columns[0]
    if all(map(str.strip, first)):
        return False
    blank = [row for row, cell in enumerate(first) if not cell.strip()]
    return any(not any(column[row].strip() for column in columns) for row in blank)


def _stripped(cells: Sequence[str]) -> list[str]:
    return [cell.strip(" ") for cell in cells]


def _is_long(lines: Sequence[str]) -> bool:
    """Whether lines may be more, or longer, than those of one row."""
    most = json_lines.MAX_LINE_BYTES // 4  # a character has four bytes at most
    return len(lines) > MOST_LINES or sum(map(len, lines)) + len(lines) > most
