"""A P&L that few of the closed trades have, beside another one that all of them have."""

from __future__ import annotations

from collections.abc import Mapping

from perfkit.inference.candidates import Candidate
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import Column
from perfkit.inference.table.names import MONEY
from perfkit.inference.table.roles import Times

_LEAST = 5
_MANY = 2
_MANY_MORE = 4


def covers_more(
    other: Candidate, best: Candidate, roles: Mapping[str, Column], times: Times
) -> bool:
    """Whether another P&L is that of all that closed by price and time, and the best of few.

    Where neither is logged, it is enough that the other one stands on many more records, as
    `original_pnl` does beside the `flip_pnl` of a few.
    """
    out = roles.get("exit_price")
    if other.name.is_running:
        return False
    if not times.closed:
        return _is_of_many_more(other, best)
    if out is None:
        return False
    closed = times.closed[0].present
    ended = {row for row, price in enumerate(out.numbers) if price and closed[row]}
    mine = {row for row in best.closing.rows if best.pnl.numbers[row] is not None} & ended
    theirs = {row for row in other.closing.rows if other.pnl.numbers[row] is not None} & ended
    return len(theirs) >= max(_LEAST, _MANY * len(mine)) and mine <= theirs


def _is_of_many_more(other: Candidate, best: Candidate) -> bool:
    """Whether another amount of money is there for many times as many records, not 0 for most."""
    if best.proved or best.closing.marker is not None or other.closing.marker is not None:
        return False
    if other.unit != MONEY or best.unit != MONEY or other.name.is_bare:
        return False
    mine, theirs = set(best.closing.rows), set(other.closing.rows)
    earned = sum(bool(other.pnl.numbers[row]) for row in theirs)
    return mine < theirs and earned >= max(_LEAST, _MANY_MORE * len(mine))


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
