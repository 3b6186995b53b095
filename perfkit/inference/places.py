"""Where records may lie in a file: lines, rows under a header, lists in a document, tables.

Each place is read as a candidate; which one holds the trades is decided by what they say.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from perfkit.core.errors import LogReadError
from perfkit.core.one_value import BadValueError
from perfkit.inference.table import shapes
from perfkit.inference.table.records import of_cells, of_lines, of_rows
from perfkit.logs.files import unreadable

MOST_BYTES = 256 * 1024 * 1024
MOST_RECORDS = 100_000
MOST_PLACES = 16
HEADER_WITHIN = 100
"""The header of CSV is among so many rows."""
_DELIMITERS = ",;\t|"
_SQLITE = b"SQLite format 3\0"
_PACKINGS = ((b"\x1f\x8b", gzip.decompress), (b"BZh", bz2.decompress))
_LEVELS = 6
_SIDES = frozenset(("buy", "sell", "long", "short"))
PARENT = "_parent"
"""Records inside others have the fields of these under this name."""
_OF_ONE_KIND = {"strategy", "strategies", "symbol", "symbols", "pair", "pairs"}
"""Objects whose names are those of as many strategies or symbols, all of which count."""


class Place(NamedTuple):
    """Records of a file, and the keys of a source that say where they are.

    Where several lists were taken together, `lists` are the paths to them. `parted_by` is what
    stands between the cells of a CSV file, `odd_rows` are its rows that look like records, but for
    a cell too many or too few.
    """

    name: str
    layout: dict[str, object]
    records: Sequence[Mapping[str, object]]
    lists: tuple[str, ...] = ()
    parted_by: str = ""
    odd_rows: Sequence[Sequence[str]] = ()

    @property
    def is_inside(self) -> bool:
        """Whether the records lie inside others, such as the fills of orders."""
        return bool(self.records) and PARENT in self.records[0]


def places_of(path: str) -> list[Place]:
    """The places of a file that hold records; raises `LogReadError`."""
    try:
        with open(path, "rb") as stream:
            content = stream.read(MOST_BYTES)
        if content.startswith(_SQLITE):
            return _tables(path)
        text = _text(content)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise unreadable(path, error) from error
    if not text.strip():
        return []
    if text.lstrip()[0] in "[{":
        return _of_json(text)
    return _of_csv(text, os.path.splitext(path)[1].lower() in (".csv", ".tsv"))


def why_no_place(path: str) -> str:
    """Why a file without a place has none: it is empty, or its rows have no header."""
    with open(path, "rb") as stream:
        text = _text(stream.read(64 * 1024))
    lines = [line for line in text.splitlines() if line.strip(" ,;\t")]
    if not lines:
        return "the file has no records"
    if text.lstrip()[0] in "[{":
        return _why_no_json(path)
    width = max(_usual(lines, delimiter) for delimiter in _DELIMITERS)
    if width < 2:
        return "the file has no records"
    if len(lines) == 1:
        return "the file has a header and no records"
    return (
        f"no line has names for the {width} columns that most rows have; "
        f"write such a line at the top of the file, or `columns`, such as {_header_for(lines)}"
    )


def _header_for(lines: Sequence[str]) -> str:
    """A header for rows that have none, with a name for what each column looks like."""
    delimiter = max(_DELIMITERS, key=lambda one: _usual(lines, one))
    width = _usual(lines, delimiter)
    rows = [row for row in csv.reader(lines, delimiter=delimiter) if len(row) == width]
    names = []
    for place, cells in enumerate(zip(*rows, strict=True), 1):
        there = [cell for cell in cells if cell.strip()]
        kinds = Counter(_looks(cell) or "text" for cell in there)
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
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"line {error.lineno} is not valid JSON ({error.msg}); correct the file"
    except (ValueError, RecursionError):
        pass
    return "the file has no records"


def _text(content: bytes) -> str:
    for magic, unpack in _PACKINGS:
        if content.startswith(magic):
            content = unpack(content)
    if content.startswith(b"\xfd7zXZ\0"):
        content = lzma.decompress(content)
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    return content.removeprefix(BOM_UTF8).decode(errors="replace")


def _of_json(text: str) -> list[Place]:
    """A document's lists of records; of JSON Lines, the lines."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and _decoded(lines[0]) is not None and lines[1].lstrip()[:1] == "{":
        return [_of_lines(lines)]
    document = _decoded(text)
    if document is None:
        place = _of_lines(lines)
        return [place] if place.records else []
    places = list(_lists(document, ()))
    if not places and isinstance(document, dict):
        nested = any(isinstance(value, dict | list) for value in document.values())
        is_record = not nested or len(lines) == 1
        return [Place("", {}, [document])] if is_record else []
    merged = _merged(places)
    inner = [one for path, records in merged for one in _inside(path, records)]
    found = [
        Place(path[-1] if path else "", {"records": ".".join(path)} if path else {}, records)
        for path, records in [*merged, *inner][:MOST_PLACES]
    ]
    paths = [path for path, _ in places]
    return [place._replace(lists=_lists_in(place, paths)) for place in found]


def _lists_in(place: Place, paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The lists that were taken together as one place; none where they are of one kind.

    They are if each is that of a day, or of a strategy or symbol: `strategy.*.trades`.
    """
    steps = str(place.layout.get("records", "")).split(".")
    inside = [path for path in paths if len(path) == len(steps) and _leads(steps, path)]
    names = [name for path in inside for step, name in zip(steps, path, strict=True) if step == "*"]
    before = {step.lower() for step, name in pairwise(steps) if name == "*"}
    if len(inside) < 2 or before & _OF_ONE_KIND or all(map(shapes.is_time, names)):
        return ()
    return tuple(map(".".join, inside))


def _leads(steps: Sequence[str], path: Sequence[str]) -> bool:
    return all(step in ("*", name) for step, name in zip(steps, path, strict=True))


def _of_lines(lines: Sequence[str]) -> Place:
    lines = lines[:MOST_RECORDS]
    alike = of_lines(lines)
    if alike is not None:
        return Place("", {}, alike)
    return Place("", {}, [record for record in map(_decoded, lines) if isinstance(record, dict)])


def _decoded(text: str) -> Any:
    """A text of JSON, numbers exact; None where it is none."""
    import msgspec

    try:
        return _decoder().decode(text)
    except (msgspec.MsgspecError, RecursionError):
        pass
    try:
        return json.loads(text, parse_float=str, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        return None


@cache
def _decoder() -> Any:
    import msgspec

    return msgspec.json.Decoder(float_hook=str)


def _rows_named(node: list[Any], beside: Sequence[list[Any]]) -> list[dict[str, Any]]:
    """Lists of values as records, their names from a list beside them or from the first one."""
    rows = [row for row in node if isinstance(row, list)]
    if len(rows) < 2 or len(rows) < len(node):
        return []
    names = next((one for one in beside if len(one) == len(rows[-1]) and _are_names(one)), None)
    if names is None and _are_names(rows[0]):
        names, rows = rows[0], rows[1:]
    width = 0 if names is None else len(names)
    return [dict(zip(names or (), row, strict=True)) for row in rows if len(row) == width > 1]


def _are_names(values: Sequence[object]) -> bool:
    return all(isinstance(one, str) and one and shapes.number(one) is None for one in values)


def _lists(
    node: object, path: tuple[str, ...], beside: Sequence[list[Any]] = ()
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Lists of objects and objects of objects, from the outside in."""
    if len(path) > _LEVELS:
        return
    if isinstance(node, list):
        records = [entry for entry in node if isinstance(entry, dict)]
        if records and len(records) * 2 >= len(node):
            yield path, records[:MOST_RECORDS]
        elif rows := _rows_named(node, beside):
            yield path, rows[:MOST_RECORDS]
        return
    if not isinstance(node, dict):
        return
    inner = [entry for entry in node.values() if isinstance(entry, dict)]
    if len(inner) > 1 and len(inner) == len(node) and _are_alike(inner):
        keyed = [{"_key": key, **entry} for key, entry in node.items()]
        yield path or ("*",), keyed[:MOST_RECORDS]
    lists = [entry for entry in node.values() if isinstance(entry, list)]
    for name, entry in node.items():
        yield from _lists(entry, (*path, str(name)), lists)


def _inside(
    path: tuple[str, ...], records: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Lists of objects inside records, such as the fills of each order, with its texts."""
    names = dict.fromkeys(name for record in records[:50] for name in record)
    for name in names:
        lists = [record.get(name) for record in records]
        full = [one for one in lists if isinstance(one, list) and any(map(_is_object, one))]
        if not full or len(full) * 2 < len(records):
            continue
        found = [
            {**entry, PARENT: {key: one for key, one in record.items() if isinstance(one, str)}}
            for record, entries in zip(records, lists, strict=True)
            for entry in (entries if isinstance(entries, list) else ())
            if isinstance(entry, dict)
        ]
        yield (*(path if path[-1:] == ("*",) else (*path, "*")), name), found[:MOST_RECORDS]


def _is_object(entry: object) -> bool:
    return isinstance(entry, dict)


def _are_alike(objects: Sequence[Mapping[str, object]]) -> bool:
    """Whether objects have about the same fields."""
    shared = set(objects[0]).intersection(*objects[1:50])
    return len(shared) * 2 >= len(objects[0]) > 0


def _merged(
    places: Sequence[tuple[tuple[str, ...], list[Any]]],
) -> list[tuple[tuple[str, ...], list[Any]]]:
    """The places, those that differ in one name alone together, with `*` for that name."""
    left = list(places)
    found: list[tuple[tuple[str, ...], list[Any]]] = []
    while left:
        path, records = left.pop(0)
        levels = range(len(path) if path and shapes.is_date_alone(path[-1]) else len(path) - 1)
        for level in levels:
            alike = [
                other
                for other in left
                if len(other[0]) == len(path)
                and [n for n in range(len(path)) if other[0][n] != path[n]] == [level]
                and (level < len(path) - 1 or shapes.is_date_alone(other[0][level]))
                and _are_alike([records[0], other[1][0]])
            ]
            if alike:
                left = [one for one in left if one not in alike]
                records = [*records, *(record for _, more in alike for record in more)]
                path = (*path[:level], "*", *path[level + 1 :])
                break
        found.append((path, records))
    return found


def _of_csv(text: str, is_called_csv: bool) -> list[Place]:
    """Rows under the header, where there is one."""
    sample = text[: 64 * 1024].splitlines()[:HEADER_WITHIN]
    counts = {delimiter: _usual(sample, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda one: counts[one])
    if counts[delimiter] < 2:
        return []
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    before: list[list[str]] = []
    header: list[str] | None = None
    records: list[list[str]] = []
    odd: list[list[str]] = []
    try:
        for row in rows:
            if header is None:
                if _is_header(row, counts[delimiter]):
                    header = _named(row)
                elif len(before) >= HEADER_WITHIN:
                    return []
                else:
                    before.append(row)
            elif len(row) == len(header) and len(records) < MOST_RECORDS:
                records.append(row)
            elif records and len(odd) < MOST_RECORDS:
                odd.append(row)
    except csv.Error:
        pass  # what was read so far is enough to decide
    layout: dict[str, object] = {} if is_called_csv else {"format": "csv"}
    if not text.endswith(("\n", "\r")):
        layout["complete"] = True
    if header is None:
        return []
    odd = _alike(odd, records)
    return [Place("", layout, of_cells(header, _without_totals(records)), (), delimiter, odd)]


def _alike(odd: Sequence[list[str]], records: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows of another width that have numbers and times where records have them.

    After the cell that is too much, or where one is missing, all others have moved.
    """
    if not odd:
        return []
    kinds = [set(map(_looks, filter(None, cells))) for cells in zip(*records[-500:], strict=True)]
    found = []
    for row in map(list, odd):
        while len(row) > len(kinds) and not row[-1].strip():
            row.pop()
        moved = len(row) - len(kinds)
        filled = [(place, _looks(cell)) for place, cell in enumerate(row) if cell.strip()]
        if abs(moved) not in (1, 2, 3) or len(filled) * 2 <= len(kinds):
            continue
        fitting = sum(
            any(kind in kinds[at] for at in (place, place - moved) if 0 <= at < len(kinds))
            for place, kind in filled
        )
        if fitting * 10 >= 8 * len(filled):
            found.append(row)
    return found


def _looks(cell: str) -> str:
    """What kind of thing a cell is: a number, a time, or words."""
    return "number" if shapes.number(cell) is not None else "time" if shapes.is_time(cell) else ""


def _without_totals(records: list[list[str]]) -> list[list[str]]:
    """The rows without those of totals at the end, which fill few of the columns."""
    filled = [len(record) - record.count("") for record in records]
    usual = sorted(filled)[len(filled) // 2] if filled else 0
    end = len(records)
    while len(records) - end < 2 < end and filled[end - 1] * 2 < usual:
        end -= 1
    return records[:end]


def _usual(lines: Sequence[str], delimiter: str) -> int:
    """How many cells most of the lines have."""
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def _is_header(row: Sequence[str], width: int) -> bool:
    """Whether a row has names: of the usual width, all different, neither numbers nor times."""
    names = [cell.strip() for cell in row if cell.strip()]
    return (
        len(row) == width
        and len(names) * 2 > width
        and len(set(names)) * 10 >= len(names) * 8
        and not any(shapes.number(name) is not None or shapes.is_time(name) for name in names)
    )


def _named(cells: Sequence[str]) -> list[str]:
    """The names of columns: a second one of the same name is `Name#2`, one without is `#3`."""
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(map(str.strip, cells), 1):
        seen[cell] += 1
        names.append(
            f"#{place}" if not cell else cell if seen[cell] == 1 else f"{cell}#{seen[cell]}"
        )
    return names


def _tables(path: str) -> list[Place]:
    import sqlite3

    from perfkit.logs.formats import sqlite_files, sqlite_rows

    def places(database: sqlite3.Connection) -> list[Place]:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = []
        for (name,) in names[:MOST_PLACES]:
            quoted = sqlite_rows.quoted(name)
            rows = database.execute(f"SELECT * FROM {quoted} LIMIT {MOST_RECORDS}")
            columns = [column[0] for column in rows.description]
            found.append(Place(name, {"table": name}, of_rows(columns, rows.fetchall())))
        return found

    try:
        return sqlite_files.read(path, places)
    except BadValueError as error:
        remedy = getattr(error, "remedy", "") or "check that the database is complete"
        raise LogReadError(path, str(error), remedy) from error
