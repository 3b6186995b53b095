"""What a logged value looks like: a number, a time, a word; read leniently, to decide what it is.

Only inference reads so. The figures come from the reader of logs, which takes what its dialect
says and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from perfkit.core.fast_imports import Pattern

NULLS = frozenset(("n/a", "na", "none", "null", "nan", "-", "--", "nat", "undefined", "—", "–"))
"""Texts that logs write, in any case, for a value that is not there."""

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_DRESSED = re.compile(
    r"(?P<sign>[+-]?) ?(?P<open>\()?(?P<before>[$€£₹¥]|[A-Z]{3,5} )?(?P<later>\()?"
    r"(?P<inner>[+-]?) ?"
    r"(?P<digits>[0-9][0-9,' \u00a0]*(?:\.[0-9]+)?|[0-9][0-9.]*,[0-9]+|\.[0-9]+)(?P<close>\))?"
    r" ?(?P<after>%|[$€£₹¥]|[A-Za-z]{1,6})?"
)
_TO_SHAPE = str.maketrans("123456789", "000000000")
_SIGNS_OF_NUMBERS = b"0123456789.+-"
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,12})?)?"
    r" ?(?:Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_CLOCK = re.compile(r"[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?: ?[AP]M)?")
_FORMATS = (
    (Pattern(r"[0-9]{4}/[0-9]{2}/[0-9]{2}"), "%Y/%m/%d"),
    (Pattern(r"[0-9]{4}\.[0-9]{2}\.[0-9]{2}"), "%Y.%m.%d"),
    (Pattern(r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}"), "%d.%m.%Y"),
    (Pattern(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"), "%d/%m/%Y"),
    (Pattern(r"[0-9]{2}-[0-9]{2}-[0-9]{4}"), "%d-%m-%Y"),
    (Pattern(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"), "%Y-%m-%d"),
    (Pattern(r"[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"), "%Y/%m/%d"),
    (Pattern(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}"), "%d.%m.%Y"),
    (Pattern(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}"), "%d-%m-%Y"),
    (Pattern(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}(?![0-9])"), "%d/%m/%y"),
    (Pattern(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2}(?![0-9])"), "%d.%m.%y"),
    *(
        (Pattern(pattern.replace("MON", name)), layout.replace("%b", directive))
        for name, directive in (("[A-Za-z]{3}", "%b"), ("[A-Za-z]{4,9}", "%B"))
        for pattern, layout in (
            ("MON [0-9]{1,2} [0-9]{4}", "%b %d %Y"),
            ("MON [0-9]{1,2}, [0-9]{4}", "%b %d, %Y"),
            ("MON [0-9]{1,2},[0-9]{4}", "%b %d,%Y"),
            ("[0-9]{1,2} MON [0-9]{4}", "%d %b %Y"),
            ("[0-9]{1,2} MON, [0-9]{4}", "%d %b, %Y"),
            ("[0-9]{1,2}-MON-[0-9]{4}", "%d-%b-%Y"),
            ("[0-9]{1,2}-MON-[0-9]{2}(?![0-9])", "%d-%b-%y"),
            ("[A-Z][a-z]{2}, [0-9]{1,2} MON [0-9]{4}", "%a, %d %b %Y"),
            ("[A-Z][a-z]{2} MON [0-9]{1,2} [0-9]{4}", "%a %b %d %Y"),
        )
    ),
    (Pattern(r"[0-9]{1,2}:[0-9]{2}:[0-9]{2} [0-9]{4}-[0-9]{2}-[0-9]{2}"), "%H:%M:%S %Y-%m-%d"),
    (Pattern(r"[0-9]{1,2}:[0-9]{2} [0-9]{4}-[0-9]{2}-[0-9]{2}"), "%H:%M %Y-%m-%d"),
    (Pattern(r"[0-9]{1,2}:[0-9]{2}:[0-9]{2} [0-9]{2}\.[0-9]{2}\.[0-9]{4}"), "%H:%M:%S %d.%m.%Y"),
    (Pattern(r"[0-9]{1,2}:[0-9]{2} [0-9]{2}\.[0-9]{2}\.[0-9]{4}"), "%H:%M %d.%m.%Y"),
    (Pattern("[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"), "%Y年%m月%d日"),
    (Pattern("[0-9]{4}년 ?[0-9]{1,2}월 ?[0-9]{1,2}일"), "%Y년 %m월 %d일"),
    (Pattern(r"[0-9]{8}(?=;| [0-9]{2}:|T)"), "%Y%m%d"),
)
_TAIL = Pattern(
    r"(?P<gap>, | - | at |[T ;])(?P<time>[0-9]{1,2}:?[0-9]{2}(?::?[0-9]{2})?)"
    r"(?P<f>\.[0-9]+)?(?P<ap>[ \u00a0\u202f]?[AaPp][Mm])?"
    r"(?P<utc> ?(?:GMT|UTC)(?=[+-]))?(?P<offset> ?[+-][0-9]{2}:?[0-9]{2})?"
    r"(?P<zone> \(?[A-Z]{2,5}\)?)?"
)

_DIGITS_OF_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_DIGITS_OF_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]")

_UNITS = (
    ("s", 10**8, 10**10),
    ("ms", 10**11, 10**13),
    ("us", 10**14, 10**16),
    ("ns", 10**17, 10**19),
)
ANY_UNIT = "any"
"""Stands for numbers since 1970 in several units, each told by its size."""
_TO_US = {"s": Decimal(1_000_000), "ms": Decimal(1_000), "us": Decimal(1), "ns": Decimal("0.001")}


_LARGEST = "1.7976931348623157"
_LONGEST_NUMBER = 60
LARGEST_DOUBLES = frozenset(f"{_LARGEST}{e}308" for e in ("e", "e+", "E", "E+"))
"""The largest double, which some brokers send for an amount that is not there."""
MISSING = frozenset(
    (
        *(None, "", *NULLS, *map(str.upper, NULLS), *map(str.capitalize, NULLS), "NaN", "NaT"),
        *LARGEST_DOUBLES,
    )
)


def is_missing(value: object) -> bool:
    """Whether a value stands for nothing: null, an empty text, or a word such as N/A."""
    return value is None or (isinstance(value, str) and value in MISSING)


def are_there(values: Sequence[object]) -> list[bool]:
    """For each value whether it stands for something."""
    try:
        return [value not in MISSING for value in values]
    except TypeError:  # a list or an object
        return [not is_missing(value) for value in values]


def number(value: object) -> Decimal | None:
    """A value as a number, currency sign, separators and unit aside; None where it is not one."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value):
            return Decimal(value) if len(value) <= _LONGEST_NUMBER else None
        return _dressed_number(value.strip()) if 0 < len(value) <= _LONGEST_NUMBER else None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    return None


def are_digits(text: str) -> bool:
    """Whether a text has nothing but digits, points and signs."""
    return text.isascii() and not text.encode().translate(None, _SIGNS_OF_NUMBERS)


def _dressed_number(text: str) -> Decimal | None:
    text = text.replace("\N{MINUS SIGN}", "-")
    found = _DRESSED.fullmatch(text.removeprefix("=").strip('"'))
    if found is None or bool(found["open"] or found["later"]) != bool(found["close"]):
        return None
    digits = re.sub(r"[' \u00a0]", "", found["digits"])
    if has_decimal_comma(digits):
        digits = digits.replace(".", "").replace(",", ".")
    try:
        size = Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return None
    return -size if "-" in (found["sign"], found["inner"]) or found["close"] else size


def has_decimal_comma(text: str) -> bool:
    """Whether the comma of a number can only stand for a decimal point: `0,62`, `1.234,50`."""
    head, comma, tail = text.rpartition(",")
    if not comma:
        return False
    return "." in head or ("." not in tail and "," not in head and len(tail.strip(" $€%")) != 3)


def is_decimal_comma(text: str) -> bool:
    """Whether a text is a number whose comma begins its fraction."""
    return "," in text and has_decimal_comma(text.strip(" $€%+-")) and number(text) is not None


def number_with_comma(value: object) -> Decimal | None:
    """A value as a number in whose text a point separates thousands: 1.234 is 1234."""
    if isinstance(value, str) and _GROUPED.fullmatch(value.strip(" $€%+-")):
        return number(value.replace(".", ""))
    return number(value)


def is_dressed(value: object) -> bool:
    """Whether a number is written with a sign of a currency, a unit or separators."""
    return isinstance(value, str) and not _PLAIN.fullmatch(value) and number(value) is not None


def unit_of_number(value: object) -> str:
    """The unit a number is written with, such as USD or %; empty where there is none."""
    if not isinstance(value, str) or _PLAIN.fullmatch(value):
        return ""
    if (found := _DRESSED.fullmatch(value.strip())) is None:
        return ""
    sign = (found["after"] or found["before"] or "").strip()
    return {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY"}.get(sign, sign.upper())


def epoch_unit(size: Decimal) -> str:
    """The unit in which a number is a time since 1970, between 1973 and 2286; empty: in none."""
    return next((unit for unit, low, high in _UNITS if low <= size < high), "")


def clock_time(value: object) -> bool:
    """Whether a value is a time of day without a date."""
    return isinstance(value, str) and _CLOCK.fullmatch(value.strip()) is not None


def is_time(value: object) -> bool:
    """Whether a text is a point in time: an ISO 8601 one, or of another order of its parts."""
    return isinstance(value, str) and (bool(_ISO.fullmatch(value)) or bool(time_format(value)))


def is_iso(value: object) -> bool:
    """Whether a text is an ISO 8601 time."""
    return isinstance(value, str) and _ISO.fullmatch(value) is not None


def format_of_digits(values: Sequence[object]) -> str:
    """The format of values that are all dates such as 20260406, perhaps with a time of day."""
    texts = [str(value) for value in values]
    if not all(_DIGITS_OF_DATE.match(text) for text in texts):
        return ""
    tails = [text[len("YYYYMMDD") :] for text in texts]
    if not any(tails):
        return "%Y%m%d"
    return "%Y%m%d%H%M%S" if all(map(_DIGITS_OF_CLOCK.fullmatch, tails)) else ""


def is_date_alone(value: object) -> bool:
    """Whether a value is a date without a time of day."""
    if isinstance(value, str | int) and _DIGITS_OF_DATE.fullmatch(str(value)):
        return True
    return isinstance(value, str) and is_time(value) and ":" not in value and len(value) <= 12


def time_format(text: str) -> str:
    """The format of a time that is not ISO 8601, as of `strptime`; empty where it is none."""
    return _format_of_shape(text.strip().translate(_TO_SHAPE))


@lru_cache(maxsize=4096)
def _format_of_shape(shape: str) -> str:
    """The same of a text each digit of which is a 0; many times in a column share one shape."""
    if not shape.startswith("0") and (" " not in shape or "0" not in shape):
        return ""  # an id or a word
    for pattern, date in _FORMATS:
        found = pattern.match(shape)
        if found is None:
            continue
        rest = shape[found.end() :]
        if not rest:
            return date
        tail = _TAIL.fullmatch(rest)
        if tail is None:
            continue
        colon = ":" if ":" in tail["time"] else ""
        hour = "%I" if tail["ap"] else "%H"
        second = len(tail["time"].replace(":", "")) > 4
        clock = colon.join((hour, "%M", "%S") if second else (hour, "%M"))
        return (
            date
            + tail["gap"]
            + clock
            + (".%f" if tail["f"] else "")
            + (f"{tail['ap'][:-2]}%p" if tail["ap"] else "")
            + (tail["utc"] or "")
            + (" %z" if (tail["offset"] or "").startswith(" ") else "%z" if tail["offset"] else "")
            + (tail["zone"] or "")
        )
    return ""


def instant(value: object, unit: str = "", layout: str = "") -> int | None:
    """A time in microseconds since 1970; None where it is not one. Naive times count as UTC."""
    if isinstance(value, bool) or value is None:
        return None
    if unit:
        size = number(value)
        if size is None or not size:
            return None
        own = epoch_unit(size) if unit == ANY_UNIT else unit
        return int(size * _TO_US[own]) if own else None
    if not isinstance(value, str) and not (layout and isinstance(value, int)):
        return None
    text = str(value).strip()
    try:
        if layout and not is_iso(text):
            moment = datetime.strptime(text, layout)  # noqa: DTZ007 - a zone is added below
        else:
            moment = datetime.fromisoformat(text.removesuffix(" UTC").removesuffix(" GMT"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND
