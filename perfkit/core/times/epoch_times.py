"""Times that are numbers since 1970, in seconds, milliseconds, microseconds or nanoseconds."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.core.fast_imports import tzinfo
from perfkit.core.one_value import SPAN_OF_TIMES, TIME_UNITS_US, BadValueError, is_possible, shown

_BY_SIZE = (*("s",) * 3, *("ms",) * 3, *("us",) * 3, *("ns",) * 3)
"""Units of numeric times of 9, 10, ... 20 digits: of the years from 1973 on.

So 1767607200 is in seconds and 1767607200000 in milliseconds.
"""


def counted_instant(value: object, number: Decimal, zone: tzinfo, unit: str | None) -> int:
    """The instant of a number since 1970; raises `BadValueError` and says which unit would fit."""
    if unit is None:
        if len(digits := str(value)) in (8, 12, 14) and digits[:2] in ("19", "20", "21"):
            from perfkit.core.times.time_forms import instant_of_digits

            found = instant_of_digits(digits, zone)
            if found is not None:
                return found
        size = number.adjusted() - 8
        unit = _BY_SIZE[size] if 0 <= size < len(_BY_SIZE) else None
    instant = None if unit is None else _since_epoch(number, unit)
    if instant is not None and is_possible(instant):
        return instant
    fitting = [one for one in TIME_UNITS_US if is_possible(_since_epoch(number, one))]
    remedy = f"; write `time_unit: {fitting[0]}`" if fitting else ""
    where = "" if unit is None else f" in {unit}"
    raise BadValueError(f"{shown(value)}{where} is not a time between {SPAN_OF_TIMES}{remedy}")


def uniform_counts(counts: Sequence[int], unit: str | None) -> list[int | None] | None:
    """Whole numbers since 1970, of equally many digits; None when they are not that."""
    low, high = min(counts), max(counts)
    size = len(str(low)) - 9
    if unit is None:
        if len(str(high)) - 9 != size or not 0 <= size < len(_BY_SIZE) or size in (3, 5):
            return None  # 12 and 14 digits can be a date
        unit = _BY_SIZE[size]
    multiply, divide = TIME_UNITS_US[unit]
    if not (is_possible(low * multiply // divide) and is_possible(high * multiply // divide)):
        return None
    return [count * multiply // divide for count in counts]


def _since_epoch(number: Decimal, unit: str) -> int:
    multiply, divide = TIME_UNITS_US[unit]
    numerator, denominator = number.as_integer_ratio()
    return numerator * multiply // (denominator * divide)
