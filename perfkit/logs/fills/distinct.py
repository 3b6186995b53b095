"""A fill that several lines speak of is one fill: logged twice, or corrected later."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.config.dialect import Dialect
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers
from perfkit.logs.file_log import Lines
from perfkit.logs.formulas import Column, values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class DistinctFills(NamedTuple):
    """Fills, each once: the rows of their first lines, in columns where later lines count.

    `others` has the rows of further lines of a fill; `corrected` and `repeated` are fills of which
    a later line says something else, or the same again.
    """

    slots: list[Column]
    rows: Sequence[int]
    others: dict[int, list[int]]
    corrected: frozenset[int]
    repeated: frozenset[int]


def names_of(lines: Lines, dialect: Dialect) -> list[tuple[Any, ...]]:
    """The group and the identity of each fill, which make it one; with None, a fill by itself."""
    assert dialect.fills is not None
    ids = [values(one, lines.slots, len(lines)) for one in dialect.fills.identity]
    return list(zip(lines.identity, *ids, strict=True))


def distinct_fills(lines: Lines, dialect: Dialect) -> DistinctFills:
    """Lines of one group with the same identity are one fill; what a later one says counts."""
    assert dialect.fills is not None
    nothing: frozenset[int] = frozenset()
    count = len(lines)
    names = names_of(lines, dialect)
    if not dialect.fills.identity or len(set(names)) == count:
        return DistinctFills(lines.slots, range(count), {}, nothing, nothing)
    first_row: dict[tuple[Any, ...], int] = {}
    columns = [one.units if isinstance(one, Numbers) else one for one in lines.slots]
    telling = dialect.said
    merged = [list(column) for column in columns]
    others: dict[int, list[int]] = {}
    corrected, repeated = set(), set()
    for row, name in enumerate(names):
        first = row if None in name else first_row.setdefault(name, row)
        if first == row:
            continue
        said = [columns[n][row] for n in telling]
        same = [[columns[n][one] for n in telling] for one in (first, *others.get(first, ()))]
        if said in same:
            repeated.add(first)
        for n, (column, lines_of_it) in enumerate(zip(merged, columns, strict=True)):
            value = lines_of_it[row]
            if value is not None and value != column[first]:
                column[first] = value
                if n in telling:
                    corrected.add(first)
        others.setdefault(first, []).append(row)
    further = {row for rows in others.values() for row in rows}
    slots: list[Column] = [
        Numbers(column, slot.places) if isinstance(slot, Numbers) else column
        for column, slot in zip(merged, lines.slots, strict=True)
    ]
    rows = [row for row in range(count) if row not in further]
    return DistinctFills(slots, rows, others, frozenset(corrected), frozenset(repeated))
