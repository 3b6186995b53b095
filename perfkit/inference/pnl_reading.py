"""The reading of a log by the column of its P&L: unit, costs, times, identity and what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Doubt
from perfkit.inference.keys.assemble import dialect_of
from perfkit.inference.keys.identity import Identity, identity_of
from perfkit.inference.keys.number_marks import of_unreadable, with_decimal
from perfkit.inference.keys.parts_of_trades import with_parts_together
from perfkit.inference.keys.trade_times import moments_of
from perfkit.inference.pnl_column.candidates import CONFIDENT, Candidate
from perfkit.inference.pnl_column.unit import UNKNOWN, Unit, unit_of
from perfkit.inference.proof.costs.costs_by_columns import slippage_of
from perfkit.inference.proof.evidence import balance_says, checked
from perfkit.inference.proof.odd_amounts import costs_of_balance, odd_amounts
from perfkit.inference.proof.prices import against_prices, is_of_hundred_shares
from perfkit.inference.proof.units import is_in_pips, is_of_one_piece
from perfkit.inference.questions.amounts.mixed_units import mixed_units
from perfkit.inference.questions.amounts.money_or_per_cent import (
    money_or_fraction,
    money_or_per_cent,
    per_cent_of_amounts,
    per_cent_of_sales,
)
from perfkit.inference.questions.amounts.signs import with_way_of_carry
from perfkit.inference.questions.amounts.sizes import of_one_unit
from perfkit.inference.questions.asking import doubts_of
from perfkit.inference.questions.costs.entry_costs import SAID, with_entry_costs
from perfkit.inference.questions.costs.paid_in import of_linked, result_and_costs
from perfkit.inference.questions.left_out.closed_without_pnl import closed_unpriced
from perfkit.inference.questions.left_out.early_times import closed_early
from perfkit.inference.questions.repeats.equal_records import few_repeats
from perfkit.inference.questions.repeats.later_repeats import repeated_later
from perfkit.inference.questions.repeats.shared_results import untimed
from perfkit.inference.questions.running_totals import still_open
from perfkit.inference.records.closing import that_only_open
from perfkit.inference.records.tried import live_and_tried
from perfkit.inference.result import Reading, source_of
from perfkit.inference.table.columns import Column, names_of
from perfkit.inference.without_pnl.log_facts import Log, currency_of
from perfkit.inference.words.names import MONEY, POINTS, pnl_name
from perfkit.inference.words.role_names import is_summary_name

_MANY_WRONG = 5
"""Signs that contradict prices are reported if one of so many does; costs turn some signs."""


def reading_by(candidates: Sequence[Candidate], log: Log) -> Reading:
    """The reading by the best of some candidates."""
    columns, roles, times, fees, _, left_out = log
    best = candidates[0]
    rows = best.closing.rows
    events = best.closing.marker is not None and bool(best.closing.opening)
    moments = moments_of(times, columns, rows, events=events, proved=_is_sure(best, log))
    opened = next((one for one in moments.columns[1:2] if moments.opened_at), None)
    unit = _unit_of(best, log)
    result, costs = result_and_costs(best, fees, columns, unit.currency)
    result, of_carry = with_way_of_carry(result, best, fees, columns, roles)
    identity = identity_of(columns, roles, opened, best.closing)
    if best.closing.marker is not None and len(best.closing.only) > 1:
        identity = Identity((), False, False, identity.doubts)
    parts = (result, best.closing, left_out, moments, identity, roles)
    dialect = dialect_of(*parts, side_of_exit=best.side_of_exit)
    dialect, identity, parted = with_parts_together(dialect, identity, best, columns, roles)
    bearing = with_entry_costs(dialect, best, roles, fees, identity, columns)
    if bearing is not None:
        dialect, costs = bearing, costs._replace(doubts=(), assumed=(*costs.assumed, SAID))
    dialect = with_decimal(_with_hundreds(dialect, best, roles, fees), columns)
    said = [*_of_signs(best, roles), *_of_odd_amounts(best, log), *_of_slippage(best, log)]
    said += [*few_repeats(best, columns, identity), *still_open(best)]
    said += [*parted, *closed_unpriced(best, columns, roles, times, log.failed)]
    assumed = (*moments.assumed, *unit.assumed, *costs.assumed, *said)
    doubts = [
        *doubts_of(candidates, columns, roles, identity, times),
        *_of_amounts(best, log, unit.currency),
        *moments.doubts,
        *of_carry,
        *unit.doubts,
        *([] if unit.doubts else of_unreadable(dialect, columns, unit.currency)),
    ]
    if moments.columns and moments.closed_at == moments.columns[0].expression:
        doubts += _of_closing_time(best, log, moments.columns[0])
    is_linked = "open_when" in dialect and identity.links
    doubts += [*of_linked(costs.doubts, dialect, is_linked=is_linked), *identity.doubts]
    return Reading(
        source=source_of(unit.currency, moments.zone),
        dialect=dialect,
        score=best.score,
        closed=len(rows),
        evidence=best.reasons,
        assumed=(*assumed, *_of_repeats(best, log, identity, doubts)),
        doubts=tuple(one for one in doubts if bearing is None or one.name != "opening_results"),
        columns=tuple(names_of(columns)),
        total=sum((best.pnl.numbers[row] or Decimal(0) for row in rows), Decimal(0)),
    )


def _of_repeats(
    best: Candidate, log: Log, identity: Identity, doubts: Sequence[Doubt]
) -> list[str]:
    """What is said of trades that come again with other times, unless it is asked."""
    if identity.columns or any(one.name == "repeats" for one in doubts):
        return []
    return repeated_later(best, log.columns, log.roles)


def _is_sure(best: Candidate, log: Log) -> bool:
    """Whether a P&L is proved, or likely and said to be that of trades that ended."""
    is_said = _is_of_trades(log.columns, log.roles) or _is_realized(best.pnl, log.columns)
    return best.proved or (best.score >= CONFIDENT and is_said)


def _of_closing_time(best: Candidate, log: Log, closed: Column) -> list[Doubt]:
    """Records that have no closing time, or one that perfkit cannot read."""
    others = [*log.times.event, *log.times.other, *log.times.opened]
    asked = [untimed(best, closed, others, log.roles, log.failed), closed_early(best, closed)]
    return [*filter(None, asked)]


def _unit_of(best: Candidate, log: Log) -> Unit:
    """The unit of the results: points where they are moves of the price, and nothing says more."""
    rows = best.closing.rows
    unit = unit_of(
        *(best.unit, best.name.currency, best.pnl, log.columns, log.roles, rows),
        is_in_quotes=best.is_in_quotes,
    )
    is_named = bool(best.name.currency or best.name.is_absolute)
    if not is_named and is_in_pips(best.pnl, log.roles, checked(rows)):
        return Unit(POINTS, (f"{best.pnl.name} is in pips: points stand for a currency",), ())
    if unit.doubts or is_named or not is_of_one_piece(best.pnl, log.roles, log.fees, checked(rows)):
        return unit
    roles = {role: column for role, column in log.roles.items() if role != "symbol"}
    if unit_of(best.unit, "", best.pnl, log.columns, roles, rows).currency != UNKNOWN:
        return unit  # which more than the symbols say
    if _is_moved_account(best, log):
        return unit
    said = f"{best.pnl.name} is exit less entry, without a quantity: points stand for a currency"
    return Unit(POINTS, (said,), ())


def _is_moved_account(best: Candidate, log: Log) -> bool:
    """Whether a balance that was above 0 at first moves by the results, as an account does."""
    held, rows = log.roles.get("balance"), best.closing.rows
    if held is None or held is best.pnl or pnl_name(held.name) is not None:
        return False
    first, earned = held.numbers[rows[0]], best.pnl.numbers[rows[0]]
    if first is None or earned is None or first - earned <= abs(earned):
        return False
    return balance_says(best.pnl, held, [], rows).moves


def _with_hundreds(
    dialect: dict[str, object],
    best: Candidate,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
) -> dict[str, object]:
    """The dialect with 100 shares for each contract, where prices prove that it has so many."""
    fields, rows = dialect["fields"], checked(best.closing.rows)
    if not isinstance(fields, dict) or "quantity" not in fields:
        return dialect
    if best.unit != MONEY or not is_of_hundred_shares(best.pnl, roles, fees, rows):
        return dialect
    return {**dialect, "fields": {**fields, "quantity": f"{roles['quantity'].expression} * 100"}}


def _of_amounts(best: Candidate, log: Log, currency: str) -> list[Doubt]:
    """Whether the P&L is that of a unit, and whether it is to be added up in per cent."""
    if (mixed := mixed_units(best, log.roles)) is not None:
        return [mixed]
    in_money = per_cent_of_sales(best, log.roles, currency_of(log, best.closing.rows))
    in_money = in_money or per_cent_of_amounts(best, log.columns, log.roles)
    asked = [
        of_one_unit(best, log.roles, currency),
        money_or_fraction(best, log.roles) or money_or_per_cent(best, log.roles),
        in_money,
    ]
    return [*filter(None, asked)]


def _is_of_trades(columns: Sequence[Column], roles: Mapping[str, Column]) -> bool:
    """Whether records are trades by their parts alone, and no figures of many of them."""
    if any(is_summary_name(column.name) for column in columns):
        return False
    has_end = bool({"outcome", "exit_reason"} & roles.keys())
    if {"entry_price", "exit_price"} <= roles.keys() or ("side" in roles and has_end):
        return True
    if {"symbol", "quantity", "price"} <= roles.keys():
        return True
    if has_end and roles.keys() & {"symbol", "strategy"}:
        return True
    return "symbol" in roles and bool(roles.keys() & {"stop_loss", "target", "exit_price"})


def _is_realized(pnl: Column, columns: Sequence[Column]) -> bool:
    """Whether a P&L is realized by its name, and none beside it is not, as of what is held."""
    others = (one for one in columns if one is not pnl)
    return "realized" in pnl.words and not any("unrealized" in one.words for one in others)


def _of_signs(best: Candidate, roles: Mapping[str, Column]) -> list[str]:
    """What is taken for granted where prices and the sign of the P&L do not agree."""
    if best.side_of_exit:
        return [f"{roles['side'].name} is the side of the closing order"]
    if that_only_open(best.closing):
        return [f"{best.pnl.name} is none where an execution only opens, as matching shows"]
    if best.closing.marker is not None and best.closing.marker is roles.get("side"):
        return []  # a sale that closes is that of a long trade
    if best.sign_contradicts:
        return ["the sign of the P&L contradicts the prices; it is read as logged"]
    wrong, known = against_prices(best.pnl, roles, best.closing.rows)
    if best.proved or wrong * _MANY_WRONG < known or not wrong:
        return []
    return [f"the sign of {wrong} of {known} results contradicts the prices; read as logged"]


def _of_both_sides(best: Candidate, log: Log) -> list[str]:
    """What is taken for granted where purchases have a P&L as well as sales, at one price each."""
    roles = log.roles
    is_order = {"side", "price", "quantity"} <= roles.keys()
    if not is_order or roles.keys() & {"entry_price", "exit_price"} or log.times.closed:
        return []
    labels = roles["side"].labels
    earned = {labels[row] for row in best.closing.rows if best.pnl.numbers[row]}
    if best.proved or best.closing.marker is not None or earned != {"buy", "sell"}:
        return []
    said = f"{roles['side'].name} is buy or sell, and both have a {best.pnl.name}"
    return [f"{said}: each record is taken for a trade"]


def _of_odd_amounts(best: Candidate, log: Log) -> list[str]:
    """What is said of amounts far beyond others, of trades only tried, and of sides."""
    rows, balance = best.closing.rows, log.roles.get("balance")
    tried = [*live_and_tried(log.columns, rows), *_of_both_sides(best, log)]
    if best.unit != MONEY:
        return tried
    is_checked = balance is not None and balance is not best.pnl and not log.fees
    lacking = costs_of_balance(best.pnl, balance, rows) if balance and is_checked else []
    return [*odd_amounts(best.pnl, log.roles, rows), *lacking, *tried]


def _of_slippage(best: Candidate, log: Log) -> list[str]:
    """What is taken for granted of slippage beside a P&L before costs."""
    names = [one.name for one in slippage_of(log.columns) if one not in log.fees]
    if best.is_net is not False or best.unit != MONEY or not names:
        return []
    return [f"{' and '.join(names)} is taken to be in the prices already"]
