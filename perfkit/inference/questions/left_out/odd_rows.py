"""Rows of a CSV file with more or fewer cells than its header, which cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.result import Reading

_FEW = 20
"""One odd row of so many is a bad line like any other, which the figures name."""


def with_odd_rows_asked(reading: Reading, odd: Sequence[Sequence[str]], others: int) -> Reading:
    """The reading, with a question where a part of the trades would be missing without a word.

    Few rows of many may be those of many closes, where most rows are none.
    """
    if not reading.has_results:
        return reading
    words = _closing_words(reading.dialect)
    closes = sum(not words or not words.isdisjoint(row) for row in odd)
    if len(odd) * _FEW <= len(odd) + others and closes * _FEW <= closes + reading.closed:
        return reading
    doubt = Doubt(
        "odd_rows",
        f"{len(odd)} of {len(odd) + others} rows have more or fewer cells than the header, and "
        "cannot be read; compute figures without them? If not, give the header as many names",
        (Answer("yes, without them", {}),),
    )
    return reading._replace(doubts=(*reading.doubts, doubt))


def _closing_words(dialect: Mapping[str, object]) -> set[str]:
    """The words of the records that close a trade, as far as conditions name them."""
    only, opening = dialect.get("only"), dialect.get("open_when")
    if not isinstance(only, Mapping):
        return set()
    opens = _words(opening.values()) if isinstance(opening, Mapping) else set()
    return _words(one for one in only.values() if one != "exists") - opens


def _words(conditions: Iterable[object]) -> set[str]:
    found: set[str] = set()
    for one in conditions:
        if isinstance(one, list):
            found |= _words(one)
        elif isinstance(one, str):
            found.add(one)
    return found
