"""Executions that stand in a log more than once, though not in every field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.directions import directions

_PARTS = ("symbol", "side", "quantity", "price")
_REPEATED = 3
"""Executions that come again are asked about if they are one of so many."""
_LEAST_SYMBOLS = 2


def numbered_again(
    columns: Sequence[Column], roles: Mapping[str, Column], when: Column, rows: Sequence[int]
) -> Doubt | None:
    """Executions that come again with the same number, time, symbol, side, quantity and price.

    So they do where several exports of an account were joined. The number is that of a column which
    has another value for each of them, and the same value where they come again.
    """
    parts = [when, *(roles[role] for role in _PARTS if role in roles)]
    keys = [tuple(one.labels[row] for one in parts) for row in rows]
    different = len(set(keys))
    if (len(rows) - different) * _REPEATED < len(rows):
        return None
    for column in columns:
        if column in parts or column.kind not in (TEXT, NUMBER) or column.filled < len(rows):
            continue
        labels = [column.labels[row] for row in rows]
        pairs = set(zip(labels, keys, strict=True))
        if len(pairs) == len(set(labels)) == different:
            return Doubt(
                "repeats",
                f"{len(rows) - different} of {len(rows)} executions have the {column.name}, time, "
                "quantity and price of an earlier one; do they count again?",
                (
                    Answer(f"no, once for each {column.name}", {"identity": [column.expression]}),
                    Answer("yes", {}),
                ),
            )
    return None


def bought_twice(roles: Mapping[str, Column], rows: Sequence[int]) -> Doubt | None:
    """Purchases that each stand twice, where only half of what was bought so was ever sold.

    So they do where a log lists what is held among what was bought. Bought 10, bought 10, sold 10:
    either 10 are left, or the second line is no purchase. `rows` are in the order of time.
    """
    side, size, symbol = roles.get("side"), roles["quantity"], roles.get("symbol")
    if side is None or symbol is None:
        return None
    ways = directions(side)
    bought: dict[str, list[Decimal]] = {}
    sold: Counter[str] = Counter()
    for row in rows:
        name, amount = symbol.labels[row], abs(size.numbers[row] or Decimal(0))
        if ways[row] > 0:
            bought.setdefault(name, []).append(amount)
        else:
            sold[name] += 1
            if sold[name] > 1 or bought.get(name) != [amount, amount]:
                return None
    if len(sold) < _LEAST_SYMBOLS or set(bought) != set(sold):
        return None
    if any(len(amounts) > 2 for amounts in bought.values()):
        return None
    return Doubt(
        "bought_twice",
        f"Each purchase occurs twice with the same {size.name}, and half of it is sold; are both "
        "purchases? If not, remove one of them from the file",
        (Answer("yes, half is still held", {}),),
    )
