"""What a filter says of one field, as a text: a value, or one of a few signs and a value.

    momentum                 that value
    BTC|ETH                  one of these
    !=BTC|ETH                any other, or none
    (nothing)                no value was logged; `!=` alone: any value
    "a|b"                    the value `a|b`: in quotes, as a text of JSON
    >0, >=0.5, <10, <=10     of a number or a time
    >0 and <=100             both

A date stands for that trading day, so `closed_at<=2025-10-09` has all of the 9th; a time without a
zone is in the zone of the workspace. A trade without the number or time meets only `!=`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import ge, gt, le, lt

from perfkit.core.calendar import Calendar, instant_of, parse_date
from perfkit.core.dimensions import Value
from perfkit.core.errors import PerfkitError, UsageError
from perfkit.core.exact import canonical, decimal_places, units
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.filters.plain import ORDERED_FIELDS, TIME_FIELDS, is_plain
from perfkit.core.formatting import utf8
from perfkit.core.one_value import BadValueError, exact_number
from perfkit.core.trades import Trades

IS, IS_NOT = "=", "!="
AND = " and "
_COMPARED: dict[str, Callable[[int, int], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_SIGN = re.compile(r"\s*(!=|<=|>=|<|>|=|)\s*(.*)", re.DOTALL)
_VALUE = re.compile(r'\s*("(?:[^"\\]|\\.)*")\s*(?:\||$)|([^|]*)(?:\||$)', re.DOTALL)


class Said(NamedTuple):
    """One thing said of a field: a sign, and the values it goes with (several: one of them)."""

    sign: str
    values: tuple[str, ...]


@lru_cache(maxsize=256)
def conditions_of(field: str, said: str) -> tuple[Said, ...]:
    """What a text says of a field, in an order of its own; raises `UsageError`."""
    if field not in ORDERED_FIELDS:
        return (_of_text(field, said),)
    found = {_of_number_or_time(field, part) for part in said.split(AND)}
    return tuple(sorted(found))


def said_of(field: str, conditions: Sequence[Said]) -> str:
    """The text that says these conditions, always the same for the same ones."""
    parts = []
    for sign, values in conditions:
        words = values
        if field not in ORDERED_FIELDS:
            words = tuple(map(quoted, values)) if len(values) > 1 else (_alone(values[0]),)
        parts.append(("" if sign == IS else sign) + "|".join(words))
    return AND.join(parts)


def text_of(field: str, value: object) -> str:
    """What a value of Python says: a condition, a number, a date, or one of a list.

    Raises `UsageError`.
    """
    if isinstance(value, str):
        return utf8(value)
    if isinstance(value, int | Decimal | date) and not isinstance(value, bool):
        return value.isoformat() if isinstance(value, date) else str(value)
    if not isinstance(value, list | tuple | set | frozenset):
        raise UsageError(f"where: {field}={value!r} is not text; write it in quotes")
    if not value:
        raise UsageError(f"where: {field} is an empty list, which no trade meets; leave it out")
    words = [text_of(field, one) for one in value]
    return "|".join(words if field in ORDERED_FIELDS else map(quoted, words))


def quoted(value: str) -> str:
    """A value as it stands among others: in quotes where it would be read otherwise."""
    if value == value.strip() and is_plain(value):
        return value
    import json

    return json.dumps(value, ensure_ascii=False)


def _alone(value: str) -> str:
    return value if not value or is_plain(value) else quoted(value)


def with_sign(field: str, said: str) -> str:
    """Field and condition as one text: `symbol=BTC`, `net_pnl>0`, `symbol!=BTC`."""
    return field + (said if said.startswith(("!=", "<", ">")) else f"={said}")


def in_words(field: str, said: str, clean: Callable[[str], str] = str) -> str:
    """The same to be read: `symbol = BTC or ETH`, `net_pnl > 0 and <= 100`, `no symbol`.

    `clean` is applied to whatever comes from a user.
    """
    if is_plain(said) and field not in ORDERED_FIELDS:
        return f"{clean(field)} = {clean(said)}"
    shown = []
    for sign, values in conditions_of(field, said):
        if values == ("",):
            return f"{'no' if sign == IS else 'any'} {clean(field)}"
        words = " or ".join(clean(value) if value else "none" for value in values)
        shown.append(f"{sign if sign == IS else clean(sign)} {words}")
    return f"{clean(field)} {AND.join(shown)}"


def rows_that_meet(
    trades: Trades, field: str, said: str, rows: Sequence[int], calendar: Calendar
) -> list[int]:
    """Those of some rows that meet what is said of a field."""
    conditions = conditions_of(field, said)
    if field not in ORDERED_FIELDS:
        ((sign, values),) = conditions
        return _rows_of_text(trades.texts(field), sign, frozenset(values), rows)
    column, places = _column(trades, field)
    left = list(rows)
    for sign, values in conditions:
        test = _test(field, sign, values, places, calendar)
        left = [row for row in left if test(column[row])]
    return left


def _rows_of_text(
    column: Sequence[Value], sign: str, values: frozenset[str], rows: Sequence[int]
) -> list[int]:
    def meets(value: Value) -> bool:
        own = value if isinstance(value, tuple) else (value or "",)
        return values.isdisjoint(own) == (sign == IS_NOT)

    met = {value: meets(value) for value in set(column)}
    return [row for row in rows if met[column[row]]]


def _of_text(field: str, said: str) -> Said:
    sign, rest = IS, said
    if said.startswith(IS_NOT):
        sign, rest = IS_NOT, said.removeprefix(IS_NOT)
    elif said.startswith(("<", ">")):
        raise UsageError(
            f"where {field}{said}: {field} is a text, which is not compared; write "
            f"{field}=VALUE, or compare one of {', '.join(ORDERED_FIELDS)}"
        )
    if rest.startswith(("=", "<", ">")):
        raise UsageError(
            f'where {field}{sign}{rest}: write the value in quotes, {field}{sign}"{rest}"'
        )
    if is_plain(rest) or not rest:
        return Said(sign, (rest,))
    return Said(sign, tuple(sorted(set(_alternatives(field, sign, rest)))))


def _alternatives(field: str, sign: str, text: str) -> Iterator[str]:
    """The values between `|`, each of which may be in quotes."""
    place = 0
    while True:
        matched = _VALUE.match(text, place)
        if matched is None or (matched[1] is None and matched[2].lstrip().startswith('"')):
            raise UsageError(
                f"where {field}{sign}{text}: a value in quotes has to end with one, and | to "
                'follow it; write "a|b" or a|b'
            )
        if matched[1] is not None:
            yield _unquoted(field, matched[1])
        else:
            value = matched[2].strip()
            if not value:
                raise UsageError(
                    f"where {field}{sign}{text}: there is nothing before or after |; write "
                    '"" for trades without a value'
                )
            yield value
        place = matched.end()
        if place == len(text) and not text.endswith("|"):
            return


def _unquoted(field: str, text: str) -> str:
    import json

    try:
        return str(json.loads(text, strict=False))
    except ValueError as error:
        raise UsageError(f"where {field}: {text} is not a text in quotes: {error}") from error


def _of_number_or_time(field: str, said: str) -> Said:
    matched = _SIGN.fullmatch(said)
    assert matched is not None
    sign, rest = matched[1] or IS, matched[2].strip()
    if not rest and sign in (IS, IS_NOT):
        return Said(sign, ("",))
    words = [word.strip() for word in rest.split("|")]
    if len(words) > 1 and sign not in (IS, IS_NOT):
        raise UsageError(f"where {field}{sign}{rest}: {sign} takes one value, without |")
    check = _time_text if field in TIME_FIELDS else _number_text
    return Said(sign, tuple(sorted({check(field, sign, word) for word in words})))


def _number_text(field: str, sign: str, word: str) -> str:
    try:
        number = exact_number(word)
    except BadValueError as error:
        raise UsageError(
            f"where {field}{sign}{word}: {error}; write one such as {field}>0 or {field}<=2.5"
        ) from error
    if number is None:
        raise UsageError(f"where {field}{sign}: write a number after {sign}")
    return format(canonical(number), "f")


def _time_text(field: str, sign: str, word: str) -> str:
    try:
        if len(word) == len("2025-10-09"):
            return parse_date(word).isoformat()
        return datetime.fromisoformat(word).isoformat()
    except (ValueError, PerfkitError) as error:
        raise UsageError(
            f"where {field}{sign}{word}: {word!r} is not a date or a time; write 2025-10-09, or "
            "2025-10-09T14:30"
        ) from error


def _column(trades: Trades, field: str) -> tuple[Sequence[int | None], int]:
    """The values of a field, and the decimal places of their unit."""
    if field in TIME_FIELDS:
        return getattr(trades, field), 0
    if field == "hold_seconds":
        return trades.hold_us, 6
    column = getattr(trades, field)
    return column.units, column.places


def _test(
    field: str, sign: str, values: tuple[str, ...], places: int, calendar: Calendar
) -> Callable[[int | None], bool]:
    """Whether a value of a column meets a condition."""
    if values == ("",):
        return lambda value: (value is None) == (sign == IS)
    spans = [
        _instants(one, calendar) if field in TIME_FIELDS else _scaled(one, places) for one in values
    ]
    if sign in (IS, IS_NOT):

        def is_one(value: int | None) -> bool:
            return value is not None and any(
                first <= value * times < last for first, last, times in spans
            )

        return is_one if sign == IS else lambda value: not is_one(value)
    ((first, last, times),) = spans
    compare = _COMPARED[sign]
    limit = last - 1 if sign in ("<=", ">") else first
    return lambda value: value is not None and compare(value * times, limit)


def _scaled(word: str, places: int) -> tuple[int, int, int]:
    """A number as whole units, one more, and what a value at those places is multiplied by."""
    number = Decimal(word)
    finest = max(places, decimal_places(number))
    unit = units(number, finest)
    return unit, unit + 1, 10 ** (finest - places)


def _instants(word: str, calendar: Calendar) -> tuple[int, int, int]:
    """The first instant of a time, and the first after it; of a date, those of its trading day."""
    if len(word) == len("2025-10-09"):
        day = parse_date(word)
        return calendar.start_of(day), calendar.end_of(day), 1
    moment = datetime.fromisoformat(word)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=calendar.zone)
    instant = instant_of(moment)
    return instant, instant + 1, 1
