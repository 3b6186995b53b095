"""Rows of CSV to the fields that a dialect reads: cells as texts, under the names of a header.

The header is the line that has most of the names that the dialect reads; what comes before it (a
title, an account) is passed over. Of several columns with one name the second is `Name#2`; a
column without a name is `#3` if it is the third. A row may span lines where a quoted cell does.

    Account: 1001            passed over
    time;profit;;profit      the header: time, profit, #3, profit#2
    "2026-01-05";1,5;x;2     {"time": "2026-01-05", "profit": "1,5", "#3": "x", "profit#2": "2"}
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from operator import itemgetter

from perfkit.core.fast_imports import NamedTuple
from perfkit.core.values import BadValueError
from perfkit.logs.formats.json_lines import MAX_LINE_BYTES, too_long

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DELIMITERS = ",;\t|"
HEADER_WITHIN = 100
"""The header is among so many lines."""

HEAD_BYTES = 256 * 1024
QUOTE = b'"'
BOM = "\ufeff"


class Header(NamedTuple):
    """The names of the columns, the number of the line that has them, and what parts the cells."""

    names: tuple[str, ...]
    line: int
    delimiter: str


class Rows(NamedTuple):
    """Decoded rows; `lines` has the line of the block, from 0, that each begins on.

    `lines` is None where each row has one line; `height` is the number of lines of the block.
    """

    rows: list[tuple[Any, ...]]
    lines: list[int] | None
    height: int


class OddWidthError(BadValueError):
    """A row with more or fewer cells than the header; `row` has what could be read."""

    def __init__(self, row: tuple[Any, ...], cells: int, columns: int) -> None:
        super().__init__(f"has {cells} cells, the header {columns}")
        self.row = row


def found_header(
    head: bytes, wanted: Sequence[str], line: int | None, delimiter: str | None
) -> Header | None:
    """The header among the first lines of a file; None where no line has any of those names.

    `line` and `delimiter` are those that the dialect names, if it does.
    """
    text = head.decode("utf-8", "replace").removeprefix(BOM)
    best: tuple[int, Header] | None = None
    for number, one in enumerate(text.split("\n")[:HEADER_WITHIN], 1):
        if line is not None and number != line:
            continue
        for parting in delimiter or DELIMITERS:
            header = Header(_named(_cells(one.rstrip("\r"), parting)), number, parting)
            known = len(set(header.names) & set(wanted))
            if (known or line is not None) and (best is None or known > best[0]):
                best = known, header
    return None if best is None else best[1]


def likely_header(head: bytes) -> Header | None:
    """The header of a file of which no column is known: its first line with two cells or more."""
    text = head.decode("utf-8", "replace").removeprefix(BOM)
    for number, one in enumerate(text.split("\n")[:HEADER_WITHIN], 1):
        line = one.rstrip("\r")
        parting = max(DELIMITERS, key=lambda delimiter: len(_cells(line, delimiter)))
        cells = _cells(line, parting)
        if len(cells) > 1:
            return Header(_named(cells), number, parting)
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _named(cells: Sequence[str]) -> tuple[str, ...]:
    names: list[str] = []
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = cell.strip() or f"#{number}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(names)


class CsvRows:
    """Decodes the rows of one file."""

    def __init__(self, header: Header, keys: Sequence[str]) -> None:
        self.header = header
        self._width = len(header.names)
        self._delimiter = header.delimiter.encode()
        places = {name: n for n, name in enumerate(header.names)}
        # A name that the header does not have is read from a cell that each row is given.
        picked = [places.get(key, self._width) for key in keys]
        self._pick = itemgetter(*picked) if len(picked) > 1 else lambda row: (row[picked[0]],)

    def preamble(self, block: bytes, line: int) -> tuple[int, int]:
        """How many bytes and lines at the start of a block are no rows; `line` is its first."""
        lines = max(0, self.header.line + 1 - line)
        end = 0
        for passed in range(lines):
            newline = block.find(b"\n", end)
            if newline < 0:
                return len(block), passed
            end = newline + 1
        return end, lines

    def whole_until(self, block: bytes) -> int:
        """Up to where the lines of a block are whole rows, in bytes."""
        cut = block.rfind(b"\n") + 1
        if QUOTE not in block:
            return cut
        # Quotes come in pairs within a row, so a row ends where their number is even.
        odd = block.count(QUOTE, 0, cut) % 2
        while odd and cut:
            earlier = block.rfind(b"\n", 0, cut - 1) + 1
            odd = (odd + block.count(QUOTE, earlier, cut)) % 2
            cut = earlier
        return cut

    def block(self, block: bytes) -> Rows | None:
        """All rows of a block; None where one of them cannot be read."""
        if b"\0" in block or (len(block) > MAX_LINE_BYTES and _longest(block) > MAX_LINE_BYTES):
            return None
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError:
            return None
        if "\r" in text:
            text = text.replace("\r\n", "\n")
            if "\r" in text:
                return None
        parted = text.split("\n")[:-1]
        if '"' in text:
            return self._quoted(parted)
        cells = [line.split(self.header.delimiter) for line in parted]
        if set(map(len, cells)) != {self._width}:
            return None
        for row in cells:
            row.append(None)  # type: ignore[arg-type]
        return Rows(list(map(self._pick, cells)), None, len(parted))

    def _quoted(self, parted: Sequence[str]) -> Rows | None:
        reader = csv.reader(
            (line + "\n" for line in parted), delimiter=self.header.delimiter, strict=True
        )
        rows, lines, line = [], [], 0
        try:
            for cells in reader:
                if len(cells) != self._width:
                    return None
                cells.append(None)  # type: ignore[arg-type]
                rows.append(self._pick(cells))
                lines.append(line)
                line = reader.line_num
        except csv.Error:
            return None
        return Rows(rows, lines, len(parted))

    def records(self, block: bytes) -> Iterator[tuple[bytes, int]]:
        """The rows of a block as bytes, each with how many lines it has."""
        begun: list[bytes] = []
        for raw in block.split(b"\n")[:-1]:
            begun.append(raw)
            if b"\n".join(begun).count(QUOTE) % 2 == 0 or len(begun) > HEADER_WITHIN:
                yield b"\n".join(begun), len(begun)
                begun = []
        for raw in begun:
            yield raw, 1

    def record(self, raw: bytes) -> tuple[Any, ...] | None:
        """One row, None when blank; raises `BadValueError` with the reason."""
        if len(raw) > MAX_LINE_BYTES:
            raise BadValueError(too_long())
        if not raw.replace(self._delimiter, b"").strip():
            return None
        if b"\0" in raw:
            raise BadValueError("holds a NUL byte")
        try:
            text = raw.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            raise BadValueError(f"is not UTF-8 at byte {error.start + 1}") from error
        try:
            (cells,) = csv.reader([text], delimiter=self.header.delimiter, strict=True)
        except (csv.Error, ValueError) as error:
            raise BadValueError(f"is not a row of CSV: {error}") from error
        count = len(cells)
        while len(cells) > self._width and not cells[-1].strip():
            cells.pop()
        row = self._pick([*cells[: self._width], *[None] * (self._width + 1 - len(cells))])
        if len(cells) != self._width:
            raise OddWidthError(row, count, self._width)
        return row


def _longest(block: bytes) -> int:
    return max(map(len, block.split(b"\n")))
