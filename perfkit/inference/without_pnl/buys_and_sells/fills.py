"""Readings of executions: buys and sells that are matched into trades."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.keys.assemble import dialect_of
from perfkit.inference.keys.identity import Identity
from perfkit.inference.keys.trade_times import Moments, keys_of_times, moments_of
from perfkit.inference.proof.executions import Executions, executions_of
from perfkit.inference.proof.quantities.execution_fields import (
    with_filled_quantity,
    with_proved_fields,
)
from perfkit.inference.proof.quantities.multipliers import Worth
from perfkit.inference.records.closing import Closing
from perfkit.inference.records.filled import fill_records, only_orders
from perfkit.inference.records.order_effects import effects_of, entry_and_exit_words
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import Column
from perfkit.inference.without_pnl.buys_and_sells.books import NO_BOOKS, books_of
from perfkit.inference.without_pnl.buys_and_sells.fill_fields import fields_of_fills
from perfkit.inference.without_pnl.buys_and_sells.fill_questions import doubts_of_fills
from perfkit.inference.without_pnl.buys_and_sells.instruments import options_of
from perfkit.inference.without_pnl.buys_and_sells.newest_first import order_of
from perfkit.inference.without_pnl.buys_and_sells.openings import (
    are_sizes_of_positions,
    have_stops_and_targets,
)
from perfkit.inference.without_pnl.buys_and_sells.signals import are_signals
from perfkit.inference.without_pnl.buys_and_sells.turns import of_one_unit_each, take_turns
from perfkit.inference.without_pnl.buys_and_sells.unbought import effect_of_sales
from perfkit.inference.without_pnl.log_facts import Log, reading_of
from perfkit.inference.without_pnl.which_side.coded_sides import with_coded_side
from perfkit.inference.without_pnl.which_side.order_sides import with_orders
from perfkit.inference.without_pnl.which_side.other_sides import with_other_sides
from perfkit.inference.without_pnl.which_side.redeemed import redeemed


def from_executions(log: Log, pnl: Column | None = None) -> Reading | None:
    """Buys and sells that are matched, first in first out; `pnl` is one that agrees with them."""
    times = log.times.of_orders()
    moments = moments_of(times, log.columns, _filled(log), events=True)
    when = moments.columns[0] if moments.columns else None
    log, rows = _executed(log)
    if _are_others(log, rows):
        return None
    log, coded = with_coded_side(with_orders(log, when, rows), rows)
    log, other = with_other_sides(log, rows)
    if take_turns(log, rows):
        log = log._replace(roles={**log.roles, "quantity": of_one_unit_each(log)})
    order = order_of(log.columns, log.roles, when, rows)
    found = executions_of(log.roles, when, order.rows)
    if found is None or when is None or not found.reducing or are_sizes_of_positions(log, found):
        return None
    idle = _idle(log, rows)
    if len(found.rows) * 2 < len(set(_filled(log)).intersection(rows)) - len(idle):
        return None
    options = None if pnl is not None else options_of(log, when, order.rows, found)
    found = found if options is None else options.found
    read = fields_of_fills(log, moments, found, is_logged=pnl is not None)
    by: list[str] = [role for role in ("account", "symbol") if role in read.fields]
    by += [] if options is None else [one.expression for one in options.columns]
    is_apart = pnl is not None or options is not None
    books = NO_BOOKS if is_apart else books_of(log, when, order.rows, found, by)
    by += books.by
    found = books.apart or found
    matching = {**_matching(log, found, read.worth, is_logged=pnl is not None), **order.keys}
    dialect: dict[str, object] = {
        **_conditions(log, rows, found.rows, is_idle=bool(idle)),
        "fills": {"by": by, **matching},
        "fields": {**read.fields, **books.fields},
        **keys_of_times(when),
    }
    doubts = [*moments.doubts, *books.doubts, *read.doubts]
    is_sized = pnl is not None or read.worth is not None or bool(read.doubts)
    doubts += doubts_of_fills(log, found, when, by, is_logged=pnl is not None, is_sized=is_sized)
    doubts += [one for one in (coded, other or redeemed(log, rows)) if one is not None]
    return reading_of(
        log,
        dialect,
        found.reducing,
        "buys and sells with quantity and price are matched",
        (*moments.assumed, *books.assumed, *read.assumed, *order.assumed),
        doubts,
        moments.zone,
    )


def _are_others(log: Log, rows: Sequence[int]) -> bool:
    """Whether records are no executions, but orders, signals, positions or whole trades."""
    if only_orders(log.columns) or are_signals(log, rows) or have_stops_and_targets(log, rows):
        return True
    return _are_of_positions(log, rows) or _are_whole(log, rows)


def _executed(log: Log) -> tuple[Log, list[int]]:
    """The records that may be executions, with their quantity and price as far as these show."""
    rows = [row for row in range(len(log.columns[0].values)) if row not in log.failed]
    fills, marked = fill_records(log.columns)
    if fills:
        rows = [row for row in rows if row in fills]
        log = log._replace(left_out={**log.left_out, **marked})
    roles = with_filled_quantity(log.roles, log.columns, rows)
    return log._replace(roles=with_proved_fields(roles, log.columns, rows)), rows


_MANY = 100
_CENT = Decimal("0.01")


def _matching(
    log: Log, found: Executions, worth: Worth | None, *, is_logged: bool
) -> dict[str, object]:
    """How executions are matched; a P&L that is logged is that of an average cost."""
    matching: dict[str, object] = {"match": "average" if is_logged else "fifo"}
    if not is_logged and effect_of_sales(log, found) in ("close", "rest"):
        matching["short"] = False
    if _is_dust(log, found):
        matching["dust"] = found.rounding * (worth.factor if worth and worth.is_sure else 1)
    return matching


def _is_dust(log: Log, found: Executions) -> bool:
    """Whether what rounding leaves of positions is next to nothing, and worth less than a cent."""
    dearest = max(abs(log.roles["price"].numbers[row] or Decimal(0)) for row in found.rows)
    is_little = found.rounding * _MANY <= _least(log, found.rows)
    return bool(found.rounding) and is_little and found.rounding * dearest < _CENT


def _least(log: Log, rows: Sequence[int]) -> Decimal:
    """The smallest quantity, beside which what is left of a rounded one is nothing."""
    return min(abs(log.roles["quantity"].numbers[row] or Decimal(0)) for row in rows)


def _are_of_positions(log: Log, rows: Sequence[int]) -> bool:
    """Whether sides are those of positions, so that nothing is bought and sold by them.

    Then `LONG` opens as well as closes, or all records only open.
    """
    effects = effects_of(log.columns)
    side = log.roles.get("side")
    if side is None:
        return False
    if all("signal" in side.labels[row] for row in rows if side.present[row]):
        return True  # of what might be bought
    of_positions = all(side.labels[row] in ("long", "short") for row in rows if side.present[row])
    if of_positions and {"stop_loss", "target"} <= log.roles.keys():
        return True
    if {"open"} in effects or (of_positions and {"open", "close"} in effects):
        return True
    return of_positions and any(all(entry_and_exit_words(one)) for one in log.columns)


def _are_whole(log: Log, rows: Sequence[int]) -> bool:
    """Whether most records have a time of opening and a later one of a close, as trades have."""
    if not log.times.opened or not log.times.closed:
        return False
    opened, closed = log.times.opened[0], log.times.closed[0]
    if not {"open", "entry"} & {*opened.words} or not {"close", "exit"} & {*closed.words}:
        return False
    pairs = [(opened.instant(row), closed.instant(row)) for row in rows]
    later = sum(a is not None and b is not None and a < b for a, b in pairs)
    return later * 2 > len(rows)


def _idle(log: Log, rows: Sequence[int]) -> list[int]:
    """The records with a quantity of 0 and no price, on which nothing was bought or sold."""
    size, price = log.roles["quantity"], log.roles["price"]
    return [row for row in rows if size.numbers[row] == 0 and not price.numbers[row]]


def _filled(log: Log) -> list[int]:
    """The records with some part of a trade, other than the lines of a form that follow them."""
    parts = list(log.roles.values())
    return [
        row for row in range(len(log.columns[0].values)) if any(one.present[row] for one in parts)
    ]


def _conditions(
    log: Log, rows: list[int], executed: Sequence[int], *, is_idle: bool
) -> dict[str, object]:
    """The conditions and the words of a dialect that leave executions alone."""
    everything = Closing(list(executed), {}, [], None, 0, [], [])
    side = log.roles.get("side")
    if len(executed) < len(rows) and side is not None:
        words = dict.fromkeys(map(side.values.__getitem__, executed))
        everything = everything._replace(only={side.expression: list(words)})
    elif is_idle:
        everything = everything._replace(only={log.roles["quantity"].expression: {"not": 0}})
    nothing = Moments("", "", (), (), ())
    plain = dialect_of({}, everything, log.left_out, nothing, _NO_IDENTITY, log.roles)
    return {key: plain[key] for key in ("only", "values") if key in plain}


_NO_IDENTITY = Identity((), False, False, ())
