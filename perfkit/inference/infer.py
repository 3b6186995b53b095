"""From decoded records to a dialect that reads them as trades, or to a word on why not.

The order of decisions: kinds of columns; records of what did not happen; columns that may hold the
P&L, and for each the records that close a trade; evidence, and the choice among them; costs, times,
identity; what has to be asked. Money is never guessed: where two readings are equally good, the
result names both and what to write for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.checks.confirm import closed_if_it_holds
from perfkit.inference.checks.unseen import unseen
from perfkit.inference.keys.trade_times import ON_ONE_DAY, ONE_DAY
from perfkit.inference.other_readings import of_executions, of_prices, with_other_covered
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.pnl_column.choice import candidates_of
from perfkit.inference.proof.costs.costs_by_columns import slippage_that_moves
from perfkit.inference.proof.costs.costs_in_prices import costs_of_pieces, with_costs_noted
from perfkit.inference.proof.costs.parts_of_costs import without_parts
from perfkit.inference.questions.left_out.coverage import with_risk_offered, with_whole_first
from perfkit.inference.questions.left_out.ignored import with_ignored_asked
from perfkit.inference.questions.left_out.net_of_zero import with_gross_of_zeros
from perfkit.inference.questions.left_out.partial_columns import with_partial_column_added
from perfkit.inference.questions.left_out.partial_results import with_parts_added
from perfkit.inference.questions.repeats.shared_results import proved_once
from perfkit.inference.questions.zeros import with_stakes_lost
from perfkit.inference.records.beside_trades import failed_records, moved_records, total_records
from perfkit.inference.records.closing import that_only_open
from perfkit.inference.records.no_trades import why_no_trades
from perfkit.inference.records.unfinished import unfinished_records
from perfkit.inference.records.why_none import lists_inside, why_none
from perfkit.inference.result import Reading, nothing_found
from perfkit.inference.table.columns import Column, columns_of, names_of
from perfkit.inference.table.cost_columns import fees_of
from perfkit.inference.table.roles import roles_of
from perfkit.inference.table.time_columns import Times
from perfkit.inference.table.zone_words import in_zone
from perfkit.inference.without_pnl.log_facts import Log

MOST_DECIDING = 2_500
_NOT_UTF_8 = "\N{REPLACEMENT CHARACTER}"
PLAUSIBLE = 10
PLAUSIBLE_WITHOUT_TIME = 15
"""Evidence below this is none; records without any time have to say more."""
WITHOUT_END = 16
"""Where nothing closes, a name that may be that of something else is not enough."""
_OF_A_CLOSE = frozenset(
    ("entry_price", "exit_price", "exit_reason", "outcome", "price", "balance", "identity")
)


def infer(records: Sequence[Mapping[str, object]]) -> Reading:
    """How to read some records as trades; numbers in them are exact, never binary floats.

    Of many records the first and the last ones decide. Whether what they show holds for all is then
    checked, and all of them decide where it does not.
    """
    if len(records) <= 2 * MOST_DECIDING:
        return _decided(records)
    first, last = records[:MOST_DECIDING], records[-MOST_DECIDING:]
    reading = _decided([*first, *last])
    if not reading.is_sure:
        return _decided(records)
    others = unseen(records, MOST_DECIDING)
    if others and not _says_the_same(reading, _decided([*first, *others, *last])):
        return _decided(records)
    closed = closed_if_it_holds(reading, records)
    return _decided(records) if closed is None else reading._replace(closed=closed, total=None)


def _may_end(one: Candidate, roles: Mapping[str, Column], times: Times) -> bool:
    """Whether anything of the records says that something closed, or was bought at a price.

    A name of one word, such as `ret`, says no more than that it is a result, or none.
    """
    if len(one.pnl.words) == 1:
        return True
    return bool(times.closed or one.closing.marker or roles.keys() & _OF_A_CLOSE)


def _says_the_same(one: Reading, other: Reading) -> bool:
    return other.is_sure and (one.source, one.dialect) == (other.source, other.dialect)


def _decided(records: Sequence[Mapping[str, object]]) -> Reading:
    every = columns_of(records)
    columns = [in_zone(column) for column in every if column.filled]
    names = tuple(names_of(columns))
    if not columns:
        return nothing_found(names, "there are no records with fields")
    roles, times, fees = roles_of(columns), Times(columns), fees_of(columns)
    of_pieces = costs_of_pieces(columns, roles, fees)
    fees = without_parts([one for one in fees if one not in of_pieces], columns, roles)
    unfilled = [one for one in every if not one.filled]
    if why := why_no_trades(columns, roles, times, unfilled):
        return nothing_found(names, "; ".join(filter(None, (why, lists_inside(columns)))))
    fees = [*fees, *slippage_that_moves(columns, roles, fees)]
    failed, left_out = failed_records(columns)
    totals, of_totals = total_records(columns)
    moved, of_moved = moved_records(columns, roles)
    of_moved = {} if moved <= failed else of_moved
    unfinished, of_unfinished = unfinished_records(columns)
    left_out = {**of_totals, **of_moved, **of_unfinished, **left_out}
    failed = failed | totals | moved | unfinished
    log = Log(columns, roles, times, fees, failed, left_out)
    candidates = candidates_of(columns, roles, times, fees, failed)
    least = PLAUSIBLE if times.are_there else PLAUSIBLE_WITHOUT_TIME
    candidates = [
        one
        for one in candidates
        if one.score >= (least if _may_end(one, roles, times) else WITHOUT_END)
    ]
    if not candidates:
        from perfkit.inference.without_pnl.fallback import without_pnl

        none = nothing_found(names, _encoding(names) or why_none(columns, roles, times))
        return _without_idle_time(without_pnl(log) or none)
    candidates = with_whole_first(candidates)
    reading = (
        of_executions(log, candidates)
        or of_prices(log, candidates[0])
        or with_other_covered(candidates, log)
    )
    reading = with_risk_offered(reading, candidates)
    opening = that_only_open(candidates[0].closing)
    reading = with_ignored_asked(reading, records, columns, roles, times, opening)
    reading = with_parts_added(reading, candidates[0], columns, roles, times)
    reading = with_partial_column_added(reading, candidates[0], columns, roles)
    reading = with_gross_of_zeros(reading, candidates, fees)
    reading = with_stakes_lost(reading, candidates[0], columns, roles)
    reading = with_costs_noted(reading, of_pieces)
    return _without_idle_time(proved_once(reading, candidates[0], roles, fees))


def _encoding(names: Sequence[str]) -> str:
    """What to do about names with bytes that are not UTF-8; empty where there are none."""
    odd = next((name for name in names if _NOT_UTF_8 in name), "")
    said = f"the name {odd} is not in UTF-8; save the file as UTF-8"
    return f"{said}, such as with `iconv -f cp1252 -t utf-8`" if odd else ""


def _without_idle_time(reading: Reading) -> Reading:
    """The reading without the question for a time that has one answer, where more is asked."""
    others = [one for one in reading.doubts if one.name != "no_time" or len(one.answers) > 1]
    fields = reading.dialect.get("fields")
    if not others or len(others) == len(reading.doubts) or not isinstance(fields, dict):
        return reading
    return reading._replace(
        dialect={**reading.dialect, "fields": {"closed_at": ONE_DAY, **fields}},
        doubts=tuple(others),
        assumed=(*reading.assumed, ON_ONE_DAY),
    )
