"""What has to be asked before there are figures, once the best reading of a log is known.

A question is asked only where its answer changes the figures and nothing in the log decides it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.keys.identity import Identity
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof.payoffs import paid_and_received
from perfkit.inference.questions.amounts.money_or_per_cent import per_cent_or_fraction
from perfkit.inference.questions.amounts.signs import losses_above_zero, turned_round
from perfkit.inference.questions.left_out.incomplete import (
    closes_without_result,
    unpriced,
    without_result,
)
from perfkit.inference.questions.left_out.not_held import imagined, predicted, struck_off
from perfkit.inference.questions.left_out.unexecuted import of_unexecuted
from perfkit.inference.questions.not_closed import (
    bars,
    called_open,
    coded_open,
    corrected,
    ends_with_total,
    excluded,
    flagged_open,
    never_entered,
    sums_of_others,
)
from perfkit.inference.questions.repeats.equal_records import repeated_as_they_are
from perfkit.inference.questions.repeats.repeated_trades import (
    closed_again,
    run_again,
    under_labels,
)
from perfkit.inference.questions.repeats.shared_results import (
    nearly_again,
    on_openings,
    same_in_each_group,
)
from perfkit.inference.questions.repeats.tests_apart import tested_apart
from perfkit.inference.questions.running_totals import counted_on_openings, total_so_far
from perfkit.inference.questions.which_result import (
    rival_of,
    say_opened_and_closed,
    two_names,
    which_result,
)
from perfkit.inference.questions.zeros import results_of_zero
from perfkit.inference.records.no_trades import OF_A_TRADE
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import Column
from perfkit.inference.table.cost_columns import fees_of
from perfkit.inference.table.time_columns import Times

_DESCRIBING = {*OF_A_TRADE, "symbol", "strategy", "outcome", "exit_reason"}


def doubts_of(
    candidates: Sequence[Candidate],
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    identity: Identity,
    times: Times,
) -> list[Doubt]:
    """The questions about the best of some candidates."""
    best = candidates[0]
    found = [
        which_result(best, rival_of(candidates), identity, roles, columns, times)
        or of_unexecuted(best, columns, roles, times),
        two_names(best, columns),
        total_so_far(best, roles, identity, times),
        None if _are_bets(best, columns, times) else _thin(best, roles, identity, times),
        results_of_zero(best, candidates, roles, fees_of(columns)),
        counted_on_openings(best, identity),
        same_in_each_group(best, roles)
        or on_openings(best, roles)
        or under_labels(best, columns, roles, times)
        or repeated_as_they_are(best, columns, roles, identity)
        or tested_apart(best, columns, roles, times)
        or closed_again(best, roles, identity, times)
        or _nearly_again(best, roles, identity, times)
        or run_again(best, roles, times),
        without_result(best, times),
        closes_without_result(best, columns),
        per_cent_or_fraction(best, roles),
        losses_above_zero(best, roles),
        turned_round(best, roles, fees_of(columns)),
        flagged_open(best, columns, roles, times)
        or called_open(best, columns)
        or coded_open(best, columns, roles)
        or unpriced(best, roles, times),
        excluded(best, columns),
        bars(best, columns, roles, times) or predicted(best, columns, roles, times),
        struck_off(best, columns, roles) or imagined(best, columns),
        ends_with_total(best, columns) or sums_of_others(best, columns),
        never_entered(best, columns, fees_of(columns)),
        corrected(best, columns),
    ]
    asked = [doubt for doubt in found if doubt is not None]
    if any(doubt.name == "weak" for doubt in asked):  # which is the same question
        asked = [doubt for doubt in asked if doubt.name != "thin"]
    return _as_one(asked)


def _as_one(asked: Sequence[Doubt]) -> list[Doubt]:
    """The questions, with one for whether a P&L is a result, and whether per cent or a fraction."""
    named = {doubt.name: doubt for doubt in asked}
    weak, fraction = named.get("weak"), named.get("fraction")
    if weak is None or fraction is None:
        return [*asked]
    units = [
        Answer(f"yes, {answer.meaning.removeprefix('in ')}", answer.changes)
        for answer in fraction.answers
    ]
    question = weak.question.rstrip("?") + ", in per cent or as a fraction, where 0.01 is 1 %?"
    answers = (*units, *weak.answers[1:])
    both = fraction._replace(question=question, answers=answers)
    return [both if one is fraction else one for one in asked if one is not weak]


def _thin(
    best: Candidate, roles: Mapping[str, Column], identity: Identity, times: Times
) -> Doubt | None:
    if roles.keys() & _DESCRIBING or best.closing.marker is not None or identity.columns:
        return None
    if say_opened_and_closed(times) or (best.proved and _say_when_each_ended(times)):
        return None
    question = f"Is each record a trade? It has {best.pnl.name} and little else."
    return Doubt("thin", question, (Answer("yes", {}), no("records are not trades, as answered")))


def _say_when_each_ended(times: Times) -> bool:
    """Whether records have the time of an exit to the minute, as no totals of days have."""
    return any(
        "exit" in one.words and not any(map(shapes.is_date_alone, one.sample))
        for one in times.closed[:1]
    )


def _are_bets(best: Candidate, columns: Sequence[Column], times: Times) -> bool:
    """Whether each record says what was staked and paid out, and a moment has several of them.

    Totals of a day say the same, but stand once in each day.
    """
    rows = best.closing.rows
    found = paid_and_received(best.pnl, columns, rows) if best.proved else None
    if found is None or "payout" not in found[1].words:
        return False
    moments = [*times.closed, *times.event, *times.other][:1]
    return any(2 * len({one.labels[row] for row in rows}) <= len(rows) for one in moments)


def _nearly_again(
    best: Candidate, roles: Mapping[str, Column], identity: Identity, times: Times
) -> Doubt | None:
    closed = next(iter((*times.closed, *times.event)), None)
    return None if identity.columns or closed is None else nearly_again(best, roles, closed)
