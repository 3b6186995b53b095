"""Questions about a P&L that stands on several records of one trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.candidates import Candidate
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table.columns import Column

_LEAST_GROUPS = 5


def same_in_each_group(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """A P&L that is the same on all records of a symbol, whatever else they say.

    So is the result of a market that each of its executions shows: it counts once.
    """
    symbol, rows = roles.get("symbol"), best.closing.rows
    if symbol is None or best.proved:
        return None
    groups: dict[str, list[int]] = {}
    for row in rows:
        groups.setdefault(symbol.labels[row], []).append(row)
    several = [group for group in groups.values() if len(group) > 1]
    if len(several) < _LEAST_GROUPS or len(several) * 5 < len(groups):
        return None
    numbers = best.pnl.numbers
    if any(len({numbers[row] for row in group}) > 1 for group in several):
        return None
    if len({numbers[group[0]] for group in several}) < _LEAST_GROUPS:
        return None
    extra = len(rows) - len(groups)
    return Doubt(
        "repeats",
        f"All records of one {symbol.name} have the same {best.pnl.name}, {extra} of them "
        "once more; do they count again?",
        (
            Answer(f"no, once for each {symbol.name}", {"identity": [symbol.expression]}),
            Answer("yes, each record is a trade", {}),
        ),
    )


def untimed(
    best: Candidate,
    closed: Column,
    others: Sequence[Column],
    roles: Mapping[str, Column],
    failed: set[int],
) -> Doubt | None:
    """Records with a P&L, but without the closing time that all others have.

    Where that time marks the closing records, only those with an exit price are asked about.
    """
    numbers = best.pnl.numbers
    rows = [row for row in range(len(numbers)) if numbers[row] is not None and row not in failed]
    missing = [row for row in rows if not closed.present[row] and numbers[row]]
    if best.closing.marker is closed:
        out = roles.get("exit_price")
        missing = [row for row in missing if out is not None and out.numbers[row]]
    else:
        missing = [row for row in missing if row in set(best.closing.rows)]
    if not missing or len(missing) == len(rows):
        return None
    total = sum(numbers[row] or 0 for row in missing)
    answers = [Answer("no", {f"only.{closed.expression}": "exists"})]
    for other in others:
        if all(other.present[row] for row in missing):
            at = f"{closed.expression} or {other.expression}"
            answers.insert(0, Answer(f"yes, at {other.name}", {"fields.closed_at": at}))
            break
    return Doubt(
        "untimed",
        f"{len(missing)} of {len(rows)} records with a {best.pnl.name} have no {closed.name}, "
        f"{total:f} in all; did these close?",
        tuple(answers),
    )
