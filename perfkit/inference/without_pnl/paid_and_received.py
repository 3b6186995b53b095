"""Readings of logs that have what was paid for a trade and what it brought in, and no P&L."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import LESS_COSTS, Answer, Doubt, no
from perfkit.inference.keys.assemble import dialect_of
from perfkit.inference.keys.identity import identity_of
from perfkit.inference.keys.trade_times import moments_of
from perfkit.inference.proof import evidence as says
from perfkit.inference.questions.costs.paid_in import commission_fields
from perfkit.inference.records.closing import Closing, closing_records
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.derived_columns import Difference, difference
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.bet_results import part_of_stake
from perfkit.inference.without_pnl.log_facts import Log, currency_of, reading_of
from perfkit.inference.words.names import CURRENCIES, word_set

_RECEIVED = word_set("settlement payout revenue proceeds received returned returns payoff winnings")
_PAID = word_set("stake cost invested wager bet spent paid risked staked outlay")
_NEITHER = word_set(
    "price potential expected max possible avg average basis odds est estimated per each unit"
)
_LEAST = 2
_TOTALS = word_set("total value cost proceeds")
_IN = word_set("buy bought purchase entry open")
_OUT = word_set("sell sold sale exit close")
_NEARLY = Decimal("0.01")


def from_totals_of_sides(log: Log) -> Reading | None:
    """P&L = sell_total - buy_total, where there are both, and no quantity beside the prices."""
    if "quantity" in log.roles or _has_short(log):
        return None
    paid, received = _of_side(log.columns, _IN), _of_side(log.columns, _OUT)
    return None if paid is None or received is None else _read(log, paid, received)


def _has_short(log: Log) -> bool:
    side = log.roles.get("side")
    return side is not None and any(way < 0 for way in directions(side))


def _of_side(columns: Sequence[Column], side: frozenset[str]) -> Column | None:
    """The column of a total of one side: `buy_total`, `exit_value_usd`."""
    for column in columns:
        said = set(column.words) - CURRENCIES.keys()
        if column.kind == NUMBER and len(said) == 2 and said & side and said & _TOTALS:
            return column
    return None


def from_totals(log: Log) -> Reading | None:
    """P&L = received - paid, where both totals of a trade are logged."""
    paid, received = _named(log.columns, _PAID), _named(log.columns, _RECEIVED)
    if paid is None or received is None or not any(map(_both, paid.numbers, received.numbers)):
        return None
    outcome = log.roles.get("outcome")
    ended = [] if outcome is None else [row for row, one in enumerate(outcome.present) if one]
    if ended and part_of_stake(received, paid, ended):
        return None  # which is won, and no amount
    return _read(log, paid, received)


def _both(paid: Decimal | None, received: Decimal | None) -> bool:
    """Whether a record has both; one that has either is an order of a trade, not the whole."""
    return bool(paid and received)


def _read(log: Log, paid: Column, received: Column) -> Reading | None:
    earned = difference(received, paid)
    closing = closing_records(earned, log.columns, log.times, log.failed)
    closing = closing._replace(only={k: v for k, v in closing.only.items() if k != earned.written})
    if len(closing.rows) < _LEAST or not any(earned.numbers) or _are_purchases(log, closing):
        return None
    moments = moments_of(log.times, log.columns, closing.rows, events=False)
    identity = identity_of(log.columns, log.roles, None, closing)
    currency = currency_of(log, closing.rows)
    commission = commission_fields(log.fees, closing.rows, log.columns, currency)
    result = {"gross_pnl" if commission else "net_pnl": earned.expression, **commission}
    dialect = dialect_of(result, closing, log.left_out, moments, identity, log.roles)
    proof = _agrees(earned, log.roles, closing.rows) or _moves_alike(paid, received, log, closing)
    said = "P&L is what came back less what was paid" + LESS_COSTS * bool(commission)
    doubt = [] if proof else [_is_result(earned)]
    return reading_of(
        log,
        dialect,
        closing.rows,
        f"{received.name} less {paid.name} is what each trade earned{proof}",
        (*moments.assumed, said),
        (*doubt, *moments.doubts, *identity.doubts),
        moments.zone,
    )


def _are_purchases(log: Log, closing: Closing) -> bool:
    """Whether both amounts are those of purchases alone, as where coins are paid for in dollars."""
    side = log.roles.get("side")
    if side is None or not any("buy" in label for label in side.distinct):
        return False
    ways, closed = directions(side), set(closing.rows)
    return all(ways[row] > 0 for row in closed) and any(
        way < 0 for row, way in enumerate(ways) if row not in closed
    )


def _named(columns: Sequence[Column], parts: frozenset[str]) -> Column | None:
    for column in columns:
        said = set(column.words)
        if column.kind == NUMBER and said & parts and not said & _NEITHER and any(column.numbers):
            return column
    return None


def _agrees(earned: Difference, roles: Mapping[str, Column], rows: Sequence[int]) -> str:
    outcome = roles.get("outcome")
    if outcome is None or not says.outcome_agrees(earned, outcome, rows):
        return ""
    return f", and its sign agrees with {outcome.name}"


def _moves_alike(paid: Column, received: Column, log: Log, closing: Closing) -> str:
    """Whether what came back is to what was paid as the exit price is to the entry price."""
    if not {"entry_price", "exit_price"} <= log.roles.keys():
        return ""
    entry, out = log.roles["entry_price"], log.roles["exit_price"]
    numbers = [one.numbers for one in (paid, received, entry, out)]
    every = [tuple(one[row] for one in numbers) for row in closing.rows]
    known = [(a, b, c, d) for a, b, c, d in every if a and b and c and d]
    alike = sum(abs(b / a - d / c) <= _NEARLY * abs(d / c) for a, b, c, d in known)
    if len(known) < _LEAST or alike * 10 < 9 * len(known):
        return ""
    return f", as {entry.name} and {out.name} show"


def _is_result(earned: Difference) -> Doubt:
    return Doubt(
        "amount",
        f"Is {earned.written} what each trade earned?",
        (Answer("yes", {}), no(f"{earned.written} is not what a trade earned, as answered")),
    )
