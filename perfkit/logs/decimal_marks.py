"""Which decimal marks the numbers of a log show, where its dialect does not say which one it has.

    5,5  1.234,50       a comma begins the fraction
    1.234               a fraction after a point, or thousands: it is read as the former

A log with both is doubtful. What a number shows depends on nothing but itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from perfkit.config.dialect import NUMBER, Dialect
from perfkit.config.expressions import Field
from perfkit.logs.file_log import COMMA, POINT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_COMMA = re.compile(r"^[^,\n]*[0-9],[0-9]+[^0-9.,\n]*$", re.MULTILINE)
_POINT = re.compile(r"^[^0-9.,\n]*[1-9][0-9]{0,2}\.[0-9]{3}[^0-9.,\n]*$", re.MULTILINE)
_THREE_DIGITS = re.compile(r"\.[0-9]{3}(?![0-9])")


def places_of_numbers(dialect: Dialect) -> list[int]:
    """The places of the keys whose values are numbers, where the decimal mark is not known."""
    if dialect.decimal is not None:
        return []
    names = {
        slot.source.path[0]
        for slot in dialect.slots
        if slot.kind == NUMBER and isinstance(slot.source, Field) and len(slot.source.path) == 1
    }
    return [place for place, key in enumerate(dialect.keys) if key in names]


def marks_in(raw: Sequence[Sequence[Any]], places: Sequence[int], known: int) -> int:
    """The `known` marks and those that columns of texts show."""
    for place in places:
        if known == COMMA | POINT:
            break
        text = "\n".join(map(str, raw[place]))
        if not known & COMMA and "," in text and _COMMA.search(text):
            known |= COMMA
        if not known & POINT and _THREE_DIGITS.search(text) and _POINT.search(text):
            known |= POINT
    return known
