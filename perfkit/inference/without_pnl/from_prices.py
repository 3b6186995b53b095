"""Readings of logs that have the prices of entry and exit, and no P&L.

entry 100   exit 110   quantity 2     20
entry 100   exit 110   stake 50       20, of a quantity of 50 / 100
entry 100   exit 110                  10 points, or 10 %
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.doubts import LESS_COSTS, LONG_OR_SHORT, Answer, Doubt
from perfkit.inference.keys.assemble import dialect_of, outcome_words
from perfkit.inference.keys.identity import identity_of
from perfkit.inference.keys.trade_times import moments_of
from perfkit.inference.proof.quantities.multipliers import logged_worth
from perfkit.inference.questions.amounts.inverse import inverse_contracts
from perfkit.inference.questions.amounts.logged_zeros import logged_zeros
from perfkit.inference.questions.amounts.sizes import contract_size, quantity_or_money
from perfkit.inference.questions.costs.paid_in import commission_fields
from perfkit.inference.records.closing import Closing, closing_records
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.derived_columns import AmountOverPrice, quotient
from perfkit.inference.table.outcomes import outcome_of
from perfkit.inference.without_pnl.log_facts import Log, currency_of, of_stake, reading_of
from perfkit.inference.without_pnl.moves import logged_move
from perfkit.inference.without_pnl.which_side.closing_orders import are_closing_orders
from perfkit.inference.without_pnl.which_side.sides import Way, side_of_options, way_of

_LEAST, _LEAST_RANKED = 2, 5
_OF_RISK = (("r",), ("r", "multiple"), ("multiple", "r"))


def from_prices(log: Log, *, side_of_exit: bool = False) -> Reading | None:
    """P&L = (exit - entry) x quantity, where both prices are logged.

    The quantity may be what was staked over the price. Without any, the moves themselves are left:
    in points, or in per cent of the entry. `side_of_exit` says that a sale closes a long trade.
    """
    roles = log.roles
    if not {"entry_price", "exit_price"} <= roles.keys():
        return None
    entry, out = roles["entry_price"], roles["exit_price"]
    if entry is out:
        return None
    size = roles.get("quantity")
    if size is None and "stake" in roles:
        size = quotient(roles["stake"], entry)
        log = log._replace(roles={**roles, "quantity": size})
    sizes = size.numbers if size is not None else [Decimal(1)] * len(entry.values)
    moved = [
        None if not a or not b or not c else str((b - a) * abs(c))
        for a, b, c in zip(entry.numbers, out.numbers, sizes, strict=True)
    ]
    implied = Column(out.path, moved, NUMBER)
    closing = closing_records(implied, log.columns, log.times, log.failed)
    if len(closing.rows) < (_LEAST if size is None else 1) or not any(implied.numbers):
        return None
    if size is None and _are_of_one_period(log, closing.rows):
        return None
    side_of_exit = side_of_exit or are_closing_orders(closing, roles, log.times)
    found = _of_moves(log, closing, side_of_exit=side_of_exit)
    doubt = logged_zeros(log.columns, closing.rows, [entry, out])
    return (
        found if found is None or doubt is None else found._replace(doubts=(doubt, *found.doubts))
    )


def _are_of_one_period(log: Log, rows: Sequence[int]) -> bool:
    """Whether all records begin and end at the same two times, as a ranking of shares does."""
    times = [*log.times.opened[:1], *log.times.closed[:1]]
    if len(rows) < _LEAST_RANKED or len(times) < 2:
        return False
    return all(len({one.labels[row] for row in rows}) == 1 for one in times)


def _of_moves(log: Log, closing: Closing, *, side_of_exit: bool) -> Reading | None:
    roles = log.roles
    entry, out, size = roles["entry_price"], roles["exit_price"], roles.get("quantity")
    if size is None and "side" not in roles and log.times.closed == []:
        return None
    opened = log.times.opened[0] if log.times.opened else None
    is_sized = size is not None and not isinstance(size, AmountOverPrice)
    moments = moments_of(log.times, log.columns, closing.rows, events=False, proved=is_sized)
    identity = identity_of(log.columns, roles, opened, closing)
    currency = currency_of(log, closing.rows)
    fees = log.fees if size is not None else []
    result = commission_fields(fees, closing.rows, log.columns, currency)
    parts = (closing, log.left_out, moments, identity, roles)
    dialect = dialect_of(result, *parts, side_of_exit=side_of_exit)
    doubts = [*moments.doubts, *identity.doubts]
    fields, assumed = dialect["fields"], list(moments.assumed)
    assert isinstance(fields, dict)
    moved = logged_move(log, entry, out, closing.rows) if size is None else None
    if moved is not None:
        fields["quantity"] = f"100 / {entry.expression}"
    elif size is None:
        fields["quantity"] = "= 1"
        doubts.append(_points_or_per_cent(entry, _in_risk(log, closing), _outcomes(log, closing)))
    elif is_sized and (one := logged_worth(log.columns, closing.rows)) is not None:
        fields["quantity"] = f"{size.expression} * {one.expression}"
        assumed.append(f"{one.name} is what one of {size.name} is worth")
    else:
        doubts += _of_size(log, size, entry, closing.rows)
    if "side" not in fields and (way := _way_of(log, moved, closing.rows)) is not None:
        fields["side"] = f"= {way.side}"
        assumed.append(f"trades are {way.side}, as {way.why}")
    elif "side" not in fields:
        doubts.append(LONG_OR_SHORT)
    elif (unsure := side_of_options(log.columns, roles, closing.rows, fields["side"])) is not None:
        doubts.append(unsure)
    names = [entry.name, out.name]
    if size is not None:
        names.append(size.name)
    return reading_of(
        log,
        dialect,
        closing.rows,
        f"{', '.join(names[:-1])} and {names[-1]} say what each trade earned",
        (*assumed, "P&L is computed from prices" + LESS_COSTS * bool(result)),
        doubts,
        moments.zone,
        is_in_per_cent=moved is not None,
    )


def _of_size(log: Log, size: Column, entry: Column, rows: Sequence[int]) -> list[Doubt]:
    """What is asked about a quantity: whether it is one, and what one of it is worth."""
    if isinstance(size, AmountOverPrice):
        return [of_stake(size, "put into each trade, without leverage")]
    unsure = quantity_or_money(size, entry, rows, is_fill=False)
    unsure = unsure or inverse_contracts(log.roles, rows)
    symbol = log.roles.get("symbol")
    return [*filter(None, [unsure or contract_size(log.columns, symbol, size, entry, rows)])]


def _way_of(log: Log, moved: Column | None, rows: Sequence[int]) -> Way | None:
    """The side of all trades: that of the moves that are logged, or what other columns say."""
    if moved is not None:
        return Way("long", f"{moved.name} says")
    return way_of(log.roles, log.times, rows)


def _outcomes(log: Log, closing: Closing) -> dict[str, object]:
    """What a dialect needs to count wins and losses alone; empty where none are logged."""
    outcome = log.roles.get("outcome")
    if outcome is None or not all(outcome_of(outcome.labels[row]) for row in closing.rows):
        return {}
    found: dict[str, object] = {"fields.outcome": outcome.expression, "fields.quantity": None}
    return {**found, "values.outcome": outcome_words(outcome)}


def _in_risk(log: Log, closing: Closing) -> list[Answer]:
    """The answer that a column such as `R` has the results, where all closed records have it."""
    for one in log.columns:
        is_there = one.kind == NUMBER and all(one.present[row] for row in closing.rows)
        if is_there and one.words in _OF_RISK:
            changes: dict[str, object] = {"currency": "R", "fields.net_pnl": one.expression}
            return [Answer(f"neither: {one.name}, in R", {**changes, "fields.quantity": None})]
    return []


def _points_or_per_cent(
    entry: Column, in_risk: Sequence[Answer], outcomes: dict[str, object]
) -> Doubt:
    alone = [Answer("neither: count wins and losses", outcomes)] if outcomes else []
    return Doubt(
        "unit",
        "Trades have prices, but no quantity: should the result be in points or in per cent?",
        (
            Answer("points: exit minus entry", {"currency": "points", "fields.quantity": "= 1"}),
            Answer(
                "per cent of the entry, not compounded",
                {"currency": "%", "fields.quantity": f"100 / {entry.expression}"},
            ),
            *in_risk,
            *alone,
        ),
    )
