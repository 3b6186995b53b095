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
from perfkit.trade import LOSS, WIN
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
from perfkit.walk import deepest_fall, equity_curve

K = TypeVar("K", bound=Hashable)

NO_STREAK = "none"


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


class Streaks(NamedTuple):
    """Runs of wins and of losses; breakevens neither end nor lengthen one.

    `first` and `last` are the runs the trades start and end with, as `(kind, length)`.
    """

    first: tuple[str, int] = (NO_STREAK, 0)
    last: tuple[str, int] = (NO_STREAK, 0)
    longest_win: int = 0
    longest_loss: int = 0


class Drawdown(NamedTuple):
    """The largest fall of cumulative net P&L from its running peak, the peak starting at 0.

    `total` is the P&L of the run, `peak` and `low` the extremes of its cumulative P&L (0 at the
    start included) with the instants they were first reached (None: at the start), `depth` >= 0
    the earliest largest fall with the instants of its peak and trough.
    """

    total: Decimal = ZERO
    peak: Decimal = ZERO
    peak_at: int | None = None
    low: Decimal = ZERO
    low_at: int | None = None
    depth: Decimal = ZERO
    from_at: int | None = None
    trough_at: int | None = None


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
        return self.counts.wins + self.counts.losses + self.counts.breakevens


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
        streaks=_merged_streaks(earlier, later),
        drawdown=_merged_drawdowns(earlier.drawdown, later.drawdown),
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
        letters = {mark: _LETTERS[mark & (WON | LOST)] for mark in kinds}
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
            streaks=_streaks(letters),
            drawdown=_drawdown(net, places, self.closed_at, rows),
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

_LETTERS = {0: "", WON: "W", LOST: "L"}
_KINDS = {"W": WIN, "L": LOSS}


def _streaks(letters: Sequence[str]) -> Streaks:
    decided = "".join(letters)
    if not decided:
        return Streaks()
    first, last = decided[0], decided[-1]
    return Streaks(
        first=(_KINDS[first], len(decided) - len(decided.lstrip(first))),
        last=(_KINDS[last], len(decided) - len(decided.rstrip(last))),
        longest_win=max(map(len, decided.split("L"))),
        longest_loss=max(map(len, decided.split("W"))),
    )


def _drawdown(
    net: Sequence[int], places: int, closed_at: Sequence[int], rows: Sequence[int] | None
) -> Drawdown:
    equity = equity_curve(net)
    peak, low = max(equity), min(equity)
    fall = deepest_fall(equity)

    def at(point: int) -> int | None:
        """When a point of the equity curve was reached; None for its start."""
        if point == 0:
            return None
        return closed_at[point - 1 if rows is None else rows[point - 1]]

    return Drawdown(
        total=scaled(equity[-1], places),
        peak=scaled(peak, places),
        peak_at=at(equity.index(peak)),
        low=scaled(low, places),
        low_at=at(equity.index(low)),
        depth=scaled(fall.depth, places),
        from_at=at(fall.peak) if fall.depth else None,
        trough_at=at(fall.trough) if fall.depth else None,
    )


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


def _merged_streaks(earlier: Tally, later: Tally) -> Streaks:
    """Runs that meet at the seam become one."""
    a, b = earlier.streaks, later.streaks
    if a.last[0] == NO_STREAK:
        return b
    if b.first[0] == NO_STREAK:
        return a
    longest = {
        WIN: max(a.longest_win, b.longest_win),
        LOSS: max(a.longest_loss, b.longest_loss),
    }
    first, last = a.first, b.last
    if a.last[0] == b.first[0]:
        kind, seam = a.last[0], a.last[1] + b.first[1]
        longest[kind] = max(longest[kind], seam)
        if a.first[1] == _decided(earlier):
            first = (kind, seam)
        if b.last[1] == _decided(later):
            last = (kind, seam)
    return Streaks(first, last, longest[WIN], longest[LOSS])


def _decided(tally: Tally) -> int:
    return tally.counts.wins + tally.counts.losses


def _merged_drawdowns(a: Drawdown, b: Drawdown) -> Drawdown:
    """The deepest of the earlier fall, the one across the seam, and the later one.

    Ties go to the earliest: a fall across the seam that is as deep as the later one has its
    trough first, because the later one starts from no higher a peak.
    """
    total = EXACT.add(a.total, b.total)
    later_peak, later_low = EXACT.add(a.total, b.peak), EXACT.add(a.total, b.low)
    across = EXACT.subtract(a.peak, later_low)
    depth, from_at, trough_at = a.depth, a.from_at, a.trough_at
    if across > depth:
        depth, from_at, trough_at = across, a.peak_at, b.low_at
    if b.depth > depth:
        depth, from_at, trough_at = b.depth, b.from_at, b.trough_at
    rises, sinks = later_peak > a.peak, later_low < a.low
    return Drawdown(
        total=total,
        peak=later_peak if rises else a.peak,
        peak_at=b.peak_at if rises else a.peak_at,
        low=later_low if sinks else a.low,
        low_at=b.low_at if sinks else a.low_at,
        depth=depth,
        from_at=from_at,
        trough_at=trough_at,
    )
