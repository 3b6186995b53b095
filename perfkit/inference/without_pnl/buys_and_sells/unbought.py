"""Sales of more than was bought before: short positions, or what was held already."""

from __future__ import annotations

from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.proof.executions import Executions
from perfkit.inference.records.order_effects import effect_of_all
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.contracts import is_future
from perfkit.inference.words.names import word_set, words

_HELD = word_set("position positions pos holding holdings held inventory shares units")

_OF_CONTRACTS = (
    *({"leverage"}, {"reduce", "only"}, {"position", "side"}, {"pos", "side"}, {"funding"}),
    *({"funding", "fee"}, {"liquidation", "price"}, {"margin", "mode"}, {"margin", "type"}),
)
_PERPETUAL = word_set("perp perpetual swap futures")
_COVERED = "sales of more than was held are short positions: all of it was bought back"
_OF_EFFECT = {
    "named": "sales of more than was held change no trade, as nothing was bought afterwards; those "
    "that the records call short open short positions",
    "open": "sales of more than was held are short positions: the records say that they open one",
    "held": "sales of more than was held are short positions: what is held after them is below 0",
    "close": "sales of more than was held are of positions from before the log began: the records "
    "say that they close one",
    "rest": "the rest of a sale of more than was held counts as bought before the log began: "
    "nothing was bought afterwards",
}


def assumed_of_sales(log: Log, found: Executions) -> list[str]:
    """What is taken for granted of sales of what was not held."""
    if effect := effect_of_sales(log, found):
        return [_OF_EFFECT[effect]]
    return [_COVERED] if found.shorting and found.are_covered else []


def effect_of_sales(log: Log, found: Executions) -> str:
    """What the records say of sales of what was not held: that they open or close a position.

    A rest of sales, after which nothing was bought, changes no trade.
    """
    if not found.shorting:
        return ""
    if _names_shorts(log, found):  # beside which a sale may close what was held before
        return "" if _are_bought_afterwards(log, found) else "named"
    if effect := effect_of_all(log.columns, found.shorting):
        return effect
    if any(_says_short(one, log, found) for one in log.columns):
        return "held"
    return "rest" if _are_rests(log, found) else ""


def _names_shorts(log: Log, found: Executions) -> bool:
    """Whether the side of some executions says that they sell short, as `Sold Short` does."""
    side = log.roles.get("side")
    if side is None:
        return False
    ways = directions(side)
    return any(ways[row] < 0 and "short" in words(side.labels[row]) for row in found.rows)


def _says_short(column: Column, log: Log, found: Executions) -> bool:
    """Whether a position is logged after each execution, and is below 0 where one sells short."""
    if column.kind != NUMBER or not set(column.words) & _HELD or column is log.roles["quantity"]:
        return False
    numbers, sizes = column.numbers, log.roles["quantity"].numbers
    if not all((numbers[row] or 0) < 0 for row in found.shorting):
        return False
    ways = directions(log.roles["side"]) if "side" in log.roles else None
    symbols = log.roles["symbol"].labels if "symbol" in log.roles else [""] * len(sizes)
    held: dict[str, Decimal] = {}
    agreed = 0
    for row in found.rows:
        size = sizes[row] or Decimal(0)
        moved = size if ways is None else ways[row] * abs(size)
        held[symbols[row]] = held.get(symbols[row], Decimal(0)) + moved
        agreed += numbers[row] == held[symbols[row]]
    return agreed * 10 >= 9 * len(found.rows)


def _are_rests(log: Log, found: Executions) -> bool:
    """Whether each sale of what was not held closed something, and is the last of its market."""
    symbol = log.roles.get("symbol")
    last = {"" if symbol is None else symbol.labels[row]: row for row in found.rows}
    return {*found.shorting} <= {*last.values()} & {*found.reducing}


def sold_unbought(log: Log, found: Executions) -> Doubt:
    """What sales are, of which nothing was bought before in the log."""
    count, total = len(found.shorting), len(found.rows)
    return Doubt(
        "sold_unbought",
        f"{count} of {total} executions sell more than was bought before; what are they?",
        (
            Answer("short positions", {"fills.short": True}),
            Answer("sales of what was bought before the log began", {"fills.short": False}),
        ),
        _why_short(log, found),
    )


def _why_short(log: Log, found: Executions) -> str:
    """Why sales are likely to be short positions, or to be no part of a closed trade anyway."""
    if _are_contracts(log, found):
        return "contracts are sold first as well as bought"
    if not _are_bought_afterwards(log, found):
        return "closed trades are the same in any case, as nothing was bought afterwards"
    return ""


def _are_bought_afterwards(log: Log, found: Executions) -> bool:
    """Whether something of a market is bought after a sale of what was not held."""
    symbol, sizes = log.roles.get("symbol"), log.roles["quantity"].numbers
    ways = directions(log.roles["side"]) if "side" in log.roles else None
    shorting, over = {*found.shorting}, set[str]()
    for row in found.rows:
        name = "" if symbol is None else symbol.labels[row]
        is_bought = (sizes[row] or 0) > 0 if ways is None else ways[row] > 0
        if is_bought and name in over:
            return True
        if row in shorting:
            over.add(name)
    return False


def _are_contracts(log: Log, found: Executions) -> bool:
    """Whether symbols are those of futures, or the log has what only positions on margin have."""
    if any({*one.words} in _OF_CONTRACTS and one.filled for one in log.columns):
        return True
    symbol = log.roles.get("symbol")
    sold = {symbol.labels[row] for row in found.shorting} if symbol is not None else set()
    return bool(sold) and all(is_future(one) or {*words(one)} & _PERPETUAL for one in sold)
