"""HTML tables as Markdown tables: cells that span several are repeated, header rows are joined.

A frame with two levels of columns has two header rows; Markdown has one:

    |      | pnl  |     |        |         | pnl sum | pnl mean |
    | side | sum  | mean|   ->   | side    |     ... |      ... |
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perfkit.core.formatting import escaped, table

LONGEST_CELL = 1_000
MOST_SPANNED = 1_000
"""Columns or rows that one cell may span; what a page claims beyond that is not believed."""
MOST_ROWS = 5_000
"""Rows of a table that a page shows."""


class TableReader:
    """Collects the cells of one table; tables in its cells are read as text of the cell."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []
        self._headers = 0
        self._in_head = False
        self._heads_only = True
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._below: dict[int, tuple[int, str]] = {}
        self._caption: list[str] | None = None
        self._captions: list[str] = []
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag begins; the table's own is the first."""
        if tag == "table":
            self._depth += 1
        elif self._depth > 1:
            self.text(" ")
        elif tag == "thead":
            self._in_head = True
        elif tag in ("tbody", "tfoot"):
            self._in_head = False
        elif tag == "tr":
            self._end_row()
            self._rows.append([])
            self._heads_only = True
        elif tag in ("td", "th") and self._rows:
            self._end_cell()
            self._fill()
            self._cell = []
            self._heads_only &= tag == "th"
            self._spans = (_span(attributes, "colspan"), _span(attributes, "rowspan"))
        elif tag == "caption":
            self._caption = []
        elif tag in ("br", "p", "div", "li"):
            self.text(" ")

    def end(self, tag: str) -> None:
        """A tag ends, but not that of the table."""
        if self._depth > 1:
            return
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "thead":
            self._end_row()
            self._in_head = False
        elif tag == "caption" and self._caption is not None:
            self._captions.append(" ".join("".join(self._caption).split()))
            self._caption = None

    def end_table(self) -> bool:
        """A table ends; whether it was this one and not one in a cell of it."""
        self._depth -= 1
        return self._depth <= 0

    def text(self, data: str) -> None:
        """Text between tags."""
        if self._cell is not None:
            self._cell.append(data)
        elif self._caption is not None:
            self._caption.append(data)

    def markdown(self) -> list[str]:
        """Caption and table as Markdown, without those that are empty."""
        self._end_row()
        found = [f"**{escaped(text, LONGEST_CELL)}**" for text in self._captions if text]
        rows = [row for row in self._rows if row]
        if not rows:
            return found
        width = max(map(len, rows))
        padded = [row + [""] * (width - len(row)) for row in rows]
        headers = max(1, min(self._headers, len(rows)))
        header = [_joined(column) for column in zip(*padded[:headers], strict=True)]
        body = padded[headers:]
        found.append(table(_escaped(header), [_escaped(row) for row in body[:MOST_ROWS]]).rstrip())
        if len(body) > MOST_ROWS:
            found.append(f"*{len(body) - MOST_ROWS:,} more rows are in report.ipynb.*")
        return found

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text = "".join(self._cell).strip()
        self._cell = None
        row, (columns, rows) = self._rows[-1], self._spans
        for _ in range(columns):
            if rows > 1:
                self._below[len(row)] = (rows - 1, text)
            row.append(text)

    def _fill(self) -> None:
        """Adds the cells that reach down from rows above, up to the next free column."""
        row = self._rows[-1]
        while len(row) in self._below:
            left, text = self._below.pop(len(row))
            if left > 1:
                self._below[len(row)] = (left - 1, text)
            row.append(text)

    def _end_row(self) -> None:
        self._end_cell()
        if not self._rows or not self._rows[-1]:
            return
        self._fill()
        at = len(self._rows)
        if self._headers == at - 1 and self._is_header():
            self._headers = at

    def _is_header(self) -> bool:
        return self._in_head or (self._headers == 0 and self._heads_only)


def _span(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "")
    number = int(text) if re.fullmatch("[0-9]{1,4}", text) else 1
    return max(1, min(number, MOST_SPANNED))


def _joined(column: Sequence[str]) -> str:
    """The header of a column: what is above it, without blanks and repetitions."""
    return " ".join(dict.fromkeys(filter(None, column)))


def _escaped(row: Sequence[str]) -> list[str]:
    return [escaped(cell, LONGEST_CELL) for cell in row]
