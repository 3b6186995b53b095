"""A P&L that only records of orders have that were never filled, such as those of a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.records.filled import WAITING
from perfkit.inference.records.kinds import CLOSING, FAILED
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import word_set, words

_STATES = word_set("status state")
_FILLED = CLOSING | word_set("filled executed")
_NOT_FILLED = WAITING | FAILED | word_set("transit waiting unfilled working")


def of_unexecuted(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], times: Times
) -> Doubt | None:
    """Whether there are results, where each record with a P&L says that its order waits or failed.

    A closing time or an exit price says more.
    """
    rows = best.closing.rows
    ends = [*times.closed, *(roles[one] for one in ("exit_price",) if one in roles)]
    if any(one.present[row] for one in ends for row in rows):
        return None
    for column in columns:
        if column.kind != TEXT or not set(column.words) & _STATES or not column.has_few_words:
            continue
        said = {column.labels[row] for row in rows}
        if not all(_is_not_filled(label) for label in said):
            continue
        named = sorted({str(column.values[row]) for row in rows})
        asked = f"All {len(rows)} records with a {best.pnl.name} have {column.name} "
        asked += f"{' or '.join(named)}; is {best.pnl.name} the result of a closed trade?"
        nothing = no(f"{best.pnl.name} is not the result of a trade, as answered")
        return Doubt("weak", asked, (Answer("yes", {}), nothing))
    return None


def _is_not_filled(label: str) -> bool:
    said = set(words(label))
    return bool(said & _NOT_FILLED) and not said & _FILLED
