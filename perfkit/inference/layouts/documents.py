"""Where records may lie in a JSON document: lists of objects, rows, columns, or a single record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from perfkit.inference.layouts.beside import numbers_beside
from perfkit.inference.layouts.place import MOST_PLACES, MOST_RECORDS, PARENT, Place
from perfkit.inference.table import shapes
from perfkit.inference.table.alike_records import of_lines, of_text
from perfkit.inference.words.names import pnl_name
from perfkit.inference.words.quotes import is_ticker, quote_of
from perfkit.inference.words.role_names import is_fee, role_rank

_LEVELS = 6
_LOOKED_AT = 200
_BARS = frozenset(("tf", "timeframe", "interval"))
_OF_RUNS = frozenset(
    (
        *("LIVE", "PAPER", "TEST", "TRAIN", "VALID", "IS", "OOS", "ALL", "FULL", "BASE", "BULL"),
        *("BEAR", "LONG", "SHORT", "BUY", "SELL", "WIN", "LOSS", "OPEN", "OLD", "NEW", "FAST"),
        *("SLOW", "HIGH", "LOW", "A", "B", "C"),
    )
)
"""Words in capitals for runs of a test and the like, which may be the same trades again."""
_OF_ONE_KIND = {"strategy", "strategies", "symbol", "symbols", "pair", "pairs"}
"""Objects whose names are those of as many strategies or symbols, all of which count."""


def places_in_json(text: str) -> list[Place]:
    """A document's lists of records; of JSON Lines, the lines."""
    if (alike := of_text(text, MOST_RECORDS)) is not None:
        return [Place("", {}, alike)]
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and _decoded(lines[0]) is not None and lines[1].lstrip()[:1] == "{":
        return [_of_lines(lines)]
    document = _decoded(text)
    if document is None:
        place = _of_lines(lines)
        return [place] if place.records else []
    places = list(_lists(document, ()))
    if not places and isinstance(document, dict):
        return list(_single(document, is_line=len(lines) == 1))
    merged = _merged(places)
    inner = [one for path, records in merged for one in _inside(path, records)]
    found = [
        Place(
            path[-1] if path else "",
            {"records": ".".join(path)} if path else {},
            records,
            said=numbers_beside(document, path),
        )
        for path, records in [*merged, *inner][:MOST_PLACES]
    ]
    return [place._replace(lists=_lists_in(place, places)) for place in found]


def _single(document: dict[str, Any], *, is_line: bool) -> Iterator[Place]:
    """A document that is one record, or that has one in it: an object with plain values alone."""
    nested = [name for name, value in document.items() if isinstance(value, dict | list)]
    if not nested or is_line:
        yield Place("", {}, [document])
        return
    for name in nested[:MOST_PLACES]:
        inner = document[name]
        if isinstance(inner, dict) and inner and not any(map(_is_nested, inner.values())):
            yield Place(name, {"records": name}, [inner])


def _is_nested(value: object) -> bool:
    return isinstance(value, dict | list)


def _lists_in(place: Place, places: Sequence[tuple[tuple[str, ...], list[Any]]]) -> tuple[str, ...]:
    """The lists that were taken together as one place; none where they are of one kind.

    They are if each is that of a day, or of a strategy or symbol: `strategy.*.trades`, or `GOLD`
    and `BTC`, of which the records say the same.
    """
    steps = str(place.layout.get("records", "")).split(".")
    inside = [one for one in places if len(one[0]) == len(steps) and _leads(steps, one[0])]
    named = [
        (name, records)
        for path, records in inside
        for step, name in zip(steps, path, strict=True)
        if step == "*"
    ]
    before = {step.lower() for step, name in pairwise(steps) if name == "*"}
    if len(inside) < 2 or before & _OF_ONE_KIND or all(shapes.is_time(name) for name, _ in named):
        return ()
    if all(_is_of_its_records(name, records) for name, records in named):
        return ()
    if any("." in name for name, _ in named):
        return ()
    if len(named) > 2 and all(_is_market(name) for name, _ in named):
        return ()
    return tuple(".".join(path) for path, _ in inside)


def _is_market(name: str) -> bool:
    """Whether a name looks like that of a market: `AAPL` and `BTCUSDT`, but not `LIVE`."""
    if not name.isupper() or name in _OF_RUNS:
        return False
    return is_ticker(name) or bool(quote_of(name))


def _is_of_its_records(name: str, records: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the name of a list is the symbol or the bar that each of its records has."""
    parts = {name.lower(), *name.lower().split("_")}
    return all(
        any(
            isinstance(value, str)
            and value.lower() in parts
            and (role_rank(field, "symbol") is not None or field.lower() in _BARS)
            for field, value in record.items()
        )
        for record in records[:_LOOKED_AT]
    )


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
    if columns := _columns(node):
        every = zip(*columns.values(), strict=True)
        yield path, [dict(zip(columns, row, strict=True)) for row in every][:MOST_RECORDS]
    inner = [] if columns else [one for one in node.values() if isinstance(one, dict)]
    if len(inner) > 1 and len(inner) == len(node) and _are_alike(inner):
        keyed = [{"_key": key, **entry} for key, entry in node.items()]
        yield path or ("*",), keyed[:MOST_RECORDS]
    lists = [entry for entry in node.values() if isinstance(entry, list)]
    for name, entry in node.items():
        yield from _lists(entry, (*path, str(name)), lists)


def _columns(node: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The columns of an object: a list of plain values, or an object by row number, for each."""
    found = {name: values for name, entry in node.items() if (values := _values(entry))}
    lengths = Counter(map(len, found.values()))
    usual = max(lengths, key=lambda length: lengths[length], default=0)
    columns = {name: values for name, values in found.items() if len(values) == usual}
    return columns if len(columns) > 1 else {}


def _values(entry: object) -> list[Any]:
    if isinstance(entry, dict):
        entry = list(entry.values()) if list(entry) == list(map(str, range(len(entry)))) else []
    return entry if isinstance(entry, list) and not any(map(_is_nested, entry)) else []


def _inside(
    path: tuple[str, ...], records: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Lists of objects inside records, such as the fills of each order, with its texts.

    What a record earned or cost as a whole is not what each of its parts did.
    """
    names = dict.fromkeys(name for record in records[:50] for name in record)
    for name in names:
        lists = [record.get(name) for record in records]
        full = [one for one in lists if isinstance(one, list) and any(map(_is_object, one))]
        if not full or len(full) * 2 < len(records):
            continue
        found = [
            {**entry, PARENT: _around(record)}
            for record, entries in zip(records, lists, strict=True)
            for entry in (entries if isinstance(entries, list) else ())
            if isinstance(entry, dict)
        ]
        yield (*(path if path[-1:] == ("*",) else (*path, "*")), name), found[:MOST_RECORDS]


def _around(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: one
        for name, one in record.items()
        if isinstance(one, str) and pnl_name(name) is None and not is_fee(name)
    }


def _is_object(entry: object) -> bool:
    return isinstance(entry, dict)


def _are_alike(objects: Sequence[Mapping[str, object]]) -> bool:
    """Whether objects have about the same fields."""
    shared = set(objects[0]).intersection(*objects[1:50])
    return len(shared) * 2 >= len(objects[0]) > 0


def _beside_it(
    path: Sequence[str], places: Sequence[tuple[tuple[str, ...], list[Any]]]
) -> list[tuple[str, ...]]:
    """The paths that differ from one in their last name alone."""
    return [one for one, _ in places if len(one) == len(path) and one[:-1] == tuple(path[:-1])]


def _are_joined(
    path: Sequence[str],
    records: Sequence[Mapping[str, Any]],
    other: tuple[tuple[str, ...], list[Any]],
    level: int,
) -> bool:
    """Whether lists side by side are those of days or symbols, or have names that no path can say.

    A dot in a name would part it: `{"AAPL.US": [...], "VOD.L": [...]}` is `*`.
    """
    names = (path[level], other[0][level])
    if all("." in name for name in names) or shapes.is_date_alone(names[1]):
        return "." in names[0] or shapes.is_date_alone(names[0])
    return _is_of_its_records(names[0], records) and _is_of_its_records(names[1], other[1])


def _merged(
    places: Sequence[tuple[tuple[str, ...], list[Any]]],
) -> list[tuple[tuple[str, ...], list[Any]]]:
    """The places, those that differ in one name alone together, with `*` for that name."""
    left = list(places)
    found: list[tuple[tuple[str, ...], list[Any]]] = []
    while left:
        path, records = left.pop(0)
        levels = range(len(path))
        for level in levels:
            alike = [
                other
                for other in left
                if len(other[0]) == len(path)
                and [n for n in range(len(path)) if other[0][n] != path[n]] == [level]
                and (level < len(path) - 1 or _are_joined(path, records, other, level))
                and _are_alike([records[0], other[1][0]])
            ]
            if level == len(path) - 1 and len(alike) < len(_beside_it(path, left)):
                alike = []  # `*` would be more than these
            if alike:
                left = [one for one in left if one not in alike]
                records = [*records, *(record for _, more in alike for record in more)]
                path = (*path[:level], "*", *path[level + 1 :])
                break
        found.append((path, records))
    return found
