"""Columns of CSV that earlier files of a source have and a later one lacks, as after a renaming.

2026-04-08.csv    t,pnl,fee
2026-04-09.csv    t,pnl,Fee      has no column fee, which commission is read from
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfkit.book.store.ledger import FileEntry
from perfkit.config.dialect import OF_PRICES, RESULTS, Dialect
from perfkit.config.expressions import Call, Leaf
from perfkit.core.fast_imports import NamedTuple
from perfkit.logs.formulas import is_there

ONLY = "only"

_NEEDED = frozenset(("closed_at", "at", "price", "quantity", ONLY, *RESULTS))
"""What closed trades, or fills, depend on."""


class LostColumns(NamedTuple):
    """The columns that a file lacks and earlier ones have, and the field that is read from them."""

    file: FileEntry
    field: str
    columns: tuple[str, ...]
    is_needed: bool

    def __str__(self) -> str:
        names = " and ".join(f"`{name}`" for name in self.columns)
        return (
            f"{self.file.name} has no column {names}, which earlier files have and {self.field} is "
            "read from; if it was renamed, write both names with `or` between them"
        )


def lost_columns(files: Sequence[FileEntry], dialect: Dialect) -> Iterator[LostColumns]:
    """What later files of a source lack, by file and by field."""
    had: set[str] = set()
    seen: set[str] = set()
    needed = _NEEDED.union(OF_PRICES) if dialect.pnl_from_prices else _NEEDED
    for file in files:
        columns = file.columns
        if columns is None:
            continue
        there = {field for field, complete in _fields(dialect, columns) if complete}
        for field in sorted(had - there):
            gone = [name for name in _names(dialect, field) if name in seen and name not in columns]
            if gone:
                yield LostColumns(file, field, tuple(gone), field in needed)
        had |= there
        seen.update(columns)


def _fields(dialect: Dialect, columns: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Each field that a dialect reads, and whether columns of these names are enough for it."""
    slots = [_is_readable(slot.source, columns) for slot in dialect.slots]
    for field, expression in dialect.expressions.items():
        yield field, is_there(expression, slots.__getitem__)
    if dialect.only:
        yield ONLY, all(_is_readable(one.source, columns) for one in dialect.only)


def _is_readable(leaf: Leaf, columns: Sequence[str]) -> bool:
    known = [name in columns for name in _names_of(leaf)]
    is_choice = isinstance(leaf, Call) and leaf.name in ("earliest", "latest")
    return any(known) if is_choice else all(known)


def _names(dialect: Dialect, field: str) -> list[str]:
    """The columns that a field is read from."""
    if field == ONLY:
        leaves = [one.source for one in dialect.only]
    else:
        leaves = [slot.source for slot in dialect.slots if slot.target == field]
    return list(dict.fromkeys(name for leaf in leaves for name in _names_of(leaf)))


def _names_of(leaf: Leaf) -> list[str]:
    parts = leaf.parts if isinstance(leaf, Call) else (leaf,)
    return [str(part.path[0]) for part in parts]
