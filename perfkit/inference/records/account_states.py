"""What an account was worth at each moment, with what it had earned so far: no trades.

time, total_value, unrealized_pnl, realized_pnl
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.records.filled import EVENTS
from perfkit.inference.records.kinds import CLOSING
from perfkit.inference.table.columns import BOOLEAN, NUMBER, TEXT, Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import pnl_name, word_set, words

_OF_A_TRADE = ("symbol", "side", "exit_price", "exit_reason", "outcome", "quantity", "identity")
_WORTH = word_set("equity balance value nav bankroll capital worth cash")
_LEAST = 3


def states_of_account(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """What records of an account's worth and its results so far, held and closed, are; else empty.

    Nothing of a trade stands beside them: neither what was traded nor that it closed.
    """
    if times.closed or times.opened or roles.keys() & set(_OF_A_TRADE):
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


def _says_what_was_done(column: Column) -> bool:
    """Whether a column has words for events, or for records that close."""
    if column.kind == BOOLEAN:
        return "close" in column.words
    if column.kind != TEXT or not column.has_few_words:
        return False
    if len(column.distinct) > 1 and {*column.words} & EVENTS:
        return True
    return any({*words(label)} & CLOSING for label in column.distinct)
