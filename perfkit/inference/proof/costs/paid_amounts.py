"""Fees that no column names, but which are in what each execution cost or brought in.

buy   2 at 10   amount 20.02     the fee is 0.02: abs(amount - price * quantity)
sell  2 at 12   amount 23.976    the fee is 0.024
buy   3 at 11   amount -33.033   signed amounts: abs(abs(amount) - price * quantity)
buy   2 at 10   fee_bps 5        the fee is 0.01: price * quantity * fee_bps / 10000
buy   2 at 10   cost 20.02       two columns: the amount is (cost or 0) + (proceeds or 0)
sell  2 at 12   proceeds 23.976
buy   2 at 10   amount 2000.08   one is worth 100 times its price, and the fee is 0.08
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations, starmap
from typing import NamedTuple

from perfkit.inference.proof.evidence import costs
from perfkit.inference.proof.quantities.multipliers import Worth
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.derived_columns import paid_or_received
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import word_set
from perfkit.inference.words.role_names import is_fee

_LEAST = 4
_LEAST_OF_EACH = 2
_MOST_COLUMNS = 6
_ONE = Decimal(1)
_FACTORS = tuple(map(Decimal, (100, 10, 1000, 50, 20, 5, 2)))
_MOST = Decimal("0.02")
_CLEARLY = 100
"""Fees are more than others if all of them differ by more than one of so many parts."""
_RATES = tuple((cost, unit) for cost in ("fee", "commission") for unit in ("bps", "rate"))
_MOST_RATE = Decimal("0.01")
_NONE = Decimal("1e-9")
_OF_VALUES = word_set(
    "amount value total cost notional cash net proceeds usd usdt usdc eur gbp krw jpy inr funds "
    "quote turnover sum payment paid debit credit spent received invested"
)
_OF_ACCOUNTS = word_set("balance equity after before available remaining cumulative running")


class PaidAmount(NamedTuple):
    """A column of what executions cost or brought in, and the expression of the fee in it."""

    column: Column
    commission: str


def fee_by_rate(
    roles: Mapping[str, Column], columns: Sequence[Column], rows: Sequence[int]
) -> PaidAmount | None:
    """The fees that a column has as parts of what was traded: in basis points, or below 0.01."""
    for column in columns:
        rates = [rate for row in rows if (rate := column.numbers[row])]
        if column.kind != NUMBER or not rates or column.words not in _RATES:
            continue
        if column.words[-1] == "rate" and max(map(abs, rates)) >= _MOST_RATE:
            continue
        price, quantity = roles["price"].expression, roles["quantity"].expression
        if any((size or 0) < 0 for size in roles["quantity"].numbers):
            quantity = f"abs({quantity})"
        basis = " / 10000" if column.words[-1] == "bps" else ""
        return PaidAmount(column, f"{price} * {quantity} * {column.expression}{basis}")
    return None


def fee_in_amount(
    roles: Mapping[str, Column],
    columns: Sequence[Column],
    rows: Sequence[int],
    factor: Decimal = _ONE,
) -> PaidAmount | None:
    """The fees that amounts have in them: purchases cost more than their worth, sales bring less.

    None where amounts are just price times quantity, or where rounding may be all that they miss
    it by. One of a quantity is worth `factor` times its price. Without a side, what is below 0
    is sold.
    """
    if not {"quantity", "price"} <= roles.keys():
        return None
    worth, ways = _worth(roles, rows, factor), _ways(roles)
    amounts = [one for one in columns if _may_be_amount(one, roles)]
    of_sides = starmap(paid_or_received, combinations(amounts[:_MOST_COLUMNS], 2))
    for column in (*amounts, *filter(None, of_sides)):
        if _has_fees(column, worth, ways):
            return PaidAmount(column, _fee(column, roles, factor))
    return None


def is_more_than(
    paid: Column,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    rows: Sequence[int],
    factor: Decimal,
) -> bool:
    """Whether the fees in amounts are, in most records, more than those that are logged."""
    more = compared = 0
    most = least = Decimal(0)
    for row, value in _worth(roles, rows, factor).items():
        amount = paid.numbers[row]
        if amount is None:
            continue
        shown, said = abs(abs(amount) - value), abs(costs(fees, row))
        allowed = (len(fees) + 2) * max(paid.step, *(fee.step for fee in fees))
        compared += 1
        more += shown - said > allowed
        most, least = most + shown, least + said
    is_most = more * 10 >= 8 * compared and most - least > most / _CLEARLY
    return compared >= _LEAST and is_most


def _ways(roles: Mapping[str, Column]) -> Sequence[int]:
    """1 for each purchase and -1 for each sale."""
    if "side" in roles:
        return directions(roles["side"])
    return [0 if not size else 1 if size > 0 else -1 for size in roles["quantity"].numbers]


def worth_with_fees(
    roles: Mapping[str, Column], columns: Sequence[Column], rows: Sequence[int]
) -> Worth | None:
    """What one of a quantity is worth, as 100 shares an option, by amounts with fees in them."""
    for factor in _FACTORS:
        if (paid := fee_in_amount(roles, columns, rows, factor)) is not None:
            return Worth(paid.column, factor, is_sure=True)
    return None


def _may_be_amount(column: Column, roles: Mapping[str, Column]) -> bool:
    if column in roles.values() and column is not roles.get("stake"):
        return False
    said = set(column.words)
    if column.kind != NUMBER or not said & _OF_VALUES or said & _OF_ACCOUNTS:
        return False
    return not is_fee(column.name)


def _worth(roles: Mapping[str, Column], rows: Sequence[int], factor: Decimal) -> dict[int, Decimal]:
    prices, sizes = roles["price"].numbers, roles["quantity"].numbers
    pairs = ((row, prices[row], sizes[row]) for row in rows)
    return {row: abs(price * size) * factor for row, price, size in pairs if price and size}


def _has_fees(column: Column, worth: Mapping[int, Decimal], ways: Sequence[int]) -> bool:
    """Whether all purchases cost at least what they are worth, and all sales bring at most that."""
    missed: dict[int, list[Decimal]] = {1: [], -1: []}
    for row, value in worth.items():
        amount = column.numbers[row]
        if amount is None or not ways[row]:
            return False
        paid = (abs(amount) - value) * ways[row]
        if paid < -max(value * _NONE, column.step) or paid > value * _MOST:
            return False
        missed[ways[row]].append(max(Decimal(0), paid - column.step) / value)
    if sum(map(len, missed.values())) < _LEAST or min(map(len, missed.values())) < _LEAST_OF_EACH:
        return False
    return any(
        sum(part > _NONE for part in parts) * 10 >= 9 * len(parts) for parts in missed.values()
    )


def _fee(column: Column, roles: Mapping[str, Column], factor: Decimal) -> str:
    price, quantity = roles["price"].expression, roles["quantity"].expression
    worth = f"{price} * {quantity}" + ("" if factor == _ONE else f" * {factor:f}")
    if any((size or 0) < 0 for size in roles["quantity"].numbers):
        worth = f"abs({worth})"
    name = column.expression
    if any((amount or 0) < 0 for amount in column.numbers):
        name = f"abs({name})"
    return f"abs({name} - {worth})"
