"""What records without results do have, from which these can be had, and what to write for it.

capital_open, capital_close          what the account held before and after each trade
side buy, price, quantity; no time   executions
action buy, price, cash; no time     executions of one unit, by whose price cash moves
buys [{price: 5}], sells [...]       executions inside each record
side buy, sol_amount, token_amount   executions, whose price is the one over the other
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.table.columns import NUMBER, OTHER, TEXT, Column
from perfkit.inference.table.directions import direction
from perfkit.inference.table.held import before_and_after
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import CURRENCIES, pnl_name, word_set, words
from perfkit.inference.words.role_names import role_rank

_NO_RESULT = "no column is the result of a trade"
_LISTS = word_set("buys sells buy sell fills executions trades orders transactions")
_OF_MONEY = frozenset((*CURRENCIES, *word_set("sol quote cost value total notional paid")))
_OF_RATINGS = word_set("score confidence rating rank strength probability weight count")
_OF_SIZES = word_set("token tokens base quantity shares units coins size amount")
_MOST_WORDS = 12
_OF_ENDS = frozenset(("exit_price", "exit_reason", "outcome"))
_SHOWN = 3


def why_none(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """Why there are no results, where records have what these can be made of; else empty."""
    seen = lists_inside(columns) or _held(columns, times) or _orders(roles, times)
    seen = seen or _amounts(columns, roles, times) or _of_one_each(columns, roles, times)
    if seen:
        return f"{_NO_RESULT}, but {seen}"
    return _of_zeros(columns) or _of_openings(roles)


def _of_zeros(columns: Sequence[Column]) -> str:
    """That results are all 0, as those of what is still open."""
    results = [one for one in columns if one.kind == NUMBER and pnl_name(one.name) is not None]
    if not results or any(any(one.numbers) for one in results):
        return ""
    names = " and ".join(one.name for one in results[:_SHOWN])
    return f"no trade has ended: {names} {'are' if len(results) > 1 else 'is'} 0 in all records"


def _of_openings(roles: Mapping[str, Column]) -> str:
    """That each record plans how a trade is to end, and none says how it did."""
    if not {"side", "stop_loss", "target"} <= roles.keys() or roles.keys() & _OF_ENDS:
        return ""
    stop, target = roles["stop_loss"], roles["target"]
    if min(stop.filled, target.filled) * 2 < len(stop.values):
        return ""
    return f"no close of a trade is logged, only openings with {stop.name} and {target.name}"


def lists_inside(columns: Sequence[Column]) -> str:
    """The lists of executions that lie inside the records, with the key that reads them."""
    found = [one for one in columns if set(one.words) & _LISTS and _has_prices(one)]
    if not found:
        return ""
    names = " and ".join(one.name for one in found[:_SHOWN])
    return (
        f"{names} in each record {'are lists' if len(found) > 1 else 'is a list'} with prices; "
        f"write `records:` with the path, such as `'*.{found[0].name}.*'`"
    )


def _has_prices(column: Column) -> bool:
    """Whether values are lists of objects that have a price and a quantity."""
    if column.kind != OTHER:
        return False
    lists = [value for value in column.values if isinstance(value, Sequence) and value]
    first = lists[0][0] if lists and not isinstance(lists[0], str) else None
    if not isinstance(first, Mapping):
        return False
    return all(
        any(role_rank(str(name), role) is not None for name in first)
        for role in ("price", "quantity")
    )


def _held(columns: Sequence[Column], times: Times) -> str:
    """What an account held before and after each record, where this has a time of its close."""
    pairs = before_and_after(columns) if times.closed else []
    if not pairs:
        return ""
    before, after = pairs[0]
    return (
        f"{before.name} and {after.name} say what was held before and after; if each record is a "
        f"trade, write `net_pnl: {after.expression} - {before.expression}`"
    )


def _orders(roles: Mapping[str, Column], times: Times) -> str:
    """What executions lack: a time, or a meaning of words that are neither buy nor sell."""
    if not {"side", "price", "quantity"} <= roles.keys():
        return ""
    side, price, size = (roles[role] for role in ("side", "price", "quantity"))
    labels = [label for label in side.distinct if label]
    ways = {direction(label) for label in labels}
    if not {1, -1} <= ways or len(labels) > _MOST_WORDS or size.words == ("volume",):
        return ""
    unknown = [label for label in labels if not direction(label) and words(label)]
    wanted = [] if times.are_there else ["`at: '= 2000-01-01'`, as no time is logged"]
    if unknown:
        wanted.append(f"`values:` that say which of {', '.join(unknown[:_SHOWN])} is a sale")
    if not wanted:
        return ""
    return (
        f"{side.name} says what was bought and sold, beside {price.name} and {size.name}; if these "
        f"are executions, write `fills:` with {', and '.join(wanted)}"
    )


def _of_one_each(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """What purchases and sales of one unit lack, where cash shows that there is one in each."""
    if "price" not in roles or "quantity" in roles or times.are_there:
        return ""
    side, price = next(filter(_has_both_ways, columns), None), roles["price"]
    if side is None:
        return ""
    ways = [direction(label) for label in side.labels]
    traded = [row for row in range(1, len(ways)) if ways[row]]
    cash = next((one for one in columns if _moves_by(one, price, ways, traded)), None)
    if cash is None:
        return ""
    said = dict.fromkeys(str(side.values[row]) for row in traded)
    return (
        f"{side.name} says what was bought and sold, and {cash.name} moves by {price.name}, as for "
        f"one unit each; if these are executions, write `only: {{{side.expression}: "
        f"[{', '.join(said)}]}}`, `fills: {{by: []}}`, and in `fields:` `quantity: '= 1'` and "
        "`at: '= 2000-01-01'`, as no time is logged"
    )


def _has_both_ways(column: Column) -> bool:
    """Whether words of a column say that something is bought, and others that it is sold."""
    if column.kind != TEXT or not column.has_few_words:
        return False
    return {1, -1} <= {direction(label) for label in column.distinct if label}


def _moves_by(column: Column, price: Column, ways: Sequence[int], traded: Sequence[int]) -> bool:
    """Whether a number falls by the price of each purchase, and rises by that of each sale."""
    if column.kind != NUMBER or column is price:
        return False
    held, prices = column.numbers, price.numbers
    allowed = 2 * (column.step + price.step)
    for row in traded:
        before, after, paid = held[row - 1], held[row], prices[row]
        if before is None or after is None or not paid:
            return False
        if abs(before - after - ways[row] * paid) > allowed:
            return False
    return bool(traded)


def _amounts(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """What purchases and sales lack that say how much was paid for how much, and no price."""
    if not {"side", "symbol"} <= roles.keys() or not times.are_there or "price" in roles:
        return ""
    if not {1, -1} <= {direction(label) for label in roles["side"].distinct if label}:
        return ""
    amounts = [one for one in columns if one.kind == NUMBER and all(one.numbers)]
    amounts = [one for one in amounts if not set(one.words) & _OF_RATINGS]
    paid = next((one for one in amounts if set(one.words) & _OF_MONEY), None)
    size = next((one for one in amounts if one is not paid and set(one.words) & _OF_SIZES), None)
    if paid is None or size is None:
        return ""
    return (
        f"{paid.name} may be what was paid for {size.name}; if these are executions, write "
        f"`fills:` with `quantity: {size.expression}` and "
        f"`price: {paid.expression} / {size.expression}`"
    )
