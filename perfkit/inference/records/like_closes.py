"""Words of unknown meaning whose records have all that those of closes have.

outcome   win, loss   each with an exit and a P&L
          nothing     with an exit and a P&L of 0: a trade that came out even
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from perfkit.inference.records.kinds import FAILED, MOVED, OPENING, UPDATES, says_it_is_open
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.words.names import words

_NO_CLOSE = FAILED | MOVED | OPENING | UPDATES


def words_like_closes(
    column: Column,
    pnl: Column,
    rows: Sequence[int],
    ended: Sequence[bool],
    known: Collection[str],
) -> set[str]:
    """The words of a column in some rows, other than the `known` ones, that close a trade as well.

    Each of their records has ended, with a closing time or an exit price, and has a P&L. Empty
    where a log has neither such times nor such prices.
    """
    if column.kind != TEXT or not ended:
        return set()
    found = {
        label
        for label in {column.labels[row] for row in rows}
        if label and label not in known and not _says_that_none_closed(label)
    }
    for row in rows:
        if not ended[row] or pnl.numbers[row] is None:
            found.discard(column.labels[row])
    return found


def _says_that_none_closed(label: str) -> bool:
    return bool(set(words(label)) & _NO_CLOSE) or says_it_is_open(label)
