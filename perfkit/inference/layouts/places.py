"""Where records may lie in a file: lines, rows under a header, lists in a document, tables.

Each place is read as a candidate; which one holds the trades is decided by what they say.
"""

from __future__ import annotations

import json
import os
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Sequence
from io import BytesIO

from perfkit.inference.layouts.documents import places_in_json
from perfkit.inference.layouts.place import Place
from perfkit.inference.layouts.row_widths import looks
from perfkit.inference.layouts.rows import places_in_csv, usual_width
from perfkit.inference.layouts.tables import places_in_database
from perfkit.logs.files import unreadable
from perfkit.logs.formats.csv_sections import DELIMITERS, rows_in
from perfkit.logs.formats.unpacked import unpacked
from perfkit.logs.forms import PACKINGS

MOST_BYTES = 256 * 1024 * 1024
_LOOKED_AT = 64 * 1024
_SQLITE = b"SQLite format 3\0"
_MOST_NAMES = 8
_TEXT = "the file is text for people: its lines are neither JSON nor rows of cells"
_SIDES = frozenset(("buy", "sell", "long", "short"))


def places_of(path: str) -> list[Place]:
    """The places of a file that hold records; raises `LogReadError`."""
    try:
        with open(path, "rb") as stream:
            content = stream.read(MOST_BYTES)
        if content.startswith(_SQLITE):
            return places_in_database(path)
        text = _text(content)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(path, error) from error
    if not text or text.isspace():
        return []
    if text.lstrip()[0] in "[{":
        return places_in_json(text)
    if (lines := _json_lines(text)) is not None:
        return [one._replace(layout={"format": "jsonl"}) for one in places_in_json(lines)]
    return places_in_csv(text, os.path.splitext(path)[1].lower() in (".csv", ".tsv"))


def _json_lines(text: str) -> str | None:
    """The lines of JSON of a text that begins with something else, such as the mark of a merge."""
    if "\n{" not in text[:_LOOKED_AT]:
        return None
    lines = [line for line in text.splitlines() if line.strip()]
    objects = [line for line in lines if line[0] == "{" and line.rstrip()[-1] == "}"]
    return "\n".join(objects) if len(objects) > 1 and len(objects) * 10 >= 8 * len(lines) else None


def why_no_place(path: str) -> str:
    """Why a file without a place has none: it is empty, or its rows have no header."""
    with open(path, "rb") as stream:
        text = _text(stream.read(64 * 1024))
    lines = [line for line in text.splitlines() if line.strip(" ,;\t")]
    if not lines:
        return "the file has no records"
    if text.lstrip()[0] in "[{":
        return _why_no_json(path)
    width = max(usual_width(lines, delimiter) for delimiter in DELIMITERS)
    if width < 2:
        return _TEXT if len(lines) > 1 else "the file has no records"
    if len(lines) == 1:
        return "the file has a header and no records"
    if (short := _short_header(lines)) is not None:
        more = width - short
        return (
            f"the first line has {short} names, but most rows have {width} cells; "
            f"add {more} name{'s' * (more > 1)} to that line, each where rows have a cell without "
            "one; if these are the last cells, write `ragged: true` in a dialect instead"
        )
    return (
        f"no line has names for the {width} columns that most rows have; "
        f"write such a line at the top of the file, or `columns`, such as {_header_for(lines)}"
    )


def _short_header(lines: Sequence[str]) -> int | None:
    """How many names the first line has, where these are fewer than most rows have cells."""
    delimiter = max(DELIMITERS, key=lambda one: usual_width(lines, one))
    width = usual_width(lines, delimiter)
    names = [name.strip() for name in next(rows_in("\n".join(lines), delimiter))]
    is_header = len(set(names)) == len(names) and not any(looks(name) for name in names)
    return len(names) if is_header and all(names) and width // 2 < len(names) < width else None


def _header_for(lines: Sequence[str]) -> str:
    """A header for rows that have none, with a name for what each column looks like."""
    delimiter = max(DELIMITERS, key=lambda one: usual_width(lines, one))
    width = usual_width(lines, delimiter)
    rows = [row for row in rows_in("\n".join(lines), delimiter) if len(row) == width]
    names = []
    for place, cells in enumerate(zip(*rows, strict=True), 1):
        there = [cell for cell in cells if cell.strip()]
        kinds = Counter(looks(cell) or "text" for cell in there)
        kind = kinds.most_common(1)[0][0] if kinds else "empty"
        if kind == "text" and {cell.lower() for cell in there} <= _SIDES:
            kind = "side"
        names.append(kind if kind in ("time", "side") and kind not in names else f"{kind}_{place}")
    return delimiter.join(names)


def _why_no_json(path: str) -> str:
    """Why a document has no records: it is not valid, such as by a comma too many, or empty."""
    with open(path, "rb") as stream:
        text = _text(stream.read(MOST_BYTES))
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        if _is_text(text):
            return _TEXT
        return f"line {error.lineno} is not valid JSON ({error.msg}); correct the file"
    except (ValueError, RecursionError):
        return "the file has no records"
    if isinstance(document, dict) and document:
        names = ", ".join(list(document)[:_MOST_NAMES])
        return f"the file is one object without a list of trades; it has: {names}"
    return "the file has no records"


def _is_text(text: str) -> bool:
    """Whether lines only begin as JSON does: `[2026-04-07 10:00] bought 5`."""
    first, *others = text.strip().splitlines()
    return bool(others) and first.rstrip()[-1] not in "[{,}]"


def _text(content: bytes) -> str:
    for magic, packing in PACKINGS.items():
        if content.startswith(magic):
            content = unpacked(BytesIO(content), packing).read()
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    text = content.removeprefix(BOM_UTF8).decode(errors="replace")
    return text if "\n" in text else text.replace("\r", "\n")
