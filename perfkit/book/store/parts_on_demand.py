"""The parts of a day whose sheet was made with few of them, as those of filtered trades.

Each breakdown is made from the trades of the day when it is asked for, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from perfkit.book.store.day_sheet import (
    CHECKED,
    DIMENSIONS,
    Parts,
    Sheet,
    digest_of,
    made_parts,
    sheet_of,
)
from perfkit.book.store.packing import PackedTrades
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
        columns: Columns | None = None,
    ) -> None:
        self._known = dict(known)
        self._trades = trades
        self._calendar = calendar
        self._columns = columns

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


def sheet_on_demand(trades: Trades, calendar: Calendar) -> Sheet:
    """The sheet of trades of one day, in trade order, with the parts that findings need."""
    columns = Columns(trades)
    sheet = sheet_of(trades, calendar, digest_of(PackedTrades(trades)), CHECKED, columns)
    parts = PartsOnDemand(sheet.parts, lambda: trades, calendar, columns)
    return sheet._replace(parts=parts)
