"""Options on 100 shares beside the shares themselves, as what was paid for each shows it.

BTO    1 at 1.42     amount -142.04      an option: 100 times its price, and a fee
Buy    10 at 240     amount -2400        shares
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import word_set
from perfkit.inference.words.role_names import is_fee

_SHARES = Decimal(100)
_OF_VALUES = word_set("amount value total cost notional cash net proceeds")
_OF_ACCOUNTS = word_set("balance equity after before available remaining cumulative running")
_OF_KINDS = word_set("type class kind category code product security asset")
_OF_ORDERS = word_set("side action transaction trans order")
_MOST = Decimal("0.02")
_MOST_OF_ONE = Decimal(2)
"""Fees are at most 2 % of what is paid, or 2 for each contract."""
_MOST_WORDS, _MOST_KINDS = 4, 12
_LEAST = 2


class OptionSizes(NamedTuple):
    """The column that shows of how many shares each record is, and the quantity as an expression.

    The expression is empty where some records are of shares, and nothing says which.
    """

    column: Column
    expression: str


def option_sizes(
    roles: Mapping[str, Column], columns: Sequence[Column], rows: Sequence[int]
) -> OptionSizes | None:
    """The sizes of records of which some are paid 100 times as much as price x quantity says."""
    if not {"side", "quantity", "price"} <= roles.keys():
        return None
    size = roles["quantity"]
    for column in columns:
        said = set(column.words)
        if column.kind != NUMBER or is_fee(column.name):
            continue
        if column in roles.values() and column is not roles.get("stake"):
            continue
        if not said & _OF_VALUES or said & _OF_ACCOUNTS:
            continue
        factors = _factors(column, roles, rows)
        options = [row for row in factors if factors[row] == _SHARES]
        if len(options) < _LEAST or len(factors) < len(rows):
            continue
        shares = [row for row in factors if factors[row] == 1]
        if not shares:
            return OptionSizes(column, f"{size.expression} * {_SHARES}")
        every = [roles["side"], *columns]
        return OptionSizes(column, of_each_kind(size, every, options, shares))
    return None


def fee_of(sized: OptionSizes, roles: Mapping[str, Column]) -> str:
    """The fee as an expression: by how much an amount misses what was traded."""
    worth = f"{roles['price'].expression} * abs({sized.expression})"
    return f"abs(abs({sized.column.expression}) - {worth})"


def are_plain(roles: Mapping[str, Column], columns: Sequence[Column], rows: Sequence[int]) -> bool:
    """Whether an amount shows that one of the quantity is worth its price in all records."""
    if not {"side", "quantity", "price"} <= roles.keys():
        return False
    for column in columns:
        said = set(column.words)
        if column.kind != NUMBER or not said & _OF_VALUES or said & _OF_ACCOUNTS:
            continue
        factors = _factors(column, roles, rows)
        if len(factors) == len(rows) >= _LEAST and set(factors.values()) == {Decimal(1)}:
            return True
    return False


def _factors(
    column: Column, roles: Mapping[str, Column], rows: Sequence[int]
) -> dict[int, Decimal]:
    """For each record 1 or 100, as its amount shows; a purchase costs no less, a sale no more."""
    ways = directions(roles["side"])
    found: dict[int, Decimal] = {}
    for row in rows:
        size, price = roles["quantity"].numbers[row], roles["price"].numbers[row]
        amount = column.numbers[row]
        if not size or not price or amount is None:
            continue
        for factor in (Decimal(1), _SHARES):
            worth = abs(size * price) * factor
            fee = (abs(amount) - worth) * ways[row]
            most = max(worth * _MOST, _MOST_OF_ONE * abs(size) if factor > 1 else Decimal(0))
            if -column.step <= fee <= max(most, column.step) and fee < worth:
                found[row] = factor
                break
    return found


def of_each_kind(
    size: Column, columns: Sequence[Column], options: Sequence[int], shares: Sequence[int]
) -> str:
    """The quantity by a column whose words tell shares from options; empty where none does."""
    for column in columns:
        if not set(column.words) & _OF_ORDERS | set(column.words) & _OF_KINDS:
            continue
        if column.kind != TEXT or not column.has_few_words or len(column.distinct) > _MOST_KINDS:
            continue
        of_shares = {column.labels[row] for row in shares}
        if "" in of_shares or of_shares & {column.labels[row] for row in options}:
            continue
        words = list(dict.fromkeys(str(column.values[row]) for row in shares))
        if len(words) <= _MOST_WORDS and not any('"' in word for word in words):
            name = size.expression
            each = [f'where({name}, {column.expression}, "{word}")' for word in words]
            return " or ".join([*each, f"{name} * {_SHARES}"])
    return ""
