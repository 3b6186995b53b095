"""Executions of the same time in a log that has the newest one first: ids or lines tell the order.

id 12   10:00:01   sell     the last of the three
id 11   10:00:00   buy      after 10, though it stands above it
id 10   10:00:00   sell

2026-04-08   sell        the last of the three: no id tells, so the lines do
2026-04-07   sell        of what was bought on that day
2026-04-07   buy
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from perfkit.inference.proof.executions import executions_of
from perfkit.inference.table.columns import NUMBER, TEXT, Column

_LEAST_STEPS = 3
_NEWEST_FIRST = "the newest come first: of fills of the same time, the last line was the first"


class Order(NamedTuple):
    """Rows as executions of the same time follow each other, the keys of `fills` that say so."""

    rows: Sequence[int]
    keys: dict[str, object]
    assumed: tuple[str, ...]


def order_of(
    columns: Sequence[Column], roles: Mapping[str, Column], when: Column | None, rows: Sequence[int]
) -> Order:
    """The order of executions: that of the lines, or of a log with the newest first."""
    if when is None:
        return Order(rows, {}, ())
    if (number := order_of_equal_times(columns, when, rows)) is not None:
        return Order(rows[::-1], {"order": number.expression}, ())
    if lines_fall(roles, when, rows):
        return Order(rows[::-1], {"newest_first": True}, (_NEWEST_FIRST,))
    return Order(rows, {}, ())


def order_of_equal_times(
    columns: Sequence[Column], when: Column, rows: Sequence[int]
) -> Column | None:
    """The column of an id that falls from line to line as the times do, some of which are equal."""
    times = [instant for row in rows if (instant := when.instants[row]) is not None]
    if len(times) < len(rows) or len(set(times)) < 2 or len(set(times)) == len(times):
        return None
    if any(later > earlier for earlier, later in pairwise(times)):
        return None
    return next((one for one in columns if one is not when and _falls(one, rows)), None)


def lines_fall(roles: Mapping[str, Column], when: Column, rows: Sequence[int]) -> bool:
    """Whether executions of the same time are to be taken from the last line to the first.

    The times of each market never rise from line to line, and less is sold that was not bought, or
    no more, than in the order of the lines. Where the order changes nothing, there is none.
    """
    symbol = roles.get("symbol")
    times: dict[str, list[int]] = {}
    for row in rows:
        label = symbol.labels[row] if symbol is not None else ""
        if (instant := when.instants[row]) is not None:
            times.setdefault(label, []).append(instant)
    pairs = [pair for each in times.values() for pair in pairwise(each)]
    if any(later > earlier for earlier, later in pairs):
        return False
    steps = sum(later < earlier for earlier, later in pairs)
    if steps < _LEAST_STEPS or steps == len(pairs):
        return False
    by_lines, turned = (executions_of(roles, when, one) for one in (rows, rows[::-1]))
    if by_lines is None or turned is None or by_lines.gross == turned.gross:
        return False
    return len(turned.shorting) <= len(by_lines.shorting)


def _falls(column: Column, rows: Sequence[int]) -> bool:
    """Whether each record has a whole number below that of the line before."""
    if column.kind not in (NUMBER, TEXT):
        return False
    labels = [column.labels[row] for row in rows]
    if not all(label.isascii() and label.isdigit() for label in labels):
        return False
    return all(int(later) < int(earlier) for earlier, later in pairwise(labels))
