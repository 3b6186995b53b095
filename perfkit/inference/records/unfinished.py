"""Exits of trades that are still open, which lists of entries and exits have for a value so far.

1   Entry long   100               3   Entry long   105
1   Exit long    110   TP          3   Exit long    104   Open      of a trade that has not ended
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.records.kinds import is_held, logged
from perfkit.inference.records.order_effects import entry_and_exit_words
from perfkit.inference.table.columns import TEXT, TIME, Column
from perfkit.inference.words.names import word_set

_SAYING = word_set("signal reason comment note status state time date exit")
_MOST = 4
"""Of so many exits, one at most is of a trade that is open."""


def unfinished_records(columns: Sequence[Column]) -> tuple[set[int], dict[str, object]]:
    """Exits that say `Open` beside the word for an exit, and the condition that leaves them out."""
    for marker in columns:
        opening, closing = entry_and_exit_words(marker)
        if not opening or not closing:
            continue
        exits = {row for row, label in enumerate(marker.labels) if label in closing}
        for column in columns:
            if column is marker or column.kind not in (TEXT, TIME):
                continue
            if not set(column.words) & _SAYING:
                continue
            rows = {row for row, label in enumerate(column.labels) if is_held(label)}
            if rows and rows <= exits and len(rows) * _MOST <= len(exits):
                said = {column.labels[row] for row in rows}
                return rows, {column.expression: {"not": logged(column, said)}}
    return set(), {}
