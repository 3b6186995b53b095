"""A section of a CSV file that has several tables: where it begins, and where the next one does.

    Account,1
    Trades                    the section begins: with its title, or with its header
    t,pnl
    2026-04-08 09:00,5
    Dividends                 it ends: a title, or a blank line, and another header below it
    d,amount
    2026-04-08 11:00,100

A title has one cell alone. A header has no cell that begins like a number; rows always have one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from perfkit.logs.formats.csv_quotes import RowEnds, unpadded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = ",;\t|"

_BEGINS_NUMBERS = frozenset("0123456789+-.($\u20ac\u00a3")


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line; none where it is not a row of CSV."""
    try:
        return next(csv.reader([unpadded(line, delimiter)], delimiter=delimiter), [])
    except csv.Error:
        return []


def rows_in(text: str, delimiter: str) -> Reader:
    """The cells of each row of a text, blank ones included, of no more of it than is read."""
    return csv.reader(_lines(unpadded(text, delimiter)), delimiter=delimiter)


def _lines(text: str) -> Iterator[str]:
    """The lines of a text with their newlines, and what follows the last."""
    at = 0
    while end := text.find("\n", at) + 1:
        yield text[at:end]
        at = end
    if at < len(text):
        yield text[at:]


def section_start(lines: Sequence[str], section: str | None) -> int:
    """The place of the line that a section begins with, the header or a title above it."""
    if section is None:
        return 0
    for number, line in enumerate(lines):
        if any(cells_of(line, delimiter)[:1] == [section] for delimiter in DELIMITERS):
            return number
    return len(lines)


def up_to_section_end(content: bytes, header_line: int, delimiter: str) -> bytes:
    """The text up to the end of the section whose header is on that line."""
    at = 0
    for _ in range(header_line):
        at = content.find(b"\n", at) + 1
    ends = RowEnds(delimiter)
    end = ends.whole_until(content, header_line)
    begun = -1  # where a title or a blank line is, while only such lines follow it
    for raw in ends.rows(content[at:end]):
        cells = [cell.strip() for cell in _cells(raw, delimiter)]
        named = list(filter(None, cells))
        if not named or (named == cells[:1] and not _is_value(named[0])):
            begun = at if begun < 0 else begun
        elif begun >= 0 and looks_like_header(cells):
            return content[:begun]
        else:
            begun = -1
        at += len(raw) + 1
    return content


def looks_like_header(cells: Sequence[str]) -> bool:
    """Whether cells are names: two or more, none of which begins like a number."""
    named = [cell for cell in map(str.strip, cells) if cell]
    return len(named) > 1 and not any(map(_is_value, named))


def _is_value(cell: str) -> bool:
    return cell[:1] in _BEGINS_NUMBERS and any(map(str.isdigit, cell))


def _cells(raw: bytes, delimiter: str) -> list[str]:
    return cells_of(raw.decode("utf-8", "replace").rstrip("\r"), delimiter)
