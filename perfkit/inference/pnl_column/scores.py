"""What speaks for and against a column as the P&L, in tenths of a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof import evidence as says
from perfkit.inference.proof import payoffs, unnamed
from perfkit.inference.proof.costs.costs_by_amounts import is_net_by_prices, net_by_amounts
from perfkit.inference.proof.orders import orders_say, without_entry_price
from perfkit.inference.proof.planned import is_stop_or_target
from perfkit.inference.proof.prices import Prices, earlier_prices_say, is_less_by_costs, prices_say
from perfkit.inference.proof.rates import is_rate_less_costs
from perfkit.inference.proof.units import unit_after_costs, unit_of_result, unit_of_values
from perfkit.inference.records.closing import Closing
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.table.derived_columns import Either
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import (
    FRACTION,
    MONEY,
    PERCENT,
    RISK,
    PnlName,
    pnl_name,
    word_set,
    words,
)

_TURNED = 5
OF_EACH_PIECE = "of each piece, times the quantity"
"""What is said of a P&L that is that of one piece, many times."""


def candidate_of(
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
    is_open = _is_net_by_name_alone(name, (held, balance), pnl, roles, fees, rows)
    said: Iterator[bool | None] = chain(
        _of_costs(name, prices, balance, held, roles),
        _by_other_columns(pnl, closing, roles, fees, others),
        net_by_amounts(pnl, roles, fees, rows),
    )
    return Candidate(
        pnl=pnl,
        name=name,
        closing=closing,
        score=_described(pnl, roles, fees) + sum(points for points, _ in evidence),
        unit=unit,
        is_net=None if is_open else next((one for one in said if one is not None), None),
        reasons=tuple(reason for _, reason in evidence),
        sign_contradicts=_contradicts(prices),
        proved=is_held or growth is not None,
        side_of_exit=side_of_exit,
        is_in_quotes=prices.in_quotes and not balance.moves,
    )


def _is_net_by_name_alone(
    name: PnlName,
    balances: Sequence[says.Balance],
    pnl: Column,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    rows: Sequence[int],
) -> bool:
    """Whether a P&L is called net, and is what prices give before all costs to its last digits."""
    if not name.is_net or not fees or any(one.is_net for one in balances):
        return False
    return is_net_by_prices(pnl, roles, fees, rows) is False


def _adds_up_to_net(pnl: Column, others: Sequence[Column], rows: Sequence[int]) -> bool:
    """Whether a total so far that is called net, such as `Cum. net profit`, moves by a P&L."""
    totals = [one for one in others if (known := pnl_name(one.name)) and known.is_running]
    return any("net" in one.words and says.is_total_so_far(one, [pnl], rows) for one in totals)


def _by_other_columns(
    pnl: Column,
    closing: Closing,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    others: Sequence[Column],
) -> Iterator[bool | None]:
    """Whether costs are in a P&L by the columns of costs and the names beside it."""
    yield _adds_up_to_net(pnl, others, closing.rows) or None
    yield is_less_by_costs(pnl, roles, fees, says.checked(closing.rows)) or None
    yield False if _is_of_metatrader(pnl, fees) and not _has_costs(pnl, closing, fees) else None


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
    return [*said, prices.is_net, False if balance.is_net is False else None]


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
    elif name.is_running and not _is_of_all_pieces(pnl, others, roles, rows):
        found.append((-15, "may be a total so far"))
    if unit != MONEY:
        found.append((_not_money(others, roles), "is not an amount of money"))
    if unit == RISK and is_stop_or_target(pnl, others, roles, rows):
        found.append((14, "is -1 or what was planned"))
    if isinstance(pnl, Either):
        found.append((8, "each record has one of the two"))
    elif unit == MONEY and (piece := says.of_each_piece(pnl, others, roles, rows)) is not None:
        found.append((12, f"is {piece.name} {OF_EACH_PIECE}"))
    elif unit == MONEY and (move := says.of_each_point(pnl, others, roles, rows)) is not None:
        found.append((12, f"is {move.name}, times what one of it is worth"))
    return found


def _is_of_all_pieces(
    pnl: Column, others: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int]
) -> bool:
    """Whether a `pnl_total` is that of all pieces of a trade, as `pnl_per_share` beside it says."""
    piece = says.of_each_piece(pnl, others, roles, rows)
    return piece is not None and "per" in piece.words


_DESCRIBING = frozenset(
    ("symbol", "side", "quantity", "entry_price", "exit_price", "price", "strategy")
)


def _prices(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> tuple[Prices, bool]:
    """What prices say, and whether they only agree when the side is that of the closing order."""
    prices = prices_say(pnl, roles, fees, rows)
    are_closes = _are_orders_that_close(roles, rows)
    if not prices.proved and _contradicts(prices) and (are_closes or _orders(roles)):
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
    """Whether sides are those of orders, so that the closing one of a long trade is a sale.

    Some of them may say that they close: `SELL` and `BUY (Cover)`.
    """
    side = roles.get("side")
    if side is None or side.kind != TEXT:
        return False
    said = [set(words(label)) for label in side.distinct if label]
    return bool(said) and all(one & _ORDERS and one <= _ORDERS | _OF_A_CLOSE for one in said)


_ORDERS = word_set("buy sell bought sold")
_OF_A_CLOSE = word_set(
    "close closed closing exit exited square squared squareoff cover covered unwind unwound out "
    "stop sl tp target stoploss takeprofit"
)


def _are_orders_that_close(roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether the side of each record is an order that says it closes: `SELL (exit)`."""
    side = roles.get("side")
    if side is None or side.kind != TEXT:
        return False
    said = [set(words(label)) for label in {side.labels[row] for row in rows}]
    return bool(said) and all(one & _ORDERS and one & _OF_A_CLOSE for one in said)


def _mostly(column: Column, rows: Sequence[int]) -> bool:
    return sum(column.present[row] for row in rows) * 10 >= 9 * len(rows)
