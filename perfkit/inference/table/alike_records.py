"""Records that all have the same fields, kept as columns: most logs are so.

To take one field of 100,000 records then takes no time, and they are held as a tenth of the
objects. One record is a mapping as any other, made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, TypeVar, overload

T = TypeVar("T")

Record = Mapping[str, object]


class AlikeRecords(Sequence[Record]):
    """Records with the same fields: `columns` has the values of each of `names`."""

    def __init__(self, names: Sequence[str], columns: Sequence[Sequence[object]]) -> None:
        self._columns = dict(zip(names, columns, strict=True))
        self.names = tuple(self._columns)
        self._count = len(columns[0]) if columns else 0
        self._lines: dict[str, str | None] = {}

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Record]:
        for row in zip(*self._columns.values(), strict=True):
            yield dict(zip(self.names, row, strict=True))

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> AlikeRecords: ...
    def __getitem__(self, at: int | slice) -> Record | AlikeRecords:
        taken = [column[at] for column in self._columns.values()]
        if isinstance(at, slice):
            return AlikeRecords(self.names, taken)  # type: ignore[arg-type]
        return dict(zip(self.names, taken, strict=True))

    def column(self, name: str) -> Sequence[object]:
        """The values of a field; None for each record where there is no such field."""
        return self._columns.get(name) or [None] * self._count

    def lines(self, name: str) -> str | None:
        """The values of a field as `lines_of` has them."""
        if name not in self._lines:
            self._lines[name] = _as_lines(self.column(name))
        return self._lines[name]


def of_lines(lines: Sequence[str]) -> AlikeRecords | None:
    """The records of lines of JSON, numbers exact; None where one has not the fields of the first.

    A field that is not there is not the same as one that is null.
    """
    if not lines:
        return None
    chosen = (lines[0], lines[-1], lines[len(lines) // 2])
    return _alike(chosen, lambda decoder: list(map(decoder.decode, lines)))


def of_text(text: str, most: int) -> AlikeRecords | None:
    """The records of a text of such lines, none of them blank, which need not be parted first.

    None where they have to be looked at one by one, as where there are more than `most`.
    """
    end, middle = text.find("\n"), text.rfind("\n", 0, len(text) // 2)
    last = text.rfind("\n", 0, len(text) - 1)
    count = text.count("\n") + (not text.endswith("\n"))
    if middle < 0 or text[end + 1 : end + 2] != "{" or not 1 < count <= most:
        return None
    chosen = (text[:end], text[last + 1 :], text[middle + 1 : text.find("\n", middle + 1)])
    found = _alike(chosen, lambda decoder: decoder.decode_lines(text))
    return found if found is not None and len(found) == count else None


def _alike(
    chosen: tuple[str, ...], rows_of: Callable[[Any], Sequence[object]]
) -> AlikeRecords | None:
    """The records that a decoder of the fields of the first one gives; None where it refuses one.

    Most logs whose records are not alike show it in one of those that are `chosen`.
    """
    import msgspec

    try:
        first = msgspec.json.decode(chosen[0])
        if not isinstance(first, dict) or not first:
            return None
        decoder = _decoder(tuple(first))
        for line in chosen[1:]:
            decoder.decode(line)
        rows = rows_of(decoder)
        columns = [list(map(attrgetter(own), rows)) for own in _own_names(first)]
        return AlikeRecords(list(first), columns)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _decoder(names: tuple[str, ...]) -> Any:
    """Decodes objects of exactly these fields; `ValueError` for names that it cannot have."""
    import msgspec

    own = _own_names(names)
    record = msgspec.defstruct(
        "Record",
        [(name, Any) for name in own],
        rename=dict(zip(own, names, strict=True)),
        forbid_unknown_fields=True,
        gc=False,
    )
    return msgspec.json.Decoder(record, float_hook=str)


def _own_names(names: Collection[str]) -> list[str]:
    return [f"field_{n}" for n in range(len(names))]


def of_cells(names: Sequence[str], columns: Sequence[Sequence[str]]) -> Sequence[Record]:
    """The records of columns of CSV, with a name for each."""
    return AlikeRecords(names, columns) if columns and columns[0] else []


def turned(rows: Sequence[Sequence[T]], width: int) -> list[list[T]]:
    """Rows as columns; `zip(*rows)` takes twice as long."""
    return [list(map(itemgetter(n), rows)) for n in range(width)]


def of_rows(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Sequence[Record]:
    """The records of rows of a database: a REAL is the shortest decimal of its double."""
    columns = turned(rows, len(names))
    kinds = [set(map(type, column)) for column in columns]
    if any(bytes in one for one in kinds):  # which are left out of their records
        return [
            {
                name: _exact(value)
                for name, value in zip(names, row, strict=True)
                if _is_no_blob(value)
            }
            for row in rows
        ]
    exact = [
        list(map(_exact, column)) if float in kind else column
        for column, kind in zip(columns, kinds, strict=True)
    ]
    return AlikeRecords(names, exact) if rows else []


def column_of(records: Sequence[Record], name: str) -> Sequence[object]:
    """The value of a field in each of some records, None where it is not there."""
    if isinstance(records, AlikeRecords):
        return records.column(name)
    return [record.get(name) for record in records]


def lines_of(records: Sequence[Record], name: str) -> str | None:
    """The texts of a field, each on a line of its own; None where not all values are such texts.

    One long text is looked at much faster than many that lie about in memory.
    """
    if isinstance(records, AlikeRecords):
        return records.lines(name)
    return _as_lines(column_of(records, name))


def _as_lines(values: Sequence[object]) -> str | None:
    try:
        text = "\n".join(values)  # type: ignore[arg-type]
    except TypeError:
        return None
    return text if text.count("\n") == len(values) - 1 else None


def field_names(records: Sequence[Record]) -> list[str]:
    """The names of all fields of some records."""
    if isinstance(records, AlikeRecords):
        return list(records.names)
    return list(dict.fromkeys(chain.from_iterable(set(map(tuple, records)))))


def _exact(value: object) -> object:
    return repr(value) if isinstance(value, float) else value


def _is_no_blob(value: object) -> bool:
    return not isinstance(value, bytes)
