"""Closes and the openings before them, where prices prove which belong together.

OPEN   BTC  at 100, for 50     fee 0.1
CLOSE  BTC  at 102, pnl 1      fee 0.1     (102 / 100 - 1) x 50 = 1: before the costs of both
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.records.closing import Closing
from perfkit.inference.table.columns import MOST_WORDS, TEXT, Column
from perfkit.inference.table.directions import directions

_LEAST = 8
_NEARLY = Decimal("0.002")
FIFO, LIFO = "fifo", "lifo"


class ClosesMatched(NamedTuple):
    """What openings and closes have in common, and the order in which openings are closed.

    `has_exit_costs` says that the costs of the close are in its P&L; those of the opening are not.
    """

    by: list[str]
    order: str
    has_exit_costs: bool


def matched_closes(
    pnl: Column,
    closing: Closing,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    cost_of: Callable[[int], Decimal],
) -> ClosesMatched | None:
    """How each close finds its opening; None where prices do not show it, or openings are free.

    `cost_of` is what a record cost.
    """
    if not {"symbol", "price"} <= roles.keys() or len(closing.rows) < _LEAST:
        return None
    if closing.marker is None or not {"quantity", "stake"} & roles.keys():
        return None
    prices = roles["price"].numbers  # of which there is none where nothing was done
    closing = closing._replace(opening=[row for row in closing.opening if prices[row]])
    paid = [row for row in closing.opening if cost_of(row)]
    if len(paid) * 10 < 9 * len(closing.opening) or not paid:
        return None
    best, most = None, 0
    for keys in _keys(closing, columns, roles):
        for order in (FIFO, LIFO):
            pairs = _pairs(closing, keys, order)
            gross, net, compared = _agreement(pnl, pairs, roles, cost_of, _ways(closing, roles))
            agreed = max(gross, net)
            if agreed > most and gross != net and agreed * 20 >= 19 * compared:
                best = ClosesMatched([key.expression for key in keys], order, net > gross)
                most = agreed
    return best if most * 10 >= 9 * len(closing.rows) else None


def _keys(
    closing: Closing, columns: Sequence[Column], roles: Mapping[str, Column]
) -> Iterator[list[Column]]:
    """What an opening and its close may share: the symbol, and the words of another column."""
    symbol, rows = roles["symbol"], [*closing.rows, *closing.opening]
    yield [symbol]
    for column in columns:
        if column.kind != TEXT or column in (symbol, closing.marker) or not column.has_few_words:
            continue
        if len(column.distinct) <= MOST_WORDS and all(column.present[row] for row in rows):
            yield [symbol, column]


def _pairs(closing: Closing, keys: Sequence[Column], order: str) -> list[tuple[int, int]]:
    """Each close with the first or the last opening before it that has the same words."""
    opening = set(closing.opening)
    held: dict[tuple[str, ...], list[int]] = {}
    pairs = []
    for row in sorted([*closing.rows, *closing.opening]):
        name = tuple(key.labels[row] for key in keys)
        waiting = held.setdefault(name, [])
        if row in opening:
            waiting.append(row)
        elif waiting:
            pairs.append((waiting.pop(0 if order == FIFO else -1), row))
    return pairs


def _ways(closing: Closing, roles: Mapping[str, Column]) -> Sequence[int]:
    """Whether each record is of a long or a short trade: by its side, or a word as `ENTER_SHORT`.

    Those that nothing says are long.
    """
    said = roles.get("side", closing.marker)
    ways = [] if said is None else directions(said)
    known = any(ways[row] for row in closing.opening) if ways else False
    return ways if known else [1] * len(roles["price"].values)


def _agreement(
    pnl: Column,
    pairs: Sequence[tuple[int, int]],
    roles: Mapping[str, Column],
    cost_of: Callable[[int], Decimal],
    ways: Sequence[int],
) -> tuple[int, int, int]:
    """How often the P&L is what prices give, or that less the costs of the close; of how many."""
    gross = net = compared = 0
    for opened, closed in pairs:
        moved, earned = _earned(roles, ways[opened], opened, closed), pnl.numbers[closed]
        cost = cost_of(closed)
        if moved is None or earned is None:
            continue
        compared += 1
        allowed = 2 * pnl.step + abs(moved) * _NEARLY
        gross += abs(earned - moved) <= allowed
        net += abs(earned - moved + cost) <= allowed
    return gross, net, compared


def _earned(roles: Mapping[str, Column], way: int, opened: int, closed: int) -> Decimal | None:
    """What the prices of both give for the quantity, or for what was put in at the opening."""
    prices = roles["price"].numbers
    entry, out = prices[opened], prices[closed]
    if not entry or not out or not way:
        return None
    size = roles["quantity"].numbers[opened] if "quantity" in roles else None
    stake = roles["stake"].numbers[opened] if "stake" in roles else None
    size = size or (stake / entry if stake else None)
    return None if not size else (out - entry) * abs(size) * way
