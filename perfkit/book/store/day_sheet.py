"""What a window folds of one trading day: its tally, and one per part of each breakdown.

A sheet is all that most figures of a day need, a hundredth of the size of its trades. A sheet is
extended by trades that all come after its own; anything else is a new sheet.
"""

from __future__ import annotations

import marshal
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from operator import eq, lt

from perfkit.book.store.packing import PackedTrades, packed_tally, unpacked_tally
from perfkit.core.calendar import Calendar
from perfkit.core.dimensions import NO_NAME, Value, names_in
from perfkit.core.fast_imports import NamedTuple, blake2b
from perfkit.core.numbers import is_constant
from perfkit.core.trades import CLOSED_TOGETHER, LOST, TEXT_COLUMNS, WON, Trades
from perfkit.disk.sealed import MARSHAL
from perfkit.metrics import tally
from perfkit.metrics.ranks import Ranks, merged_ranks, packed_runs, ranks_of, unpacked_runs
from perfkit.metrics.tally import Columns, Tally

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
PARTS = len(DIMENSIONS) - 1
"""So many breakdowns a sheet has: a day is one weekday."""
CHECKED = ("execution_mode",)
"""The breakdown that findings need; a book in memory makes others when they are asked for."""
MOST_PARTS = 256
"""A day with more parts in a breakdown keeps no tallies of them: they are made when asked for."""

_TUPLE_HEAD = len(marshal.dumps((), MARSHAL))
"""So many bytes come before the first item of a tuple: its type and length."""

_DIGESTED = (
    *TEXT_COLUMNS,
    *("closed_at", "hold_us", "net_pnl", "commission", "slippage", "risk_reward", "r"),
    *("turnover", "mae", "mfe"),
    *("marks", "findings"),
)
"""Columns that figures are made from, and so the digest; not where a trade was written."""

Parts = Mapping[str, Tally]


class Sheet(NamedTuple):
    """One trading day: `parts` has, per dimension, a tally per name, or None for too many.

    The weekday has no parts of its own: a day is one weekday. `findings` counts the trades with
    each set of findings, and apart from that those `CLOSED_TOGETHER`; `digest` names the trades,
    None when nobody has asked yet. `ranks` has net P&L and holding times in order of size.
    """

    whole: Tally
    parts: Mapping[str, Parts | None]
    findings: Mapping[int, int]
    digest: bytes | None
    ranks: Ranks = Ranks()

    @property
    def packed(self) -> bytes:
        """The sheet as bytes."""
        parts = {
            dimension: None
            if names is None
            else {name: packed_tally(part) for name, part in names.items()}
            for dimension, names in self.parts.items()
        }
        whole = packed_tally(self.whole)
        ranks = (packed_runs(self.ranks.net), self.ranks.places, packed_runs(self.ranks.hold_us))
        return marshal.dumps((whole, parts, dict(self.findings), self.digest, ranks), MARSHAL)


def sheet_of(
    trades: Trades,
    calendar: Calendar,
    digest: bytes | None,
    dimensions: Sequence[str] = DIMENSIONS,
    columns: Columns | None = None,
) -> Sheet:
    """The sheet of trades of one day, in trade order; `digest` is theirs (see `digest_of`).

    `columns` are those of the trades, where the caller has them.
    """
    columns = columns or Columns(trades)
    parts = {
        dimension: made_parts(dimension, columns, trades, calendar)
        for dimension in dimensions
        if dimension != "weekday"
    }
    found = trades.findings
    findings = {found[0]: len(found)} if is_constant(found) else Counter(found)
    if together := _closed_together(trades):
        findings = {**findings, CLOSED_TOGETHER: together}
    net = trades.net_pnl
    ranks = ranks_of(net.units, net.places, trades.hold_us)
    return Sheet(columns.whole, parts, findings, digest, ranks)


def made_parts(
    dimension: str, columns: Columns, trades: Trades, calendar: Calendar
) -> Parts | None:
    """The tallies of some trades by a dimension other than the weekday; None for too many."""
    if dimension == "hour":
        return _hour_parts(columns, trades, calendar)
    return _parts(columns, part_names(dimension, trades, calendar))


def unpacked_sheet(content: bytes) -> Sheet:
    """The sheet of those bytes."""
    whole, parts, findings, digest, (net, places, hold_us) = marshal.loads(content)
    unpacked = {
        dimension: None
        if names is None
        else {name: unpacked_tally(part) for name, part in names.items()}
        for dimension, names in parts.items()
    }
    ranks = Ranks(unpacked_runs(net), places, unpacked_runs(hold_us))
    return Sheet(unpacked_tally(whole), unpacked, findings, digest, ranks)


def unpacked_whole(content: bytes) -> Tally:
    """The tally of the whole day, of the bytes of its sheet.

    It is the first item of a tuple, which `MARSHAL` writes without references to others: it can be
    read by itself, in a thirtieth of the time. `loads` ignores what follows.
    """
    return unpacked_tally(marshal.loads(memoryview(content)[_TUPLE_HEAD:]))


def extended(sheets: Iterable[Sheet]) -> Sheet:
    """The sheet of trades that were sheeted in runs, each after the one before.

    It has the breakdowns that all of them have.
    """
    runs = list(sheets)
    if len(runs) == 1:
        return runs[0]
    parts: dict[str, Parts | None] = {}
    for dimension in [one for one in runs[0].parts if all(one in run.parts for run in runs)]:
        known = [run.parts[dimension] for run in runs]
        parts[dimension] = _extended_parts([one for one in known if one is not None], len(known))
    findings: Counter[int] = Counter()
    for run in runs:
        findings.update(run.findings)
    ranks = merged_ranks(run.ranks for run in runs)
    return Sheet(tally.merged(run.whole for run in runs), parts, findings, None, ranks)


def part_names(dimension: str, trades: Trades, calendar: Calendar) -> list[str]:
    """The part of each trade."""
    if dimension == "hour":
        return [f"{hour:02d}" for hour in calendar.hours_of(trades.closed_at)]
    names: list[str | None] = getattr(trades, dimension)
    return [name or NO_NAME for name in names] if None in names else names  # type: ignore[return-value]


def parts_of(trades: Trades, dimension: str) -> Parts | None:
    """The parts of trades, in trade order, by a dimension that a source declares; None if too many.

    A trade with several values, such as tags, is in the part of each.
    """
    rows, names = membership(trades.texts(dimension))
    return _parts(Columns(trades if rows is None else trades.take(rows)), names)


def membership(values: Sequence[Value]) -> tuple[list[int] | None, list[str]]:
    """The row and the part of each trade, once for each of its values; rows None: each once.

    `["a", ("a", "b"), None]` is `([0, 1, 1, 2], ["a", "a", "b", ""])`.
    """
    if not any(type(value) is tuple for value in values):
        return None, [value or NO_NAME for value in values]  # type: ignore[misc]
    pairs = [(row, name) for row, value in enumerate(values) for name in names_in(value)]
    return [row for row, _ in pairs], [name for _, name in pairs]


def digest_of(trades: PackedTrades) -> bytes:
    """A digest of everything that figures are made from."""
    hashed = blake2b(digest_size=32)
    for name in _DIGESTED:
        hashed.update(name.encode())
        hashed.update(trades.canonical(name))
    for name in sorted(trades.trades.dimensions.columns):
        hashed.update(f"dimension {name}".encode())
        hashed.update(trades.canonical_dimension(name))
    return hashed.digest()


def _closed_together(trades: Trades) -> int:
    """How many trades closed at the instant of one with another outcome.

    Streaks and drawdowns depend on which of them came first.
    """
    closed_at = trades.closed_at
    if all(map(lt, closed_at, closed_at[1:])):
        return 0
    count = last = 0
    for row in compress(range(len(closed_at)), map(eq, closed_at, closed_at[1:])):
        if row < last:  # known to be of the run before
            continue
        last = bisect_right(closed_at, closed_at[row], row)
        marks = [mark & (WON | LOST) for mark in trades.marks[row:last]]
        count += len(marks) if WON in marks and LOST in marks else 0
    return count


def _hour_parts(columns: Columns, trades: Trades, calendar: Calendar) -> Parts | None:
    """Hours are runs of a day's trades, unless the day starts in the midst of one."""
    runs = {f"{hour:02d}": (a, b) for hour, a, b in calendar.hour_runs(trades.closed_at)}
    if sum(b - a for a, b in runs.values()) == len(trades):
        return columns.runs(runs)
    return columns.parts(part_names("hour", trades, calendar))


def _parts(columns: Columns, names: list[str]) -> Parts | None:
    distinct = set(names)
    return columns.parts(names, distinct) if len(distinct) <= MOST_PARTS else None


def _extended_parts(known: list[Parts], runs: int) -> Parts | None:
    names = dict.fromkeys(name for parts in known for name in parts)
    if len(known) < runs or len(names) > MOST_PARTS:
        return None
    return {name: tally.merged(part[name] for part in known if name in part) for name in names}
