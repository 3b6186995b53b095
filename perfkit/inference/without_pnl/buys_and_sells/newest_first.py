"""Executions of the same time in a log that has the newest one first: their ids tell the order.

id 12   10:00:01   sell     the last of the three
id 11   10:00:00   buy      after 10, though it stands above it
id 10   10:00:00   sell
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from perfkit.inference.table.columns import NUMBER, TEXT, Column


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


def _falls(column: Column, rows: Sequence[int]) -> bool:
    """Whether each record has a whole number below that of the line before."""
    if column.kind not in (NUMBER, TEXT):
        return False
    labels = [column.labels[row] for row in rows]
    if not all(label.isascii() and label.isdigit() for label in labels):
        return False
    return all(int(later) < int(earlier) for earlier, later in pairwise(labels))
