"""Dimensions: further columns of trades, which a dialect declares, such as the version of a bot.

They are seldom asked for, so those that come from the cache are unpacked only then. A value is a
text, a tuple of texts (of a list in the log, such as tags), or None where nothing was logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from perfkit.core.numbers import take

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Value: TypeAlias = "str | tuple[str, ...] | None"
Columns: TypeAlias = "Mapping[str, list[Value]]"


NO_NAME = ""
"""The name of the part of trades that do not say: logs cannot hold an empty name."""


def names_in(value: Value) -> tuple[str, ...]:
    """The parts that a trade with this value is in."""
    return value if isinstance(value, tuple) else (value or NO_NAME,)


class Dimensions:
    """A column per dimension, made when first needed."""

    __slots__ = ("_columns", "_make")

    def __init__(self, make: Callable[[], Columns]) -> None:
        self._make: Callable[[], Columns] | None = make
        self._columns: Columns = {}

    @property
    def columns(self) -> Columns:
        """All of them, by name."""
        if self._make is not None:
            self._columns, self._make = self._make(), None
        return self._columns

    def take(self, rows: Sequence[int]) -> Dimensions:
        """Those of only these rows, in that order."""
        return self._changed(lambda column: take(column, rows))

    def slice(self, first: int, last: int) -> Dimensions:
        """Those of rows `first` to before `last`."""
        return self._changed(lambda column: column[first:last])

    def _changed(self, change: Callable[[list[Value]], list[Value]]) -> Dimensions:
        if self is NO_DIMENSIONS:
            return self
        return Dimensions(lambda: {name: change(one) for name, one in self.columns.items()})

    def __reduce__(self) -> tuple[object, ...]:
        return known, (dict(self.columns),)


NO_DIMENSIONS = Dimensions(dict)
"""Those of trades whose source declares none."""


def known(columns: Columns) -> Dimensions:
    """Columns that are there."""
    return Dimensions(lambda: columns) if columns else NO_DIMENSIONS


def chained(parts: Sequence[tuple[Dimensions, int]]) -> Dimensions:
    """Runs of so many rows one after the other; a run without a dimension has None."""
    if all(one is NO_DIMENSIONS for one, _ in parts):
        return NO_DIMENSIONS

    def columns() -> Columns:
        names = dict.fromkeys(name for one, _ in parts for name in one.columns)
        return {
            name: [value for one, rows in parts for value in one.columns.get(name) or [None] * rows]
            for name in names
        }

    return Dimensions(columns)
