"""Whether costs are in a P&L, by its own amounts: beside prices, cash, openings and their digits.

pnl -155.38, fees 25.38     -130.00 without them: a result of prices has no such cents
pnl 12.25, fees 0.74        a move of whole ticks, as before all costs
pnl -0.1, fees 0.1          an opening, which has earned nothing but its costs
cash 1000 ... 1012.3        from flat to flat, so much was earned after all costs
10 to 11, 5 pieces, pnl 4   what prices give, less a fee of 2, and with funding of -1 received
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from perfkit.inference.proof.evidence import costs
from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import pnl_name

_LEAST = 8
_LEAST_OPENINGS = 3
_LEAST_OF_SYMBOL = 3
_MANY_STEPS = 1000
_SMALL = 20
"""Costs of less than one of so many parts of a result are lost in its rounding."""
_PARTS = ("side", "quantity", "balance")
_TICK = Decimal("0.25")
_ROUND = 10
"""What an account began with is a multiple of it."""
_DUST = Decimal("1e-6")
_TO_DIGITS = Decimal("1e-9")
"""Binary numbers of a log differ by so much of what is traded."""
_SLIGHT = Decimal("1e-5")
"""Prices are rounded for display, and what they are worth by so much of it."""


def net_by_amounts(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> Iterator[bool | None]:
    """What each of these says, the surest first."""
    if fees:
        yield is_net_by_prices(pnl, roles, fees, rows)
        yield is_net_by_cash(pnl, roles, fees)
        yield is_net_by_openings(pnl, fees) or None
        yield is_net_by_digits(pnl, fees, rows)
        yield is_net_by_few(pnl, roles, fees, rows)
        yield is_net_by_worth(pnl, roles, fees, rows)


def is_net_by_prices(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool | None:
    """Whether a P&L is what prices give less all costs, each with its sign, to its last digits.

    Without a side, trades are long. None where most records say something else.
    """
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return None
    entries, exits, sizes = (
        roles[one].numbers for one in ("entry_price", "exit_price", "quantity")
    )
    ways = directions(roles["side"]) if "side" in roles else [1] * len(entries)
    paid = {False: 0, True: 0}
    compared = 0
    for row in rows:
        entry, out, size, earned = entries[row], exits[row], sizes[row], pnl.numbers[row]
        cost = sum((fee.numbers[row] or Decimal(0) for fee in fees), Decimal(0))
        if not entry or not out or not size or earned is None or not cost:
            continue
        compared += 1
        left = (out - entry) * abs(size) * ways[row] - earned
        allowed = 2 * pnl.step + abs(entry * size) * _TO_DIGITS
        paid[True] += abs(left - cost) <= allowed < abs(cost)
        paid[False] += abs(left) <= allowed < abs(cost)
    if compared < _LEAST or max(paid.values()) * 20 < 19 * compared:
        return None
    return paid[True] > paid[False]


def is_net_by_few(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool | None:
    """Whether a few results are to many digits what prices give, all with the costs or without.

    Others may be rounded, or of a part of the quantity.
    """
    found = {False: 0, True: 0}
    compared = 0
    for amount, earned, cost in _earned_and_paid(pnl, roles, fees, rows).values():
        allowed = 2 * pnl.step
        if abs(cost) < _MANY_STEPS * allowed:
            continue
        compared += 1
        found[True] += abs(amount - cost - earned) <= allowed
        found[False] += abs(amount - earned) <= allowed
    if max(found.values()) * 4 < max(compared, 1) or min(found.values()):
        return None
    return found[True] > found[False]


def is_net_by_worth(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool | None:
    """Whether a move of the price is worth about the same in all trades of a symbol with the costs.

    Without a multiplier it is not known what it is worth. None where both, or neither, may be.
    """
    symbol = roles.get("symbol")
    each: dict[str, list[tuple[Decimal, Decimal, Decimal]]] = {}
    for row, one in _earned_and_paid(pnl, roles, fees, rows).items():
        each.setdefault("" if symbol is None else symbol.labels[row], []).append(one)
    nearer = {False: 0, True: 0}
    apart = {False: Decimal(0), True: Decimal(0)}
    compared, paid = 0, Decimal(0)
    for trades in each.values():
        worths = {is_net: _worth(trades, is_net=is_net) for is_net in nearer}
        if len(trades) < _LEAST_OF_SYMBOL or min(worths.values()) <= 0:
            continue
        for amount, earned, cost in trades:
            if abs(cost) <= 4 * pnl.step or abs(cost) * _SMALL < abs(earned):
                continue
            gross = abs(earned - worths[False] * amount)
            net = abs(earned + cost - worths[True] * amount)
            compared, paid = compared + 1, paid + abs(cost)
            nearer[False] += gross * 2 <= net
            nearer[True] += net * 2 <= gross
            apart = {False: apart[False] + gross, True: apart[True] + net}
    is_net = nearer[True] > nearer[False]
    is_clear = compared >= _LEAST and nearer[is_net] * 10 >= 8 * compared
    return is_net if is_clear and apart[is_net] * 3 <= paid else None


def _worth(trades: Sequence[tuple[Decimal, Decimal, Decimal]], *, is_net: bool) -> Decimal:
    """What 1 that a price moved is worth in the middle trade, with or without the costs."""
    ratios = sorted(
        (earned + (cost if is_net else Decimal(0))) / amount for amount, earned, cost in trades
    )
    return ratios[len(ratios) // 2]


def _earned_and_paid(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """What prices give, what is logged, and the costs, of each record that has all of them."""
    if not {"entry_price", "exit_price", "quantity", "side"} <= roles.keys():
        return {}
    entries, exits, sizes = (
        roles[one].numbers for one in ("entry_price", "exit_price", "quantity")
    )
    ways = directions(roles["side"])
    found = {}
    for row in rows:
        entry, out, size, earned = entries[row], exits[row], sizes[row], pnl.numbers[row]
        if entry and out and size and ways[row] and earned is not None:
            amount = (out - entry) * abs(size) * ways[row]
            if amount:
                found[row] = amount, earned, costs(fees, row)
    return found


def is_net_by_digits(pnl: Column, fees: Sequence[Column], rows: Sequence[int]) -> bool | None:
    """Whether a P&L is a round number with the costs, or without; None where neither is clear."""
    pairs = [
        (said, cost)
        for row in rows
        if (said := pnl.numbers[row]) and (cost := costs(fees, row)) and _places(cost) >= 2
    ]
    if len(pairs) < _LEAST:
        return None
    rounder = [_places(said + cost) < min(_places(said), _places(cost)) for said, cost in pairs]
    if sum(rounder) * 10 >= 9 * len(pairs):
        return True
    parts = sum(not _is_whole(said) for said, _ in pairs)
    are_ticks = all(_is_whole(said / _TICK) for said, _ in pairs) and parts * 5 >= len(pairs)
    return False if are_ticks and not any(rounder) else None


def is_net_by_openings(pnl: Column, fees: Sequence[Column]) -> bool:
    """Whether many records have their costs as the P&L, to the last digit, as openings have."""
    paid = [
        (said, cost) for row, said in enumerate(pnl.numbers) if said and (cost := costs(fees, row))
    ]
    alike = {said for said, cost in paid if said == -cost}
    count = sum(said == -cost for said, cost in paid)
    return len(alike) >= _LEAST_OPENINGS and count * 10 >= len(paid)


def is_net_by_cash(pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column]) -> bool | None:
    """Whether cash grows by the P&L from flat to flat, or by that less all costs; None: neither."""
    if not set(_PARTS) <= roles.keys() or not fees:
        return None
    cash, flat = roles["balance"], _flat_rows(roles)
    if not flat or cash is pnl or pnl_name(cash.name) is not None:  # a sum of results
        return None
    first, last = (flat[0] if len(flat) > 1 else -1), flat[-1]
    before = cash.numbers[first] if first >= 0 else _begun_with(cash, roles, fees)
    after = cash.numbers[last]
    if before is None or after is None:
        return None
    between = range(first + 1, last + 1)
    earned = sum((pnl.numbers[row] or Decimal(0) for row in between), Decimal(0))
    paid = sum((costs(fees, row) for row in between), Decimal(0))
    allowed = (pnl.step + cash.step) * len(between)
    if paid <= 2 * allowed or not earned:
        return None
    by_pnl = abs(after - before - earned) <= allowed
    by_less = abs(after - before - earned + paid) <= allowed
    return None if by_pnl == by_less else by_pnl


def _begun_with(
    cash: Column, roles: Mapping[str, Column], fees: Sequence[Column]
) -> Decimal | None:
    """What there was before the first execution, if that is a round number."""
    if "price" not in roles:
        return None
    price, size = roles["price"].numbers[0], roles["quantity"].numbers[0]
    left, way = cash.numbers[0], directions(roles["side"])[0]
    if not price or not size or left is None:
        return None
    worth = abs(size) * price
    before = left + way * worth + costs(fees, 0)
    begun = round(before / _ROUND) * Decimal(_ROUND)
    return begun if abs(before - begun) <= _SLIGHT * worth else None


def _flat_rows(roles: Mapping[str, Column]) -> list[int]:
    """The records after which nothing is held, of executions in the order in which they stand."""
    ways, sizes = directions(roles["side"]), roles["quantity"].numbers
    symbols = roles["symbol"].labels if "symbol" in roles else [""] * len(ways)
    held: dict[str, Decimal] = {}
    found = []
    for row, (way, size) in enumerate(zip(ways, sizes, strict=True)):
        if not way or not size:
            continue
        name = symbols[row]
        left = held.pop(name, Decimal(0)) + way * abs(size)
        if abs(left) > abs(size) * _DUST:
            held[name] = left
        if not held:
            found.append(row)
    return found


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _places(number: Decimal) -> int:
    """How many decimal places a number has, without zeros at its end."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
