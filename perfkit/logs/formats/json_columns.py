"""Columns of a JSON document: one list, or one object by row number, for each field.

    {"t": ["x", "y"], "p": [1.50, 2]}                        {"t":"x","p":1.50}
                                                             {"t":"y","p":2}
    {"t": {"0": "x", "1": "y"}, "p": {"0": 1.50, "1": 2}}    the same, as pandas writes a frame

Columns have plain values, no lists or objects, and as many of them as most columns have; what else
the object has is passed over.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from perfkit.logs.formats.json_parts import elements_of, fields_of, start_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import msgspec

_LEAST_COLUMNS = 2
_NESTED = (b"[", b"{")
_HEAD = 64
"""Of a long list of objects, so much is looked at."""


def columns_in(members: Mapping[str, msgspec.Raw]) -> dict[str, list[msgspec.Raw]]:
    """The columns among the members of an object; none where it has fewer than two."""
    found = {name: values for name, raw in members.items() if (values := _values(raw)) is not None}
    lengths = Counter(map(len, found.values()))
    if not lengths:
        return {}
    usual = max(lengths, key=lambda length: lengths[length])
    columns = {name: values for name, values in found.items() if len(values) == usual}
    return columns if usual and len(columns) >= _LEAST_COLUMNS else {}


def rows_of(columns: Mapping[str, Sequence[msgspec.Raw]]) -> list[bytes]:
    """The rows of some columns as objects."""
    keys = [json.dumps(name).encode().replace(b"%", b"%%") + b":%b" for name in columns]
    form = b"{" + b",".join(keys) + b"}"
    return [form % cells for cells in zip(*columns.values(), strict=True)]


def _values(raw: msgspec.Raw) -> list[msgspec.Raw] | None:
    """The values of a column; None where a member is none."""
    head = bytes(memoryview(raw)[:_HEAD])
    if head[:1] == b"[" and head[1:].lstrip()[:1] not in _NESTED:
        values = elements_of(raw)
    elif head[:1] == b"{" and head[1:].lstrip()[:3] == b'"0"':
        named = fields_of(raw)
        if list(named) != list(map(str, range(len(named)))):
            return None
        values = list(named.values())
    else:
        return None
    return None if any(start_of(value) in _NESTED for value in values) else values
