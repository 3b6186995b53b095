"""A window cut into trading days and into the parts of each breakdown, as tallies.

The window and its parts are folds of the sheets of its days. The weekday of a trade is that of its
trading day, so weekday parts are whole days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from perfkit.book.store.day_sheet import DIMENSIONS, Parts, Sheet, membership, part_names
from perfkit.config.settings import Config
from perfkit.core.calendar import WEEKDAYS
from perfkit.core.dimensions import NO_NAME, names_in
from perfkit.core.errors import UsageError, did_you_mean
from perfkit.core.trades import Trades, joined, no_trades
from perfkit.metrics import tally
from perfkit.metrics.facts import NOT_IN_A_PART, NOT_OF_A_PART, Facts
from perfkit.metrics.metric import Metric
from perfkit.metrics.registry import Figures, evaluate
from perfkit.metrics.tally import Columns, Tally
from perfkit.summary.selection import Selection

MOST_EXIT_REASONS = 49
OTHER = "other"

PERIODS = {"day": "daily", "week": "weekly", "month": "monthly"}
"""Dimensions that are whole windows, and the kind of these."""
HOLDING_TIME = "holding_time"
BY_NAME = (*DIMENSIONS, *PERIODS, HOLDING_TIME)
"""What there is a breakdown by in every workspace; a summary as JSON has those of `DIMENSIONS`."""

_BY_CLOSE = ("weekday", "hour", "exit_reason", *PERIODS, HOLDING_TIME)
"""Dimensions that only a closed trade has a part in."""


class WindowSlices:
    """The tallies of a window; parts are cut when first asked for."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.sheets = selection.sheets
        self.whole = tally.merged(sheet.whole for _, sheet in self.sheets)

    @property
    def by_day(self) -> list[tuple[date, Tally]]:
        """Each trading day with a closed trade, and its tally."""
        return [(day, sheet.whole) for day, sheet in self.sheets]

    def make(self, dimensions: Sequence[str]) -> None:
        """Makes the parts of each day by all these, where they are made of its trades."""
        if not self.selection.is_filtered:
            dimensions = [one for one in dimensions if one != "source"]
        on_demand = [sheet.parts for _, sheet in self.sheets if not isinstance(sheet.parts, dict)]
        if on_demand:
            from perfkit.book.store.parts_on_demand import PartsOnDemand

            for parts in on_demand:
                if isinstance(parts, PartsOnDemand):
                    parts.make(dimensions)

    def parts(
        self, dimension: str, facts: Facts, names: Sequence[str] | None = None
    ) -> Iterator[tuple[str, Figures]]:
        """Name and figures of each part, by name (weekdays and hours in their own order).

        All figures, or those of `names`.
        """
        own: dict[str, list[tuple[date, Tally]]] = {}
        if dimension in PERIODS:  # also those in which no trade closed
            own = {self._period(dimension, day): [] for day in self.selection.expected}
        for day, parts in self._per_day(dimension):
            for name, part in parts.items():
                own.setdefault(name, []).append((day, part))
        opened = _open_by_part(dimension, self.selection.still_open)
        rows = brought(self.selection.book.config) if names is None else ()
        trades = self._trades_by_part(dimension) if rows else {}
        for name in sorted(own.keys() | opened.keys(), key=_part_order(dimension)):
            of_part = _part_facts(facts, own.get(name, []), opened[name])
            if rows:
                of_part = of_part._replace(trades=partial(self._trades_in, trades.get(name, [])))
            yield name, evaluate(of_part, rows, names)

    def _per_day(self, dimension: str) -> Iterator[tuple[date, Parts]]:
        named = self._exit_reason_names() if dimension == "exit_reason" else None
        for day, sheet in self.sheets:
            if dimension == "weekday":
                yield day, {WEEKDAYS[day.weekday()]: sheet.whole}
                continue
            if dimension in PERIODS:
                yield day, {self._period(dimension, day): sheet.whole}
                continue
            parts = self._known_parts(day, sheet, dimension)
            if parts is None or (named is not None and OTHER in map(named.get, parts)):
                parts = self._cut(dimension, day, named)
            yield day, parts
        if dimension not in BY_NAME:
            self.selection.book.kept_parts.keep(self.selection.book.mode)

    def _known_parts(self, day: date, sheet: Sheet, dimension: str) -> Parts | None:
        """The parts of a day, as far as they are known without its trades."""
        if dimension == "source" and not self.selection.is_filtered:
            return self._source_parts(day, sheet)
        if dimension in DIMENSIONS:
            return sheet.parts[dimension]
        if dimension == HOLDING_TIME or self.selection.is_filtered:
            return None
        from perfkit.book.dimension_parts import parts_on  # few questions need them

        return parts_on(self.selection.book, day, dimension)

    def _source_parts(self, day: date, sheet: Sheet) -> Parts:
        """The tally of each source; a sheet has those of a few, and may have none in memory."""
        known: Parts | None = sheet.parts["source"] if isinstance(sheet.parts, dict) else None
        if known is not None:
            return known
        from perfkit.book.dimension_parts import source_parts

        return source_parts(self.selection.book, day)

    def _cut(self, dimension: str, day: date, named: dict[str, str] | None) -> Parts:
        """The parts of a day made from its trades."""
        trades, names = self._named(dimension, day, named)
        return Columns(trades).parts(names)

    def _named(
        self, dimension: str, day: date, named: dict[str, str] | None
    ) -> tuple[Trades, list[str]]:
        """The trades of a day, each once for every part that it is in, and the names of these."""
        trades = self.selection.day_trades(day)
        if dimension == HOLDING_TIME:
            from perfkit.metrics.holding_bins import holding_bin

            return trades, [NO_NAME if one is None else holding_bin(one) for one in trades.hold_us]
        if dimension == "weekday":
            return trades, [WEEKDAYS[day.weekday()]] * len(trades)
        if dimension in PERIODS:
            return trades, [self._period(dimension, day)] * len(trades)
        if dimension not in DIMENSIONS:
            rows, names = membership(trades.texts(dimension))
            return trades if rows is None else trades.take(rows), names
        names = part_names(dimension, trades, self.selection.book.config.calendar)
        return trades, names if named is None else [named[name] for name in names]

    def _trades_by_part(self, dimension: str) -> dict[str, list[Trades]]:
        """The trades of each part, day by day."""
        named = self._exit_reason_names() if dimension == "exit_reason" else None
        found: dict[str, list[Trades]] = {}
        for day, _ in self.sheets:
            trades, names = self._named(dimension, day, named)
            rows: dict[str, list[int]] = {}
            for row, name in enumerate(names):
                rows.setdefault(name, []).append(row)
            for name, own in rows.items():
                found.setdefault(name, []).append(trades.take(own))
        return found

    def _trades_in(self, days: list[Trades]) -> Trades:
        return joined(days or [no_trades(self.selection.book.paths)])

    def _period(self, dimension: str, day: date) -> str:
        """The label of the day, week or month that a day is in."""
        return self.selection.book.config.calendar.window(PERIODS[dimension], day).label

    def _exit_reason_names(self) -> dict[str, str]:
        """The most frequent exit reasons under their names, all others as one."""
        counts: Counter[str] = Counter()
        for day, sheet in self.sheets:
            parts = sheet.parts["exit_reason"]
            if parts is None:
                calendar = self.selection.book.config.calendar
                trades = self.selection.day_trades(day)
                counts.update(part_names("exit_reason", trades, calendar))
            else:
                counts.update({name: part.trades for name, part in parts.items()})
        known = [reason for reason in counts if reason != NO_NAME]
        ranked = sorted(known, key=lambda reason: (-counts[reason], reason))
        names = {reason: reason for reason in ranked[:MOST_EXIT_REASONS]}
        names.update(dict.fromkeys(ranked[MOST_EXIT_REASONS:], OTHER))
        return {NO_NAME: NO_NAME, **names}


def brought(config: Config) -> tuple[Metric, ...]:
    """The metrics of other packages that a configuration names; raises `ExtensionError`."""
    if not config.metrics:
        return ()
    from perfkit.config.extensions import metric_rows

    return metric_rows(config.metrics)


def checked_dimension(dimension: str, config: Config) -> str:
    """The dimension itself; raises `UsageError` for one that there is no breakdown by."""
    known = (*BY_NAME, *config.dimensions)
    if dimension not in known:
        meant = did_you_mean(dimension, known)
        raise UsageError(f"no breakdown by {dimension!r}; {meant}use one of {', '.join(known)}")
    return dimension


def _open_by_part(dimension: str, still_open: Sequence[Trades]) -> Counter[str]:
    """How many trades are open in each part that an open trade can be in."""
    if dimension in _BY_CLOSE:
        return Counter()
    values = (value for trades in still_open for value in trades.texts(dimension))
    return Counter(name for value in values for name in names_in(value))


def _part_order(dimension: str) -> Callable[[str], tuple[int, str | int]]:
    if dimension == "weekday":
        return lambda name: (WEEKDAYS.index(name), name)
    if dimension == HOLDING_TIME:
        from perfkit.metrics.holding_bins import HOLDING_BINS

        return lambda name: (name == NO_NAME, HOLDING_BINS.index(name) if name else 0)
    return lambda name: (name == NO_NAME, name)


def _part_facts(facts: Facts, own: list[tuple[date, Tally]], opened: int) -> Facts:
    """Facts of a part: sums are its own, what describes the account is undefined."""
    days: tuple[tuple[date, Decimal], ...] = tuple((day, one.net_pnl) for day, one in own)
    return facts._replace(
        tally=tally.merged(one for _, one in own),
        days=days,
        open_trades=opened,
        recovered_at=NOT_IN_A_PART,
        unrealized_pnl=NOT_IN_A_PART,
        realized_pnl=NOT_IN_A_PART,
        returns=NOT_IN_A_PART,
        current_drawdown=NOT_IN_A_PART,
        max_drawdown_pct=NOT_IN_A_PART,
        every_day=NOT_IN_A_PART,
        account=NOT_IN_A_PART,
        ranks=NOT_OF_A_PART,
        held=None,
    )
