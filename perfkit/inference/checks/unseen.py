"""Records in the middle of a long log that show what its first and last ones do not.

A status that does not come at the ends, costs where there were none, a field that is missing, an
amount with a sign of a currency: each may change how a log is to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import NoneType

from perfkit.inference.table import shapes
from perfkit.inference.table.alike_records import column_of, field_names, lines_of
from perfkit.inference.table.columns import MOST_COLUMNS, MOST_LEVELS, MOST_WORDS

Record = Mapping[str, object]

_MOST_TEXTS = 400
"""Of a field with no more texts than these, each other text is something new."""
_MOST_SHOWN = 200
"""So many records show one new thing."""
_LOOKED_AT = 60
_DIGITS = frozenset("0123456789")


def unseen(records: Sequence[Record], ends: int) -> list[Record]:
    """Records that show something that neither the first nor the last `ends` of them do."""
    found: set[int] = set()
    for values, lines in _fields(records, MOST_LEVELS):
        new = _new_values([*values[:ends], *values[-ends:]], values[ends:-ends], lines)
        if new:
            rows = [row for row in range(ends, len(values) - ends) if _key(values[row]) in new]
            found.update(_first_of_each(values, rows))
            found.update(rows[:: len(rows) // _MOST_SHOWN + 1])
    return [records[row] for row in sorted(found)]


def _fields(
    records: Sequence[Record], levels: int
) -> Iterator[tuple[Sequence[object], str | None]]:
    """The values of each field of all records, also as lines; those of inner objects apart."""
    for name in field_names(records)[:MOST_COLUMNS]:
        values, lines = column_of(records, name), lines_of(records, name)
        kinds = {str} if lines is not None else set(map(type, values))
        if dict in kinds and levels > 1:
            inner = [value if isinstance(value, dict) else {} for value in values]
            yield from _fields(inner, levels - 1)
        if kinds != {dict}:
            yield values, lines


def _key(value: object) -> object:
    """The value itself; of a list or an object only what kind of thing it is."""
    return type(value) if isinstance(value, list | dict) else value


def _different(values: Sequence[object]) -> set[object]:
    try:
        return set(values)
    except TypeError:  # lists and objects
        return set(map(_key, values))


def _new_values(ends: Sequence[object], middle: Sequence[object], lines: str | None) -> set[object]:
    """The values of the middle that are of another kind than those of the ends."""
    known = _different(ends)
    if len(known) > MOST_WORDS and lines is not None:
        if _are_alike(known, lines):
            return set()
        if len(known) > 2 * _MOST_TEXTS and _are_words(known):
            is_new = known.isdisjoint(shapes.MISSING)
            return {*shapes.MISSING.intersection(middle)} if is_new else set()
    new = _different(middle) - known
    if not new:
        return new
    there = known - shapes.MISSING
    if not there:
        return new
    missing = set() if len(there) < len(known) else new & shapes.MISSING
    if len(there) <= MOST_WORDS:
        return new - shapes.MISSING | missing
    kinds = set(map(type, there))
    if not set(map(type, new)) <= kinds | {NoneType}:
        missing |= {value for value in new - shapes.MISSING if type(value) not in kinds}
    texts = [value for value in there if isinstance(value, str)]
    if any(map(_is_amount_or_time, texts[:_LOOKED_AT])):
        return missing | _with_other_signs(texts, new)
    return new - shapes.MISSING | missing if len(there) <= _MOST_TEXTS else missing


def _are_alike(known: set[object], lines: str) -> bool:
    """Whether all are numbers and times written with the same signs; a look that takes no time."""
    texts = list(map(str, known))
    if not any(map(_is_amount_or_time, texts[:_LOOKED_AT])) or _has_missing(lines):
        return False
    signs = {*_DIGITS, "\n"}.union(*texts)
    if not lines.isascii():
        return signs >= set(lines)
    return not lines.encode().translate(None, "".join(signs).encode("ascii", "ignore"))


def _are_words(known: set[object]) -> bool:
    """Whether texts are ids or the like, of which there are too many for one to be new."""
    return not any(map(_is_amount_or_time, list(map(str, known))[:_LOOKED_AT]))


def _has_missing(lines: str) -> bool:
    return any(one in f"\n{lines}\n" for one in ("\n\n", "\n-\n"))


def _is_amount_or_time(text: str) -> bool:
    return shapes.number(text) is not None or shapes.is_time(text)


def _with_other_signs(texts: Sequence[str], new: set[object]) -> set[object]:
    """Numbers and times written with signs or letters that the known ones do not have."""
    known = _DIGITS | set("".join(texts))
    written = (value for value in new - shapes.MISSING if isinstance(value, str))
    return {value for value in written if not known.issuperset(value)}


def _first_of_each(values: Sequence[object], rows: Sequence[int]) -> list[int]:
    """For each new value the first record that has it."""
    first: dict[object, int] = {}
    for row in rows:
        first.setdefault(_key(values[row]), row)
    return list(first.values())[:_MOST_SHOWN]
