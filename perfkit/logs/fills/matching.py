"""Fills to round trips: which purchases and sales belong together, and what each costs.

Bought 2 at 10 (fee 1), bought 1 at 13 (fee 1), sold 3 at 15 (fee 1), all of one group:

    by exit         one trade of 3: entry 11 (the mean), exit 15, gross 12, costs 3
    sold 2, then 1  by exit, fifo: 2 from 10, gross 10; 1 from 13, gross 2
                    by exit, lifo: 1 from 13 and 1 from 10, gross 7; 1 from 10, gross 5
                    by exit, average: 2 of 33 / 3, gross 8; 1 of 33 / 3, gross 4
                    by position: one trade from flat to flat, gross 12

A cost shared by several parts gives each part cost x its quantity / the whole quantity, rounded
once, half to even, to 12 decimal places; the last part takes what is left, so nothing is lost: of 1
over 3 parts, .333333333333 twice and then .333333333334. A fill that goes through zero closes and
opens: its cost is split like that.

All is in integers: quantities and prices in units of their own, money in units of 10**-places. A
fill is named by its place in time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from perfkit.config.fills import AVERAGE, LIFO
from perfkit.core.exact import PER_TRADE_PLACES, divide_half_even
from perfkit.core.fast_imports import NamedTuple

MOST_ENTRIES = 16
"""Of the purchases that an average price is made of, the first and the last are named, so many."""


class Fill(NamedTuple):
    """One execution; a sale has a quantity below 0, a rebate a fee below 0."""

    at: int
    quantity: int
    price: int
    fee: int


class Rules(NamedTuple):
    """How fills are matched.

    `dust` is a quantity that counts as nothing. Costs are in units of 10**-`cost_places`, fees in
    units of 10**-`fee_places`; a quantity times a price, in their units, is in units of
    10**-`product_places`, which is at most `cost_places`.
    """

    match: str
    by_position: bool
    short: bool
    dust: int
    product_places: int
    cost_places: int
    fee_places: int


class RoundTrip(NamedTuple):
    """One trade; `closed_at` is None while it is open, and the quantities then are what is left.

    `direction` is 1 of a long trade, -1 of a short one. `entry_cost` is quantity times price of
    all entries, `exit_value` of all exits. `fills` are those it was made from, in time; the last
    one closed it. `oversold` says that more was sold than was held. `realized` is the gross P&L of
    what has been closed of a position still open, `realized_fee` the costs of that part; None where
    nothing has been closed.
    """

    direction: int
    quantity: int
    entry_cost: int
    exit_quantity: int
    exit_value: int
    fee: int
    opened_at: int
    closed_at: int | None
    fills: tuple[int, ...]
    oversold: bool = False
    realized: int | None = None
    realized_fee: int = 0

    @property
    def gross_pnl(self) -> int:
        """The P&L before costs, in units of costs."""
        return self.direction * (self.exit_value - self.entry_cost)


class Matched(NamedTuple):
    """The trades of a group in the order they closed, the open one last, and fills without one.

    The latter sell what is not held, where nothing may be sold short.
    """

    trades: list[RoundTrip]
    unmatched: list[int]


def matched(fills: Iterable[Fill], rules: Rules) -> Matched:
    """The trades that the fills of one group make, which come in the order of time."""
    group = _Group(rules)
    for number, fill in enumerate(fills):
        if fill.quantity:
            group.take(number, fill)
    group.finish()
    return Matched(group.trades, group.unmatched)


class _Lot:
    """What is held of one purchase or, where the average counts, of all since the group was flat.

    `cost` and `fee` are what is left of `whole_cost` and `whole_fee`; each part gets its share of
    these, by its quantity out of `whole` and `fee_whole` (of a fill through zero, the fee was for
    more than what it opened).
    """

    __slots__ = (
        *("cost", "entries", "fee", "fee_whole", "held", "opened_at"),
        *("whole", "whole_cost", "whole_fee"),
    )

    def __init__(self, number: int, at: int, held: int, cost: int, fee: int) -> None:
        self.held = self.whole = self.fee_whole = held
        self.cost = self.whole_cost = cost
        self.fee = self.whole_fee = fee
        self.opened_at = at
        self.entries = [number]

    def add(self, number: int, held: int, cost: int, fee: int) -> None:
        """Takes another purchase into the average."""
        self.held += held
        self.cost += cost
        self.fee += fee
        self.whole = self.fee_whole = self.held
        self.whole_cost, self.whole_fee = self.cost, self.fee
        self.entries.append(number)

    @property
    def named(self) -> list[int]:
        """The purchases it was made from, not too many of them."""
        if len(self.entries) <= MOST_ENTRIES:
            return self.entries
        return [self.entries[0], *self.entries[1 - MOST_ENTRIES :]]


class _Entry:
    """What was used of some lots."""

    __slots__ = ("cost", "fee", "fills", "opened_at", "quantity")

    def __init__(self, opened_at: int) -> None:
        self.opened_at = opened_at
        self.quantity = self.cost = self.fee = 0
        self.fills: list[int] = []

    def add(self, lot: _Lot, quantity: int, cost: int, fee: int) -> None:
        """Uses so much of a lot."""
        self.quantity += quantity
        self.cost += cost
        self.fee += fee
        self.opened_at = min(self.opened_at, lot.opened_at)
        self.fills += lot.named


class _Position:
    """Everything since the group was last flat."""

    __slots__ = (
        *("cost", "exit_quantity", "exit_value", "fee", "fills", "opened_at", "quantity"),
        *("realized", "realized_fee"),
    )

    def __init__(self, at: int) -> None:
        self.opened_at = at
        self.quantity = self.cost = self.exit_quantity = self.exit_value = self.fee = 0
        self.realized = self.realized_fee = 0
        self.fills: list[int] = []


class _Group:
    """The fills of one group, taken one after the other."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.direction = 0
        self.held = 0
        self.lots: deque[_Lot] = deque()
        self.trades: list[RoundTrip] = []
        self.unmatched: list[int] = []
        self.position: _Position | None = None
        self.average = rules.match == AVERAGE
        self.scale = 10 ** (rules.cost_places - rules.product_places)
        # A part of a lot costs its price times its quantity; a part of an average is rounded.
        self.cost_grain = _grain(rules.cost_places) if self.average else 1
        self.fee_grain = _grain(rules.fee_places)

    def take(self, number: int, fill: Fill) -> None:
        """One more fill, of a quantity other than 0."""
        direction, size = (1, fill.quantity) if fill.quantity > 0 else (-1, -fill.quantity)
        if self.held and direction != self.direction:
            self._close(number, fill, direction, size)
        elif direction < 0 and not self.rules.short:
            self.unmatched.append(number)
        else:
            self._open(number, fill, direction, size, fill.fee)

    def finish(self) -> None:
        """What is left is an open trade."""
        if not self.held:
            return
        left = self._all()
        position = self.position
        self.trades.append(
            RoundTrip(
                *(self.direction, left.quantity, left.cost, 0, 0, left.fee),
                left.opened_at if position is None else position.opened_at,
                None,
                tuple(sorted(left.fills if position is None else position.fills)),
                realized=position.realized if position and position.exit_quantity else None,
                realized_fee=position.realized_fee if position else 0,
            )
        )

    def _open(self, number: int, fill: Fill, direction: int, size: int, fee: int) -> None:
        """Opens or adds; of a fill through zero, `size` and `fee` are what is left of it."""
        cost = size * fill.price * self.scale
        self.direction = direction
        self.held += size
        if self.average and self.lots:
            self.lots[0].add(number, size, cost, fee)
        else:
            lot = _Lot(number, fill.at, size, cost, fee)
            lot.whole_fee, lot.fee_whole = fill.fee, abs(fill.quantity)
            self.lots.append(lot)
        if self.rules.by_position:
            position = self.position
            if position is None:
                position = self.position = _Position(fill.at)
            position.quantity += size
            position.cost += cost
            position.fee += fee
            position.fills.append(number)

    def _close(self, number: int, fill: Fill, direction: int, size: int) -> None:
        """Closes a part, or all; goes through zero with what is left of the fill."""
        excess = size - self.held
        fee = fill.fee
        entry = self._all() if excess >= -self.rules.dust else self._used(size)
        if excess > self.rules.dust:
            size -= excess
            fee = _share(fill.fee, size, size + excess, self.fee_grain)
        through = excess > self.rules.dust
        oversold = through and direction < 0 and not self.rules.short
        value = size * fill.price * self.scale
        if self.position is None:
            self._closed_part(number, fill, entry, size, value, fee, oversold=oversold)
        else:
            self._closed_position(number, fill, entry, size, value, fee, oversold=oversold)
        if through and not oversold:
            self._open(number, fill, direction, excess, fill.fee - fee)

    def _closed_part(
        self,
        number: int,
        fill: Fill,
        entry: _Entry,
        size: int,
        value: int,
        fee: int,
        *,
        oversold: bool,
    ) -> None:
        self.trades.append(
            RoundTrip(
                *(self.direction, entry.quantity, entry.cost, size, value, entry.fee + fee),
                opened_at=entry.opened_at,
                closed_at=fill.at,
                fills=(*sorted(entry.fills), number),
                oversold=oversold,
            )
        )

    def _closed_position(
        self,
        number: int,
        fill: Fill,
        entry: _Entry,
        size: int,
        value: int,
        fee: int,
        *,
        oversold: bool,
    ) -> None:
        position = self.position
        assert position is not None
        position.exit_quantity += size
        position.exit_value += value
        position.fee += fee
        position.fills.append(number)
        position.realized += self.direction * (value - entry.cost)
        position.realized_fee += entry.fee + fee
        if self.held:
            return
        self.position = None
        self.trades.append(
            RoundTrip(
                *(self.direction, position.quantity, position.cost),
                *(position.exit_quantity, position.exit_value, position.fee),
                opened_at=position.opened_at,
                closed_at=fill.at,
                fills=tuple(position.fills),
                oversold=oversold,
            )
        )

    def _used(self, size: int) -> _Entry:
        """So much of what is held, which is more than that."""
        used = _Entry(self.lots[-1].opened_at)
        self.held -= size
        from_the_end = self.rules.match == LIFO
        while size:
            lot = self.lots[-1 if from_the_end else 0]
            if lot.held <= size:
                used.add(lot, lot.held, lot.cost, lot.fee)
                size -= lot.held
                if from_the_end:
                    self.lots.pop()
                else:
                    self.lots.popleft()
                continue
            cost = _share(lot.whole_cost, size, lot.whole, self.cost_grain)
            fee = _share(lot.whole_fee, size, lot.fee_whole, self.fee_grain)
            used.add(lot, size, cost, fee)
            lot.held -= size
            lot.cost -= cost
            lot.fee -= fee
            size = 0
        return used

    def _all(self) -> _Entry:
        """All that is held; nothing is left."""
        used = _Entry(self.lots[-1].opened_at)
        for lot in self.lots:
            used.add(lot, lot.held, lot.cost, lot.fee)
        self.lots.clear()
        self.held = 0
        return used


def _grain(places: int) -> int:
    """What 10**-12 is in units of 10**-places, which are at least as fine."""
    grain: int = 10 ** (places - PER_TRADE_PLACES)
    return grain


def _share(whole: int, part: int, of: int, grain: int) -> int:
    """The share of a part in a cost, rounded once to so coarse a grain."""
    return divide_half_even(whole * part, of * grain) * grain
