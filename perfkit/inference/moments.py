"""Which columns say when a trade closed and opened, and how they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import CLOCK, Column
from perfkit.inference.table.roles import Times

_MOSTLY = 0.9


class Moments(NamedTuple):
    """Expressions for the closing and the opening time, the columns they read, what was assumed."""

    closed_at: str
    opened_at: str
    columns: tuple[Column, ...]
    assumed: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def moments_of(
    times: Times, columns: Sequence[Column], rows: Sequence[int], *, events: bool
) -> Moments:
    """The times of the records in `rows`; `events` says that other records are of other events.

    A column of the closing time comes first, then that of the record, then that of the opening.
    """
    assumed: list[str] = []
    closed, role = _closed(times, rows, events=events)
    if closed is None:
        return Moments("", "", (), (), (_no_time(columns),))
    if role == "opened":
        assumed.append(f"no closing time is logged; {closed.name}, the opening time, stands for it")
    opened = _opened(times, closed, rows)
    used = [closed] if opened is None else [closed, opened]
    expression = _joined(closed, columns)
    gaps = [row for row in rows if not closed.present[row]]
    if gaps and role == "closed":
        filler = next((one for one in times.event if all(one.present[row] for row in gaps)), None)
        if filler is not None:
            expression = f"{expression} or {filler.expression}"
            used.append(filler)
    if _has_dates_alone(closed) and expression == closed.expression:
        assumed.append(f"{closed.name} has dates alone: a trade counts from the start of its day")
    if any(_is_naive(column) for column in used):
        assumed.append("times without a zone are UTC; write `timezone:` if they are not")
    doubts = tuple(doubt for column in used[:1] if (doubt := _day_or_month(column)) is not None)
    return Moments(
        expression,
        "" if opened is None else _joined(opened, columns),
        tuple(used),
        tuple(assumed),
        doubts,
    )


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


def _share(column: Column, rows: Sequence[int]) -> float:
    return sum(column.present[row] for row in rows) / max(len(rows), 1)


def _opened(times: Times, closed: Column, rows: Sequence[int]) -> Column | None:
    """The opening time: a column that is there for most, and not after the closing time."""
    for column in (*times.opened, *times.event):
        if column is closed or _share(column, rows) < _MOSTLY:
            continue
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
    if not _has_dates_alone(column):
        return column.expression
    clocks = [one for one in columns if one.kind == CLOCK and one.filled >= column.filled * _MOSTLY]
    own = set(column.words) - {"date", "day"}
    for clock in clocks:
        if set(clock.words) - {"time", "hour"} == own:
            return f"join({column.expression}, {clock.expression})"
    return column.expression


def _has_dates_alone(column: Column) -> bool:
    return all(map(shapes.is_date_alone, column.sample))


def _is_naive(column: Column) -> bool:
    if column.unit:
        return False
    texts = [value for value in column.sample if isinstance(value, str)]
    return any(not text.rstrip().endswith(("Z", "z", "UTC", "GMT")) and "+" not in text[10:]
               and "-" not in text[10:] for text in texts[:20])  # fmt: skip


def _day_or_month(column: Column) -> Doubt | None:
    """A question where day and month could be either way round."""
    if not column.layout.startswith("%d/%m") and not column.layout.startswith("%d-%m"):
        return None
    firsts = [int(value[:2].strip("/-.")) for value in column.sample if isinstance(value, str)]
    if max(firsts, default=0) > 12:
        return None
    other = column.layout.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    return Doubt(
        "day_or_month",
        f"Is {column.sample[0]!r} of {column.name} day first or month first?",
        (
            Answer("day first", {"time_format": column.layout}),
            Answer("month first", {"time_format": other}),
        ),
    )


def _no_time(columns: Sequence[Column]) -> Doubt:
    clocks = [column.name for column in columns if column.kind == CLOCK]
    beside = f" (only times of day: {', '.join(clocks)})" if clocks else ""
    return Doubt("no_time", f"When did each trade close? No column holds a date{beside}.")
