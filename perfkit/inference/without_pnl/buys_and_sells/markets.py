"""Whether executions are of one market, where no field is known to name it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.proof.executions import Executions
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.names import word_set

_LEAP = 2
_LEAPS = 2
_FAR = 10
"""One leap to so many times the price, or to such a part of it, is enough."""
_SEVERAL = 5
_ROUNDED = Decimal("0.001")
_OF_AN_ACCOUNT = frozenset(("strategy", "balance", "execution_mode", "exit_reason"))
_ORDERED = word_set("order orderid oid strategy bot cash balance equity position holdings")
_OF_A_MARKET = "rows are trades of a whole market, not of one account"


def of_one_market(log: Log, rows: Sequence[int], by: Sequence[str]) -> Doubt | None:
    """A question where another field, or the leaps of the price, speak for several markets."""
    if "symbol" in log.roles:
        return None
    if (column := _naming_markets(log, rows)) is not None:
        apart: dict[str, object] = {
            "fields.symbol": column.expression,
            "fills.by": [*by, "symbol"],
        }
        return Doubt(
            "markets",
            f"Is each {column.name} a market of its own? Each has prices of its own",
            (Answer("yes", apart), Answer("no, all executions are of one market", {})),
            "the prices of one market do not leap so",
        )
    prices = log.roles["price"].numbers
    between = set(rows) - _ends_of_round_trips(log, rows)
    priced = [(row in between, abs(price)) for row in rows if (price := prices[row])]
    found = [
        leap
        for (is_held, one), (_, two) in pairwise(priced)
        if is_held and (leap := _leap(one, two)) >= _LEAP
    ]
    leaps = len(found)
    if leaps < _LEAPS and max(found, default=Decimal(1)) < _FAR:
        return None
    return Doubt(
        "markets",
        f"No field names a market, and the price leaps {_times(leaps)} to twice or half of the one "
        "before; are all executions of one market? If not, name its field as symbol in a dialect",
        (Answer("yes", {}), no("executions are of several markets, which no field names")),
    )


def _ends_of_round_trips(log: Log, rows: Sequence[int]) -> set[int]:
    """The executions of pairs that open and close one quantity each, whatever the market.

    Nothing is held between two pairs, so that it does not matter whether both are of one market.
    Empty where all quantities are alike, or one execution has no such pair.
    """
    side, sizes = log.roles.get("side"), log.roles["quantity"].numbers
    if side is None or len(rows) % 2:
        return set()
    ways = directions(side)
    pairs = list(zip(rows[::2], rows[1::2], strict=True))
    paired = all(
        sizes[one] and ways[one] and ways[one] == -ways[two] and sizes[one] == sizes[two]
        for one, two in pairs
    )
    various = len({sizes[one] for one, _ in pairs}) * 2 > len(pairs) > 1
    return set(rows) if paired and various else set()


def may_be_of_a_market(log: Log, rows: Sequence[int]) -> bool:
    """Whether records say no more than what a tape of a market does: no id, symbol or fee."""
    parts = ("side", "quantity", "price")
    known = [*(log.roles[part] for part in parts if part in log.roles), *log.times.event]
    known += [*log.times.closed, *log.times.other]
    others = [one for one in log.columns if one.filled and one.path not in {c.path for c in known}]
    return len(rows) >= _SEVERAL and not others


def may_be_of_others(log: Log) -> bool:
    """Whether nothing in the records is that of an account: no order, fee, balance or strategy."""
    if log.fees or log.roles.keys() & _OF_AN_ACCOUNT:
        return False
    return not any(set(column.words) & _ORDERED for column in log.columns)


def of_whole_market(log: Log, found: Executions) -> Doubt | None:
    """A question where records may be a tape by their names, and no position is ever closed.

    Of an account one would expect that what was bought is sold at some time, and nothing is left.
    """
    if found.shorting or not may_be_of_a_market(log, found.rows) or _is_ever_flat(log, found):
        return None
    return Doubt(
        "whole_market",
        "Are these executions of one account? Nothing but time, side, price and quantity is "
        "logged, and what was bought is never sold to the last piece",
        (Answer("yes", {}), no(_OF_A_MARKET)),
    )


def _is_ever_flat(log: Log, found: Executions) -> bool:
    """Whether what was bought is sold at some time, but for the last digits."""
    side, sizes = log.roles.get("side"), log.roles["quantity"].numbers
    ways = [1] * len(sizes) if side is None else directions(side)
    held = Decimal(0)
    for row in found.rows:
        size = sizes[row] or Decimal(0)
        held += ways[row] * (size if side is None else abs(size))
        if abs(held) <= abs(size) * _ROUNDED:
            return True
    return False


def of_a_market() -> Answer:
    """The answer that all of a market traded so, or people whose trades are followed."""
    return Answer("neither: they are of a whole market, or of others", {}, _OF_A_MARKET)


def _naming_markets(log: Log, rows: Sequence[int]) -> Column | None:
    """A column of words that take turns, each at a price of its own.

    After A at 10 comes B at 50, then A at 11 and B at 55. So do not phases of one market, which
    begin where the one before ended, nor strategies, which see the same prices.
    """
    known = list(log.roles.values())
    prices = [abs(log.roles["price"].numbers[row] or Decimal(0)) for row in rows]
    for column in log.columns:
        if column.kind != TEXT or column in known or not column.has_few_words:
            continue
        if not all(column.present[row] for row in rows):
            continue
        labels = [column.labels[row] for row in rows]
        changes = [
            _leap(one, two)
            for (a, one), (b, two) in pairwise(zip(labels, prices, strict=True))
            if a != b
        ]
        own = [
            _leap(*pair) for label in set(labels) for pair in pairwise(_of(label, labels, prices))
        ]
        if len(changes) >= len(set(labels)) and min(changes) > max(own, default=Decimal(1)):
            return column
    return None


def _of(label: str, labels: Sequence[str], prices: Sequence[Decimal]) -> list[Decimal]:
    return [price for one, price in zip(labels, prices, strict=True) if one == label]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _leap(one: Decimal, two: Decimal) -> Decimal:
    """How many times the lower of two prices the higher one is."""
    return max(one, two) / min(one, two)
