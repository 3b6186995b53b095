"""Every column that may hold the P&L, and the choice among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.pnl_column.candidates import CONFIDENT, Candidate
from perfkit.inference.pnl_column.scores import candidate_of
from perfkit.inference.proof import evidence as says
from perfkit.inference.proof import payoffs, unnamed
from perfkit.inference.proof.cents import currency_of_contracts, is_in_cents
from perfkit.inference.proof.costs.costs_by_columns import net_by_columns
from perfkit.inference.proof.costs.costs_in_prices import is_net_of_prices
from perfkit.inference.proof.executions import is_cash_flow
from perfkit.inference.proof.orders import only_open, openings_without_result
from perfkit.inference.proof.planned import is_of_targets
from perfkit.inference.proof.rates import may_be_invested, unit_by_prices, unit_of_changes
from perfkit.inference.proof.running import said_by_totals
from perfkit.inference.proof.units import is_of_risk
from perfkit.inference.records.closing import (
    Closing,
    closing_records,
    without_purchases,
    without_unended,
    without_unsettled,
)
from perfkit.inference.records.codes import openings_by_code
from perfkit.inference.records.filled import EVENTS
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.derived_columns import Either, amounts_before, joined
from perfkit.inference.table.options import without_underlying
from perfkit.inference.table.roles import is_part_of_indicator, pnl_columns
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import (
    GROSS,
    MONEY,
    NET,
    PERCENT,
    POINTS,
    RISK,
    pnl_name,
    word_set,
    words,
)

_MONEY_FIRST = 25
"""A column of money with this much evidence comes before one of per cent."""
_OTHER_SIGNS = 30
_OF_TRADES = word_set("trade closed exit close sold settled resolved resolution")
"""Words of events that are no orders, signals or totals."""
_NET_WORDS = NET | word_set("fee fees commission commissions cost costs")
_EXCURSIONS = frozenset(("mae", "mfe", "excursion"))


def candidates_of(
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
    fees: Sequence[Column],
    failed: set[int],
) -> list[Candidate]:
    """Every column that may hold the P&L, the best first."""
    texts = (amounts_before(one) for one in columns if pnl_name(one.name))
    named = [*pnl_columns(columns), *filter(None, texts)]
    named = [one for one in named if any(one.numbers) or says.is_even(one, roles)]
    rows = [row for row in range(len(columns[0].values)) if row not in failed]
    named = [one for one in named if _may_be_earned(one, roles, fees, rows)]
    named = [one for one in named if not is_part_of_indicator(one, columns)]
    named = without_underlying(named, roles.get("symbol"))
    if (both := says.in_two_columns(columns)) is not None:
        named = [*(one for one in named if one not in both.parts), both]
    seen = (columns, roles, times, fees, failed)
    found = _each_scored((*named, *joined(named)), named, *seen)
    if not any(one.proved or one.score >= CONFIDENT for one in found):
        proved = unnamed.proved_columns(columns, roles, times, fees, rows)
        found += _each_scored(proved, named, *seen)
    found = [_beside(one, found, fees) for one in found]
    found = [_beside_other_signs(one, found) for one in found]
    return sorted((one for one in found if not _adds_up_proved(one, found)), key=_order)


def _each_scored(
    results: Sequence[Column],
    named: Sequence[Column],
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
    fees: Sequence[Column],
    failed: set[int],
) -> list[Candidate]:
    found = []
    for pnl in results:
        closing = closing_records(pnl, columns, times, failed, roles.get("exit_price"))
        earned = any(pnl.numbers[row] for row in closing.rows)
        if not closing.rows or not (earned or says.is_even(pnl, roles)):
            continue
        if isinstance(pnl, Either) and (
            pnl.expression in closing.only or not _has_both(pnl, closing)
        ):
            continue
        if closing.marker is None and not closing.only:
            closing = without_purchases(closing, pnl, roles)
        if closing.marker is None and not closing.only:
            closing = _without_openings(closing, pnl, roles, times)
            closing = closing if times.closed else without_unsettled(closing, pnl, roles)
            closing = without_unended(closing, pnl, roles, times)
            if not closing.only:
                closing = _without_side_that_opens(closing, pnl, roles, fees, times)
        closing = _without_coded(closing, pnl, columns)
        others = [one for one in named if one is not pnl]
        held = says.balances_say(pnl, columns, fees, closing.rows)
        held = held._replace(growth=says.grows_between(pnl, columns, closing.rows))
        if held.is_net is None:
            is_net = is_net_of_prices(pnl, columns, roles, fees)
            is_net = is_net or net_by_columns(pnl, columns, roles, fees, closing)
            held = held._replace(is_net=is_net)
        scored = _with_rate(candidate_of(pnl, closing, roles, times, fees, others, held), columns)
        scored = _in_cents(scored, columns, roles, fees)
        found.append(_in_unit_of_changes(_with_totals(scored, columns, roles), columns, roles))
    return found


def _in_cents(
    one: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], fees: Sequence[Column]
) -> Candidate:
    """A candidate that payoffs prove to be in hundredths, unless the unit of costs is unknown."""
    rows = says.checked(one.closing.rows)
    if one.unit != MONEY or one.name.per_unit != 1 or one.name.currency or fees:
        return one
    if not is_in_cents(one.pnl, columns, roles, rows):
        return one
    currency = currency_of_contracts(roles.get("symbol"), rows)
    name = one.name._replace(per_unit=100, currency=currency)
    said = "contracts at prices below 100 say that it is in hundredths"
    reasons = (*one.reasons, said)
    return one._replace(name=name, score=one.score + 25, proved=True, reasons=reasons)


def _has_both(pnl: Either, closing: Closing) -> bool:
    """Whether both columns of two that are one are those of closing records, and not of totals."""
    return all(any(part.present[row] for row in closing.rows) for part in pnl.parts)


def _with_rate(one: Candidate, columns: Sequence[Column]) -> Candidate:
    """A candidate with what a rate of its sign says, and what only trades have.

    So are excursions, and an event that is called a trade or a close.
    """
    if any(set(column.words) & _EXCURSIONS or _says_trade(column, one) for column in columns):
        one = one._replace(score=one.score + 6)
    rate = says.rate_agrees(one.pnl, columns, says.checked(one.closing.rows))
    if one.unit != MONEY or rate is None:
        return one
    reasons = (*one.reasons, f"{rate.name} has its sign")
    return one._replace(score=one.score + 6, reasons=reasons)


def _says_trade(column: Column, one: Candidate) -> bool:
    """Whether a column of events says of each closing record that it is a trade or a close."""
    if column.kind != TEXT or not set(column.words) & EVENTS or not column.has_few_words:
        return False
    said = {column.labels[row] for row in one.closing.rows}
    return bool(said) and all(set(words(label)) & _OF_TRADES for label in said)


def _in_unit_of_changes(
    one: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> Candidate:
    """A candidate called money that is how much one price is above another, in that unit.

    So is one that is a little less than a column beside it, such as `gross`, that is such a change.
    """
    if one.proved or one.unit != MONEY or one.name.currency or one.name.is_absolute:
        return one
    rows = says.checked(one.closing.rows)
    unit = unit_of_changes(one.pnl, columns, rows)
    others = (other for other in columns if other is not one.pnl and other.kind == NUMBER)
    for other in others if not unit else ():
        if says.is_less_throughout(one.pnl, other, rows):
            unit = unit or unit_by_prices(other, roles, rows)
    if not unit or may_be_invested(roles, rows, Decimal(100 if unit == PERCENT else 1)):
        return one
    return one._replace(unit=unit)


def _with_totals(
    one: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> Candidate:
    """A candidate that is what came back less what was paid, a sum, or what a total moves by."""
    if one.proved or one.unit not in (MONEY, RISK, POINTS):
        return one
    said = said_by_totals(one.pnl, columns, roles, one.closing.rows)
    reasons = (*one.reasons, said)
    return one._replace(score=one.score + 25, proved=True, reasons=reasons) if said else one


def _without_openings(
    closing: Closing, pnl: Column, roles: Mapping[str, Column], times: Times
) -> Closing:
    """The closing records without executions that only open, which have a P&L of 0."""
    opening = set(openings_without_result(pnl, roles, times, closing.rows))
    if not opening:
        return closing
    return _without_zeros(closing, pnl, sorted(opening))


def _without_coded(closing: Closing, pnl: Column, columns: Sequence[Column]) -> Closing:
    """The closing records without those of which a code says that they only open."""
    if closing.marker is not None or closing.only.keys() - {pnl.expression}:
        return closing
    opening = openings_by_code(pnl, columns, closing.rows)
    return _without_zeros(closing, pnl, opening) if opening else closing


def _without_zeros(closing: Closing, pnl: Column, opening: list[int]) -> Closing:
    """The closing records without openings, which are those that have a P&L of 0."""
    rows = sorted({*closing.rows} - {*opening})
    only: dict[str, object] = {pnl.expression: {"not": 0}}
    return closing._replace(rows=rows, only=only, opening=opening)


def _without_side_that_opens(
    closing: Closing,
    pnl: Column,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    times: Times,
) -> Closing:
    """The closing records without executions that only open, as matching them all shows."""
    opening = only_open(pnl, roles, fees, times, closing.rows)
    if not opening:
        return closing
    side, left = roles["side"], {*opening}
    rows = [row for row in closing.rows if row not in left]
    said = logged(side, {side.labels[row] for row in rows})
    only: dict[str, object] = {side.expression: said[0] if len(said) == 1 else said}
    return closing._replace(rows=rows, only=only, opening=opening, marker=side, score=12)


def _may_be_earned(
    column: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether amounts may be results: not what executions cost; of a unit alone, won and lost."""
    if is_cash_flow(column, roles, fees, rows) or payoffs.is_payout(column, roles, rows):
        return False
    if is_of_targets(column, roles, rows):
        return False
    name = pnl_name(column.name)
    if name is None or not (name.is_bare or column.words == ("r",)):  # which may be a rate
        return True
    if column.words == ("r",) and is_of_risk(column, roles, rows):
        return True
    amounts = [column.numbers[row] or 0 for row in rows]
    return min(amounts, default=0) < 0 < max(amounts, default=0)


def _adds_up_proved(one: Candidate, found: Sequence[Candidate]) -> bool:
    """Whether a total so far adds up another P&L that is proved, and so is the result."""
    proved = [other.pnl for other in found if other.proved and other is not one]
    return one.name.is_running and says.is_total_so_far(one.pnl, proved, one.closing.rows)


def _order(one: Candidate) -> tuple[bool, int]:
    return one.unit != MONEY or one.score < _MONEY_FIRST, -one.score


def _beside_other_signs(one: Candidate, found: Sequence[Candidate]) -> Candidate:
    """A candidate with the name of a unit alone, which counts less where a P&L denies its sign.

    pnl -0.003   win false   rs 18.2      no rupees, but how strong a share is beside others
    """
    if one.proved or not one.name.is_bare:
        return one
    for other in found:
        if other.name.is_bare or other.name.is_running:
            continue
        if says.signs_differ(one.pnl, other.pnl, other.closing.rows):
            reasons = (*one.reasons, f"its sign is not that of {other.pnl.name}")
            return one._replace(score=one.score - _OTHER_SIGNS, reasons=reasons)
    return one


def _is_after_costs_of(one: Candidate, other: Candidate) -> bool:
    """Whether one result is a little less than another, which is what prices give before costs.

    The name of one of the two says that it is after costs, or that the other is before them.
    """
    is_said = one.name.is_net or (other.name.is_gross and not one.name.is_gross)
    if not is_said or one.name.is_running or other.is_net or not other.proved:
        return False
    is_money = one.unit == other.unit == MONEY
    if not is_money:
        return False
    rows = one.closing.rows
    is_named_so = {*one.pnl.words} - {"net"} == {*other.pnl.words} - {"gross"}
    is_named_so = is_named_so and one.name.is_net and other.name.is_gross
    return says.is_less_throughout(one.pnl, other.pnl, rows) or (
        is_named_so and says.is_near(one.pnl, other.pnl, rows)
    )


def _is_named_net_of(one: Candidate, other: Candidate) -> bool:
    """Whether one result is never above another, whose name it has with a word such as `net`.

    pnl 20.5   pnlcomm 20.1
    """
    if not one.name.is_net or other.name.is_net or one.name.is_running:
        return False
    if one.unit != MONEY or other.unit != MONEY:
        return False
    is_named_so = {*one.pnl.words} - _NET_WORDS == {*other.pnl.words} - GROSS
    rows = one.closing.rows
    if not is_named_so or says.is_less_throughout(one.pnl, other.pnl, rows):
        return is_named_so
    return other.name.is_gross and says.is_never_above(one.pnl, other.pnl, rows)


def _beside(one: Candidate, found: Sequence[Candidate], fees: Sequence[Column]) -> Candidate:
    """A candidate after a look at the others: net over gross where they differ by the costs."""
    for other in found:
        if other is one:
            continue
        if one.name.is_net and other.name.is_gross and one.name.unit == other.name.unit:
            one = one._replace(score=one.score + 30)
        rows = says.checked(one.closing.rows)
        is_less = bool(fees) and says.differ_by_costs(other.pnl, one.pnl, fees, rows)
        is_after = _is_after_costs_of(one, other) and not (is_less and other.name.is_running)
        is_after = is_after or _is_named_net_of(one, other)
        if is_after or is_less:
            score = (other if is_after else one).score + 30
            reasons = (*one.reasons, f"is {other.pnl.name} less the costs")
            return one._replace(score=score, is_net=True, reasons=reasons, proved=True)
        if fees and says.differ_by_costs(one.pnl, other.pnl, fees, rows):
            return one._replace(is_net=False)
    return one
