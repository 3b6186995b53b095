"""What one of a quantity is worth in prices, as a value or the fees beside it show.

quantity 2   price 11.5   value 2300    each is worth 100 times its price
quantity 6   price 3000   fee 0.09      fees of 0.0005 % would be of much less than 6 x 3000
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.proof.evidence import costs
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import word_set
from perfkit.inference.words.role_names import is_fee

_LEAST = 4
_LEAST_FEES = 8
_EXACT = Decimal("1e-4")
_ALIKE = Decimal("1e-4")
_OF_VALUES = word_set("value notional turnover proceeds amount total premium consideration")
_OF_AMOUNTS = _OF_VALUES | word_set("cost paid spent stake invested")
_OF_FLOWS = _OF_AMOUNTS | word_set("net gross cash sum settlement settled debit credit")
"""Words of what an execution cost or brought in, where it has the sign of that."""
_HUNDREDTH = Decimal("0.01")
_FAR = 10
_VARIED = Decimal("1.5")
"""Rates of a currency differ by less in a log."""
_OF_WHOLE_VALUES = word_set("value notional turnover consideration proceeds")
_OF_OTHERS = word_set(
    "balance equity after before available remaining cumulative running margin leverage risk "
    "portfolio account pnl profit market current max target"
)
_LEAST_SHARE = Decimal("0.0001")
_IMPLAUSIBLE = Decimal("0.00001")
"""No market has fees of less than 0.001 % of what is traded."""
_ROUND = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5))


_OF_ONE = (
    *(("ct", "val"), ("contract", "val"), ("contract", "size"), ("contract", "value")),
    *(("contract", "multiplier"), ("point", "value"), ("face", "value"), ("contract", "mult")),
    *(("value", "per", "point"), ("usd", "per", "point"), ("big", "point", "value")),
    *(("dollars", "per", "point"), ("$", "per", "point"), ("point", "multiplier")),
)


class Worth(NamedTuple):
    """What one of a quantity is worth, in prices, and the column that shows it.

    `is_sure` says that it is a round number, as of contracts; 83.4 may be the rate of a currency.
    """

    column: Column
    factor: Decimal
    is_sure: bool


def logged_worth(columns: Sequence[Column], rows: Sequence[int]) -> Column | None:
    """The column that says what one of a quantity is worth, such as `ctVal`; None without one."""
    for column in columns:
        if column.kind != NUMBER or column.words not in _OF_ONE:
            continue
        sizes = [column.numbers[row] or Decimal(0) for row in rows]
        if sizes and min(sizes) > 0 and any(size != 1 for size in sizes):
            return column
    return None


def worth_of_one(
    roles: Mapping[str, Column], columns: Sequence[Column], rows: Sequence[int]
) -> Worth | None:
    """The multiplier that a value of every record shows; None where it is 1, or none shows it."""
    sizes, prices = roles["quantity"].numbers, roles["price"].numbers
    none = Decimal(0)
    plain = {row: abs((sizes[row] or none) * (prices[row] or none)) for row in rows}
    if len({(sizes[row], prices[row]) for row in rows}) < _LEAST or not all(plain.values()):
        return None
    for column in columns:
        said = set(column.words)
        if column.kind != NUMBER or column.words in _OF_ONE:
            continue
        if not said & _OF_FLOWS or said & _OF_OTHERS:
            continue
        is_flow = _is_flow(column, roles, rows)
        others = [one for role, one in roles.items() if role != "stake" or not is_flow]
        if is_fee(column.name) or any(column is one for one in others):
            continue
        if not (is_flow or said & _OF_VALUES):
            continue
        worth = _worth(column, plain)
        if worth is None:
            continue
        if worth.factor < 1 and not (is_flow or said & _OF_WHOLE_VALUES):
            if worth.factor > _HUNDREDTH:
                continue  # it may be a margin
            worth = worth._replace(is_sure=False)
        return None if _is_leverage(columns, worth.factor) else worth
    return None


def _is_flow(column: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether amounts are below 0 for all that is bought, and above 0 for all that is sold.

    So is what was paid and received, but no margin or part of it.
    """
    if "side" in roles:
        ways = directions(roles["side"])
    else:
        ways = [0 if not size else 1 if size > 0 else -1 for size in roles["quantity"].numbers]
    known = [row for row in rows if ways[row] and column.numbers[row]]
    return len({ways[row] for row in known}) > 1 and all(
        (column.numbers[row] or 0) * ways[row] < 0 for row in known
    )


def _is_leverage(columns: Sequence[Column], factor: Decimal) -> bool:
    """Whether a column named so has what a value is of quantity x price, or its inverse."""
    named = [one for one in columns if "leverage" in one.words]
    return any(number in (factor, 1 / factor) for one in named for number in one.numbers)


def is_worth_denied(roles: Mapping[str, Column], columns: Sequence[Column]) -> bool:
    """Whether an amount beside each record is far from quantity x price, each time in another way.

    So it is where the price is in another currency, and the quantity in units of its own.
    """
    if not {"quantity", "price"} <= roles.keys():
        return False
    sizes, prices = roles["quantity"].numbers, roles["price"].numbers
    rows = [row for row, (size, price) in enumerate(zip(sizes, prices, strict=True))
            if size and price]  # fmt: skip
    for column in columns:
        said = set(column.words)
        if column.kind != NUMBER or not said & _OF_AMOUNTS or said & _OF_OTHERS:
            continue
        if is_fee(column.name) or any(column is roles.get(role) for role in ("quantity", "price")):
            continue
        shares = sorted(
            abs(amount / (size * price))
            for row in rows
            if (amount := column.numbers[row]) and (size := sizes[row]) and (price := prices[row])
        )
        if len(shares) < max(_LEAST, len(rows) // 2):
            continue
        are_far = shares[0] > _FAR or shares[-1] * _FAR < 1
        if are_far and shares[-1] > shares[0] * _VARIED:
            return True
    return False


def share_of_fees(
    roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> Decimal | None:
    """Fees as a part of quantity x price, where it is the same each time, and too small for one.

    Fees of so much for each piece are no such part.
    """
    sizes, prices = roles["quantity"].numbers, roles["price"].numbers
    found = [
        (cost / abs(size * price), cost / abs(size))
        for row in rows
        if (cost := costs(fees, row)) and (size := sizes[row]) and (price := prices[row])
    ]
    if len(found) < _LEAST_FEES or len(found) * 2 < len(rows):
        return None
    share = _usual([one for one, _ in found])
    if share is None or not 0 < share < _IMPLAUSIBLE or _usual([each for _, each in found]):
        return None
    return share


def size_by_fees(share: Decimal) -> Decimal:
    """The power of ten that makes a usual fee, of 0.01 to 0.1 %, of a share that is too small."""
    factor = Decimal("0.1")
    while share / factor < _LEAST_SHARE:
        factor /= 10
    return factor


def _worth(column: Column, plain: Mapping[int, Decimal]) -> Worth | None:
    """The number with which all that is quantity x price gives the values of a column."""
    values = {row: abs(column.numbers[row] or Decimal(0)) for row in plain}
    ratios = sorted(values[row] / worth for row, worth in plain.items())
    middle = ratios[len(ratios) // 2]
    if not middle:
        return None
    tens = Decimal(1).scaleb(middle.adjusted())
    nearest = min((tens * one for one in (*_ROUND, 10)), key=lambda one: abs(one - middle))
    if _fits(nearest, column, values, plain):
        is_sure = nearest > 1 or nearest.normalize().as_tuple().digits == (1,)
        return Worth(column, nearest, is_sure) if nearest != 1 else None
    whole = middle.to_integral_value()
    is_other = whole > 1 and _fits(whole, column, values, plain)
    return Worth(column, whole, is_sure=False) if is_other else None


def _fits(
    factor: Decimal, column: Column, values: Mapping[int, Decimal], plain: Mapping[int, Decimal]
) -> bool:
    return all(
        abs(values[row] - worth * factor) <= max(column.step, worth * factor * _EXACT)
        for row, worth in plain.items()
    )


def _usual(shares: Sequence[Decimal]) -> Decimal | None:
    """What nearly all of some shares are; None where they differ."""
    middle = sorted(shares)[len(shares) // 2]
    alike = sum(abs(one - middle) <= abs(middle) * _ALIKE for one in shares)
    return middle if alike * 10 >= 9 * len(shares) else None
