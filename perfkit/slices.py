"""A window cut into trading days and into the parts of each breakdown, as tallies.

Each day is tallied once, as a whole and by part; the window and its parts are folds of those. The
weekday of a trade is that of its trading day, so weekday parts are whole days.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from perfkit import tally
from perfkit.errors import UsageError
from perfkit.metrics import Figures, evaluate
from perfkit.metrics.facts import NOT_IN_A_PART, Facts
from perfkit.tally import Sheet, Tally
from perfkit.trades import Trades
from perfkit.window import WEEKDAYS, Calendar

DIMENSIONS = (
    "source",
    "strategy",
    "symbol",
    "side",
    "weekday",
    "hour",
    "exit_reason",
    "execution_mode",
    "account",
)
MOST_EXIT_REASONS = 49
OTHER = "other"
NO_NAME = ""
"""The name of the part of trades that do not say: logs cannot hold an empty name."""

_BY_CLOSE = ("weekday", "hour", "exit_reason")
"""Dimensions that only a closed trade has a part in."""


class WindowSlices:
    """The tallies of a window; parts are cut when first asked for."""

    def __init__(self, inside: Trades, calendar: Calendar) -> None:
        self.inside = inside
        self.calendar = calendar
        self.days: list[tuple[date, Trades, Sheet, Tally]] = []
        for day, trades in _days(inside, calendar):
            sheet = Sheet(trades)
            self.days.append((day, trades, sheet, sheet.whole))
        self.whole = tally.merged(whole for *_, whole in self.days)

    @property
    def by_day(self) -> list[tuple[date, Tally]]:
        """Each trading day with a closed trade, and its tally."""
        return [(day, whole) for day, _, _, whole in self.days]

    def parts(
        self, dimension: str, facts: Facts, still_open: Sequence[Trades]
    ) -> Iterator[tuple[str, Figures]]:
        """Name and figures of each part, by name (weekdays and hours in their own order)."""
        per_day = self._per_day(dimension)
        opened = _open_by_part(dimension, still_open)
        names = {name for _, parts in per_day for name in parts} | opened.keys()
        for name in sorted(names, key=_part_order(dimension)):
            own = [(day, parts[name]) for day, parts in per_day if name in parts]
            yield name, evaluate(_part_facts(facts, own, opened[name]))

    def _per_day(self, dimension: str) -> list[tuple[date, dict[str, Tally]]]:
        if dimension == "weekday":
            return [(day, {WEEKDAYS[day.weekday()]: whole}) for day, _, _, whole in self.days]
        named = _exit_reason_names(self.inside) if dimension == "exit_reason" else None
        return [
            (day, sheet.parts(_keys(dimension, trades, self.calendar, named)))
            for day, trades, sheet, _ in self.days
        ]


def checked_dimension(dimension: str) -> str:
    """The dimension itself; raises `UsageError` for one that there is no breakdown by."""
    if dimension not in DIMENSIONS:
        raise UsageError(f"no breakdown by {dimension!r}; use one of {', '.join(DIMENSIONS)}")
    return dimension


def _days(inside: Trades, calendar: Calendar) -> Iterator[tuple[date, Trades]]:
    """The trading days with a closed trade, in order."""
    row = 0
    while row < len(inside):
        day = calendar.day_of(inside.closed_at[row])
        stop = bisect_left(inside.closed_at, calendar.end_of(day))
        yield day, inside.slice(row, stop)
        row = stop


def _keys(
    dimension: str, trades: Trades, calendar: Calendar, named: dict[str | None, str] | None
) -> list[str]:
    """The part of each trade."""
    if dimension == "hour":
        return [f"{hour:02d}" for hour in calendar.hours_of(trades.closed_at)]
    column: Sequence[str | None] = getattr(trades, dimension)
    if named is not None:
        return [named[value] for value in column]
    return [value or NO_NAME for value in column]


def _exit_reason_names(inside: Trades) -> dict[str | None, str]:
    """The most frequent exit reasons under their names, all others as one."""
    counts = Counter(reason for reason in inside.exit_reason if reason is not None)
    ranked = sorted(counts, key=lambda reason: (-counts[reason], reason))
    names: dict[str | None, str] = {None: NO_NAME}
    for place, reason in enumerate(ranked):
        names[reason] = reason if place < MOST_EXIT_REASONS else OTHER
    return names


def _open_by_part(dimension: str, still_open: Sequence[Trades]) -> Counter[str]:
    """How many trades are open in each part that an open trade can be in."""
    if dimension in _BY_CLOSE:
        return Counter()
    return Counter(name or NO_NAME for trades in still_open for name in getattr(trades, dimension))


def _part_order(dimension: str) -> Callable[[str], tuple[int, str]]:
    if dimension == "weekday":
        return lambda name: (WEEKDAYS.index(name), name)
    return lambda name: (name == NO_NAME, name)


def _part_facts(facts: Facts, own: list[tuple[date, Tally]], opened: int) -> Facts:
    """Facts of a part: what adds up is its own, what speaks of the account is undefined."""
    days: tuple[tuple[date, Decimal], ...] = tuple((day, one.sums.net_pnl) for day, one in own)
    return facts._replace(
        tally=tally.merged(one for _, one in own),
        days=days,
        open_trades=opened,
        recovered_at=NOT_IN_A_PART,
        unrealized_pnl=NOT_IN_A_PART,
        returns=NOT_IN_A_PART,
        current_drawdown=NOT_IN_A_PART,
        max_drawdown_pct=NOT_IN_A_PART,
    )
