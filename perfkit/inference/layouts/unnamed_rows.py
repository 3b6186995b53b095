"""Names for the columns of rows without a header, where their numbers prove what they are.

2026-04-06 09:00,2026-04-06 10:00,A,LONG,100,103,2,6.00,0.50,5.50
(103 - 100) x 2 = 6 and 6 - 0.50 = 5.50: entry and exit price, quantity, gross P&L, fees, net P&L

2026-04-06 09:00,BUY,100,2,200
100 x 2 = 200: price, quantity, amount

2026-04-06 09:00,SELL,A,-12.50,987.50
2026-04-06 10:00,SELL,A,20.00,1007.50
987.50 + 20.00 = 1007.50: P&L, balance
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, permutations
from typing import TypeAlias

from perfkit.inference.table import shapes
from perfkit.inference.table.directions import direction
from perfkit.inference.words.names import word_set, words

Numbers: TypeAlias = Mapping[int, Sequence[Decimal | None]]

_LEAST_TRADES = 2
_LEAST_WITHOUT_SIDE = 4
"""So many rows that agree as long trades, nearly all of them, need no side."""
_LEAST_ORDERS = 4
_MOST_COLUMNS = 12
_CHECKED = 40
_SYMBOL = re.compile("[A-Z][A-Z0-9_]{1,11}(?:[-/_.:][A-Z0-9&-]{1,15})?")
_LEAST_STEPS = 4
_MOST_STEPS = 200
_ROUGH = Decimal("0.002")
_STEADIER = 2
_CENT = Decimal("0.01")
_NO_CLOSES = word_set(
    "accrue accrual accrued accrues funding interest carry rollover coupon dividend reward rewards"
)


def names_for(rows: Sequence[Sequence[str]], *, is_headed: bool = False) -> list[str] | None:
    """A name for each column, empty where none is needed; None where nothing is proved.

    Where a header names more or fewer columns, a balance that moves by a number proves too little.
    """
    if len(rows) < _LEAST_TRADES:
        return None
    some = rows[:: len(rows) // _CHECKED + 1]
    cells = [[cell.strip() for cell in column] for column in zip(*some, strict=True)]
    sides = [place for place, column in enumerate(cells) if _are_sides(column)]
    times = [place for place, column in enumerate(cells) if all(map(shapes.is_time, column))]
    if len(sides) > 1 or not times or (not sides and len(some) < _LEAST_WITHOUT_SIDE):
        return None
    ways = [direction(cell.lower()) for cell in cells[sides[0]]] if sides else [1] * len(some)
    numbers = {
        place: found
        for place, column in enumerate(cells)
        if any(found := [shapes.number(cell) for cell in column]) and None not in found
    }
    numbers = dict(list(numbers.items())[:_MOST_COLUMNS])
    named = _of_trades(numbers, ways, has_sides=bool(sides))
    if named is None and not is_headed and not any(map(_is_of_accruals, cells)):
        named = _of_balance(rows, [*numbers])
    if named is None and sides:
        named = _of_closes(rows, cells, sides[0], [*numbers])
    if named is None and sides:
        named = _of_orders(numbers, cells)
    if named is None:
        return None
    named |= {**dict.fromkeys(sides, "side"), **_of_times(times, cells)}
    symbol = next(
        (n for n, column in enumerate(cells) if n not in named and _is_symbol(column)), None
    )
    if symbol is not None:
        named[symbol] = "symbol"
    return [named.get(place, "") for place in range(len(cells))]


def _are_sides(column: Sequence[str]) -> bool:
    return all(column) and all(direction(cell.lower()) for cell in column) and len(column[0]) < 12


def _is_symbol(column: Sequence[str]) -> bool:
    return all(_SYMBOL.fullmatch(cell) and not direction(cell.lower()) for cell in column)


def _is_of_accruals(column: Sequence[str]) -> bool:
    """Whether all cells of a column say that interest or funding has come in so far."""
    return all(not _NO_CLOSES.isdisjoint(words(cell)) for cell in column)


def _of_times(times: Sequence[int], cells: Sequence[Sequence[str]]) -> dict[int, str]:
    """The first of two times is that of the opening, unless it is the later one."""
    if len(times) == 1:
        return {times[0]: "time"}
    first, second = times[:2]
    if any(one > other for one, other in zip(cells[first], cells[second], strict=True)):
        first, second = second, first
    return {first: "entry_time", second: "exit_time"}


def _are_but_for_sides(said: Sequence[Decimal | None], expected: Sequence[Decimal]) -> bool:
    """Whether results are those of long trades, some of which were short."""
    short = sum((one or 0) * other < 0 for one, other in zip(said, expected, strict=True))
    alike = _are_alike(
        [None if one is None else abs(one) for one in said], list(map(abs, expected))
    )
    return alike and short * 4 <= len(said)


def _of_trades(numbers: Numbers, ways: Sequence[int], *, has_sides: bool) -> dict[int, str] | None:
    """The columns of trades, one of which is (exit - entry) x quantity in every row."""
    for entry, out, size in permutations(numbers, 3):
        expected = [
            (b - a) * abs(c) * way
            for a, b, c, way in zip(numbers[entry], numbers[out], numbers[size], ways, strict=True)
            if a is not None and b is not None and c is not None
        ]
        if len(set(expected)) < _LEAST_TRADES:
            continue
        for pnl in numbers.keys() - {entry, out, size}:
            if _are_alike(numbers[pnl], expected) or (
                not has_sides and _are_but_for_sides(numbers[pnl], expected)
            ):
                found = {entry: "entry_price", out: "exit_price", size: "quantity"}
                return {**found, **_less_costs(numbers, pnl, found)}
    return None


def _less_costs(numbers: Numbers, pnl: int, known: Mapping[int, str]) -> dict[int, str]:
    """The P&L, with the costs and what is left of it after these, where there are both."""
    for fee, net in permutations(numbers.keys() - {pnl, *known}, 2):
        paid = [cost or Decimal(0) for cost in numbers[fee]]
        left = [
            (gross or Decimal(0)) - cost for gross, cost in zip(numbers[pnl], paid, strict=True)
        ]
        if min(paid) >= 0 < max(paid) and _are_alike(numbers[net], left):
            return {pnl: "gross_pnl", fee: "fees", net: "net_pnl"}
    return {pnl: "pnl"}


def _of_balance(rows: Sequence[Sequence[str]], places: Sequence[int]) -> dict[int, str] | None:
    """The columns of a P&L and of the balance that moves by it from each row to the next one."""
    numbers = {
        place: [shapes.number(row[place].strip()) for row in rows[:_MOST_STEPS]] for place in places
    }
    for pnl, balance in permutations(numbers, 2):
        steps = [
            (after - before, earned)
            for (before, after), earned in zip(
                pairwise(numbers[balance]), numbers[pnl][1:], strict=True
            )
            if before is not None and after is not None and earned
        ]
        moved = sum(abs(step - earned) <= _CENT for step, earned in steps)
        if len({*steps}) >= _LEAST_STEPS and moved * 10 >= 9 * len(steps):
            return {pnl: "pnl", balance: "balance"}
    return None


def _of_closes(
    rows: Sequence[Sequence[str]],
    cells: Sequence[Sequence[str]],
    side: int,
    places: Sequence[int],
) -> dict[int, str] | None:
    """The columns of orders whose closes have a P&L of (price - price before) x quantity."""
    symbol = next((n for n, column in enumerate(cells) if _is_symbol(column)), None)
    some = rows[:_MOST_STEPS]
    numbers = {place: [shapes.number(row[place].strip()) for row in some] for place in places}
    ways = [direction(row[side].strip().lower()) for row in some]
    before: dict[str, int] = {}
    pairs = []
    for n, row in enumerate(some):
        name = "" if symbol is None else row[symbol]
        if name in before and ways[before[name]] == -ways[n]:
            pairs.append((before.pop(name), n))
        else:
            before[name] = n
    for price, size, pnl in permutations(numbers, 3):
        closed = [n for _, n in pairs if numbers[pnl][n]]
        if len(closed) < _LEAST_STEPS or any(numbers[pnl][first] for first, _ in pairs):
            continue
        agreed = sum(_earned(numbers, (price, size, pnl), pair, ways) for pair in pairs)
        if agreed * 10 >= 8 * len(pairs):
            return {price: "price", size: "quantity", pnl: "pnl"}
    return None


def _earned(
    numbers: Numbers, places: tuple[int, int, int], pair: tuple[int, int], ways: Sequence[int]
) -> bool:
    """Whether the second of two orders has as P&L what the two prices and its quantity give."""
    price, size, pnl = (numbers[place] for place in places)
    first, last = pair
    bought, sold, held, earned = price[first], price[last], size[last], pnl[last]
    if bought is None or sold is None or held is None or earned is None or size[first] != held:
        return False
    return abs((sold - bought) * abs(held) * ways[first] - earned) <= _CENT


def _of_orders(numbers: Numbers, cells: Sequence[Sequence[str]]) -> dict[int, str] | None:
    """The columns of orders, one of which is price x quantity; the price is the steadier one."""
    if len(cells[0]) < _LEAST_ORDERS:
        return None
    for price, size, amount in permutations(numbers, 3):
        if _spread(numbers[price]) * _STEADIER > _spread(numbers[size]) and not (
            shapes.is_dressed(cells[price][0]) and not shapes.is_dressed(cells[size][0])
        ):
            continue
        every = zip(numbers[price], numbers[size], numbers[amount], strict=True)
        worth = [(abs(a * b), abs(c)) for a, b, c in every if a and b and c]
        if len(worth) == len(cells[0]) and all(abs(a - b) <= b * _ROUGH for a, b in worth):
            return {price: "price", size: "quantity", amount: "amount"}
    return None


def _spread(values: Sequence[Decimal | None]) -> Decimal:
    """How much larger than the smallest the largest number is, in parts of that."""
    sizes = sorted(abs(value) for value in values if value)
    return (sizes[-1] - sizes[0]) / sizes[0] if sizes else Decimal(0)


def _are_alike(said: Sequence[Decimal | None], expected: Sequence[Decimal]) -> bool:
    """Whether numbers are others as far as their last digits show them, and not all small."""
    if len(said) != len(expected):
        return False
    exponents = [one.as_tuple().exponent for one in said if one is not None]
    step = Decimal(1).scaleb(min((e for e in exponents if isinstance(e, int)), default=0))
    step = max(step, Decimal("1e-9"))
    digits = max((abs(one or Decimal(0)) / step for one in said), default=Decimal(0))
    return digits >= 100 and all(
        one is not None and abs(one - other) <= 2 * step
        for one, other in zip(said, expected, strict=True)
    )
