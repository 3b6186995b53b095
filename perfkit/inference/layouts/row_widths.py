"""Rows of CSV with more or fewer cells than the header has names.

A bot that logs a field more goes on under its old header: such rows have all cells in their
places, and one more at the end. Where a cell is too much in between, as where a text has a comma,
all that follow have moved.

time,symbol,pnl,note
2026-04-06,A,5,ok          a row of that width
2026-04-07,A,4,ok,paper    in place
2026-04-08,A,B,3,ok        moved
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from perfkit.inference.table import shapes

_MOST_MOVED = 3
_LAST = 500
_OF_VALUES = {"number", "time"}
_LEAST_SHORTER = 3
"""So many rows of one width below that of the header are no accident, as a row cut short is.

One that lacks only what no row has is whole.
"""


def looks(cell: str) -> str:
    """What kind of thing a cell is: a number, a time, or words."""
    return "number" if shapes.number(cell) is not None else "time" if shapes.is_time(cell) else ""


def kinds_of(records: Sequence[Sequence[str]]) -> list[set[str]]:
    """What the cells of each column look like, as the last rows show it."""
    last = records[-_LAST:]
    return [
        set(map(looks, filter(None, map(str.strip, cells)))) for cells in zip(*last, strict=True)
    ]


def alike(odd: Sequence[list[str]], kinds: Sequence[set[str]]) -> list[list[str]]:
    """The rows of another width that have numbers and times where records have them.

    After the cell that is too much, or where one is missing, all others may have moved. A log that
    got more columns has rows whose first cells are like those of records, whatever follows.
    """
    found = []
    for cells in odd:
        row = without_padding(cells, len(kinds))
        moved = len(row) - len(kinds)
        if _begins_like(row, kinds) or (
            abs(moved) in range(1, _MOST_MOVED + 1) and _has_their_kinds(row, kinds)
        ):
            found.append(row)
    return found


def _begins_like(row: Sequence[str], kinds: Sequence[set[str]]) -> bool:
    """Whether a longer row is filled like a record as far as this one has cells."""
    width = len(kinds)
    own = row[:width]
    filled = sum(bool(cell.strip()) for cell in own)
    return width < len(row) <= 3 * width and filled * 2 > width and _fits(own, kinds)


def _has_their_kinds(row: Sequence[str], kinds: Sequence[set[str]]) -> bool:
    moved = len(row) - len(kinds)
    filled = [(place, looks(cell)) for place, cell in enumerate(row) if cell.strip()]
    fitting = sum(
        any(kind in kinds[at] for at in (place, place - moved) if 0 <= at < len(kinds))
        for place, kind in filled
    )
    return len(filled) * 2 > len(kinds) and fitting * 10 >= 8 * len(filled)


def are_in_place(odd: Sequence[Sequence[str]], kinds: Sequence[set[str]]) -> bool:
    """Whether rows of another width surely have each cell below the name that it belongs to."""
    shorter = Counter(len(row) for row in odd if any(kinds[len(row) :]))
    if any(count < _LEAST_SHORTER for count in shorter.values()):
        return False
    return bool(odd) and all(_is_in_place(row, kinds) for row in odd)


def _is_in_place(row: Sequence[str], kinds: Sequence[set[str]]) -> bool:
    """Whether a row fits the columns from the left, and no other way that gives other values."""
    width, more = len(kinds), len(row) - len(kinds)
    own = [*row[:width], *[""] * -more]
    if not _fits(own, kinds):
        return False
    for place in range(min(len(row), width)):
        if more > 0:
            other = [*row[:place], *row[place + more :]]
        else:
            other = [*row[:place], *[""] * -more, *row[place:]]
        differ = [n for n in range(width) if other[n] != own[n] and kinds[n] <= _OF_VALUES]
        if differ and _fits(other, kinds) and not _fills_what_none_has(other, kinds):
            return False
    return True


def _fills_what_none_has(row: Sequence[str], kinds: Sequence[set[str]]) -> bool:
    """Whether a row has a value below a name of which no other row has one."""
    return any(cell.strip() and not known for cell, known in zip(row, kinds, strict=True))


def _fits(row: Sequence[str], kinds: Sequence[set[str]]) -> bool:
    """Whether each cell that is filled looks like those of its column."""
    return all(
        not cell.strip() or not known or looks(cell) in known
        for cell, known in zip(row, kinds, strict=True)
    )


def without_padding(row: Sequence[str], width: int) -> list[str]:
    """The row without empty cells at its end that are too many."""
    cells = list(row)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells
