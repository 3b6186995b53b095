"""Rows of a CSV file with more or fewer cells than its header, which cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.result import Reading
from perfkit.inference.table import shapes

_FEW = 20
"""One odd row of so many is a bad line like any other, which the figures name."""
_LEAST = 2


def with_odd_rows_asked(
    reading: Reading, odd: Sequence[Sequence[str]], records: Sequence[Mapping[str, object]]
) -> Reading:
    """The reading, with a question where a part of the trades would be missing without a word.

    Few rows of many may be those of many closes, where most rows are none, or have much of what was
    earned. Nothing is missing where none of them has a result.
    """
    if not reading.has_results or _have_no_result(odd, reading, records):
        return reading
    words = _closing_words(reading.dialect)
    closes = [row for row in odd if not words or not words.isdisjoint(row)]
    are_few = len(odd) * _FEW <= len(odd) + len(records)
    are_few = are_few and len(closes) * _FEW <= len(closes) + reading.closed
    if are_few and not _have_much(closes, reading, records):
        return reading
    doubt = Doubt(
        "odd_rows",
        f"{len(odd)} of {len(odd) + len(records)} rows have more or fewer cells than the header, "
        "and cannot be read; compute figures without them? If not, give the header as many names",
        (Answer("yes, without them", {}),),
    )
    return reading._replace(doubts=(*reading.doubts, doubt))


def _have_no_result(
    odd: Sequence[Sequence[str]], reading: Reading, records: Sequence[Mapping[str, object]]
) -> bool:
    """Whether rows that lack cells have nothing where the P&L is, whichever cells they lack.

    time, side, price, shares, pnl       10:00, BUY, 50.1,      a purchase without `shares`
    """
    fields = reading.dialect.get("fields")
    name = fields.get("net_pnl") if isinstance(fields, Mapping) else None
    names = list(records[0])
    if name not in names or reading.dialect.keys() & {"fills", "open_when"}:
        return False
    place = names.index(name)
    return all(
        len(row) < len(names)
        and not any(map(str.strip, row[max(0, place - len(names) + len(row)) : place + 1]))
        for row in odd
    )


def _have_much(
    odd: Sequence[Sequence[str]], reading: Reading, records: Sequence[Mapping[str, object]]
) -> bool:
    """Whether odd rows have a part of the results that matters, at their place from either end."""
    fields = reading.dialect.get("fields")
    name = fields.get("net_pnl") if isinstance(fields, Mapping) else None
    names = list(records[0])
    if name not in names or len(odd) < _LEAST:
        return False
    place = names.index(name)
    earned = sum((_size(one.get(name)) for one in records), Decimal(0))
    for at in (place, place - len(names)):
        cells = [row[at] for row in odd if -len(row) <= at < len(row)]
        missing = sum(map(_size, cells), Decimal(0))
        if len(cells) == len(odd) and missing * _FEW > missing + earned:
            return True
    return False


def _size(cell: object) -> Decimal:
    return abs(shapes.number(cell) or Decimal(0))


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
