"""Trades and tallies as bytes, and back, exactly.

Columns shrink by what they are: one value throughout, whole numbers of 64 bits, a few distinct
texts, or anything else as it stands. The bytes are Python's own (`marshal`), read only after their
checksum was right and only by the version of Python that wrote them.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Mapping, Sequence

from perfkit.columns import Numbers
from perfkit.quiet import MARSHAL
from perfkit.sequences import Curve, Streaks
from perfkit.tally import Counts, Tally
from perfkit.trades import COLUMNS, Trades

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

_FEW = 256

PackedTally: TypeAlias = "tuple[Any, ...]"


def packed_trades(trades: Trades) -> bytes:
    """Trades as bytes, without the paths of their files."""
    columns = []
    for name in COLUMNS:
        column = getattr(trades, name)
        if isinstance(column, Numbers):
            columns.append((_packed(column.units), column.places))
        else:
            columns.append((_packed(column), -1))
    others = []
    if trades.other_lines:
        places = set(zip(trades.file, trades.line, strict=True))
        others = [item for item in trades.other_lines.items() if item[0] in places]
    return marshal.dumps((len(trades), columns, others), MARSHAL)


def unpacked_trades(content: bytes, paths: Mapping[int, str]) -> Trades:
    """The trades of those bytes; `paths` has those of their files."""
    rows, packed, others = marshal.loads(content)
    columns: dict[str, Any] = {}
    for name, (column, places) in zip(COLUMNS, packed, strict=True):
        values = _unpacked(column, rows)
        columns[name] = values if places < 0 else Numbers(values, places)
    return Trades(columns, paths, dict(others))


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


def _packed(column: Sequence[Any]) -> object:
    """`(value,)` throughout, bytes of 64-bit numbers, `(distinct, codes)`, or the list itself."""
    if not column:
        return []
    first = column[0]
    if column.count(first) == len(column):
        return (first,)
    if type(first) is int:
        try:
            return array("q", column).tobytes()
        except (TypeError, OverflowError):  # None or a greater number among them
            pass
    distinct = list(dict.fromkeys(column))
    if len(distinct) <= _FEW:
        codes = {value: code for code, value in enumerate(distinct)}
        return distinct, bytes(map(codes.__getitem__, column))
    return list(column)


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
