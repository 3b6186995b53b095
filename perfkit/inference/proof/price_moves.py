"""How far prices moved in favour of each trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import directions


def moves_since_opening(
    roles: Mapping[str, Column], rows: Sequence[int]
) -> list[tuple[int, Decimal]]:
    """How far the price moved since the last opening record, in parts of that price."""
    if not {"side", "price"} <= roles.keys() or "entry_price" in roles:
        return []
    prices, ways = roles["price"].numbers, directions(roles["side"])
    symbols = roles["symbol"].labels if "symbol" in roles else [""] * len(prices)
    closing = set(rows)
    opened: dict[str, tuple[Decimal, int]] = {}
    moves = []
    for row, price in enumerate(prices):
        if not price:
            continue
        if row in closing and symbols[row] in opened:
            paid, way = opened[symbols[row]]
            moves.append((row, (price - paid) / paid * way))
        elif row not in closing and ways[row]:
            opened[symbols[row]] = (price, ways[row])
    return moves


def moves_of(
    pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]
) -> list[tuple[int, Decimal]]:
    """How far the price moved in favour of each trade; without a side, as far as the P&L says."""
    entries, exits = roles["entry_price"].numbers, roles["exit_price"].numbers
    sides = directions(roles["side"]) if "side" in roles else [0] * len(entries)
    moves = []
    for row in rows:
        entry, out, earned = entries[row], exits[row], pnl.numbers[row]
        if entry is None or out is None or not entry or not out or earned is None:
            continue
        move = (out - entry) * (sides[row] or 1)
        if not sides[row] and (move > 0) != (earned > 0):
            move = -move
        moves.append((row, move))
    return moves
