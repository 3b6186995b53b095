"""Results that go by another name for a stretch of the records, before or after the name changed.

closed_at 2026-01-02   pnl_usdt  5
closed_at 2026-02-02   pnl_usdt  7   net_pnl 6      of this name alone, the first trade is missing
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.questions.left_out.coverage import changes_to
from perfkit.inference.result import LeftOut, Reading
from perfkit.inference.table.columns import TIME
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import MONEY

_LEAST = 5
_AS_MUCH = 20
"""Results of another name are asked about from one of so many on."""


def rows_of_other_name(best: Candidate, other: Candidate, times: Times) -> list[int]:
    """The closed records that have the other result alone, all before or all after the others.

    Where records have both, these have one sign: the one is before costs, and the other after.
    """
    if other.unit != MONEY or best.unit != MONEY or other.pnl is best.pnl or other.name.is_running:
        return []
    marker = best.closing.marker
    if not times.closed or (marker is not None and marker.kind != TIME):
        return []
    closed, mine, theirs = times.closed[0].present, best.pnl.numbers, other.pnl.numbers
    rows = best.closing.rows
    found = [row for row in other.closing.rows if theirs[row] and mine[row] is None and closed[row]]
    if len(found) < max(_LEAST, len(rows) // _AS_MUCH):
        return []
    if not (found[-1] < min(rows) or found[0] > max(rows)):
        return []
    both = [(a, b) for row in rows if (a := mine[row]) and (b := theirs[row])]
    if both and (
        len(both) * 10 < 9 * sum(bool(mine[row]) for row in rows)
        or sum(a * b > 0 for a, b in both) * 10 < 8 * len(both)
    ):
        return []
    return found


def with_other_name_asked(
    reading: Reading,
    best: Candidate,
    other: Candidate,
    missing: Sequence[int],
    instead: Reading,
    times: Times,
) -> Reading:
    """The reading, with the question; what was said of records that are left out is part of it."""
    name, also = best.pnl.expression, other.pnl.expression
    together: dict[str, object] = {"fields.net_pnl": f"{name} or {also}"}
    only = reading.dialect.get("only")
    if isinstance(only, dict) and name in only:
        together[f"only.{name}"] = None
    lost = _without_end(best, other, times)
    untimed = f", and {lost} more without {times.closed[0].name}, which are left out" * bool(lost)
    doubt = Doubt(
        "two_results",
        f"{len(best.closing.rows)} records have {best.pnl.name}, and {len(missing)} that closed "
        f"have {other.pnl.name} alone{untimed}; which is the result of a trade?",
        (
            Answer(f"{best.pnl.name}, and {other.pnl.name} where there is none", together),
            Answer(f"{best.pnl.name} alone", {}),
            Answer(f"{other.pnl.name} of all", changes_to(instead, reading)),
        ),
    )
    return reading._replace(
        doubts=(doubt, *(asked for asked in reading.doubts if asked.name != "left_out")),
        assumed=tuple(said for said in reading.assumed if not isinstance(said, LeftOut)),
    )


def _without_end(best: Candidate, other: Candidate, times: Times) -> int:
    """How many records with the other result alone have no closing time."""
    closed, mine, theirs = times.closed[0].present, best.pnl.numbers, other.pnl.numbers
    every = zip(theirs, mine, closed, strict=True)
    return sum(bool(one) and own is None and not ended for one, own, ended in every)
