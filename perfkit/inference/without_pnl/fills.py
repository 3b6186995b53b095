"""Readings of executions: buys and sells that are matched into trades."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.assemble import dialect_of
from perfkit.inference.doubts import LESS_COSTS, Answer, Doubt
from perfkit.inference.identity import Identity
from perfkit.inference.moments import Moments, moments_of
from perfkit.inference.money import commission_of
from perfkit.inference.proof.execution_fields import with_filled_quantity, with_proved_fields
from perfkit.inference.proof.executions import Executions, executions_of
from perfkit.inference.proof.multipliers import Worth, worth_of_one
from perfkit.inference.proof.option_sizes import OptionSizes, are_plain, fee_of, option_sizes
from perfkit.inference.proof.paid_amounts import fee_by_rate, fee_in_amount, worth_with_fees
from perfkit.inference.questions.groups import executions_again
from perfkit.inference.questions.paid_in import (
    commission_currency_of,
    fees_in_others,
    in_lists,
    of_unread,
    written_in_others,
)
from perfkit.inference.questions.repeated_fills import bought_twice, numbered_again
from perfkit.inference.questions.sizes import (
    contract_size,
    quantity_or_money,
    size_of_fees,
    size_of_value,
    some_are_options,
)
from perfkit.inference.records.closing import Closing
from perfkit.inference.records.holding_changes import changes_of_holdings
from perfkit.inference.records.kinds import (
    effect_of_all,
    effects_of,
    entry_and_exit_words,
    fill_records,
)
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import Column
from perfkit.inference.table.derived_columns import AmountOverPrice
from perfkit.inference.table.roles import directions
from perfkit.inference.without_pnl.books import NO_BOOKS, books_of
from perfkit.inference.without_pnl.coded_sides import with_coded_side
from perfkit.inference.without_pnl.instruments import names_options, options_of, without_end
from perfkit.inference.without_pnl.log_facts import Log, currency_of, of_stake, reading_of
from perfkit.inference.without_pnl.markets import (
    may_be_of_a_market,
    of_a_market,
    of_one_market,
    of_whole_market,
)
from perfkit.inference.without_pnl.newest_first import order_of_equal_times
from perfkit.inference.without_pnl.other_sides import with_other_sides
from perfkit.inference.without_pnl.signals import are_signals
from perfkit.inference.without_pnl.turns import POINTS_OF_ONE, OfOne, of_one_unit_each, take_turns
from perfkit.inference.without_pnl.unfilled import of_unfilled


def from_executions(log: Log, pnl: Column | None = None) -> Reading | None:
    """Buys and sells that are matched, first in first out; `pnl` is one that agrees with them."""
    times = log.times.of_orders()
    moments = moments_of(times, log.columns, range(len(log.columns[0].values)), events=True)
    when = moments.columns[0] if moments.columns else None
    log, rows = _executed(log)
    if _are_of_positions(log, rows) or are_signals(log, rows) or _are_whole(log, rows):
        return None
    log, coded = with_coded_side(log, rows)
    log, other = with_other_sides(log, rows)
    if take_turns(log, rows):
        log = log._replace(roles={**log.roles, "quantity": of_one_unit_each(log)})
    order = None if when is None else order_of_equal_times(log.columns, when, rows)
    in_time = rows if order is None else rows[::-1]
    found = executions_of(log.roles, when, in_time)
    if found is None or when is None or not found.reducing:
        return None
    idle = _idle(log, rows)
    if len(found.rows) * 2 < len(rows) - len(idle):
        return None
    options = None if pnl is not None else options_of(log, when, in_time, found)
    found = found if options is None else options.found
    read = _read(log, moments, found, is_logged=pnl is not None)
    by: list[str] = [role for role in ("account", "symbol") if role in read.fields]
    by += [] if options is None else [one.expression for one in options.columns]
    is_apart = pnl is not None or options is not None
    books = NO_BOOKS if is_apart else books_of(log, when, in_time, found, by)
    by += books.by
    found = books.apart or found
    dialect: dict[str, object] = {
        **_conditions(log, rows, found.rows, is_idle=bool(idle)),
        "fills": {"by": by, **_matching(log, found, read.worth, order, is_logged=pnl is not None)},
        "fields": {**read.fields, **books.fields},
        **{key: value for key, value in _times_of(when).items() if value},
    }
    doubts = [*moments.doubts, *books.doubts, *read.doubts]
    is_sized = pnl is not None or read.worth is not None or bool(read.doubts)
    doubts += _doubts(log, found, when, by, is_logged=pnl is not None, is_sized=is_sized)
    doubts += [one for one in (coded, other) if one is not None]
    return reading_of(
        log,
        dialect,
        found.reducing,
        "buys and sells with quantity and price are matched",
        (*moments.assumed, *books.assumed, *read.assumed),
        doubts,
        moments.zone,
    )


class _Read(NamedTuple):
    """The fields of executions, what is taken for granted, and what one of a quantity is worth."""

    fields: dict[str, object]
    assumed: list[str]
    worth: Worth | None
    doubts: list[Doubt]


def _read(log: Log, moments: Moments, found: Executions, *, is_logged: bool) -> _Read:
    fields = _fields(log, moments, found.rows)
    assumed, doubts = _of_sales(log, found), list[Doubt]()
    worth = None if is_logged else _worth(log, found.rows)
    sized = None if is_logged or worth is not None else _option_sizes(log, found.rows)
    if not is_logged and not log.fees:
        assumed += _with_fee(fields, log, found.rows, worth, sized)
    size = log.roles["quantity"]
    if sized is not None and not sized.expression:
        doubts.append(some_are_options(sized.column, size, log.roles["price"]))
    elif sized is not None:
        fields["quantity"] = sized.expression
        assumed.append(f"options are of 100 shares, as {sized.column.name} shows")
        worth = Worth(sized.column, Decimal(100), is_sure=True)
    elif worth is not None and not worth.is_sure:
        doubts.append(size_of_value(worth, size, log.roles["price"]))
    elif worth is not None:
        price = log.roles["price"]
        fields["quantity"] = f"{size.expression} * {worth.factor:f}"
        said = f"{worth.column.name} is {size.name} x {price.name} x {worth.factor:f}"
        assumed.append(f"{said}, which is what one of {size.name} is worth")
    elif not is_logged and not isinstance(size, OfOne | AmountOverPrice):
        said = "is worth its price; write `multiplier:` in a workspace if not"
        assumed.append(f"one of {size.name} {said}")
    assumed.append("P&L is matched from executions" + LESS_COSTS * ("commission" in fields))
    return _Read(fields, assumed, worth, doubts)


def _worth(log: Log, rows: Sequence[int]) -> Worth | None:
    size = log.roles["quantity"]
    if isinstance(size, OfOne | AmountOverPrice):
        return None
    facts = (log.roles, log.columns, rows)
    return worth_of_one(*facts) or worth_with_fees(*facts)


def _executed(log: Log) -> tuple[Log, list[int]]:
    """The records that may be executions, with their quantity and price as far as these show."""
    rows = [row for row in range(len(log.columns[0].values)) if row not in log.failed]
    fills, marked = fill_records(log.columns)
    if fills:
        rows = [row for row in rows if row in fills]
        log = log._replace(left_out={**log.left_out, **marked})
    roles = with_filled_quantity(log.roles, log.columns, rows)
    return log._replace(roles=with_proved_fields(roles, log.columns, rows)), rows


_COVERED = "sales of more than was held are short positions: all of it was bought back"
_OF_EFFECT = {
    "open": "sales of more than was held are short positions: the records say that they open one",
    "close": "sales of more than was held are of positions from before the log began: the records "
    "say that they close one",
}
_MANY = 100
_CENT = Decimal("0.01")
_NEARLY = Decimal("1e-6")
_LEAST_CLOSED = 3


def _with_fee(
    fields: dict[str, object],
    log: Log,
    rows: Sequence[int],
    worth: Worth | None,
    sized: OptionSizes | None,
) -> list[str]:
    """Writes the fee that is in an amount or logged as a rate, and returns what that assumes."""
    if sized is not None and sized.expression:
        fields["commission"] = fee_of(sized, log.roles)
        return [f"{sized.column.name} includes the fee: purchases cost more than they are worth"]
    factor = worth.factor if worth is not None and worth.is_sure else Decimal(1)
    if (paid := fee_in_amount(log.roles, log.columns, rows, factor)) is not None:
        fields["commission"] = paid.commission
        name = paid.column.name
        return [f"{name} includes the fee: purchases cost more than quantity x price"]
    paid = fee_by_rate(log.roles, log.columns, rows) if worth is None and sized is None else None
    if paid is None:
        return []
    fields["commission"] = paid.commission
    return [f"{paid.column.name} is what part of quantity x price the fee was"]


def _option_sizes(log: Log, rows: Sequence[int]) -> OptionSizes | None:
    """Of how many shares options are, beside shares, as amounts show."""
    if isinstance(log.roles["quantity"], OfOne | AmountOverPrice):
        return None
    return option_sizes(log.roles, log.columns, rows)


def _matching(
    log: Log, found: Executions, worth: Worth | None, order: Column | None, *, is_logged: bool
) -> dict[str, object]:
    """How executions are matched; a P&L that is logged is that of an average cost."""
    matching: dict[str, object] = {"match": "average" if is_logged else "fifo"}
    if not is_logged and _effect_of_sales(log, found) == "close":
        matching["short"] = False
    if not is_logged and _is_dust(log, found):
        matching["dust"] = found.rounding * (worth.factor if worth and worth.is_sure else 1)
    return matching if order is None else {**matching, "order": order.expression}


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


def _fields(log: Log, moments: Moments, rows: Sequence[int]) -> dict[str, object]:
    fields: dict[str, object] = {"at": moments.closed_at}
    for role in ("symbol", "account", "strategy", "side", "quantity", "price"):
        if role in log.roles:
            fields[role] = log.roles[role].expression
    commission = commission_of(log.fees, rows)
    return {**fields, "commission": commission} if commission else fields


def _idle(log: Log, rows: Sequence[int]) -> list[int]:
    """The records with a quantity of 0 and no price, on which nothing was bought or sold."""
    size, price = log.roles["quantity"], log.roles["price"]
    return [row for row in rows if size.numbers[row] == 0 and price.numbers[row] is None]


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


def _repeated(log: Log, rows: Sequence[int], when: Column) -> Doubt | None:
    return (
        executions_again(log.columns, rows)
        or numbered_again(log.columns, log.roles, when, rows)
        or bought_twice(log.roles, rows)
    )


def _doubts(
    log: Log,
    found: Executions,
    when: Column,
    by: Sequence[str],
    *,
    is_logged: bool,
    is_sized: bool,
) -> list[Doubt]:
    doubts = []
    size, price = log.roles["quantity"], log.roles["price"]
    symbol = next(filter(names_options, log.columns), log.roles.get("symbol"))
    if isinstance(size, OfOne):
        doubts.append(POINTS_OF_ONE)
    if isinstance(size, AmountOverPrice) and not _sells_what_it_bought(log, found):
        doubts.append(of_stake(size, "paid in each execution"))
    currency = currency_of(log, found.rows)
    paid_in = commission_currency_of(log.columns, found.rows, currency)
    if paid_in is not None and commission_of(log.fees, found.rows):
        doubts.append(_costs_of_several(paid_in, found.rows, currency))
    elif (unread := written_in_others(log.fees, found.rows, currency)) is not None:
        answer = Answer("leave all costs out", {"fields.commission": None})
        doubts.append(of_unread(unread, currency, [answer]))
    elif (unread := in_lists(log.columns)) is not None:
        count = {"fields.commission": f"sum({unread.expression}[*].cost)"}
        answers = [Answer(f"subtract them, as {currency}", {**count}), Answer("leave them out", {})]
        doubts.append(of_unread(unread, currency, answers))
    if found.shorting and not (found.are_covered or is_logged or _effect_of_sales(log, found)):
        asked = _sold_unbought(len(found.shorting), len(found.rows))
        none = [of_a_market()] if may_be_of_a_market(log, found.rows) else []
        doubts.append(asked._replace(answers=(*asked.answers, *none)))
    unsure = [
        of_one_market(log, found.rows, by) or (None if is_logged else of_whole_market(log, found)),
        _repeated(log, found.rows, when),
        quantity_or_money(size, price, found.rows, is_fill=True),
        of_unfilled(log.columns, found.rows),
        without_end(log, found.rows),
        changes_of_holdings(log.columns, log.roles, found.rows),
        None
        if is_sized or are_plain(log.roles, log.columns, found.rows)
        else contract_size(log.columns, symbol, size, price, found.rows),
        None
        if is_sized or fees_in_others(log.columns, currency)
        else size_of_fees(log.roles, log.fees, found.rows),
    ]
    return [*doubts, *filter(None, unsure)]


def _of_sales(log: Log, found: Executions) -> list[str]:
    """What is taken for granted of sales of what was not held."""
    if effect := _effect_of_sales(log, found):
        return [_OF_EFFECT[effect]]
    return [_COVERED] if found.shorting and found.are_covered else []


def _effect_of_sales(log: Log, found: Executions) -> str:
    """What the records say of sales of what was not held: that they open or close a position."""
    return effect_of_all(log.columns, found.shorting) if found.shorting else ""


def _sells_what_it_bought(log: Log, found: Executions) -> bool:
    """Whether an amount over the price is each time the quantity that was bought before.

    So it is where the amount is all that an account holds, which grows as the price does. What is
    paid in each execution buys another quantity at another price.
    """
    ways, sizes = directions(log.roles["side"]), log.roles["quantity"].numbers
    symbols = log.roles["symbol"].labels if "symbol" in log.roles else [""] * len(ways)
    held: dict[str, Decimal] = {}
    closed = 0
    for row in found.rows:
        size, name = abs(sizes[row] or Decimal(0)), symbols[row]
        if name not in held and ways[row] > 0:
            held[name] = size
        elif name in held and ways[row] < 0 and abs(held.pop(name) - size) <= size * _NEARLY:
            closed += 1
        else:
            return False
    return closed >= _LEAST_CLOSED


_NO_IDENTITY = Identity((), False, False, ())


def _times_of(when: Column | None) -> dict[str, object]:
    return {} if when is None else {"time_unit": when.unit, "time_format": when.layout}


def _costs_of_several(paid_in: Column, rows: Sequence[int], currency: str) -> Doubt:
    """Costs of fills that are paid in other currencies, which cannot be added."""
    codes = sorted({str(paid_in.values[row]) for row in rows if paid_in.present[row]})
    answers = [Answer("leave all costs out", {"fields.commission": None})]
    if currency in map(str.upper, codes):
        only: dict[str, object] = {"fields.commission_currency": paid_in.expression}
        answers.insert(0, Answer(f"only those in {currency} count", only))
    asked = f"Costs are paid in {' and '.join(codes)}, and results are in {currency}"
    return Doubt("cost_currencies", f"{asked}; how should the costs count?", tuple(answers))


def _sold_unbought(count: int, total: int) -> Doubt:
    return Doubt(
        "sold_unbought",
        f"{count} of {total} executions sell more than was bought before; what are they?",
        (
            Answer("short positions", {"fills.short": True}),
            Answer("sales of what was bought before the log began", {"fills.short": False}),
        ),
    )


def adds_up_executions(log: Log, total: Column, when: Column | None) -> bool:
    """Whether a column is the total so far of what matching the executions gives."""
    rows = [row for row in range(len(total.values)) if row not in log.failed]
    found = executions_of(log.roles, when, rows)
    if found is None or len(found.reducing) < 2:
        return False
    so_far = Decimal(0)
    compared = agreed = 0
    for row in found.rows:
        so_far += found.gross.get(row, Decimal(0))
        said = total.numbers[row]
        if said is not None:
            compared += 1
            allowed = Decimal("0.01") + abs(so_far) * Decimal("0.001") + total.step
            agreed += abs(said - so_far) <= allowed
    return compared > 2 and agreed * 10 >= 9 * compared


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
