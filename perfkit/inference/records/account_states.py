"""What an account was worth at each moment, with what it had earned so far: no trades.

time, total_value, unrealized_pnl, realized_pnl
date, portfolio_value, pnl                            the value less what the account began with
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from perfkit.inference.records.filled import EVENTS
from perfkit.inference.records.kinds import CLOSING
from perfkit.inference.table.columns import BOOLEAN, NUMBER, TEXT, Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import MONEY, pnl_name, word_set, words

_OF_A_TRADE = ("symbol", "side", "exit_price", "exit_reason", "outcome", "quantity", "identity")
_WORTH = word_set("equity balance value nav bankroll capital worth cash")
_OF_AN_END = ("symbol", "exit_price", "exit_reason", "outcome")
_LEAST = 3
_LEAST_DIFFERENT = 5


def states_of_account(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """What records of an account's worth and its results so far, held and closed, are; else empty.

    Nothing of a trade stands beside them: neither what was traded nor that it closed.
    """
    if times.closed or times.opened:
        return ""
    if so_far := _worth_less_a_constant(columns, roles):
        return f"states of an account ({so_far})"
    if roles.keys() & set(_OF_A_TRADE):
        return ""
    numbers = [one for one in columns if one.kind == NUMBER]
    results = [one for one in numbers if pnl_name(one.name) is not None]
    held = [one for one in numbers if "unrealized" in one.words]
    closed = [one for one in results if one not in held]
    if not held or not closed or len(columns[0].values) < _LEAST:
        return ""
    if any(map(_says_what_was_done, columns)):
        return ""
    worth = [one for one in numbers if {*one.words} & _WORTH and one not in results]
    names = ", ".join(one.name for one in (*worth[:1], held[0], closed[0]))
    return f"states of an account ({names})"


def _worth_less_a_constant(columns: Sequence[Column], roles: Mapping[str, Column]) -> str:
    """The names of a worth and of the one P&L, where they differ by the same in all records."""
    if roles.keys() & set(_OF_AN_END):
        return ""
    numbers = [one for one in columns if one.kind == NUMBER]
    results = [one for one in numbers if (known := pnl_name(one.name)) and known.unit == MONEY]
    if len(results) != 1 or len({*results[0].numbers}) < _LEAST_DIFFERENT:
        return ""
    so_far = results[0]
    if not _goes_on(so_far):
        return ""
    for worth in numbers:
        if worth is so_far or not {*worth.words} & _WORTH:
            continue
        pairs = [*zip(worth.numbers, so_far.numbers, strict=True)]
        begun = {a - b for a, b in pairs if a is not None and b is not None}
        is_all = all(a is not None and b is not None for a, b in pairs)
        if is_all and max(begun) > 0 and max(begun) - min(begun) <= worth.step + so_far.step:
            return f"{worth.name}, {so_far.name}"
    return ""


def _goes_on(total: Column) -> bool:
    """Whether a number is from record to record near what it was, as no result of a trade is."""
    known = [one for one in total.numbers if one is not None]
    moved = sum((abs(one - two) for one, two in pairwise(known)), Decimal(0))
    return moved < sum(map(abs, known), Decimal(0))


def _says_what_was_done(column: Column) -> bool:
    """Whether a column has words for events, or for records that close."""
    if column.kind == BOOLEAN:
        return "close" in column.words
    if column.kind != TEXT or not column.has_few_words:
        return False
    if len(column.distinct) > 1 and {*column.words} & EVENTS:
        return True
    return any({*words(label)} & CLOSING for label in column.distinct)
