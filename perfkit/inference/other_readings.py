"""Whether executions, prices or another column say more than the best P&L does."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.pnl_reading import reading_by
from perfkit.inference.proof.orders import (
    OF_EXIT_ALONE,
    is_after_exit_alone,
    with_side_of_orders,
    without_entry_price,
)
from perfkit.inference.proof.quantities.multipliers import is_worth_denied
from perfkit.inference.proof.running import account_of, moves_by_prices
from perfkit.inference.questions.amounts.money_or_per_cent import (
    asked_of_executions,
    asked_of_prices,
    may_be_in_money,
    may_be_of_sizes,
    weighs_otherwise,
    with_money_offered,
    without_weak,
)
from perfkit.inference.questions.left_out.closed_without_pnl import (
    closed_without,
    computed_for_all,
    with_closed_asked,
)
from perfkit.inference.questions.left_out.coverage import (
    counts_pips,
    covers_more,
    is_in_other_points,
    is_money_beside_points,
    is_of_another_set,
    which_amount,
    which_covers,
    which_set,
)
from perfkit.inference.questions.left_out.other_stretch import (
    rows_of_other_name,
    with_other_name_asked,
)
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import Column
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.without_pnl.which_side.other_sides import with_other_sides
from perfkit.inference.words.names import FRACTION, MONEY, PERCENT, POINTS


def of_executions(log: Log, candidates: Sequence[Candidate]) -> Reading | None:
    """The records as executions, where the P&L is what matching them gives, or adds that up.

    The costs of the entry are then known as well.
    """
    whens = (*log.times.event, *log.times.closed, *log.times.other)
    best = candidates[0]
    if not whens:
        return None
    orders = log._replace(roles=without_entry_price(with_side_of_orders(log.roles, log.columns)))
    orders, _ = with_other_sides(orders, range(len(log.columns[0].values)))
    if best.unit == MONEY and is_after_exit_alone(best.pnl, orders.roles, log.fees, whens[0]):
        found = _from_executions(orders, best.pnl)
        return found and found._replace(
            score=best.score + 25, evidence=(*found.evidence, f"{best.pnl.name}: {OF_EXIT_ALONE}")
        )
    if best.proved and (best.is_net is not None or not log.fees):
        return None
    is_marked = best.closing.marker is not None
    may_be_total = best.unit == MONEY and not is_marked and {"side", "price"} <= log.roles.keys()
    if not (may_be_total or best.name.is_running) and not log.fees:
        return None
    from perfkit.inference.without_pnl.buys_and_sells.agreement import (
        adds_up_executions,
        agrees_with_executions,
        stands_still,
    )

    is_total = best.name.is_running and not is_marked
    is_total = is_total or (may_be_total and stands_still(best.pnl, log.roles))
    is_total = is_total and adds_up_executions(log, best.pnl, whens[0])
    if not is_total and not (log.fees and agrees_with_executions(log, best.pnl, whens[0])):
        return None
    found = _from_executions(log, best.pnl)
    if found is None:
        return None
    return found._replace(
        score=best.score + 25, evidence=(*found.evidence, f"{best.pnl.name} agrees")
    )


def of_prices(log: Log, best: Candidate) -> Reading | None:
    """The records as trades at their prices, where a total so far or an account moves by these.

    The P&L is that total, or the per cent of each trade beside a balance.
    """
    total = best.pnl if best.name.is_running else None
    if best.unit in (PERCENT, FRACTION):
        total = account_of(log.columns, log.roles)
    if log.fees or total is None or not moves_by_prices(total, log.roles, best.closing.rows):
        return None
    found = _from_prices(log)
    return found and found._replace(evidence=(*found.evidence, f"{total.name} adds them up"))


def with_other_covered(candidates: Sequence[Candidate], log: Log) -> Reading:
    """The best reading, with a question where its P&L is that of few records that closed.

    Another P&L of most of them, perhaps in another unit, may be what is looked for.
    """
    best, reading = candidates[0], without_weak(reading_by(candidates, log))
    missing = closed_without(best, log.columns, log.roles, log.times)
    if missing:
        instead = _from_prices(log, best)
        whole = None
        if not log.fees:  # which prices say nothing of
            whole = computed_for_all(reading, best, missing, log.roles, instead)
        reading = whole or with_closed_asked(reading, best, missing, log.roles, instead)
    if may_be_in_money(best, log.roles) and not is_worth_denied(log.roles, log.columns):
        reading = asked_of_executions(reading, best, _from_executions(log))
    if may_be_of_sizes(reading, log.roles):
        reading = with_money_offered(reading, best, log.roles, _from_prices(log, best))
    if weighs_otherwise(best, log.roles):
        reading = asked_of_prices(reading, best, log.roles, _from_prices(log, best))
    other = next(
        (one for one in candidates[1:] if covers_more(one, best, log.roles, log.times)), None
    )
    if any(doubt.name == "two_results" for doubt in reading.doubts):
        return reading
    if (joined := _with_other_name(reading, candidates, log)) is not None:
        return joined
    if other is None:
        return _with_other_amount(reading, candidates, log)
    doubt = which_covers(best, other, reading, reading_by([other], log))
    others = [one for one in reading.doubts if one.name != "left_out"]  # which is the same question
    return reading._replace(doubts=(doubt, *others))


def _with_other_name(reading: Reading, candidates: Sequence[Candidate], log: Log) -> Reading | None:
    """The reading, with a question where results have another name for a stretch of the records."""
    best = candidates[0]
    for other in candidates[1:]:
        if missing := rows_of_other_name(best, other, log.times):
            instead = reading_by([other], log)
            return with_other_name_asked(reading, best, other, missing, instead, log.times)
    return None


def _with_other_amount(reading: Reading, candidates: Sequence[Candidate], log: Log) -> Reading:
    """The reading, with a question where its P&L is in points and another one may be in money."""
    best = candidates[0]
    if reading.source["currency"] == POINTS:
        for other in candidates[1:]:
            if is_in_other_points(other, best) and counts_pips(other, best):
                return reading_by([other], log)
            if is_money_beside_points(other, best) or is_in_other_points(other, best):
                doubt = which_amount(best, other, reading, reading_by([other], log))
                return reading._replace(doubts=(doubt, *reading.doubts))
    return _with_other_set(reading, candidates, log)


def _with_other_set(reading: Reading, candidates: Sequence[Candidate], log: Log) -> Reading:
    """The reading, with a question where another P&L is that of other trades, joined to these."""
    best = candidates[0]
    other = next((one for one in candidates[1:] if is_of_another_set(one, best, log.columns)), None)
    if other is None:
        return reading
    costs = [] if best.is_net else log.fees  # those in one result are no costs of the other
    doubt = which_set(best, other, reading, reading_by([other], log._replace(fees=costs)))
    return reading._replace(doubts=(doubt, *reading.doubts))


def _from_executions(log: Log, pnl: Column | None = None) -> Reading | None:
    from perfkit.inference.without_pnl.buys_and_sells.fills import from_executions

    return from_executions(log, pnl)


def _from_prices(log: Log, beside: Candidate | None = None) -> Reading | None:
    """The reading by prices, whose sides mean what they do for a P&L that is logged beside them."""
    from perfkit.inference.without_pnl.from_prices import from_prices

    return from_prices(log, side_of_exit=beside is not None and beside.side_of_exit)
