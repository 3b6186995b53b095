"""Whether a reading that was decided from some records holds for all of them.

It does where the columns that it relies on have no value of another kind elsewhere: the same words
in the columns of its conditions, a closing record for each identity, results that are numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from perfkit.config.compile import compile_dialect
from perfkit.config.dialect import Condition, Dialect
from perfkit.config.expressions import Field
from perfkit.inference.result import Reading
from perfkit.inference.table import shapes
from perfkit.inference.table.alike_records import column_of

Record = Mapping[str, object]

_MOST_MISSING = 0.02
_KNOWN = 2_500
"""Words of so many records at either end are known."""


class RefusedError(Exception):
    """A dialect that cannot be compiled, for which nothing is confirmed."""


def closed_if_it_holds(reading: Reading, records: Sequence[Record]) -> int | None:
    """How many of all records close a trade; None where the reading has to be decided anew."""
    if "fills" in reading.dialect:
        return None
    try:
        dialect = compile_dialect("inferred", reading.dialect, refused)
    except RefusedError:
        return None
    conditions = [*dialect.only, *(one for group in dialect.open_when for one in group)]
    if any(_has_new_words(one, records) for one in conditions):
        return None
    closing = records
    if conditions:
        kept = list(_meeting(dialect.only, records))
        opening = {id(record) for group in dialect.open_when for record in _meeting(group, kept)}
        closing = [record for record in kept if id(record) not in opening]
    if not _are_results(dialect, closing) or not _are_unique(dialect, closing):
        return None
    return len(closing)


def refused(key: str, problem: str, remedy: str) -> Exception:
    return RefusedError(f"{key}: {problem}; {remedy}")


def _values(field: object, records: Sequence[Record]) -> Sequence[object]:
    """The values of a field; of a function of fields, nothing."""
    if not isinstance(field, Field):
        return []
    first, *inner = field.path
    values = column_of(records, str(first))
    for step in inner:
        values = [one.get(step) if isinstance(one, Mapping) else None for one in values]
    return values


def _has_new_words(condition: Condition, records: Sequence[Record]) -> bool:
    values = _values(condition.source, records)
    if condition.allowed is None or None in condition.allowed:
        return False
    known = set(map(repr, (*values[:_KNOWN], *values[-_KNOWN:])))
    if len(known) > _KNOWN:  # times and other values, of which only one or two are named
        return False
    return any(repr(value) not in known for value in set(map(_hashable, values)))


def _hashable(value: object) -> object:
    return repr(value) if isinstance(value, list | dict) else value


def _meeting(conditions: Sequence[Condition], records: Sequence[Record]) -> Sequence[Record]:
    for condition in conditions:
        values = _values(condition.source, records)
        known: dict[object, bool] = {}
        kept = []
        for value, record in zip(values, records, strict=True):
            key = (type(value), value) if not isinstance(value, list | dict) else repr(value)
            if key not in known:
                known[key] = condition.holds(value)
            if known[key]:
                kept.append(record)
        records = kept
    return records


def rows_meeting(
    conditions: Sequence[Condition], records: Sequence[Record], rows: Sequence[int]
) -> Sequence[int]:
    """Which of some rows meet conditions on fields; one on a function of fields is passed over."""
    for condition in conditions:
        values = _values(condition.source, records)
        if len(values) == len(records):
            rows = [row for row in rows if condition.holds(values[row])]
    return rows


def _are_results(dialect: Dialect, closing: Sequence[Record]) -> bool:
    """Whether nearly all closing records have what the net P&L needs, as in the known ones."""
    for slot in dialect.slots:
        if slot.target not in ("net_pnl", "gross_pnl", "closed_at"):
            continue
        values = _values(slot.source, closing)
        known = [*islice(values, 400)]
        had = sum(map(shapes.is_missing, known)) / max(len(known), 1)
        if values and len(values) - sum(shapes.are_there(values)) > (had + _MOST_MISSING) * len(
            values
        ):
            return False
    return True


def _are_unique(dialect: Dialect, closing: Sequence[Record]) -> bool:
    if not dialect.identity:
        return len(set(map(repr, closing))) == len(closing)
    columns = [_values(leaf, closing) for leaf in dialect.identity]
    if not all(columns):
        return False
    try:
        keys = set(zip(*columns, strict=True))
    except TypeError:  # lists or objects
        keys = set(zip(*(map(_hashable, column) for column in columns), strict=True))
    return len(keys) == len(closing)
