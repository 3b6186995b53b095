"""What entry and exit prices say of a P&L in per cent or in parts: costs or caps may be in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.proof.evidence import AGREES, HUNDRED
from perfkit.inference.proof.prices import moves_of, moves_since_opening
from perfkit.inference.table.columns import Column
from perfkit.inference.table.names import FRACTION, PERCENT
from perfkit.inference.table.roles import directions

_ROUNDING = Decimal("0.005")
_TINY = Decimal("1e-6")
_COSTS_AT_MOST = Decimal("0.6")
"""What a trade costs in per cent, at most."""
_LEAST_RATES = 8
_NEAR = Decimal("0.15")


def are_fractions(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether most of a P&L is the move in parts of the entry, to the digits that it shows.

    The others may be capped, as where a stop is simulated: -0.05 whatever the exit price.
    """
    if not {"entry_price", "exit_price"} <= roles.keys():
        return False
    entries = roles["entry_price"].numbers
    moves = [
        (row, move / entry) for row, move in moves_of(pnl, roles, rows) if (entry := entries[row])
    ]
    exact = [
        abs(move - earned) <= 2 * pnl.step.min(abs(move) * _ROUNDING + _TINY)
        for row, move in moves
        if move and (earned := pnl.numbers[row])
    ]
    return len(exact) >= 5 and sum(exact) * 10 >= 6 * len(exact)


def is_rate_less_costs(
    pnl: Column, roles: Mapping[str, Column], rows: Sequence[int], unit: str = PERCENT
) -> bool:
    """Whether a P&L is the move of the price, less a part of a per cent in each record.

    bought at 76400, sold at 74300: -2.75 %, of which -2.95 is left after costs of 0.2

    `unit` is that of the P&L: per cent, or fractions, of which 0.01 is 1 %. Without a side, trades
    are long.
    """
    moves = _with_rates(pnl, roles, rows, HUNDRED if unit == FRACTION else Decimal(1))
    is_enough = len(moves) >= _LEAST_RATES and len(moves) >= AGREES * len(rows)
    return is_enough and _are_less(moves, pnl.step * (HUNDRED if unit == FRACTION else 1))


def may_be_rate(pnl: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether a P&L is near the move of the price in per cent, in too few records to prove it."""
    moves = _with_rates(pnl, roles, rows, Decimal(1))
    if not moves or len(moves) < len(rows) or not _are_less(moves, pnl.step):
        return False
    left = sum((abs(move - earned) for move, earned in moves), Decimal(0))
    return left <= _NEAR * sum((abs(move) for move, _ in moves), Decimal(0))


def _are_less(moves: Sequence[tuple[Decimal, Decimal]], step: Decimal) -> bool:
    """Whether moves in per cent are larger than costs, and all but these is left of them."""
    middle = sorted(abs(move) for move, _ in moves)[len(moves) // 2]
    less = sum(-2 * step <= move - earned <= _COSTS_AT_MOST for move, earned in moves)
    return middle > _COSTS_AT_MOST and less * 20 >= 19 * len(moves)


def _with_rates(
    pnl: Column, roles: Mapping[str, Column], rows: Sequence[int], times: Decimal
) -> list[tuple[Decimal, Decimal]]:
    """How far the price moved in per cent, and the P&L in per cent, where both are known."""
    moves = moves_since_opening(roles, rows)
    if {"entry_price", "exit_price"} <= roles.keys():
        entries, exits = roles["entry_price"].numbers, roles["exit_price"].numbers
        ways = directions(roles["side"]) if "side" in roles else [1] * len(entries)
        moves = [
            (row, (out / entry - 1) * ways[row])
            for row in rows
            if (entry := entries[row]) and (out := exits[row])
        ]
    return [
        (move * HUNDRED, earned * times)
        for row, move in moves
        if (earned := pnl.numbers[row]) is not None
    ]
