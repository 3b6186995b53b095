"""Executions at prices in hundredths, such as pence, beside deposits in the currency itself.

DEPOSIT   3000
BUY        119   at 1255    149,345 pence, 1,493.45 pounds
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import word_set, words

_DEPOSITS = word_set("deposit deposits deposited payin")
_AMOUNTS = word_set("quantity amount value cash total net price shares units size")
_NOTHING = Decimal(0)
_FAR_ABOVE = 10
_WITHIN = Decimal("1.2")
"""What is held may have cost more than was paid in, as some of it was earned or lent."""


def hundredths(
    columns: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int]
) -> Doubt | None:
    """Whether prices are in hundredths, where purchases cost far more than was ever paid in.

    Executions are in the order of time. A hundredth of what they cost is what was paid in.
    """
    paid_in = _paid_in(columns, rows)
    if not paid_in:
        return None
    price, sizes = roles["price"], roles["quantity"].numbers
    ways = directions(roles["side"])
    spent = most = Decimal(0)
    for row in rows:
        spent += ways[row] * abs(sizes[row] or Decimal(0)) * (price.numbers[row] or Decimal(0))
        most = max(most, spent)
    if not _FAR_ABOVE * paid_in < most <= 100 * _WITHIN * paid_in:
        return None
    return Doubt(
        "hundredths",
        f"{most:.0f} was paid for what was held at a time, and {paid_in:f} was paid in; is "
        f"{price.name} in hundredths, such as pence or cents?",
        (
            Answer("yes", {"fields.price": f"{price.expression} / 100"}),
            Answer("no: more was held than paid for", {}),
        ),
    )


def _paid_in(columns: Sequence[Column], rows: Sequence[int]) -> Decimal:
    """The sum of all deposits; 0 where none are logged."""
    amounts = [one for one in columns if one.kind == NUMBER and {*one.words} & _AMOUNTS]
    sums = [_NOTHING]
    for column in columns:
        if column.kind != TEXT or not column.has_few_words:
            continue
        names = {label for label in column.distinct if {*words(label)} & _DEPOSITS}
        found = {row for row, label in enumerate(column.labels) if label in names}
        if found.isdisjoint(rows):
            logged = ([abs(one.numbers[row] or _NOTHING) for one in amounts] for row in found)
            sums.append(sum((max(one, default=_NOTHING) for one in logged), _NOTHING))
    return max(sums)
