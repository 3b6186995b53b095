"""What has to be asked of buys and sells that are matched."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.costs import commission_of
from perfkit.inference.proof.executions import Executions
from perfkit.inference.proof.quantities.option_sizes import are_plain
from perfkit.inference.questions.amounts.hundredths import hundredths
from perfkit.inference.questions.amounts.inverse import inverse_contracts
from perfkit.inference.questions.amounts.sizes import (
    contract_size,
    is_held_after,
    quantity_or_money,
    size_of_fees,
)
from perfkit.inference.questions.costs.paid_in import (
    commission_currency_of,
    fees_in_others,
    in_lists,
    of_unread,
    written_in_others,
)
from perfkit.inference.questions.repeats.repeated_fills import (
    bought_twice,
    logged_by_kinds,
    numbered_again,
    parts_or_so_far,
)
from perfkit.inference.questions.repeats.shared_results import executions_again
from perfkit.inference.records.holding_changes import changes_of_holdings
from perfkit.inference.table.columns import Column
from perfkit.inference.table.derived_columns import AmountOverPrice
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.buys_and_sells.instruments import names_options, without_end
from perfkit.inference.without_pnl.buys_and_sells.markets import (
    may_be_of_a_market,
    may_be_of_others,
    of_a_market,
    of_one_market,
    of_whole_market,
)
from perfkit.inference.without_pnl.buys_and_sells.turns import OfOne, points_of_one
from perfkit.inference.without_pnl.buys_and_sells.unbought import effect_of_sales, sold_unbought
from perfkit.inference.without_pnl.buys_and_sells.unfilled import of_unfilled
from perfkit.inference.without_pnl.log_facts import Log, currency_of, of_stake

_NEARLY = Decimal("1e-6")
_LEAST_CLOSED = 3
_MANY_SALES = 4


def _repeated(log: Log, rows: Sequence[int], when: Column) -> Doubt | None:
    return (
        executions_again(log.columns, rows)
        or numbered_again(log.columns, log.roles, when, rows)
        or logged_by_kinds(log.columns, log.roles, rows)
        or parts_or_so_far(log.columns, log.roles, rows)
        or bought_twice(log.roles, rows)
    )


def doubts_of_fills(
    log: Log,
    found: Executions,
    when: Column,
    by: Sequence[str],
    *,
    is_logged: bool,
    is_sized: bool,
) -> list[Doubt]:
    """The questions about some executions."""
    doubts = list(filter(None, [of_unfilled(log.columns, found.rows)]))
    size, price = log.roles["quantity"], log.roles["price"]
    symbol = next(filter(names_options, log.columns), log.roles.get("symbol"))
    if isinstance(size, OfOne):
        doubts.append(points_of_one(log))
    if isinstance(size, AmountOverPrice) and not _sells_what_it_bought(log, found):
        doubts.append(of_stake(size, "paid in each execution"))
    currency = currency_of(log, found.rows)
    paid_in = commission_currency_of(log.columns, found.rows, currency)
    if paid_in is not None and commission_of(log.fees, found.rows):
        doubts.append(_costs_of_several(paid_in, found.rows, currency))
    elif (unread := written_in_others(log.fees, found.rows, currency)) is not None:
        answer = Answer("leave all costs out", {"fields.commission": None})
        doubts.append(of_unread(unread, currency, [answer]))
    elif (unread := in_lists(log.columns)) is not None:
        count = {"fields.commission": f"sum({unread.expression}[*].cost)"}
        answers = [Answer(f"subtract them, as {currency}", {**count}), Answer("leave them out", {})]
        doubts.append(of_unread(unread, currency, answers))
    if found.shorting and not (found.are_covered or is_logged or effect_of_sales(log, found)):
        doubts.append(_sold(log, found))
    unsure = [
        of_one_market(log, found.rows, by) or (None if is_logged else of_whole_market(log, found)),
        _repeated(log, found.rows, when),
        None
        if is_held_after(size, log.columns, found.rows)
        else quantity_or_money(size, price, found.rows, is_fill=True),
        without_end(log, found.rows),
        None if is_logged else hundredths(log.columns, log.roles, found.rows),
        changes_of_holdings(log.columns, log.roles, found.rows),
        None
        if is_sized or are_plain(log.roles, log.columns, found.rows)
        else inverse_contracts(log.roles, found.rows)
        or contract_size(log.columns, symbol, size, price, found.rows),
        None
        if is_sized or fees_in_others(log.columns, currency)
        else size_of_fees(log.roles, log.fees, found.rows),
    ]
    return [*doubts, *filter(None, unsure)]


def _sold(log: Log, found: Executions) -> Doubt:
    """The question about sales of what was not bought, which may be those of others."""
    asked = sold_unbought(log, found)
    none = [of_a_market()] if may_be_of_others(log) else []
    if may_be_of_a_market(log, found.rows) or (none and _are_many(found)):
        asked = asked._replace(likely="")
    return asked._replace(answers=(*asked.answers, *none))


def _are_many(found: Executions) -> bool:
    """Whether so much is sold that was not bought as others sell of what nobody saw them buy."""
    return len(found.shorting) * _MANY_SALES > len(found.rows)


def _sells_what_it_bought(log: Log, found: Executions) -> bool:
    """Whether an amount over the price is each time the quantity that was bought before.

    So it is where the amount is all that an account holds, which grows as the price does. What is
    paid in each execution buys another quantity at another price.
    """
    ways, sizes = directions(log.roles["side"]), log.roles["quantity"].numbers
    symbols = log.roles["symbol"].labels if "symbol" in log.roles else [""] * len(ways)
    held: dict[str, Decimal] = {}
    closed = 0
    for row in found.rows:
        size, name = abs(sizes[row] or Decimal(0)), symbols[row]
        if name not in held and ways[row] > 0:
            held[name] = size
        elif name in held and ways[row] < 0 and abs(held.pop(name) - size) <= size * _NEARLY:
            closed += 1
        else:
            return False
    return closed >= _LEAST_CLOSED


def _costs_of_several(paid_in: Column, rows: Sequence[int], currency: str) -> Doubt:
    """Costs of fills that are paid in other currencies, which cannot be added."""
    codes = sorted({str(paid_in.values[row]) for row in rows if paid_in.present[row]})
    answers = [Answer("leave all costs out", {"fields.commission": None})]
    if currency in map(str.upper, codes):
        only: dict[str, object] = {"fields.commission_currency": paid_in.expression}
        answers.insert(0, Answer(f"only those in {currency} count", only))
    asked = f"Costs are paid in {' and '.join(codes)}, and results are in {currency}"
    return Doubt("cost_currencies", f"{asked}; how should the costs count?", tuple(answers))
