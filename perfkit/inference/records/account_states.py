"""What an account was worth at each moment, with what it had earned so far: no trades.

time, total_value, unrealized_pnl, realized_pnl
date, portfolio_value, pnl                            the value less what the account began with
date, position, realized_pnl, daily_total_pnl         a day, whatever was held on it
symbol, last_price, market_value, unrealized_pnl      a position, as it stands
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
_DAY = len("2026-04-07")
_EARNED = word_set("pnl profit return returns")
_NOW = ({"market", "value"}, {"current", "value"}, {"last", "price"}, {"current", "price"})


def states_of_account(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """What records of an account's worth and its results so far, held and closed, are; else empty.

    Nothing of a trade stands beside them: neither what was traded nor that it closed.
    """
    if times.closed or times.opened:
        return ""
    if so_far := _worth_less_a_constant(columns, roles):
        return f"states of an account ({so_far})"
    if daily := _of_each_day(columns, roles, times):
        return f"totals of a day ({daily})"
    if now := _of_now(columns, roles) or _invested(columns, roles, times):
        return f"positions that are still held ({now})"
    if roles.keys() & set(_OF_A_TRADE):
        return ""
    numbers = [one for one in columns if one.kind == NUMBER]
    results = [one for one in numbers if pnl_name(one.name) is not None]
    held = [one for one in numbers if _is_of_held(one)]
    closed = [one for one in results if one not in held]
    if not held or not closed or len(columns[0].values) < _LEAST:
        return ""
    if any(map(_says_what_was_done, columns)):
        return ""
    worth = [one for one in numbers if {*one.words} & _WORTH and one not in results]
    names = ", ".join(one.name for one in (*worth[:1], held[0], closed[0]))
    return f"states of an account ({names})"


def _of_each_day(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """The name of a day's P&L where each record is of another day, and of no market."""
    whens = [*times.event, *times.other]
    if roles.keys() & set(_OF_AN_END) or len(whens) != 1:
        return ""
    days = [label[:_DAY] for label in whens[0].labels]
    if len(days) < _LEAST_DIFFERENT or len({*days}) < len(days):
        return ""
    daily = (one for one in columns if one.kind == NUMBER and "daily" in one.words)
    return next((one.name for one in daily if {*one.words} & _EARNED), "")


def _of_now(columns: Sequence[Column], roles: Mapping[str, Column]) -> str:
    """The name of what most positions have earned so far, beside what they are worth now."""
    results = [one for one in columns if one.kind == NUMBER and pnl_name(one.name)]
    if roles.keys() & {*_OF_AN_END} - {"symbol"} or any(map(_says_what_was_done, columns)):
        return ""
    if any({"realized", "close"} & {*one.words} for one in results):
        return ""
    if not any({*one.words} in _NOW for one in columns):
        return ""
    held = (one for one in columns if one.kind == NUMBER and _is_of_held(one))
    return next((one.name for one in held if 2 * sum(map(bool, one.numbers)) > one.filled), "")


def _invested(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """The name of what is invested in each position, at an average price and without any time."""
    if times.are_there or roles.keys() & {*_OF_AN_END} - {"symbol"}:
        return ""
    if not any({"avg", "average"} & {*one.words} for one in columns):
        return ""
    return next((one.name for one in columns if "invested" in one.words), "")


def _is_of_held(column: Column) -> bool:
    """Whether a column is what positions have earned so far: `unrealized_pnl`, `open_pnl`."""
    said = {*column.words}
    return bool(said & {"unrealized", "floating"}) or {"open", "pnl"} == said


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
