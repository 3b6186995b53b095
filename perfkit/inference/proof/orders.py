"""What earlier orders say of a P&L on the order that closes: bought at 10, sold at 12."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.proof.evidence import costs
from perfkit.inference.proof.executions import Executions, executions_of
from perfkit.inference.proof.prices import NO_PRICES, Prices
from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import directions
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import MONEY

_AGREES = Decimal("0.9")
_LEAST = 2
_LEAST_MATCHED = 3
_EXACT = Decimal("1e-6")
_FEW = 5

OF_EXIT_ALONE = "after the costs of the exit alone; those of openings come off as well"


def without_entry_price(roles: Mapping[str, Column]) -> dict[str, Column]:
    """The roles of orders, beside which the average price of what is held may stand."""
    is_order = {"side", "quantity", "price"} <= roles.keys()
    return {role: one for role, one in roles.items() if not is_order or role != "entry_price"}


def with_side_of_orders(
    roles: Mapping[str, Column], columns: Sequence[Column]
) -> dict[str, Column]:
    """The roles with the side of each order, where the side found is that of the position."""
    if "side" not in roles:
        return dict(roles)
    few = (one for one in columns if one.has_few_words)
    sides = [one for one in few if set(one.distinct) - {""} == {"buy", "sell"}]
    if not sides or roles["side"] in sides:
        return dict(roles)
    return {**roles, "side": sides[0]}


def orders_say(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], times: Times
) -> Prices:
    """Compares a P&L with what matching all orders gives, before and after their costs.

    One that is before costs is not said to be proved: then the orders themselves say more.
    """
    whens = [*times.event, *times.closed, *times.other]
    if not whens:
        return NO_PRICES
    found = executions_of(roles, whens[0], range(len(pnl.values)), fees=fees)
    if found is None:
        return NO_PRICES
    gross = _agrees(pnl, roles, found, {})
    if not fees:
        return Prices(True, MONEY, None, None) if gross else NO_PRICES
    of_exit = {row: costs(fees, row) for row in found.reducing}
    of_both = {row: cost + found.entry_costs[row] for row, cost in of_exit.items()}
    if not gross and (_agrees(pnl, roles, found, of_exit) or _agrees(pnl, roles, found, of_both)):
        return Prices(True, MONEY, True, None)
    if not gross and _agrees_with_last(pnl, roles, fees, found):
        return Prices(True, MONEY, True, None)
    return NO_PRICES


def is_after_exit_alone(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], when: Column | None
) -> bool:
    """Whether a P&L is what matching gives less the costs of the closing order alone.

    Bought at 10 for 0.1, sold at 12 for 0.2, P&L 1.8: the 0.1 came off nowhere.
    """
    if not fees or pnl in roles.values():
        return False
    found = executions_of(roles, when, range(len(pnl.values)), fees=fees)
    if found is None or len(found.reducing) < _LEAST_MATCHED:
        return False
    earned = {row for row, said in enumerate(pnl.numbers) if said}
    if not earned <= set(found.reducing):
        return False
    of_exit = {row: costs(fees, row) for row in found.reducing}
    of_entry = sum(bool(cost) for cost in found.entry_costs.values())
    is_clear = of_entry * 10 >= 9 * len(found.reducing) and not _agrees(pnl, roles, found, {})
    of_both = {row: cost + found.entry_costs[row] for row, cost in of_exit.items()}
    return (
        is_clear and _agrees(pnl, roles, found, of_exit) and not _agrees(pnl, roles, found, of_both)
    )


def openings_without_result(
    pnl: Column, roles: Mapping[str, Column], times: Times, rows: Sequence[int]
) -> list[int]:
    """Executions with a P&L of 0 that only open, where all that reduce a position have another."""
    whens = [*times.event, *times.closed, *times.other]
    zeros = [row for row in rows if not pnl.numbers[row]]
    if not whens or len(zeros) * 4 < len(rows):
        return []
    found = executions_of(roles, whens[0], range(len(pnl.values)))
    if found is None or not found.reducing:
        return []
    reducing = set(found.reducing)
    all_open = reducing.isdisjoint(zeros) and set(zeros) <= set(found.rows)
    return zeros if all_open else []


def only_open(
    pnl: Column,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    times: Times,
    rows: Sequence[int],
) -> list[int]:
    """Executions of the side that only opens, whatever stands in the column of a P&L beside them.

    What those of the other side earned is what matching gives.

    BUY 115 at 2425.9   pnl 77.3        a score, which a cell too few has moved
    SELL 115 at 2255.6  pnl -19584.5
    """
    roles = without_entry_price(roles)
    whens = [*times.event, *times.closed, *times.other]
    if not whens or "exit_price" in roles or not {"side", "price", "quantity"} <= roles.keys():
        return []
    ways = directions(roles["side"])
    if not all(any(pnl.numbers[row] for row in rows if ways[row] == way) for way in (1, -1)):
        return []
    found = executions_of(roles, whens[0], range(len(pnl.values)), fees=fees)
    if found is None or not all(ways[row] for row in rows):
        return []
    way = 1 if sum(ways[row] for row in found.reducing) < 0 else -1
    opening = [row for row in rows if ways[row] == way]
    closing = [row for row in found.reducing if ways[row] == -way]
    covers = [row for row in found.reducing if ways[row] == way]
    if len(covers) * _FEW > len(opening) or len(closing) * 2 < len(rows) - len(opening):
        return []
    if any(_is_exact(pnl.numbers[row], found.gross[row]) for row in covers):
        return []
    found = found._replace(reducing=closing)
    of_exit = {row: costs(fees, row) for row in closing}
    of_both = {row: cost + found.entry_costs[row] for row, cost in of_exit.items()}
    is_so = any(_agrees(pnl, roles, found, less) for less in ({}, of_exit, of_both))
    return opening if is_so and len(closing) >= _LEAST_MATCHED else []


def _is_exact(said: Decimal | None, expected: Decimal) -> bool:
    return said is not None and abs(said - expected) <= abs(expected) * _EXACT


def _agrees_with_last(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], found: Executions
) -> bool:
    """Whether each P&L is that against the last opening order alone, less the costs of the two.

    A bot that was started anew knows no other. One such result, to all its digits, is enough.
    """
    if "side" not in roles:
        return False
    ways, prices = directions(roles["side"]), roles["price"].numbers
    sizes = roles["quantity"].numbers
    symbols = roles["symbol"].labels if "symbol" in roles else [""] * len(prices)
    closing, last = set(found.reducing), dict[str, int]()
    compared = agreed = 0
    for row in found.rows:
        if row not in closing:
            last[symbols[row]] = row
        elif (said := pnl.numbers[row]) and symbols[row] in last:
            entry = last[symbols[row]]
            gross = (prices[row] - prices[entry]) * abs(sizes[row]) * -ways[row]  # type: ignore[operator,arg-type]
            expected = gross - costs(fees, row) - costs(fees, entry)
            compared += 1
            agreed += abs(said - expected) <= abs(expected) * _EXACT
    return agreed > 0 and agreed >= _AGREES * compared


def _agrees(
    pnl: Column, roles: Mapping[str, Column], found: Executions, less: Mapping[int, Decimal]
) -> bool:
    """Whether a P&L is what matching gives less some costs, as far as prices are logged."""
    compared = agreed = 0
    step, sizes = roles["price"].step, roles["quantity"].numbers
    for row in found.reducing:
        said = pnl.numbers[row]
        if said is None:
            continue
        expected = found.gross[row] - less.get(row, Decimal(0))
        compared += 1
        rounded = step * abs(sizes[row] or Decimal(0))
        of_costs = less.get(row, Decimal(0)) / 4
        allowed = 2 * pnl.step + abs(expected) * Decimal("0.0005")
        agreed += abs(said - expected) <= allowed + min(rounded, abs(of_costs))
    return compared >= _LEAST and agreed >= _AGREES * compared
