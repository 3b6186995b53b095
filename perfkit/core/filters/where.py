"""The trades that meet a filter: a mapping of fields to what is said of them.

Most filters say one value of each field, `{"symbol": "BTC"}`; what else may be said, and the module
for it, is only loaded where it is needed (see `conditions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from perfkit.core.calendar import Calendar
from perfkit.core.filters.plain import is_plain
from perfkit.core.trades import TEXT_COLUMNS, Trades


def meeting(trades: Trades, where: Mapping[str, str], calendar: Calendar) -> Trades:
    """Only the trades that meet a filter; the calendar says which times a date stands for."""
    rows = rows_meeting(trades, where.items(), calendar)
    return trades if len(rows) == len(trades) else trades.take(rows)


def rows_meeting(
    trades: Trades, where: Iterable[tuple[str, str]], calendar: Calendar, first: int = 0
) -> Sequence[int]:
    """The rows, from `first` on, of the trades that meet a filter."""
    rows: Sequence[int] = range(first, len(trades))
    for name, said in where:
        if name in TEXT_COLUMNS and is_plain(said):
            column = getattr(trades, name)
            rows = [row for row in rows if column[row] == said]
            continue
        from perfkit.core.filters.conditions import rows_that_meet  # most filters are plain

        rows = rows_that_meet(trades, name, said, rows, calendar)
    return rows
