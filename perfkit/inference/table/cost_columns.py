"""Which columns hold what a trade cost in money.

fee 0.70   commission 0.50   tax 0.20     the fee is of the whole trade: the others are its parts
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from perfkit.inference.table import shapes
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.words.names import word_set
from perfkit.inference.words.role_names import CARRY, is_currency_of_fee, is_fee, is_total_fee


def fees_of(columns: Sequence[Column]) -> list[Column]:
    """The columns of costs in money: a total alone where there is one, else its parts."""
    numbers = [column for column in columns if column.kind == NUMBER]
    fees = [one for one in numbers if is_fee(one.name) or _is_part_of_worth(one, numbers)]
    fees = [column for column in fees if column.filled and any(column.numbers)]
    carried = [column for column in fees if set(column.words) & CARRY]
    in_money = [one for one in fees if "cost" in one.words and one not in carried]
    if in_money:
        fees = [*in_money, *(column for column in carried if column not in in_money)]
    elif not any(is_currency_of_fee(column.name) for column in columns if column.filled):
        fees = [one for one in fees if not _is_rate(one)]
    totals = [column for column in fees if is_total_fee(column.name)]
    totals = totals or [one for one in numbers if _is_their_total(one, fees)]
    return totals[:1] or _without_parts(fees[:_MOST])


_MOST = 6
_LEAST_OF_SEVERAL = 3


def _without_parts(fees: Sequence[Column]) -> list[Column]:
    """The costs without those that are the parts of another, which is their sum in all records."""
    for total in fees:
        others = [one for one in fees if one is not total]
        for count in range(len(others), 1, -1):
            for parts in combinations(others, count):
                if _is_sum(total, parts):
                    return [one for one in fees if one not in parts]
    return list(fees)


def _is_sum(total: Column, parts: Sequence[Column]) -> bool:
    """Whether costs are the sum of others, in some records of two or more that are not 0."""
    allowed = (len(parts) + 1) * max(one.step for one in (total, *parts))
    of_several = 0
    for row, number in enumerate(total.numbers):
        added = [abs(cost) for part in parts if (cost := part.numbers[row])]
        if abs(abs(number or Decimal(0)) - sum(added, Decimal(0))) > allowed:
            return False
        of_several += len(added) > 1 and sum(added, Decimal(0)) > 2 * allowed
    return of_several >= _LEAST_OF_SEVERAL


_TOTAL = word_set("total all")
_COSTS = word_set("cost costs")
_MOST_OF_PARTS = 3
_OF_FLOATS = Decimal("1e-9")


def _is_their_total(total: Column, fees: Sequence[Column]) -> bool:
    """Whether `total_costs` are those of all costs, not what was paid for what was bought.

    They are at least what known costs beside them add up to, and no more than a few times that.
    """
    said = {*total.words}
    if len(fees) < 2 or not (said & _TOTAL and said & _COSTS and said <= _TOTAL | _COSTS):
        return False
    for row, number in enumerate(total.numbers):
        known = sum((abs(one.numbers[row] or Decimal(0)) for one in fees), Decimal(0))
        rounded = total.step + known * _OF_FLOATS
        if not known - rounded <= abs(number or Decimal(0)) <= _MOST_OF_PARTS * known + rounded:
            return False
    return True


_OF_WORTH = word_set("value amount notional total turnover gross proceeds worth consideration")
_MOST_OF_WORTH = Decimal("0.02")


def _is_part_of_worth(cost: Column, columns: Sequence[Column]) -> bool:
    """Whether a column `cost` is at most 2 % of a value beside it, and so no value itself."""
    if set(cost.words) - {"cost", "costs"}:
        return False
    for worth in columns:
        if worth is cost or not set(worth.words) & _OF_WORTH:
            continue
        pairs = [
            (abs(a), abs(b)) for a, b in zip(cost.numbers, worth.numbers, strict=True) if a and b
        ]
        if pairs and all(a <= b * _MOST_OF_WORTH for a, b in pairs):
            return True
    return False


def _is_rate(fee: Column) -> bool:
    """Whether costs are a rate such as 0.001, the same for all records."""
    if any(map(shapes.unit_of_number, fee.sample[:20])):
        return False
    values = {abs(cost) for cost in fee.numbers if cost}
    return len(fee.values) > 1 and len(values) == 1 and values.pop() <= Decimal("0.01")
