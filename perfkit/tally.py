"""Tallies: exact sums of an ordered run of trades, which merge.

`of(trades)` tallies a run in trade order; `merge(earlier, later)` gives the tally of both runs, as
if they had been tallied as one, provided every trade of `earlier` comes before those of `later`;
`EMPTY` is its identity. So a day is tallied once and a window folds its days. A `Sheet` prepares
the columns of a run once, for its tally and for those of any of its parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from operator import add, mul
from typing import Any, NamedTuple, TypeVar

from perfkit.columns import take
from perfkit.exact import EXACT, PER_TRADE_PLACES, ZERO, scaled
from perfkit.sequences import (
    LETTERS,
    Drawdown,
    Streaks,
    drawdown_of,
    merged_drawdowns,
    merged_streaks,
    streaks_of,
)
from perfkit.trades import (
    BEYOND_1R,
    EXIT_KNOWN,
    HELD,
    LOST,
    PLANNED,
    PNL_KNOWN,
    RISKED,
    TARGET_HIT,
    WON,
    Trades,
)

K = TypeVar("K", bound=Hashable)


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


class Sums(NamedTuple):
    """Exact sums: money, microseconds held, planned risk-reward, R and R squared."""

    net_pnl: Decimal = ZERO
    gross_profit: Decimal = ZERO
    gross_loss: Decimal = ZERO
    commission: Decimal = ZERO
    slippage: Decimal = ZERO
    hold_us: int = 0
    win_hold_us: int = 0
    loss_hold_us: int = 0
    risk_reward: Decimal = ZERO
    r: Decimal = ZERO
    r_squared: Decimal = ZERO


class Tally(NamedTuple):
    """Everything about an ordered run of closed trades that merges exactly.

    `first_at` and `last_at` are the closing instants of its first and last trade.
    """

    counts: Counts = Counts()
    sums: Sums = Sums()
    largest_win: Decimal | None = None
    largest_loss: Decimal | None = None
    streaks: Streaks = Streaks()
    drawdown: Drawdown = Drawdown()
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


EMPTY = Tally()


def of(trades: Trades) -> Tally:
    """The tally of closed trades, which must be in trade order."""
    return Sheet(trades).whole


def merge(earlier: Tally, later: Tally) -> Tally:
    """The tally of both runs; raises `ValueError` if they overlap in time."""
    if later.last_at is None:
        return earlier
    if earlier.last_at is None:
        return later
    assert later.first_at is not None
    if earlier.last_at > later.first_at:
        raise ValueError("tallies merge only when one run of trades precedes the other")
    return Tally(
        counts=Counts(*map(add, earlier.counts, later.counts)),
        sums=_added(earlier.sums, later.sums),
        largest_win=_extreme(max, earlier.largest_win, later.largest_win),
        largest_loss=_extreme(min, earlier.largest_loss, later.largest_loss),
        streaks=merged_streaks(earlier.streaks, later.streaks, (earlier.decided, later.decided)),
        drawdown=merged_drawdowns(earlier.drawdown, later.drawdown),
        first_at=earlier.first_at,
        last_at=later.last_at,
    )


def merged(tallies: Iterable[Tally]) -> Tally:
    """Tallies folded from the earliest to the latest."""
    whole = EMPTY
    for tally in tallies:
        whole = merge(whole, tally)
    return whole


class Sheet:
    """The columns of a run of closed trades, prepared once for many tallies.

    Columns that are zero throughout are left out of the rows that parts are summed from.
    """

    def __init__(self, trades: Trades) -> None:
        self.closed_at = trades.closed_at
        self.marks = trades.marks
        self.net = _zero_for_none(trades.net_pnl.units)
        hold = _zero_for_none(trades.hold_us)
        r = _zero_for_none(trades.r.units)
        kinds = set(self.marks)
        won = list(map({mark: mark & WON > 0 for mark in kinds}.__getitem__, self.marks))
        lost = list(map({mark: mark & LOST > 0 for mark in kinds}.__getitem__, self.marks))
        letters = {mark: LETTERS[mark & (WON | LOST)] for mark in kinds}
        self.letters = list(map(letters.__getitem__, self.marks))
        columns = (
            self.net,
            list(map(mul, self.net, won)),
            list(map(mul, self.net, lost)),
            _zero_for_none(trades.commission.units),
            _zero_for_none(trades.slippage.units),
            hold,
            list(map(mul, hold, won)),
            list(map(mul, hold, lost)),
            _zero_for_none(trades.risk_reward.units),
            r,
            list(map(mul, r, r)),
        )
        money = trades.net_pnl.places
        self.places = (
            *(money, money, money, trades.commission.places, trades.slippage.places),
            *(0, 0, 0),
            *(PER_TRADE_PLACES, PER_TRADE_PLACES, 2 * PER_TRADE_PLACES),
        )
        self.totals = [sum(column) for column in columns]
        self.varying = [n for n, column in enumerate(columns) if any(column)]
        varying = (columns[n] for n in self.varying)
        self.rows = list(zip(self.marks, self.letters, self.net, *varying, strict=True))

    @cached_property
    def whole(self) -> Tally:
        """The tally of all of it."""
        return self._tally(self.totals, self.marks, self.letters, self.net)

    def parts(self, keys: Sequence[K]) -> dict[K, Tally]:
        """A tally per distinct key, `keys` having one for each trade."""
        distinct = set(keys)
        if len(distinct) == 1:
            return {keys[0]: self.whole}
        members: dict[K, list[int]] = {key: [] for key in distinct}
        for row, key in enumerate(keys):
            members[key].append(row)
        return {key: self._part(rows) for key, rows in members.items()}

    def _part(self, rows: list[int]) -> Tally:
        marks, letters, net, *columns = zip(*take(self.rows, rows), strict=True)
        totals = [0] * len(self.totals)
        for n, total in zip(self.varying, map(sum, columns), strict=True):
            totals[n] = total
        return self._tally(totals, marks, letters, net, rows)

    def _tally(
        self,
        totals: Sequence[int],
        marks: Sequence[int],
        letters: Sequence[str],
        net: Sequence[int],
        rows: Sequence[int] | None = None,
    ) -> Tally:
        """The tally of trades with those totals; `rows` says which they are, if not all."""
        if not marks:
            return EMPTY
        counts = _counts(marks)
        places = self.places[0]
        sums: list[Any] = [
            total if n in _WHOLE_NUMBERS else scaled(total, self.places[n])
            for n, total in enumerate(totals)
        ]
        first, last = (0, len(marks) - 1) if rows is None else (rows[0], rows[-1])
        return Tally(
            counts=counts,
            sums=Sums(*sums),
            largest_win=scaled(max(net), places) if counts.known_wins else None,
            largest_loss=scaled(min(net), places) if counts.known_losses else None,
            streaks=streaks_of(letters),
            drawdown=drawdown_of(net, places, self.closed_at, rows),
            first_at=self.closed_at[first],
            last_at=self.closed_at[last],
        )


_WHOLE_NUMBERS = frozenset(
    Sums._fields.index(name) for name in ("hold_us", "win_hold_us", "loss_hold_us")
)


def _zero_for_none(column: Sequence[int | None]) -> Sequence[int]:
    return [value or 0 for value in column] if None in column else column  # type: ignore[return-value]


def _counts(marks: Sequence[int]) -> Counts:
    """Counts from the few distinct marks."""
    kinds = Counter(marks)
    wins = losses = 0
    numbers = dict.fromkeys(_COUNTED, 0)
    for mark, count in kinds.items():
        wins += count if mark & WON else 0
        losses += count if mark & LOST else 0
        for counted in _COUNTED:
            if mark & counted == counted:
                numbers[counted] += count
    return Counts(wins, losses, len(marks) - wins - losses, *numbers.values())


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
)
"""Marks that `Counts` counts, in the order of its fields after the outcomes."""


def _added(earlier: Sums, later: Sums) -> Sums:
    both: list[Any] = [
        a + b if isinstance(a, int) else EXACT.add(a, b)  # type: ignore[operator, arg-type]
        for a, b in zip(earlier, later, strict=True)
    ]
    return Sums(*both)


def _extreme(
    choose: Callable[[list[Decimal]], Decimal], a: Decimal | None, b: Decimal | None
) -> Decimal | None:
    present = [value for value in (a, b) if value is not None]
    return choose(present) if present else None
