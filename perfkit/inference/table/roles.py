"""Which column holds which part of a trade: symbol, side, quantity, prices, costs, times.

A column is taken for a part by its name and by what its values look like. Where several names fit,
the one that is used most often for that part counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import TypeAlias

from perfkit.inference.table import shapes
from perfkit.inference.table.columns import BOOLEAN, NUMBER, TEXT, TIME, Column
from perfkit.inference.table.directions import directions, has_sides, is_side
from perfkit.inference.table.options import contracts_of, earn_as_prices_fall, kinds_of_options
from perfkit.inference.table.outcomes import outcome_of
from perfkit.inference.table.time_columns import second
from perfkit.inference.words.names import CURRENCIES, pnl_name, word_set
from perfkit.inference.words.role_names import role_rank

Roles: TypeAlias = Mapping[str, Column]
"""Columns by the part of a trade that they hold."""
_CODE = re.compile("[0-9]{1,8}")
_LONG_CODE = re.compile("[0-9]{3,8}")
"""Of codes of shares, such as 5 and 700, at least one is that long."""
_UNNAMED = re.compile("#[0-9]+")
_ID = re.compile("[0-9]{1,12}")
_KINDS: dict[str, tuple[str, ...]] = {
    "symbol": (TEXT, NUMBER),
    "side": (TEXT, BOOLEAN, NUMBER),
    "quantity": (NUMBER,),
    "entry_price": (NUMBER,),
    "exit_price": (NUMBER,),
    "price": (NUMBER,),
    "stop_loss": (NUMBER,),
    "target": (NUMBER,),
    "stake": (NUMBER,),
    "leverage": (NUMBER,),
    "balance": (NUMBER,),
    "strategy": (TEXT,),
    "exit_reason": (TEXT,),
    "account": (TEXT, NUMBER),
    "execution_mode": (TEXT,),
    "outcome": (TEXT, BOOLEAN, NUMBER),
    "currency": (TEXT,),
}


def roles_of(columns: Sequence[Column]) -> dict[str, Column]:
    """The column of each part of a trade that has one."""
    found: dict[str, Column] = {}
    others = _without_kinds_of_options(columns)
    for role in _KINDS:
        column = _first_of(role, others if role == "side" else columns)
        if column is not None:
            found[role] = column
    if "side" not in found and (side := next(filter(has_sides, others), None)) is not None:
        found["side"] = side
    if len(others) < len(columns) and (contracts := contracts_of(columns)) is not None:
        found["quantity"] = contracts
    if "balance" not in found and (held := next(filter(_is_balance, columns), None)) is not None:
        found["balance"] = held
    if "symbol" not in found and (named := next(filter(_names_markets, columns), None)) is not None:
        found["symbol"] = named
    if "currency" not in found and (codes := _currency_beside(found, columns)) is not None:
        found["currency"] = codes
    _without_funding(found, columns)
    _part_price_named_twice(found, columns)
    _of_open_and_close(found, columns)
    _with_pieces(found, columns)
    _of_proceeds(found, columns)
    if (size := found.get("quantity")) is not None and _is_of_market(size, columns):
        del found["quantity"]
    stake, quantity = found.get("stake"), found.get("quantity")
    if stake is not None and stake is quantity:
        del found["stake"]
    return found


_OF_SCANS = word_set("rvol float rsi macd vwap ema sma atr catalyst")
_OF_A_MARKET = 100_000
_RARE = 10
"""A field in an object that fills less than one of so many records that another one fills."""


def _is_of_market(size: Column, columns: Sequence[Column]) -> bool:
    """Whether a plain volume beside indicators is that of a market, as its size shows."""
    if size.words != ("volume",) or not any({*one.words} & _OF_SCANS for one in columns):
        return False
    known = sorted(abs(number) for number in size.numbers if number)
    return bool(known) and known[len(known) // 2] >= _OF_A_MARKET


def _first_of(role: str, columns: Sequence[Column]) -> Column | None:
    """The column whose name is used most often for a part of a trade; None where there is none.

    One in an object that few records have is none where nearly all have another outside of it.
    """
    ranked = [
        (rank, len(column.path), -column.filled, place)
        for place, column in enumerate(columns)
        if column.kind in _KINDS[role]
        and column.filled
        and (rank := role_rank(column.name, role)) is not None
        and _fits(role, column)
    ]
    most = {depth: -filled for _, depth, filled, _ in sorted(ranked, key=lambda one: -one[2])}
    ranked = [
        (rank, depth, filled, place)
        for rank, depth, filled, place in ranked
        if not any(-filled * _RARE < most[outer] for outer in most if outer < depth)
    ]
    return columns[min(ranked)[3]] if ranked else None


def _without_kinds_of_options(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns that may be a side: not one that says call or put of options that were bought."""
    kinds = kinds_of_options(columns)
    if not kinds:
        return columns
    entry, out = _first_of("entry_price", columns), _first_of("exit_price", columns)
    if entry and out and earn_as_prices_fall(kinds, entry, out, pnl_columns(columns)):
        return columns
    return [one for one in columns if one not in kinds]


_OF_MARKETS = ("symbol", "ticker", "pair")
_OF_OTHER_THINGS = word_set("currency fee commission base quote signal exchange account logo")


def _names_markets(column: Column) -> bool:
    """Whether a column names markets by how its name ends: `chain_symbol`, `tradingsymbol`."""
    said = column.words
    if column.kind != TEXT or not column.filled or not said or set(said) & _OF_OTHER_THINGS:
        return False
    return said[-1].endswith(_OF_MARKETS) and _is_symbol(column)


_BALANCES = word_set("balance equity bankroll")
_NOT_BALANCES = word_set(
    "change delta diff pct percent % initial start starting before previous prev max min peak "
    "risk per at init begin beginning drawdown dd"
)


def _is_balance(column: Column) -> bool:
    """Whether a column is a balance by one word of its name, such as `final_balance`."""
    said = set(column.words)
    is_held = bool(said & _BALANCES) and not said & _NOT_BALANCES
    return is_held and column.kind == NUMBER and bool(column.filled)


def _currency_beside(found: Roles, columns: Sequence[Column]) -> Column | None:
    """The column without a name that has the currency of the price before it: `210.50,USD`."""
    for role in ("price", "entry_price"):
        if role not in found:
            continue
        place = columns.index(found[role]) + 1
        beside = columns[place] if place < len(columns) else None
        if beside is not None and _UNNAMED.fullmatch(beside.name) and beside.kind == TEXT:
            labels = set(beside.distinct) - {""}
            if labels and all(len(label) == 3 and label in CURRENCIES for label in labels):
                return beside
    return None


def _part_price_named_twice(found: dict[str, Column], columns: Sequence[Column]) -> None:
    """Takes `Price` and a second one, beside a second time, for those of the entry and the exit."""
    price = found.get("price")
    if price is None or {"entry_price", "exit_price"} & found.keys():
        return
    names = {one.name: one for one in columns}
    out = names.get(second(price.name))
    has_times = any(one.kind == TIME and second(one.name) in names for one in columns)
    if out is not None and out.kind == NUMBER and has_times:
        found |= {"entry_price": price, "exit_price": out}
        del found["price"]


_OF_FUNDING = word_set("funding payment payments")


def _of_open_and_close(found: dict[str, Column], columns: Sequence[Column]) -> None:
    """Takes `open` and `close` for prices beside `open_time` and `close_time`, but not of bars.

    A bar has its high and its low as well.
    """
    numbers = {one.words: one for one in columns if one.kind == NUMBER and len(one.path) == 1}
    prices = numbers.get(("open",)), numbers.get(("close",))
    if {"entry_price", "exit_price"} & found.keys() or numbers.keys() & {("high",), ("low",)}:
        return
    said = [{*one.words} for one in columns if one.kind == TIME]
    is_timed = all(any(way in one for one in said) for way in ("open", "close"))
    if prices[0] is not None and prices[1] is not None and is_timed:
        found |= {"entry_price": prices[0], "exit_price": prices[1]}


def _without_funding(found: dict[str, Column], columns: Sequence[Column]) -> None:
    """Takes away a price that is called `rate` beside payments, which is that of funding."""
    price = found.get("price")
    if price is None or price.words != ("rate",):
        return
    if any(set(one.words) & _OF_FUNDING for one in columns) or any(
        (n or 0) < 0 for n in price.numbers
    ):
        del found["price"]


_NEARLY = Decimal("0.002")
_LEAST_PIECES = 4


def _with_pieces(found: dict[str, Column], columns: Sequence[Column]) -> None:
    """Takes the number of pieces for the quantity, where that found is pieces x price."""
    amount, price = found.get("quantity"), found.get("price") or found.get("entry_price")
    if amount is None or price is None or "quantity" in amount.words:
        return
    for column in columns:
        if column.kind != NUMBER or any(column is one for one in found.values()):
            continue
        triples = [
            (abs(pieces), cost, abs(worth))
            for pieces, cost, worth in zip(
                column.numbers, price.numbers, amount.numbers, strict=True
            )
            if pieces and cost and worth
        ]
        agreed = sum(
            abs(a * b - worth) <= worth * _NEARLY < abs(a - worth) for a, b, worth in triples
        )
        if len(triples) >= _LEAST_PIECES and agreed * 10 >= 9 * len(triples):
            found["quantity"] = column
            return


_OF_MOVES = word_set("change diff difference move moved delta gain pct percent %")


def _of_proceeds(found: dict[str, Column], columns: Sequence[Column]) -> None:
    """Takes the two columns that give what sales brought in for their quantity and price.

    Where a `profit` is that in each sale, and 0 in each purchase, records are executions.
    """
    side = found.get("side")
    if side is None or side.kind != TEXT or {"quantity", "entry_price"} & found.keys():
        return
    ways = directions(side)
    numbers = [one for one in columns if one.kind == NUMBER]
    prices = [one for one in numbers if "price" in one.words and not {*one.words} & _OF_MOVES]
    for amount in pnl_columns(columns):
        rows = [row for row, earned in enumerate(amount.numbers) if earned]
        is_of_sales = len(rows) >= _LEAST_PIECES and all(ways[row] < 0 for row in rows)
        if not is_of_sales or 1 not in ways:
            continue
        for price, pieces in product(prices, numbers):
            if amount not in (price, pieces) and _give(amount, price, pieces, rows):
                found |= {"quantity": pieces, "price": price}
                if found.get("exit_price") is price:
                    del found["exit_price"]
                return


def _give(amount: Column, price: Column, pieces: Column, rows: Sequence[int]) -> bool:
    """Whether an amount above 0 is pieces x price in all of some records."""
    for row in rows:
        earned, paid, size = amount.numbers[row], price.numbers[row], pieces.numbers[row]
        if not earned or not paid or not size or earned < 0:
            return False
        if abs(size * paid - earned) > earned * _NEARLY:
            return False
    return True


def _fits(role: str, column: Column) -> bool:
    check = _FITTING.get(role)
    return check is None or check(column)


def _is_outcome(column: Column) -> bool:
    if column.kind == NUMBER:
        return set(column.distinct) <= {"0", "1", ""} and "result" not in column.words
    if column.kind == BOOLEAN:
        return True
    said = sum(count for label, count in column.distinct.items() if outcome_of(label))
    is_of_names = len(column.distinct) > _FEW  # such as those of teams, of which one is a Draw
    return said > 0 and (not is_of_names or said * 2 >= column.filled)


_FEW = 12
_OF_CODES = word_set(
    "symbol ticker stock code instrument security asset tsym scrip contract coin underlying"
)


def _is_symbol(column: Column) -> bool:
    """Whether values may be names of markets; numbers may be codes of shares, such as 600519."""
    if column.kind == NUMBER:
        is_code = bool(set(column.words) & _OF_CODES)
        form = _ID if set(column.words) & {"id", "token"} else _CODE
        values = [str(value) for value in column.sample[:50]]
        is_long = form is _ID or any(map(_LONG_CODE.fullmatch, values))
        return is_code and is_long and all(map(form.fullmatch, values))
    return not any(shapes.is_time(value) for value in column.sample[:5])


_FLAGS = {("executed",), ("filled",)}


def _is_some(column: Column) -> bool:
    """Whether a size is ever other than 0; one that never is says nothing of the trades."""
    return any(map(shapes.number, column.sample)) or any(column.numbers)


def _is_size(column: Column) -> bool:
    """Whether numbers are quantities; an `executed` of 0 and 1 alone says whether it was."""
    is_flag = column.words in _FLAGS and {*column.distinct} <= {"0", "1", ""}
    return _is_some(column) and not is_flag


_OF_DEALS = {"0", "1", "2", "3", ""}


def _is_no_code(column: Column) -> bool:
    """Whether numbers are no codes of deals, as those of MetaTrader: 0 is in, 1 is out."""
    return not {*column.distinct} <= _OF_DEALS


_FITTING: dict[str, Callable[[Column], bool]] = {
    "entry_price": _is_no_code,
    "side": is_side,
    "outcome": _is_outcome,
    "symbol": _is_symbol,
    "quantity": _is_size,
    "stake": _is_some,
}


def pnl_columns(columns: Sequence[Column]) -> list[Column]:
    """The columns that may hold the result of a trade, by their names."""
    return [column for column in columns if column.kind == NUMBER and pnl_name(column.name)]


_INDICATORS = word_set("rsi rs macd ema sma adx atr stochastic")


def is_part_of_indicator(column: Column, columns: Sequence[Column]) -> bool:
    """Whether a `gain` stands beside a `loss` and an indicator such as the RSI, made of the two."""
    if set(column.words) - {"gain", "up", "move"}:
        return False
    others = [set(one.words) for one in columns if one is not column]
    return any(one <= {"loss", "losses"} for one in others) and any(
        one & _INDICATORS for one in others
    )


def identities_of(columns: Sequence[Column]) -> list[Column]:
    """Columns that may identify a trade, the most telling name first."""
    ranked = [
        (rank, len(column.path), place)
        for place, column in enumerate(columns)
        if column.kind in (TEXT, NUMBER, TIME)
        and (rank := role_rank(column.name, "identity")) is not None
    ]
    return [columns[place] for _, _, place in sorted(ranked)]
