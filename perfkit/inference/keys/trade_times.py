"""Which columns say when a trade closed and opened, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import CLOCK, NUMBER, TIME, Column
from perfkit.inference.table.day_and_month import begins_with_month, is_ambiguous, month_first
from perfkit.inference.table.time_columns import Times
from perfkit.inference.table.zone_words import ZONES, TimeInZone
from perfkit.inference.words.names import CLOSED, OPENED, time_role, word_set

_MOSTLY = 0.9
_SOME = 0.3
"""A time that fewer of the records have is not offered as the closing time."""


_OF_TIMES = word_set(
    "ts t timestamp time date datetime dt at on utc exit close closed sold settled resolved ended "
    "logged created executed"
)
_OF_RECORDS = _OF_TIMES | word_set(
    "trade order signal record entry open opened local day when msc execution exec fill filled "
    "transaction deal start event session trading bar candle"
)
"""Words of a time of the record that may be that of the opening."""
_LEAST_OF_TWO = 4
"""So many records at least have a time under another name, where a log goes on under that."""

ONE_DAY = "= 2000-01-01"
"""A closing time for records without any, from which only figures of the whole can be had."""
ON_ONE_DAY = "no time is logged: all trades count on one day, so only the totals mean something"
_ZONE = re.compile(r" \(?([A-Z]{2,5})\)?$")


class Moments(NamedTuple):
    """Expressions for the closing and the opening time, the columns they read, what was assumed.

    `zone` is one that the times themselves name; empty without one.
    """

    closed_at: str
    opened_at: str
    columns: tuple[Column, ...]
    assumed: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    zone: str = ""


def moments_of(
    times: Times,
    columns: Sequence[Column],
    rows: Sequence[int],
    *,
    events: bool,
    proved: bool = False,
) -> Moments:
    """The times of the records in `rows`; `events` says that other records are of other events.

    A column of the closing time comes first, then that of the record, then that of the opening.
    """
    assumed: list[str] = []
    closed, role = _closed(times, rows, events=events)
    if closed is None and (first := _first_of_two(times, rows)) is not None:
        closed, role = first, "closed"
    if closed is None:
        return _without_a_time(times, columns, rows, proved=proved)
    if role == "opened":
        assumed.append(f"no closing time is logged; the opening time, {closed.name}, is used")
    opened = _opened(times, closed, rows)
    used = [closed] if opened is None else [closed, opened]
    expression = _joined(closed, columns)
    gaps = [row for row in rows if not closed.present[row]]
    if gaps and role == "closed":
        others = (*times.closed, *times.event)
        filler = next((one for one in others if all(one.present[row] for row in gaps)), None)
        if filler is not None:
            expression = f"{expression} or {filler.expression}"
            used.append(filler)
    if _has_dates_alone(closed) and expression == closed.expression:
        assumed.append(f"{closed.name} has only dates: a trade closes at the start of its day")
    zone, of_zone = _zone_of(used)
    read, doubts = _with_day_and_month([_with_layout(one, columns) for one in used], times)
    return Moments(
        expression,
        "" if opened is None else _joined(opened, columns),
        tuple(read),
        (*assumed, *of_zone),
        tuple(doubts),
        zone,
    )


def _zone_of(used: Sequence[Column]) -> tuple[str, list[str]]:
    """The zone that times name, and what is taken for granted of it."""
    if zones := {one.zone for one in used if isinstance(one, TimeInZone) and one.zone}:
        zone = min(zones)
        return zone, [f"times are in {zone}, as the words at their end say"]
    said = {found[1] for one in used if (found := _ZONE.search(one.layout)) is not None}
    zones = {ZONES.get(word, "") for word in said}
    zone = zones.pop() if len(zones) == 1 else ""
    if said and not zone:
        words = " and ".join(sorted(said))
        return "", [f"{words} may be several zones: times are UTC; write `timezone:` if not"]
    if zone:
        return zone, [f"times are in {zone}, as {said.pop()} says"]
    if any(map(_is_naive, used)):
        return "", ["times without a zone are UTC; write `timezone:` if they are not"]
    return "", []


def _with_day_and_month(read: list[Column], times: Times) -> tuple[list[Column], list[Doubt]]:
    """The columns with day and month in the order that is found, else a question."""
    if not is_ambiguous(read[0]):
        return read, []
    others = [*times.closed, *times.opened, *times.event, *times.other]
    is_month_first = begins_with_month(read[0], others)
    if is_month_first is None:
        return read, [_day_or_month(read[0])]
    if not is_month_first:
        return read, []
    turned = [
        replace(one, layout=month_first(one.layout)) if is_ambiguous(one) else one for one in read
    ]
    return turned, []


def _without_a_time(
    times: Times, columns: Sequence[Column], rows: Sequence[int], *, proved: bool
) -> Moments:
    """All on one day where it is `proved` that the records are trades, else a question."""
    question = _no_time(times, columns, rows)
    if proved and len(question.answers) == 1:
        return Moments(ONE_DAY, "", (), (ON_ONE_DAY,), ())
    return Moments("", "", (), (), (question,))


def _closed(times: Times, rows: Sequence[int], *, events: bool) -> tuple[Column | None, str]:
    groups = [
        ("closed", times.closed, 0.5),
        ("event", times.event, 0.8),
        ("other", times.other, _MOSTLY),
        ("opened", times.opened, _MOSTLY),
    ]
    if events:  # a record for each event: its own time is that of the close
        groups[0] = ("closed", times.closed, 0.95)
    for role, found, most in groups:
        filled = [(_share(column, rows), column) for column in found]
        for share, column in filled:
            if share >= max(most, max((one for one, _ in filled), default=0) - 0.05):
                return column, role
    return None, ""


def _first_of_two(times: Times, rows: Sequence[int]) -> Column | None:
    """A time of some records, where another one of the same form is that of all others.

    So it is where a log goes on under other names: `ts`, then `timestamp`.
    """
    found = [one for one in (*times.closed, *times.event) if set(one.words) <= _OF_TIMES]
    for one in found:
        gaps = [row for row in rows if not one.present[row]]
        if not _SOME <= _share(one, rows) < 1 or len(gaps) < _LEAST_OF_TWO:
            continue
        for other in found:
            is_alike = (one.unit, one.layout) == (other.unit, other.layout)
            is_rest = all(other.present[row] for row in gaps)
            if is_alike and is_rest and sum(other.present[row] for row in rows) == len(gaps):
                return one
    return None


def _share(column: Column, rows: Sequence[int]) -> float:
    return sum(column.present[row] for row in rows) / max(len(rows), 1)


def _opened(times: Times, closed: Column, rows: Sequence[int]) -> Column | None:
    """The opening time: a column that is there for most, and not after the closing time."""
    for column in (*times.opened, *times.event):
        if column is closed or _share(column, rows) < _MOSTLY:
            continue
        if column not in times.opened and not {*column.words} <= _OF_RECORDS:
            continue  # such as the day of the last high
        if _has_dates_alone(column) and not _has_dates_alone(closed):
            continue
        pairs = [(column.instant(row), closed.instant(row)) for row in rows[:400]]
        known = [(start, end) for start, end in pairs if start is not None and end is not None]
        early = sum(start <= end for start, end in known)
        earlier = sum(start < end for start, end in known)
        strictly = earlier * 2 >= len(known) or column in times.opened
        if known and early >= 0.95 * len(known) and strictly:
            return column
    return None


def _joined(column: Column, columns: Sequence[Column]) -> str:
    """A date together with the time of day beside it, where that has a column of its own."""
    clock = _clock_of(column, columns)
    if clock is None:
        return column.expression
    return f"join({column.expression}, {clock.expression})"


def _with_layout(column: Column, columns: Sequence[Column]) -> Column:
    """The column with the format of its date and of the time of day that is joined to it."""
    clock = _clock_of(column, columns)
    if clock is None:
        return column
    if not column.layout:
        is_plain = not any(str(value).rstrip()[-1:] in "Mm" for value in clock.sample)
        return replace(column, values=_both(column, clock)) if is_plain else column
    text = next(value for value in clock.sample if isinstance(value, str)).strip()
    half = " %p" if text[-3:-2] == " " else "%p" if text[-1:] in "Mm" else ""
    hour = "%I:%M" if half else "%H:%M"
    seconds = ":%S" if text.count(":") > 1 else ""
    fraction = ".%f" if "." in text else ""
    layout = f"{column.layout} {hour}{seconds}{fraction}{half}"
    return replace(column, layout=layout, values=_both(column, clock))


def _both(date: Column, clock: Column) -> list[object]:
    """Dates with the times of day beside them."""
    return [
        f"{day} {time}" if is_day and is_time else None
        for day, time, is_day, is_time in zip(
            date.values, clock.values, date.present, clock.present, strict=True
        )
    ]


_OF_ORDERS = frozenset(
    ("trade", "order", "execution", "exec", "fill", "transaction", "deal", "activity")
)
"""Words before date and time that say the same: `trade_date` and `order_time`."""


def _clock_of(column: Column, columns: Sequence[Column]) -> Column | None:
    if not _has_dates_alone(column):
        return None
    clocks = [one for one in columns if one.kind == CLOCK and one.filled >= column.filled * _MOSTLY]
    own = set(column.words) - {"date", "day"} - _OF_ORDERS
    for clock in clocks:
        if set(clock.words) - {"time", "hour"} - _OF_ORDERS == own:
            return clock
    return None


def _has_dates_alone(column: Column) -> bool:
    return all(map(shapes.is_date_alone, column.sample))


def _is_naive(column: Column) -> bool:
    if column.unit or "%z" in column.layout:
        return False
    texts = [value for value in column.sample if isinstance(value, str)]
    return any(not text.rstrip().endswith(("Z", "z", "UTC", "GMT")) and "+" not in text[10:]
               and "-" not in text[10:] for text in texts[:20])  # fmt: skip


def _day_or_month(column: Column) -> Doubt:
    """A question where day and month could be either way round."""
    return Doubt(
        "day_or_month",
        f"Does {column.sample[0]!r} in {column.name} begin with the day or the month?",
        (
            Answer("the day", {"time_format": column.layout}),
            Answer("the month", {"time_format": month_first(column.layout)}),
        ),
    )


def _no_time(times: Times, columns: Sequence[Column], rows: Sequence[int]) -> Doubt:
    """A question for the closing time, with the times there are as answers, and none at all."""
    known = [*times.closed, *times.event, *times.other, *times.opened, *_epochs(columns)]
    found = [column for column in known if _share(column, rows) >= _SOME]
    answers = [_answer(column, rows) for column in found[:3]]
    answers.append(
        Answer("all on one day: only the totals mean something", {"fields.closed_at": ONE_DAY})
    )
    clocks = [column.name for column in columns if column.kind == CLOCK]
    beside = f" (only times of day: {', '.join(clocks)})" if clocks else ""
    if found:
        names = " and ".join(f"{one.name} in {_percent(one, rows)} %" for one in found[:3])
        why = f"No time is in all records: {names}."
    else:
        why = f"No column holds a date{beside}."
    likely = "" if found else "the log has no other time"
    return Doubt("no_time", f"When did each trade close? {why}", tuple(answers), likely)


def _epochs(columns: Sequence[Column]) -> list[Column]:
    """Numbers that are times by their size, whatever their name: an id in milliseconds."""
    found = []
    for column in columns:
        sizes = [size for size in map(shapes.number, column.sample) if size]
        units = set(map(shapes.epoch_unit, sizes)) if column.kind == NUMBER else set()
        if any(map(_is_of_cents, sizes)) and not any(map(_has_more_places, sizes)):
            continue
        if len(units) != 1 or len(set(sizes)) * 2 <= len(sizes):
            continue
        unit = units.pop()
        if unit and not (unit == "s" and "id" in column.words):  # which many ids are as long as
            found.append(replace(column, kind=TIME, unit=unit))
    return found


def _is_of_cents(size: Decimal) -> bool:
    """Whether a number has decimal places, as an amount of money has two."""
    return size != size.to_integral_value()


def _has_more_places(size: Decimal) -> bool:
    return _is_of_cents(size * 100)


def _answer(column: Column, rows: Sequence[int]) -> Answer:
    changes: dict[str, object] = {"fields.closed_at": column.expression}
    if column.unit and column.unit != shapes.ANY_UNIT:
        changes["time_unit"] = column.unit
    if column.layout:
        changes["time_format"] = column.layout
    what = {OPENED: "the opening time", CLOSED: "the closing time"}.get(time_role(column.name), "")
    without = sum(not column.present[row] for row in rows)
    left_out = f"; {without} of {len(rows)} records without it do not count" if without else ""
    return Answer(f"{column.name}, {what or 'a time of the record'}{left_out}", changes)


def _percent(column: Column, rows: Sequence[int]) -> int:
    return round(100 * _share(column, rows))


def keys_of_times(when: Column | None) -> dict[str, object]:
    """The keys of a dialect that say how the times of a column are read: their unit, their form."""
    if when is None:
        return {}
    unit = "" if when.unit == shapes.ANY_UNIT else when.unit
    said = {"time_unit": unit, "time_format": when.layout}
    return {name: one for name, one in said.items() if one}
