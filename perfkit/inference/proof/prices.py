"""What entry and exit prices say of a P&L: whether they prove it, in which unit, with which sign.

Each check compares on a sample of the closing records. Logged amounts are rounded, so a match
allows for the last digit that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.proof.evidence import AGREES, HUNDRED, costs
from perfkit.inference.proof.expected import (
    ROUNDING,
    exact_records,
    is_as_expected,
    is_expected_exactly,
)
from perfkit.inference.proof.price_moves import moves_of, moves_since_opening
from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import FRACTION, MONEY, PERCENT, POINTS, RISK

_TINY = Decimal("1e-6")
_FAR, _LEAST_FAR = 10, 8
_NEARLY = Decimal("0.9")
_FIXED = Decimal("0.002")
_NOT_FIXED = Decimal("0.02")


class Prices(NamedTuple):
    """What prices say of a P&L: whether they prove it, its unit, and whether costs are in it.

    `is_net` is None where that is not clear. `sign` is the share of records whose sign agrees.
    `in_quotes` says that it is (exit - entry) x quantity itself, in what the prices are quoted in.
    """

    proved: bool
    unit: str
    is_net: bool | None
    sign: Decimal | None
    in_quotes: bool = False


NO_PRICES = Prices(False, "", None, None)


def prices_say(
    pnl: Column,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    rows: Sequence[int],
    turn: int = 1,
) -> Prices:
    """Compares the P&L with (exit - entry) x quantity, and with that in other units.

    `turn` is -1 where the side is taken for that of the closing order.
    """
    if "entry_price" not in roles or "exit_price" not in roles:
        return NO_PRICES
    moves = [(row, move * turn) for row, move in moves_of(pnl, roles, rows)]
    if not moves:
        return NO_PRICES
    sign = _sign_agreement(pnl, roles, moves)
    sized = [(row, move * size) for row, move in moves if (size := _at(roles, "quantity", row))]
    if sized:
        levered = [(row, amount * (_at(roles, "leverage", row) or 1)) for row, amount in sized]
        hundreds = _of_hundreds(roles, sized)
        for amounts in (sized, *([levered] if levered != sized else []), hundreds):
            verdict = _in_money(pnl, fees, amounts)
            if verdict is not None:
                return verdict._replace(sign=sign)
    entries = roles["entry_price"].numbers
    relative = [(row, move / entry) for row, move in moves if (entry := entries[row])]
    for unit, factor in _scales(roles):
        scaled = [(row, share * times) for row, share in relative if (times := factor(row))]
        if is_as_expected(pnl, scaled):
            is_net = _is_net_by_distance(pnl, scaled, fees) if unit == MONEY else None
            return Prices(True, unit, is_net, sign)
        if unit != MONEY or not fees:
            continue
        less = _after_costs(scaled, fees)
        is_near = is_as_expected(pnl, less) and _is_net_by_distance(pnl, scaled, fees)
        if is_near or is_expected_exactly(pnl, less):
            return Prices(True, unit, True, sign)
    if is_as_expected(pnl, _in_risk(roles, moves)):
        return Prices(True, RISK, None, sign)
    if is_as_expected(pnl, moves):
        one = all(_at(roles, "quantity", row) in (None, Decimal(1)) for row, _ in moves)
        return Prices(True, "" if one else POINTS, None, sign, one)
    if len(sized) >= 2 and _constant_ratio(pnl, roles, sized):
        return Prices(True, MONEY, _is_net_by_ratio(pnl, roles, fees, sized), sign)
    return Prices(False, "", None, sign)


def is_of_hundred_shares(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether a P&L is (exit - entry) x contracts x 100, as that of options on shares is."""
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return False
    moves = moves_of(pnl, roles, rows)
    sized = [(row, move * size) for row, move in moves if (size := _at(roles, "quantity", row))]
    return _in_money(pnl, fees, _of_hundreds(roles, sized)) is not None


def _of_hundreds(
    roles: Mapping[str, Column], sized: Sequence[tuple[int, Decimal]]
) -> list[tuple[int, Decimal]]:
    """The amounts of contracts of 100 shares each; none where the quantity is no contracts."""
    if roles["quantity"].words != ("contracts",):
        return []
    return [(row, amount * HUNDRED) for row, amount in sized]


def is_move_of_one(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether a P&L is exit - entry, though the quantity beside it is not 1."""
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return False
    moves = moves_of(pnl, roles, rows)
    others = [pair for pair in moves if _at(roles, "quantity", pair[0]) not in (None, Decimal(1))]
    return len(others) > 1 and is_as_expected(pnl, others)


def is_less_by_costs(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether a P&L is below what prices and quantity give, by at least the costs beside it.

    Then the costs are in it, perhaps with others such as slippage. Nothing is said of one that is
    a fixed part of what prices give, as where a lot counts otherwise. Where nearly all results
    have the opposite sign, the sides are those of other trades, or of the orders that close.
    """
    if not fees or not {"entry_price", "exit_price", "quantity", "side"} <= roles.keys():
        return False
    wrong, known = against_prices(pnl, roles, rows)
    turn = -1 if wrong * 10 >= known * 9 > 0 else 1
    pairs = [
        (amount, earned, costs(fees, row))
        for row, move in moves_of(pnl, roles, rows)
        if (amount := move * turn * (_at(roles, "quantity", row) or Decimal(0)))
        and (earned := pnl.numbers[row]) is not None
    ]
    paid = [pair for pair in pairs if pair[2]]
    below = sum(cost * _NEARLY <= amount - earned <= abs(amount) + cost
                for amount, earned, cost in paid)  # fmt: skip
    if len(paid) < 2 or below * 20 < 19 * len(paid):
        return False
    ratios = sorted(earned / amount for amount, earned, _ in paid)
    return ratios[-1] - ratios[0] > _NOT_FIXED * abs(ratios[-1])


def against_prices(
    pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]
) -> tuple[int, int]:
    """In how many records the sign of a P&L contradicts the prices, and of how many with a side."""
    if not {"entry_price", "exit_price", "side"} <= roles.keys():
        return 0, 0
    sides = directions(roles["side"])
    moves = [(row, move) for row, move in moves_of(pnl, roles, rows) if move and sides[row]]
    signs = [(move > 0, earned > 0) for row, move in moves if (earned := pnl.numbers[row])]
    return sum(one != other for one, other in signs), len(signs)


def earlier_prices_say(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> Prices:
    """Compares a P&L in per cent with the price of the opening record of the same symbol.

    For logs with a record for each order, which has one price: bought at 50, sold at 60, +20 %.
    """
    moves = moves_since_opening(roles, rows)
    for unit, factor in ((PERCENT, HUNDRED), (FRACTION, Decimal(1))):
        if is_as_expected(pnl, [(row, move * factor) for row, move in moves]):
            return Prices(True, unit, None, None)
    return NO_PRICES


def size_says(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> str:
    """Whether a P&L is about as large as the move in per cent, or in parts; empty: neither.

    Costs and leverage may be in it, so that it agrees in no record: half as large to three times.
    """
    moves = moves_since_opening(roles, rows)
    if {"entry_price", "exit_price"} <= roles.keys():
        entries = roles["entry_price"].numbers
        found = moves_of(pnl, roles, rows)
        moves = [(row, move / entry) for row, move in found if (entry := entries[row])]
    ratios = sorted(
        abs(earned / move) for row, move in moves if move and (earned := pnl.numbers[row])
    )
    if not ratios:
        return ""
    middle = ratios[len(ratios) // 2]
    for unit, size in ((PERCENT, HUNDRED), (FRACTION, Decimal(1))):
        if size / 2 <= middle <= 3 * size:
            return unit
    return ""


def _in_money(
    pnl: Column, fees: Sequence[Column], sized: Sequence[tuple[int, Decimal]]
) -> Prices | None:
    gross = is_as_expected(pnl, sized)
    if not fees:
        return Prices(True, MONEY, None, None, True) if gross else None
    less = _after_costs(sized, fees)
    net = is_as_expected(pnl, less)
    if gross and net:
        strict = exact_records(pnl, sized)
        after = exact_records(pnl, less)
        return Prices(True, MONEY, None if strict == after else after > strict, None, True)
    return Prices(True, MONEY, net, None, True) if gross or net else None


def _is_net_by_distance(
    pnl: Column, amounts: Sequence[tuple[int, Decimal]], fees: Sequence[Column]
) -> bool | None:
    """Whether a P&L is far nearer to what prices give less the costs than to that itself.

    A stake is logged in cents, so that neither is exact. None where the two are about as far.
    """
    pairs = [
        (abs(earned - amount), abs(earned - amount + cost))
        for row, amount in amounts
        if (cost := costs(fees, row)) and (earned := pnl.numbers[row]) is not None
    ]
    if len(pairs) < _LEAST_FAR:
        return None
    gross, net = (sorted(one)[len(pairs) // 2] for one in zip(*pairs, strict=True))
    return True if net * _FAR < gross else False if gross * _FAR < net else None


def _after_costs(
    amounts: Sequence[tuple[int, Decimal]], fees: Sequence[Column]
) -> list[tuple[int, Decimal]]:
    return [(row, amount - costs(fees, row)) for row, amount in amounts]


def _scales(
    roles: Mapping[str, Column],
) -> list[tuple[str, Callable[[int], Decimal | None]]]:
    """Units in which a relative move may be logged, with what to multiply it by."""

    def stake(row: int) -> Decimal | None:
        return _at(roles, "stake", row) or _at(roles, "quantity", row)

    def leverage(row: int) -> Decimal:
        return _at(roles, "leverage", row) or Decimal(1)

    def levered_stake(row: int) -> Decimal | None:
        size = stake(row)
        return None if size is None else size * leverage(row)

    scales: list[tuple[str, Callable[[int], Decimal | None]]] = []
    if "stake" in roles or "quantity" in roles:
        scales += [(MONEY, stake), (MONEY, levered_stake)]
    scales += [
        (PERCENT, lambda row: HUNDRED),
        (PERCENT, lambda row: HUNDRED * leverage(row)),
        (FRACTION, lambda row: Decimal(1)),
        (FRACTION, leverage),
    ]
    return scales


def _in_risk(
    roles: Mapping[str, Column], moves: Sequence[tuple[int, Decimal]]
) -> list[tuple[int, Decimal]]:
    found = []
    for row, move in moves:
        stop, entry = _at(roles, "stop_loss", row), _at(roles, "entry_price", row)
        if stop is not None and entry is not None and stop != entry:
            found.append((row, move / abs(entry - stop)))
    return found


def _constant_ratio(
    pnl: Column, roles: Mapping[str, Column], sized: Sequence[tuple[int, Decimal]]
) -> bool:
    """Whether the P&L is a fixed multiple of (exit - entry) x quantity, for each symbol."""
    symbols = roles["symbol"].labels if "symbol" in roles else []
    ratios: dict[str, list[Decimal]] = {}
    for row, amount in sized:
        earned = pnl.numbers[row]
        if amount and earned:
            ratios.setdefault(symbols[row] if symbols else "", []).append(earned / amount)
    alike = several = 0
    for found in ratios.values():
        middle = sorted(found)[len(found) // 2]
        if len(found) > 2 and middle > 0:
            several += len(found)
            alike += sum(abs(ratio - middle) <= middle * ROUNDING * 4 for ratio in found)
    return several >= 5 and alike >= AGREES * several and several * 2 >= len(sized)


def _is_net_by_ratio(
    pnl: Column,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    sized: Sequence[tuple[int, Decimal]],
) -> bool | None:
    """Whether costs are in a P&L, as it is a fixed multiple of the moves itself or with them.

    Only what is before costs is, to its last digit, 10 for each 1 that prices moved.
    """
    symbols = roles["symbol"].labels if "symbol" in roles else [""] * len(pnl.values)
    ratios: dict[bool, dict[str, list[Decimal]]] = {False: {}, True: {}}
    for row, amount in sized:
        earned, cost = pnl.numbers[row], costs(fees, row)
        if not amount or not earned or not cost:
            continue
        ratios[False].setdefault(symbols[row], []).append(earned / amount)
        ratios[True].setdefault(symbols[row], []).append((earned + cost) / amount)
    fixed = {
        is_net: all(max(some) - min(some) <= abs(max(some)) * _FIXED for some in found.values())
        for is_net, found in ratios.items()
    }
    is_enough = any(len(some) > 2 for some in ratios[False].values())
    return fixed[True] if is_enough and fixed[True] != fixed[False] else None


def _sign_agreement(
    pnl: Column, roles: Mapping[str, Column], moves: Sequence[tuple[int, Decimal]]
) -> Decimal | None:
    """The share of records whose P&L has the sign of the move; None without sides or numbers."""
    if "side" not in roles:
        return None
    sides = directions(roles["side"])
    pairs = [(move, pnl.numbers[row]) for row, move in moves if move and sides[row]]
    pairs = [(move, earned) for move, earned in pairs if earned]
    if len(pairs) < 3:
        return None
    same = sum((move > 0) == (earned > 0) for move, earned in pairs if earned is not None)
    return Decimal(same) / len(pairs)


def _at(roles: Mapping[str, Column], role: str, row: int) -> Decimal | None:
    column = roles.get(role)
    return None if column is None else _abs(column.numbers[row])


def _abs(size: Decimal | None) -> Decimal | None:
    return None if size is None else abs(size)
