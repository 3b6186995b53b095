"""Trades and tallies as bytes, and back, exactly.

Columns shrink by what they are: one value throughout, whole numbers of 64 bits, a few distinct
texts, or anything else as it stands. The bytes are Python's own (`marshal`), read only after their
checksum was right and only by the version of Python that wrote them.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Mapping, Sequence

from perfkit.core.dimensions import NO_DIMENSIONS, Columns, Dimensions
from perfkit.core.numbers import Numbers, coarsest, is_constant, words
from perfkit.core.trades import COLUMNS, Trades
from perfkit.disk.sealed import MARSHAL
from perfkit.metrics.drawdown import Curve
from perfkit.metrics.streaks import Streaks
from perfkit.metrics.tally import Counts, Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

_FEW = 256

PackedTally: TypeAlias = "tuple[Any, ...]"


class PackedTrades:
    """Trades with each column as small as it gets, to be cut into runs and to be digested."""

    def __init__(self, trades: Trades) -> None:
        self.trades = trades
        self._columns: dict[str, tuple[object, int]] = {}

    def _column(self, name: str) -> tuple[Any, int]:
        """A column packed, once, and its decimal places; -1 for one that is not of numbers."""
        if name not in self._columns:
            column = getattr(self.trades, name)
            if isinstance(column, Numbers):
                self._columns[name] = _packed(column.units), column.places
            else:
                self._columns[name] = _packed(column), -1
        return self._columns[name]

    def _dimension(self, name: str) -> Any:
        """The column of a dimension packed, once."""
        key = f"dimension {name}"
        if key not in self._columns:
            self._columns[key] = _packed(self.trades.dimensions.columns[name]), -1
        return self._columns[key][0]

    def run(self, first: int, last: int) -> bytes:
        """The rows from `first` to before `last` as bytes, without the paths of their files."""
        trades = self.trades
        whole = last - first == len(trades)
        columns = [
            (packed if whole else _cut(packed, first, last), places)
            for packed, places in map(self._column, COLUMNS)
        ]
        others = []
        if trades.other_lines:
            places = zip(trades.file[first:last], trades.line[first:last], strict=True)
            own = dict.fromkeys(places)  # those of a whole log may be many times as many
            others = [(at, trades.other_lines[at]) for at in own if at in trades.other_lines]
        dimensions = b""
        if trades.dimensions is not NO_DIMENSIONS:
            own_columns = {
                name: packed if whole else _cut(packed, first, last)
                for name in trades.dimensions.columns
                for packed in [self._dimension(name)]
            }
            dimensions = marshal.dumps(own_columns, MARSHAL)
        return marshal.dumps((last - first, columns, others, dimensions), MARSHAL)

    def canonical(self, name: str) -> bytes:
        """Bytes that are equal for equal columns and differ for different ones.

        Numbers count by value, whatever unit they are in.
        """
        packed, places = self._column(name)
        column = getattr(self.trades, name)
        if isinstance(column, Numbers):
            coarse = coarsest(column)
            if coarse is not column:
                packed, places = _packed(coarse.units), coarse.places
        return _canonical(packed, places, len(self.trades))

    def canonical_dimension(self, name: str) -> bytes:
        """The same of the column of a dimension."""
        return _canonical(self._dimension(name), -1, len(self.trades))


def unpacked_trades(content: bytes, paths: Mapping[int, str]) -> Trades:
    """The trades of those bytes; `paths` has those of their files."""
    rows, packed, others, dimensions = marshal.loads(content)
    columns: dict[str, Any] = {}
    for name, (column, places) in zip(COLUMNS, packed, strict=True):
        values = _unpacked(column, rows)
        columns[name] = values if places < 0 else Numbers(values, places)
    own = NO_DIMENSIONS
    if dimensions:
        own = Dimensions(lambda: _unpacked_dimensions(dimensions, rows))
    return Trades(columns, paths, dict(others), own)


def packed_tally(tally: Tally) -> PackedTally:
    """A tally as plain tuples."""
    counts, totals, places, best, worst, streaks, curve, first_at, last_at = tally
    return (
        *(tuple(counts), totals, places, best, worst),
        *(tuple(streaks), tuple(curve), first_at, last_at),
    )


def unpacked_tally(packed: PackedTally) -> Tally:
    """The tally of plain tuples."""
    counts, totals, places, best, worst, streaks, curve, first_at, last_at = packed
    return Tally(
        *(Counts._make(counts), totals, places, best, worst),
        *(Streaks._make(streaks), Curve._make(curve), first_at, last_at),
    )


def _unpacked_dimensions(content: bytes, rows: int) -> Columns:
    return {name: _unpacked(packed, rows) for name, packed in marshal.loads(content).items()}


def _canonical(packed: Any, places: int, rows: int) -> bytes:
    if isinstance(packed, bytes):
        return b"%d numbers %d " % (places, len(packed)) + packed
    if isinstance(packed, tuple) and len(packed) == 2:
        distinct, codes = packed
        return b"%d codes %d %b " % (places, len(codes), _shown(distinct)) + bytes(codes)
    return b"%d values %d %b" % (places, rows, _shown(packed))


def _packed(column: Sequence[Any]) -> object:
    """`(value,)` throughout, bytes of 64-bit numbers, `(distinct, codes)`, or the list itself."""
    if not column:
        return []
    first = column[0]
    if is_constant(column):
        return (first,)
    if type(first) is int:
        try:
            return words(column)
        except OverflowError:  # None or a greater number among them
            pass
    distinct = list(dict.fromkeys(column))
    if len(distinct) <= _FEW:
        codes = {value: code for code, value in enumerate(distinct)}
        return distinct, bytes(map(codes.__getitem__, column))
    return list(column)


def _cut(packed: Any, first: int, last: int) -> object:
    """Some rows of a packed column."""
    if isinstance(packed, bytes):
        return packed[8 * first : 8 * last]
    if isinstance(packed, list):
        return packed[first:last]
    if len(packed) == 1:
        return packed
    distinct, codes = packed
    return distinct, codes[first:last]


def _shown(values: object) -> bytes:
    return repr(values).encode("utf-8", "surrogatepass")


def _unpacked(packed: Any, rows: int) -> list[Any]:
    if isinstance(packed, bytes):
        numbers = array("q")
        numbers.frombytes(packed)
        return numbers.tolist()
    if isinstance(packed, list):
        return packed
    if len(packed) == 1:
        return list(packed) * rows
    distinct, codes = packed
    return list(map(distinct.__getitem__, codes))
