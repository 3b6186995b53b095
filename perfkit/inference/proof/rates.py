"""Whether a P&L is by how much a price changed, in per cent or in fractions, whatever it is called.

bought at 50, sold at 60        20 %, 0.2, or 0.1823 as a logarithm
with costs of 0.1 each time     19.9 %
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

from perfkit.inference.proof.evidence import AGREES, HUNDRED
from perfkit.inference.proof.price_moves import moves_since_opening
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import FRACTION, PERCENT, word_set

_COSTS_AT_MOST = Decimal("0.6")
"""What a trade costs in per cent, at most."""
_LEAST_RATES = 8
_LEAST_LACKING = 5
_SAME_COSTS = Decimal("0.02")
_NEAR = Decimal("0.15")
_NEARLY = Decimal("0.9")
_FINER = 10
_LEAST_NEAR = 5
_NOT_FAR, _CLOSE = Decimal("0.5"), Decimal("0.85")
_MANY_DIGITS = 6
"""A number of so many digits is a change of two others by no accident."""
_LEAST_EXACT = 2
_MOST_PRICES = 12
_ROUNDING = Decimal("0.005")
_OF_PRICES = word_set("price open close entry exit buy sell bought sold start end cost")
_FAR_FROM = 4
"""What was put in is surely no 100 where it is less than a part of that, or more than so many."""

Pair = tuple[Decimal, Decimal]
"""By how much a price changed in per cent, and the P&L in per cent."""


class PriceChange(NamedTuple):
    """The last price for each 1 of the first, the way of the trade (0: not known), and the P&L."""

    row: int
    ratio: Decimal
    way: int
    earned: Decimal


def is_rate_less_costs(
    pnl: Column,
    roles: Mapping[str, Column],
    rows: Sequence[int],
    unit: str = PERCENT,
    *,
    is_strict: bool = False,
) -> bool:
    """Whether a P&L is the move of the price, less a part of a per cent in each record.

    bought at 76400, sold at 74300: -2.75 %, of which -2.95 is left after costs of 0.2

    Costs that are the same in each of a few records prove it as well; where `is_strict`, nothing
    else does. `unit` is that of the P&L: per cent, or fractions, of which 0.01 is 1 %. Without a
    side, trades are long; those of which the costs are the same may also be short.
    """
    times = HUNDRED if unit == FRACTION else Decimal(1)
    changes = _changes(pnl, roles, rows, times)
    step = pnl.step * times
    if not changes or len(changes) < AGREES * len(rows):
        return False
    if not is_strict and len(changes) >= _LEAST_RATES and _are_less(_pairs(changes), step):
        return True
    levers = roles["leverage"].numbers if "leverage" in roles else []
    return _lack_the_same(changes, step, levers)


def are_near_fractions(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether a P&L is near the move in parts of the entry, in each record about as near.

    So it is where slippage or costs that are not logged are in it.
    """
    moves = _pairs(_changes(pnl, roles, rows, HUNDRED))
    ratios = sorted(earned / move for move, earned in moves if move and earned)
    if len(ratios) < _LEAST_NEAR or len(moves) < AGREES * len(rows):
        return False
    near = sum(_NOT_FAR <= one <= 1 / _NOT_FAR for one in ratios)
    middle = ratios[len(ratios) // 2]
    return near >= AGREES * len(ratios) and _CLOSE <= middle <= 1 / _CLOSE


def may_be_rate(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether a P&L is near the move of the price in per cent, in too few records to prove it."""
    moves = _pairs(_changes(pnl, roles, rows, Decimal(1)))
    if not moves or len(moves) < len(rows) or not _are_less(moves, pnl.step):
        return False
    left = sum((abs(move - earned) for move, earned in moves), Decimal(0))
    return left <= _NEAR * sum((abs(move) for move, _ in moves), Decimal(0))


def may_be_invested(roles: Mapping[str, Column], rows: Sequence[int], amount: Decimal) -> bool:
    """Whether by the sizes about such an amount was put in, of which a rate is as much money."""
    sizes = [roles[role].numbers for role in ("stake", "quantity") if role in roles]
    prices = roles["entry_price"].numbers if "entry_price" in roles else []
    levers = roles["leverage"].numbers if "leverage" in roles else []
    for numbers in sizes:
        held = [(row, abs(size)) for row in rows if (size := numbers[row])]
        worth = [size * price for row, size in held if prices and (price := prices[row])]
        levered = [size * (levers[row] or 1) for row, size in held if levers]
        for some in ([size for _, size in held], worth, levered):
            if some and amount / _FAR_FROM <= _middle(some) <= amount * _FAR_FROM:
                return True
    return False


def unit_of_changes(pnl: Column, columns: Sequence[Column], rows: Sequence[int]) -> str:
    """The unit of a P&L that is to many digits the change between two prices; else empty.

    Their names may be any: 3.6605657237936775 is what 155.75 is above 150.25, in per cent. Some
    other records may have been written by hand.
    """
    earned = [(row, one) for row in rows if (one := pnl.numbers[row])]
    exact = [(row, one) for row, one in earned if _has_many_digits(one)]
    if len(exact) < _LEAST_EXACT or len(exact) < _NOT_FAR * len(earned):
        return ""
    prices = [one for one in columns if _is_price(one, pnl)][:_MOST_PRICES]
    for before, after in permutations(prices, 2):
        for unit, times in ((PERCENT, HUNDRED), (FRACTION, Decimal(1))):
            if all(_is_change(before, after, row, one / times) for row, one in exact):
                return unit
    return ""


def unit_by_prices(change: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> str:
    """The unit of a column that is to the digits it shows the move of the price; else empty."""
    for unit, times in ((PERCENT, Decimal(1)), (FRACTION, HUNDRED)):
        moves = _pairs(_changes(change, roles, rows, times))
        step = change.step * times
        exact = [abs(move - one) <= 2 * step.min(abs(move) * _ROUNDING) for move, one in moves]
        if (
            any(move for move, _ in moves)
            and len(exact) >= _LEAST_EXACT
            and all(exact)
            and len(exact) >= AGREES * len(rows)
        ):
            return unit
    return ""


def _has_many_digits(number: Decimal) -> bool:
    return len(number.normalize().as_tuple().digits) >= _MANY_DIGITS


def _is_price(column: Column, pnl: Column) -> bool:
    is_named = bool(_OF_PRICES & {*column.words})
    return column is not pnl and column.kind == NUMBER and is_named


def _is_change(before: Column, after: Column, row: int, earned: Decimal) -> bool:
    """Whether one number is by so much above or below another."""
    first, last = before.numbers[row], after.numbers[row]
    if not first or not last:
        return False
    change = abs(last / first - 1)
    return abs(change - abs(earned)) <= abs(earned).scaleb(1 - _MANY_DIGITS)


def _are_less(moves: Sequence[Pair], step: Decimal) -> bool:
    """Whether moves in per cent are larger than costs, and all but these is left of them."""
    middle = _middle(abs(move) for move, _ in moves)
    less = sum(-2 * step <= move - earned <= _COSTS_AT_MOST for move, earned in moves)
    return middle > _COSTS_AT_MOST and less * 20 >= 19 * len(moves)


def _lack_the_same(
    changes: Sequence[PriceChange], step: Decimal, levers: Sequence[Decimal | None]
) -> bool:
    """Whether results in per cent are less than the moves by the same, to the digits they show.

    Costs may be a share of what was paid, of what came back, or of both. Moves may be those of the
    price, of its logarithm, or times a leverage; without a side, they may be up or down.
    """
    if len({round(one.ratio, 5) for one in changes}) < _LEAST_LACKING:
        return False
    levered = [levers[one.row] or Decimal(1) for one in changes] if levers else []
    simple = [(_simple(one), one.earned) for one in changes]
    forms = [simple, [(_logarithm(one), one.earned) for one in changes]]
    if any(by != 1 for by in levered):
        forms.append([(move * by, one) for (move, one), by in zip(simple, levered, strict=True)])
    shares = [(Decimal(1), one.ratio, (1 + one.ratio) / 2) for one in changes]
    for form in forms:
        lacking = [move - earned for move, earned in form]
        for part in zip(*shares, strict=True):
            each = [less / share for less, share in zip(lacking, part, strict=True)]
            if _are_the_same(each, form, step):
                return True
    is_fine = _middle(abs(move) for move, _ in simple) >= _FINER * 4 * step
    if is_fine and all(abs(move - one) <= 4 * step for move, one in forms[1]):
        return True
    return not any(one.way for one in changes) and _any_way(simple, step)


def _middle(numbers: Iterable[Decimal]) -> Decimal:
    """The median; of two in the middle the larger one."""
    ordered = sorted(numbers)
    return ordered[len(ordered) // 2]


def _any_way(moves: Sequence[Pair], step: Decimal) -> bool:
    """Whether results lack the same of moves up or down, whichever fits."""
    move, earned = moves[0]
    for costs in (move - earned, -move - earned):
        both = [(one - result, -one - result) for one, result in moves]
        lacking = [up if abs(up - costs) <= abs(down - costs) else down for up, down in both]
        if _are_the_same(lacking, moves, step):
            return True
    return False


def _are_the_same(lacking: Sequence[Decimal], moves: Sequence[Pair], step: Decimal) -> bool:
    """Whether nearly all are costs above 0, alike to the last digit, and small beside the moves."""
    middle = _middle(lacking)
    apart = max(middle * _SAME_COSTS, 2 * step)
    alike = sum(abs(one - middle) <= apart for one in lacking)
    is_fine = _middle(abs(move) for move, _ in moves) >= _FINER * apart
    return is_fine and 4 * step < middle <= 2 * _COSTS_AT_MOST and alike >= _NEARLY * len(lacking)


def _simple(change: PriceChange) -> Decimal:
    return (change.ratio - 1) * (change.way or 1) * HUNDRED


def _logarithm(change: PriceChange) -> Decimal:
    return change.ratio.ln() * (change.way or 1) * HUNDRED


def _changes(
    pnl: Column, roles: Mapping[str, Column], rows: Sequence[int], times: Decimal
) -> list[PriceChange]:
    """The changes of prices and the P&L in per cent, where both are known; way 0 is not known."""
    found = [(row, 1 + move, 1) for row, move in moves_since_opening(roles, rows)]
    if {"entry_price", "exit_price"} <= roles.keys():
        entries, exits = roles["entry_price"].numbers, roles["exit_price"].numbers
        ways = directions(roles["side"]) if "side" in roles else [0] * len(entries)
        found = [
            (row, out / entry, ways[row])
            for row in rows
            if (entry := entries[row]) and (out := exits[row]) and (entry > 0) == (out > 0)
        ]
    return [
        PriceChange(row, ratio, way, earned * times)
        for row, ratio, way in found
        if (earned := pnl.numbers[row]) is not None and ratio > 0
    ]


def _pairs(changes: Sequence[PriceChange]) -> list[Pair]:
    return [(_simple(one), one.earned) for one in changes]
