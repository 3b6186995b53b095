"""Words of records that only open a trade, where the P&L beside these is what opening cost.

action   BUY    SELL   BUY    FLATTEN      a size of 100 for each purchase
pnl      -0.1   4.8    -0.1   -2.3         a tenth of a per cent of it: no trade lost that
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations_with_replacement

from perfkit.inference.records.kinds import CLOSING, FAILED, OPENING, UPDATES
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.words.names import word_set, words

_LEAST = 3
_BUYS = word_set("buy bought long short open grid")
_SELLS = word_set("sell sold")
_OF_KINDS = word_set("action side direction type event kind signal order operation op")
_SMALL = 5
"""Results are so many times what opening cost, on average."""
_NEARLY = Decimal("1.1")
"""Costs are one rate of a size, but for what they are rounded by and so much."""


def paid_openings(
    column: Column, pnl: Column, columns: Sequence[Column], rows: Sequence[int]
) -> tuple[set[str], set[str]]:
    """The words of records that close, and of those that open at a cost; empty where none do."""
    none: tuple[set[str], set[str]] = (set(), set())
    if column.kind != TEXT or not set(column.words) & _OF_KINDS:
        return none
    said = {label: set(words(label)) for label in {column.labels[row] for row in rows}}
    if any(one & (FAILED | UPDATES) for one in said.values()):
        return none
    ends = {label for label, one in said.items() if one & CLOSING and not one & OPENING}
    opens = _BUYS | OPENING | (_SELLS if ends else set())
    begins = {label for label, one in said.items() if one & opens and label not in ends}
    begins = {label for label in begins if _has_only_costs(column, pnl, rows, label)}
    ends |= {label for label, one in said.items() if one & _SELLS and label not in begins}
    opening = [row for row in rows if column.labels[row] in begins]
    closing = [row for row in rows if column.labels[row] in ends]
    if len(opening) + len(closing) < len(rows) or len(opening) < max(_LEAST, len(closing) // 2):
        return none
    if not closing or min(closing) < min(opening) or not _are_small(pnl, opening, closing):
        return none
    numbers = [one for one in columns if one.kind == NUMBER and one is not pnl]
    for label in begins:
        of_label = [row for row in opening if column.labels[row] == label]
        if not _are_of_one_rate(pnl, numbers, of_label):
            return none
    return ends, begins


def _has_only_costs(column: Column, pnl: Column, rows: Sequence[int], label: str) -> bool:
    """Whether each record with a word has a P&L below 0."""
    return all((pnl.numbers[row] or 0) < 0 for row in rows if column.labels[row] == label)


def _are_small(pnl: Column, opening: Sequence[int], closing: Sequence[int]) -> bool:
    """Whether what opening cost is little beside results, some of which are gains."""
    earned = [pnl.numbers[row] or Decimal(0) for row in closing]
    if not any(one > 0 for one in earned):
        return False
    spent = sum((abs(pnl.numbers[row] or Decimal(0)) for row in opening), Decimal(0))
    return spent * _SMALL * len(closing) <= sum(map(abs, earned), Decimal(0)) * len(opening)


def _are_of_one_rate(pnl: Column, numbers: Sequence[Column], rows: Sequence[int]) -> bool:
    """Whether costs are all alike, or one rate of a size or of a size times a price."""
    spent = [abs(pnl.numbers[row] or Decimal(0)) for row in rows]
    for size in ([Decimal(1)] * len(rows), *_sizes(numbers, rows)):
        least = [(paid - pnl.step / 2) / of for paid, of in zip(spent, size, strict=True)]
        most = [(paid + pnl.step / 2) / of for paid, of in zip(spent, size, strict=True)]
        if max(least) <= min(most) * _NEARLY:
            return True
    return False


def _sizes(numbers: Sequence[Column], rows: Sequence[int]) -> Iterator[list[Decimal]]:
    """The numbers above 0 of each column, and those of each two multiplied."""
    known = [
        [one.numbers[row] or Decimal(0) for row in rows]
        for one in numbers
        if all((one.numbers[row] or 0) > 0 for row in rows)
    ]
    yield from known
    for one, other in combinations_with_replacement(known, 2):
        yield [a * b for a, b in zip(one, other, strict=True)]
