"""Whether dates such as 04/07/2026 begin with the day or the month, as the records themselves say.

04/13/2026 beside it              month first: there is no 13th month
9:30 AM                           month first, as in the country that writes so
03/02, 03/03, 03/04 in a row      month first: in order either way, but days apart, not months
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from perfkit.inference.table import shapes
from perfkit.inference.table.columns import Column, sampled

_CHECKED = 400
_LEAST = 4
_ONE_A_MONTH = 8
_MUCH = 8


def is_ambiguous(column: Column) -> bool:
    """Whether day and month of a column could be either way round."""
    if not column.layout.startswith(("%d/%m", "%d-%m")):
        return False
    return max(_firsts(column), default=0) <= 12


def month_first(layout: str) -> str:
    """The layout with its month before its day."""
    return layout.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")


def begins_with_month(column: Column, others: Sequence[Column]) -> bool | None:
    """Whether ambiguous dates begin with the month; None where nothing says it.

    `others` are further columns of times, whose own dates may decide.
    """
    separator = column.layout[2]
    for other in others:
        if other.layout.startswith(f"%m{separator}%d"):
            return True
        if other.layout.startswith(f"%d{separator}%m") and not is_ambiguous(other):
            return False
    if separator == "/" and "%p" in column.layout:
        return True
    texts = [value for value in sampled(column.values, _CHECKED) if isinstance(value, str)]
    layouts = (column.layout, month_first(column.layout))
    by_day, by_month = ([shapes.instant(one, "", layout) for one in texts] for layout in layouts)
    days = [one for one in by_day if one is not None]
    months = [one for one in by_month if one is not None]
    if len(set(days)) < _LEAST or len(days) != len(months):
        return None
    if _is_in_order(days) != _is_in_order(months):
        return _is_in_order(months)
    dated = (one for one, day in zip(texts, by_day, strict=True) if day is not None)
    numbers = [one.split(separator)[:2] for one in dated]
    if len(set(days)) < _ONE_A_MONTH and any(
        len(set(part)) == 1 for part in zip(*numbers, strict=True)
    ):
        return None  # 01/02, 01/03, 01/04: the first of each month, or days in a row
    spans = max(days) - min(days), max(months) - min(months)
    if spans[0] * _MUCH < spans[1]:
        return False
    return True if spans[1] * _MUCH < spans[0] else None


def _firsts(column: Column) -> list[int]:
    texts = [value[:2].strip("/-.") for value in column.sample if isinstance(value, str)]
    return [int(text) for text in texts if text.isdecimal()]


def _is_in_order(instants: Sequence[int]) -> bool:
    steps = [later - earlier for earlier, later in pairwise(instants)]
    return min(steps) >= 0 or max(steps) <= 0
