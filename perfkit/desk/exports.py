"""Trades as text and files: a table to look at, CSV and JSON with exact digits, Parquet.

Every form has the fields of a trade, the currency of its money, and the dimensions that its sources
declare: of several values a list in JSON, else `a|b`, as a filter writes it. Numbers have all their
digits and no more: neither rounding nor trailing zeros, so a trade is written the same way
whichever other trades are there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from perfkit.core.calendar import moment_of
from perfkit.core.errors import MissingExtraError, UsageError
from perfkit.core.filters.conditions import quoted
from perfkit.core.formatting import NOTHING, aligned, plain, utf8
from perfkit.core.numbers import Numbers, coarsest
from perfkit.core.trade import Trade
from perfkit.core.trades import NUMBER_COLUMNS, Trades
from perfkit.summary.labels import moment
from perfkit.summary.shape import json_text

if TYPE_CHECKING:
    from decimal import Decimal
    from typing import Any

    Cells = list[str | None]

CURRENCY = "currency"
FIELDS = (*Trade._fields, CURRENCY)
TIMES = ("opened_at", "closed_at")
HOLD = "hold_seconds"
NUMBERS = (*NUMBER_COLUMNS, HOLD)

_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?")

MOST_DIGITS = 76
"""Digits of a number in Parquet (decimal256)."""


def csv_of(trades: Trades, currency: str, dimensions: Sequence[str] = ()) -> str:
    """A header, then a row per trade; what nobody knows is an empty cell.

    A text that a spreadsheet would run as a formula, such as `=1+1`, gets a `'` before it. A
    number is not such a text: `-3.5` stays.
    """
    columns = {**_cells(trades, currency), **_dimension_cells(trades, dimensions)}
    rows = zip(
        *(
            [_quoted(cell or "") for cell in column]
            if name in (*NUMBERS, *TIMES)
            else [_quoted(harmless(utf8(cell or ""))) for cell in column]
            for name, column in columns.items()
        ),
        strict=True,
    )
    return "\n".join([",".join(columns), *map(",".join, rows)]) + "\n"


def harmless(text: str) -> str:
    """A text that no spreadsheet runs when it opens a CSV file."""
    is_formula = _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula or text[:1] in ("\t", "\r") else text


def json_of(trades: Trades, currency: str, dimensions: Sequence[str] = ()) -> str:
    """A list with an object per trade: numbers as texts with all their digits, times in UTC."""
    columns: dict[str, Sequence[object]] = {**_cells(trades, currency)}
    for name in dimensions:
        values = trades.texts(name)
        columns[name] = [list(one) if isinstance(one, tuple) else one for one in values]
    return json_text([dict(zip(columns, row, strict=True)) for row in zip(*columns.values())])  # noqa: B905


def table_of(
    trades: Trades,
    currency: str,
    timezone: str,
    dimensions: Sequence[str] = (),
    *,
    is_open: bool = False,
) -> str:
    """A line per trade for a terminal, then how many they are and what they earned together.

    A dimension has a column where any of the trades has a value of it.
    """
    columns = _cells(trades, currency)
    count = range(len(trades))
    places = [str(trades.place(row)) for row in count]
    shown: dict[str, list[str]] = {
        name.removesuffix("_at"): [
            NOTHING if at is None else moment(moment_of(at), timezone)
            for at in getattr(trades, name)
        ]
        for name in (("opened_at",) if is_open else TIMES)
    }
    for name in ("symbol", "side", "strategy", *(() if is_open else ("outcome",))):
        shown[name] = [plain(cell) if cell else NOTHING for cell in columns[name]]
    for name, cells in _dimension_cells(trades, dimensions).items():
        if any(cells):
            shown[name.replace("_", " ")] = [plain(cell) if cell else NOTHING for cell in cells]
    left = len(shown)
    numbers = ("quantity", "entry_price") if is_open else ("quantity", "entry_price", "exit_price")
    has_realized = any(columns["realized_pnl"])
    for name in (*numbers, "net_pnl", *(("realized_pnl",) if has_realized else ())):
        shown[name.replace("_", " ")] = [cell or NOTHING for cell in columns[name]]
    header = [*shown, "log line"]
    rows = [list(row) for row in zip(*shown.values(), map(plain, places), strict=True)]
    table = aligned([name.replace(" pnl", " P&L") for name in header], rows, left=left)
    return (table if rows else "") + _last_line(trades, currency, is_open=is_open)


def _last_line(trades: Trades, currency: str, *, is_open: bool) -> str:
    count = len(trades)
    kind = "open" if is_open else "closed"
    if not count:
        return f"No {kind} trades in window.\n"
    noun = "trade" if count == 1 else "trades"
    known = [units for units in trades.net_pnl.units if units is not None]
    if not known:
        return f"\n{count:,} {kind} {noun}, net P&L not logged\n"
    total = _digits(sum(known), trades.net_pnl.places)
    unknown = count - len(known)
    more = f" (not logged for {unknown:,})" if unknown else ""
    return f"\n{count:,} {kind} {noun}, net P&L {total} {currency}{more}\n"


def parquet_of(trades: Trades, currency: str, dimensions: Sequence[str] = ()) -> bytes:
    """The content of a Parquet file: decimals as decimals, times as UTC timestamps.

    Raises `MissingExtraError` without pyarrow, and `UsageError` for a number of too many digits.
    """
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise MissingExtraError("pyarrow", "parquet") from error
    from io import BytesIO

    texts = {**_cells(trades, currency), **_dimension_cells(trades, dimensions)}
    columns: dict[str, Any] = {}
    for name, column in texts.items():
        if name in NUMBERS:
            columns[name] = _decimals(arrow, name, _numbers(trades, name))
        elif name in TIMES:
            kind = arrow.timestamp("us", tz="UTC")
            columns[name] = arrow.array(getattr(trades, name), kind)
        else:
            cells = [None if cell is None else utf8(cell) for cell in column]
            columns[name] = arrow.array(cells, arrow.string())
    stream = BytesIO()
    parquet.write_table(arrow.table(columns), stream)
    return stream.getvalue()


def _decimals(arrow: Any, name: str, column: Numbers) -> Any:
    """A column of decimals with as many places as it takes."""
    coarse = coarsest(column)
    values: list[Decimal | None] = [coarse.decimal(row) for row in range(len(coarse.units))]
    digits = max((len(str(abs(units))) for units in coarse.units if units), default=1)
    digits = max(digits, coarse.places)
    if digits > MOST_DIGITS:
        raise UsageError(
            f"{name} has numbers that take {digits} digits together, and Parquet holds "
            f"{MOST_DIGITS}; write CSV or JSON"
        )
    kind = arrow.decimal128(38, coarse.places) if digits <= 38 else None
    return arrow.array(values, kind or arrow.decimal256(MOST_DIGITS, coarse.places))


def _cells(trades: Trades, currency: str) -> dict[str, Cells]:
    """Every field of some trades as text, by its name; None for what nobody knows."""
    count = range(len(trades))
    columns: dict[str, Cells] = {}
    for name in Trade._fields:
        if name in NUMBERS:
            column = _numbers(trades, name)
            places = column.places
            columns[name] = [None if one is None else _digits(one, places) for one in column.units]
        elif name in TIMES:
            instants: Sequence[int | None] = getattr(trades, name)
            columns[name] = [None if at is None else _iso(at) for at in instants]
        elif name == "outcome":
            closed: Sequence[int | None] = trades.closed_at
            columns[name] = [None if closed[row] is None else trades.outcome(row) for row in count]
        elif name == "line":
            columns[name] = [str(trades.place(row)) for row in count]
        else:
            columns[name] = list(getattr(trades, name))
    columns[CURRENCY] = [currency] * len(trades)
    return columns


def _dimension_cells(trades: Trades, dimensions: Sequence[str]) -> dict[str, Cells]:
    """Each dimension as text: `a|b` of a trade with two values, in quotes where they need them."""
    return {
        name: [
            "|".join(map(quoted, one)) if isinstance(one, tuple) else one
            for one in trades.texts(name)
        ]
        for name in dimensions
    }


def _numbers(trades: Trades, name: str) -> Numbers:
    if name == HOLD:
        return Numbers(trades.hold_us, 6)
    column: Numbers = getattr(trades, name)
    return column


def _digits(units: int, places: int) -> str:
    """`units * 10**-places` without trailing zeros: 1250 and 3 are "1.25"."""
    text = str(abs(units)).zfill(places + 1)
    whole, fraction = text[: len(text) - places], text[len(text) - places :].rstrip("0")
    sign = "-" if units < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def _iso(instant: int) -> str:
    return moment_of(instant).isoformat().replace("+00:00", "Z")


def _quoted(cell: str) -> str:
    """A cell of CSV, in quotes where it takes them."""
    if any(mark in cell for mark in ',"\n\r') or cell != cell.strip():
        return '"' + cell.replace('"', '""') + '"'
    return cell
