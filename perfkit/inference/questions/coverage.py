"""A P&L that few of the closed trades have, beside another one that all of them have."""

from __future__ import annotations

from collections.abc import Mapping

from perfkit.inference.candidates import Candidate
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import Column
from perfkit.inference.table.roles import Times

_LEAST = 5
_MANY = 2


def covers_more(
    other: Candidate, best: Candidate, roles: Mapping[str, Column], times: Times
) -> bool:
    """Whether another P&L is that of all that closed by price and time, and the best of few."""
    out = roles.get("exit_price")
    if out is None or not times.closed or other.name.is_running:
        return False
    closed = times.closed[0].present
    ended = {row for row, price in enumerate(out.numbers) if price and closed[row]}
    mine = {row for row in best.closing.rows if best.pnl.numbers[row] is not None} & ended
    theirs = {row for row in other.closing.rows if other.pnl.numbers[row] is not None} & ended
    return len(theirs) >= max(_LEAST, _MANY * len(mine)) and mine <= theirs


def which_covers(best: Candidate, other: Candidate, reading: Reading, instead: Reading) -> Doubt:
    """The question, with the answers of a reading and of the one that takes the other P&L."""
    return Doubt(
        "two_results",
        f"{len(best.closing.rows)} records have {best.pnl.name}, and {len(other.closing.rows)} "
        f"that closed have {other.pnl.name}; which is the result of a trade?",
        (
            Answer(other.pnl.name, changes_to(instead, reading)),
            Answer(best.pnl.name, {}),
        ),
    )


def changes_to(instead: Reading, reading: Reading) -> dict[str, object]:
    """The keys of a dialect that turn one reading into another."""
    keys = dict.fromkeys((*instead.dialect, *reading.dialect))
    changed = {
        key: instead.dialect.get(key)
        for key in keys
        if instead.dialect.get(key) != reading.dialect.get(key)
    }
    return {"currency": instead.source["currency"], **changed}
