"""From decoded records to a dialect that reads them as trades, or to a word on why not.

The order of decisions: kinds of columns; records of what did not happen; columns that may hold the
P&L, and for each the records that close a trade; evidence, and the choice among them; costs, times,
identity; what has to be asked. Money is never guessed: where two readings are equally good, the
result names both and what to write for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.checks.confirm import closed_if_it_holds
from perfkit.inference.checks.unseen import unseen
from perfkit.inference.doubts import Doubt
from perfkit.inference.keys.assemble import dialect_of
from perfkit.inference.keys.identity import Identity, identity_of
from perfkit.inference.keys.moments import ON_ONE_DAY, ONE_DAY, moments_of
from perfkit.inference.keys.number_marks import of_unreadable, with_decimal
from perfkit.inference.pnl_column.candidates import CONFIDENT, Candidate, candidates_of
from perfkit.inference.pnl_column.money import UNKNOWN, Unit, unit_of
from perfkit.inference.proof.costs.costs_beside import slippage_of, slippage_that_moves
from perfkit.inference.proof.evidence import checked
from perfkit.inference.proof.odd_amounts import costs_of_balance, odd_amounts
from perfkit.inference.proof.orders import (
    OF_EXIT_ALONE,
    is_after_exit_alone,
    with_side_of_orders,
    without_entry_price,
)
from perfkit.inference.proof.prices import against_prices, is_of_hundred_shares
from perfkit.inference.proof.quantities.multipliers import is_worth_denied
from perfkit.inference.proof.running import account_of, moves_by_prices
from perfkit.inference.proof.units import is_in_pips, is_of_one_piece
from perfkit.inference.questions.amounts.in_money import (
    asked_of_executions,
    asked_of_prices,
    closed_unpriced,
    closed_without,
    computed_for_all,
    may_be_in_money,
    per_cent_of_amounts,
    per_cent_or_money,
    weighs_otherwise,
    with_closed_asked,
    without_weak,
)
from perfkit.inference.questions.amounts.mixed_units import mixed_units
from perfkit.inference.questions.amounts.signs import with_way_of_carry
from perfkit.inference.questions.amounts.sizes import (
    money_or_fraction,
    money_or_per_cent,
    of_one_unit,
)
from perfkit.inference.questions.asking import doubts_of
from perfkit.inference.questions.charges.entry_costs import SAID, with_entry_costs
from perfkit.inference.questions.charges.paid_in import of_linked, result_and_costs
from perfkit.inference.questions.left_out.coverage import (
    covers_more,
    is_in_other_points,
    is_money_beside_points,
    is_of_another_set,
    which_amount,
    which_covers,
    which_set,
    with_risk_offered,
)
from perfkit.inference.questions.left_out.early_times import closed_early
from perfkit.inference.questions.left_out.ignored import with_ignored_asked
from perfkit.inference.questions.repeats.shared_results import proved_once, untimed
from perfkit.inference.records.kinds import failed_records, moved_records, total_records
from perfkit.inference.records.no_trades import why_no_trades
from perfkit.inference.records.seen import lists_inside, why_none
from perfkit.inference.records.tried import live_and_tried
from perfkit.inference.result import Reading, nothing_found, source_of
from perfkit.inference.table.columns import Column, columns_of, names_of
from perfkit.inference.table.roles import Times, fees_of, roles_of
from perfkit.inference.table.zone_words import in_zone
from perfkit.inference.without_pnl.buys_and_sells.agreement import (
    adds_up_executions,
    agrees_with_executions,
)
from perfkit.inference.without_pnl.buys_and_sells.fills import from_executions
from perfkit.inference.without_pnl.fallback import from_prices, without_pnl
from perfkit.inference.without_pnl.log_facts import Log, currency_of
from perfkit.inference.without_pnl.which_side.other_sides import with_other_sides
from perfkit.inference.words.names import FRACTION, MONEY, PERCENT, POINTS
from perfkit.inference.words.role_names import is_summary_name

MOST_DECIDING = 2_500
_NOT_UTF_8 = "\N{REPLACEMENT CHARACTER}"
_MANY_WRONG = 5
"""Signs that contradict prices are reported if one of so many does; costs turn some signs."""
PLAUSIBLE = 10
PLAUSIBLE_WITHOUT_TIME = 15
"""Evidence below this is none; records without any time have to say more."""

WITHOUT_END = 16
"""Where nothing closes, a name that may be that of something else is not enough."""
_OF_A_CLOSE = frozenset(
    ("entry_price", "exit_price", "exit_reason", "outcome", "price", "balance", "identity")
)


def infer(records: Sequence[Mapping[str, object]]) -> Reading:
    """How to read some records as trades; numbers in them are exact, never binary floats.

    Of many records the first and the last ones decide. Whether what they show holds for all is then
    checked, and all of them decide where it does not.
    """
    if len(records) <= 2 * MOST_DECIDING:
        return _decided(records)
    first, last = records[:MOST_DECIDING], records[-MOST_DECIDING:]
    reading = _decided([*first, *last])
    if not reading.is_sure:
        return _decided(records)
    others = unseen(records, MOST_DECIDING)
    if others and not _says_the_same(reading, _decided([*first, *others, *last])):
        return _decided(records)
    closed = closed_if_it_holds(reading, records)
    return _decided(records) if closed is None else reading._replace(closed=closed, total=None)


def _may_end(one: Candidate, roles: Mapping[str, Column], times: Times) -> bool:
    """Whether anything of the records says that something closed, or was bought at a price.

    A name of one word, such as `ret`, says no more than that it is a result, or none.
    """
    if len(one.pnl.words) == 1:
        return True
    return bool(times.closed or one.closing.marker or roles.keys() & _OF_A_CLOSE)


def _says_the_same(one: Reading, other: Reading) -> bool:
    return other.is_sure and (one.source, one.dialect) == (other.source, other.dialect)


def _decided(records: Sequence[Mapping[str, object]]) -> Reading:
    every = columns_of(records)
    columns = [in_zone(column) for column in every if column.filled]
    names = tuple(names_of(columns))
    if not columns:
        return nothing_found(names, "there are no records with fields")
    roles, times, fees = roles_of(columns), Times(columns), fees_of(columns)
    unfilled = [one for one in every if not one.filled]
    if why := why_no_trades(columns, roles, times, unfilled):
        return nothing_found(names, "; ".join(filter(None, (why, lists_inside(columns)))))
    fees = [*fees, *slippage_that_moves(columns, roles, fees)]
    failed, left_out = failed_records(columns)
    totals, of_totals = total_records(columns)
    moved, of_moved = moved_records(columns, roles)
    of_moved = {} if moved <= failed else of_moved
    failed, left_out = failed | totals | moved, {**of_totals, **of_moved, **left_out}
    log = Log(columns, roles, times, fees, failed, left_out)
    candidates = candidates_of(columns, roles, times, fees, failed)
    least = PLAUSIBLE if times.are_there else PLAUSIBLE_WITHOUT_TIME
    candidates = [
        one
        for one in candidates
        if one.score >= (least if _may_end(one, roles, times) else WITHOUT_END)
    ]
    if not candidates:
        none = nothing_found(names, _encoding(names) or why_none(columns, roles, times))
        return _without_idle_time(without_pnl(log) or none)
    reading = (
        _of_executions(log, candidates)
        or _of_prices(log, candidates[0])
        or _with_other_covered(candidates, log)
    )
    reading = with_risk_offered(reading, candidates)
    reading = with_ignored_asked(reading, records, columns, roles, times)
    return _without_idle_time(proved_once(reading, candidates[0], roles, fees))


def _encoding(names: Sequence[str]) -> str:
    """What to do about names with bytes that are not UTF-8; empty where there are none."""
    odd = next((name for name in names if _NOT_UTF_8 in name), "")
    said = f"the name {odd} is not in UTF-8; save the file as UTF-8"
    return f"{said}, such as with `iconv -f cp1252 -t utf-8`" if odd else ""


def _without_idle_time(reading: Reading) -> Reading:
    """The reading without the question for a time that has one answer, where more is asked."""
    others = [one for one in reading.doubts if one.name != "no_time" or len(one.answers) > 1]
    fields = reading.dialect.get("fields")
    if not others or len(others) == len(reading.doubts) or not isinstance(fields, dict):
        return reading
    return reading._replace(
        dialect={**reading.dialect, "fields": {"closed_at": ONE_DAY, **fields}},
        doubts=tuple(others),
        assumed=(*reading.assumed, ON_ONE_DAY),
    )


def _of_executions(log: Log, candidates: Sequence[Candidate]) -> Reading | None:
    """The records as executions, where the P&L is what matching them gives, or adds that up.

    The costs of the entry are then known as well.
    """
    whens = (*log.times.event, *log.times.closed, *log.times.other)
    best = candidates[0]
    if not whens:
        return None
    orders = log._replace(roles=without_entry_price(with_side_of_orders(log.roles, log.columns)))
    orders, _ = with_other_sides(orders, range(len(log.columns[0].values)))
    if best.unit == MONEY and is_after_exit_alone(best.pnl, orders.roles, log.fees, whens[0]):
        found = from_executions(orders, best.pnl)
        return found and found._replace(
            score=best.score + 25, evidence=(*found.evidence, f"{best.pnl.name}: {OF_EXIT_ALONE}")
        )
    if best.proved:
        return None
    is_marked = best.closing.marker is not None
    is_total = best.name.is_running and not is_marked
    is_total = is_total and adds_up_executions(log, best.pnl, whens[0])
    if not is_total and not (log.fees and agrees_with_executions(log, best.pnl, whens[0])):
        return None
    found = from_executions(log, best.pnl)
    if found is None:
        return None
    return found._replace(
        score=best.score + 25, evidence=(*found.evidence, f"{best.pnl.name} agrees")
    )


def _of_prices(log: Log, best: Candidate) -> Reading | None:
    """The records as trades at their prices, where a total so far or an account moves by these.

    The P&L is that total, or the per cent of each trade beside a balance.
    """
    total = best.pnl if best.name.is_running else None
    if best.unit in (PERCENT, FRACTION):
        total = account_of(log.columns, log.roles)
    if log.fees or total is None or not moves_by_prices(total, log.roles, best.closing.rows):
        return None
    found = from_prices(log)
    return found and found._replace(evidence=(*found.evidence, f"{total.name} adds them up"))


def _with_other_covered(candidates: Sequence[Candidate], log: Log) -> Reading:
    """The best reading, with a question where its P&L is that of few records that closed.

    Another P&L of most of them, perhaps in another unit, may be what is looked for.
    """
    best, reading = candidates[0], without_weak(_read(candidates, log))
    missing = closed_without(best, log.columns, log.roles, log.times)
    if missing:
        instead = from_prices(log)
        whole = None
        if not log.fees:  # which prices say nothing of
            whole = computed_for_all(reading, best, missing, log.roles, instead)
        reading = whole or with_closed_asked(reading, best, missing, log.roles, instead)
    if may_be_in_money(best, log.roles) and not is_worth_denied(log.roles, log.columns):
        reading = asked_of_executions(reading, best, from_executions(log))
    if weighs_otherwise(best, log.roles):
        reading = asked_of_prices(reading, best, log.roles, from_prices(log))
    other = next(
        (one for one in candidates[1:] if covers_more(one, best, log.roles, log.times)), None
    )
    if any(doubt.name == "two_results" for doubt in reading.doubts):
        return reading
    if other is None:
        return _with_other_amount(reading, candidates, log)
    doubt = which_covers(best, other, reading, _read([other], log))
    others = [one for one in reading.doubts if one.name != "left_out"]  # which is the same question
    return reading._replace(doubts=(doubt, *others))


def _with_other_amount(reading: Reading, candidates: Sequence[Candidate], log: Log) -> Reading:
    """The reading, with a question where its P&L is in points and another one may be in money."""
    best = candidates[0]
    if reading.source["currency"] == POINTS:
        for other in candidates[1:]:
            if is_money_beside_points(other, best) or is_in_other_points(other, best):
                doubt = which_amount(best, other, reading, _read([other], log))
                return reading._replace(doubts=(doubt, *reading.doubts))
    return _with_other_set(reading, candidates, log)


def _with_other_set(reading: Reading, candidates: Sequence[Candidate], log: Log) -> Reading:
    """The reading, with a question where another P&L is that of other trades, joined to these."""
    best = candidates[0]
    other = next((one for one in candidates[1:] if is_of_another_set(one, best, log.columns)), None)
    if other is None:
        return reading
    costs = [] if best.is_net else log.fees  # those in one result are no costs of the other
    doubt = which_set(best, other, reading, _read([other], log._replace(fees=costs)))
    return reading._replace(doubts=(doubt, *reading.doubts))


def _read(candidates: Sequence[Candidate], log: Log) -> Reading:
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
    bearing = with_entry_costs(dialect, best, roles, fees, identity, columns)
    if bearing is not None:
        dialect, costs = bearing, costs._replace(doubts=(), assumed=(*costs.assumed, SAID))
    dialect = with_decimal(_with_hundreds(dialect, best, roles, fees), columns)
    said = [*_of_signs(best, roles), *_of_odd_amounts(best, log), *_of_slippage(best, log)]
    said += closed_unpriced(best, columns, roles, times, log.failed)
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
        assumed=assumed,
        doubts=tuple(one for one in doubts if bearing is None or one.name != "opening_results"),
        columns=tuple(names_of(columns)),
        total=sum((best.pnl.numbers[row] or Decimal(0) for row in rows), Decimal(0)),
    )


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
    said = f"{best.pnl.name} is exit less entry, without a quantity: points stand for a currency"
    return Unit(POINTS, (said,), ())


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
    in_money = per_cent_or_money(best, log.roles, currency_of(log, best.closing.rows))
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
    return "symbol" in roles and bool(roles.keys() & {"stop_loss", "target", "exit_price"})


def _is_realized(pnl: Column, columns: Sequence[Column]) -> bool:
    """Whether a P&L is realized by its name, and none beside it is not, as of what is held."""
    others = (one for one in columns if one is not pnl)
    return "realized" in pnl.words and not any("unrealized" in one.words for one in others)


def _of_signs(best: Candidate, roles: Mapping[str, Column]) -> list[str]:
    """What is taken for granted where prices and the sign of the P&L do not agree."""
    if best.side_of_exit:
        return [f"{roles['side'].name} is the side of the closing order"]
    if best.closing.marker is not None and best.closing.marker is roles.get("side"):
        return []  # a sale that closes is that of a long trade
    if best.sign_contradicts:
        return ["the sign of the P&L contradicts the prices; it is read as logged"]
    wrong, known = against_prices(best.pnl, roles, best.closing.rows)
    if best.proved or wrong * _MANY_WRONG < known or not wrong:
        return []
    return [f"the sign of {wrong} of {known} results contradicts the prices; read as logged"]


def _of_odd_amounts(best: Candidate, log: Log) -> list[str]:
    """What is said of amounts that are far beyond others, and of trades that were only tried."""
    rows, balance = best.closing.rows, log.roles.get("balance")
    tried = live_and_tried(log.columns, rows)
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
