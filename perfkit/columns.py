"""Columns of a log's values, checked and converted at once rather than one by one.

A column is checked by its *shapes*: every digit becomes `0`, and what remains (`-000.00`) is one of
a few distinct texts, each matched once. So a million numbers cost a few translations and splits,
and still no character goes unseen. Numbers become integers in a common unit of 10**-places, which
is exact; times become instants (microseconds since the epoch).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import cache
from math import gcd
from operator import itemgetter

from perfkit.exact import decimal_places, scaled
from perfkit.exact import units as units_of
from perfkit.records import NamedTuple
from perfkit.window import SECOND_US, instant_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

MAX_DIGITS = 40
MAX_EXPONENT = 30

TIME_UNITS_US = {"s": (SECOND_US, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}
"""Unit of a numeric time: `(multiply by, then divide by)` to get microseconds."""

_TO_SHAPE = str.maketrans("123456789", "000000000")
_PLAIN_SHAPE = re.compile(r"-?0+(?:\.0+)?")
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?"
_ISO_TIME = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,12}))?)?"
    r" ?(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_UTC_SHAPE = re.compile(r"0000-00-00[T ]00:00:00(?:\.(0{1,12}))?(Z)?")
_TENS_OF_SECONDS = 17
_EARLIEST_US = instant_of(datetime(1970, 1, 1, tzinfo=UTC))
_LATEST_US = instant_of(datetime(9000, 1, 1, tzinfo=UTC))


class BadValueError(ValueError):
    """A value that cannot be what its field needs; the message is the reason, without a path."""


class Numbers(NamedTuple):
    """A column of exact numbers: `units[i] * 10**-places`, or None where nothing was logged."""

    units: list[int | None]
    places: int

    def decimal(self, row: int) -> Decimal | None:
        """The number of that row as a Decimal."""
        units = self.units[row]
        return None if units is None else scaled(units, self.places)

    def at_places(self, places: int) -> list[int | None]:
        """The units this column has at `places` decimal places, which must not be fewer."""
        if places == self.places:
            return self.units
        factor = 10 ** (places - self.places)
        return [None if units is None else units * factor for units in self.units]

    def take(self, rows: Sequence[int]) -> Numbers:
        """The column of only those rows, in that order."""
        return Numbers(take(self.units, rows), self.places)


def take(column: Sequence[T], rows: Sequence[int]) -> list[T]:
    """The values at those rows, in that order."""
    if len(rows) == 1:
        return [column[rows[0]]]
    return list(itemgetter(*rows)(column)) if rows else []


def concatenated(columns: Iterable[Numbers]) -> Numbers:
    """Columns one after the other, at the finest unit among them."""
    columns = list(columns)
    places = max((column.places for column in columns), default=0)
    units: list[int | None] = []
    for column in columns:
        units += column.at_places(places)
    return Numbers(units, places)


def exact_number(value: object) -> Decimal | None:
    """One logged number; None for null or an empty text.

    Accepts a JSON number's digits or a decimal text. Raises `BadValueError` for anything that is
    not plainly a number, has more than 40 digits or an exponent beyond 30.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadValueError(f"{_shown(value)} is not a number")
    text = value if isinstance(value, str) else _int_text(value)
    matched = re.fullmatch(_NUMBER, text)
    if matched is None:
        raise BadValueError(f"{_shown(value)} is not a number")
    digits = sum(map(str.isdigit, text.partition("e")[0].partition("E")[0]))
    if digits > MAX_DIGITS:
        raise BadValueError(f"a number of {digits} digits; at most {MAX_DIGITS} are taken")
    exponent = matched[1]
    if exponent is not None and (len(exponent) > 6 or abs(int(exponent)) > MAX_EXPONENT):
        raise BadValueError(f"a number with exponent {exponent[:12]}; at most 1e{MAX_EXPONENT}")
    return Decimal(text)


def numbers(values: list[object]) -> Numbers:
    """A whole column of logged numbers; raises `BadValueError` if any of them is bad."""
    if None not in values and "" not in values:
        return Numbers(*(_uniform(values) or _mixed(values)))
    present = [value for value in values if value is not None and value != ""]
    if not present:
        return Numbers([None] * len(values), 0)
    units, places = _uniform(present) or _mixed(present)
    following = iter(units)
    return Numbers(
        [None if value is None or value == "" else next(following) for value in values], places
    )


def _uniform(present: list[object]) -> tuple[list[int | None], int] | None:
    """Plain numbers written with equally many decimal places; None when they are not that."""
    kinds = set(map(type, present))
    if kinds == {int}:
        whole: list[int | None] = present  # type: ignore[assignment]
        return (whole, 0) if max(map(abs, whole)) < 10**MAX_DIGITS else None  # type: ignore[arg-type]
    if kinds != {str}:
        return None
    distinct = set(present)
    if 4 * len(distinct) < len(present):  # a fee or a size that is mostly the same
        some = list(distinct)
        found = _uniform_texts(some)  # type: ignore[arg-type]
        if found is None:
            return None
        number = dict(zip(some, found[0], strict=True))
        return list(map(number.__getitem__, present)), found[1]
    return _uniform_texts(present)  # type: ignore[arg-type]


def _uniform_texts(present: list[str]) -> tuple[list[int | None], int] | None:
    joined = "\n".join(present)
    shapes = set(joined.translate(_TO_SHAPE).split("\n"))
    if len(shapes) > 4 * MAX_DIGITS or not all(map(_PLAIN_SHAPE.fullmatch, shapes)):
        return None
    if max(map(len, shapes)) > MAX_DIGITS:
        return None
    places = {len(shape.partition(".")[2]) for shape in shapes}
    if len(places) > 1:
        return None
    plain = joined.replace(".", "").split("\n")
    return (list(map(int, plain)), places.pop()) if len(plain) == len(present) else None


def _mixed(present: list[object]) -> tuple[list[int | None], int]:
    decimals = [exact_number(value) for value in present]
    places = max(decimal_places(value) for value in decimals if value is not None)
    return [units_of(value, places) for value in decimals if value is not None], places


def exact_instant(value: object, zone: tzinfo, unit: str) -> int | None:
    """One logged time as an instant; None for null or an empty text.

    An ISO 8601 text may be naive (it is taken in `zone`) and may carry up to 12 decimal places of
    a second, kept to the microsecond; a number counts `unit` (s, ms, us or ns) since the epoch.
    Raises `BadValueError` for anything else, and for a date that does not exist.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        matched = re.fullmatch(_ISO_TIME, value)
        if matched is not None:
            return _iso_instant(value, matched, zone)
    try:
        number = exact_number(value)
    except BadValueError as error:
        raise BadValueError(f"{_shown(value)} is not a time") from error
    assert number is not None
    multiply, divide = TIME_UNITS_US[unit]
    numerator, denominator = number.as_integer_ratio()
    return _in_range(value, numerator * multiply // (denominator * divide))


def instants(values: list[object], zone: tzinfo, unit: str) -> list[int | None]:
    """A whole column of logged times; raises `BadValueError` if any of them is bad."""
    quick = _uniform_times(values, zone)
    if quick is not None:
        return quick
    return [exact_instant(value, zone, unit) for value in values]


def _uniform_times(values: list[object], zone: tzinfo) -> list[int | None] | None:
    """UTC times all written the same way; None when they are not that."""
    if set(map(type, values)) != {str}:
        return None
    texts_: list[str] = values  # type: ignore[assignment]
    joined = "\n".join(texts_)
    shape = texts_[0].translate(_TO_SHAPE)
    matched = _UTC_SHAPE.fullmatch(shape)
    if matched is None or (matched[2] is None and zone is not UTC):
        return None
    if joined.translate(_TO_SHAPE) != "\n".join([shape] * len(texts_)):
        return None
    width = len(shape) + 1
    if max(joined[_TENS_OF_SECONDS::width]) > "5":
        return None
    fraction = len((matched[1] or "")[:6])
    factor, stop = 10 ** (6 - fraction), 20 + fraction
    days, minutes = _DayStarts(), _minutes_of_day()
    try:
        return [
            days[text[:10]] + minutes[text[11:16]] + int(text[17:19] + text[20:stop]) * factor
            for text in texts_
        ]
    except KeyError:
        return None


class _DayStarts(dict[str, int]):
    """Instants of midnights, worked out when first asked for."""

    def __missing__(self, day: str) -> int:
        start = self[day] = _day_start(day)
        return start


def _day_start(day: str) -> int:
    try:
        moment = datetime.fromisoformat(day + "T00:00:00+00:00")
    except ValueError as error:
        raise BadValueError(f"{_shown(day)}: {error}") from error
    return _in_range(day, instant_of(moment))


@cache
def _minutes_of_day() -> dict[str, int]:
    """Each `HH:MM` as microseconds since midnight."""
    return {
        f"{hour:02d}:{minute:02d}": (60 * hour + minute) * 60 * SECOND_US
        for hour in range(24)
        for minute in range(60)
    }


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
        raise BadValueError(f"{_shown(value)}: {error}") from error
    return _in_range(value, whole) + int((fraction or "0")[:6].ljust(6, "0"))


def _in_range(value: object, instant: int) -> int:
    if not _EARLIEST_US <= instant < _LATEST_US:
        raise BadValueError(f"{_shown(value)} is not a time between 1970 and 9000")
    return instant


def exact_text(value: object) -> str | None:
    """One logged name or id; None for null or an empty text. Raises `BadValueError` otherwise."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return _int_text(value)
    raise BadValueError(f"{_shown(value)} is not a text")


def texts(values: list[object]) -> list[str | None]:
    """A whole column of logged names or ids; raises `BadValueError` if any of them is bad."""
    if set(map(type, values)) == {str} and "" not in values:
        return list(values)  # type: ignore[arg-type]
    return [exact_text(value) for value in values]


def fingerprint(column: Sequence[int | str | None] | Numbers) -> bytes:
    """Bytes that are equal for equal columns and differ for different ones.

    Numbers count by value, whatever unit they are in.
    """
    if isinstance(column, Numbers):
        coarse = coarsest(column)
        return b"%d:" % coarse.places + fingerprint(coarse.units)
    if len(column) and None not in column and isinstance(column[0], int):
        try:
            return array("q", column).tobytes()  # type: ignore[type-var]
        except OverflowError:
            return repr(column).encode()
    distinct = sorted(set(column), key=repr)
    if len(distinct) == 1:
        return repr(distinct).encode("utf-8", "surrogatepass") + b"%d" % len(column)
    codes = {value: code for code, value in enumerate(distinct)}
    packed = array("I", map(codes.__getitem__, column)).tobytes()
    return repr(distinct).encode("utf-8", "surrogatepass") + packed


def coarsest(column: Numbers) -> Numbers:
    """A column in the coarsest unit that holds it."""
    if not column.places or any(unit % 10 for unit in column.units if unit):
        return column
    common = gcd(*(unit for unit in column.units if unit is not None))
    if not common:
        return Numbers(column.units, 0)
    zeros = len(str(common)) - len(str(common).rstrip("0"))
    shift = min(zeros, column.places)
    if not shift:
        return column
    factor = 10**shift
    units = [None if unit is None else unit // factor for unit in column.units]
    return Numbers(units, column.places - shift)


def _int_text(value: int) -> str:
    if abs(value) >= 10**MAX_DIGITS:
        raise BadValueError(f"a number of more than {MAX_DIGITS} digits")
    return str(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
