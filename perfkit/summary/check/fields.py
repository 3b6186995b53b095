"""How the fields of a dialect fare in the records of a log: how many have them, and what is there.

closed_at: exit_tme     found in 0 of 132 records; did you mean exit_time?
net_pnl:   pnl          found in 132 of 132 records, -12.5 to 40, such as 3.5, -1, 12
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from perfkit.config.dialect import Condition, Dialect
from perfkit.config.expressions import Field
from perfkit.inference.layouts.place import Place
from perfkit.inference.table import shapes
from perfkit.inference.table.alike_records import column_of, lines_of
from perfkit.inference.table.columns import SAMPLED_RECORDS, columns_of, names_of, sampled

_FIRST = 4_000
"""Where half of the first ones come again, all are looked at once each."""
MOST_SAMPLES = 3
_LONGEST = 32


class FieldCheck(NamedTuple):
    """One field that a dialect reads: in how many of the records it is, and what is there.

    `low` and `high` are the ends of its range, where its values are numbers or texts of times.
    `similar` is a field of the records with a like name, where this one is never found.
    """

    part: str
    name: str
    found: int
    records: int
    low: str
    high: str
    samples: tuple[str, ...]
    similar: str

    @property
    def is_needed(self) -> bool:
        """Whether no trade can be read without it."""
        return self.part in ("closed_at", "net_pnl", "gross_pnl", "outcome", "identity")

    def __str__(self) -> str:
        said = f"{self.part}: {self.name} found in {self.found} of {self.records} records"
        return f"{said}; did you mean {self.similar}?" if self.similar else said


def place_of(
    places: Sequence[Place], layout: Mapping[str, object], dialect: Dialect
) -> Sequence[Place]:
    """The place that a dialect reads: the one that its layout names, else the likeliest."""
    named = [
        place
        for place in places
        if all(layout.get(key) == value for key, value in place.layout.items() if key in layout)
        and any(key in place.layout for key in layout)
    ]
    wanted = set(dialect.keys)

    def likeness(place: Place) -> tuple[int, int]:
        return len(wanted & set().union(*place.records[:50])), len(place.records)

    return sorted(named or places, key=likeness, reverse=True)[:1]


def field_checks(
    dialect: Dialect, records: Sequence[Mapping[str, object]]
) -> tuple[FieldCheck, ...]:
    """A report on each field that a dialect reads, over the records that it does not ignore."""
    kept = records
    if dialect.only:
        kept = [record for record in records if _meets(dialect.only, record)]

    @cache
    def known() -> list[str]:
        return names_of(columns_of((kept or records)[:SAMPLED_RECORDS]))

    opening = [one for group in dialect.open_when for one in group]
    parts = [(slot.target, field) for slot in dialect.slots for field in _fields(slot.source)]
    parts += [("identity", field) for leaf in dialect.identity for field in _fields(leaf)]
    parts += [("only", field) for one in dialect.only for field in _fields(one.source)]
    parts += [("open_when", field) for one in opening for field in _fields(one.source)]
    seen: dict[tuple[Field, bool], FieldCheck] = {}
    checks = []
    for part, field in dict.fromkeys(parts):
        is_of_all = part == "only"
        if (field, is_of_all) not in seen:
            looked_at = records if is_of_all else kept
            seen[field, is_of_all] = _check(part, field, looked_at, known)
        checks.append(seen[field, is_of_all]._replace(part=part))
    return tuple(one for one in checks if not _is_piece(one, checks))


def _is_piece(one: FieldCheck, checks: Sequence[FieldCheck]) -> bool:
    """Whether a field is only there because `P/L`, which is found, could be P over L as well."""
    return not one.found and any(
        other.found and other.part == one.part and one.name in other.name for other in checks
    )


def _fields(leaf: object) -> tuple[Field, ...]:
    return (leaf,) if isinstance(leaf, Field) else tuple(getattr(leaf, "parts", ()))


def _meets(conditions: Sequence[Condition], record: Mapping[str, object]) -> bool:
    return all(
        one.holds(_value(record, one.source)) for one in conditions if isinstance(one.source, Field)
    )


def _value(record: object, field: Field) -> object:
    for step in field.path:
        if isinstance(record, Mapping) and isinstance(step, str):
            record = record.get(step)
        elif isinstance(record, list) and isinstance(step, int):
            record = record[step] if -len(record) <= step < len(record) else None
        else:
            return record if step == "*" else None
    return record


def _check(
    part: str,
    field: Field,
    records: Sequence[Mapping[str, object]],
    known: Callable[[], Sequence[str]],
) -> FieldCheck:
    name = str(field)
    lines = None
    if len(field.path) == 1:
        values, lines = column_of(records, name), lines_of(records, name)
    else:
        values = [_value(record, field) for record in records]
    if lines is None or _has_empty(lines):
        lines = None
        values = [value for value in values if value is not None and value != ""]
    low, high = _range(values, lines) if values else ("", "")
    close = [] if values else get_close_matches(name, known(), 1, 0.5)
    samples = tuple(dict.fromkeys(map(_short, values[:200])))[:MOST_SAMPLES]
    similar = close[0] if close else ""
    return FieldCheck(part, name, len(values), len(records), low, high, samples, similar)


def _has_empty(lines: str) -> bool:
    return not lines or lines[0] == "\n" or lines[-1] == "\n" or "\n\n" in lines


def _range(values: Sequence[object], lines: str | None) -> tuple[str, str]:
    """The least and the largest of some values, if all are numbers or all are times.

    Where all are texts, `lines` may have them, each on a line of its own.
    """
    if lines is None and set(map(type, values)) != {str}:
        return _range_of_numbers(values)
    texts: Sequence[str] = values if lines is None else lines.split("\n")  # type: ignore[assignment]
    if shapes.number(texts[0]) is not None:
        return _range_of_plain(texts, lines) or _range_of_numbers(texts)
    if not all(map(shapes.is_iso, sampled(texts, SAMPLED_RECORDS))):
        return "", ""
    return min(texts), max(texts)


def _range_of_plain(texts: Sequence[str], lines: str | None) -> tuple[str, str] | None:
    """The range of texts of digits alone; None where one is of another form.

    Floats find the few texts that may be the ends, as they never turn the order of two numbers
    round; exact numbers then decide.
    """
    if not shapes.are_digits("".join(texts) if lines is None else lines.replace("\n", "")):
        return None
    if len(set(texts[:_FIRST])) * 2 < len(texts[:_FIRST]):
        texts = list(dict.fromkeys(texts))
    try:
        sizes = list(map(float, texts))
    except ValueError:
        return None
    found = []
    for end in (min, max):
        size = end(sizes)
        if sizes.count(size) == 1:
            likely = [texts[sizes.index(size)]]
        else:
            equal = (text for text, one in zip(texts, sizes, strict=True) if one == size)
            likely = list(dict.fromkeys(equal))
        numbers = [number for number in map(shapes.number, likely) if number is not None]
        if len(numbers) < len(likely):
            return None
        found.append(f"{end(numbers)}")
    return found[0], found[1]


def _range_of_numbers(values: Sequence[object]) -> tuple[str, str]:
    try:
        numbers = list(map(shapes.number, dict.fromkeys(values)))
    except TypeError:  # lists or objects
        return "", ""
    known = [number for number in numbers if number is not None]
    return (f"{min(known)}", f"{max(known)}") if len(known) == len(numbers) else ("", "")


def _short(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
