"""Readings of logs that have no column of P&L: from prices, from executions, from outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.doubts import LESS_COSTS, LONG_OR_SHORT, Answer, Doubt
from perfkit.inference.keys.assemble import dialect_of, outcome_words
from perfkit.inference.keys.identity import Identity, identity_of
from perfkit.inference.keys.trade_times import Moments, moments_of
from perfkit.inference.proof.quantities.multipliers import logged_worth
from perfkit.inference.questions.amounts.sizes import contract_size, quantity_or_money
from perfkit.inference.questions.costs.paid_in import commission_fields
from perfkit.inference.records.closing import Closing, closing_records
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.derived_columns import AmountOverPrice, quotient
from perfkit.inference.table.outcomes import LOST, WON, outcome_of
from perfkit.inference.without_pnl.bet_results import Bets, bets_of
from perfkit.inference.without_pnl.buys_and_sells.fills import from_executions
from perfkit.inference.without_pnl.incomes import from_incomes
from perfkit.inference.without_pnl.log_facts import Log, currency_of, of_stake, reading_of
from perfkit.inference.without_pnl.moves import logged_move
from perfkit.inference.without_pnl.paid_and_received import from_totals, from_totals_of_sides
from perfkit.inference.without_pnl.pairs import from_pairs
from perfkit.inference.without_pnl.which_side.sides import Way, side_of_options, way_of
from perfkit.inference.words.names import word_set

_LEAST = 2
_OF_RATES = word_set("% pct percent percentage growth return returns ret roi yield")
_OF_RISK = (("r",), ("r", "multiple"), ("multiple", "r"))
_NEARLY = 0.95
"""Of wins and losses, so many have the sign of what was earned; the others were entered wrong."""


def without_pnl(log: Log) -> Reading | None:
    """The reading of records that do not log what a trade earned; None where there is none."""
    return (
        from_totals_of_sides(log)
        or from_prices(log)
        or from_totals(log)
        or from_incomes(log)
        or from_pairs(log)
        or from_executions(log)
        or _from_orders_at_entry(log)
        or _from_outcomes(log)
    )


def from_prices(log: Log) -> Reading | None:
    """P&L = (exit - entry) x quantity, where both prices are logged.

    The quantity may be what was staked over the price. Without any, the moves themselves are left:
    in points, or in per cent of the entry.
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
    return _of_moves(log, closing, entry, out, size)


def _of_moves(
    log: Log, closing: Closing, entry: Column, out: Column, size: Column | None
) -> Reading | None:
    roles = log.roles
    if size is None and "side" not in roles and log.times.closed == []:
        return None
    opened = log.times.opened[0] if log.times.opened else None
    is_sized = size is not None and not isinstance(size, AmountOverPrice)
    moments = moments_of(log.times, log.columns, closing.rows, events=False, proved=is_sized)
    identity = identity_of(log.columns, roles, opened, closing)
    currency = currency_of(log, closing.rows)
    fees = log.fees if size is not None else []
    result = commission_fields(fees, closing.rows, log.columns, currency)
    dialect = dialect_of(result, closing, log.left_out, moments, identity, roles)
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


def _from_orders_at_entry(log: Log) -> Reading | None:
    """Executions whose price is called that of the entry, of purchases as of sales.

    side BUY    entry_price 100   stop_loss 95
    side SELL   entry_price 104   stop_loss -      sells what was bought: nothing is risked by it
    """
    roles = log.roles
    stops = [roles[role] for role in ("stop_loss", "target") if role in roles]
    if not stops or "entry_price" not in roles or {"price", "exit_price"} & roles.keys():
        return None
    side, entry = roles.get("side"), roles["entry_price"]
    if side is None:
        return None
    rows = [row for row, price in enumerate(entry.numbers) if price and row not in log.failed]
    bought = [row for row in rows if side.labels[row] == "buy"]
    sold = [row for row in rows if side.labels[row] == "sell"]
    if len(sold) < _LEAST or len(bought) + len(sold) < len(rows):
        return None
    if any(one.numbers[row] for one in stops for row in sold):
        return None
    if not all(any(one.numbers[row] for one in stops) for row in bought):
        return None
    left = ("entry_price", "stop_loss", "target")
    kept = {role: one for role, one in roles.items() if role not in left}
    found = from_executions(log._replace(roles={**kept, "price": entry}))
    if found is None or any(doubt.name == "sold_unbought" for doubt in found.doubts):
        return None
    said = f"{entry.name} is the price of sales as well, which have no {stops[0].name}"
    return found._replace(assumed=(*found.assumed, said))


def _from_outcomes(log: Log) -> Reading | None:
    """Wins and losses alone: how a trade ended is logged, though not what it earned."""
    outcome = log.roles.get("outcome")
    if outcome is None:
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
        (*moments.doubts, *identity.doubts),
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
