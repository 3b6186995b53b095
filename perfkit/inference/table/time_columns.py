"""Which columns say when a trade was opened or closed, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.table import shapes
from perfkit.inference.table.columns import CLOCK, TIME, Column
from perfkit.inference.words.names import CLOSED, EVENT, OPENED, time_role

_SETTLED = (("settle", "date"), ("settlement", "date"), ("settle", "date", "target"))


class Times:
    """The columns that hold times, by what their names say of them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        times = [column for column in columns if column.kind == TIME and _may_be_read(column)]
        self.clocks = [column for column in columns if column.kind == CLOCK]
        self.closed = sorted(
            (column for column in times if time_role(column.name) == CLOSED), key=_preference
        )
        self.opened = sorted(
            (column for column in times if time_role(column.name) == OPENED), key=_preference
        )
        self.event = sorted(
            (column for column in times if time_role(column.name) == EVENT), key=_preference
        )
        if not self.closed and not self.opened:
            self._part_named_twice()
        named = {column.path for column in (*self.closed, *self.opened, *self.event)}
        self.other = [
            column for column in times if column.path not in named and not _is_ahead(column)
        ]

    def _part_named_twice(self) -> None:
        """Takes `Time` and a later one of the same name for those of the opening and the close."""
        for opened in self.event:
            closed = next((one for one in self.event if one.name == second(opened.name)), None)
            if closed is not None and _is_later(closed, opened):
                self.opened, self.closed = [opened], [closed]
                self.event = [one for one in self.event if one not in (opened, closed)]
                return

    def of_orders(self) -> Times:
        """The same without dates of settlement, some days after the orders whose dates are there.

        Of a bet or a trade that is the time at which it ended.
        """
        settled = [one for one in self.closed if one.words in _SETTLED]
        if not settled or (len(settled) == len(self.closed) and not (self.event or self.other)):
            return self
        found = Times([])
        found.clocks, found.opened = self.clocks, self.opened
        found.closed = [one for one in self.closed if one not in settled]
        found.event, found.other = self.event, [*self.other, *settled]
        return found

    @property
    def are_there(self) -> bool:
        """Whether there is a column of times at all."""
        return bool(self.closed or self.event or self.other or self.opened)


def second(name: str) -> str:
    """How a column is called whose name another one before it has as well."""
    return f"{name}#2"


def _is_later(closed: Column, opened: Column) -> bool:
    """Whether times are never before those of another column, and after them in some record."""
    pairs = [
        (first, last)
        for first, last in zip(opened.instants, closed.instants, strict=True)
        if first is not None and last is not None
    ]
    return any(first < last for first, last in pairs) and all(a <= b for a, b in pairs)


def _may_be_read(column: Column) -> bool:
    """Whether times are of years that a log can have: not 1111, as where they were taken out."""
    instants = [shapes.instant(value, column.unit, column.layout) for value in column.sample[:40]]
    if column.layout:  # day and month may be the other way round
        return not instants or any(one is None or one > 0 for one in instants)
    return bool(column.filled) and any(one is not None and one > 0 for one in instants)


def _is_ahead(column: Column) -> bool:
    return bool(set(column.words) & {"expiry", "expiration", "maturity", "next", "expires"})


def _preference(column: Column) -> tuple[int, ...]:
    odd = {"logged", "created", "updated", "recorded", "saved", "end"}
    date_alone = all(map(shapes.is_date_alone, column.sample[:20]))
    return bool(set(column.words) & odd), date_alone, len(column.path), -column.filled
