"""Records each of which is about many trades, or about none, though nothing in them is a total.

hour 0, pnl 5; hour 1, pnl -2            the trades of an hour
rank 1, trader 0x7f, pnl 900             a trader
symbol A, count 12, pnl 30               a symbol
open, high, low, close, returns          a bar of a market
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import MONEY, pnl_name, word_set
from perfkit.inference.words.role_names import is_strong_summary

_PERIODS = (
    *({"hour"}, {"weekday"}, {"dow"}, {"month"}, {"year"}, {"session"}, {"day", "of", "week"}),
    *({"episode"}, {"epoch"}, {"generation"}, {"iteration"}, {"trial"}, {"fold"}, {"seed"}),
    *({"day", "name"}, {"hour", "of", "day"}, {"bucket"}, {"bin"}, {"time", "of", "day"}),
)
_RANKS = ({"rank"}, {"ranking"}, {"position", "rank"})
_TRADERS = word_set("user username trader address wallet proxy leader account")
_OF_POLYMARKET = {"proxy", "wallet"}
_LEAST_ACCOUNTS = 8
_COUNTS = ({"count"}, {"n"}, {"trades"}, {"n", "trades"}, {"num", "trades"}, {"num"})
_TOTAL_COUNTS = {frozenset(one) for one in ({"total", "trades"}, {"number", "of", "trades"})}
_BAR = ("open", "high", "low", "close")
_OF_A_TRADE = frozenset(("side", "entry_price", "exit_price", "price", "outcome", "exit_reason"))
_OF_ITS_END = frozenset(("exit_price", "exit_reason", "outcome"))
_TWO_COUNTS = (("buy", "sell"), ("win", "loss"), ("long", "short"))
_LEAST = 4


def what_groups(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """What records of groups are, with the columns that show it; else empty."""
    if whose := _of_traders(columns, roles) or _of_windows(columns, roles) or _of_others(columns):
        return whose
    if counted := _of_several(columns, roles, times):
        return f"figures of many trades ({counted})"
    if roles.keys() & _OF_A_TRADE:
        return ""
    if bars := _bars(columns):
        return bars
    if times.are_there or len(columns[0].values) < _LEAST:
        return ""
    alone = [one for one in columns if one.kind in (NUMBER, TEXT) and _differs(one)]
    for column in alone:
        if set(column.words) in _PERIODS:
            return f"totals of a period ({column.name})"
        if set(column.words) in _RANKS and (who := _named(columns, _TRADERS)) is not None:
            return f"a ranking of traders ({column.name}, {who.name})"
    symbol = roles.get("symbol")
    counts = [one.name for one in columns if set(one.words) in _COUNTS]
    if symbol is not None and symbol in alone and counts:
        return f"totals of each {symbol.name} ({counts[0]})"
    return ""


def _of_several(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """The name of a column that says how many trades each record is of.

    A count that never falls may be that of all trades up to a record, and does not show it.
    """
    if roles.keys() & _OF_ITS_END or times.closed or len(columns[0].values) < _LEAST:
        return ""
    for column in columns:
        counts = [number for number in column.numbers if number is not None]
        if frozenset(column.words) not in _TOTAL_COUNTS or len(counts) < len(column.values):
            continue
        falls = sum(after < before for before, after in pairwise(counts))
        if falls and max(counts) > 1 and all(one == int(one) for one in counts):
            return column.name
    return ""


def _of_others(columns: Sequence[Column]) -> str:
    """What records are of which most have another rank's trader, or another account of Polymarket.

    Copied traders have no rank beside each trade, and an account has one `proxyWallet`.
    """
    ranks = [one for one in columns if one.kind == NUMBER and set(one.words) in _RANKS]
    for column in columns:
        said = set(column.words)
        if column.kind != TEXT or not said & _TRADERS:
            continue
        if ranks and _are_many(column):
            return f"a ranking of traders ({ranks[0].name}, {column.name})"
        if said == _OF_POLYMARKET and len({*column.labels} - {""}) >= _LEAST_ACCOUNTS:
            return f"results of many accounts ({column.name})"
    return ""


def _are_many(column: Column) -> bool:
    """Whether more than half of the records have another text than all others."""
    there = [label for label in column.labels if label]
    return len(there) >= _LEAST and 2 * len({*there}) > len(there)


def _of_traders(columns: Sequence[Column], roles: Mapping[str, Column]) -> str:
    """What records are of which each is another trader's, with how often he won."""
    if len(columns[0].values) < _LEAST or roles.keys() & _OF_ITS_END:
        return ""
    who = next((one for one in columns if set(one.words) & _TRADERS and _differs(one)), None)
    rate = next((one.name for one in columns if is_strong_summary(one.name)), "")
    return f"totals of each {who.name} ({rate})" if who is not None and rate else ""


def _of_windows(columns: Sequence[Column], roles: Mapping[str, Column]) -> str:
    """What records are that count several trades each, those bought and those sold or won and lost.

    A count so far, as a log of trades may have, never becomes smaller.
    """
    if roles.keys() & {"symbol", "entry_price", *_OF_ITS_END}:
        return ""
    counts = {frozenset(one.words) - {"n", "num", "total"}: one for one in columns}
    every = counts.get(frozenset(("trade", "count"))) or counts.get(frozenset(("trades",)))
    for one, other in _TWO_COUNTS:
        parts = [counts.get(frozenset((word, "count"))) for word in (one, other)]
        if every is None or parts[0] is None or parts[1] is None:
            continue
        rows = [*zip(every.numbers, parts[0].numbers, parts[1].numbers, strict=True)]
        if not all(a is not None and b is not None and c is not None for a, b, c in rows):
            continue
        is_sum = all((a or 0) == (b or 0) + (c or 0) for a, b, c in rows)
        falls = sum((after[0] or 0) < (before[0] or 0) for before, after in pairwise(rows))
        if is_sum and falls * _LEAST >= len(rows) >= _LEAST:
            return f"totals of a period ({', '.join(_names([every, parts[0], parts[1]]))})"
    return ""


def _names(columns: Sequence[Column]) -> list[str]:
    return [one.name for one in columns]


def _differs(column: Column) -> bool:
    """Whether each record has a value of its own."""
    return column.filled == len(column.values) == len(column.distinct)


def _named(columns: Sequence[Column], known: frozenset[str]) -> Column | None:
    return next((one for one in columns if set(one.words) & known), None)


def _bars(columns: Sequence[Column]) -> str:
    """What bars are: four prices of one market, and no P&L in money beside them."""
    names = {one.words[0] for one in columns if len(one.words) == 1 and one.kind == NUMBER}
    if not names >= set(_BAR):
        return ""
    results = [name for one in columns if (name := pnl_name(one.name)) is not None]
    if any(name.unit == MONEY for name in results):
        return ""
    return f"bars of a market ({', '.join(_BAR)})"
