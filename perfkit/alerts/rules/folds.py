"""Two ways to put the trades of a rule's span together: counts and sums, or whole tallies.

Counts and sums can be taken away again, so a rolling figure costs one trade in and one out.
Streaks, extremes and falls cannot; those fold the tallies of single trades. Either way the tally
that a metric sees equals that of the trades, field by field that it reads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import add, sub

from perfkit.core.exact import (
    EXACT,
    PER_TRADE_PLACES,
    ZERO,
    canonical,
    decimal_places,
    multiply,
    units,
)
from perfkit.core.trades import LOST, MFE_KNOWN, WON, Trades
from perfkit.metrics import tally as tallies
from perfkit.metrics.drawdown import Curve
from perfkit.metrics.facts import Facts
from perfkit.metrics.registry import METRICS
from perfkit.metrics.streaks import Streaks
from perfkit.metrics.tally import EMPTY, SUMS, Counts, Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Fold(Protocol):
        """Puts trades together; what it makes of them is opaque to others."""

        empty: Any

        def unit(self, trades: Trades, row: int) -> Any: ...
        def plus(self, earlier: Any, later: Any) -> Any: ...
        def merged(self, parts: Sequence[Any]) -> Any: ...
        def rolled(self, whole: Any, unit: Any, oldest: Any, tail: deque[Any]) -> Any: ...
        def tally(self, whole: Any) -> Tally: ...
        def carried(self, whole: Any) -> tuple[Any, ...]: ...
        def restored(self, plain: tuple[Any, ...]) -> Any: ...


_ONE = Decimal(1)


def is_counted(metric: str) -> bool:
    """Whether a figure comes from counts alone, and is worth remembering for each set of them."""
    return not METRICS[metric].reads


def is_per_day(metric: str) -> bool:
    """Whether a figure is one of daily net P&L."""
    return not {"days", "returns", "every_day", "account"}.isdisjoint(METRICS[metric].reads)


def fold_of(metric: str) -> Fold:
    """The cheapest fold that has what the metric reads.

    Example: `sd_r` reads the sums of R and R squared, so a linear fold of these two; `sharpe` reads
    no sum, as a gauge keeps the days beside the fold; `max_drawdown` reads the depth of the curve.
    """
    reads = METRICS[metric].reads
    if reads == ("depth",):
        return FallFold()
    if all(name in SUMS or name in Facts._fields for name in reads):
        return LinearFold(tuple(name for name in reads if name in SUMS))
    return TallyFold()


class LinearFold:
    """Counts and sums; a whole is `(counts, sums)`."""

    _counts: dict[int, tuple[int, ...]] = {}  # noqa: RUF012  what each set of marks counts as

    def __init__(self, sums: tuple[str, ...]) -> None:
        self.columns = [_COLUMNS[name] for name in sums]
        self.numbers = [SUMS.index(name) for name in sums]
        self.empty = (tuple(Counts()), (ZERO,) * len(sums))

    def unit(self, trades: Trades, row: int) -> Any:
        marks = trades.marks[row]
        counts = self._counts.get(marks)
        if counts is None:
            counts = self._counts[marks] = tuple(tallies.of(trades.slice(row, row + 1)).counts)
        return counts, tuple([column(trades, row) for column in self.columns])

    def plus(self, earlier: Any, later: Any) -> Any:
        return tuple(map(add, earlier[0], later[0])), tuple(map(EXACT.add, earlier[1], later[1]))

    def merged(self, parts: Sequence[Any]) -> Any:
        whole = self.empty
        for part in parts:
            whole = self.plus(whole, part)
        return whole

    def rolled(self, whole: Any, unit: Any, oldest: Any, tail: deque[Any]) -> Any:
        counts, sums = self.plus(whole, unit)
        if oldest is None:
            return counts, sums
        return (
            tuple(map(sub, counts, oldest[0])),
            tuple(map(EXACT.subtract, sums, oldest[1])),
        )

    def tally(self, whole: Any) -> Tally:
        counts, sums = whole
        places = [0] * len(EMPTY.places)
        for number, total in zip(self.numbers, sums, strict=True):
            kind = _MONEY.get(number)
            if kind is not None:
                places[kind] = max(places[kind], decimal_places(total))
        totals = list(EMPTY.totals)
        for number, total in zip(self.numbers, sums, strict=True):
            kind = _MONEY.get(number)
            totals[number] = units(total, _RATIOS.get(number, 0) if kind is None else places[kind])
        return EMPTY._replace(
            counts=Counts(*counts),
            totals=tuple(totals),
            places=tuple(places),  # type: ignore[arg-type]
        )

    def carried(self, whole: Any) -> tuple[Any, ...]:
        return whole[0], tuple(str(canonical(total)) for total in whole[1])

    def restored(self, plain: tuple[Any, ...]) -> Any:
        return plain[0], tuple(map(Decimal, plain[1]))


class FallFold:
    """The largest fall of cumulative P&L.

    A whole is total, peak, low and depth, from 0, then how many trades, and how many with a P&L.
    """

    empty = (ZERO,) * 6

    def unit(self, trades: Trades, row: int) -> Any:
        known = trades.net_pnl.decimal(row)
        net = known or ZERO
        has_pnl = ZERO if known is None else _ONE
        return net, max(net, ZERO), min(net, ZERO), max(-net, ZERO), _ONE, has_pnl

    def plus(self, earlier: Any, later: Any) -> Any:
        total, peak, low, depth, closed, known = earlier
        low_after = EXACT.add(total, later[2])
        return (
            EXACT.add(total, later[0]),
            max(peak, EXACT.add(total, later[1])),
            min(low, low_after),
            max(depth, later[3], EXACT.subtract(peak, low_after)),
            EXACT.add(closed, later[4]),
            EXACT.add(known, later[5]),
        )

    def merged(self, parts: Sequence[Any]) -> Any:
        whole: Any = self.empty
        for part in parts:
            whole = self.plus(whole, part)
        return whole

    def rolled(self, whole: Any, unit: Any, oldest: Any, tail: deque[Any]) -> Any:
        return self.merged([one[2] for one in tail])

    def tally(self, whole: Any) -> Tally:
        places = max(map(decimal_places, whole[:4]))
        total, peak, low, depth = (units(one, places) for one in whole[:4])
        curve = Curve(total=total, peak=peak, low=low, depth=depth)
        counts = Counts(breakevens=int(whole[4]), known=int(whole[5]))
        return EMPTY._replace(counts=counts, curve=curve, places=(places, *EMPTY.places[1:]))

    def carried(self, whole: Any) -> tuple[Any, ...]:
        return tuple(str(canonical(one)) for one in whole)

    def restored(self, plain: tuple[Any, ...]) -> Any:
        return tuple(map(Decimal, plain))


class TallyFold:
    """Tallies of single trades, merged: for streaks and extremes."""

    empty = EMPTY

    def unit(self, trades: Trades, row: int) -> Any:
        return tallies.of(trades.slice(row, row + 1).in_coarsest_units())

    def plus(self, earlier: Any, later: Any) -> Any:
        return tallies.merge(earlier, later)

    def merged(self, parts: Sequence[Any]) -> Any:
        return tallies.merged(parts)

    def rolled(self, whole: Any, unit: Any, oldest: Any, tail: deque[Any]) -> Any:
        return tallies.merged([one[2] for one in tail])

    def tally(self, whole: Any) -> Tally:
        return whole  # type: ignore[no-any-return]

    def carried(self, whole: Any) -> tuple[Any, ...]:
        return tuple(tuple(one) if isinstance(one, tuple) else one for one in whole)

    def restored(self, plain: tuple[Any, ...]) -> Any:
        counts, totals, places, best, worst, streaks, curve, first, last = plain
        return Tally(
            counts=Counts(*counts),
            totals=totals,
            places=places,
            best=best,
            worst=worst,
            streaks=Streaks(*streaks),
            curve=Curve(*curve),
            first_at=first,
            last_at=last,
        )


def _money(name: str, marks: int | None = None) -> Callable[[Trades, int], Decimal]:
    """The value of a column where the trade has one of these marks, else 0."""

    def column(trades: Trades, row: int) -> Decimal:
        if marks is not None and not trades.marks[row] & marks:
            return ZERO
        return getattr(trades, name).decimal(row) or ZERO

    return column


def _held(marks: int | None = None) -> Callable[[Trades, int], Decimal]:
    def column(trades: Trades, row: int) -> Decimal:
        if marks is not None and not trades.marks[row] & marks:
            return ZERO
        return Decimal(trades.hold_us[row] or 0)

    return column


def _r_squared(trades: Trades, row: int) -> Decimal:
    r = trades.r.decimal(row) or ZERO
    return multiply(r, r)


_COLUMNS: dict[str, Callable[[Trades, int], Decimal]] = {
    "net_pnl": _money("net_pnl"),
    "gross_profit": _money("net_pnl", WON),
    "gross_loss": _money("net_pnl", LOST),
    "commission": _money("commission"),
    "slippage": _money("slippage"),
    "hold_us": _held(),
    "win_hold_us": _held(WON),
    "loss_hold_us": _held(LOST),
    "risk_reward": _money("risk_reward"),
    "r": _money("r"),
    "r_squared": _r_squared,
    **{name: _money(name) for name in ("turnover", "mae", "mfe")},
    "captured_pnl": _money("net_pnl", MFE_KNOWN),
}

_MONEY = {
    SUMS.index(name): kind
    for name, kind in (
        ("net_pnl", 0),
        ("gross_profit", 0),
        ("gross_loss", 0),
        ("commission", 1),
        ("slippage", 2),
        *(("turnover", 3), ("mae", 4), ("mfe", 5), ("captured_pnl", 0)),
    )
}
"""Which of a tally's units of money a sum is in, by its number."""

_RATIOS = {
    SUMS.index("risk_reward"): PER_TRADE_PLACES,
    SUMS.index("r"): PER_TRADE_PLACES,
    SUMS.index("r_squared"): 2 * PER_TRADE_PLACES,
}
"""Decimal places of the sums of ratios."""
