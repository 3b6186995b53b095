"""Records that lack what others have: the exit price of a P&L, or the P&L of one that ended.

time 2026-04-06   entry 100   exit 103   pnl 3
time 2026-04-07   entry 105              pnl 1.5      closed, or a value so far?

status EXPIRED   pnl 3
status EXPIRED            perhaps it was never entered
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.records.closing import condition_of
from perfkit.inference.records.kinds import closing_words
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.table.time_columns import Times

NO_RESULT = "the log has no result of the others"
"""Why records without a P&L are likely to be left out, where nothing else gives one."""
_MOST = 3
"""Open trades are at most one of so many."""


def unpriced(best: Candidate, roles: Mapping[str, Column], times: Times) -> Doubt | None:
    """Whether such records closed, where neither a closing time nor a reason says so."""
    out, rows = roles.get("exit_price"), best.closing.rows
    if out is None or times.closed or best.closing.marker is not None:
        return None
    said = [roles[role] for role in ("exit_reason", "outcome") if role in roles]
    missing = [
        row
        for row in rows
        if not out.present[row]
        and best.pnl.numbers[row]
        and not any(one.present[row] for one in said)
    ]
    if not missing or len(missing) * _MOST > len(rows):
        return None
    total = sum((best.pnl.numbers[row] or Decimal(0) for row in missing), Decimal(0))
    return Doubt(
        "unpriced",
        f"{len(missing)} of {len(rows)} records with a {best.pnl.name} have no {out.name}, "
        f"{total:f} in total; did these close?",
        (Answer("no", {f"only.{out.expression}": "exists"}), Answer("yes", {})),
    )


def without_result(best: Candidate, times: Times) -> Doubt | None:
    """Records that have a closing time, but not the P&L, where they are more than half."""
    if not times.closed or best.closing.marker is not None:
        return None
    column, name = times.closed[0], best.pnl.name
    closed = [row for row in range(len(column.present)) if column.present[row]]
    missing = sum(best.pnl.numbers[row] is None for row in closed)
    if missing * 2 <= len(closed):
        return None
    return Doubt(
        "left_out",
        f"{missing} of {len(closed)} records with a {column.name} have no {name}; "
        "should they be left out?",
        (Answer(f"only those with a {name} are trades", {}),),
        NO_RESULT,
    )


def closes_without_result(best: Candidate, columns: Sequence[Column]) -> Doubt | None:
    """Records that a word calls closed, but without the P&L, where they are many."""
    rows, marker = set(best.closing.rows), best.closing.marker
    for column in columns if marker is None else [marker]:
        if column.kind != TEXT or not column.has_few_words:
            continue
        closing, opening = closing_words(column, best.pnl, [], best.closing.rows)
        if not closing or not (opening or marker):
            continue
        missing = [
            row for row, label in enumerate(column.labels) if label in closing and row not in rows
        ]
        most = len(rows) // 3 if marker is None else len(rows)
        if len(missing) > most:
            return _asked(best, column, missing)
    return None


def _asked(best: Candidate, column: Column, missing: Sequence[int]) -> Doubt:
    """The question; with a second answer where others of these records do have a P&L.

    status EXPIRED: 883 without a P&L, 30 with one, which perhaps were never entered
    """
    name, labels = best.pnl.name, column.labels
    said = {labels[row] for row in missing}
    have = {labels[row] for row in best.closing.rows}
    answers = [Answer(f"only those with a {name} are trades", {})]
    if said & have and have - said:
        changes = {f"only.{column.expression}": condition_of(column, have - said, set())}
        words = ", ".join(sorted(said & have)[:3])
        answers.append(Answer(f"none with {column.name} {words} is a trade", changes))
    return Doubt(
        "left_out",
        f"{len(missing)} records with {column.name} {', '.join(sorted(said)[:3])} have no {name}; "
        "should they be left out?",
        tuple(answers),
        "" if answers[1:] else NO_RESULT,
    )
