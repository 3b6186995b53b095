"""Trades that stand in a log several times, as those of a backtest do.

It was run several times into one log, and times are those of the run:

opened 20:39:47.846   closed 20:39:47.849   entry 63219.32   exit 62876.00   amount 2.2754622
opened 20:52:10.112   closed 20:52:10.115   entry 63219.32   exit 62876.00   amount 2.2754622

Or the same trades are there under several labels, such as filters, regimes or periods:

strategy all        opened 2026-04-06   closed 2026-04-08   pnl 6.6
strategy filtered   opened 2026-04-06   closed 2026-04-08   pnl 6.6

Or a position that had closed closes again, as a bot does that forgets what it closed:

JSL   opened 2026-09-15 at 756.1   closed 14:29:06 at 723.55   pnl -4.3
JSL   opened 2026-09-15 at 756.1   closed 18:22:04 at 723.55   pnl -4.3
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from operator import itemgetter

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.keys.identity import Identity
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.questions.repeats.equal_records import OWNERS, are_of_own_strategies
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import MOST_WORDS, NUMBER, TEXT, Column, rows_equal
from perfkit.inference.table.derived_columns import Either
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import word_set

_SECOND = 1_000_000
_REPEATED = 10
"""Trades that come again are asked about if they are one of so many."""
_MINUTE = 60 * _SECOND
_PARTS = ("symbol", "side", "entry_price", "exit_price", "quantity")
_LEAST = 5
_LABELLED = 5
"""Trades under several labels are asked about if they are one of so many."""
_MOST_LABELS = 4
_TESTED = word_set(
    "config configuration variant params param set run scenario fold seed version window model "
    "strategy setting test backtest"
)
"""Words of a column of numbers that says with which settings something was tested."""


def run_again(best: Candidate, roles: Mapping[str, Column], times: Times) -> Doubt | None:
    """Trades with the prices, quantity and result of earlier ones, all held for no time."""
    rows = best.closing.rows
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return None
    if not times.opened or not times.closed:
        return None
    opened, closed = times.opened[0].instants, times.closed[0].instants
    held = [
        None if (start := opened[row]) is None or (end := closed[row]) is None else end - start
        for row in rows
    ]
    if not all(one is not None and 0 <= one < _SECOND for one in held):
        return None
    parts = [*(roles[role] for role in _PARTS if role in roles), best.pnl]
    repeats = rows_equal(parts, rows)
    if not repeats or repeats * _REPEATED < len(rows):
        return None
    return Doubt(
        "repeats",
        f"{repeats} of {len(rows)} records have the prices, quantity and result of an earlier one, "
        "and all were held for less than a second, as in a backtest that was run several times; do "
        "they count again?",
        (
            Answer("yes", {}),
            Answer("no", {"identity": [part.expression for part in parts]}),
        ),
    )


def closed_again(
    best: Candidate, roles: Mapping[str, Column], identity: Identity, times: Times
) -> Doubt | None:
    """Closes of one symbol, opening time and entry price, at other times but one exit price.

    Without a quantity they may be parts of a position as well.
    """
    rows = best.closing.rows
    if not {"symbol", "entry_price", "exit_price"} <= roles.keys() or identity.columns:
        return None
    if {"quantity", "stake"} & roles.keys() or not times.opened or not times.closed:
        return None
    named = [roles[role] for role in ("symbol", "side", "entry_price") if role in roles]
    parts = [times.opened[0], *named]
    if not all(one.present[row] for one in parts for row in rows):
        return None
    again = [
        group
        for group in _groups(parts, rows)
        if _are_minutes_apart(times.closed[0], group) and rows_equal([roles["exit_price"]], group)
    ]
    repeats = sum(len(group) - 1 for group in again)
    if not repeats or repeats * _REPEATED < len(rows):
        return None
    return Doubt(
        "repeats",
        f"{repeats} of {len(rows)} records close a trade once more: one of the same symbol, "
        "opening time and entry price has closed before, at another time; do they count again?",
        (
            Answer("yes, each record is a trade", {}),
            *_with_one_close(parts, times.closed[0], again),
        ),
    )


def _with_one_close(
    parts: Sequence[Column], closed: Column, again: Sequence[Sequence[int]]
) -> list[Answer]:
    """The answers that take the first or the last close, as far as lines are in order of time."""
    once: dict[str, object] = {"identity": [part.expression for part in parts]}
    first = dict.fromkeys(("closed_at", "net_pnl", "exit_price"), "first")
    lists = [[closed.instants[row] or 0 for row in group] for group in again]
    if any(instants != sorted(instants) for instants in lists):
        return [Answer("no, the close of each that stands last in the log", once)]
    return [
        Answer("no, the first close of each", {**once, "combine": {**first}}),
        Answer("no, the last close of each", once),
    ]


def _are_minutes_apart(closed: Column, rows: Sequence[int]) -> bool:
    """Whether all of some records closed at different times, each more than a minute apart."""
    instants = sorted(one for row in rows if (one := closed.instants[row]) is not None)
    if len(instants) < max(2, len(rows)):
        return False
    return all(after - before > _MINUTE for before, after in pairwise(instants))


def under_labels(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], times: Times
) -> Doubt | None:
    """A question where trades come again with another word in one column, and all else the same."""
    rows = best.closing.rows
    if not times.closed or isinstance(best.pnl, Either):
        return None
    named = [roles[role] for role in _PARTS if role in roles]
    parts = [*times.opened[:1], times.closed[0], *named, best.pnl]
    parts = [one for one in parts if all(one.present[row] for row in rows)]
    has_entry = bool(times.opened) or {"entry_price", "exit_price"} <= roles.keys()
    if not has_entry or not {*times.opened[:1], times.closed[0], best.pnl} <= {*parts}:
        return None
    groups = _groups(parts, rows)
    again = [group for group in groups if len(group) > 1]
    repeats = len(rows) - len(groups)
    results = {best.pnl.numbers[group[0]] for group in again} - {0}
    if repeats * _LABELLED < len(rows) or len(results) < max(_LEAST, len(again) // 2):
        return None
    label = next((one for one in columns if one not in parts and _tells(one, again)), None)
    if label is None or are_of_own_strategies(parts, columns, roles, rows):
        return None
    return Doubt(
        "repeats",
        f"{repeats} of {len(rows)} records have the times and result of an earlier one with "
        f"another {label.name}; do they count again?",
        (
            Answer("yes, each record is a trade", {}),
            Answer("no, once", {"identity": [part.expression for part in parts]}),
            *_with_main_label(label, groups),
        ),
    )


def _with_main_label(label: Column, groups: Sequence[Sequence[int]]) -> list[Answer]:
    """Answers that take one word alone, where not each trade has it.

    Nearly all trades have that of a log of all and of some; of a few tests of one strategy, in
    which some trades ended otherwise, each may be meant.
    """
    counts = Counter(label.labels[row] for group in groups for row in group)
    often = sorted(counts.items(), key=itemgetter(1), reverse=True)
    if len(often) > _MOST_LABELS:
        often = [one for one in often[:1] if one[1] * 10 >= len(groups) * 9]
    only = f"only.{label.expression}"
    found = []
    for word, times in often:
        if word and times != len(groups):
            (value,) = logged(label, {word})[:1]
            found.append(Answer(f"only those with {label.name} {value}", {only: value}))
    return found


def _groups(parts: Sequence[Column], rows: Sequence[int]) -> list[list[int]]:
    """The records that are alike in all of some columns."""
    found: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        found.setdefault(tuple(str(part.values[row]) for part in parts), []).append(row)
    return list(found.values())


def _tells(column: Column, again: Sequence[Sequence[int]]) -> bool:
    """Whether a column of few words has another one in each record of the same trade."""
    if column.kind != TEXT and not (column.kind == NUMBER and set(column.words) & _TESTED):
        return False
    if not column.has_few_words or set(column.words) & OWNERS:
        return False
    if not 2 <= len(column.distinct) <= MOST_WORDS:
        return False
    return all(len({column.labels[row] for row in group}) == len(group) for group in again)
