"""A column of numbers: integers and the decimal places they share."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import repeat
from math import gcd
from operator import itemgetter, mul

from perfkit.core.exact import scaled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")


_WORD = "l" if struct.calcsize("l") == struct.calcsize("q") else "q"
"""An integer of 64 bits, under the name by which `pack` is twice as fast where there is one."""


class Numbers:
    """A column of exact numbers: `units[i] * 10**-places`, or None where nothing was logged.

    Never changed once made; whether nothing is missing is looked up once.
    """

    __slots__ = ("_complete", "places", "units")

    def __init__(
        self, units: list[int | None], places: int, *, complete: bool | None = None
    ) -> None:
        self.units = units
        self.places = places
        self._complete = complete

    @property
    def is_complete(self) -> bool:
        """Whether every row has a number."""
        if self._complete is None:
            self._complete = None not in self.units
        return self._complete

    def decimal(self, row: int) -> Decimal | None:
        """The number of that row as a Decimal."""
        units = self.units[row]
        return None if units is None else scaled(units, self.places)

    def at_places(self, places: int) -> list[int | None]:
        """The units this column has at so many decimal places.

        Raises `ValueError` where they do not hold every number.
        """
        if places == self.places:
            return self.units
        if places < self.places:
            coarse = coarsest(self)
            if coarse.places > places:
                raise ValueError(f"{places} decimal places do not hold every number")
            return coarse.at_places(places)
        factor = 10 ** (places - self.places)
        if self.is_complete:
            return list(map(mul, self.units, repeat(factor)))
        return [None if units is None else units * factor for units in self.units]

    def or_zero(self) -> list[int]:
        """The units, 0 where nothing was logged."""
        return self.units if self.is_complete else [units or 0 for units in self.units]  # type: ignore[return-value]

    def take(self, rows: Sequence[int]) -> Numbers:
        """The column of only those rows, in that order."""
        return Numbers(take(self.units, rows), self.places, complete=self._complete or None)

    def slice(self, first: int, last: int) -> Numbers:
        """The column of rows `first` to before `last`."""
        return Numbers(self.units[first:last], self.places, complete=self._complete or None)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Numbers):
            return NotImplemented
        return (self.units, self.places) == (other.units, other.places)

    def __hash__(self) -> int:
        return hash((len(self.units), self.places))

    def __repr__(self) -> str:
        return f"Numbers({self.units!r}, {self.places!r})"


def take(column: Sequence[T], rows: Sequence[int]) -> list[T]:
    """The values at those rows, in that order."""
    if len(rows) == 1:
        return [column[rows[0]]]
    return list(itemgetter(*rows)(column)) if rows else []


def is_constant(column: Sequence[object]) -> bool:
    """Whether a column has one value throughout; an empty one has none."""
    return len(column) > 0 and column[0] == column[-1] and column.count(column[0]) == len(column)


def concatenated(columns: Iterable[Numbers]) -> Numbers:
    """Columns one after the other, at the finest unit among them."""
    columns = list(columns)
    places = max((column.places for column in columns), default=0)
    units: list[int | None] = []
    for column in columns:
        units += column.at_places(places)
    return Numbers(units, places, complete=all(column.is_complete for column in columns))


def column_digest(column: Sequence[int | str | None] | Numbers) -> bytes:
    """Bytes that are equal for equal columns and differ for different ones.

    Numbers count by value, whatever unit they are in.
    """
    if isinstance(column, Numbers):
        coarse = coarsest(column)
        return b"%d:" % coarse.places + column_digest(coarse.units)
    if is_constant(column):
        return b"%d times %b" % (len(column), repr(column[0]).encode("utf-8", "surrogatepass"))
    if len(column) and None not in column and isinstance(column[0], int):
        try:
            return words(column)  # type: ignore[arg-type]
        except OverflowError:
            return repr(column).encode()
    distinct = sorted(set(column), key=repr)
    codes = {value: code for code, value in enumerate(distinct)}
    packed = array("I", map(codes.__getitem__, column)).tobytes()
    return repr(distinct).encode("utf-8", "surrogatepass") + packed


def words(column: Sequence[int]) -> bytes:
    """Integers as 64 bits each, as `array("q")` has them but made in a third of the time.

    Raises `OverflowError` where one is longer, or none.
    """
    try:
        return struct.pack(f"{len(column)}{_WORD}", *column)
    except struct.error as error:
        raise OverflowError("not all are integers of 64 bits") from error


def coarsest(column: Numbers) -> Numbers:
    """A column in the coarsest unit that holds it."""
    units = column.units
    if is_constant(units):
        units = units[:1]
    if not column.places or any(unit % 10 for unit in units if unit):
        return column
    common = gcd(*(unit for unit in units if unit is not None))
    if not common:
        return Numbers(column.units, 0)
    zeros = len(str(common)) - len(str(common).rstrip("0"))
    shift = min(zeros, column.places)
    if not shift:
        return column
    factor = 10**shift
    coarse = [None if unit is None else unit // factor for unit in units]
    return Numbers(coarse * (len(column.units) // len(coarse)), column.places - shift)
