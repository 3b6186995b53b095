"""Readings of buys and sells that log what is held after each, and not what was traded.

    BUY   price 50   shares_after 20   cash_after 0
    HOLD  price 52   shares_after 20   cash_after 0
    SELL  price 55   shares_after 0    cash_after 1100

A trade is from nothing held to nothing held, of as many as were held after its opening.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.keys.trade_times import keys_of_times, moments_of
from perfkit.inference.records.kinds import CLOSING, logged
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log, reading_of
from perfkit.inference.words.names import word_set, words

_HELD = word_set(
    "position positions pos shares share holding holdings held inventory coins coin units qty "
    "quantity size amount stock asset btc eth"
)
_NOT_HELD = word_set("value worth price cash usd usdt entry avg average pct percent max min cost")
_CASH = word_set("cash balance capital bankroll wallet money funds usdt usd")
_LEAST = 2
_MOST_COSTS = Decimal("0.02")
_EXACT = Decimal("1e-7")
_ROUGH = Decimal("1e-5")
_PLACES = 6
"""A rest so many places below the smallest quantity is what dividing leaves."""


class _Turns(NamedTuple):
    """Rows that open and close positions, with the one that opened each, and the words of these."""

    held: Column
    action: Column
    opened_by: dict[int, int]
    entries: list[int]


class _Cash(NamedTuple):
    """A column of cash that moves by the trades, and for what parts of them.

    Of each 1 that is paid `bought` is the worth of what is held then, and of each 1 that is sold
    `sold` comes back. The cash `is_shared` by all symbols.
    """

    column: Column
    bought: list[Decimal]
    sold: list[Decimal]
    is_all_in: bool
    is_shared: bool


def from_holdings(log: Log) -> Reading | None:
    """The records as trades from nothing held to nothing held; None where they are none."""
    times = log.times.of_orders()
    rows = [row for row in range(len(log.columns[0].values)) if row not in log.failed]
    moments = moments_of(times, log.columns, rows, events=True)
    price = log.roles.get("price")
    if not moments.columns or price is None or "entry_price" in log.roles:
        return None
    when = moments.columns[0]
    rows = sorted(
        (row for row in rows if when.instants[row]), key=lambda row: when.instant(row) or 0
    )
    turns = _turns(log, price, rows)
    if turns is None or _is_traded(log, turns):
        return None
    cash = _cash(log, turns, price, rows)
    is_flag = {abs(turns.held.numbers[row] or 0) for row in turns.entries} == {1}
    if cash is None and (is_flag or len(turns.opened_by) < _LEAST):
        return None
    is_without_key = not {"symbol", "account"} & log.roles.keys()
    if is_without_key and (cash is None or not _is_all_sold(cash)):
        return None
    return _read(log, turns, price, cash)


def _is_traded(log: Log, turns: _Turns) -> bool:
    """Whether a quantity is logged as well, by as much as what is held moves in each record."""
    size = log.roles.get("quantity")
    if size is None or size is turns.held or "side" not in log.roles:
        return False
    rows = [*turns.entries, *turns.opened_by]
    held = turns.held.numbers
    moved = {row: held[row] for row in turns.entries}
    moved |= {row: held[opened] for row, opened in turns.opened_by.items()}
    return all(abs(size.numbers[row] or 0) == abs(moved[row] or 0) for row in rows)


def _is_all_sold(cash: _Cash) -> bool:
    """Whether cash is nothing but what the last sale brought, without costs."""
    return cash.is_all_in and all(abs(one - 1) <= _ROUGH for one in (*cash.bought, *cash.sold))


def _turns(log: Log, price: Column, rows: Sequence[int]) -> _Turns | None:
    """The first column of holdings and of actions of which one moves as the other says."""
    sides = [
        one
        for one in log.columns
        if one.kind == TEXT and one.has_few_words and any(directions(one))
    ]
    for held in log.columns:
        said = set(held.words)
        if held.kind != NUMBER or not said & _HELD or said & _NOT_HELD or held is price:
            continue
        for action in sides:
            turns = _followed(held, action, log, price, rows)
            if turns is not None:
                return turns
    return None


def _followed(
    held: Column, action: Column, log: Log, price: Column, rows: Sequence[int]
) -> _Turns | None:
    """The positions that a column of actions opens and closes, where all that is held is by it."""
    ways = directions(action)
    closing = {label for label in action.distinct if set(words(label)) & CLOSING}
    symbols = log.roles["symbol"].labels if "symbol" in log.roles else [""] * len(ways)
    now: dict[str, Decimal] = {}
    opener: dict[str, int] = {}
    turns = _Turns(held, action, {}, [])
    idle: set[str] = set()
    for row in rows:
        size, name, label = held.numbers[row], symbols[row], action.labels[row]
        if size is None:
            return None
        before = now.get(name, Decimal(0))
        now[name] = size
        if size == before and not ways[row] and label not in closing:
            idle.add(label)
            continue
        if bool(before) == bool(size) or not price.numbers[row]:
            return None
        if ways[row] and (size > before) != (ways[row] > 0):
            return None
        if before:
            turns.opened_by[row] = opener[name]
        elif ways[row]:
            opener[name] = row
            turns.entries.append(row)
        else:
            return None
    opening = {action.labels[row] for row in turns.entries}
    ending = {action.labels[row] for row in turns.opened_by}
    if opening & ending:  # of a word that opens and closes, the rest of 0 would be the quantity
        return None
    return turns if turns.opened_by and not (opening | ending) & idle else None


def _cash(log: Log, turns: _Turns, price: Column, rows: Sequence[int]) -> _Cash | None:
    """The cash that each purchase lessens by about its price, and each sale raises."""
    symbols = log.roles["symbol"].labels if "symbol" in log.roles else [""] * len(price.values)
    for column in log.columns:
        if column.kind != NUMBER or not set(column.words) & _CASH or column is turns.held:
            continue
        for labels in ([""] * len(symbols), symbols):
            found = _moved(column, turns, price, rows, labels)
            if found is not None:
                return found
    return None


def _moved(
    column: Column, turns: _Turns, price: Column, rows: Sequence[int], labels: Sequence[str]
) -> _Cash | None:
    before: dict[str, Decimal] = {}
    cash = _Cash(column, [], [], is_all_in=True, is_shared=len(set(labels)) == 1)
    entries = set(turns.entries)
    for row in rows:
        after, first = column.numbers[row], before.get(labels[row])
        if after is None:
            return None
        before[labels[row]] = after
        opened = row if row in entries else turns.opened_by.get(row)
        if opened is None:
            continue
        worth = (turns.held.numbers[opened] or Decimal(0)) * (price.numbers[row] or Decimal(0))
        if opened == row and after > abs(worth) * _EXACT:
            cash = cash._replace(is_all_in=False)
        if first is None or first == after:
            continue
        parts = cash.bought if opened == row else cash.sold
        parts.append(worth / (first - after) if opened == row else (after - first) / worth)
    seen = [*cash.bought, *cash.sold]
    if not cash.sold or not all(1 - _MOST_COSTS <= one <= 1 + _ROUGH for one in seen):
        return None
    return cash if len(seen) * 2 >= len(entries) + len(turns.opened_by) else None


def _fields(log: Log, turns: _Turns, price: Column, at: str) -> dict[str, object]:
    """The fields of a trade, the quantity from the record that opens it."""
    roles, held, action = log.roles, turns.held, turns.action
    words_of = logged(action, {action.labels[row] for row in turns.entries})
    sizes = [f'where({held.expression}, {action.expression}, "{one}")' for one in words_of]
    size = " or ".join(sizes)
    are_short = any((held.numbers[row] or 0) < 0 for row in turns.entries)
    parts = ("symbol", "strategy", "account")
    return {
        "closed_at": at,
        "opened_at": at,
        **{role: roles[role].expression for role in parts if role in roles},
        "side": action.expression,
        "quantity": f"abs({size})" if are_short else size,
        "entry_price": price.expression,
        "exit_price": price.expression,
    }


def _read(log: Log, turns: _Turns, price: Column, cash: _Cash | None) -> Reading:
    roles, held, action = log.roles, turns.held, turns.action
    by = [roles[role].expression for role in ("symbol", "account") if role in roles]
    closes = list(turns.opened_by)
    rows = sorted([*turns.entries, *closes])
    moments = moments_of(log.times.of_orders(), log.columns, rows, events=True)
    fields = _fields(log, turns, price, moments.closed_at)
    costs = _costs(cash, price, str(fields["quantity"]))
    if costs.commission:
        fields["commission"] = costs.commission
    sides = _sides(turns, is_fills=not by)
    only = {action.expression: logged(action, {action.labels[row] for row in rows})}
    dialect: dict[str, object] = {
        "only": {**log.left_out, **only},
        "open_when": {held.expression: {"not": 0}},
        "pair": {"by": by, "order": "fifo"},
        "fields": fields,
        "values": {"side": sides},
        **({"combine": {"commission": "sum"}} if costs.commission else {}),
    }
    if not by:
        kept = {key: dialect[key] for key in ("only", "values")}
        dialect = {**kept, **_as_fills(turns, fields, cash)}
    dialect |= keys_of_times(moments.columns[0])
    return reading_of(
        log,
        dialect,
        closes,
        f"{held.name} is what is held after each {action.name}",
        (*moments.assumed, *costs.assumed),
        (*moments.doubts, *costs.doubts),
        moments.zone,
        has_amounts=cash is None or not cash.is_shared,
    )


def _sides(turns: _Turns, *, is_fills: bool) -> dict[str, str]:
    """What the words of actions mean; a word that only closes has the side of what it closes.

    Of executions, that is the other one.
    """
    values, sides = turns.action.values, dict[str, str]()
    for row in turns.entries:
        sides[str(values[row])] = _side(turns.held.numbers[row])
    for row, opened in turns.opened_by.items():
        size = turns.held.numbers[opened] or Decimal(0)
        sides.setdefault(str(values[row]), _side(-size if is_fills else size))
    return sides


def _side(size: Decimal | None) -> str:
    return "long" if (size or 0) > 0 else "short"


def _as_fills(turns: _Turns, fields: dict[str, object], cash: _Cash | None) -> dict[str, object]:
    """The same as executions, where no field pairs them: what all the cash came from was sold."""
    assert cash is not None
    own = ("strategy", "side", "commission")
    bought, price = fields["quantity"], fields["exit_price"]
    least = min(abs(turns.held.numbers[row] or Decimal(0)) for row in turns.entries)
    return {
        "fills": {"by": [], "match": "fifo", "dust": Decimal(1).scaleb(least.adjusted() - _PLACES)},
        "fields": {
            "at": fields["closed_at"],
            **{name: fields[name] for name in own if name in fields},
            "quantity": f"{bought} or {cash.column.expression} / {price}",
            "price": price,
        },
    }


class _Costs(NamedTuple):
    commission: str = ""
    assumed: tuple[str, ...] = ("P&L is computed from prices",)
    doubts: tuple[Doubt, ...] = ()


def _costs(cash: _Cash | None, price: Column, size: str) -> _Costs:
    """What cash says of costs: that there are none, which part they are, or that they are more."""
    if cash is None:
        return _Costs()
    name = cash.column.name
    seen = [*cash.bought, *cash.sold]
    if all(abs(one - 1) <= _ROUGH for one in seen):
        return _Costs(assumed=(f"P&L is computed from prices, which {name} moves by",))
    bought, sold = _one_part(cash.bought), _one_part(cash.sold)
    if cash.is_all_in and bought is not None and sold is not None:
        paid = [f"({size}) * {price.expression} * {1 - bought:f} / {bought:f}"] * (bought != 1)
        back = [f"{cash.column.expression} * {1 - sold:f} / {sold:f}"] * (sold != 1)
        said = f"costs are what {name} lacks of price x quantity"
        return _Costs(" or ".join([*paid, *back]), (said, "P&L is computed from prices less costs"))
    doubt = Doubt(
        "costs",
        f"{name} moves by less than prices give: costs are in it, which no column says. Compute "
        "results before costs?",
        (Answer("yes, before costs", {}),),
    )
    return _Costs(doubts=(doubt,))


def _one_part(parts: Sequence[Decimal]) -> Decimal | None:
    """The one part that all are but for their last digits, such as 0.999."""
    if not parts:
        return None
    least, most = min(parts), max(parts)
    return round((least + most) / 2, 6).normalize() if most - least <= _EXACT else None
