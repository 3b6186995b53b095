"""Tallies: exact sums of an ordered run of trades, which merge.

`of(trades)` tallies a run in trade order; `merge(earlier, later)` gives the tally of both runs, as
if they had been tallied as one, provided every trade of `earlier` comes before those of `later`;
`EMPTY` is its identity. So a day is tallied once and a window folds its days. `Columns` prepares
the columns of a run once, for its tally and for those of any of its parts.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import accumulate, repeat
from operator import add, gt, lshift, mul

from perfkit.core.exact import PER_TRADE_PLACES, scaled
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers, is_constant, take
from perfkit.core.trades import (
    BEYOND_1R,
    EXIT_KNOWN,
    HELD,
    LOST,
    MAE_KNOWN,
    MFE_KNOWN,
    PLANNED,
    PNL_KNOWN,
    RISKED,
    TARGET_HIT,
    TURNED,
    WON,
    Trades,
)
from perfkit.metrics.drawdown import Curve, Drawdown, curve_of, drawdown_of, merged_curves
from perfkit.metrics.streaks import LETTERS, Streaks, merged_streaks, streaks_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    K = TypeVar("K", bound=Hashable)

Places = tuple[int, int, int, int, int, int]
"""Decimal places of P&L, commission, slippage, turnover, and adverse and favourable excursion."""


class Counts(NamedTuple):
    """How many trades; the `known` ones among them have a P&L."""

    wins: int = 0
    losses: int = 0
    breakevens: int = 0
    known: int = 0
    known_wins: int = 0
    known_losses: int = 0
    held: int = 0
    held_wins: int = 0
    held_losses: int = 0
    planned: int = 0
    risked: int = 0
    beyond_1r: int = 0
    exits_known: int = 0
    target_hits: int = 0
    turned: int = 0
    adverse: int = 0
    favourable: int = 0
    captured: int = 0


SUMS = (
    *("net_pnl", "gross_profit", "gross_loss", "commission", "slippage"),
    *("hold_us", "win_hold_us", "loss_hold_us", "risk_reward", "r", "r_squared"),
    *("turnover", "mae", "mfe", "captured_pnl"),
)
"""What is summed of each trade, in the order of a tally's totals."""


class _Total:
    """One sum of a tally, as a decimal."""

    def __init__(self, name: str) -> None:
        self.number = SUMS.index(name)

    def __get__(self, sums: Sums, owner: type) -> Decimal:
        return scaled(sums.totals[self.number], sums.places[self.number])


class _WholeTotal(_Total):
    """One sum of a tally that is a whole number."""

    def __get__(self, sums: Sums, owner: type) -> int:  # type: ignore[override]
        return sums.totals[self.number]


class Sums:
    """Exact sums: money, microseconds held, planned risk-reward, R and R squared.

    `captured_pnl` is the net P&L of the trades with a favourable excursion.
    """

    __slots__ = ("places", "totals")

    net_pnl = _Total("net_pnl")
    gross_profit = _Total("gross_profit")
    gross_loss = _Total("gross_loss")
    commission = _Total("commission")
    slippage = _Total("slippage")
    hold_us = _WholeTotal("hold_us")
    win_hold_us = _WholeTotal("win_hold_us")
    loss_hold_us = _WholeTotal("loss_hold_us")
    risk_reward = _Total("risk_reward")
    r = _Total("r")
    r_squared = _Total("r_squared")
    turnover = _Total("turnover")
    mae = _Total("mae")
    mfe = _Total("mfe")
    captured_pnl = _Total("captured_pnl")

    def __init__(self, totals: Sequence[int], places: Places) -> None:
        self.totals = totals
        self.places = _places_of_totals(places)


class Tally(NamedTuple):
    """Everything about an ordered run of closed trades that merges exactly.

    `totals` are its sums, in the order of `SUMS`, and `best` and `worst` the extremes of net P&L
    over wins and over losses, as integers: money in units of 10**-`places` (see
    `Places`), ratios at 12 decimal places, R squared at 24. `first_at` and
    `last_at` are the closing instants of its first and last trade. Equal means equal in value.
    """

    counts: Counts = Counts()
    totals: tuple[int, ...] = (0,) * len(SUMS)
    places: Places = (0,) * 6
    best: int | None = None
    worst: int | None = None
    streaks: Streaks = Streaks()
    curve: Curve = Curve()
    first_at: int | None = None
    last_at: int | None = None

    @property
    def trades(self) -> int:
        """The number of closed trades."""
        return self.decided + self.counts.breakevens

    @property
    def decided(self) -> int:
        """The number of closed trades that won or lost."""
        return self.counts.wins + self.counts.losses

    @property
    def sums(self) -> Sums:
        """The sums as decimals; holding times as whole microseconds."""
        return Sums(self.totals, self.places)

    @property
    def net_pnl(self) -> Decimal:
        """The sum of net P&L."""
        return scaled(self.totals[0], self.places[0])

    @property
    def largest_win(self) -> Decimal | None:
        """The highest net P&L of a win; None without one of known P&L."""
        return None if self.best is None else scaled(self.best, self.places[0])

    @property
    def largest_loss(self) -> Decimal | None:
        """The lowest net P&L of a loss; None without one of known P&L."""
        return None if self.worst is None else scaled(self.worst, self.places[0])

    @property
    def drawdown(self) -> Drawdown:
        """The largest fall of cumulative net P&L, in money."""
        return drawdown_of(self.curve, self.places[0])

    def at_places(self, places: Places) -> Tally:
        """The same tally in other units, none of which may be coarser."""
        if places == self.places:
            return self
        money, commission, slippage, *others = (
            10 ** (wanted - own) for wanted, own in zip(places, self.places, strict=True)
        )
        factors = (money, money, money, commission, slippage, *[1] * 6, *others, money)
        return self._replace(
            totals=tuple(map(mul, self.totals, factors)),
            places=places,
            best=None if self.best is None else self.best * money,
            worst=None if self.worst is None else self.worst * money,
            curve=self.curve.times(money),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tally):
            return NotImplemented
        places = _finest((self, other))
        return tuple.__eq__(self.at_places(places), other.at_places(places))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.counts, self.first_at, self.last_at))


EMPTY = Tally()


def of(trades: Trades) -> Tally:
    """The tally of closed trades, which must be in trade order."""
    return Columns(trades).whole


def merge(earlier: Tally, later: Tally) -> Tally:
    """The tally of both runs; raises `ValueError` if they overlap in time."""
    return merged((earlier, later))


def merged(tallies: Iterable[Tally]) -> Tally:
    """Tallies folded from the earliest to the latest; raises `ValueError` if they overlap."""
    runs = [tally for tally in tallies if tally.last_at is not None]
    if len(runs) < 2:
        return runs[0] if runs else EMPTY
    if len({tally.places for tally in runs}) > 1:
        places = _finest(runs)
        runs = [tally.at_places(places) for tally in runs]
    counts, totals, places_, best, worst, streaks, curves, first_at, last_at = zip(
        *runs, strict=True
    )
    if any(map(gt, last_at, first_at[1:])):  # the last of each run and the first of the next
        raise ValueError("tallies merge only when one run of trades precedes the other")
    curve = curves[0]
    for later in curves[1:]:
        curve = merged_curves(curve, later)
    return Tally(
        counts=Counts(*map(sum, zip(*counts, strict=True))),
        totals=tuple(map(sum, zip(*totals, strict=True))),
        places=places_[0],
        best=max((one for one in best if one is not None), default=None),
        worst=min((one for one in worst if one is not None), default=None),
        streaks=merged_streaks(streaks, [one.wins + one.losses for one in counts]),
        curve=curve,
        first_at=first_at[0],
        last_at=last_at[-1],
    )


def _finest(tallies: Sequence[Tally]) -> Places:
    return tuple(map(max, zip(*(tally.places for tally in tallies), strict=True)))


@lru_cache(maxsize=64)
def _places_of_totals(places: Places) -> tuple[int, ...]:
    """The decimal places of each of the totals."""
    money, commission, slippage, *others = places
    return (
        *(money, money, money, commission, slippage),
        *(0, 0, 0),
        *(PER_TRADE_PLACES, PER_TRADE_PLACES, 2 * PER_TRADE_PLACES),
        *(*others, money),
    )


class Columns:
    """The columns of a run of closed trades, prepared once for many tallies.

    All that is summed of a trade is one long integer, a field beside the other, each wide enough
    for the sum over all trades: so one addition adds every column up, exactly.

    Example, with fields of 8 bits: P&L 5 held for 3 is 5 + 3 * 256 = 773, P&L -2 held for 4 is
    -2 + 4 * 256 = 1022. Their sum is 1795; with a bias of 128 in each field, so that none is below
    0, it is 34691 = 135 * 256 + 131: P&L 131 - 128 = 3, held for 135 - 128 = 7.
    """

    def __init__(self, trades: Trades) -> None:
        self.closed_at = trades.closed_at
        self.net = trades.net_pnl.or_zero()
        self.places = (
            trades.net_pnl.places,
            trades.commission.places,
            trades.slippage.places,
            *(trades.turnover.places, trades.mae.places, trades.mfe.places),
        )
        letters = {mark: LETTERS[mark & (WON | LOST)] for mark in set(trades.marks)}
        self.letters = list(map(letters.__getitem__, trades.marks))
        self.rows, widths, self.constants = _rows(trades, self.net)
        offsets = accumulate(widths, initial=0)
        self.fields = [
            (offset, (1 << width) - 1, 1 << width >> 1)
            for offset, width in zip(offsets, widths, strict=False)
        ]
        self.bias = sum(half << offset for offset, _, half in self.fields)

    @cached_property
    def whole(self) -> Tally:
        """The tally of all of it."""
        return self._tally(self.rows, self.letters, self.net, range(len(self.rows)))

    def parts(self, keys: Sequence[K], distinct: Iterable[K] | None = None) -> dict[K, Tally]:
        """A tally per distinct key, `keys` having one for each trade."""
        members: dict[K, list[int]] = {key: [] for key in distinct or set(keys)}
        if len(members) == 1:
            return dict.fromkeys(members, self.whole)
        for row, key in enumerate(keys):
            members[key].append(row)
        return {key: self._part(rows) for key, rows in members.items()}

    def runs(self, runs: Mapping[K, tuple[int, int]]) -> dict[K, Tally]:
        """A tally per key, of rows from the first number to before the second."""
        return {
            key: self._tally(
                self.rows[first:last],
                self.letters[first:last],
                self.net[first:last],
                range(first, last),
            )
            for key, (first, last) in runs.items()
        }

    def _fields(self, packed: int) -> list[int]:
        """The signed fields of a sum of rows, from its lowest bits up."""
        packed += self.bias  # so that none is below 0
        return [(packed >> offset & mask) - half for offset, mask, half in self.fields]

    def _part(self, rows: list[int]) -> Tally:
        return self._tally(
            take(self.rows, rows), take(self.letters, rows), take(self.net, rows), rows
        )

    def _tally(
        self,
        packed: Sequence[int],
        letters: Sequence[str],
        net: Sequence[int],
        rows: Sequence[int],
    ) -> Tally:
        """The tally of the trades at those rows."""
        if not packed:
            return EMPTY
        fields = self._fields(sum(packed))
        counts = Counts._make(fields[: len(Counts._fields)])
        net_pnl, hold, won, held_won, lost, held_lost, *others = fields[len(Counts._fields) :]
        others = [
            total if constant is None else constant * len(packed)
            for total, constant in zip(others, self.constants, strict=True)
        ]
        totals = (net_pnl, won, lost, *others[:2], hold, held_won, held_lost, *others[2:])
        best = max(net) if counts.known_wins else None
        worst = min(net) if counts.known_losses else None
        return Tally(
            *(counts, totals, self.places, best, worst),
            *(streaks_of(letters), curve_of(net, self.closed_at, rows)),
            *(self.closed_at[rows[0]], self.closed_at[rows[-1]]),
        )


def _rows(trades: Trades, net: Sequence[int]) -> tuple[list[int], list[int], list[int | None]]:
    """An integer for each trade, the widths of its fields from the lowest, and what is constant.

    The fields are the counts, then P&L and holding time of all trades, of wins and of losses, then
    the other sums; a column that is the same throughout has none, but is one of the constants.
    """
    kinds = {mark: _counts(mark) for mark in set(trades.marks)}
    held = all(mark & HELD for mark in kinds)
    hold = Numbers(trades.hold_us, 6, complete=held or None).or_zero()
    count = len(trades).bit_length() + 1
    counted = count * len(Counts._fields)
    by_outcome = (_width(net), _width(hold))
    widths = [*[count] * len(Counts._fields), *by_outcome * 3]
    block = sum(by_outcome)
    factors, counts = {}, {}
    for mark, own in kinds.items():
        factors[mark] = 1 + ((mark & WON > 0) << block) + ((mark & LOST > 0) << 2 * block)
        counts[mark] = sum(one << place * count for place, one in enumerate(own))
    both = map(add, net, map(lshift, hold, repeat(by_outcome[0])))
    spread = map(mul, both, map(factors.__getitem__, trades.marks))
    constants: list[int | None] = []
    r = trades.r.or_zero()
    others = (trades.commission.or_zero(), trades.slippage.or_zero(), trades.risk_reward.or_zero())
    sums: Iterable[int] = repeat(0)  # the other columns, a field beside the other
    width = 0
    for column in (*others, r, list(map(mul, r, r)), *_if_known(trades, kinds, net)):
        if not column or is_constant(column):
            constants.append(column[0] if column else 0)
            widths.append(0)
            continue
        constants.append(None)
        sums = map(add, sums, map(lshift, column, repeat(width))) if width else column
        widths.append(_width(column))
        width += widths[-1]
    spread = map(add, spread, map(lshift, sums, repeat(3 * block)))
    above = map(lshift, spread, repeat(counted))
    return list(map(add, map(counts.__getitem__, trades.marks), above)), widths, constants


def _if_known(
    trades: Trades, kinds: Iterable[int], net: Sequence[int]
) -> tuple[Sequence[int], ...]:
    """Turnover, excursions and captured P&L of each trade; nothing of what no trade has."""
    known = 0
    for mark in kinds:
        known |= mark
    captured = (
        [0 if best is None else pnl for best, pnl in zip(trades.mfe.units, net, strict=True)]
        if known & MFE_KNOWN
        else ()
    )
    return (
        trades.turnover.or_zero() if known & TURNED else (),
        trades.mae.or_zero() if known & MAE_KNOWN else (),
        trades.mfe.or_zero() if known & MFE_KNOWN else (),
        captured,
    )


def _width(column: Sequence[int]) -> int:
    """How many bits a signed field needs for any sum of a column's values; 0 for zeros alone."""
    if not column:
        return 0
    lowest, highest = min(column), max(column)
    most = len(column) * max(highest, -lowest)
    return most.bit_length() + 1 if most else 0


def _counts(mark: int) -> tuple[int, ...]:
    """What a trade of those marks counts as."""
    won, lost = int(mark & WON > 0), int(mark & LOST > 0)
    return (won, lost, 1 - won - lost, *(int(mark & one == one) for one in _COUNTED))


_COUNTED = (
    PNL_KNOWN,
    PNL_KNOWN | WON,
    PNL_KNOWN | LOST,
    HELD,
    HELD | WON,
    HELD | LOST,
    PLANNED,
    RISKED,
    BEYOND_1R,
    EXIT_KNOWN,
    TARGET_HIT,
    TURNED,
    MAE_KNOWN,
    MFE_KNOWN,
    MFE_KNOWN | PNL_KNOWN,
)
"""Marks that `Counts` counts, in the order of its fields after the outcomes."""
