"""Many trades as columns, in trade order.

Closed trades are kept in trade order (see `trade`), so a day is a slice and a window is a slice.
Per-trade ratios are integers at 12 decimal places, rounded half to even, so that sums of them are
exact; money columns are integers in a unit of their own (`Numbers`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import chain
from operator import lt

from perfkit.core.calendar import moment_of
from perfkit.core.dimensions import NO_DIMENSIONS, Dimensions, Value, chained
from perfkit.core.exact import scaled
from perfkit.core.numbers import Numbers, coarsest, concatenated, take
from perfkit.core.trade import BREAKEVEN, LOSS, WIN, LinePlace, Trade

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WON, LOST, PNL_KNOWN, HELD, PLANNED, RISKED, BEYOND_1R, EXIT_KNOWN, TARGET_HIT = (
    1 << bit for bit in range(9)
)
"""Marks of a trade, one bit each: outcome, which of its figures are known, stop discipline."""

TURNED, MAE_KNOWN, MFE_KNOWN = (1 << bit for bit in range(9, 12))
"""More of them: its turnover, its adverse and its favourable excursion are known."""

OUTCOME_DISAGREES, NET_DISAGREES, HOLD_DISAGREES, CLOSED_BEFORE_OPENED, REPEATED, CORRECTED = (
    1 << bit for bit in range(6)
)
"""Findings about one trade, one bit each."""

CLOSED_TOGETHER = 1 << 6
"""The same of a trade among others: it closed at the instant of one with another outcome."""

PNL_COMPUTED, NET_DUST = 1 << 7, 1 << 8
"""Net P&L is made from prices; it differs from gross minus commission by what floats lose."""

SAME_TIME, OVERSOLD = 1 << 9, 1 << 10
"""Fills of it had the same time as others; more was sold than was held."""

UNPAIRED = 1 << 11
"""Its close has no open line to pair with."""

RESIZED = 1 << 12
"""It closed another quantity than it opened, and its P&L is computed from prices."""

NO_MULTIPLIER = 1 << 13
"""Its P&L is computed from prices, and `multiplier` has nothing for its symbol."""

PAID_IN_KIND = 1 << 14
"""Its purchases cost some of what they bought, which is no part of its P&L."""

OPENED_WITH_PNL = 1 << 15
"""A fill that opened it has a P&L, though it closed nothing."""

WRONG_EXCURSION = 1 << 16
"""Its adverse excursion was above 0, or its favourable one below 0, and was left out."""

TEXT_COLUMNS = ("source", "symbol", "strategy", "side", "execution_mode", "account", "exit_reason")
NUMBER_COLUMNS = (
    "net_pnl",
    "gross_pnl",
    "realized_pnl",
    "commission",
    "slippage",
    "quantity",
    "entry_price",
    "exit_price",
    "stop_loss",
    "target",
    "risk_reward",
    "r",
    "turnover",
    "mae",
    "mfe",
)
OTHER_COLUMNS = ("opened_at", "closed_at", "hold_us", "marks", "findings", "key", "file", "line")
COLUMNS = TEXT_COLUMNS + NUMBER_COLUMNS + OTHER_COLUMNS


class Trades:
    """Columns of trades; closed ones in trade order, or open ones (`closed_at` all None).

    Texts are `str | None`; `opened_at` and `closed_at` are instants; `hold_us` microseconds;
    `marks` and `findings` bit sets. `key` is a number that trades of one identity share (those of
    others seldom), None without an identity. `file` is a number that `paths` has the path of, in
    the order the files are read. `risk_reward` and `r` are at 12 decimal places; only open trades
    have a `realized_pnl`. `turnover` is what the entry was worth, `mae` and `mfe` are the worst and
    the best P&L while the trade was open. `dimensions` are what their dialects declare besides.
    Columns are never changed once the value is made.
    """

    __slots__ = (*COLUMNS, "_rank", "dimensions", "other_lines", "paths")

    source: list[str]
    symbol: list[str | None]
    strategy: list[str | None]
    side: list[str | None]
    execution_mode: list[str | None]
    account: list[str | None]
    exit_reason: list[str | None]
    net_pnl: Numbers
    gross_pnl: Numbers
    realized_pnl: Numbers
    commission: Numbers
    slippage: Numbers
    quantity: Numbers
    entry_price: Numbers
    exit_price: Numbers
    stop_loss: Numbers
    target: Numbers
    risk_reward: Numbers
    r: Numbers
    turnover: Numbers
    mae: Numbers
    mfe: Numbers
    opened_at: list[int | None]
    closed_at: list[int]
    hold_us: list[int | None]
    marks: list[int]
    findings: list[int]
    key: list[int | None]
    file: list[int]
    line: list[int]

    def __init__(
        self,
        columns: Mapping[str, Any],
        paths: Mapping[int, str],
        other_lines: Mapping[tuple[int, int], tuple[tuple[int, int], ...]],
        dimensions: Dimensions = NO_DIMENSIONS,
    ) -> None:
        for name in COLUMNS:
            setattr(self, name, columns[name])
        self.paths = paths
        self.other_lines = other_lines
        self.dimensions = dimensions
        self._rank: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.line)

    def __getitem__(self, row: int) -> Trade:
        """One row as a `Trade`."""
        opened, hold = self.opened_at[row], self.hold_us[row]
        closed: int | None = self.closed_at[row]
        numbers = {name: getattr(self, name).decimal(row) for name in NUMBER_COLUMNS}
        names = {name: getattr(self, name)[row] for name in TEXT_COLUMNS}
        return Trade(
            **names,
            **numbers,
            opened_at=None if opened is None else moment_of(opened),
            closed_at=None if closed is None else moment_of(closed),
            outcome=None if closed is None else self.outcome(row),
            hold_seconds=None if hold is None else scaled(hold, 6),
            line=self.place(row),
        )

    def outcome(self, row: int) -> str:
        """The outcome of a closed trade."""
        marks = self.marks[row]
        return WIN if marks & WON else LOSS if marks & LOST else BREAKEVEN

    def place(self, row: int) -> LinePlace:
        """The line that closed the trade (the last one, of an open trade)."""
        return LinePlace(self.paths[self.file[row]], self.line[row])

    def places(self, row: int) -> list[LinePlace]:
        """Every line the trade was made from, in file order."""
        deciding = (self.file[row], self.line[row])
        others = self.other_lines.get(deciding)
        if not others:
            return [self.place(row)]
        if not self._rank:
            self._rank.update((file, place) for place, file in enumerate(self.paths))
        every = sorted([deciding, *others], key=lambda place: (self._rank[place[0]], place[1]))
        return [LinePlace(self.paths[file], line) for file, line in every]

    def take(self, rows: Sequence[int]) -> Trades:
        """Only those rows, in that order."""
        columns = {
            name: column.take(rows) if isinstance(column, Numbers) else take(column, rows)
            for name, column in self._columns()
        }
        return Trades(columns, self.paths, self.other_lines, self.dimensions.take(rows))

    def between(self, start: int, end: int) -> Trades:
        """The closed trades of `[start, end)`."""
        return self.slice(bisect_left(self.closed_at, start), bisect_left(self.closed_at, end))

    def slice(self, first: int, last: int) -> Trades:
        """Rows `first` to before `last`."""
        if first <= 0 and last >= len(self):
            return self
        columns = {
            name: column.slice(first, last) if isinstance(column, Numbers) else column[first:last]
            for name, column in self._columns()
        }
        own = self.dimensions.slice(first, last)
        return Trades(columns, self.paths, self.other_lines, own)

    def texts(self, name: str) -> Sequence[Value]:
        """The column of a text or of a dimension; nothing but None for one that is not there."""
        if name in TEXT_COLUMNS:
            column: Sequence[Value] = getattr(self, name)
            return column
        return self.dimensions.columns.get(name) or [None] * len(self)

    def in_coarsest_units(self) -> Trades:
        """The same trades with money in the coarsest units that hold it."""
        columns = dict(self._columns())
        for name in ("net_pnl", "commission", "slippage"):
            columns[name] = coarsest(columns[name])
        return Trades(columns, self.paths, self.other_lines, self.dimensions)

    def with_paths(self, paths: Mapping[int, str]) -> Trades:
        """The same trades, of files with those paths."""
        return Trades(dict(self._columns()), paths, self.other_lines, self.dimensions)

    def with_lines(
        self, other_lines: Mapping[tuple[int, int], tuple[tuple[int, int], ...]]
    ) -> Trades:
        """The same trades, made of those other lines."""
        return Trades(dict(self._columns()), self.paths, other_lines, self.dimensions)

    def _columns(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in COLUMNS]


def no_trades(paths: Mapping[int, str]) -> Trades:
    """No trade at all."""
    columns: dict[str, Any] = {
        name: Numbers([], 0) if name in NUMBER_COLUMNS else [] for name in COLUMNS
    }
    return Trades(columns, paths, {})


def joined(parts: Sequence[Trades]) -> Trades:
    """Trades one after the other; a file has the same number in all of them."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {}
    others: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}
    paths: Mapping[int, str] = {}
    for part in parts:
        others.update(part.other_lines)
        paths = part.paths if len(part.paths) > len(paths) else paths
    for name in COLUMNS:
        if name in NUMBER_COLUMNS:
            columns[name] = concatenated(getattr(part, name) for part in parts)
        else:
            columns[name] = list(chain.from_iterable(getattr(part, name) for part in parts))
    return Trades(columns, paths, others, chained([(one.dimensions, len(one)) for one in parts]))


def are_equal(one: Trades, other: Trades) -> bool:
    """Whether two runs of trades are the same, row by row, and made of the same lines."""
    if len(one) != len(other):
        return False
    for name in COLUMNS:
        column, known = getattr(one, name), getattr(other, name)
        if isinstance(column, Numbers):
            column, known = coarsest(column), coarsest(known)
        if column != known:
            return False
    if one.dimensions.columns != other.dimensions.columns:
        return False
    places = list(zip(one.file, one.line, strict=True))
    return all(one.other_lines.get(at) == other.other_lines.get(at) for at in places)


def ordered(trades: Trades) -> Trades:
    """Closed trades in trade order."""
    closed_at = trades.closed_at
    if all(map(lt, closed_at, closed_at[1:])):
        return trades
    rows = sorted(range(len(closed_at)), key=closed_at.__getitem__)
    instants = take(closed_at, rows)
    tied = [n for n in range(1, len(instants)) if instants[n] == instants[n - 1]]
    if tied:
        _order_ties(trades, rows, tied)
    return trades if rows == list(range(len(rows))) else trades.take(rows)


def ordered_open(trades: Trades) -> Trades:
    """Open trades by opening time, then by the rest of the trade order."""
    rank = {file: place for place, file in enumerate(trades.paths)}
    return trades.take(sorted(range(len(trades)), key=lambda row: _tie_key(trades, row, rank)))


def _order_ties(trades: Trades, rows: list[int], tied: list[int]) -> None:
    """Sorts each run of equal closing times by the rest of the key; `tied` continue a run."""
    rank = {file: place for place, file in enumerate(trades.paths)}
    first = 0
    while first < len(tied):
        last = first
        while last + 1 < len(tied) and tied[last + 1] == tied[last] + 1:
            last += 1
        start, stop = tied[first] - 1, tied[last] + 1
        run = rows[start:stop]
        keys = {row: _first_keys(trades, row) for row in run}
        if len(set(keys.values())) == len(run):  # most often these decide
            rows[start:stop] = sorted(run, key=keys.__getitem__)
        else:
            rows[start:stop] = sorted(run, key=lambda row: _tie_key(trades, row, rank))
        first = last + 1


def _first_keys(trades: Trades, row: int) -> tuple[object, ...]:
    """The beginning of the rest of the trade order (see `_tie_key`)."""
    opened_at, symbol, strategy = trades.opened_at[row], trades.symbol[row], trades.strategy[row]
    side, net_pnl = trades.side[row], trades.net_pnl.units[row]
    return (
        *(opened_at is not None, opened_at or 0),
        *(symbol is not None, symbol or ""),
        *(strategy is not None, strategy or ""),
        *(side is not None, side or ""),
        *(net_pnl is not None, net_pnl or 0),
        trades.outcome(row),
        trades.source[row],
    )


def _tie_key(trades: Trades, row: int, rank: Mapping[int, int]) -> tuple[object, ...]:
    """The rest of the trade order; what follows the net P&L only makes it total.

    Where even the place in the log has to decide, the trades are the same in every other respect.
    """
    values: list[int | str | None] = [
        trades.opened_at[row],
        trades.symbol[row],
        trades.strategy[row],
        trades.side[row],
        trades.net_pnl.units[row],
        trades.outcome(row),
        trades.source[row],
        trades.execution_mode[row],
        trades.account[row],
        trades.exit_reason[row],
        trades.r.units[row],
        trades.risk_reward.units[row],
        trades.commission.units[row],
        trades.slippage.units[row],
        trades.realized_pnl.units[row],
        trades.hold_us[row],
    ]
    keys = [(value is not None, value if value is not None else 0) for value in values]
    return (*keys, trades.marks[row], rank[trades.file[row]], trades.line[row])
