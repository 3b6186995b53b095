"""Times as people write them, beyond ISO 8601 in its long form (see `values`).

    2026-05-25                       a date alone: the start of that day in the zone of the source
    2026-08-19 21:45 UTC, ... GMT+2  a word for the zone
    20260105T100000Z, 20260105       ISO 8601 in its short form, also 20260105100000
    2026/01/05 10:00, 2026.01.05     slashes or points
    20260918;085905, 2026-09-18, 08:59:05
    13/01/2026 2:30 PM               day and month are told apart by a value above 12

In 05/01/2026 neither is above 12: it is 5 January in London and 1 May in New York, so it is refused
with a reason that says what to write. This module is loaded where a log has such a time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from perfkit.core.calendar import instant_of
from perfkit.core.one_value import BadValueError, in_range, shown

_LONG_DATE = r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
_SHORT_DATE = r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
_YEAR_LAST = (
    r"(?P<first>[0-9]{1,2})(?P<mark>[-/.])(?P<second>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"
)
_FRACTION = r"(?:[.,](?P<fraction>[0-9]{1,12}))?"
_LONG_TIME = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    rf"(?::(?P<seconds>[0-9]{{2}}){_FRACTION})?(?: ?(?P<half>[AaPp])[Mm])?"
)
_SHORT_TIME = rf"(?P<hour>[0-9]{{2}})(?P<minute>[0-9]{{2}})(?:(?P<seconds>[0-9]{{2}}){_FRACTION})?"
_ZONE = (
    r"(?: ?(?P<word>Z|z|UTC|utc|GMT|gmt))?"
    r"(?: ?(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?)?"
)
_BETWEEN = r"(?:[Tt ;]|, ?)"
_FORMS = tuple(
    re.compile(rf"{date}(?:{between}{time})?{_ZONE}")
    for date in (_LONG_DATE, _SHORT_DATE, _YEAR_LAST)
    for time, between in ((_LONG_TIME, _BETWEEN), (_SHORT_TIME, _BETWEEN))
)
_RUN_OF_DIGITS = re.compile(rf"{_SHORT_DATE}(?:{_SHORT_TIME})?")


def written_instant(text: str, zone: tzinfo, *, year_last: bool = True) -> int:
    """The instant of a time in any of these forms; raises `BadValueError`.

    With a format of its own a log leaves no question of day and month: then not `year_last`.
    """
    for form in _FORMS:
        matched = form.fullmatch(text)
        if matched is not None and (year_last or "month" in form.groupindex):
            return _instant(text, matched, zone)
    raise BadValueError(f"{shown(text)} is not a time")


def instant_of_digits(text: str, zone: tzinfo) -> int | None:
    """The instant of 20260105 or 20260105103000; None where the digits are no date.

    Raises `BadValueError` for 202601051030, which is also a number of milliseconds.
    """
    matched = _RUN_OF_DIGITS.fullmatch(text)
    if matched is None:
        return None
    try:
        found = _instant(text, matched, zone)
    except BadValueError:
        return None
    if len(text) == len("YYYYMMDDHHMM"):
        raise BadValueError(
            f"{text} is not a clear time: write `time_unit: ms`, "
            'or `time_format: "%Y%m%d%H%M"` for a date'
        )
    return found


def formatted_instant(value: object, zone: tzinfo, pattern: str) -> int | None:
    """The instant of a text, or a whole number, in a format of `datetime.strptime`.

    None where it does not have that format.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or any(one.isdigit() and not one.isascii() for one in text):
        return None
    try:
        moment = datetime.strptime(text, pattern)  # noqa: DTZ007  a naive time is local, see below
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_named_zone(text, pattern) or zone)
    return in_range(value, _since_epoch(text, moment))


def _named_zone(text: str, pattern: str) -> tzinfo | None:
    """The zone of the word at a %Z, which `strptime` reads and forgets; None without a %Z.

    Raises `BadValueError` for a word of the machine's own zone: it means another one elsewhere.
    """
    if "%Z" not in pattern.replace("%%", ""):
        return None
    if re.search(r"(?<![A-Za-z])(?:UTC|GMT)(?![A-Za-z])", text, re.IGNORECASE) is not None:
        return UTC
    raise BadValueError(
        f"{shown(text)} has a zone that is not UTC or GMT: write `timezone` for the source, and "
        "the word itself in `time_format`"
    )


def zone_in_name(name: str) -> tzinfo | None:
    """The zone that the name of a field ends with; None without one.

    `Closing Time (UTC+2)`, `Time [GMT]`, `Date(UTC)`, `Time UTC`, `time_utc`, `createdAtUtc`.
    """
    matched = re.search(rf"[(\[]{_ZONE}[)\]]$", name)
    if matched is not None:
        return _zone(matched.groupdict())
    ends = re.search("(?:^|[ _.-])(?:UTC|utc|GMT|gmt)$|[a-z](?:UTC|Utc|GMT|Gmt)$", name)
    return None if ends is None else UTC


def has_date(pattern: str) -> bool:
    """Whether a format tells the year, the month and the day."""
    if re.search("%[YyGcx]", pattern) is None:  # a day without a year makes `strptime` warn
        return False
    moment = datetime(2026, 11, 25, 22, 33, 44, tzinfo=UTC)
    try:
        again = datetime.strptime(moment.strftime(pattern), pattern)  # noqa: DTZ007  only its date
    except ValueError:
        return False
    return again.date() == moment.date()


def _instant(text: str, matched: re.Match[str], zone: tzinfo) -> int:
    part = matched.groupdict()
    month, day = _month_and_day(text, part)
    hour = int(part.get("hour") or 0)
    half = part.get("half")
    if half is not None:
        if not 1 <= hour <= 12:
            raise BadValueError(f"{shown(text)} is not a time")
        hour = hour % 12 + (12 if half in "Pp" else 0)
    clock = hour, int(part.get("minute") or 0), int(part.get("seconds") or 0)
    try:
        own = _zone(part)
        moment = datetime(int(part["year"]), month, day, *clock, tzinfo=own or zone)
    except ValueError as error:
        raise BadValueError(f"{shown(text)}: {error}") from error
    fraction = (part.get("fraction") or "0")[:6].ljust(6, "0")
    return in_range(text, _since_epoch(text, moment)) + int(fraction)


def _since_epoch(text: str, moment: datetime) -> int:
    try:
        return instant_of(moment.astimezone(UTC))
    except OverflowError as error:
        raise BadValueError(f"{shown(text)}: {error}") from error


def _month_and_day(text: str, part: dict[str, str | None]) -> tuple[int, int]:
    if "month" in part:
        return int(part["month"] or 0), int(part["day"] or 0)
    first, second = int(part["first"] or 0), int(part["second"] or 0)
    if first > 12 or first == second:
        return second, first
    if second > 12:
        return first, second
    rest = f"{part['mark']}%Y{_clock_form(part)}"
    raise BadValueError(
        f"{shown(text)} is not a clear date: write "
        f'`time_format: "%d{part["mark"]}%m{rest}"` if the day comes first, '
        f'`"%m{part["mark"]}%d{rest}"` if the month does'
    )


def _clock_form(part: dict[str, str | None]) -> str:
    """What `time_format` says of the time of day behind a date; empty without one."""
    if not part.get("hour"):
        return ""
    seconds = ":%S" if part.get("seconds") else ""
    return f" %I:%M{seconds} %p" if part.get("half") else f" %H:%M{seconds}"


def _zone(part: dict[str, str | None]) -> tzinfo | None:
    if part.get("sign"):
        offset = timedelta(hours=int(part["hours"] or 0), minutes=int(part["minutes"] or 0))
        return timezone(offset if part["sign"] == "+" else -offset)
    return UTC if part.get("word") else None
