"""Round trips once more, by brute force: what `perfkit.logs.fills` is checked against.

Nothing is shared with the package. Each fill is cut into units of the smallest quantity there is,
and units are paired one by one; what a trade is then follows by adding up its units. It is slow and
does not know how to be wrong in the same way.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

TWELVE = Decimal("1e-12")


@dataclass(frozen=True)
class Fill:
    """An execution; `quantity` counts units, a sale is below 0."""

    at: int
    quantity: int
    price: Fraction
    fee: Fraction = Fraction(0)


@dataclass
class Trip:
    """A round trip, or what is still open of one (`closed_at` None)."""

    side: str
    quantity: int
    entry_cost: Fraction
    exit_value: Fraction
    fee: Fraction
    opened_at: int
    closed_at: int | None

    @property
    def gross(self) -> Fraction:
        return (self.exit_value - self.entry_cost) * (1 if self.side == "long" else -1)


@dataclass
class Cost:
    """A cost that several parts share: each is rounded once, the last takes what is left."""

    amount: Fraction
    units: int
    rest: Fraction = field(init=False)
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.rest, self.left = self.amount, self.units

    def part(self, units: int) -> Fraction:
        self.left -= units
        share = self.rest if not self.left else rounded(self.amount * units / self.units)
        self.rest -= share
        return share


def rounded(value: Fraction) -> Fraction:
    """To 12 decimal places, half to even; a fraction knows its ties exactly."""
    scaled = value * 10**12
    floor = scaled.numerator // scaled.denominator
    twice = 2 * (scaled - floor)
    up = twice > 1 or (twice == 1 and floor % 2 == 1)
    return Fraction(floor + up, 10**12)


def round_trips(fills: Sequence[Fill], match: str, trade: str) -> list[Trip]:
    """The trips of one group, in the order they close; what is left comes last."""
    every = exits_of(fills, match)
    if trade == "exit":
        return every
    trips: list[Trip] = []
    for episode in episodes(fills):
        signs = [1 if quantity > 0 else -1 for quantity, *_ in episode]
        way = signs[0]
        entry = [one for one, sign in zip(episode, signs, strict=True) if sign == way]
        other = [one for one, sign in zip(episode, signs, strict=True) if sign != way]
        if sum(quantity for quantity, *_ in episode):
            continue
        trips.append(
            Trip(
                "long" if way > 0 else "short",
                sum(abs(quantity) for quantity, *_ in entry),
                sum((abs(q) * fill.price for q, fill, _ in entry), Fraction(0)),
                sum((abs(q) * fill.price for q, fill, _ in other), Fraction(0)),
                sum((fee for *_, fee in episode), Fraction(0)),
                episode[0][1].at,
                episode[-1][1].at,
            )
        )
    first = opened_last(fills)
    left = [trip for trip in every if trip.closed_at is None]
    for trip in left:
        trip.opened_at = first
    return trips + left


def episodes(fills: Sequence[Fill]) -> list[list[tuple[int, Fill, Fraction]]]:
    """Parts of fills with their share of the fee, from flat to flat."""
    found: list[list[tuple[int, Fill, Fraction]]] = [[]]
    held = 0
    for fill in fills:
        quantity = fill.quantity
        if not quantity:
            continue
        fee = Cost(fill.fee, abs(quantity))
        if held and (held > 0) != (quantity > 0) and abs(quantity) > abs(held):
            found[-1].append((-held, fill, fee.part(abs(held))))
            quantity += held
            held = 0
            found.append([])
        found[-1].append((quantity, fill, fee.part(abs(quantity))))
        held += quantity
        if not held:
            found.append([])
    return [one for one in found if one]


def opened_last(fills: Sequence[Fill]) -> int:
    """When what is still open was opened."""
    parts = episodes(fills)
    return parts[-1][0][1].at if parts else 0


def exits_of(fills: Sequence[Fill], match: str) -> list[Trip]:
    """A trip for each closing fill, and one of what is left."""
    units: list[tuple[Fill, Cost]] = []  # held, one by one, the oldest first
    side = 0
    pool: Cost | None = None
    pool_fee: Cost | None = None
    since = 0
    trips: list[Trip] = []
    for fill in fills:
        way = (fill.quantity > 0) - (fill.quantity < 0)
        size = abs(fill.quantity)
        fee = Cost(fill.fee, size)
        if units and way and way != side:
            closing = min(size, len(units))
            used = units[-closing:] if match == "lifo" else units[:closing]
            units = units[:-closing] if match == "lifo" else units[closing:]
            if match == "average":
                assert pool is not None
                assert pool_fee is not None
                cost, costs, opened = pool.part(closing), pool_fee.part(closing), since
            else:
                cost = sum((one.price for one, _ in used), Fraction(0))
                shares = {id(shared): shared for _, shared in used}
                parts = Counter(id(shared) for _, shared in used)
                costs = sum((shares[one].part(parts[one]) for one in shares), Fraction(0))
                opened = min(one.at for one, _ in used)
            name = "long" if side > 0 else "short"
            value = closing * fill.price
            costs += fee.part(closing)
            trips.append(Trip(name, closing, cost, value, costs, opened, fill.at))
            size -= closing
        if not size:
            continue
        side = way
        if not units:
            since = fill.at
            pool, pool_fee = Cost(size * fill.price, size), fee
        elif match == "average":
            assert pool is not None
            assert pool_fee is not None
            pool = Cost(pool.rest + size * fill.price, pool.left + size)
            pool_fee = Cost(pool_fee.rest + fill.fee, pool_fee.left + size)
        units += [(fill, fee)] * size
    if units:
        cost = sum((one.price for one, _ in units), Fraction(0))
        lots = {id(shared): shared for _, shared in units}
        costs = sum((one.rest for one in lots.values()), Fraction(0))
        opened = min(one.at for one, _ in units)
        if match == "average":
            assert pool is not None
            assert pool_fee is not None
            cost, costs, opened = pool.rest, pool_fee.rest, since
        name = "long" if side > 0 else "short"
        trips.append(Trip(name, len(units), cost, Fraction(0), costs, opened, None))
    return trips


def decimal(value: Fraction) -> Decimal:
    """An amount whose denominator is a power of ten."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def price_of(cost: Fraction, units: int) -> Decimal:
    """A mean price to 12 places."""
    return decimal(rounded(cost / units)).quantize(TWELVE, ROUND_HALF_EVEN)
