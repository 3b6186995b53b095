"""The parts of a day whose sheet was made with few of them, as a book in memory does.

Each breakdown is made from the trades of the day when it is asked for, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from perfkit.book.store.day_sheet import DIMENSIONS, Parts, Sheet, made_parts
from perfkit.core.calendar import Calendar
from perfkit.core.trades import Trades
from perfkit.metrics.tally import Columns

ALL = tuple(one for one in DIMENSIONS if one != "weekday")


class PartsOnDemand(Mapping[str, "Parts | None"]):
    """The parts of one day by dimension, made when they are asked for."""

    def __init__(
        self,
        known: Mapping[str, Parts | None],
        trades: Callable[[], Trades],
        calendar: Calendar,
    ) -> None:
        self._known = dict(known)
        self._trades = trades
        self._calendar = calendar
        self._columns: Columns | None = None

    def __getitem__(self, dimension: str) -> Parts | None:
        if dimension not in self._known:
            if dimension not in ALL:
                raise KeyError(dimension)
            trades = self._trades()
            if self._columns is None:
                self._columns = Columns(trades)
            made = made_parts(dimension, self._columns, trades, self._calendar)
            self._known[dimension] = made
        return self._known[dimension]

    def __iter__(self) -> Iterator[str]:
        return iter(ALL)

    def __len__(self) -> int:
        return len(ALL)


def completed(sheet: Sheet, trades: Callable[[], Trades], calendar: Calendar) -> Sheet:
    """The sheet; parts that it does not have are made of the trades of its day on demand."""
    return sheet._replace(parts=PartsOnDemand(sheet.parts, trades, calendar))
