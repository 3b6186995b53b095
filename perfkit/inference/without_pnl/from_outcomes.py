"""Readings of logs that say whether a trade was won or lost, and not what it earned."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.doubts import LESS_COSTS, Answer, Doubt
from perfkit.inference.keys.assemble import dialect_of, outcome_words
from perfkit.inference.keys.identity import Identity, identity_of
from perfkit.inference.keys.trade_times import Moments, moments_of
from perfkit.inference.questions.costs.paid_in import commission_fields
from perfkit.inference.records.closing import Closing
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import BOOLEAN, NUMBER, Column
from perfkit.inference.table.outcomes import LOST, WON, outcome_of
from perfkit.inference.without_pnl.bet_results import Bets, bets_of
from perfkit.inference.without_pnl.log_facts import Log, currency_of, reading_of
from perfkit.inference.words.names import word_set

_LEAST = 2
_OF_A_TRADE = {
    *("side", "entry_price", "exit_price", "price", "quantity", "stake", "stop_loss", "target"),
    *("exit_reason", "balance"),
}
_RIGHT = word_set("correct right accurate")
_PREDICTED = word_set("predicted prediction forecast pred")
_ACTUAL = word_set("actual real truth observed")
_OF_RATES = word_set("% pct percent percentage growth return returns ret roi yield")
_LOST = word_set("lost losses loss")
_NEARLY = 0.95
"""Of wins and losses, so many have the sign of what was earned; the others were entered wrong."""


def from_outcomes(log: Log) -> Reading | None:
    """Wins and losses alone: how a trade ended is logged, though not what it earned."""
    outcome = log.roles.get("outcome")
    if outcome is None or _are_predictions(outcome, log) or _is_of_anything(outcome, log):
        return None
    meanings = {label: outcome_of(label) for label in outcome.distinct}
    if not {WON, LOST} <= set(meanings.values()):
        return None
    labels = outcome.labels
    rows = [row for row in range(len(labels)) if meanings[labels[row]] and row not in log.failed]
    if len(rows) < _LEAST:
        return None
    only: dict[str, object] = {}
    if len(rows) < len(labels):
        only = {outcome.expression: list(dict.fromkeys(outcome.values[row] for row in rows))}
    closing = Closing(rows, only, [], None, 12, [], [])
    moments = moments_of(log.times, log.columns, rows, events=False)
    identity = identity_of(log.columns, log.roles, None, closing)
    dialect = dialect_of(
        {"outcome": outcome.expression}, closing, log.left_out, moments, identity, log.roles
    )
    words = outcome_words(outcome)
    if words:
        values = dialect.get("values")
        dialect["values"] = {**(values if isinstance(values, dict) else {}), "outcome": words}
    bets = bets_of(log.columns, log.roles, outcome, rows)
    if bets is not None:
        return _of_bets(log, bets, dialect, rows, moments, identity)
    amount = _signed_as(outcome, log.columns, rows)
    return reading_of(
        log,
        dialect,
        rows,
        f"{outcome.name} says how each trade ended",
        (
            *moments.assumed,
            f"wins and losses are counted{'' if amount else '; no P&L is recognised'}",
        ),
        (*moments.doubts, *identity.doubts, *([_is_amount(amount)] if amount else [])),
        moments.zone,
        has_amounts=False,
    )


def _are_predictions(outcome: Column, log: Log) -> bool:
    """Whether records say whether a prediction was right, and nothing that was bought or sold."""
    of_both = _PREDICTED | _ACTUAL
    parts = {role for role, one in log.roles.items() if not {*one.words} & of_both}
    if parts & _OF_A_TRADE:
        return False
    said = {word for column in log.columns for word in column.words}
    return bool({*outcome.words} & _RIGHT) or bool(said & _PREDICTED and said & _ACTUAL)


def _is_of_anything(outcome: Column, log: Log) -> bool:
    """Whether nothing but a 0 or 1 called an outcome stands for a trade, as in any data set."""
    if outcome.kind not in (BOOLEAN, NUMBER) or log.roles.keys() & {"symbol", *_OF_A_TRADE}:
        return False
    return not log.times.are_there or _counts_wins(outcome, log.columns)


def _counts_wins(outcome: Column, columns: Sequence[Column]) -> bool:
    """Whether a number is how many were won, as one of how many were lost stands beside it."""
    beside = (one for one in columns if one.kind == NUMBER and one.path[:-1] == outcome.path[:-1])
    return outcome.kind == NUMBER and any({*one.words} & _LOST for one in beside)


def _of_bets(
    log: Log,
    bets: Bets,
    dialect: dict[str, object],
    rows: Sequence[int],
    moments: Moments,
    identity: Identity,
) -> Reading:
    fields = dialect["fields"]
    assert isinstance(fields, dict)
    result = commission_fields(log.fees, rows, log.columns, currency_of(log, rows))
    name = "gross_pnl" if result else "net_pnl"
    return reading_of(
        log,
        {**dialect, "fields": {**fields, name: bets.net_pnl, **result}},
        rows,
        "stakes, odds and outcomes say what each bet earned",
        (*moments.assumed, bets.assumed + LESS_COSTS * bool(result)),
        (*moments.doubts, *identity.doubts, *bets.doubts),
        moments.zone,
    )


def _signed_as(outcome: Column, columns: Sequence[Column], rows: Sequence[int]) -> Column | None:
    """A column of numbers that are above 0 in every win and below 0 in every loss."""
    said = {row: outcome_of(outcome.labels[row]) for row in rows}
    decided = [row for row in rows if said[row] in (WON, LOST)]
    for column in columns:
        if column.kind != NUMBER or column is outcome:
            continue
        pairs = [(said[row], column.numbers[row] or 0) for row in decided]
        fits = sum(number > 0 if word == WON else number < 0 for word, number in pairs)
        if fits >= _NEARLY * len(decided):
            return column
    return None


def _is_amount(column: Column) -> Doubt:
    return Doubt(
        "amount",
        f"{column.name} has the sign of the outcomes; is it what a trade earned?",
        (
            *_amounts(column),
            Answer("no, count wins and losses only", {}),
        ),
    )


def _amounts(column: Column) -> list[Answer]:
    """What a column may be, where it is what trades earned: money, or a part of something."""
    name = column.expression
    if not set(column.words) & _OF_RATES:
        return [Answer("yes", {"fields.net_pnl": name})]
    answer = Answer("yes, in per cent", {"currency": "%", "fields.net_pnl": name})
    if any(abs(number) > 1 for number in column.numbers if number):
        return [answer]
    share = {"currency": "%", "fields.net_pnl": f"({name}) * 100"}
    return [answer, Answer("yes, in fractions, where 0.01 is 1 %", {**share})]
