"""Columns of a log's values, checked and converted at once rather than one by one.

A column of plain numbers that are written with equally many decimal places is, without its points,
a list of integers, which JSON's own grammar checks digit by digit; times that are all written the
same way are recognised by the *shape* they share, each digit being a `0`. Anything else is
converted one by one. Numbers become integers in a common unit of 10**-places, which is exact;
times become instants (microseconds since the epoch).

The column "61200.50", "0.1", "-3" becomes the integers 6120050, 10 and -300 with 2 places. Adding
and comparing them is exact and several times faster than with Decimals.

What a number is, is defined once, and `exact_number` reads it so:

    number = [sign] (digits ["." [digits]] | "." digits) [("e" | "E") [sign] digits]
    sign   = "+" | "-"
    digits = one or more of 0 to 9, in ASCII

It has at most 40 digits, zeros that lead included, and an exponent from -30 to 30 written in at
most 6 characters. A number of JSON is read from its digits like a text of the same characters.
The faster ways to read a column (`_uniform`) take some columns of such numbers and leave all others
to `exact_number`; none of them takes what it refuses or reads it differently.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import cache
from itertools import repeat
from operator import floordiv, sub
from zlib import crc32

from perfkit.core.calendar import EPOCH, MICROSECOND, SECOND_US, instant_of
from perfkit.core.exact import decimal_places
from perfkit.core.exact import units as units_of
from perfkit.core.numbers import Numbers, is_constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    import msgspec

    T = TypeVar("T")

MAX_DIGITS = 40
MAX_EXPONENT = 30
MAX_SHOWN = 80
"""So many characters of a value appear in the reason why it is bad."""

_TOO_MANY_DIGITS = f"of more than {MAX_DIGITS} digits"
_TOO_LONG: int = 10**MAX_DIGITS
_LONG: int = 10 ** (MAX_DIGITS - 1)
"""Numbers from here on may have too many digits, with a zero before them."""

TIME_UNITS_US = {"s": (SECOND_US, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}
"""Unit of a numeric time: `(multiply by, then divide by)` to get microseconds."""

FEW_BYTES = 4096
"""A list of numbers up to so long is decoded by `json`."""

_TO_SHAPE = bytes.maketrans(b"123456789", b"000000000")
_PLAIN = b"0123456789-.,"
_SAFE_DIGITS = 18
"""So many make an integer that any parser of JSON takes."""

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?"
_ISO_TIME = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,12}))?)?"
    r" ?(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_UTC_SHAPE = rb"0000-00-00[T ]00:00:00(?:\.0{1,12})?(Z)?"
_EARLIEST_US = instant_of(datetime(1970, 3, 1, tzinfo=UTC))
_LATEST_US = instant_of(datetime(2200, 1, 1, tzinfo=UTC))
SPAN_OF_TIMES = "March 1970 and 2200"
"""Trades are not older, nor from so far ahead: such a time is in another unit."""
_SURE_CENTURIES = ({"2"}, {"0", "1"})
"""First two digits of years that lie between the two."""


OTHER_CURRENCY = ", the currency of the source"
"""How the reason ends where an amount is in another currency: a cost that stays out of the P&L."""


class BadValueError(ValueError):
    """A value that cannot be what its field needs; the message is the reason, without a path."""


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
    matched = re.fullmatch(_NUMBER, text)
    if matched is None:
        raise BadValueError(f"{shown(value)} is not a number")
    digits = sum(map(str.isdigit, text.partition("e")[0].partition("E")[0]))
    if digits > MAX_DIGITS:
        raise BadValueError(f"a number of {digits} digits; at most {MAX_DIGITS} are taken")
    exponent = matched[1]
    if exponent is not None and (len(exponent) > 6 or abs(int(exponent)) > MAX_EXPONENT):
        raise BadValueError(f"a number with exponent {exponent[:12]}; at most 1e{MAX_EXPONENT}")
    return Decimal(text)


def logged_number(
    value: object, decimal: str | None = None, currency: str | None = None
) -> Decimal | None:
    """One logged number, plain or with unit and separators (see `number_forms`).

    Plain numbers are plain in every log but one with a decimal comma, where 1.234 is 1234. Raises
    `BadValueError` for what is not clearly a number, or is money in another currency.
    """
    if decimal != "," or not isinstance(value, str) or "." not in value:
        try:
            return exact_number(value)
        except BadValueError:
            if not isinstance(value, str) or re.fullmatch(_NUMBER, value) is not None:
                raise
    from perfkit.core.number_forms import written_number

    return written_number(value, decimal, currency)


def numbers(
    values: Sequence[object], decimal: str | None = None, currency: str | None = None
) -> Numbers:
    """A whole column of logged numbers; raises `BadValueError` if any of them is bad."""
    found = _uniform(values) if values and decimal != "," else None
    if found is not None:
        return Numbers(*found, complete=True)
    present = [value for value in values if value is not None and value != ""]
    if not present:
        return Numbers([None] * len(values), 0)
    quick = None if decimal == "," or len(present) == len(values) else _uniform(present)
    units, places = quick or in_one_unit(
        [logged_number(value, decimal, currency) for value in present]
    )
    following = iter(units)
    return Numbers(
        [None if value is None or value == "" else next(following) for value in values], places
    )


def _uniform(present: Sequence[object]) -> tuple[list[int | None], int] | None:
    """Plain numbers written with equally many decimal places; None when they are not that."""
    if type(present[0]) is str:
        if len(present) > 1 and is_constant(present):
            one = _uniform_texts(present[:1])  # type: ignore[arg-type]
            return None if one is None else (one[0] * len(present), one[1])
        return _uniform_texts(present)  # type: ignore[arg-type]
    if set(map(type, present)) != {int}:
        return None
    whole: list[int] = list(present)  # type: ignore[arg-type]
    return (whole, 0) if _are_short(whole) else None  # type: ignore[return-value]


def _uniform_texts(present: Sequence[str]) -> tuple[list[int | None], int] | None:
    """Texts of digits as integers; None when they are not all alike.

    JSON's grammar checks the texts once their points are removed, and the zeros that then lead:
    "-0.05" is -005 and then -5. Each removed zero must hide nothing that JSON would refuse.
    """
    try:
        joined = ",".join(present)
    except TypeError:  # something among them is not a text
        return None
    if not joined.isascii():
        return None
    column = b",%b," % joined.encode()
    if b",00" in column or b",-00" in column:  # zeros that lead count as digits
        return None
    places = len(present[0].partition(".")[2])
    if places > _SAFE_DIGITS or column.translate(None, _PLAIN):
        return None
    if "." in present[0]:
        ending = b".%b," % (b"0" * places)
        if column.translate(_TO_SHAPE).count(ending) != len(present):
            return None
        written = len(column)
        column = column.replace(b".", b"")
        if len(column) != written - len(present):
            return None
    elif b"." in column:
        return None
    for _ in range(places):  # JSON wants 0.05 without its point as 5
        if b",0" not in column and b",-0" not in column:
            break
        if b",0-" in column:  # without its zero, 0-5.25 would be -5.25
            return None
        column = column.replace(b",0", b",").replace(b",-0", b",-")
    units = _integers(b"[%b]" % column[1:-1])
    return None if units is None or len(units) != len(present) else (units, places)  # type: ignore[return-value]


def _are_short(units: list[int]) -> bool:
    return min(units) > -_TOO_LONG and max(units) < _TOO_LONG


def _integers(listed: bytes) -> list[int] | None:
    """A JSON list of integers; None when it is not that, or one is longer than is taken."""
    if len(listed) > FEW_BYTES:
        return _integers_at_once(listed)
    import json  # of few numbers, loading msgspec would take longer than decoding them

    try:
        return json.loads(listed, parse_int=short_int)  # type: ignore[no-any-return]
    except ValueError:
        return None


def _integers_at_once(listed: bytes) -> list[int] | None:
    import msgspec

    try:
        return _decoder_of_words().decode(listed)
    except msgspec.MsgspecError:
        pass
    try:
        units = msgspec.json.decode(listed, type=list[int])
    except msgspec.MsgspecError:
        return None
    return units if min(units) > -_LONG and max(units) < _LONG else None


@cache
def _decoder_of_words() -> msgspec.json.Decoder[list[int]]:
    """Decodes a list of integers of 64 bits, which most are: their length needs no other look."""
    from typing import Annotated

    import msgspec

    word = msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)
    return msgspec.json.Decoder(list[Annotated[int, word]])


def short_int(digits: str) -> int:
    """An integer of JSON, not too long; raises `ValueError` for others."""
    if len(digits) > _SAFE_DIGITS or digits == "-0":
        raise ValueError("not a short integer")
    return int(digits)


def in_one_unit(present: list[Decimal | None]) -> tuple[list[int | None], int]:
    """Numbers as integers in the unit that holds them all, and its decimal places."""
    places = max((decimal_places(one) for one in present if one is not None), default=0)
    return [None if one is None else units_of(one, places) for one in present], places


def exact_instant(
    value: object, zone: tzinfo, unit: str | None, pattern: str | None = None
) -> int | None:
    """One logged time as an instant; None for null or an empty text.

    A text without an offset is taken in `zone`, and may carry up to 12 decimal places of a second,
    kept to the microsecond; a number counts `unit` (s, ms, us or ns) since the epoch, without one
    the unit that its size tells. A `pattern` of `datetime.strptime` comes first. Raises
    `BadValueError` for anything else, and for a date that does not exist.
    """
    if value is None or value == "":
        return None
    if pattern is not None:
        from perfkit.core.time_forms import formatted_instant

        found = formatted_instant(value, zone, pattern)
        if found is not None:
            return found
    if isinstance(value, str):
        matched = re.fullmatch(_ISO_TIME, value)
        if matched is not None:
            return _iso_instant(value, matched, zone)
    try:
        number = exact_number(value)
    except BadValueError as error:
        if not isinstance(value, str):
            raise BadValueError(f"{shown(value)} is not a time") from error
        from perfkit.core.time_forms import written_instant

        return written_instant(value, zone, year_last=pattern is None)
    assert number is not None
    from perfkit.core.epoch_times import counted_instant

    return counted_instant(value, number, zone, unit)


def instants(
    values: Sequence[object], zone: tzinfo, unit: str | None, pattern: str | None = None
) -> list[int | None]:
    """A whole column of logged times; raises `BadValueError` if any of them is bad."""
    quick = _uniform_times(values, zone) if pattern is None else None
    if quick is None and pattern is None and set(map(type, values)) == {int}:
        from perfkit.core.epoch_times import uniform_counts

        quick = uniform_counts(values, unit)  # type: ignore[arg-type]
    if quick is not None:
        return quick
    return [exact_instant(value, zone, unit, pattern) for value in values]


def _uniform_times(values: Sequence[object], zone: tzinfo) -> list[int | None] | None:
    """UTC times all written the same way; None when they are not that."""
    first = values[0]
    if type(first) is not str:
        return None
    texts_: Sequence[str] = values  # type: ignore[assignment]
    try:
        joined = ",".join(texts_)
    except TypeError:  # something among them is not a text
        return None
    if not joined.isascii():
        return None
    shape = first.encode().translate(_TO_SHAPE)
    matched = re.fullmatch(_UTC_SHAPE, shape)
    if matched is None or (matched[1] is None and zone is not UTC):
        return None
    if joined.encode().translate(_TO_SHAPE) != b",".join([shape] * len(texts_)):
        return None
    epoch = EPOCH if matched[1] else EPOCH.replace(tzinfo=None)
    try:
        since = map(sub, map(datetime.fromisoformat, texts_), repeat(epoch))
        us = list(map(floordiv, since, repeat(MICROSECOND)))
    except ValueError:
        return None
    step = len(first) + 1
    if any(set(joined[n::step]) - sure for n, sure in enumerate(_SURE_CENTURIES)) and (
        min(us) < _EARLIEST_US or max(us) >= _LATEST_US
    ):
        return None
    return us


def _iso_instant(value: str, matched: re.Match[str], zone: tzinfo) -> int:
    day, minute, second, fraction, offset = matched.groups()
    text = f"{day}T{minute}:{second or '00'}"
    if offset is not None:
        text += "+00:00" if offset in "Zz" else offset
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        whole = instant_of(moment.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise BadValueError(f"{shown(value)}: {error}") from error
    return in_range(value, whole) + int((fraction or "0")[:6].ljust(6, "0"))


def in_range(value: object, instant: int) -> int:
    """The instant of a logged time; raises `BadValueError` where no trade can be so old or new."""
    if not is_possible(instant):
        raise BadValueError(f"{shown(value)} is not a time between {SPAN_OF_TIMES}")
    return instant


def is_possible(instant: int) -> bool:
    return _EARLIEST_US <= instant < _LATEST_US


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


def texts(values: Sequence[object]) -> list[str | None]:
    """A whole column of logged names or ids; raises `BadValueError` if any of them is bad."""
    return [exact_text(value) for value in values]


def keys_of(identities: Sequence[str | None]) -> list[int | None]:
    """Numbers of 32 bits; different identities seldom share one, and nothing is lost if so."""
    try:
        return list(map(crc32, map(str.encode, identities)))  # type: ignore[arg-type]
    except (TypeError, UnicodeEncodeError):  # None among them, or half of a surrogate pair
        return [
            None if one is None else crc32(one.encode("utf-8", "surrogatepass"))
            for one in identities
        ]


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
