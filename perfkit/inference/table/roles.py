"""Which column holds which part of a trade: symbol, side, quantity, prices, costs, times.

A column is taken for a part by its name and by what its values look like. Where several names fit,
the one that is used most often for that part counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from perfkit.inference.table import shapes
from perfkit.inference.table.columns import BOOLEAN, CLOCK, NUMBER, TEXT, TIME, Column
from perfkit.inference.table.options import contracts_of, earn_as_prices_fall, kinds_of_options
from perfkit.inference.words.names import (
    CLOSED,
    CURRENCIES,
    EVENT,
    OPENED,
    pnl_name,
    time_role,
    word_set,
    words,
)
from perfkit.inference.words.role_names import (
    CARRY,
    is_currency_of_fee,
    is_fee,
    is_total_fee,
    role_rank,
)

Roles: TypeAlias = Mapping[str, Column]
"""Columns by the part of a trade that they hold."""

LONG_WORDS = word_set("long buy b bull bullish l up call bought lng bot al bto cover")
SHORT_WORDS = word_set("short sell s bear bearish down put sold sht sld sat stc sto")
"""Beside English words al and sat, the Turkish for buy and sell, which are no names of fields."""
_LETTERS = {
    frozenset(pair): {pair[0]: 1, pair[1]: -1}
    for pair in ("ks", "kv", "cv", "av", "as", "bv", "ls")
}
"""Two letters that stand for buy and sell: kupno and sprzedaż, Kauf and Verkauf, compra and venta,
achat and vente."""

_TO_OPEN_OR_CLOSE = word_set("bto stc sto")
"""Codes of orders in options: bought to open, sold to close, sold to open."""

_OF_SIGNS = word_set("side direction dir")
_SIGNED = {"1": 1, "-1": -1, "1.0": 1, "-1.0": -1}

_CODE = re.compile("[0-9]{3,8}")
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
    if "side" not in found and (side := next(filter(_has_sides, others), None)) is not None:
        found["side"] = side
    if len(others) < len(columns) and (contracts := contracts_of(columns)) is not None:
        found["quantity"] = contracts
    if "balance" not in found and (held := next(filter(_is_balance, columns), None)) is not None:
        found["balance"] = held
    if "currency" not in found and (codes := _currency_beside(found, columns)) is not None:
        found["currency"] = codes
    _without_funding(found, columns)
    _with_pieces(found, columns)
    stake, quantity = found.get("stake"), found.get("quantity")
    if stake is not None and stake is quantity:
        del found["stake"]
    return found


def _first_of(role: str, columns: Sequence[Column]) -> Column | None:
    """The column whose name is used most often for a part of a trade; None where there is none."""
    ranked = [
        (rank, len(column.path), -column.filled, place)
        for place, column in enumerate(columns)
        if column.kind in _KINDS[role]
        and column.filled
        and (rank := role_rank(column.name, role)) is not None
        and _fits(role, column)
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


_OF_FUNDING = word_set("funding payment payments")


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


def _fits(role: str, column: Column) -> bool:
    check = _FITTING.get(role)
    return check is None or check(column)


def _is_side(column: Column) -> bool:
    if column.kind in (BOOLEAN, NUMBER):
        says_which = bool({"short", "buyer", "buy", "long"} & set(column.words))
        return says_which or is_signed_side(column)
    if _letters(column):
        return True
    known = LONG_WORDS | SHORT_WORDS
    named = sum(count for label, count in column.distinct.items() if side_word(label, known))
    return named * 2 >= column.filled


def is_signed_side(column: Column) -> bool:
    """Whether a side is written as 1 for what is bought and -1 for what is sold."""
    if column.kind != NUMBER or not set(column.words) & _OF_SIGNS:
        return False
    return set(map(_SIGNED.get, set(column.distinct) - {""})) == {1, -1}


def _has_sides(column: Column) -> bool:
    """Whether a column, whatever its name, has words for both sides and no other words."""
    if column.kind != TEXT or column.filled * 10 < 9 * len(column.values):
        return False
    if not column.has_few_words or not 2 <= len(set(column.distinct) - {""}) <= 6:
        return False
    return {-1, 1} == set(directions(column)) - ({0} if "" in column.distinct else set())


def side_word(label: str, known: frozenset[str]) -> bool:
    """Whether a logged side is one of some words: `BUY`, `open_long`."""
    parts = {label, *label.replace("-", "_").replace(" ", "_").split("_"), *words(label)}
    return bool(parts & known) and "term" not in parts  # short term is how long, not which way


def _is_outcome(column: Column) -> bool:
    if column.kind == NUMBER:
        return set(column.distinct) <= {"0", "1", ""} and "result" not in column.words
    if column.kind == BOOLEAN:
        return True
    said = sum(count for label, count in column.distinct.items() if outcome_of(label))
    is_of_names = len(column.distinct) > _FEW  # such as those of teams
    return said > 0 and (not is_of_names or said * _OUTCOMES >= column.filled)


_FEW = 12
_OUTCOMES = 20
"""Of so many words that differ, one at least says that a trade was won, lost or even."""
_SETTLED = (("settle", "date"), ("settlement", "date"), ("settle", "date", "target"))
_OF_CODES = word_set("symbol ticker stock code instrument security asset tsym scrip contract coin")


def _is_symbol(column: Column) -> bool:
    """Whether values may be names of markets; numbers may be codes of shares, such as 600519."""
    if column.kind == NUMBER:
        is_code = bool(set(column.words) & _OF_CODES)
        form = _ID if set(column.words) & {"id", "token"} else _CODE
        return is_code and all(form.fullmatch(str(value)) for value in column.sample[:50])
    return not any(shapes.is_time(value) for value in column.sample[:5])


def _is_some(column: Column) -> bool:
    """Whether a size is ever other than 0; one that never is says nothing of the trades."""
    return any(map(shapes.number, column.sample)) or any(column.numbers)


_FITTING: dict[str, Callable[[Column], bool]] = {
    "side": _is_side,
    "outcome": _is_outcome,
    "symbol": _is_symbol,
    **dict.fromkeys(("quantity", "stake"), _is_some),
}

_WON = word_set("win won w profit tp winner true success plus gain green")
_LOST = word_set("loss lost lose l sl loser false minus red")
_EVEN = word_set("breakeven be even draw tie push flat scratch scratched riskfree")
WON, LOST, EVEN = "win", "loss", "breakeven"


def outcome_of(label: str) -> str:
    """What a word such as `WIN` or `closed_loss` says of the outcome; empty: nothing."""
    parts = {*label.replace("-", "_").replace(" ", "_").split("_"), *words(label)}
    if parts & {"stop"} and parts & {"loss"}:
        return ""
    if parts & {"take"} and parts & {"profit"}:
        return ""
    if parts & _WON or label == "1":
        return WON
    if parts & _LOST or label == "0":
        return LOST
    return EVEN if parts & _EVEN or {"risk", "free"} <= parts else ""


def _letters(side: Column) -> dict[str, int]:
    """The directions of two letters, where a column has these and no other words."""
    return dict(_LETTERS.get(frozenset(set(side.distinct) - {""}), {}))


def direction(label: str) -> int:
    """1 for a long side, -1 for a short one, 0 where the word says neither."""
    if side_word(label, SHORT_WORDS):
        return -1
    return 1 if side_word(label, LONG_WORDS) else 0


def directions(side: Column) -> list[int]:
    """The direction of each record; of a column such as `is_short`, what its truth says."""
    if is_signed_side(side):
        return [_SIGNED.get(label, 0) for label in side.labels]
    if side.kind in (BOOLEAN, NUMBER):
        yes = -1 if "short" in side.words else 1
        meaning = {"true": yes, "1": yes, "false": -yes, "0": -yes}
        return [meaning.get(label, 0) for label in side.labels]
    known = _letters(side) or {label: direction(label) for label in side.distinct}
    if _TO_OPEN_OR_CLOSE & known.keys():
        known["btc"] = 1  # bought to close, and no coin
    known.setdefault("", 0)
    return [known[label] for label in side.labels]


def fees_of(columns: Sequence[Column]) -> list[Column]:
    """The columns of costs in money: a total alone where there is one, else its parts."""
    numbers = [column for column in columns if column.kind == NUMBER]
    fees = [one for one in numbers if is_fee(one.name) or _is_part_of_worth(one, numbers)]
    fees = [column for column in fees if column.filled and any(column.numbers)]
    carried = [column for column in fees if set(column.words) & CARRY]
    in_money = [one for one in fees if "cost" in one.words and one not in carried]
    if in_money:
        fees = [*in_money, *(column for column in carried if column not in in_money)]
    elif not any(is_currency_of_fee(column.name) for column in columns if column.filled):
        fees = [one for one in fees if not _is_rate(one)]
    totals = [column for column in fees if is_total_fee(column.name)]
    return totals[:1] or fees[:6]


_OF_WORTH = word_set("value amount notional total turnover")
_MOST_OF_WORTH = Decimal("0.02")


def _is_part_of_worth(cost: Column, columns: Sequence[Column]) -> bool:
    """Whether a column `cost` is at most 2 % of a value beside it, and so no value itself."""
    if set(cost.words) - {"cost", "costs"}:
        return False
    for worth in columns:
        if worth is cost or not set(worth.words) & _OF_WORTH:
            continue
        pairs = [
            (abs(a), abs(b)) for a, b in zip(cost.numbers, worth.numbers, strict=True) if a and b
        ]
        if pairs and all(a <= b * _MOST_OF_WORTH for a, b in pairs):
            return True
    return False


def _is_rate(fee: Column) -> bool:
    """Whether costs are a rate such as 0.001, the same for all records."""
    if any(map(shapes.unit_of_number, fee.sample[:20])):
        return False
    values = {abs(cost) for cost in fee.numbers if cost}
    return len(fee.values) > 1 and len(values) == 1 and values.pop() <= Decimal("0.01")


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


class Times:
    """The columns that hold times, by what their names say of them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        times = [column for column in columns if column.kind == TIME and _may_be_read(column)]
        self.clocks = [column for column in columns if column.kind == CLOCK]
        self.closed = sorted(
            (column for column in times if time_role(column.name) == CLOSED), key=_preference
        )
        self.opened = sorted(
            (column for column in times if time_role(column.name) == OPENED), key=_preference
        )
        self.event = sorted(
            (column for column in times if time_role(column.name) == EVENT), key=_preference
        )
        named = {column.path for column in (*self.closed, *self.opened, *self.event)}
        self.other = [
            column for column in times if column.path not in named and not _is_ahead(column)
        ]

    def of_orders(self) -> Times:
        """The same without dates of settlement, some days after the orders whose dates are there.

        Of a bet or a trade that is the time at which it ended.
        """
        settled = [one for one in self.closed if one.words in _SETTLED]
        if not settled or (len(settled) == len(self.closed) and not (self.event or self.other)):
            return self
        found = Times([])
        found.clocks, found.opened = self.clocks, self.opened
        found.closed = [one for one in self.closed if one not in settled]
        found.event, found.other = self.event, [*self.other, *settled]
        return found

    @property
    def are_there(self) -> bool:
        """Whether there is a column of times at all."""
        return bool(self.closed or self.event or self.other or self.opened)


def _may_be_read(column: Column) -> bool:
    """Whether times are of years that a log can have: not 1111, as where they were taken out."""
    instants = [shapes.instant(value, column.unit, column.layout) for value in column.sample[:40]]
    if column.layout:  # day and month may be the other way round
        return not instants or any(one is None or one > 0 for one in instants)
    return bool(column.filled) and any(one is not None and one > 0 for one in instants)


def _is_ahead(column: Column) -> bool:
    return bool(set(column.words) & {"expiry", "expiration", "maturity", "next", "expires"})


def _preference(column: Column) -> tuple[int, ...]:
    odd = {"logged", "created", "updated", "recorded", "saved", "end"}
    date_alone = all(map(shapes.is_date_alone, column.sample[:20]))
    return bool(set(column.words) & odd), date_alone, len(column.path), -column.filled
