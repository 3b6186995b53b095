"""Where the records of a JSON document lie, if nobody said it: the one list that may be records.

{"run": 7, "trades": [{"t": "x", "p": 1}]}                  trades
{"trades": [{"t": "x", "p": 1}], "cancelled": [...]}        not clear: an error names both
{"t": ["x"], "p": [1]}                                      the document, which has columns
{"t": "x", "p": 1}                                          the document, which is one record
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from perfkit.logs.formats.json_columns import columns_in
from perfkit.logs.formats.json_parts import (
    NoRecordsError,
    NotADocumentError,
    elements_of,
    fields_of,
    members_of,
    start_of,
    strict,
)
from perfkit.logs.formats.json_rows import is_name, names_in, numbered
from perfkit.logs.formats.parents import EVERY

TYPE_CHECKING = False
if TYPE_CHECKING:
    import msgspec

DEEPEST = 4
"""Records are looked for in so many levels of objects."""

LOOKED_AT = 100
"""What fields a list of records has is read off so many of them."""

SHOWN_NAMES = 8


def holds_records(content: bytes, wanted: Sequence[str]) -> bool:
    """Whether a JSON object holds records, and is not itself one with a field that is wanted."""
    try:
        content = strict(content)
    except NotADocumentError:
        return False
    if start_of(content) != b"{":
        return False
    fields = fields_of(content)
    if not columns_in(fields).keys().isdisjoint(wanted):
        return True
    if not fields.keys().isdisjoint(wanted):
        return False
    return any(any(is_name(one) for one in fields) for _, fields in _candidates(content))


def place_of(content: bytes, wanted: Sequence[str]) -> tuple[str, ...]:
    """The path to the records of a document of which nobody said where they are.

    Raises `NoRecordsError` unless one list alone may be that: of backtest and live trades, or of
    closed and cancelled ones, only their owner knows which ones count.
    """
    if start_of(content) == b"[":
        return ()
    candidates = dict(_candidates(content))
    fitting = {path: len(fields & set(wanted)) for path, fields in candidates.items()}
    most = max(fitting.values(), default=0)
    if not most and not fields_of(content).keys().isdisjoint(wanted):
        return ()
    if not most:
        there = ", ".join(filter(None, map(".".join, list(candidates)[:SHOWN_NAMES]))) or "none"
        raise NoRecordsError(
            f"has no records with the fields of the dialect; lists of records in it: {there}"
        )
    best = next(path for path, count in fitting.items() if count == most)
    several = [
        path
        for path, count in fitting.items()
        if count * 2 >= most or (not candidates[path] and place_of_all((best, path)))
    ]
    if len(several) > 1:
        raise _several(several)
    return best


def _several(places: Sequence[tuple[str, ...]]) -> NoRecordsError:
    """The error that there are several lists, and what to write for one of them, and for all."""
    names = list(map(".".join, places))
    remedy = f"write `records: {next(filter(None, names))}` for one of them"
    together = place_of_all(places)
    if together is not None:
        text = ".".join(together)
        remedy += f", or `records: {json.dumps(text) if text.startswith(EVERY) else text}` for all"
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    listed = ", ".join(name or "the document" for name in names[:SHOWN_NAMES])
    return NoRecordsError(f"has several lists of records: {listed}{more}", remedy)


def place_of_all(places: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """One path for all: those that differ in one name are one with a `*`."""
    if len({len(place) for place in places}) > 1:
        return None
    steps = [set(names) for names in zip(*places, strict=True)]
    if sum(len(names) > 1 for names in steps) != 1:
        return None
    return tuple(names.pop() if len(names) == 1 else EVERY for names in steps)


def _candidates(
    content: bytes, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Where records may lie, with the fields of the first of them; an empty list has none."""
    kind = start_of(content)
    if kind == b"[":
        records = elements_of(content)[:LOOKED_AT]
        if not records or start_of(records[0]) == b"{":
            yield path, set().union(*map(fields_of, records))
        elif start_of(records[0]) == b"[":
            width = len(elements_of(records[0]))
            yield path, set(names_in(records[0], width) or numbered(width))
    elif kind == b"{" and len(path) <= DEEPEST:
        members = fields_of(content) if path else members_of(content)
        inner = {name: raw for name, raw in members.items() if start_of(raw) in (b"{", b"[")}
        if columns := columns_in(inner):
            yield path, set(columns)
        if members and all(start_of(raw) == b"{" for raw in members.values()):
            yield path, set().union(*map(_of_record, list(members.values())[:LOOKED_AT]))
        for name, raw in inner.items():
            for place, fields in _candidates(raw, (*path, name)):
                yield place, fields | _names_beside(raw, inner.values())


def _of_record(content: msgspec.Raw) -> set[str]:
    """The fields of an object that may be a record, without those that are columns."""
    fields = fields_of(content)
    return fields.keys() - columns_in(fields).keys()


def _names_beside(rows: msgspec.Raw, members: Iterable[msgspec.Raw]) -> set[str]:
    """The names that may be those of the columns of rows, if they are rows."""
    elements = elements_of(rows)[:1] if start_of(rows) == b"[" else []
    if not elements or start_of(elements[0]) != b"[":
        return set()
    width = len(elements_of(elements[0]))
    return {name for one in members for name in names_in(one, width)}
