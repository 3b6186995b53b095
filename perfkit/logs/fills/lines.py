"""Lines of fills to columns of fills: signed quantities, prices, fees, and what each is grouped by.

A purchase is a positive quantity, a sale a negative one: `side: sell, quantity: 3` is -3, and so is
a quantity of -3 without a side or with the side `sell`.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.config.dialect import Dialect
from perfkit.config.fills import MAY_BE_MISSING
from perfkit.core.numbers import Numbers
from perfkit.core.trade import SHORT
from perfkit.logs.formulas import Column, numbers, values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


FEE_OF_ALL = (
    "has a fee as large as the purchase, or larger; leave `fee_from` out if it was paid in money"
)


def groups_of(slots: Sequence[Column], rows: int, dialect: Dialect) -> list[str | None]:
    """The group of each fill as one text; fills are matched with those of the same group.

    `by: [symbol, account]` makes "('X', None)" of a fill of X without account.
    """
    assert dialect.fills is not None
    by = [values(one, slots, rows) for one in dialect.fills.by.values()]
    if len(by) == 1:
        return [one or "" for one in by[0]]
    known: dict[tuple[Any, ...], str] = {}
    groups: list[str | None] = []
    for group in zip(*by, strict=True) if by else [()] * rows:
        text = known.get(group)
        if text is None:
            text = known[group] = repr(group)
        groups.append(text)
    return groups


def unusable(slots: Sequence[Column], at: Sequence[int | None], dialect: Dialect) -> dict[int, str]:
    """The rows that are no fill, and why: something is missing, or the side contradicts."""
    assert dialect.fills is not None
    rows = len(at)
    needed: dict[str, Sequence[object]] = {"at": at}
    for field in ("quantity", "price"):
        needed[field] = numbers(dialect.expressions[field], slots, rows).units
    if "side" in dialect.expressions:
        needed["side"] = values(dialect.expressions["side"], slots, rows)
    bad = {
        row: f"has no {field}, which a fill needs"
        for field, column in needed.items()
        if None in column
        for row, value in enumerate(column)
        if value is None
    }
    for name, expression in dialect.fills.by.items():
        group = [] if name in MAY_BE_MISSING else values(expression, slots, rows)
        if None in group:
            reason = f"has no {name}, which `fills` group by"
            bad |= {row: reason for row, value in enumerate(group) if value is None}
    if "side" in needed:
        for row, (side, quantity) in enumerate(
            zip(needed["side"], needed["quantity"], strict=True)
        ):
            if row not in bad and side != SHORT and quantity < 0:  # type: ignore[operator]
                bad[row] = "buys a negative quantity; the side and the sign contradict each other"
    if dialect.fills.fee_from_quantity and "commission" in dialect.expressions:
        bad |= {row: FEE_OF_ALL for row in _paid_with_all(slots, rows, dialect) if row not in bad}
    return bad


def _paid_with_all(slots: Sequence[Column], rows: int, dialect: Dialect) -> list[int]:
    """The purchases of which the fee takes all that was bought, or more."""
    quantity = numbers(dialect.expressions["quantity"], slots, rows)
    fee = numbers(dialect.expressions["commission"], slots, rows)
    side = dialect.expressions.get("side")
    sides = [None] * rows if side is None else values(side, slots, rows)
    places = max(quantity.places, fee.places)
    both = zip(quantity.at_places(places), fee.at_places(places), sides, strict=True)
    return [
        row
        for row, (size, cost, way) in enumerate(both)
        if size is not None and size > 0 and way != SHORT and (cost or 0) >= size
    ]


def signed_quantities(columns: dict[str, Column]) -> Numbers:
    """Purchases above 0, sales below."""
    quantity = columns["quantity"]
    assert isinstance(quantity, Numbers)
    side = columns.get("side")
    if side is None:
        return quantity
    assert isinstance(side, list)
    units: list[int] = quantity.units  # type: ignore[assignment]
    signed = [-abs(one) if way == SHORT else one for one, way in zip(units, side, strict=True)]
    return Numbers(signed, quantity.places)  # type: ignore[arg-type]


def without_fees(quantity: Numbers, fee: Numbers) -> tuple[Numbers, Numbers]:
    """Quantities less the fees of purchases, and the fees that are left.

    Who buys pays the fee in what was bought: 1 with a fee of 0.001 is 0.999 held. The fee of a sale
    is money.
    """
    places = max(quantity.places, fee.places)
    units: list[int] = quantity.at_places(places)  # type: ignore[assignment]
    fees = fee.at_places(places)
    left = [one - (cost or 0) if one > 0 else one for one, cost in zip(units, fees, strict=True)]
    money = [None if one > 0 else cost for one, cost in zip(units, fees, strict=True)]
    return Numbers(left, places), Numbers(money, places)  # type: ignore[arg-type]
