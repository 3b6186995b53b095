"""A table of a database that is called trades and is empty, beside another one that looks like it.

trades: 0 rows; samples: 77 rows with a pnl      what was learned from is not what was traded
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.layouts.place import Place
from perfkit.inference.result import Reading
from perfkit.inference.words.names import word_set, words

_OF_TRADES = word_set("trade trades order orders fill fills execution executions deal deals")
_OF_CLOSES = word_set("close history journal closes position positions")


def with_empty_asked(reading: Reading, table: object, places: Sequence[Place]) -> Reading:
    """The reading of a table, with the question whether it has trades, if that of trades has none.

    A table whose own name says that it has trades, or what was closed, is not asked about.
    """
    if not reading.has_results or not isinstance(table, str):
        return reading
    if {*words(table)} & (_OF_TRADES | _OF_CLOSES):
        return reading
    empty = [one.name for one in places if not one.records and {*words(one.name)} <= _OF_TRADES]
    if not empty:
        return reading
    doubt = Doubt(
        "empty_table",
        f"The table {empty[0]} is empty; are the records of {table} trades?",
        (Answer("yes", {}), no(f"the table {empty[0]} is empty, and {table} has no trades")),
    )
    return reading._replace(doubts=(*reading.doubts, doubt))
