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

Names count as such if the dialect reads one of them. Where there are none, the third value is `#3`.
Fields of the objects around a record are at hand as `_parent` (see `parents`). Digits stay as they
are. Record n of the document is line n + 1 of the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from perfkit.core.one_value import BadValueError
from perfkit.logs.formats.form import NotWholeError
from perfkit.logs.formats.json_lines import without_nan
from perfkit.logs.formats.json_rows import is_name, names_in, numbered, records_of
from perfkit.logs.formats.parents import EVERY, KEY, NO_PARENTS, PARENT, Parents, with_member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    import msgspec

    Record: TypeAlias = tuple[bytes, str | None, bytes]


DEEPEST = 4
"""Records are looked for in so many levels of objects."""

SHOWN_NAMES = 8

_BLANKS = b" \t\r\n"

NOTHING: Mapping[str, msgspec.Raw] = {}


class NotADocumentError(NotWholeError):
    """The file is not a whole JSON document; says why."""


class NoRecordsError(BadValueError):
    """It cannot be said where the records of a document are; says what there is."""


def lines_of(
    content: bytes,
    records: Sequence[str],
    wanted: Sequence[str],
    parents: Parents = NO_PARENTS,
) -> bytes:
    """The records as lines; raises `NotADocumentError` or `NoRecordsError`.

    `records` is where they lie, empty where that has to be found: then it is the list whose first
    record has most of the fields `wanted`. Of the objects around them, `parents` are put into them.
    """
    content = _strict(content)
    path = tuple(records) if records else _found(content, wanted)
    return b"".join(
        _line(raw, key, parent) for raw, key, parent in _Walk(parents, wanted).all(content, path)
    )


def holds_records(content: bytes, wanted: Sequence[str]) -> bool:
    """Whether a JSON object holds records, and is not itself one with a field that is wanted."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict) or value.keys() & set(wanted):
        return False
    return any(any(is_name(one) for one in fields) for _, fields in _candidates(value))


def is_whole(content: bytes) -> bool:
    """Whether that is one whole JSON value."""
    try:
        _strict(content)
    except NotADocumentError:
        return False
    return True


def _strict(content: bytes) -> bytes:
    """The document as strict JSON: NaN and its like as text."""
    import msgspec

    try:
        msgspec.json.decode(content, type=msgspec.Raw)
        return content
    except msgspec.DecodeError as problem:
        quoted = without_nan(content)
        if quoted != content:
            return _strict(quoted)
        try:
            value = json.loads(content, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            raise NotADocumentError(f"is not a whole JSON document: {problem}") from problem
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _line(raw: bytes, key: str | None, parent: bytes) -> bytes:
    raw = raw.strip(_BLANKS)
    if raw[:1] == b"{":
        if key is not None:
            raw = with_member(raw, KEY, json.dumps(key).encode())
        if parent:
            raw = with_member(raw, PARENT, parent)
    if b"\n" in raw or b"\r" in raw:
        raw = raw.replace(b"\n", b" ").replace(b"\r", b" ")
    return raw + b"\n"


@cache
def _elements() -> msgspec.json.Decoder[list[msgspec.Raw]]:
    import msgspec

    return msgspec.json.Decoder(list[msgspec.Raw])


@cache
def _members() -> msgspec.json.Decoder[dict[str, msgspec.Raw]]:
    import msgspec

    return msgspec.json.Decoder(dict[str, msgspec.Raw])


def _first(content: bytes) -> bytes:
    return content.lstrip(_BLANKS)[:1]


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
            if not (below and content.strip(_BLANKS) == b"null"):
                found = self._records(content, key, beside, below=below)
                yield from ((raw, name, parent) for raw, name in found)
            return
        step, rest = path[0], path[1:]
        first = _first(content)
        if step == EVERY and first == b"[":
            for raw in _elements().decode(content):
                yield from self._at(bytes(raw), rest, key, parent, below=True)
        elif first != b"{":
            if not below:
                raise _nothing_there(step, None if first == b"[" else [])
            yield content, key, parent  # not an object, which is reported of the record
        elif step == EVERY:
            for name, raw in _members().decode(content).items():
                yield from self._at(bytes(raw), rest, name, parent, below=True)
        else:
            members = _members().decode(content)
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
        if _first(content) == b"[":
            elements = list(map(bytes, _elements().decode(content)))
            if elements and _first(elements[0]) == b"[":
                elements = records_of(elements, list(map(bytes, beside.values())), self.wanted)
            yield from ((raw, key) for raw in elements)
        elif _first(content) == b"{":
            members = _members().decode(content)
            if members and all(_first(bytes(raw)) == b"{" for raw in members.values()):
                yield from ((bytes(raw), name) for name, raw in members.items())
            else:
                yield content, key
        elif below:
            yield content, key
        else:
            raise NoRecordsError("has no list of records where `records` looks for it")


def _nothing_there(step: str, names: list[str] | None) -> NoRecordsError:
    """The error that a name is not there, among those there are; None where there is a list."""
    problem = f"has no {step!r} where `records` looks for it"
    if names is None:
        return NoRecordsError(f"{problem}, but a list; write `*.{step}` for each of its entries")
    return NoRecordsError(f"{problem}; there is {', '.join(names[:SHOWN_NAMES]) or 'nothing'}")


def _found(content: bytes, wanted: Sequence[str]) -> tuple[str, ...]:
    """The path to the records of a document of which nobody said where they are."""
    if _first(content) == b"[":
        return ()
    candidates = dict(_candidates(_value(content)))
    fitting = {path: len(fields & set(wanted)) for path, fields in candidates.items()}
    most = max(fitting.values(), default=0)
    if not most:
        there = ", ".join(filter(None, map(".".join, list(candidates)[:SHOWN_NAMES]))) or "none"
        raise NoRecordsError(
            f"has no records with the fields of the dialect; lists of records in it: {there}"
        )
    best = [path for path, count in fitting.items() if count == most]
    place = _joined(best)
    if place is None:
        names = " or ".join(".".join(path) for path in best[:SHOWN_NAMES])
        raise NoRecordsError(f"has several lists of records; write `records: {names}`")
    return place


def _value(content: bytes) -> Any:
    """A document as Python has it; only its names matter."""
    import msgspec

    try:
        return msgspec.json.decode(content)
    except msgspec.MsgspecError:  # a whole number that is too long for it
        return json.loads(content)


def _joined(places: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """One path for all: those that differ in one name are one with a `*`."""
    if len({len(place) for place in places}) > 1:
        return None
    steps = [set(names) for names in zip(*places, strict=True)]
    if sum(len(names) > 1 for names in steps) > 1:
        return None
    return tuple(names.pop() if len(names) == 1 else EVERY for names in steps)


def _candidates(
    value: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Where records may lie, with the fields of the first of them."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            yield path, set(value[0])
        elif value and isinstance(value[0], list):
            yield path, set(names_in(value[0]) or numbered(len(value[0])))
    elif isinstance(value, dict) and len(path) <= DEEPEST:
        if value and all(isinstance(one, dict) for one in value.values()):
            yield path, set(next(iter(value.values())))
        for name, inner in value.items():
            for place, fields in _candidates(inner, (*path, name)):
                yield place, fields | _names_beside(inner, value)


def _names_beside(rows: object, members: Mapping[str, object]) -> set[str]:
    """The names that may be those of the columns of rows, if they are rows."""
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], list):
        return set()
    lists = map(names_in, members.values())
    return {name for names in lists if len(names) == len(rows[0]) for name in names}
