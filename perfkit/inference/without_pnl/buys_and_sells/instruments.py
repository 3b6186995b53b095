"""Options of one underlying, which are different instruments: a call is no part of a put.

ticker SPY   strike 594   option_type call   buy    2
ticker SPY   strike 594   option_type put    sell   2     this opens another position

instrument SPY   description SPY 01/17/2026 Call $485.00  buy   1
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.proof.executions import Executions, executions_of
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.table.options import describes_options, kinds_of_options
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.contracts import is_share_option
from perfkit.inference.words.names import word_set, words

_STRIKE = word_set("strike")
_ENDS = frozenset(("oexp", "oasgn", "oexcs", "oexc"))
_ENDED = word_set("expired expiration assigned assignment exercised exercise")
"""What brokers call the end of an option that nobody sold."""
_EXPIRED = word_set("expired expiration expiry expire")
_END = word_set("expiration expiry expires maturity")
_MONTH = word_set("contract month")


class Instruments(NamedTuple):
    """The columns that name an option beside its symbol, and the executions matched by them."""

    columns: list[Column]
    found: Executions


def options_of(
    log: Log, when: Column, rows: Sequence[int], mixed: Executions
) -> Instruments | None:
    """The options of symbols that are traded in several; None where records do not pair by them.

    With a strike and a kind, some may be left open: half of the orders that close are enough.
    """
    parts = _parts(log.columns, mixed.rows)
    if not parts:
        return None
    symbols = log.roles["symbol"].labels if "symbol" in log.roles else None
    names = [" ".join(one.labels[row] for one in parts) for row in range(len(parts[0].values))]
    options = {(symbols[row] if symbols else "", names[row]) for row in mixed.rows}
    if len(options) == len({symbol for symbol, _ in options}):
        return None
    found = executions_of(log.roles, when, rows, Column(parts[0].path, names, TEXT))
    if found is None:
        return None
    are_named = len(parts) > 1  # by a strike, with an end or a kind
    if len(found.reducing) * (2 if are_named else 1) < len(mixed.reducing):
        return None
    return Instruments(parts, found)


def names_options(column: Column) -> bool:
    """Whether some texts of a column are names of options on shares."""
    return column.kind == TEXT and any(map(is_share_option, column.distinct))


def without_end(log: Log, executed: Sequence[int]) -> Doubt | None:
    """Options that expired or were assigned, which brokers log without a price."""
    side = log.roles.get("side")
    if side is None:
        return None
    known = set(executed)
    ends = [
        row
        for row, label in enumerate(side.labels)
        if row not in known and (label in _ENDS or set(words(label)) & _ENDED)
    ]
    if not ends:
        return None
    without = Answer("yes, without them", {})
    asked = Doubt(
        "expired_options",
        f"{len(ends)} options expired or were assigned, without a price: what they cost or brought "
        "in is in no closed trade. Compute figures without them?",
        (without,),
    )
    if not _end_what_is_held(log, side, executed, ends):
        return asked
    words_of = list(dict.fromkeys(side.values[row] for row in (*executed, *ends)))
    changes: dict[str, object] = {"fields.side": None, "values.side": None}
    changes[f"only.{side.expression}"] = words_of
    at_zero = Answer("no: they ended at a price of 0, as is logged", changes)
    return asked._replace(answers=(at_zero, without), likely="they end what was still held")


def _end_what_is_held(log: Log, side: Column, executed: Sequence[int], ends: Sequence[int]) -> bool:
    """Whether options expired at a logged price of 0, in just the quantity that was still held.

    Quantities are below 0 for what is sold, so that their signs say it of these ends as well.
    """
    size, price, symbol = (log.roles.get(role) for role in ("quantity", "price", "symbol"))
    if size is None or price is None or symbol is None:
        return False
    if not all({*words(side.labels[row])} & _EXPIRED and price.numbers[row] == 0 for row in ends):
        return False
    ways, held = directions(side), dict[str, Decimal]()
    for row in (*executed, *ends):
        signed = size.numbers[row] or Decimal(0)
        if ways[row] * signed < 0 or not signed:
            return False
        held[symbol.labels[row]] = held.get(symbol.labels[row], Decimal(0)) + signed
    return all(held[symbol.labels[row]] == 0 for row in ends)


def _parts(columns: Sequence[Column], rows: Sequence[int]) -> list[Column]:
    """Strike, expiry and kind, as far as all records have them; else what describes the option."""
    there = [one for one in columns if all(one.present[row] for row in rows)]
    strikes = [one for one in there if set(one.words) & _STRIKE]
    if not strikes:
        return [one for one in there if describes_options(one, rows) or names_options(one)][:1]
    ends = [one for one in there if set(one.words) & _END or {*one.words} == _MONTH]
    kinds = [one for one in kinds_of_options(columns) if one in there]
    return [*strikes[:1], *ends[:1], *kinds[:1]]
