"""A file that is one JSON document: each of its records as a line of JSON.

Records are the elements of an array, or the values of an object of objects, which get their name
as `_key`. Where they lie is found, or named by the dialect: `records: strategy.*.trades`, in which
`*` stands for every name, which their records get as `_key`.

    {"strategy": {"A": {"trades": [{"p": 1.50},
                                   {"p": 2}]}}}     {"_key":"A","p":1.50}
                                                    {"_key":"A","p":2}

Records may also be rows: lists of values, whose names are a list beside them, or the first row.

    {"columns": ["t", "p"], "data": [["x", 1.50]]}    {"t":"x","p":1.50}
    [["t", "p"], ["x", 1.50]]                         (blank)
                                                      {"t":"x","p":1.50}

Or there is a list for each of their fields (see `json_columns`). Names count as such if the dialect
reads one of them. Where there are none, the third value is `#3`.
Fields of the objects around a record are at hand as `_parent` (see `parents`). Digits stay as they
are. Record n of the document is line n + 1 of the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from perfkit.logs.formats.json_columns import columns_in, rows_of
from perfkit.logs.formats.json_parts import (
    BLANKS,
    NoRecordsError,
    elements_of,
    members_of,
    start_of,
    strict,
)
from perfkit.logs.formats.json_places import SHOWN_NAMES, place_of
from perfkit.logs.formats.json_rows import records_of
from perfkit.logs.formats.parents import EVERY, KEY, NO_PARENTS, PARENT, Parents, with_member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    import msgspec

    Record: TypeAlias = tuple[bytes, str | None, bytes]

NOTHING: Mapping[str, msgspec.Raw] = {}


def lines_of(
    content: bytes,
    records: Sequence[str],
    wanted: Sequence[str],
    parents: Parents = NO_PARENTS,
) -> bytes:
    """The records as lines; raises `NotADocumentError` or `NoRecordsError`.

    `records` is where they lie, empty where that has to be found: then it is the one list with the
    fields `wanted`. Of the objects around them, `parents` are put into them.
    """
    content = strict(content)
    path = tuple(records) if records else place_of(content, wanted)
    return b"".join(
        _line(raw, key, parent) for raw, key, parent in _Walk(parents, wanted).all(content, path)
    )


def _line(raw: bytes, key: str | None, parent: bytes) -> bytes:
    raw = raw.strip(BLANKS)
    if raw[:1] == b"{":
        if key is not None:
            raw = with_member(raw, KEY, json.dumps(key).encode())
        if parent:
            raw = with_member(raw, PARENT, parent)
    if b"\n" in raw or b"\r" in raw:
        raw = raw.replace(b"\n", b" ").replace(b"\r", b" ")
    return raw + b"\n"


class _Walk:
    """The way to the records: each comes with the name that `*` stood for, and its parent."""

    def __init__(self, parents: Parents, wanted: Sequence[str]) -> None:
        self.parents = parents
        self.wanted = wanted
        self.there: set[str] = set()
        self.missing: dict[str, list[str]] = {}

    def all(self, content: bytes, path: tuple[str, ...]) -> Iterator[Record]:
        """The records below a path.

        Below a `*`, an object without the next name has no records, unless none has it.
        """
        yield from self._at(content, path, None, b"", below=False)
        for step, names in self.missing.items():
            if step not in self.there:
                raise _nothing_there(step, names)

    def _at(
        self,
        content: bytes,
        path: tuple[str, ...],
        key: str | None,
        parent: bytes,
        beside: Mapping[str, msgspec.Raw] = NOTHING,
        *,
        below: bool,
    ) -> Iterator[Record]:
        """`beside` are the members of the object that has the content."""
        if not path:
            if not (below and content.strip(BLANKS) == b"null"):
                found = self._records(content, key, beside, below=below)
                yield from ((raw, name, parent) for raw, name in found)
            return
        step, rest = path[0], path[1:]
        first = start_of(content)
        if step == EVERY and first == b"[":
            for raw in elements_of(content):
                yield from self._at(bytes(raw), rest, key, parent, below=True)
        elif first != b"{":
            if not below:
                raise _nothing_there(step, None if first == b"[" else [])
            yield content, key, parent  # not an object, which is reported of the record
        elif step == EVERY:
            for name, raw in members_of(content).items():
                yield from self._at(bytes(raw), rest, name, parent, below=True)
        else:
            members = members_of(content)
            if step in members:
                self.there.add(step)
                parent = self.parents.of(members, path, key, parent)
                content = bytes(members[step])
                yield from self._at(content, rest, key, parent, members, below=below)
            elif below:
                self.missing.setdefault(step, list(members))
            else:
                raise _nothing_there(step, list(members))

    def _records(
        self, content: bytes, key: str | None, beside: Mapping[str, msgspec.Raw], *, below: bool
    ) -> Iterator[tuple[bytes, str | None]]:
        if start_of(content) == b"[":
            elements = list(map(bytes, elements_of(content)))
            if elements and start_of(elements[0]) == b"[":
                elements = records_of(elements, list(map(bytes, beside.values())), self.wanted)
            yield from ((raw, key) for raw in elements)
        elif start_of(content) == b"{":
            members = members_of(content)
            columns = columns_in(members)
            if not columns.keys().isdisjoint(self.wanted):
                yield from ((raw, key) for raw in rows_of(columns))
            elif members and all(start_of(bytes(raw)) == b"{" for raw in members.values()):
                yield from ((bytes(raw), name) for name, raw in members.items())
            else:
                yield content, key
        elif below:
            yield content, key
        else:
            raise NoRecordsError("has no list of records at the path in `records`")


def _nothing_there(step: str, names: list[str] | None) -> NoRecordsError:
    """The error that a name is not there, among those there are; None where there is a list."""
    problem = f"has no {step!r} at the path in `records`"
    if names is None:
        return NoRecordsError(f"{problem}, but a list; write `*.{step}` for each of its entries")
    return NoRecordsError(f"{problem}; there is {', '.join(names[:SHOWN_NAMES]) or 'nothing'}")
