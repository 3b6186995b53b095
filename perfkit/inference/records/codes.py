"""A status in numbers, and which of two codes stands for trades that are still open.

exit_idx 12    status 1        closed
exit_idx 250   status 0        still open, and valued at the last bar of the backtest
exit_idx 250   status 0

So are the records of vectorbt. In others, the codes are asked about unless the exits say it.

code O;P   pnl 0       opened, as Interactive Brokers says it, and filled in part
code C     pnl 12.5    closed
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.table.columns import NUMBER, TEXT, TIME, Column
from perfkit.inference.words.names import CLOSED, time_role

_STATES = (("status",), ("state",), ("trade", "status"), ("position", "status"))
_OF_VECTORBT = frozenset((("entry", "idx"), ("exit", "idx"), ("entry", "fee"), ("exit", "fee")))
_CODES = (("code",), ("codes",), ("trade", "code"), ("trade", "codes"))
_LETTERS = re.compile("[A-Z][A-Za-z]*")
_LEAST = 2
_FEW = 3
"""Open trades are at most one of so many."""


def codes_of(column: Column) -> tuple[str, str] | None:
    """The two codes of a status in numbers, the rarer one first; None where it is none."""
    if column.kind != NUMBER or column.words not in _STATES or not column.has_few_words:
        return None
    codes = sorted((count, label) for label, count in column.distinct.items() if label)
    if len(codes) != 2 or not all(label.lstrip("-").isdigit() for _, label in codes):
        return None
    return codes[0][1], codes[1][1]


def open_code(columns: Sequence[Column]) -> tuple[Column, str] | None:
    """The column of a status in numbers with the code of open trades; None where none is known."""
    names = {column.words for column in columns}
    for column in columns:
        codes = codes_of(column)
        if codes is None:
            continue
        if names >= _OF_VECTORBT and set(codes) == {"0", "1"}:
            return column, "0"
        if any(_end_at_last(column, codes[0], end) for end in columns if _is_end(end)):
            return column, codes[0]
    return None


def _is_end(column: Column) -> bool:
    if column.kind == TIME:
        return time_role(column.name) == CLOSED
    return column.kind == NUMBER and column.words in (("exit", "idx"), ("exit", "bar"))


def _end_at_last(status: Column, code: str, end: Column) -> bool:
    """Whether all records of a code end at the last bar, and hardly any others do."""
    found = end.instants if end.kind == TIME else end.numbers
    ends = [Decimal(one) for one in found if one is not None]
    if len(ends) < len(found):
        return False
    last = max(ends)
    coded = [one == last for one, label in zip(ends, status.labels, strict=True) if label == code]
    others = [one == last for one, label in zip(ends, status.labels, strict=True) if label != code]
    return len(coded) >= _LEAST and all(coded) and sum(others) * 10 <= len(others)


def openings_by_code(pnl: Column, columns: Sequence[Column], rows: Sequence[int]) -> list[int]:
    """The records of which a code in letters says that they open, and do not close.

    None unless all others have a P&L and the code of a close, and these have a P&L of 0.
    """
    opening = [row for row in rows if not pnl.numbers[row]]
    closing = [row for row in rows if pnl.numbers[row]]
    for column in columns:
        if not closing or column.kind != TEXT or column.words not in _CODES:
            continue
        said = {row: {*_LETTERS.findall(str(column.values[row]))} for row in rows}
        are_opened = all("O" in said[row] and "C" not in said[row] for row in opening)
        if are_opened and all("C" in said[row] for row in closing):
            return opening
    return []


def may_be_open(
    columns: Sequence[Column], roles: Mapping[str, Column], pnl: Column, rows: Sequence[int]
) -> tuple[Column, str] | None:
    """A status in numbers, of which the rarer code may stand for open trades.

    It does not where it says what was won, or where many records have it.
    """
    for column in columns:
        codes = codes_of(column)
        if codes is None or column is roles.get("side"):
            continue
        rare = [row for row in rows if column.labels[row] == codes[0]]
        if not rare or len(rare) * _FEW > len(rows):
            continue
        signs = {(column.labels[row], (pnl.numbers[row] or 0) > 0) for row in rows}
        if len(signs) > 2:
            return column, codes[0]
    return None
