"""Buys and sells in a row: which of them reduce a position, and what that earned.

Positions are kept at average cost, one for each symbol and account, in the order of time. This is
only to recognise executions; the trades themselves are matched by the reader of logs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from perfkit.inference.proof.evidence import costs
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions, is_signed_side

_DUST = Decimal("1e-9")
_ROUNDED = Decimal("1e-5")
"""Quantities are logged rounded: a sale may exceed what is held by so much of itself."""
_FLOW = Decimal("0.01")
"""What is paid for an execution is by so much of itself more or less than it is worth."""
_LEAST = 4
_COVERED = 3


class Executions(NamedTuple):
    """What some records are as executions.

    `reducing` are those that make a position smaller, with what each earned in `gross`; `shorting`
    those that sell more than is held. `entry_costs` are the costs of the openings that each of the
    reducing ones closes. `are_covered` says that what was sold so was bought back to the last
    piece, or turned into as much that is held, time and again, as short positions are. `rounding`
    is what is left of positions that were closed but for the last digits of their quantities.
    `flat` counts the reducing ones after which nothing was held.
    """

    rows: list[int]
    reducing: list[int]
    gross: dict[int, Decimal]
    shorting: list[int]
    rounding: Decimal = Decimal(0)
    flat: int = 0
    are_covered: bool = False
    entry_costs: Mapping[int, Decimal] = MappingProxyType({})


def executions_of(
    roles: Mapping[str, Column],
    when: Column | None,
    rows: Sequence[int],
    book: Column | None = None,
    fees: Sequence[Column] = (),
) -> Executions | None:
    """The records as executions; None where they have no side, quantity and price, or no times.

    Each symbol has a position of its own, with `book` in each of the books that it names.
    """
    if when is None or not {"quantity", "price"} <= roles.keys() or "entry_price" in roles:
        return None
    side, quantity, price = roles.get("side"), roles["quantity"], roles["price"]
    if side is not None and side.kind == NUMBER and not is_signed_side(side):
        return None
    ways = _signs(quantity) if side is None else directions(side)
    instants = when.instants
    usable = [
        row
        for row in rows
        if ways[row] and quantity.numbers[row] and price.numbers[row] and instants[row]
    ]
    if len(usable) < 2 or len({ways[row] for row in usable}) < 2:
        return None
    usable.sort(key=lambda row: instants[row] or 0)
    return _matched(usable, ways, roles, book, fees)


def _matched(
    usable: list[int],
    ways: Sequence[int],
    roles: Mapping[str, Column],
    book: Column | None,
    fees: Sequence[Column],
) -> Executions:
    """Executions in the order of time, each taken into the position of its symbol and book."""
    side, quantity, price = roles.get("side"), roles["quantity"], roles["price"]
    symbols = roles["symbol"].labels if "symbol" in roles else [""] * len(ways)
    books: dict[str, _Position] = {}
    entry_costs: dict[int, Decimal] = {}
    found = Executions(usable, [], {}, [], entry_costs=entry_costs)
    short: list[int] = []
    sizes: set[Decimal] = set()
    covered = not_covered = turned = flat = 0
    rounding = Decimal(0)
    for row in usable:
        size, paid = quantity.numbers[row], price.numbers[row]
        assert size is not None
        assert paid is not None
        key = symbols[row] if book is None else f"{book.labels[row]} {symbols[row]}"
        position = books.setdefault(key, _Position())
        before, held = position.costs, position.size
        earned = position.take(ways[row] * abs(size), paid, costs(fees, row))
        if earned is not None:
            entry_costs[row] = before - position.costs
            found.reducing.append(row)
            found.gross[row] = earned
            flat += position.left <= abs(size) * _ROUNDED
            if position.left <= abs(size) * _ROUNDED:
                rounding = max(rounding, position.left)
        excess = max(_DUST, abs(size) * _ROUNDED)
        if (
            position.size < -excess
            and ways[row] < 0
            and (side is None or "short" not in side.labels[row])
        ):
            short.append(row)
        if held < 0:
            sizes.add(abs(size))
            covered += not position.size
            turned += position.size == -held
            not_covered += position.size > 0 and position.size != -held
    not_covered += sum(one.size < 0 for one in books.values())
    is_repeated = turned >= _COVERED or covered >= _COVERED <= len(sizes) + 1
    are_covered = is_repeated and not_covered * 4 <= covered + turned
    return found._replace(shorting=short, rounding=rounding, flat=flat, are_covered=are_covered)


def _signs(quantity: Column) -> list[int]:
    """Above 0 is bought, below 0 is sold."""
    return [0 if not size else 1 if size > 0 else -1 for size in quantity.numbers]


def is_cash_flow(
    amounts: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether amounts are what executions cost and brought in: below 0 for all that is bought.

    Such amounts are -(quantity x price) of a purchase and quantity x price of a sale, perhaps less
    the costs; or all above 0, what was paid or received. They are no results, whatever their name.
    """
    if not {"side", "quantity", "price"} <= roles.keys():
        return False
    ways = directions(roles["side"])
    sizes, prices = roles["quantity"].numbers, roles["price"].numbers
    known = [row for row in rows if ways[row] and amounts.numbers[row] and sizes[row]]
    are_unsigned = len({ways[row] for row in known}) > 1 and all(
        (amounts.numbers[row] or 0) > 0 for row in known
    )
    compared = agreed = 0
    for row in known:
        amount, size, price = amounts.numbers[row], sizes[row], prices[row]
        if not amount or not size or not price:
            continue
        compared += 1
        flow = -ways[row] * abs(size * price)
        paid = [flow, flow - costs(fees, row)]
        near = min(abs(amount - abs(one) if are_unsigned else amount - one) for one in paid)
        agreed += near <= abs(flow) * _FLOW
    return compared >= _LEAST and agreed * 10 >= 9 * compared


class _Position:
    """How much is held, below 0 for a short position, and at what average price."""

    def __init__(self) -> None:
        self.size = Decimal(0)
        self.price = Decimal(0)
        self.costs = Decimal(0)
        self.left = Decimal(0)
        """What the last reduction left, before next to nothing is taken for nothing."""

    def take(self, signed: Decimal, price: Decimal, cost: Decimal) -> Decimal | None:
        """Takes an execution; returns what it earned where it reduced the position."""
        held = self.size
        if not held or (held > 0) == (signed > 0):
            self.costs += cost
            self.price = (held * self.price + signed * price) / (held + signed)
            self.size += signed
            return None
        closed = min(abs(held), abs(signed)) * (1 if held > 0 else -1)
        earned = closed * (price - self.price)
        self.costs -= self.costs * abs(closed / held)
        self.size += signed
        self.left = abs(self.size)
        if self.left <= _DUST:
            self.size = Decimal(0)
        elif (self.size > 0) != (held > 0):
            self.price = price
        return earned
