"""Columns of a log's values, checked and converted at once rather than one by one.

A column of plain numbers that are written with equally many decimal places is, without its points,
a list of integers, which JSON's own grammar checks digit by digit (`int` where they are few); times
that are all written the same way are recognised by the *shape* they share, each digit being a `0`.
Anything else is converted one by one. Numbers become integers in a common unit of 10**-places,
which is exact; times become instants (microseconds since the epoch).

The column "61200.50", "0.1", "-3" becomes the integers 6120050, 10 and -300 with 2 places. Adding
and comparing them is exact and several times faster than with Decimals.

What a number is, `core.one_value` says. The faster ways to read a column (`_uniform`, `_short`)
take some columns of such numbers and leave all others to `exact_number`; none of them takes what it
refuses or reads it differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from itertools import repeat
from operator import add
from struct import unpack
from zlib import crc32

from perfkit.core.calendar import SECOND_US, instant_of
from perfkit.core.exact import decimal_places
from perfkit.core.exact import units as units_of
from perfkit.core.fast_imports import UTC, Pattern, datetime, tzinfo
from perfkit.core.numbers import Numbers, is_constant
from perfkit.core.one_value import (
    _TOO_LONG,
    LONG_NUMBER,
    PLAIN_NUMBER,
    SAFE_DIGITS,
    BadValueError,
    exact_number,
    exact_text,
    in_range,
    shown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import TypeVar

    import msgspec

    T = TypeVar("T")


FEW_BYTES = 1024
"""So long a list of numbers is converted without msgspec."""

_TO_SHAPE = bytes.maketrans(b"123456789", b"000000000")
_PLAIN = b"0123456789-.,"
_SHORT_NUMBERS = Pattern(r"(?:-?[0-9]++(?:\.[0-9]++)?,)+")

_ISO_TIME = Pattern(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,12}))?)?"
    r" ?(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_TIME_SHAPES = (b"0000-00-00T00:00:00", b"0000-00-00 00:00:00")
_TO_SECONDS = len(_TIME_SHAPES[0])
_TO_CLOCK = len("0000-00-00T")
_CLOCK_FIELDS = (
    (11, 24, 60 * 60 * SECOND_US),
    (14, 60, 60 * SECOND_US),
    (17, 60, SECOND_US),
    *((20, 100, 10_000), (22, 100, 100), (24, 100, 1)),
)
"""Where the two digits of a field are, what they are below, and how many microseconds one is."""
_ONES = bytes.maketrans(b"0123456789", bytes(range(10)))
_TENS = bytes.maketrans(b"0123456789", bytes(range(0, 100, 10)))
_FRACTION_SHAPES = frozenset([b"", *(b"." + b"0" * places for places in range(1, 13))])


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
            if not isinstance(value, str) or PLAIN_NUMBER.fullmatch(value) is not None:
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
    if quick is None and decimal != ",":
        quick = _short(present)
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
    if places > SAFE_DIGITS or column.translate(None, _PLAIN):
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
    units = _integers(column[1:-1])
    return None if units is None or len(units) != len(present) else (units, places)  # type: ignore[return-value]


def _short(present: Sequence[object]) -> tuple[list[int | None], int] | None:
    """Short plain numbers of any decimal places: "1.5" and "20" are 15 and 200, with one place."""
    if not set(map(type, present)) <= {str, int}:
        return None
    try:
        texts = list(map(str, present))
    except ValueError:  # an integer of very many digits
        return None
    column = ",".join(texts) + ","
    if max(map(len, texts)) > SAFE_DIGITS or column.count(",") != len(texts):
        return None
    if _SHORT_NUMBERS.fullmatch(column) is None:
        return None
    parts = [text.partition(".") for text in texts]
    places = max(len(fraction) for _, _, fraction in parts)
    return [int(whole + fraction.ljust(places, "0")) for whole, _, fraction in parts], places


def _are_short(units: list[int]) -> bool:
    return min(units) > -_TOO_LONG and max(units) < _TOO_LONG


def _integers(listed: bytes) -> list[int] | None:
    """Integers between commas; None when one of them is not that, or longer than is taken."""
    if len(listed) > FEW_BYTES:
        return _integers_at_once(b"[%b]" % listed)
    try:  # of few numbers, loading msgspec would take longer than this
        units = list(map(int, listed.split(b",")))
    except ValueError:
        return None
    return units if min(units) > -LONG_NUMBER and max(units) < LONG_NUMBER else None


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
    return units if min(units) > -LONG_NUMBER and max(units) < LONG_NUMBER else None


@cache
def _decoder_of_words() -> msgspec.json.Decoder[list[int]]:
    """Decodes a list of integers of 64 bits, which most are: their length needs no other look."""
    from typing import Annotated

    import msgspec

    word = msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)
    return msgspec.json.Decoder(list[Annotated[int, word]])


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
        from perfkit.core.times.time_forms import formatted_instant

        found = formatted_instant(value, zone, pattern)
        if found is not None:
            return found
    if isinstance(value, str):
        matched = _ISO_TIME.fullmatch(value)
        if matched is not None:
            return _iso_instant(value, matched, zone)
    try:
        number = exact_number(value)
    except BadValueError as error:
        if not isinstance(value, str):
            raise BadValueError(f"{shown(value)} is not a time") from error
        from perfkit.core.times.time_forms import written_instant

        return written_instant(value, zone, year_last=pattern is None)
    assert number is not None
    from perfkit.core.times.epoch_times import counted_instant

    return counted_instant(value, number, zone, unit)


def instants(
    values: Sequence[object], zone: tzinfo, unit: str | None, pattern: str | None = None
) -> list[int | None]:
    """A whole column of logged times; raises `BadValueError` if any of them is bad."""
    quick = _uniform_times(values, zone) if pattern is None else None
    if quick is None and pattern is None and set(map(type, values)) == {int}:
        from perfkit.core.times.epoch_times import uniform_counts

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
    has_offset = shape.endswith(b"Z")
    if shape[:_TO_SECONDS] not in _TIME_SHAPES or not (has_offset or zone is UTC):
        return None
    if shape[_TO_SECONDS:].removesuffix(b"Z") not in _FRACTION_SHAPES:
        return None
    if joined.encode().translate(_TO_SHAPE) != b",".join([shape] * len(texts_)):
        return None
    try:
        starts = _starts_of_days(texts_, joined)
    except ValueError:
        return None
    clocks = _clocks(joined.encode(), len(texts_), len(first), len(shape) - has_offset)
    return None if clocks is None else list(map(add, starts, clocks))


def _clocks(joined: bytes, count: int, width: int, end: int) -> Sequence[int] | None:
    """Microseconds since midnight of times of one shape; None where one of them does not exist.

    Two digits at the same place of all times are a long number with a byte for each time: the hours
    of "09:" and "10:" are the bytes 00 0a of tens and 09 00 of ones, in sum 09 0a. With 8 bytes for
    each time and times an hour, they are what the hours of all times come to.
    """
    total = 0
    for place, limit, unit in _CLOCK_FIELDS:
        if place >= end:
            break
        tens, ones = joined[place :: width + 1], joined[place + 1 :: width + 1]
        if place + 1 == end:  # the last decimal place of an odd number
            ones = b""
        both = int.from_bytes(tens.translate(_TENS), "little")
        both += int.from_bytes(ones.translate(_ONES), "little")
        field = both.to_bytes(count, "little")
        if field.translate(None, bytes(range(limit))):
            return None
        spread = bytearray(8 * count)
        spread[::8] = field
        total += int.from_bytes(spread, "little") * unit
    return unpack(f"<{count}q", total.to_bytes(8 * count, "little"))


def _starts_of_days(texts_: Sequence[str], joined: str) -> Iterable[int]:
    """The start of the day of each time; raises `ValueError` where a day does not exist.

    The times of a block are often of one day.
    """
    day = texts_[0][:_TO_CLOCK]
    if joined.count(day) == len(texts_):
        return repeat(_start_of(day))
    days = [text[:_TO_CLOCK] for text in texts_]
    start_of = {day: _start_of(day) for day in set(days)}
    return map(start_of.__getitem__, days)


def _start_of(day: str) -> int:
    """The start of a day in UTC; raises `ValueError` for one that is not, or out of range."""
    start = instant_of(datetime.fromisoformat(day[:-1]).replace(tzinfo=UTC))
    return in_range(day, start)


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


def texts(values: Sequence[object]) -> list[str | None]:
    """A whole column of logged names or ids; raises `BadValueError` if any of them is bad."""
    if set(map(type, values)) == {str} and "" not in values and '="' not in ",".join(values):  # type: ignore[arg-type]
        return list(values)  # type: ignore[arg-type]
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
