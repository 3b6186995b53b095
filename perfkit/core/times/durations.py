"""Holding times as people write them; loaded where a log has one that is not a number of seconds.

01:16:45, 1.02:03:04, 1 day, 2:03:04    hours, minutes and seconds, with days before them
1h 16min 45sec, 2 days 3 h, 90m         numbers with units
PT1H16M45S, P1DT2H                      ISO 8601
"""

from __future__ import annotations

import re
from decimal import Decimal

from perfkit.core.exact import add, multiply
from perfkit.core.one_value import BadValueError, exact_number, shown

UNIT_SECONDS = {"ms": Decimal("0.001"), "s": Decimal(1), "min": Decimal(60), "h": Decimal(3600)}
UNIT_SECONDS["d"] = Decimal(86_400)

_WORDS = {
    "ms": "ms|milliseconds?",
    "s": "s|secs?|seconds?",
    "min": "m|mins?|minutes?",
    "h": "h|hrs?|hours?",
    "d": "d|days?",
}
_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_CLOCK = re.compile(
    r"(?:([0-9]+)(?:\.|[ ]days?,?[ ]))?([0-9]+):([0-9]{2}):([0-9]{2}(?:[.,][0-9]+)?)"
)
_PARTS = re.compile(
    r",?\s*".join(
        rf"(?:{_NUMBER}\s*(?:{_WORDS[unit]})(?![a-z]))?" for unit in ("d", "h", "min", "s", "ms")
    ),
    re.IGNORECASE,
)
_ISO = re.compile(rf"P(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?")


def duration_seconds(value: object) -> Decimal | None:
    """A holding time in seconds; None for null or an empty text. Raises `BadValueError`."""
    try:
        return exact_number(value)
    except BadValueError:
        if not isinstance(value, str):
            raise
    clock = _CLOCK.fullmatch(value)
    if clock is not None:
        days, hours, minutes, seconds = clock.groups()
        if int(minutes) < 60 and Decimal(seconds.replace(",", ".")) < 60:
            return _total([days, hours, minutes, seconds.replace(",", ".")])
    parts = _PARTS.fullmatch(value) or _ISO.fullmatch(value)
    if parts is not None and any(parts.groups()):
        return _total(list(parts.groups()))
    raise BadValueError(f"{shown(value)} is not a holding time")


def _total(parts: list[str | None]) -> Decimal:
    """The seconds in days, hours, minutes, seconds and milliseconds."""
    total = Decimal(0)
    for part, unit in zip(parts, ("d", "h", "min", "s", "ms"), strict=False):
        number = exact_number(part)
        if number is not None:
            total = add(total, multiply(number, UNIT_SECONDS[unit]))
    return total
