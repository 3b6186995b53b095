"""Questions about sizes: a quantity or the money put in, and a P&L of one unit or of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof import evidence as says
from perfkit.inference.proof.prices import is_move_of_one
from perfkit.inference.proof.quantities.multipliers import Worth, share_of_fees, size_by_fees
from perfkit.inference.proof.quantities.option_sizes import of_each_kind
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.derived_columns import AmountOverPrice
from perfkit.inference.table.options import describes_options, kinds_of_options
from perfkit.inference.words.contracts import (
    is_currency_pair,
    is_future,
    is_gold,
    is_metal,
    is_share_option,
    worth_of_a_point,
)
from perfkit.inference.words.names import MONEY, word_set

_OF_POSITIONS = word_set("position pos holding holdings held inventory")
_LEAST_MOVES = 3
_EITHER = frozenset(("amount", "size", "position size", "trade size", "bet size", "position"))
"""Names of a quantity as well as of money."""
_CONTRACTS = frozenset(("contract", "contracts", "lot", "lots"))
_UNITS = word_set("share shares contract contracts unit units coin coins token tokens lot")
_LEAST_MONEY = 5
_ALIKE = Decimal("0.05")
_FEW = 20
_LEAST_UNITS = 10
"""Of a currency nobody buys fewer units; of lots, few buy more."""


def of_one_unit(best: Candidate, roles: Mapping[str, Column], currency: str) -> Doubt | None:
    """A P&L that is exit less entry, or by its name that of a share, beside another quantity."""
    if best.name.unit != MONEY or best.name.is_bare or "quantity" not in roles:
        return None
    parts = set(best.pnl.words)
    if "per" in parts and parts & _UNITS:
        said = f"is by its name that of one unit, and there is {roles['quantity'].name}"
    elif not best.name.currency and is_move_of_one(
        best.pnl, roles, says.checked(best.closing.rows)
    ):
        said = f"is exit minus entry, whatever {roles['quantity'].name} is"
    else:
        return None
    name, size = best.pnl.expression, roles["quantity"].expression
    code = currency if currency not in ("%", "points") else "money"
    return Doubt(
        "of_one_unit",
        f"{best.pnl.name} {said}; what is it?",
        (
            Answer(
                "the P&L of one unit",
                {"currency": code, "fields.net_pnl": f"{name} * abs({size})"},
            ),
            Answer("the P&L of the trade", {"currency": code, "fields.net_pnl": name}),
            Answer("points", {"currency": "points", "fields.net_pnl": name}),
        ),
    )


def quantity_or_money(
    size: Column, price: Column, rows: Sequence[int], *, is_fill: bool
) -> Doubt | None:
    """Whether a `position_size` of 1000 is a quantity, or what was put in, where both may be.

    Sizes below 5 are quantities; so are those that differ and are worth the same each time. Of
    fills, amounts that differ are quantities, as money comes back with what was earned.
    """
    if isinstance(size, AmountOverPrice) or " ".join(size.words) not in _EITHER:
        return None
    pairs = [
        (abs(held), paid)
        for row in rows
        if (held := size.numbers[row]) and (paid := price.numbers[row])
    ]
    if not pairs or min(held for held, _ in pairs) < _LEAST_MONEY:
        return None
    different = len({held for held, _ in pairs})
    if different > 1 and (is_fill or _are_alike([held * paid for held, paid in pairs])):
        return None
    if all(paid <= 1 for _, paid in pairs):  # shares of a prediction market
        return None
    over = f"{size.expression} / {price.expression}"
    return Doubt(
        "quantity_or_money",
        f"Is {size.name} a quantity, or the money put in? {pairs[0][0]:f} could be either.",
        (
            Answer("a quantity", {"fields.quantity": size.expression}),
            Answer("money", {"fields.quantity": over}),
        ),
    )


def is_held_after(size: Column, columns: Sequence[Column], rows: Sequence[int]) -> bool:
    """Whether a position moves by a size in each execution, which so is a quantity."""
    for column in columns:
        if column.kind != NUMBER or column is size or not {*column.words} & _OF_POSITIONS:
            continue
        moved = [
            abs(abs(after - before) - abs(held)) <= 2 * (column.step + size.step)
            for one, row in pairwise(rows)
            if (before := column.numbers[one]) is not None
            and (after := column.numbers[row]) is not None
            and (held := size.numbers[row])
        ]
        if len(moved) >= _LEAST_MOVES and sum(moved) * 10 >= 9 * len(moved):
            return True
    return False


def contract_size(
    columns: Sequence[Column],
    symbol: Column | None,
    size: Column,
    price: Column,
    rows: Sequence[int],
) -> Doubt | None:
    """What a contract or a lot is worth, where only prices say what a trade earned.

    The name of a quantity says that it is one, or the symbols of futures and options, or what
    describes these. Those of prediction markets, whose prices are at most 1, pay 1 each.
    """
    if isinstance(size, AmountOverPrice):
        return None
    kinds = kinds_of_options(columns)
    symbols = {symbol.labels[row] for row in rows} if symbol is not None else set()
    described = [one for one in columns if describes_options(one, rows)]
    are_options = any(map(is_share_option, symbols)) or _are_few(size, described, rows)
    are_contracts = bool(set(size.words) & _CONTRACTS) or _are_few(size, kinds, rows)
    if _may_be_lots(symbols, size, rows):
        return _lots(symbols, size)
    if not (are_contracts or are_options or any(map(is_future, symbols))):
        return None
    one: dict[str, object] = {"fields.quantity": size.expression}
    if are_options or (are_contracts and kinds):
        hundreds = _hundreds(size, kinds, rows)
        if symbol is not None and are_options and not all(map(is_share_option, symbols)):
            hundreds = _hundreds_by_symbol(symbol, size, columns, rows)
        return _of_options(hundreds, one, are_of_shares=are_options)
    if all((price.numbers[row] or 0) <= 1 for row in rows):
        return None
    return Doubt(
        "contract_size",
        f"What is one of {size.name} worth, where no P&L shows it? If it is 50 times the price, "
        "write `multiplier: {SYMBOL: 50}` in a workspace",
        (
            Answer("its price", one),
            *_of_the_exchange(symbols, size),
            Answer("not known: results are to be in points", {"currency": "points"}),
        ),
    )


def _of_the_exchange(symbols: set[str], size: Column) -> list[Answer]:
    """The answer with what the exchange says a point of all these futures is worth."""
    known = {worth_of_a_point(one) for one in symbols}
    if len(known) != 1 or not (worth := known.pop()):
        return []
    meaning = f"{worth} times its price, as its exchange says"
    return [Answer(meaning, {"fields.quantity": f"{size.expression} * {worth}"})]


def _of_options(hundreds: str, one: dict[str, object], *, are_of_shares: bool) -> Doubt:
    return Doubt(
        "contract_size",
        "Of how many shares is an option contract, whose price is that of one share?",
        (
            *([Answer("of 100", {"fields.quantity": hundreds})] if hundreds else []),
            Answer("of 1: prices are those of a contract", one),
        ),
        "options on shares are for 100 of them" if hundreds and are_of_shares else "",
    )


def _hundreds_by_symbol(
    symbol: Column, size: Column, columns: Sequence[Column], rows: Sequence[int]
) -> str:
    """A hundred times the quantity of options beside shares; empty where no column parts them."""
    options = [row for row in rows if is_share_option(symbol.labels[row])]
    shares = [row for row in rows if not is_share_option(symbol.labels[row])]
    return of_each_kind(size, columns, options, shares)


def _may_be_lots(symbols: set[str], size: Column, rows: Sequence[int]) -> bool:
    """Whether so little of currencies or metals is traded that it is lots: 0.1 of EURUSD."""
    if not symbols or not all(is_currency_pair(one) or is_metal(one) for one in symbols):
        return False
    return any(0 < abs(size.numbers[row] or Decimal(0)) < _LEAST_UNITS for row in rows)


def _lots(symbols: set[str], size: Column) -> Doubt:
    """What one of a quantity is, where it may be a lot of 100,000."""
    one: dict[str, object] = {"fields.quantity": size.expression}
    lots: list[Answer] = []
    if all(map(is_currency_pair, symbols)):
        hundreds = {"fields.quantity": f"{size.expression} * 100000"}
        lots.append(Answer("a lot of 100,000", {**hundreds}))
    elif all(map(is_gold, symbols)):
        ounces = {"fields.quantity": f"{size.expression} * 100"}
        lots.append(Answer("a lot of 100 ounces", {**ounces}))
    return Doubt(
        "contract_size",
        f"What is one of {size.name} worth, where no P&L shows it? If it is a lot of 100,000, "
        "or of 100 ounces, write `multiplier: {EURUSD: 100000, XAUUSD: 100}` in a workspace",
        (
            *lots,
            Answer("its price", one),
            Answer("not known: results are to be in points", {"currency": "points"}),
        ),
    )


def _are_few(size: Column, kinds: Sequence[Column], rows: Sequence[int]) -> bool:
    """Whether a quantity of options is a number of contracts: of shares there are more."""
    of_options = [row for row in rows if any(one.present[row] for one in kinds)]
    return any(0 < abs(size.numbers[row] or Decimal(0)) < _FEW for row in of_options)


def _hundreds(size: Column, kinds: Sequence[Column], rows: Sequence[int]) -> str:
    """A hundred times the quantity; of records with a kind of options alone, where not all have."""
    if not kinds or all(kinds[0].present[row] for row in rows):
        return f"{size.expression} * 100"
    kind = kinds[0]
    said = dict.fromkeys(str(kind.values[row]) for row in rows if kind.present[row])
    parts = [f'where({size.expression}, {kind.expression}, "{word}") * 100' for word in said]
    return " or ".join([*parts, size.expression])


def size_of_value(worth: Worth, size: Column, price: Column) -> Doubt:
    """What one of a quantity is worth, where a value shows it, or the rate of a currency."""
    return Doubt(
        "contract_size",
        f"{worth.column.name} is {size.name} x {price.name} x {worth.factor:f}; what is one of "
        f"{size.name} worth?",
        (
            Answer(
                f"{worth.factor:f} times its price",
                {"fields.quantity": f"{size.expression} * {worth.factor:f}"},
            ),
            Answer("its price", {"fields.quantity": size.expression}),
        ),
    )


def some_are_options(amount: Column, size: Column, price: Column) -> Doubt:
    """Amounts of which some are 100 times the price x quantity, where nothing says which."""
    return Doubt(
        "contract_size",
        f"Some {amount.name} are {size.name} x {price.name}, others 100 times that, as of options; "
        "no column says which are which. What is one worth?",
        (
            Answer("100 times its price", {"fields.quantity": f"{size.expression} * 100"}),
            Answer("its price", {"fields.quantity": size.expression}),
        ),
    )


def size_of_fees(
    roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> Doubt | None:
    """What one of a quantity is worth, where fees are far too small a part of it times the price.

    So are those of contracts of 0.01 coin, of which the quantity is the number.
    """
    size, price = roles["quantity"], roles["price"]
    share = share_of_fees(roles, fees, rows)
    if share is None or isinstance(size, AmountOverPrice):
        return None
    factor = size_by_fees(share)
    usual = (share / factor * 100).quantize(Decimal("0.001")).normalize()
    return Doubt(
        "contract_size",
        f"Fees are {(share * 100).quantize(Decimal('0.000001')).normalize():f} % of {size.name} x "
        f"{price.name}, which no market charges; what is one of {size.name} worth?",
        (
            Answer(
                f"{factor:f} of its price, so fees are {usual:f} %",
                {"fields.quantity": f"{size.expression} * {factor:f}"},
            ),
            Answer("its price", {"fields.quantity": size.expression}),
        ),
    )


def _are_alike(worth: Sequence[Decimal]) -> bool:
    middle = sorted(worth)[len(worth) // 2]
    return sum(abs(one - middle) <= middle * _ALIKE for one in worth) * 10 >= 9 * len(worth)
