"""Tables one below the other in a CSV file, each with a title or a header of its own.

Positions
Time,Symbol,Profit
2026-04-08 09:00,EURUSD,5
Deals
Time,Deal,Symbol,Profit,Balance
2026-04-08 09:00,17,EURUSD,5,1005
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from perfkit.logs.formats.csv_sections import cells_of, looks_like_header

_LEAST = 2
"""A text with so many headers has sections."""
_LEAST_NAMES = 3
_MOST = 16
_LOOKED_AT = 50
_LONGEST_NAME = 40


class Section(NamedTuple):
    """A part of a file: what its source calls it, and its text from the header on."""

    name: str
    text: str


def sections_of(text: str, delimiter: str) -> list[Section]:
    """The sections of a text; none where it has one table, or a name does not tell them apart."""
    part = re.escape(delimiter)
    if re.search(rf"\n[^{part}\n]*[{part}\r]*\n", text) is None:
        return []  # without a title or a blank line
    lines = text.splitlines()
    starts = _starts(lines, delimiter)
    headers = {tuple(cells_of(lines[header], delimiter)) for _, header in starts}
    if len(headers) < _LEAST:
        return []
    first_cells = [line.partition(delimiter)[0].strip('" ') for line in lines]
    found = []
    ends = [start for start, _ in starts[1:]] + [len(lines)]
    for (start, header), end in zip(starts[:_MOST], ends, strict=False):
        name = first_cells[start] or first_cells[header]
        is_unique = name and first_cells.index(name) in (start, header)
        if is_unique and _is_table(lines[header:end], delimiter):
            found.append(Section(name, "\n".join([*lines[header:end], ""])))
    return found if len(found) >= _LEAST else []


def _is_table(lines: Sequence[str], delimiter: str) -> bool:
    """Whether most rows are as wide as the header, and this has names and no prose."""
    header = cells_of(lines[0], delimiter)
    names = [name.strip() for name in header if name.strip()]
    rows = [line for line in lines[1:] if line.strip(f"{delimiter} ")]
    alike = sum(len(cells_of(row, delimiter)) == len(header) for row in rows[:_LOOKED_AT])
    is_named = len(names) * 2 > len(header) and max(map(len, names)) <= _LONGEST_NAME
    return is_named and bool(rows) and alike * 2 > len(rows[:_LOOKED_AT])


def _starts(lines: Sequence[str], delimiter: str) -> list[tuple[int, int]]:
    """Where sections begin, with a title or with a blank line, and the header of each."""
    found = []
    begun = -1
    padding = f"{delimiter} "
    for number, line in enumerate(lines):
        bare = line.strip(padding)
        if not bare:
            begun = begun if begun >= 0 else number
        elif delimiter not in bare and line[0] != delimiter and not bare[0].isdigit():
            begun = number
        else:
            if begun >= 0 and _is_header(cells_of(line, delimiter)):
                found.append((begun, number))
            begun = -1
    return found


def _is_header(cells: Sequence[str]) -> bool:
    return sum(map(bool, map(str.strip, cells))) >= _LEAST_NAMES and looks_like_header(cells)
