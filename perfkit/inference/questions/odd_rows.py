"""Rows of a CSV file with more or fewer cells than its header, which cannot be read."""

from __future__ import annotations

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.result import Reading

_FEW = 20
"""One odd row of so many is a bad line like any other, which the figures name."""


def with_odd_rows_asked(reading: Reading, odd: int, others: int) -> Reading:
    """The reading, with a question where a part of the records would be missing without a word."""
    if not reading.has_results or odd * _FEW <= odd + others:
        return reading
    doubt = Doubt(
        "odd_rows",
        f"{odd} of {odd + others} rows have more or fewer cells than the header, and cannot be "
        "read; are there to be figures without them? Else give the header as many names",
        (Answer("yes, without them", {}),),
    )
    return reading._replace(doubts=(*reading.doubts, doubt))
