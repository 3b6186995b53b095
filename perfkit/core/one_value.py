"""One logged value: what may be a number, a name or a time, and how it is shown where it may not.

What a number is, is defined once, and `exact_number` reads it so:

    number = [sign] (digits ["." [digits]] | "." digits) [("e" | "E") [sign] digits]
    sign   = "+" | "-"
    digits = one or more of 0 to 9, in ASCII

It has at most 40 digits, zeros that lead included, and an exponent from -30 to 30 written in at
most 6 characters. A number of JSON is read from its digits like a text of the same characters.
"""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.calendar import SECOND_US, instant_of
from perfkit.core.fast_imports import UTC, Pattern, datetime

MAX_DIGITS = 40
MAX_EXPONENT = 30
MAX_SHOWN = 80
"""So many characters of a value appear in the reason why it is bad."""
_TOO_MANY_DIGITS = f"of more than {MAX_DIGITS} digits"
_TOO_LONG: int = 10**MAX_DIGITS
LONG_NUMBER: int = 10 ** (MAX_DIGITS - 1)
"""Numbers from here on may have too many digits, with a zero before them."""
TIME_UNITS_US = {"s": (SECOND_US, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}
"""Unit of a numeric time: `(multiply by, then divide by)` to get microseconds."""
SAFE_DIGITS = 18
"""So many make an integer that any parser of JSON takes."""
PLAIN_NUMBER = Pattern(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")
EARLIEST_US = instant_of(datetime(1970, 3, 1, tzinfo=UTC))
LATEST_US = instant_of(datetime(2200, 1, 1, tzinfo=UTC))
SPAN_OF_TIMES = "March 1970 and 2200"
"""Trades are not older, nor from so far ahead: such a time is in another unit."""
OTHER_CURRENCY = ", the currency of the source"
"""How the reason ends where an amount is in another currency: a cost that stays out of the P&L."""


class BadValueError(ValueError):
    """A value that cannot be what its field needs; the message is the reason, without a path."""


class UnclearNumberError(BadValueError):
    """A number that can be read in two ways, such as 1,234, and nothing says which is meant."""


def exact_number(value: object) -> Decimal | None:
    """One logged number; None for null or an empty text.

    Accepts a JSON number's digits or a decimal text. Raises `BadValueError` for anything that is
    not plainly a number, has more than 40 digits or an exponent beyond 30.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadValueError(f"{shown(value)} is not a number")
    text = value if isinstance(value, str) else _int_text(value)
    matched = PLAIN_NUMBER.fullmatch(text)
    if matched is None:
        raise BadValueError(f"{shown(value)} is not a number")
    digits = sum(map(str.isdigit, text.partition("e")[0].partition("E")[0]))
    if digits > MAX_DIGITS:
        raise BadValueError(f"a number of {digits} digits; at most {MAX_DIGITS} are allowed")
    exponent = matched[1]
    if exponent is not None and (len(exponent) > 6 or abs(int(exponent)) > MAX_EXPONENT):
        raise BadValueError(f"a number with exponent {exponent[:12]}; at most 1e{MAX_EXPONENT}")
    return Decimal(text)


def short_int(digits: str) -> int:
    """An integer of JSON, not too long; raises `ValueError` for others."""
    if len(digits) > SAFE_DIGITS or digits == "-0":
        raise ValueError("not a short integer")
    return int(digits)


def in_range(value: object, instant: int) -> int:
    """The instant of a logged time; raises `BadValueError` where no trade can be so old or new."""
    if not is_possible(instant):
        raise BadValueError(f"{shown(value)} is not a time between {SPAN_OF_TIMES}")
    return instant


def is_possible(instant: int) -> bool:
    return EARLIEST_US <= instant < LATEST_US


def exact_text(value: object) -> str | None:
    """One logged name or id; None for null or an empty text. Raises `BadValueError` otherwise."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return unquoted(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _int_text(value)
    raise BadValueError(f"{shown(value)} is not a text")


def unquoted(text: str) -> str:
    """A text without the quotes that keep a spreadsheet from reading a number: `="10001"`."""
    is_quoted = text.startswith('="') and text.endswith('"') and len(text) > 3
    return text[2:-1] if is_quoted else text


def in_currency(text: str, currency: str | None, target: str) -> str:
    """A name; raises `BadValueError` for a currency that is not the one of the source."""
    is_currency = target in ("currency", "commission_currency")
    if not is_currency or currency is None or text.upper() == currency.upper():
        return text
    if target == "commission_currency":
        raise BadValueError(f"{shown(text)} is not {currency}{OTHER_CURRENCY}")
    raise BadValueError(
        f"{shown(text)} is not {currency}, the currency of the source: "
        "give each currency a source of its own with `only`"
    )


def shown(value: object) -> str:
    """A logged value as it appears in a reason: at most `MAX_SHOWN` characters, whatever it is."""
    if isinstance(value, str):
        text = repr(value[: MAX_SHOWN + 1])
        return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
    if isinstance(value, list | dict):
        inside = "..." if value else ""
        return f"[{inside}]" if isinstance(value, list) else f"{{{inside}}}"
    if isinstance(value, int) and not -_TOO_LONG < value < _TOO_LONG:
        return "a number " + _TOO_MANY_DIGITS
    return repr(value)


def _int_text(value: int) -> str:
    if not -_TOO_LONG < value < _TOO_LONG:
        raise BadValueError("a number " + _TOO_MANY_DIGITS)
    return str(value)
