"""The parts of a day whose sheet was made with few of them, as those of filtered trades.

Each breakdown is made from the trades of the day when it is asked for, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

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
        if dimension not in {*self._known, *ALL}:
            raise KeyError(dimension)
        self.make([dimension])
        return self._known[dimension]

    def make(self, dimensions: Iterable[str]) -> None:
        """Makes those of them that are not known, from trades that are loaded once for all."""
        wanted = [one for one in dimensions if one in ALL and one not in self._known]
        if not wanted:
            return
        trades = self._trades()
        columns = Columns(trades) if self._columns is None else self._columns
        for one in wanted:
            self._known[one] = made_parts(one, columns, trades, self._calendar)

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
