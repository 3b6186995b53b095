"""What the fields of executions hold: quantity, price and costs, and what one of them is worth."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import LESS_COSTS, Doubt
from perfkit.inference.keys.trade_times import Moments
from perfkit.inference.pnl_column.costs import commission_of
from perfkit.inference.proof.costs.paid_amounts import (
    fee_by_rate,
    fee_in_amount,
    is_more_than,
    worth_with_fees,
)
from perfkit.inference.proof.executions import Executions
from perfkit.inference.proof.quantities.multipliers import Worth, logged_worth, worth_of_one
from perfkit.inference.proof.quantities.option_sizes import OptionSizes, fee_of, option_sizes
from perfkit.inference.questions.amounts.sizes import size_of_value, some_are_options
from perfkit.inference.table.derived_columns import AmountOverPrice
from perfkit.inference.without_pnl.buys_and_sells.turns import OfOne
from perfkit.inference.without_pnl.buys_and_sells.unbought import assumed_of_sales
from perfkit.inference.without_pnl.log_facts import Log


class FillFields(NamedTuple):
    """The fields of executions, what is taken for granted, and what one of a quantity is worth."""

    fields: dict[str, object]
    assumed: list[str]
    worth: Worth | None
    doubts: list[Doubt]


def fields_of_fills(
    log: Log, moments: Moments, found: Executions, *, is_logged: bool
) -> FillFields:
    """The fields of the executions that are matched, and what goes with them."""
    fields = _fields(log, moments, found.rows)
    assumed, doubts = assumed_of_sales(log, found), list[Doubt]()
    worth = None if is_logged else _worth(log, found.rows)
    sized = None if is_logged or worth is not None else _option_sizes(log, found.rows)
    if not is_logged and not log.fees:
        assumed += _with_fee(fields, log, found.rows, worth, sized)
    elif not is_logged and sized is None:
        assumed += _with_all_fees(fields, log, found.rows, worth)
    size = log.roles["quantity"]
    if sized is not None and not sized.expression:
        doubts.append(some_are_options(sized.column, size, log.roles["price"]))
    elif sized is not None:
        fields["quantity"] = sized.expression
        assumed.append(f"options are of 100 shares, as {sized.column.name} shows")
        worth = Worth(sized.column, Decimal(100), is_sure=True)
    elif worth is not None and not worth.is_sure:
        doubts.append(size_of_value(worth, size, log.roles["price"]))
    elif worth is not None:
        price = log.roles["price"]
        fields["quantity"] = f"{size.expression} * {worth.factor:f}"
        said = f"{worth.column.name} is {size.name} x {price.name} x {worth.factor:f}"
        assumed.append(f"{said}, which is what one of {size.name} is worth")
    elif not is_logged and (one := logged_worth(log.columns, found.rows)) is not None:
        fields["quantity"] = f"{size.expression} * {one.expression}"
        worth = Worth(one, min(filter(None, one.numbers)), is_sure=True)
        assumed.append(f"{one.name} is what one of {size.name} is worth")
    elif not is_logged and not isinstance(size, OfOne | AmountOverPrice):
        said = "is worth its price; write `multiplier:` in a workspace if not"
        assumed.append(f"one of {size.name} {said}")
    assumed.append("P&L is matched from executions" + LESS_COSTS * ("commission" in fields))
    return FillFields(fields, assumed, worth, doubts)


def _worth(log: Log, rows: Sequence[int]) -> Worth | None:
    size = log.roles["quantity"]
    if isinstance(size, OfOne | AmountOverPrice):
        return None
    facts = (log.roles, log.columns, rows)
    return worth_of_one(*facts) or worth_with_fees(*facts)


def _with_fee(
    fields: dict[str, object],
    log: Log,
    rows: Sequence[int],
    worth: Worth | None,
    sized: OptionSizes | None,
) -> list[str]:
    """Writes the fee that is in an amount or logged as a rate, and returns what that assumes."""
    if sized is not None and sized.expression:
        fields["commission"] = fee_of(sized, log.roles)
        return [f"{sized.column.name} includes the fee: purchases cost more than they are worth"]
    factor = worth.factor if worth is not None and worth.is_sure else Decimal(1)
    if (paid := fee_in_amount(log.roles, log.columns, rows, factor)) is not None:
        fields["commission"] = paid.commission
        name = paid.column.name
        return [f"{name} includes the fee: purchases cost more than quantity x price"]
    paid = fee_by_rate(log.roles, log.columns, rows) if worth is None and sized is None else None
    if paid is None:
        return []
    fields["commission"] = paid.commission
    return [f"{paid.column.name} is what part of quantity x price the fee was"]


def _with_all_fees(
    fields: dict[str, object], log: Log, rows: Sequence[int], worth: Worth | None
) -> list[str]:
    """Writes the fee that is in an amount where the costs beside it are but a part of that."""
    if worth is not None and not worth.is_sure:
        return []
    factor = worth.factor if worth is not None else Decimal(1)
    paid = fee_in_amount(log.roles, log.columns, rows, factor)
    if paid is None or not is_more_than(paid.column, log.roles, log.fees, rows, factor):
        return []
    fields["commission"] = paid.commission
    names = " and ".join(fee.name for fee in log.fees)
    return [f"{paid.column.name} includes more costs than {names}"]


def _option_sizes(log: Log, rows: Sequence[int]) -> OptionSizes | None:
    """Of how many shares options are, beside shares, as amounts show."""
    if isinstance(log.roles["quantity"], OfOne | AmountOverPrice):
        return None
    return option_sizes(log.roles, log.columns, rows)


def _fields(log: Log, moments: Moments, rows: Sequence[int]) -> dict[str, object]:
    fields: dict[str, object] = {"at": moments.closed_at}
    for role in ("symbol", "account", "strategy", "side", "quantity", "price"):
        column = log.roles.get(role)
        if column is not None and any(column.present[row] for row in rows):
            fields[role] = column.expression
    commission = commission_of(log.fees, rows)
    return {**fields, "commission": commission} if commission else fields
