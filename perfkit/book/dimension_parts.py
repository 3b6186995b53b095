"""Tallies of the parts of a dimension, day by day, where the sheet of the day does not have them.

Those of a dimension that a source declares are kept once somebody has asked for them: nobody pays
for them who does not ask. A day is known by the digest of its trades, of which the
parts are a pure function: a day that changes has another digest, and its parts are made anew. A
file may be missing, damaged or old at any time; then they are made again.

Those of more sources than a sheet has room for are on the sheets of the sources' own days.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress

from perfkit.book.store.day_sheet import DIMENSIONS, Parts, parts_of, unpacked_whole
from perfkit.book.store.packing import packed_tally, unpacked_tally
from perfkit.core.fast_imports import date
from perfkit.disk.atomic import put_in_place
from perfkit.disk.sealed import VERSION, read_bytes, sealed, unsealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol, TypeAlias

    from perfkit.book.store.day_sheet import Sheet
    from perfkit.book.store.ledger import Ledger
    from perfkit.book.store.packing import PackedTally
    from perfkit.book.store.pages import Pages
    from perfkit.core.trades import Trades

    PackedParts: TypeAlias = "Mapping[str, PackedTally] | None"

    class DayBook(Protocol):
        """What of a book the parts of its days are made from."""

        @property
        def kept_parts(self) -> KeptParts: ...
        def sheet(self, day: date) -> Sheet: ...
        def trades_of(self, days: Iterable[date]) -> Trades: ...

    class SourceBook(Protocol):
        """What of a book the tallies of its sources are looked up in."""

        def looked_up(self, find: Callable[[Mapping[str, Ledger], Pages], Parts]) -> Parts: ...


FOLDER = "dimensions"
SPARE_DAYS = 64
"""So many days that were not asked for are kept, beside as many as were."""


def parts_on(book: DayBook, day: date, dimension: str) -> Parts | None:
    """The tallies of a day by a dimension other than the weekday; None where there are too many."""
    sheet = book.sheet(day)
    if dimension in DIMENSIONS:
        return sheet.parts[dimension]
    assert sheet.digest is not None
    return book.kept_parts.of(
        dimension, sheet.digest, lambda: parts_of(book.trades_of([day]), dimension)
    )


def source_parts(book: SourceBook, day: date) -> Parts:
    """The tally of each source on a day with closed trades, however many sources there are.

    In trade order, the trades of one source are as they are among those of all: so the tally of
    its own day is that of its part.
    """
    number = day.toordinal()

    def found(ledgers: Mapping[str, Ledger], pages: Pages) -> Parts:
        addresses = {
            name: ledger.days[number].sheet
            for name, ledger in ledgers.items()
            if number in ledger.days
        }
        return {
            name: unpacked_whole(pages.get(address))
            for name, address in addresses.items()
            if address is not None
        }

    return book.looked_up(found)


class KeptParts:
    """The parts of all dimensions beside the pages of a cache; in memory where there are none."""

    def __init__(self, pages: str | None) -> None:
        self._folder = None if pages is None else os.path.join(os.path.dirname(pages), FOLDER)
        self._files: dict[str, _KeptFile] = {}

    def of(self, dimension: str, digest: bytes, make: Callable[[], Parts | None]) -> Parts | None:
        """The parts of the day with that digest."""
        if dimension not in self._files:
            path = None if self._folder is None else os.path.join(self._folder, dimension)
            self._files[dimension] = _KeptFile(path)
        return self._files[dimension].of(digest, make)

    def keep(self, mode: int) -> None:
        """Writes what is new; where that cannot be, it is made again the next time."""
        for file in self._files.values():
            file.keep(mode)


class _KeptFile:
    """The parts of one dimension, by the digests of their days."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        content = None if path is None else read_bytes(path)
        kept = None if content is None else unsealed(content)
        self._days: dict[bytes, PackedParts] = {}
        if isinstance(kept, tuple) and kept[0] == VERSION:
            self._days = kept[1]
        self._asked: dict[bytes, Parts | None] = {}
        self._is_new = False

    def of(self, digest: bytes, make: Callable[[], Parts | None]) -> Parts | None:
        if digest in self._asked:
            return self._asked[digest]
        if digest in self._days:
            parts = _unpacked(self._days[digest])
        else:
            parts = make()
            self._days[digest] = _packed(parts)
            self._is_new = True
        self._asked[digest] = parts
        return parts

    def keep(self, mode: int) -> None:
        if not self._is_new or self._path is None:
            return
        others = [one for one in self._days if one not in self._asked]
        spare = others[-(len(self._asked) + SPARE_DAYS) :]
        days = {one: self._days[one] for one in (*spare, *self._asked)}
        with suppress(OSError):
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            put_in_place(self._path, sealed((VERSION, days)), durable=False, mode=mode)
            self._is_new = False


def _packed(parts: Parts | None) -> PackedParts:
    if parts is None:
        return None
    return {name: packed_tally(part) for name, part in parts.items()}


def _unpacked(packed: PackedParts) -> Parts | None:
    if packed is None:
        return None
    return {name: unpacked_tally(part) for name, part in packed.items()}
