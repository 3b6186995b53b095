"""Rows of a JSON document: lists of values, which get the names of their columns.

    ["t", "p"] and [["x", 1.50]]    {"t":"x","p":1.50}

The names are a list of texts beside the rows, as pandas writes `orient="split"`, a list of objects
with a `name` each, as some databases write it, or the first row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from perfkit.logs.formats.csv_rows import named
from perfkit.logs.formats.json_parts import elements_of, start_of
from perfkit.logs.formats.made_lines import bad_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    import msgspec

NAME = "name"

_STARTS = re.compile(rb"\s*\[\s*[\"{]")
"""How a list of names begins."""


def names_in(content: bytes, width: int) -> tuple[str, ...]:
    """The names that a list of that width consists of; none where it is no list of names."""
    if not _STARTS.match(content) or len(elements_of(content)) != width:
        return ()
    try:
        value = json.loads(bytes(content), parse_int=lambda _: None)
    except (ValueError, RecursionError):
        return ()
    cells = [cell.get(NAME) if isinstance(cell, dict) else cell for cell in value]
    texts = [cell for cell in cells if isinstance(cell, str)]
    return named(texts) if len(texts) == len(cells) else ()


def numbered(width: int) -> tuple[str, ...]:
    """The names of so many columns that have none."""
    return named([""] * width)


def is_name(text: str) -> bool:
    """Whether a column has a name of its own."""
    return not text.startswith("#")


def records_of(
    elements: Sequence[bytes], beside: Sequence[bytes], wanted: Sequence[str]
) -> list[bytes]:
    """The rows as objects, in their order; the one that has the names is blank.

    `beside` is what the object that has the rows has besides. A row of another width leaves a line
    that says so.
    """
    import msgspec

    decoder = msgspec.json.Decoder(tuple[msgspec.Raw, ...])
    width = len(decoder.decode(elements[0]))
    names, is_first_row = _names(elements[0], beside, wanted, width)
    keys = [json.dumps(name).encode().replace(b"%", b"%%") + b":%b" for name in names]
    form = b"{" + b",".join(keys) + b"}"
    made = [b"" if is_first_row else _object(elements[0], form, width, decoder)]
    made += [_object(element, form, width, decoder) for element in elements[1:]]
    return made


def _names(
    first: bytes, beside: Sequence[bytes], wanted: Sequence[str], width: int
) -> tuple[Sequence[str], bool]:
    """The names of columns with most of those wanted, and whether the first row has them."""
    fitting = [
        names
        for content in (first, *beside)
        if not set(names := names_in(content, width)).isdisjoint(wanted)
    ]
    if not fitting:
        return numbered(width), False
    best = max(fitting, key=lambda names: len(set(names) & set(wanted)))
    return best, best == names_in(first, width)


def _object(
    element: bytes, form: bytes, width: int, decoder: msgspec.json.Decoder[tuple[msgspec.Raw, ...]]
) -> bytes:
    if start_of(element) != b"[":
        return element
    cells = decoder.decode(element)
    if len(cells) != width:
        return bad_line(f"has {len(cells)} values, there are {width} columns").rstrip()
    return form % cells
