"""Readings of logs that have no column of P&L: from prices, from executions, from outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.assemble import dialect_of, outcome_words
from perfkit.inference.closing import Closing, closing_records
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.executions import executions_of
from perfkit.inference.identity import Identity, identity_of
from perfkit.inference.moments import Moments, moments_of
from perfkit.inference.money import commission_currency_of, commission_of, unit_of
from perfkit.inference.result import Reading, source_of
from perfkit.inference.table.columns import NUMBER, Column, names_of
from perfkit.inference.table.names import MONEY
from perfkit.inference.table.roles import LOST, WON, Times, outcome_of

_LEAST = 2


class Log(NamedTuple):
    """What is known of some records before a result is looked for."""

    columns: Sequence[Column]
    roles: dict[str, Column]
    times: Times
    fees: Sequence[Column]
    failed: set[int]
    left_out: dict[str, object]


def without_pnl(log: Log) -> Reading | None:
    """The reading of records that do not log what a trade earned; None where there is none."""
    return _from_prices(log) or from_executions(log) or _from_outcomes(log)


def _reading(
    log: Log,
    dialect: dict[str, object],
    rows: Sequence[int],
    evidence: str,
    assumed: Sequence[str],
    doubts: Sequence[Doubt],
    zone: str = "",
) -> Reading:
    unit = unit_of(MONEY, "", None, log.columns, log.roles, rows)
    return Reading(
        source=source_of(unit.currency, zone),
        dialect=dialect,
        score=30,
        closed=len(rows),
        evidence=(evidence,),
        assumed=(*assumed, *unit.assumed),
        doubts=(*doubts, *unit.doubts),
        columns=tuple(names_of(log.columns)),
    )


def _from_prices(log: Log) -> Reading | None:
    """P&L = (exit - entry) x quantity, where both prices and the quantity are logged."""
    roles = log.roles
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return None
    entry, out, size = roles["entry_price"], roles["exit_price"], roles["quantity"]
    if entry is out:
        return None
    moved = [
        None if not a or not b or not c else str((b - a) * abs(c))
        for a, b, c in zip(entry.numbers, out.numbers, size.numbers, strict=True)
    ]
    implied = Column(out.path, moved, NUMBER)
    closing = closing_records(implied, log.columns, log.times, log.failed)
    if len(closing.rows) < _LEAST or not any(implied.numbers):
        return None
    moments = moments_of(log.times, log.columns, closing.rows, events=False)
    identity = identity_of(log.columns, roles, None, closing)
    commission = commission_of(log.fees, closing.rows)
    result = {"commission": commission} if commission else {}
    dialect = dialect_of(result, closing, log.left_out, moments, identity, roles)
    doubts = [*moments.doubts, *identity.doubts]
    fields = dialect["fields"]
    assert isinstance(fields, dict)
    if "side" not in fields:
        doubts.append(
            Doubt(
                "side",
                "Are the trades long or short? No column says so.",
                (
                    Answer("long", {"fields.side": "= long"}),
                    Answer("short", {"fields.side": "= short"}),
                ),
            )
        )
    return _reading(
        log,
        dialect,
        closing.rows,
        f"{entry.name}, {out.name} and {size.name} say what each trade earned",
        (*moments.assumed, "P&L is computed from prices, less the costs that are logged"),
        doubts,
        moments.zone,
    )


def from_executions(log: Log, pnl: Column | None = None) -> Reading | None:
    """Buys and sells that are matched, first in first out; `pnl` is one that agrees with them."""
    moments = moments_of(log.times, log.columns, range(len(log.columns[0].values)), events=True)
    when = moments.columns[0] if moments.columns else None
    rows = [row for row in range(len(log.columns[0].values)) if row not in log.failed]
    found = executions_of(log.roles, when, rows)
    if found is None or not found.reducing or len(found.rows) * 2 < len(rows):
        return None
    everything = Closing(rows, {}, [], None, 0, [], [])
    if len(found.rows) < len(rows):
        side = log.roles["side"]
        words = dict.fromkeys(map(side.values.__getitem__, found.rows))
        everything = everything._replace(only={side.expression: list(words)})
    doubts = list(moments.doubts)
    fields: dict[str, object] = {"at": moments.closed_at}
    for role in ("symbol", "account", "strategy"):
        if role in log.roles:
            fields[role] = log.roles[role].expression
    plain = dialect_of(
        {}, everything, log.left_out, Moments("", "", (), (), ()), _NO_IDENTITY, log.roles
    )
    fields |= {role: log.roles[role].expression for role in ("side", "quantity", "price")}
    commission = commission_of(log.fees, found.rows)
    if commission:
        fields["commission"] = commission
        paid_in = commission_currency_of(log.columns, found.rows)
        if paid_in is not None:
            doubts.append(_costs_of_several(paid_in, found.rows))
    by = [role for role in ("account", "symbol") if role in fields]
    dialect: dict[str, object] = {
        **{key: plain[key] for key in ("only", "values") if key in plain},
        "fills": {"by": by, "match": "average" if pnl is not None else "fifo"},
        "fields": fields,
        **{key: value for key, value in _times_of(when).items() if value},
    }
    if found.shorting and pnl is None:
        doubts.append(_sold_unbought(len(found.shorting), len(found.rows)))
    if pnl is None and _share_symbols(log, found.rows):
        doubts.append(_books(log.roles["strategy"], by))
    return _reading(
        log,
        dialect,
        found.reducing,
        "buys and sells with quantity and price are matched",
        (*moments.assumed, "P&L is matched from executions, less the costs that are logged"),
        doubts,
        moments.zone,
    )


_NO_IDENTITY = Identity((), False, False, ())


def _times_of(when: Column | None) -> dict[str, object]:
    return {} if when is None else {"time_unit": when.unit, "time_format": when.layout}


def _costs_of_several(paid_in: Column, rows: Sequence[int]) -> Doubt:
    """Costs of fills that are paid in several currencies, which cannot be added."""
    codes = sorted({str(paid_in.values[row]) for row in rows if paid_in.present[row]})
    return Doubt(
        "cost_currencies",
        f"Costs are paid in {' and '.join(codes)}, which cannot be added; what of them?",
        (Answer("leave all costs out", {"fields.commission": None}),),
    )


def _share_symbols(log: Log, rows: Sequence[int]) -> bool:
    """Whether several strategies trade the same symbol."""
    strategy, symbol = log.roles.get("strategy"), log.roles.get("symbol")
    if strategy is None or symbol is None:
        return False
    pairs = {(symbol.labels[row], strategy.labels[row]) for row in rows}
    return len(pairs) > len({name for name, _ in pairs})


def _books(strategy: Column, by: Sequence[str]) -> Doubt:
    return Doubt(
        "books",
        f"Does each {strategy.name} hold positions of its own?",
        (
            Answer("no, they share one position", {}),
            Answer("yes", {"fills.by": [*by, "strategy"]}),
        ),
    )


def _sold_unbought(count: int, total: int) -> Doubt:
    return Doubt(
        "sold_unbought",
        f"{count} of {total} executions sell more than was bought before; what are they?",
        (
            Answer("short positions", {"fills.short": True}),
            Answer("sales of what was bought before the log began", {"fills.short": False}),
        ),
    )


def agrees_with_executions(log: Log, pnl: Column, when: Column | None) -> bool:
    """Whether a P&L, before costs, is what matching the executions gives, and 0 elsewhere."""
    rows = [row for row in range(len(pnl.values)) if row not in log.failed]
    found = executions_of(log.roles, when, rows)
    if found is None or not found.reducing:
        return False
    earned = [row for row in found.rows if pnl.numbers[row]]
    compared = [row for row in earned if row in found.gross]
    if not earned or len(compared) * 100 < 97 * len(earned):
        return False
    agreed = 0
    for row in compared:
        said = pnl.numbers[row] or Decimal(0)
        agreed += abs(said - found.gross[row]) <= abs(said) * Decimal("0.005") + Decimal("0.01")
    return agreed * 10 >= 9 * len(compared)


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
    amount = _signed_as(outcome, log.columns, rows)
    return _reading(
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
    )


def _signed_as(outcome: Column, columns: Sequence[Column], rows: Sequence[int]) -> Column | None:
    """A column of numbers that are above 0 in every win and below 0 in every loss."""
    said = {row: outcome_of(outcome.labels[row]) for row in rows}
    for column in columns:
        if column.kind != NUMBER or column is outcome:
            continue
        fits = (
            number is not None
            and (said[row] != WON or number > 0)
            and (said[row] != LOST or number < 0)
            for row in rows
            for number in (column.numbers[row],)
        )
        if all(fits):
            return column
    return None


def _is_amount(column: Column) -> Doubt:
    return Doubt(
        "amount",
        f"{column.name} has the sign of each outcome; is it what a trade earned?",
        (
            Answer("yes", {"fields.net_pnl": column.expression}),
            Answer("no, count wins and losses alone", {}),
        ),
    )
