"""Costs that are paid in another currency than that of the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.pnl_column.costs import BEFORE, Costs, commission_of, costs_of, gross_of
from perfkit.inference.pnl_column.unit import UNKNOWN
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import NUMBER, OTHER, Column
from perfkit.inference.words.names import MONEY
from perfkit.inference.words.role_names import is_currency_of_fee, is_fee


def result_and_costs(
    best: Candidate, fees: Sequence[Column], columns: Sequence[Column], currency: str
) -> tuple[dict[str, str], Costs]:
    """The fields of the result and of its costs, and what is said and asked of these.

    Where costs have a currency of their own, those of another one are kept out of the result.
    """
    costs = costs_of(best, fees)
    unread = written_in_others(fees, best.closing.rows, currency) or in_lists(columns)
    if unread is not None and best.unit == MONEY and not best.is_net:
        return {"net_pnl": gross_of(best)}, Costs(
            gross_of(best), "", (_unread(unread, best, currency),), ()
        )
    result = {"net_pnl": costs.net_pnl}
    if not costs.commission:
        return result, costs
    result["commission"] = costs.commission
    paid_in = commission_currency_of(columns, best.closing.rows, currency)
    if paid_in is None:
        return result, costs
    result["commission_currency"] = paid_in.expression
    if not best.is_net and not costs.doubts:
        result["gross_pnl"] = gross_of(best)
        del result["net_pnl"]
    return result, _of_other_currencies(costs, best, paid_in)


def commission_fields(
    fees: Sequence[Column], rows: Sequence[int], columns: Sequence[Column], currency: str
) -> dict[str, str]:
    """The fields of the costs, and of their currency where it is not that of the results."""
    commission = commission_of(fees, rows)
    if not commission:
        return {}
    paid_in = commission_currency_of(columns, rows, currency)
    other = {} if paid_in is None else {"commission_currency": paid_in.expression}
    return {"commission": commission, **other}


def written_in_others(fees: Sequence[Column], rows: Sequence[int], currency: str) -> Column | None:
    """Costs that are written with another currency than that of the results: `0.01 BNB`."""
    for fee in fees:
        codes = {shapes.unit_of_number(fee.values[row]) for row in rows if fee.numbers[row]} - {""}
        if any(code.isalpha() and code != currency for code in codes):
            return fee
    return None


def in_lists(columns: Sequence[Column]) -> Column | None:
    """Costs in a list of objects, where no other column has them: `fees: [{cost: 1}]`."""
    if any(column.kind == NUMBER and is_fee(column.name) for column in columns):
        return None
    for column in columns:
        if column.kind == OTHER and is_fee(column.name) and any(map(_has_cost, column.sample)):
            return column
    return None


def _has_cost(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) and "cost" in one for one in value)


def _unread(fee: Column, best: Candidate, currency: str) -> Doubt:
    gross = gross_of(best)
    answers = [Answer("leave them out", {"fields.net_pnl": gross})]
    if fee.kind == OTHER:
        less = f"{gross} - sum({fee.expression}[*].cost)"
        answers.insert(0, Answer(f"subtract them, as {currency}", {"fields.net_pnl": less}))
    return of_unread(fee, currency, answers)


def of_unread(fee: Column, currency: str, answers: Sequence[Answer]) -> Doubt:
    """The question about costs of another currency, or in lists."""
    said = "in lists" if fee.kind == OTHER else f"such as {fee.sample[0]}"
    return Doubt(
        "cost_currencies",
        f"{fee.name} has costs {said}, and results are in {currency}; how should they count?",
        tuple(answers),
    )


def commission_currency_of(
    columns: Sequence[Column], rows: Sequence[int], currency: str
) -> Column | None:
    """The column that names the currency of the costs, where that is not always that of the P&L."""
    for column in columns:
        if not is_currency_of_fee(column.name):
            continue
        codes = {str(column.values[row]).upper() for row in rows if column.present[row]}
        if len(codes) > 1 or (codes and currency not in (UNKNOWN, *codes)):
            return column
    return None


def fees_in_others(columns: Sequence[Column], currency: str) -> bool:
    """Whether a column says that costs are paid in a currency that may not be that of the P&L."""
    named = [one for one in columns if is_currency_of_fee(one.name)]
    return any(set(one.distinct) - {"", currency.lower()} for one in named)


def _of_other_currencies(costs: Costs, best: Candidate, paid_in: Column) -> Costs:
    """The costs, where those in the currency of the P&L alone are to be subtracted from it."""
    gross: dict[str, object] = {"fields.net_pnl": None, "fields.gross_pnl": gross_of(best)}
    doubts = [
        doubt._replace(
            answers=tuple(
                one._replace(changes=gross) if one.meaning == BEFORE else one
                for one in doubt.answers
            )
        )
        for doubt in costs.doubts
    ]
    said = f"costs in another currency, as {paid_in.name} says, are left out"
    return costs._replace(doubts=tuple(doubts), assumed=(*costs.assumed, said))


def of_linked(
    doubts: Sequence[Doubt], dialect: Mapping[str, object], *, is_linked: bool
) -> list[Doubt]:
    """The questions about costs of openings, as far as something links these to their closes."""
    kept = [one for one in doubts if is_linked or not _is_of_open_trades(one, dialect)]
    return [_possible(one, is_linked=is_linked) for one in kept]


def _is_of_open_trades(doubt: Doubt, dialect: Mapping[str, object]) -> bool:
    """Whether costs of openings are asked about, which are those of trades that are still open."""
    return doubt.name == "opening_costs" and "open_when" in dialect


def _possible(doubt: Doubt, *, is_linked: bool) -> Doubt:
    """The doubt without answers that combine records which nothing links."""
    kept = [one for one in doubt.answers if is_linked or "combine.commission" not in one.changes]
    return doubt._replace(answers=tuple(kept))
