"""Readings of entries and exits on records of their own, which follow each other.

    entry_price 10                  or    event ENTRY, price 10
    exit_price  12                        event TP,    price 12

Each exit belongs to the entry before it, of the same symbol, or where there is none, of its side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from perfkit.inference.doubts import LESS_COSTS, LONG_OR_SHORT, Answer, Doubt
from perfkit.inference.keys.trade_times import keys_of_times, moments_of
from perfkit.inference.pnl_column.costs import commission_of
from perfkit.inference.records.kinds import logged
from perfkit.inference.records.order_effects import entry_and_exit_words
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log, reading_of
from perfkit.inference.words.names import word_set

_LEAST = 2
_OTHER_PRICES = word_set("stop target limit strike high low max min sl tp take loss trigger")


class _Pairs(NamedTuple):
    """Records of entries and of exits, and what tells them apart in a dialect.

    `others` are prices that may have been traded as well as the one in `prices`.
    """

    entries: list[int]
    exits: list[int]
    only: dict[str, object]
    open_when: dict[str, object]
    prices: tuple[Column, Column]
    marker: Column | None
    others: Sequence[Column] = ()


def from_pairs(log: Log) -> Reading | None:
    """Entries and exits that take turns; None where they do not."""
    whens = [*log.times.event, *log.times.other]
    pairs = _of_prices(log) or _of_events(log)
    if pairs is None or not whens or len(pairs.exits) < _LEAST:
        return None
    rows = sorted([*pairs.entries, *pairs.exits])
    if not all(whens[0].present[row] for row in rows):
        return None
    key = _key(log.roles)
    if key is None or not _take_turns(log.roles[key], log.roles, pairs, rows):
        return None
    return _read(log, pairs, rows, key)


def _key(roles: Mapping[str, Column]) -> str | None:
    return next((role for role in ("symbol", "side") if role in roles), None)


def _of_prices(log: Log) -> _Pairs | None:
    """Entry and exit price in columns of their own, of which no record has both."""
    if not {"entry_price", "exit_price"} <= log.roles.keys():
        return None
    entry, out = log.roles["entry_price"], log.roles["exit_price"]
    entries = [row for row, price in enumerate(entry.numbers) if price and row not in log.failed]
    exits = [row for row, price in enumerate(out.numbers) if price and row not in log.failed]
    if set(entries) & set(exits):
        return None
    opened: dict[str, object] = {out.expression: "missing"}
    only: dict[str, object] = {}
    if len(entries) + len(exits) < len(entry.values) - len(log.failed):
        return None
    return _Pairs(entries, exits, only, opened, (entry, out), None)


def _of_events(log: Log) -> _Pairs | None:
    """One price, and a word of each record for an entry or for an exit."""
    prices = _prices(log)
    if not prices:
        return None
    price = prices[0]
    for column in log.columns:
        opening, closing = entry_and_exit_words(column)
        if not opening or not closing:
            continue
        labels, numbers = column.labels, price.numbers
        rows = [row for row in range(len(labels)) if numbers[row] and row not in log.failed]
        words_of = logged(column, opening)
        every: list[object] = [*words_of, *logged(column, closing)]
        return _Pairs(
            [row for row in rows if labels[row] in opening],
            [row for row in rows if labels[row] in closing],
            {column.expression: every},
            {column.expression: words_of[0] if len(words_of) == 1 else words_of},
            (price, price),
            column,
            prices[1:],
        )
    return None


def _prices(log: Log) -> list[Column]:
    """The price of each record; of several, such as those of a future and of its index, all."""
    if "price" in log.roles:
        return [log.roles["price"]]
    if {"entry_price", "exit_price"} & log.roles.keys():
        return []
    rows = [row for row in range(len(log.columns[0].values)) if row not in log.failed]
    return [
        one
        for one in log.columns
        if one.kind == NUMBER
        and one.words[-1:] == ("price",)
        and not set(one.words) & _OTHER_PRICES
        and all((one.numbers[row] or 0) > 0 for row in rows)
    ]


def _take_turns(
    key: Column, roles: Mapping[str, Column], pairs: _Pairs, rows: Sequence[int]
) -> bool:
    """Whether each exit follows an entry with the same key, and no second one is open then.

    A side is that of the position, the same for both, and not that of an order; all is closed.
    """
    exits = set(pairs.exits)
    ways = directions(roles["side"]) if "side" in roles else [0] * len(key.values)
    sizes = roles["quantity"].numbers if "quantity" in roles else [None] * len(key.values)
    held: dict[str, int] = {}
    for row in rows:
        name = key.labels[row]
        if (row in exits) != (name in held):
            return False
        if row not in exits:
            held[name] = row
            continue
        entry = held.pop(name)
        if ways[entry] != ways[row] or sizes[row] not in (None, sizes[entry]):
            return False
    return True


def _read(log: Log, pairs: _Pairs, rows: Sequence[int], key: str) -> Reading:
    roles = log.roles
    moments = moments_of(log.times, log.columns, rows, events=True)
    fields: dict[str, object] = {"closed_at": moments.closed_at, "opened_at": moments.closed_at}
    for role in ("symbol", "strategy", "account", "exit_reason"):
        if role in roles:
            fields[role] = roles[role].expression
    fields["entry_price"], fields["exit_price"] = (one.expression for one in pairs.prices)
    doubts, values = list(moments.doubts), {}
    if pairs.others:
        doubts.append(_which_price([pairs.prices[0], *pairs.others]))
    size = roles.get("quantity")
    if size is not None and all(size.numbers[row] for row in pairs.entries):
        fields["quantity"] = size.expression
    else:
        fields["quantity"] = "= 1"
        doubts.append(_points_or_per_cent(pairs.prices[0]))
    way = roles.get("side")
    ways = [] if way is None else directions(way)
    if way is None or not all(ways[row] for row in pairs.entries):
        doubts.append(LONG_OR_SHORT)
    else:
        fields["side"] = way.expression
        values = {str(way.values[row]): "long" if ways[row] > 0 else "short" for row in rows}
    commission = commission_of(log.fees, rows)
    if commission:
        fields["commission"] = commission
    dialect: dict[str, object] = {
        **({"only": {**log.left_out, **pairs.only}} if log.left_out or pairs.only else {}),
        "open_when": pairs.open_when,
        "pair": {"by": [roles[key].expression], "order": "fifo"},
        "fields": fields,
        **({"values": {"side": values}} if values else {}),
        **({"combine": {"commission": "sum"}} if commission else {}),
    }
    when = moments.columns[0] if moments.columns else None
    dialect |= keys_of_times(when)
    return reading_of(
        log,
        dialect,
        pairs.exits,
        "entries and exits follow each other",
        (*moments.assumed, "P&L is computed from prices" + LESS_COSTS * bool(commission)),
        doubts,
        moments.zone,
    )


def _which_price(prices: Sequence[Column]) -> Doubt:
    names = " or ".join(one.name for one in prices)
    return Doubt(
        "which_price",
        f"Which is the price of what was traded, {names}?",
        tuple(
            Answer(
                one.name,
                {"fields.entry_price": one.expression, "fields.exit_price": one.expression},
            )
            for one in prices
        ),
    )


def _points_or_per_cent(entry: Column) -> Doubt:
    return Doubt(
        "unit",
        "Entries and exits have prices, but no quantity: points or per cent?",
        (
            Answer("points: exit minus entry", {"currency": "points", "fields.quantity": "= 1"}),
            Answer(
                "per cent of the entry, not compounded",
                {"currency": "%", "fields.quantity": f"100 / {entry.expression}"},
            ),
        ),
    )
