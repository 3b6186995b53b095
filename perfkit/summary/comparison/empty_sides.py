"""Why a side has no trade to compare, and which values its field has."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.core.dimensions import names_in
from perfkit.core.errors import did_you_mean
from perfkit.core.filters.conditions import in_words
from perfkit.core.filters.plain import ORDERED_FIELDS, is_plain
from perfkit.core.filters.where import meeting
from perfkit.core.formatting import plain
from perfkit.core.trades import Trades
from perfkit.summary.comparison.shown import side_text
from perfkit.summary.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.summary.comparison.shape import ComparisonShape

MOST_VALUES = 12
"""So many values of a field are named."""


def why_empty(found: ComparisonShape, sides: Sequence[Selection]) -> tuple[str, ...]:
    """A sentence for each side without a closed trade."""
    trades = found.figure("closed_trades")
    return tuple(
        _reason(selection, f"{word}, {side_text(shape, plain)},")
        for selection, shape, count, word in zip(
            sides,
            (found.base, found.other),
            (trades.base, trades.other),
            ("Base", "Other"),
            strict=True,
        )
        if not count
    )


def values_in(trades: Trades, field: str) -> list[str]:
    """The values that trades have in a text or a dimension, the one that closed last at the end."""
    found: dict[str, None] = {}
    for value in reversed(trades.texts(field)):
        for name in names_in(value):
            found.setdefault(name)
    return [name for name in reversed(found) if name]


def _reason(selection: Selection, otherwise: str) -> str:
    """Which condition no trade meets, on any day; else that none is in these days."""
    closed, calendar = selection.book.closed, selection.book.config.calendar
    for field, said in selection.where.items():
        if field == "source" or len(meeting(closed, {field: said}, calendar)):
            continue
        what = in_words(field, said, plain)
        return f"No trade in the logs has {what}{_instead(closed, field, said)}"
    return f"{otherwise} has no closed trade"


def _instead(trades: Trades, field: str, said: str) -> str:
    """The value that may be meant, and those that there are."""
    values = [] if field in ORDERED_FIELDS else values_in(trades, field)
    if not values:
        return ""
    meant = did_you_mean(said, list(map(plain, values))) if is_plain(said) else ""
    some, more = sorted(values)[:MOST_VALUES], len(values) - MOST_VALUES
    listed = ", ".join(plain(one) for one in some) + (f" and {more:,} more" if more > 0 else "")
    return f"; {meant}the values are {listed}"
