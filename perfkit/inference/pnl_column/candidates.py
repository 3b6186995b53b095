"""Columns that may hold the P&L, each with what speaks for it, and the choice among them.

Evidence counts in tenths of a point. A reading is confident from `CONFIDENT` on; what that takes
was measured on public logs: a name such as `pnl` is worth 2.4 points, agreement with prices or with
a balance 2.5, a column that marks the closing records 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from perfkit.inference.proof import evidence as says
from perfkit.inference.proof import payoffs, unnamed
from perfkit.inference.proof.costs.costs_beside import net_by_columns
from perfkit.inference.proof.costs.costs_in_result import costs_in_result
from perfkit.inference.proof.executions import is_cash_flow
from perfkit.inference.proof.orders import openings_without_result, orders_say, without_entry_price
from perfkit.inference.proof.prices import Prices, earlier_prices_say, is_less_by_costs, prices_say
from perfkit.inference.proof.running import said_by_totals
from perfkit.inference.proof.units import (
    is_of_risk,
    is_rate_less_costs,
    unit_after_costs,
    unit_of_result,
    unit_of_values,
)
from perfkit.inference.records.closing import Closing, closing_records, without_purchases
from perfkit.inference.table.columns import Column
from perfkit.inference.table.derived_columns import Either, amounts_before, joined
from perfkit.inference.table.options import without_underlying
from perfkit.inference.table.roles import Times, is_part_of_indicator, pnl_columns
from perfkit.inference.words.names import FRACTION, MONEY, PERCENT, PnlName, pnl_name

CONFIDENT = 30
_MONEY_FIRST = 25
"""A column of money with this much evidence comes before one of per cent."""
_TURNED = 5
_EXCURSIONS = frozenset(("mae", "mfe", "excursion"))
CLOSE_CALL = 6
"""Two readings that differ by less than this are equally good."""


class Candidate(NamedTuple):
    """A column that may hold the P&L, with the records that close a trade by it.

    `is_net` says whether costs are in it (None: unknown), `reasons` what speaks for and against.
    `is_in_quotes` says that it is what prices give, and so in what these are quoted in.
    """

    pnl: Column
    name: PnlName
    closing: Closing
    score: int
    unit: str
    is_net: bool | None
    reasons: tuple[str, ...]
    sign_contradicts: bool
    proved: bool
    side_of_exit: bool
    is_in_quotes: bool


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
        if isinstance(pnl, Either) and pnl.expression in closing.only:
            continue
        if closing.marker is None and not closing.only:
            closing = without_purchases(closing, pnl, roles)
        if closing.marker is None and not closing.only:
            closing = _without_openings(closing, pnl, roles, times)
        others = [one for one in named if one is not pnl]
        held = says.balances_say(pnl, columns, fees, closing.rows)
        held = held._replace(growth=says.grows_between(pnl, columns, closing.rows))
        if held.is_net is None:
            held = held._replace(is_net=net_by_columns(pnl, columns, roles, fees, closing))
        scored = _with_rate(_scored(pnl, closing, roles, times, fees, others, held), columns)
        found.append(_with_totals(scored, columns, roles))
    return found


def _with_rate(one: Candidate, columns: Sequence[Column]) -> Candidate:
    """A candidate with what a rate of its sign says, and excursions, which only trades have."""
    if any(set(column.words) & _EXCURSIONS for column in columns):
        one = one._replace(score=one.score + 6)
    rate = says.rate_agrees(one.pnl, columns, says.checked(one.closing.rows))
    if one.unit != MONEY or rate is None:
        return one
    reasons = (*one.reasons, f"{rate.name} has its sign")
    return one._replace(score=one.score + 6, reasons=reasons)


def _with_totals(
    one: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> Candidate:
    """A candidate that is what came back less what was paid, a sum, or what a total moves by."""
    if one.proved or one.unit != MONEY:
        return one
    said = said_by_totals(one.pnl, columns, roles, says.checked(one.closing.rows))
    reasons = (*one.reasons, said)
    return one._replace(score=one.score + 25, proved=True, reasons=reasons) if said else one


def _without_openings(
    closing: Closing, pnl: Column, roles: Mapping[str, Column], times: Times
) -> Closing:
    """The closing records without executions that only open, which have a P&L of 0."""
    opening = set(openings_without_result(pnl, roles, times, closing.rows))
    if not opening:
        return closing
    rows = [row for row in closing.rows if row not in opening]
    only: dict[str, object] = {pnl.expression: {"not": 0}}
    return closing._replace(rows=rows, only=only, opening=sorted(opening))


def _may_be_earned(
    column: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether amounts may be results: not what executions cost; of a unit alone, won and lost."""
    if is_cash_flow(column, roles, fees, rows) or payoffs.is_payout(column, roles, rows):
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


def _scored(
    pnl: Column,
    closing: Closing,
    roles: Mapping[str, Column],
    times: Times,
    fees: Sequence[Column],
    others: Sequence[Column],
    held: says.Balance,
) -> Candidate:
    """A candidate with its evidence, one check after the other; `held` is what balances say."""
    name = pnl_name(pnl.parts[0].name if isinstance(pnl, Either) else pnl.name) or unnamed.NAME
    rows = says.checked(closing.rows)
    prices, side_of_exit = _prices(pnl, roles, fees, rows)
    if not prices.proved:
        prices = _of_earlier_orders(prices, name.unit, pnl, roles, fees, times, closing.rows)
    unit = unit_of_result(pnl, name, prices, others, rows)
    unit = unit if prices.proved else unit_of_values(pnl, name, unit, roles, rows)
    is_rate = unit == PERCENT and not prices.proved
    growth, balance = held.growth if is_rate else None, says.NO_BALANCE
    if (held_so_far := roles.get("balance", pnl)) is not pnl:
        balance = says.balance_says(pnl, held_so_far, fees, closing.rows)
        growth = growth or (says.grows_by(pnl, held_so_far, closing.rows) if is_rate else None)
    unit = FRACTION if growth == says.HUNDRED else unit
    is_held = prices.proved or held.moves or balance.moves
    unit = unit if is_held else unit_after_costs(pnl, name, unit, roles, rows)
    evidence = [(name.score, _named(pnl, name)), *_of_prices(prices, unit, roles, pnl, rows)]
    evidence += _of_balances(roles, held=held.moves, moves=balance.moves or growth is not None)
    evidence += _of_columns(pnl, closing, roles, times, rows)
    evidence += _of_others(pnl, name, unit, others, roles, closing.rows)
    said = [
        *_of_costs(name, prices, balance, held, roles),
        is_less_by_costs(pnl, roles, fees, rows) or None,
        False if _is_of_metatrader(pnl, fees) and not _has_costs(pnl, closing, fees) else None,
        *costs_in_result(pnl, roles, fees, rows),
    ]
    return Candidate(
        pnl=pnl,
        name=name,
        closing=closing,
        score=_described(pnl, roles, fees) + sum(points for points, _ in evidence),
        unit=unit,
        is_net=next((one for one in said if one is not None), None),
        reasons=tuple(reason for _, reason in evidence),
        sign_contradicts=_contradicts(prices),
        proved=is_held or growth is not None,
        side_of_exit=side_of_exit,
        is_in_quotes=prices.in_quotes and not balance.moves,
    )


def _described(pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column]) -> int:
    """What the other parts of a trade count, less for each object that the P&L lies in."""
    parts = 3 * (len(_DESCRIBING & roles.keys()) + bool(fees))
    return min(parts, 12) - 3 * (len(pnl.path) - 1)


def _named(pnl: Column, name: PnlName) -> str:
    return f"{'the name ' if name is not unnamed.NAME else ''}{pnl.name}"


def _of_balances(roles: Mapping[str, Column], *, held: bool, moves: bool) -> list[tuple[int, str]]:
    if held:
        return [(25, "a balance before and after differs by it")]
    return [(25, f"{roles['balance'].name} moves by it")] if moves else []


def _of_costs(
    name: PnlName,
    prices: Prices,
    balance: says.Balance,
    held: says.Balance,
    roles: Mapping[str, Column],
) -> list[bool | None]:
    """Whether costs are in a P&L by its name, a balance and prices, the surest first."""
    said = [True if name.is_net else False if name.is_gross else None, held.is_net]
    if balance.is_net and _is_held(roles["balance"]):  # what it moves by is what was earned
        said.append(True)
    return [*said, prices.is_net, balance.is_net]


def _is_of_metatrader(pnl: Column, fees: Sequence[Column]) -> bool:
    """Whether a P&L is called `profit` beside a `swap` and a commission, as MetaTrader logs them.

    Its profit is before both. In other languages its commission is a fee.
    """
    parts = {fee.words for fee in fees}
    costs = bool(parts & {("commission",), ("fee",)})
    return pnl.words == ("profit",) and ("swap",) in parts and costs


def _has_costs(pnl: Column, closing: Closing, fees: Sequence[Column]) -> bool:
    """Whether the P&L of all openings is their costs, so that it is after costs everywhere."""
    paid = [row for row in closing.opening if pnl.numbers[row]]
    return bool(paid) and all(says.costs(fees, row) == -(pnl.numbers[row] or 0) for row in paid)


def _is_held(balance: Column) -> bool:
    """Whether a balance is what an account holds, and no sum of results."""
    return pnl_name(balance.name) is None


def _of_earlier_orders(
    prices: Prices,
    unit: str,
    pnl: Column,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    times: Times,
    rows: Sequence[int],
) -> Prices:
    """What the orders before each close say, where they prove the P&L; else what is known."""
    found = prices
    if unit == PERCENT:
        found = earlier_prices_say(pnl, roles, rows)
    elif unit == MONEY:
        found = orders_say(pnl, without_entry_price(roles), fees, times)
    return found if found.proved else prices


def _of_others(
    pnl: Column,
    name: PnlName,
    unit: str,
    others: Sequence[Column],
    roles: Mapping[str, Column],
    rows: Sequence[int],
) -> list[tuple[int, str]]:
    """What other columns that may hold the P&L say of one."""
    found = []
    if says.is_total_so_far(pnl, others, rows):
        found.append((-30, "adds up another P&L column"))
    elif name.is_running:
        found.append((-15, "may be a total so far"))
    if unit != MONEY:
        found.append((_not_money(others, roles), "is not an amount of money"))
    if isinstance(pnl, Either):
        found.append((8, "each record has one of the two"))
    elif unit == MONEY and (piece := says.of_each_piece(pnl, others, roles, rows)) is not None:
        found.append((12, f"is {piece.name} of each piece, times the quantity"))
    return found


_DESCRIBING = frozenset(
    ("symbol", "side", "quantity", "entry_price", "exit_price", "price", "strategy")
)


def _prices(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> tuple[Prices, bool]:
    """What prices say, and whether they only agree when the side is that of the closing order."""
    prices = prices_say(pnl, roles, fees, rows)
    if not prices.proved and _contradicts(prices) and _orders(roles):
        turned = prices_say(pnl, roles, fees, rows, turn=-1)
        if turned.proved or _is_turned(prices, roles):
            return turned, True
    if not prices.proved and (paid := payoffs.payoffs_say(pnl, roles, fees, rows)).proved:
        return paid, False
    return prices, False


def _is_turned(prices: Prices, roles: Mapping[str, Column]) -> bool:
    """Whether the sign contradicts the prices in all records, of buys as well as of sells.

    Then the side is that of the closing order, whatever else is in the P&L.
    """
    side = roles["side"]
    return prices.sign == 0 and {"buy", "sell"} <= set(side.distinct) and side.filled >= _TURNED


def _not_money(others: Sequence[Column], roles: Mapping[str, Column]) -> int:
    """What a unit other than money counts, in tenths: less where there is an amount of money.

    Records with a side are trades, whatever the unit of their results.
    """
    names = [pnl_name(other.name) for other in others]
    if any(name is not None and name.unit == MONEY for name in names):
        return -14
    return 0 if "side" in roles else -4


def _contradicts(prices: Prices) -> bool:
    return not prices.proved and prices.sign is not None and prices.sign * 10 <= 2


def _of_prices(
    prices: Prices, unit: str, roles: Mapping[str, Column], pnl: Column, rows: Sequence[int]
) -> list[tuple[int, str]]:
    if prices.proved:
        what = "entry and exit price" if "entry_price" in roles else "the prices of earlier orders"
        return [(25 if unit == MONEY else 18, f"agrees with {what}")]
    if prices.sign is not None and prices.sign * 10 >= 8:
        return [(12, "its sign agrees with the prices")]
    is_rate = prices.sign is None and unit in (PERCENT, FRACTION)
    if is_rate and is_rate_less_costs(pnl, roles, rows, unit):
        return [(12, "is a little less than what the prices give")]
    return [(-15, "its sign contradicts the prices")] if _contradicts(prices) else []


def _of_columns(
    pnl: Column,
    closing: Closing,
    roles: Mapping[str, Column],
    times: Times,
    rows: Sequence[int],
) -> list[tuple[int, str]]:
    """What the columns beside a P&L say: an outcome, a closing time, a mark of the closes."""
    found = []
    if "outcome" in roles and says.outcome_agrees(pnl, roles["outcome"], rows):
        found.append((16, says.agreed_with(pnl, roles["outcome"], rows)))
    elif "exit_reason" in roles and says.reason_agrees(pnl, roles["exit_reason"], rows):
        found.append((12, f"its sign agrees with {roles['exit_reason'].name}"))
    elif "exit_reason" in roles and says.reasons_are_ends(roles["exit_reason"], rows):
        found.append((8, f"{roles['exit_reason'].name} says how trades ended"))
    elif "outcome" in roles and says.reasons_are_ends(roles["outcome"], rows):
        found.append((10, f"{roles['outcome'].name} says how trades ended"))
    closes = [column for column in times.closed if _mostly(column, closing.rows)]
    if closes:
        found.append((15, f"the closing time {closes[0].name}"))
    if closing.marker is not None:
        reason = f"{closing.marker.name} marks the records that close"
        found.append((closing.score, reason))
    return found


def _orders(roles: Mapping[str, Column]) -> bool:
    """Whether sides are those of orders, so that the closing one of a long trade is a sale."""
    side = roles.get("side")
    return side is not None and set(side.distinct) - {""} <= {"buy", "sell"}


def _mostly(column: Column, rows: Sequence[int]) -> bool:
    return sum(column.present[row] for row in rows) * 10 >= 9 * len(rows)


def _is_after_costs_of(one: Candidate, other: Candidate) -> bool:
    """Whether one result is a little less than another, which is what prices give before costs.

    The name of one of the two says that it is after costs, or that the other is before them.
    """
    is_said = one.name.is_net or (other.name.is_gross and not one.name.is_gross)
    if not is_said or one.name.is_running or other.is_net or not other.proved:
        return False
    is_money = one.unit == other.unit == MONEY
    return is_money and says.is_less_throughout(one.pnl, other.pnl, one.closing.rows)


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
        if is_after or is_less:
            score = (other if is_after else one).score + 30
            reasons = (*one.reasons, f"is {other.pnl.name} less the costs")
            return one._replace(score=score, is_net=True, reasons=reasons, proved=True)
        if fees and says.differ_by_costs(one.pnl, other.pnl, fees, rows):
            return one._replace(is_net=False)
    return one
