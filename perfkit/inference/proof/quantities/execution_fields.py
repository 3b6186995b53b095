"""Which columns of executions hold the price and the quantity, proved by what they are worth.

qty 2, price 100.0, exec_price 100.5, notional 201.0     the price is exec_price
kurs_x 50, stk 3, wert 150                               of three, price x quantity = value
usd 30, price 60                                         the quantity is usd / price
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.derived_columns import change, quotient, without_sign
from perfkit.inference.table.directions import directions
from perfkit.inference.table.held import before_and_after, holdings_before_and_after
from perfkit.inference.words.names import pnl_name, word_set
from perfkit.inference.words.role_names import is_fee

_CHECKED = 60
_EXACT = Decimal("0.0001")
_ROUGH = Decimal("0.002")
_LEAST = 3
_LEAST_BETTER = 6
_OF_FILLS = word_set("average avg fill filled exec executed execution")
_MOST_COLUMNS = 10
_OF_PRICES = word_set("price px rate")
_FILLED = word_set("filled fill executed exec cum")
_OF_QUANTITIES = word_set("quantity size amount shares volume base contracts")
_NOT_TRADED = word_set("stop sl tp target limit balance equity cash leverage confidence score id")


def with_proved_fields(
    roles: Mapping[str, Column], columns: Sequence[Column], rows: Sequence[int]
) -> dict[str, Column]:
    """The roles with the price and the quantity that a value beside them proves."""
    found = dict(roles)
    if "side" not in found or {"entry_price", "exit_price"} & found.keys():
        return found
    sized = [column for column in columns if _may_be_size(column, rows)]
    if "price" in found:
        found["price"] = _filled_price(found["price"], found["side"], columns, rows)
        found["price"] = _last_price(found, columns)
        found["price"] = without_sign(found["price"], directions(found["side"]), rows)
    every, rows = rows, rows[:: max(1, len(rows) // _CHECKED)]
    if {"price", "quantity"} <= found.keys():
        found["price"] = _paid(found, sized, rows)
        return found
    if "price" in found and (quantity := _quantity(found, sized, rows)) is not None:
        found["quantity"] = quantity
    elif "price" in found and (moved := _moved(found, columns, every)) is not None:
        found["quantity"] = moved
    elif "quantity" in found and (price := _price(found["quantity"], sized, rows)) is not None:
        found["price"] = price
    elif not {"price", "quantity"} & found.keys():
        found |= _of_three(sized, rows)
    return found


def with_filled_quantity(
    roles: Mapping[str, Column], columns: Sequence[Column], rows: Sequence[int]
) -> Mapping[str, Column]:
    """The roles with what was filled of an order, where that is logged beside what was ordered."""
    ordered = roles.get("quantity")
    if ordered is None or set(ordered.words) & _FILLED:
        return roles
    for column in columns:
        parts = set(column.words)
        if column.kind != NUMBER or not parts & _FILLED or not parts <= _FILLED | _OF_QUANTITIES:
            continue
        pairs = [(ordered.numbers[row], column.numbers[row]) for row in rows]
        if all(a is not None and b is not None and abs(b) <= abs(a) for a, b in pairs):
            return {**roles, "quantity": column}
    return roles


def _may_be_size(column: Column, rows: Sequence[int]) -> bool:
    name = pnl_name(column.name)
    if column.kind != NUMBER or is_fee(column.name) or (name is not None and not name.is_bare):
        return False
    if set(column.words) & _NOT_TRADED:
        return False
    numbers = [column.numbers[row] for row in rows]
    return sum(bool(number) for number in numbers) * 10 >= 8 * len(rows) > 0


def _error(price: Column, quantity: Column, value: Column, rows: Sequence[int]) -> Decimal | None:
    """By how much price x quantity usually misses a value, in parts of it; None: unknown."""
    missed = sorted(
        abs(abs(paid * size) - abs(worth)) / abs(worth)
        for row in rows
        if (paid := price.numbers[row])
        and (size := quantity.numbers[row])
        and (worth := value.numbers[row])
    )
    return missed[len(missed) * 9 // 10] if len(missed) >= min(_LEAST, len(rows)) else None


def _filled_price(
    price: Column, side: Column, columns: Sequence[Column], rows: Sequence[int]
) -> Column:
    """The average price of fills beside the limit of an order, which orders at market have not.

    None is worse than its limit. The average price of what is held, as logs of fills have it, is.
    """
    if set(price.words) & _OF_FILLS:
        return price
    ways = directions(side)
    rows = [row for row in rows if ways[row]]
    for column in columns:
        said = set(column.words)
        if column.kind != NUMBER or not {"average", "avg"} & said or "price" not in said:
            continue
        if said - _OF_FILLS - {"price"}:
            continue
        filled = [row for row in rows if column.numbers[row]]
        lacking = [row for row in filled if price.numbers[row] is None]
        gains = [
            (limit - paid) * ways[row]
            for row in filled
            if (limit := price.numbers[row]) and (paid := column.numbers[row])
        ]
        if len(filled) < len(rows) or min(gains, default=Decimal(0)) < 0:
            continue
        if lacking or (len(gains) >= _LEAST_BETTER and max(gains) > 0):
            return column
    return price


def _last_price(roles: Mapping[str, Column], columns: Sequence[Column]) -> Column:
    """The price of the last execution, where the quantity is that of it: `last_qty`, `last_px`."""
    quantity = roles.get("quantity")
    if quantity is None or "last" not in quantity.words:
        return roles["price"]
    found = (one for one in columns if {*one.words} == {"last", "price"} and any(one.numbers))
    return next(found, roles["price"])


def _paid(roles: Mapping[str, Column], sized: Sequence[Column], rows: Sequence[int]) -> Column:
    """The price that a value proves to be what was paid, where the usual one misses it."""
    price, quantity = roles["price"], roles["quantity"]
    prices = [one for one in sized if set(one.words) & _OF_PRICES and one is not price]
    for value in sized:
        if value in (price, quantity) or set(value.words) & _OF_PRICES:
            continue
        usual = _error(price, quantity, value, rows)
        if usual is None or usual > 20 * _ROUGH:
            continue
        errors = [(missed, n) for n, one in enumerate(prices)
                  if (missed := _error(one, quantity, value, rows)) is not None]  # fmt: skip
        if errors and min(errors)[0] <= _EXACT and min(errors)[0] * 3 < usual:
            return prices[min(errors)[1]]
    return price


def _quantity(
    roles: Mapping[str, Column], sized: Sequence[Column], rows: Sequence[int]
) -> Column | None:
    """A column of which there is the product with the price; else what was paid over the price."""
    price = roles["price"]
    for one, value in _ordered_pairs([column for column in sized if column is not price]):
        if set(value.words) & _OF_PRICES:  # 1 x price is another price
            continue
        missed = _error(price, one, value, rows)
        if missed is not None and missed <= _ROUGH:
            return one
    stake = roles.get("stake")
    return None if stake is None or stake not in sized else quotient(stake, price)


def _moved(
    roles: Mapping[str, Column], columns: Sequence[Column], rows: Sequence[int]
) -> Column | None:
    """How much more or less is held after each execution; else the cash that it moved, over price.

    Where costs are in the cash, purchases and sales are not of equal quantities.
    """
    ways = directions(roles["side"])
    traded = [row for row in rows if ways[row]]
    for before, after in holdings_before_and_after(columns):
        if _follow(before, after, ways, traded):
            return change(before, after)
    if any(is_fee(column.name) for column in columns):
        return None
    for before, after in before_and_after(columns):
        if _follow(after, before, ways, traded):
            sizes = change(before, after, roles["price"])
            return sizes if _even_out(sizes, roles, ways, traded) else None
    return None


def _follow(one: Column, other: Column, ways: Sequence[int], rows: Sequence[int]) -> bool:
    """Whether a column is above another in all purchases, and below it in all sales."""
    pairs = [(one.numbers[row], other.numbers[row], ways[row]) for row in rows]
    return len(pairs) >= _LEAST - 1 and all(
        a is not None and b is not None and (b > a if way > 0 else b < a) for a, b, way in pairs
    )


def _even_out(
    sizes: Column, roles: Mapping[str, Column], ways: Sequence[int], rows: Sequence[int]
) -> bool:
    """Whether at least every second sale leaves nothing of what was bought of its symbol."""
    symbols = roles["symbol"].labels if "symbol" in roles else [""] * len(ways)
    held: dict[str, Decimal] = {}
    sold = flat = 0
    for row in rows:
        size = sizes.numbers[row] or Decimal(0)
        held[symbols[row]] = left = held.get(symbols[row], Decimal(0)) + ways[row] * size
        sold += ways[row] < 0
        flat += ways[row] < 0 and abs(left) <= size * _EXACT
    return 0 < sold <= 2 * flat


def _price(quantity: Column, sized: Sequence[Column], rows: Sequence[int]) -> Column | None:
    for one, value in _ordered_pairs([column for column in sized if column is not quantity]):
        missed = _error(one, quantity, value, rows)
        if missed is not None and missed <= _ROUGH:
            return one
    return None


def _ordered_pairs(columns: Sequence[Column]) -> list[tuple[Column, Column]]:
    found = columns[:_MOST_COLUMNS]
    return [(one, other) for one in found for other in found if one is not other]


def _of_three(sized: Sequence[Column], rows: Sequence[int]) -> dict[str, Column]:
    """Price and quantity of which the product is there: one that is called a price is none other.

    Else the quantity is the one in whole numbers. Where that does not tell, none is named.
    """
    for one, other in combinations(sized[:_MOST_COLUMNS], 2):
        named = [bool(set(column.words) & _OF_PRICES) for column in (one, other)]
        if _is_constant(one, rows) or _is_constant(other, rows):
            continue
        for value in sized[:_MOST_COLUMNS]:
            if value is one or value is other:
                continue
            missed = _error(one, other, value, rows)
            if missed is None or missed > _ROUGH:
                continue
            whole = [all(_is_whole(c.numbers[row]) for row in rows) for c in (one, other)]
            if named[0] != named[1]:
                whole = named[::-1]
            if whole[0] != whole[1]:
                price, quantity = (other, one) if whole[0] else (one, other)
                return {"price": price, "quantity": quantity}
    return {}


def _is_whole(number: Decimal | None) -> bool:
    return number is None or number == number.to_integral_value()


def _is_constant(column: Column, rows: Sequence[int]) -> bool:
    return len({column.numbers[row] for row in rows}) == 1
