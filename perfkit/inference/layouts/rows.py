"""Rows of a CSV file under their header, which may be anywhere among the first lines."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice

from perfkit.inference.layouts.place import MOST_RECORDS, Place
from perfkit.inference.table import shapes
from perfkit.inference.table.records import of_cells, turned
from perfkit.logs.formats.csv_rows import plain_columns

DELIMITERS = ",;\t|"
HEADER_WITHIN = 100
"""The header of CSV is among so many rows."""


def places_in_csv(text: str, is_called_csv: bool) -> list[Place]:
    """Rows under the header, where there is one."""
    sample = text[: 64 * 1024].splitlines()[:HEADER_WITHIN]
    counts = {delimiter: usual_width(sample, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda one: counts[one])
    if counts[delimiter] < 2:
        return []
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    odd: list[list[str]] = []
    try:
        header = _header_of(rows, counts[delimiter])
        if header is None:
            return []
        columns = _plain_columns(text, rows.line_num, delimiter, len(header))
    except csv.Error:
        return []
    if columns is None:
        columns, odd = _columns_of(rows, len(header))
    layout: dict[str, object] = {} if is_called_csv else {"format": "csv"}
    if not text.endswith(("\n", "\r")):
        layout["complete"] = True
    return [Place("", layout, of_cells(header, _without_totals(columns)), (), delimiter, odd)]


def _header_of(rows: Iterable[list[str]], width: int) -> list[str] | None:
    """The names in the first row that has such, where it is among the first ones."""
    row = next((row for row in islice(rows, HEADER_WITHIN + 1) if _is_header(row, width)), None)
    return None if row is None else _named(row)


def _plain_columns(text: str, above: int, delimiter: str, width: int) -> list[list[str]] | None:
    """The columns below so many lines; None where a cell is in quotes or a row of another width."""
    if '"' in text:
        return None
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        return None
    for _ in range(above):
        text = text.partition("\n")[2]
    if text and not text.endswith("\n"):
        text += "\n"
    columns = plain_columns(text, delimiter, width)
    return None if columns is None else [column[:MOST_RECORDS] for column in columns]


def _columns_of(rows: Iterable[list[str]], width: int) -> tuple[list[list[str]], list[list[str]]]:
    """The columns of the rows of that width, and rows that look like these but for their width."""
    records: list[list[str]] = []
    odd: list[list[str]] = []
    with suppress(csv.Error):  # what was read so far is enough to decide
        for row in rows:
            if len(row) == width and len(records) < MOST_RECORDS:
                records.append(row)
            elif records and len(odd) < MOST_RECORDS:
                odd.append(row)
    return turned(records, width), _alike(odd, records)


def _alike(odd: Sequence[list[str]], records: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows of another width that have numbers and times where records have them.

    After the cell that is too much, or where one is missing, all others have moved.
    """
    if not odd:
        return []
    kinds = [set(map(looks, filter(None, cells))) for cells in zip(*records[-500:], strict=True)]
    found = []
    for row in map(list, odd):
        while len(row) > len(kinds) and not row[-1].strip():
            row.pop()
        moved = len(row) - len(kinds)
        filled = [(place, looks(cell)) for place, cell in enumerate(row) if cell.strip()]
        if abs(moved) not in (1, 2, 3) or len(filled) * 2 <= len(kinds):
            continue
        fitting = sum(
            any(kind in kinds[at] for at in (place, place - moved) if 0 <= at < len(kinds))
            for place, kind in filled
        )
        if fitting * 10 >= 8 * len(filled):
            found.append(row)
    return found


def looks(cell: str) -> str:
    """What kind of thing a cell is: a number, a time, or words."""
    return "number" if shapes.number(cell) is not None else "time" if shapes.is_time(cell) else ""


def _without_totals(columns: list[list[str]]) -> list[list[str]]:
    """The columns without the rows of totals at the end, which fill few of them."""
    gaps = [list(map("".__eq__, column)) for column in columns if "" in column]
    if not gaps:
        return columns
    filled = [len(columns) - sum(row) for row in zip(*gaps, strict=True)]
    usual = sorted(filled)[len(filled) // 2]
    end = len(filled)
    while len(filled) - end < 2 < end and filled[end - 1] * 2 < usual:
        end -= 1
    return [column[:end] for column in columns]


def usual_width(lines: Sequence[str], delimiter: str) -> int:
    """How many cells most of the lines have."""
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def _is_header(row: Sequence[str], width: int) -> bool:
    """Whether a row has names: of the usual width, all different, neither numbers nor times."""
    names = [cell.strip() for cell in row if cell.strip()]
    return (
        len(row) == width
        and len(names) * 2 > width
        and len(set(names)) * 10 >= len(names) * 8
        and not any(shapes.number(name) is not None or shapes.is_time(name) for name in names)
    )


def _named(cells: Sequence[str]) -> list[str]:
    """The names of columns: a second one of the same name is `Name#2`, one without is `#3`."""
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(map(str.strip, cells), 1):
        seen[cell] += 1
        names.append(
            f"#{place}" if not cell else cell if seen[cell] == 1 else f"{cell}#{seen[cell]}"
        )
    return names
