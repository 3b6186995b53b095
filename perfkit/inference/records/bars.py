"""Bars of a market with what a strategy earned in each, as frames of backtests have them.

date         open   high   low    close   position   strategy_return
2026-04-06   10.0   10.5   9.8    10.2    1          0.01
2026-04-07   10.2   10.3   9.9    10.0    1          -0.02       the same trade goes on

So do all trades of a market, with the names of both sides, and the quotes of its order book.
Positions may be valued so with one price: that of the close.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import are_quotes
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import pnl_name, word_set

_LEAST = 10
_OF_ORDERS = word_set(
    "executed execution exec filled fill fills fee commission paid order uuid trade funds deal"
)
"""Words that orders and their executions have, and quotes do not."""
_SIDES_OF_A_MARKET = (
    ({"aggressor"},),
    ({"maker", "id"}, {"taker", "id"}),
    ({"maker", "order"}, {"taker", "order"}),
    ({"maker", "address"}, {"taker", "address"}),
    ({"buyer", "id"}, {"seller", "id"}),
    ({"buy", "order", "id"}, {"sell", "order", "id"}),
    ({"collected", "at"},),
)
"""Words of the names that only a log of all trades of a market has."""
_PARTS = ("open", "high", "low", "close")
_OF_TRADES = frozenset(("side", "entry_price", "exit_price"))
_MANY = 5
"""A result in fewer than one of so many bars is that of a trade which ended there."""
_OF_ONE_TRADE = _OF_TRADES | {"exit_reason", "outcome"}
_PRICES = word_set("close price last mark adj settle settlement")
_SIZES = word_set("shares position positions holding holdings quantity qty units size nb held")
_NEARLY = Decimal("0.01")


def what_of_market(
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
    without_values: Sequence[Column],
) -> str:
    """What the records are of a market, whoever traded or held there; else empty."""
    if prices := bars_of_market(columns, roles, times):
        return f"bars of a market ({prices})"
    if valued := marks_of_positions(columns, roles, times):
        return f"positions that are valued again and again ({valued})"
    if tape := _sides_of_a_market([*columns, *without_values]):
        return f"trades of a whole market, not of one account ({tape})"
    quoted = _levels_of_a_book(columns, roles)
    return f"levels of an order book ({quoted})" if quoted else ""


def _levels_of_a_book(columns: Sequence[Column], roles: Mapping[str, Column]) -> str:
    """The side, the price and the size of quotes, of which nothing says that they were executed."""
    if not {"side", "price", "quantity"} <= roles.keys() or not are_quotes(roles["side"]):
        return ""
    if any({*one.words} & _OF_ORDERS or pnl_name(one.name) for one in columns):
        return ""
    return ", ".join(roles[role].name for role in ("side", "price", "quantity"))


def bars_of_market(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """The names of the four prices of each bar; empty where records are none, or of trades."""
    is_traded = any(map(_has_result, columns)) or bool(roles.keys() & {"side", "quantity"})
    if is_traded and (times.closed or roles.keys() & _OF_TRADES):
        return ""
    numbers = [one for one in columns if one.kind == NUMBER]
    found = [
        next((one for one in numbers if one.words in ((part,), (part, "price"))), None)
        for part in _PARTS
    ]
    opens, highs, lows, closes = found
    if opens is None or highs is None or lows is None or closes is None:
        return ""
    if len(opens.values) < _LEAST or not _are_in_order(times):
        return ""
    if any(map(_is_of_trades, columns)):
        return ""
    for start, high, low, end in zip(
        opens.numbers, highs.numbers, lows.numbers, closes.numbers, strict=True
    ):
        if start is None or high is None or low is None or end is None:
            return ""
        if not low <= min(start, end) <= max(start, end) <= high:
            return ""
    return ", ".join(one.name for one in (opens, highs, lows, closes))


def _are_in_order(times: Times) -> bool:
    """Whether each record has a time of its own, later than that of the one before."""
    whens = (*times.event, *times.other, *times.closed)
    known = whens[0].instants if whens else []
    in_order = (a is not None and b is not None and a < b for a, b in pairwise(known))
    return bool(known) and all(in_order)


def _has_result(column: Column) -> bool:
    return column.kind == NUMBER and pnl_name(column.name) is not None


def _is_of_trades(column: Column) -> bool:
    """Whether a result stands in few records, those in which trades ended."""
    return _has_result(column) and 0 < sum(map(bool, column.numbers)) * _MANY < len(column.values)


def _sides_of_a_market(columns: Sequence[Column]) -> str:
    """The names that only a log of all trades of a market has, where no result is logged."""
    if any(pnl_name(column.name) is not None for column in columns):
        return ""
    for sides in _SIDES_OF_A_MARKET:
        found = [next((one for one in columns if side <= set(one.words)), None) for side in sides]
        named = [one for one in found if one is not None]
        if len(named) == len(sides) and not any(map(_is_one_address, named)):
            return ", ".join(one.name for one in named)
    return ""


def _is_one_address(column: Column) -> bool:
    """Whether one address takes part in all trades, as that of an account does in its own."""
    return "address" in column.words and all(column.present) and len({*column.labels}) == 1


def marks_of_positions(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """The price, the size and the P&L of positions that are valued again and again; else empty.

    The P&L is the size times what the price moved since the record before, of the same symbol.
    """
    if times.closed or roles.keys() & _OF_ONE_TRADE:
        return ""
    numbers = [one for one in columns if one.kind == NUMBER]
    results = [one for one in numbers if pnl_name(one.name) is not None]
    prices = [one for one in numbers if {*one.words} & _PRICES and one not in results]
    sizes = [one for one in numbers if {*one.words} & _SIZES and one not in (*results, *prices)]
    steps = _steps(roles.get("symbol"), len(columns[0].values)) if prices and sizes else []
    for price in prices:
        for size in sizes:
            for result in results:
                if _are_moves(price, size, result, steps):
                    return f"{price.name}, {size.name}, {result.name}"
    return ""


def _steps(symbol: Column | None, count: int) -> list[tuple[int, int]]:
    """The records that follow each other, of each symbol by itself."""
    rows: dict[str, list[int]] = {}
    for row in range(count):
        rows.setdefault("" if symbol is None else symbol.labels[row], []).append(row)
    return [step for one in rows.values() for step in pairwise(one)]


def _are_moves(
    price: Column, size: Column, result: Column, steps: Sequence[tuple[int, int]]
) -> bool:
    """Whether most results are what the price moved since the record before, times the size."""
    agreed = compared = 0
    for first, last in steps:
        before, now, earned = price.numbers[first], price.numbers[last], result.numbers[last]
        if before is None or now is None or not earned:
            continue
        compared += 1
        moved = now - before
        agreed += any(
            held is not None and moved * earned * held > 0 and
            abs(moved * held - earned) <= abs(earned) * _NEARLY
            for held in (size.numbers[first], size.numbers[last])
        )  # fmt: skip
    return compared >= _LEAST and agreed * 10 >= 8 * compared and compared * 2 >= len(steps)
