"""A figure beside its limit, as a person reads it: `-905.66 USD`, limit `-900.00`.

The unit is that of the metric's row. A value is rounded to as many decimals as it takes to show on
which side of the limit it is: -900.004 beside -900 is shown as -900.004, -905.664 as -905.66.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.core.exact import EXACT, multiply
from perfkit.core.formatting import fixed, signed
from perfkit.metrics.registry import BROUGHT, METRICS, row_of

_DURATIONS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_FINEST = 20
_COUNTS = ("trades", "days")


def amount(metric: str, value: Decimal, beside: Sequence[Decimal] = (), currency: str = "") -> str:
    """A value with its unit, at the decimals that show on which side of those `beside` it is."""
    unit = unit_of(metric)
    if unit in ("minutes", "seconds"):
        return length(*(_seconds(unit, one) for one in (value, *beside)))
    if unit.startswith("fraction"):
        value, beside = multiply(value, 100), [multiply(one, 100) for one in beside]
        return f"{fixed(value, _places(value, beside, 1))} %"
    if unit.startswith("money"):
        places = _places(value, beside, 2)
        is_gain = row_of(metric).signed
        return f"{signed(value, places) if is_gain else fixed(value, places)} {currency}".rstrip()
    if unit in _COUNTS:
        number = fixed(value, _places(value, beside, 0))
        if is_plural(row_of(metric).label):
            return number
        return f"{number} {unit if value != 1 else unit[:-1]}"
    places = _places(value, beside, 0 if unit == "lines" else 2)
    return f"{fixed(value, places)}{' R' if unit == 'R' else ''}"


def limit_text(metric: str, limit: Decimal) -> str:
    """A limit as it was written, in the unit of its value: `60 %`, `-900.00`, `12 h`."""
    unit = unit_of(metric)
    if unit in ("minutes", "seconds"):
        return _spoken(_seconds(unit, limit))
    if unit.startswith("fraction"):
        number = multiply(limit, 100)
        return f"{fixed(number, _decimals(number))} %"
    if unit.startswith("money"):
        places = max(2, _decimals(limit))
        return signed(limit, places) if row_of(metric).signed else fixed(limit, places)
    return fixed(limit, _decimals(limit))


def length(seconds: Decimal, *beside: Decimal) -> str:
    """A duration in its two largest units, rounded down: `12 h 5 min`.

    It has more units where it takes them to show on which side of the durations `beside` it is.
    """
    largest = next((n for n, (unit, _) in enumerate(_DURATIONS) if seconds >= unit), 3)
    units = [Decimal(unit) for unit, _ in _DURATIONS[min(largest + 1, 3) :]]
    for unit in (*units, *(Decimal(1).scaleb(-places) for places in range(1, _FINEST))):
        shown = EXACT.subtract(seconds, EXACT.remainder(seconds, unit))
        if all(_side(shown, other) == _side(seconds, other) for other in beside):
            return _spoken(shown)
    return _spoken(seconds)


def unit_of(metric: str) -> str:
    """The unit of a figure; those of a clock rule are ages in minutes, or a number of lines."""
    if metric in METRICS or metric in BROUGHT:
        return row_of(metric).unit
    return "minutes" if "minutes" in metric else "lines"


def is_plural(label: str) -> bool:
    """Whether a label is a plural: Losses, Target hits; not Longest loss streak."""
    return any(one.endswith("s") and not one.endswith("ss") for one in label.split()[:2])


def _spoken(seconds: Decimal) -> str:
    """A whole duration: 45000 s is `12 h 30 min`."""
    parts: list[str] = []
    left = seconds
    for unit, word in _DURATIONS:
        number, rest = EXACT.divmod(left, Decimal(unit)) if unit > 1 else (left, Decimal(0))
        left = rest
        if number or (unit == 1 and not parts):
            parts.append(f"{_plain(number)} {word}")
    return " ".join(parts)


def _seconds(unit: str, value: Decimal) -> Decimal:
    """Seconds of a figure; ages are known to the microsecond."""
    return _rounded(multiply(value, 60), 6) if unit == "minutes" else value


def _rounded(value: Decimal, places: int) -> Decimal:
    return Decimal(fixed(value, places).replace(",", ""))


def _places(value: Decimal, beside: Sequence[Decimal], least: int) -> int:
    """Decimals that show two digits of a small value, and its side of each limit."""
    places = least
    if value and value.adjusted() < -least and least:
        places = 1 - value.adjusted()
    while places < _decimals(value):
        shown = _rounded(value, places)
        if all(_side(shown, other) == _side(value, other) for other in beside):
            break
        places += 1
    return places


def _side(value: Decimal, limit: Decimal) -> int:
    return (value > limit) - (value < limit)


def _decimals(value: Decimal) -> int:
    """The decimals of a number without its trailing zeros."""
    return len(_plain(value).partition(".")[2])


def _plain(value: Decimal) -> str:
    """A number without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
