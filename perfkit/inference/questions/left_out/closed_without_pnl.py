"""Records that closed without a P&L, where prices, or a word for won or lost, say that they did.

closed_at 10:00   entry 10   exit 12   pnl 2
closed_at 11:00   entry 10   exit 13             left out by a reading of the P&L: 3, as prices say
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof.exact_prices import are_exact, can_be_computed, ways_by_side
from perfkit.inference.questions.left_out.coverage import changes_to
from perfkit.inference.questions.left_out.incomplete import NO_RESULT
from perfkit.inference.records.kinds import FAILED, STILL_OPEN
from perfkit.inference.result import LeftOut, Reading
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.outcomes import LOST, WON, outcome_of
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import MONEY, pnl_name, words

_NO_CLOSE = FAILED | STILL_OPEN
_ENDS = frozenset(("entry", "exit"))
_FEW = 3
"""Of so many results in money, one that is missing is reported; more are asked about."""


def closed_without(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], times: Times
) -> list[int]:
    """Records that closed, and that a reading leaves out for want of a P&L.

    They have a closing time, and both prices, or a word for won or lost. In a log without closing
    times they have both prices, as all records with a P&L do.
    """
    ended = _with_ends(roles)
    rows = set(best.closing.rows)
    if not ended or not (times.closed or rows <= ended & _with_prices(roles)):
        return []
    if not times.closed:
        ended &= _with_prices(roles)
    states = [one for one in columns if one.kind == TEXT and set(one.words) & {"status", "state"}]
    return [
        row
        for row, earned in enumerate(best.pnl.numbers)
        if earned is None
        and row not in rows
        and row in ended
        and (not times.closed or any(one.present[row] for one in times.closed))
        and not any(set(words(one.labels[row])) & _NO_CLOSE for one in states)
    ]


def closed_unpriced(
    best: Candidate,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
    failed: set[int],
) -> list[LeftOut]:
    """What is said of records with a closing time that nothing says the result of.

    closed_at 10:00   status closed   exit_price -   pnl -      perhaps it was closed elsewhere
    """
    rows = best.closing.rows
    if not times.closed or not all(times.closed[0].present[row] for row in rows):
        return []  # such as the end of a market
    closed, known = times.closed[0], _with_ends(roles) | set(rows) | failed
    states = [one for one in columns if one.kind == TEXT and set(one.words) & {"status", "state"}]
    missing = [
        row
        for row, is_closed in enumerate(closed.present)
        if is_closed
        and best.pnl.numbers[row] is None
        and row not in known
        and not any(set(words(one.labels[row])) & _NO_CLOSE for one in states)
    ]
    if not missing:
        return []
    one, have = ("record", "has") if len(missing) == 1 else ("records", "have")
    name = best.pnl.name
    nor = "" if any(_has_other_result(columns, row) for row in missing) else " nor prices"
    return [LeftOut(f"{len(missing)} {one} with {closed.name} {have} no {name}{nor}; left out")]


def _has_other_result(columns: Sequence[Column], row: int) -> bool:
    """Whether a record has another P&L, or numbers of an entry and an exit by any name."""
    have = [one for one in columns if one.kind == NUMBER and one.numbers[row]]
    said = {word for one in have for word in one.words}
    return said >= _ENDS or any(pnl_name(one.name) is not None for one in have)


def _with_ends(roles: Mapping[str, Column]) -> set[int]:
    """The records with both prices, and those whose outcome is that of a trade which ended."""
    found = _with_prices(roles)
    if "outcome" in roles:
        labels = roles["outcome"].labels
        found |= {row for row, label in enumerate(labels) if outcome_of(label) in (WON, LOST)}
    return found


def _with_prices(roles: Mapping[str, Column]) -> set[int]:
    """The records with both prices."""
    if not {"entry_price", "exit_price"} <= roles.keys():
        return set()
    entry, out = roles["entry_price"].numbers, roles["exit_price"].numbers
    return {row for row, (a, b) in enumerate(zip(entry, out, strict=True)) if a and b}


def computed_for_all(
    reading: Reading,
    best: Candidate,
    missing: Sequence[int],
    roles: Mapping[str, Column],
    instead: Reading | None,
) -> Reading | None:
    """The reading of all records from prices, where these give each P&L that there is exactly."""
    if not missing or instead is None:
        return None
    if any(doubt.name != "left_out" for doubt in reading.doubts):
        return None
    computed = _as_logged(instead, best, missing, roles)
    if computed is None:
        return None
    several = len(missing) > 1
    said = (
        f"{len(missing)} closed record{'s' * several} {'have' if several else 'has'} no "
        f"{best.pnl.name}; prices give exactly that of all others"
    )
    return computed._replace(
        score=reading.score, evidence=reading.evidence, assumed=(*computed.assumed, said)
    )


def _as_logged(
    instead: Reading, best: Candidate, missing: Sequence[int], roles: Mapping[str, Column]
) -> Reading | None:
    """The reading from prices for the side that each logged P&L proves; None where none does."""
    rows, fields = best.closing.rows, instead.dialect["fields"]
    ways = ways_by_side(roles)
    if not instead.doubts:
        known = can_be_computed(roles, missing, ways)
        return instead if known and are_exact(best.pnl, roles, rows, ways) else None
    all_long = [1] * len(best.pnl.values)
    if [doubt.name for doubt in instead.doubts] != ["side"] or not isinstance(fields, dict):
        return None
    if not can_be_computed(roles, missing, all_long):
        return None
    if not are_exact(best.pnl, roles, rows, all_long):
        return None
    dialect = {**instead.dialect, "fields": {**fields, "side": "= long"}}
    return instead._replace(dialect=dialect, doubts=())


def with_closed_asked(
    reading: Reading,
    best: Candidate,
    missing: list[int],
    roles: Mapping[str, Column],
    instead: Reading | None,
) -> Reading:
    """The reading, with what it leaves out: asked where it may change much, else reported."""
    if not missing or any(doubt.name in ("left_out", "two_results") for doubt in reading.doubts):
        return reading
    name = best.pnl.name
    several = len(missing) > 1
    timed = any(reason.startswith("the closing time") for reason in best.reasons)
    ended = f"with {_what_ends(missing, roles)}{' and a closing time' * timed}"
    said = f"{len(missing)} record{'s' * several} {ended} {'have' if several else 'has'} no {name}"
    if best.unit == MONEY and len(missing) * _FEW < len(best.closing.rows):
        return reading._replace(assumed=(*reading.assumed, LeftOut(f"{said}; left out")))
    answers = [Answer("yes", {})]
    if instead is not None:
        answers.insert(0, Answer("no, prices say what was earned", changes_to(instead, reading)))
    asked = f"{said}; are only records with one trades?"
    doubt = Doubt("left_out", asked, tuple(answers), "" if answers[1:] else NO_RESULT)
    return reading._replace(doubts=(*reading.doubts, doubt))


def _what_ends(missing: Sequence[int], roles: Mapping[str, Column]) -> str:
    if {"entry_price", "exit_price"} <= roles.keys():
        prices = [roles[role].numbers for role in ("entry_price", "exit_price")]
        if all(one[row] for one in prices for row in missing):
            return "both prices"
    return "an outcome"
