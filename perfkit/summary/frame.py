"""Trades, days and parts as pandas frames.

Numbers are `decimal.Decimal` unless floats are asked for; a float is the one nearest to the exact
number, for plots and statistics. A frame says in `attrs` in which currency its money is and, as
`data_up_to`, which trading day has the newest line.
"""

from __future__ import annotations

try:
    import pandas as pd
except ModuleNotFoundError as error:  # pragma: no cover - needs an environment without pandas
    from perfkit.core.errors import MissingExtraError

    raise MissingExtraError("pandas", "reports") from error

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from perfkit.core.calendar import moment_of
from perfkit.core.exact import scaled
from perfkit.core.numbers import Numbers
from perfkit.core.trade import Trade
from perfkit.core.trades import NUMBER_COLUMNS, Trades
from perfkit.metrics.registry import METRICS, row_of
from perfkit.summary.shape import Part

TIMES = ("opened_at", "closed_at")
NONE = "(none)"
"""The part of trades that do not say, as breakdowns show it."""

DECIMAL, FLOAT = "decimal", "float"


def trades_frame(trades: Trades, numbers: str = DECIMAL) -> pd.DataFrame:
    """A row per trade, a column per field of `Trade`.

    Money, prices and ratios stay `decimal.Decimal` (dtype object), so the sum of a column is exact;
    with `numbers="float"` they are float64. Times are UTC timestamps; `line` is the `path:line` the
    trade was read from. Each dimension that a source declares has a column after these, with
    a tuple for several values. Without trades the frame has the same columns and no rows.
    """
    columns = {name: _column(trades, name, numbers) for name in Trade._fields}
    for name, values in trades.dimensions.columns.items():
        columns[name] = _series(values, "object")
    return pd.DataFrame(columns)


def daily_frame(
    days: Sequence[date],
    counts: Mapping[str, Sequence[int]],
    money: Mapping[str, Sequence[Decimal | None]],
    flags: Mapping[str, Sequence[bool]],
    numbers: str = DECIMAL,
) -> pd.DataFrame:
    """A row per day, by date, with these columns; money is None or NaN where it is not known."""
    columns: dict[str, Any] = {name: _series(column, "int64") for name, column in counts.items()}
    columns.update({name: _numbers(column, numbers) for name, column in money.items()})
    columns.update({name: _series(column, "bool") for name, column in flags.items()})
    return pd.DataFrame(columns).set_axis(_dates(days))


def daily_series(
    days: Sequence[date], values: Sequence[Decimal | None], name: str, numbers: str = DECIMAL
) -> pd.Series[Any]:
    """A number of each day, by date; None or NaN where it is not known."""
    series: pd.Series[Any] = _numbers(values, numbers)
    return series.set_axis(_dates(days)).rename(name)


def parts_frame(parts: Sequence[Part], dimension: str, numbers: str = DECIMAL) -> pd.DataFrame:
    """A row per part of a breakdown, by name, and a column per metric; None where it has none."""
    columns = {
        name: _metric_column(parts, name, numbers)
        for name in (parts[0].metrics if parts else METRICS)
    }
    names = [part.name or NONE for part in parts]
    return pd.DataFrame(columns).set_axis(pd.Index(names, name=dimension, dtype=object))


def _metric_column(parts: Sequence[Part], name: str, numbers: str) -> Any:
    values: list[Any] = [part.metrics[name] for part in parts]
    if row_of(name).unit == "moment":
        return _moments(values)
    if not row_of(name).is_number:
        return _series(values)
    if numbers == FLOAT:
        return _numbers(values, FLOAT)
    is_count = bool(values) and all(isinstance(value, int) for value in values)
    return _series(values, "int64" if is_count else "object")


def _dates(days: Sequence[date]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(list(days)), name="date")


def _numbers(values: Sequence[Decimal | None], numbers: str) -> Any:
    if numbers == FLOAT:
        return _series([None if value is None else float(value) for value in values], "float64")
    return _series(values)


def _column(trades: Trades, name: str, numbers: str) -> Any:
    """A column of trades as pandas holds it."""
    count = range(len(trades))
    if name in NUMBER_COLUMNS:
        return _number_column(getattr(trades, name), numbers)
    if name == "hold_seconds":
        return _number_column(Numbers(trades.hold_us, 6), numbers)
    if name in TIMES:
        instants: list[int | None] = getattr(trades, name)
        return _moments([None if at is None else moment_of(at) for at in instants])
    if name == "outcome":
        outcomes = [None if trades.closed_at[row] is None else trades.outcome(row) for row in count]
        return _series(outcomes)
    if name == "line":
        return _series([str(trades.place(row)) for row in count])
    return _series(getattr(trades, name))


def _number_column(column: Numbers, numbers: str) -> Any:
    if numbers == FLOAT:
        unit = 10**column.places
        return _series(
            [None if units is None else units / unit for units in column.units], "float64"
        )
    places = column.places
    return _series([None if units is None else scaled(units, places) for units in column.units])


def _moments(values: Sequence[object]) -> Any:
    """Timestamps in UTC, to the microsecond also where there is none."""
    return pd.to_datetime(_series(values), utc=True).astype("datetime64[us, UTC]")


def _series(values: Sequence[object], kind: str = "object") -> Any:
    """A column of that type: pandas would make texts and None of an object column its own."""
    return pd.Series(values, dtype=kind)
