"""Rows of a CSV file under their header, which may be anywhere among the first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from perfkit.inference.layouts.place import MOST_RECORDS, Place
from perfkit.inference.layouts.row_widths import (
    alike,
    are_in_place,
    kinds_of,
    looks,
    without_padding,
)
from perfkit.inference.layouts.sections import sections_of
from perfkit.inference.table import shapes
from perfkit.inference.table.alike_records import of_cells, turned
from perfkit.inference.words.names import CURRENCIES, pnl_name
from perfkit.inference.words.role_names import role_rank
from perfkit.logs.formats.csv_rows import HEADER_WITHIN, plain_columns
from perfkit.logs.formats.csv_sections import DELIMITERS, rows_in

_MOST_LACKING, _LEAST_WHOLE = 3, 2
"""Rows may lack so many cells at their ends where so many rows at least lack none."""
_MOST_TOTALS = 2
"""So many rows at the end may be totals."""
_COUNTED = re.compile("[0-9]+[ _-]?([A-Za-z]{1,6})")
_OF_TRADES = ("symbol", "side", "quantity", "price", "entry_price", "exit_price")
_LEAST_KNOWN = 3
_LOOKED_AT = 2_000
"""How full a row usually is shows in so many of them."""


class _Rows(NamedTuple):
    """The columns of rows; those that `are_ragged` have cells too few or too many at their ends.

    `odd` are rows of another width that look like the others, with cells that may have moved.
    """

    columns: list[list[str]]
    odd: list[list[str]]
    are_ragged: bool


def places_in_csv(text: str, is_called_csv: bool) -> list[Place]:
    """Rows under the header, where there is one; of a file of several tables, those of each."""
    sample = text[: 64 * 1024].splitlines()
    delimiter = max(DELIMITERS, key=lambda one: usual_width(sample, one))
    sections = sections_of(text, delimiter)
    if not sections:
        return _places_in_table(text, is_called_csv=is_called_csv)
    return [
        place._replace(name=one.name, layout={"section": one.name, **place.layout})
        for one in sections
        for place in _places_in_table(one.text, is_called_csv=is_called_csv)
        if "columns" not in place.layout
    ]


def _places_in_table(text: str, *, is_called_csv: bool) -> list[Place]:
    sample = text[: 64 * 1024].splitlines()[:HEADER_WITHIN]
    counts = {delimiter: usual_width(sample, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda one: counts[one])
    if counts[delimiter] < 2:
        return []
    width = counts[delimiter]
    rows = rows_in(text, delimiter)
    try:
        header = _header_of(rows, width)
        begun = _begun_with(sample)
        if begun is not None and (header is None or begun[1] > width):
            delimiter, width = begun
            rows = rows_in(text, delimiter)
            header = _header_of(rows, width)
        are_short = header is None and bool(wider := _wider_than_most(sample, delimiter, width))
        if are_short:
            rows = rows_in(text, delimiter)
            header = _header_of(rows, wider)
        if header is None:
            return _without_header(text, counts, is_called_csv)
        columns = _plain_columns(text, rows.line_num, delimiter, len(header))
        whole = _filled_up(rows, len(header)) if are_short else None
    except csv.Error:
        return []
    if are_short and whole is None:
        return []
    found = (
        whole or _columns_of(rows, len(header)) if columns is None else _Rows(columns, [], False)
    )
    layout: dict[str, object] = {} if is_called_csv else {"format": "csv"}
    if found.are_ragged:
        layout["ragged"] = True
    if not text.endswith(("\n", "\r")):
        layout["complete"] = True
    columns = found.columns
    if _has_blanks(text, delimiter):
        columns = [list(map(str.strip, column)) for column in columns]
    records = of_cells(header, _without_totals(columns))
    return [Place("", layout, records, (), delimiter, found.odd)]


def _has_blanks(text: str, delimiter: str) -> bool:
    """Whether cells may begin or end with a blank."""
    return not text.isascii() or " " in text or ("\t" in text and delimiter != "\t")


def _without_header(text: str, widths: Mapping[str, int], is_called_csv: bool) -> list[Place]:
    """Rows without a header, where their numbers prove what the columns are."""
    delimiter = max(widths, key=lambda one: widths[one])
    from perfkit.inference.layouts.unnamed_rows import names_for

    width = widths[delimiter]
    every = rows_in(text, delimiter)
    some = [row for row in islice(every, MOST_RECORDS) if any(row)]
    rows = [row for row in some if len(row) == width]
    names = names_for(rows, is_headed=bool(some) and _is_header(some[0], max(len(some[0]), 3)))
    if names is None:
        return []
    layout: dict[str, object] = {"columns": names, **({} if is_called_csv else {"format": "csv"})}
    if not text.endswith(("\n", "\r")):
        layout["complete"] = True
    return [Place("", layout, of_cells(_named(names), turned(rows, width)), (), delimiter)]


def _header_of(rows: Iterable[list[str]], width: int) -> list[str] | None:
    """The names in the first row that has such, where it is among the first ones."""
    row = next((row for row in islice(rows, HEADER_WITHIN + 1) if _is_header(row, width)), None)
    return None if row is None else _named(row)


def _begun_with(sample: Sequence[str]) -> tuple[str, int] | None:
    """The delimiter and the width of a header on the first line and of the two rows below it.

    Most lines may be of another width: wider ones of later on, or those of something else.
    """
    lines = [line for line in sample if line.strip()][:3]
    found = []
    for delimiter in DELIMITERS:
        rows = list(rows_in("\n".join(lines), delimiter))
        width = len(rows[0]) if rows else 0
        is_headed = len(rows) == len(lines) == 3 and width > 2 and _is_header(rows[0], width)
        if is_headed and all(len(row) == width and any(map(looks, row)) for row in rows[1:]):
            found.append((width, delimiter))
    return (max(found)[1], max(found)[0]) if found else None


def _wider_than_most(sample: Sequence[str], delimiter: str, width: int) -> int:
    """The width of a header on the first line that has a few names more than most rows have cells.

    Such rows lack cells at their ends, which some rows have; 0 where there is no such header.
    """
    rows = [row for row in rows_in("\n".join(sample), delimiter) if row]
    wider = len(rows[0])
    if not width < wider <= width + _MOST_LACKING or not _is_header(rows[0], wider):
        return 0
    whole = sum(len(row) == wider for row in rows[1:])
    return wider if whole >= _LEAST_WHOLE and all(len(row) <= wider for row in rows) else 0


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


def _columns_of(rows: Iterable[list[str]], width: int) -> _Rows:
    """The columns of the rows of that width, and of others that have all cells in their places."""
    every: list[list[str]] = []
    with suppress(csv.Error):  # what was read so far is enough to decide
        every = _some(rows, every)
    records = [row for row in every if len(row) == width][:MOST_RECORDS]
    others = [row for row in every if len(row) != width]
    if not others or not records:
        return _Rows(turned(records, width), [], False)
    kinds = kinds_of(records)
    odd = alike(others[:MOST_RECORDS], kinds)
    if not are_in_place(odd, kinds):
        return _Rows(turned(records, width), odd, False)
    known = set(map(tuple, odd))
    rows_of = [
        [*row[:width], *[""] * (width - len(row))]
        for row in every
        if len(row) == width or tuple(without_padding(row, width)) in known
    ]
    return _Rows(turned(rows_of[:MOST_RECORDS], width), [], True)


def _filled_up(rows: Iterable[list[str]], width: int) -> _Rows | None:
    """The columns of rows that lack cells at their ends; None where these may lack others.

    Below each name are then numbers and times alone, or words alone.
    """
    every = [[*row, *[""] * (width - len(row))] for row in islice(rows, MOST_RECORDS) if row]
    columns = turned(every, width)
    for column in columns:
        said = [bool(looks(cell)) for cell in map(str.strip, column) if cell]
        if 10 * min(sum(said), len(said) - sum(said)) > len(said):
            return None
    return _Rows(columns, [], True)


def _some(rows: Iterable[list[str]], every: list[list[str]]) -> list[list[str]]:
    """The rows up to an error; where one is raised, `every` has those before it."""
    for row in rows:
        if len(every) == 2 * MOST_RECORDS:
            break
        every.append(row)
    return every


def _without_totals(columns: list[list[str]]) -> list[list[str]]:
    """The columns without the rows of totals at the end, which fill few of them."""
    rows = len(columns[0]) if columns else 0
    if not rows or not any("" in column[-_MOST_TOTALS:] for column in columns):
        return columns

    def filled(row: int) -> int:
        return sum(bool(column[row]) for column in columns)

    some = sorted(filled(row) for row in range(0, rows, rows // _LOOKED_AT + 1))
    usual, end = some[len(some) // 2], rows
    while rows - end < _MOST_TOTALS < end and filled(end - 1) * 2 < usual:
        end -= 1
    return [column[:end] for column in columns]


def usual_width(lines: Sequence[str], delimiter: str) -> int:
    """How many cells most of the lines have."""
    widths = Counter(len(row) for row in rows_in("\n".join(lines), delimiter) if row)
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def _is_header(row: Sequence[str], width: int) -> bool:
    """Whether a row has names: of the usual width, all different, neither numbers nor times."""
    names = [cell.strip() for cell in row if cell.strip()]
    return (
        len(row) == width
        and len(names) * 2 > width
        and len(set(names)) * 10 >= len(names) * 8
        and not any(_is_value(name, names) for name in names)
    )


def _is_value(cell: str, cells: Sequence[str]) -> bool:
    """Whether a cell is a number or a time, and no name that begins with a number: `20 MA`.

    Such names are few, stand among others that logs of trades have, and name no currency.
    """
    if shapes.is_time(cell):
        return True
    if shapes.number(cell) is None:
        return False
    counted = _COUNTED.fullmatch(cell)
    if counted is None or counted[1].lower() in CURRENCIES:
        return True
    others = [one for one in cells if shapes.number(one) is None]
    known = [one for one in others if pnl_name(one) or any(role_rank(one, r) is not None
                                                           for r in _OF_TRADES)]  # fmt: skip
    return len(others) * 3 < len(cells) * 2 or len(known) < _LEAST_KNOWN


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
