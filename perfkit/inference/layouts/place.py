"""Records of a file, and the keys of a source that say where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

MOST_RECORDS = 100_000
MOST_PLACES = 16
PARENT = "_parent"
"""Records inside others have the fields of these under this name."""


class Place(NamedTuple):
    """Records of a file, and the keys of a source that say where they are.

    Where several lists were taken together, `lists` are the paths to them. `parted_by` is what
    stands between the cells of a CSV file, `odd_rows` are its rows that look like records, but for
    a cell too many or too few. `said` are the numbers beside the records of a document.
    """

    name: str
    layout: dict[str, object]
    records: Sequence[Mapping[str, object]]
    lists: tuple[str, ...] = ()
    parted_by: str = ""
    odd_rows: Sequence[Sequence[str]] = ()
    said: Mapping[str, Decimal] = MappingProxyType({})

    @property
    def is_inside(self) -> bool:
        """Whether the records lie inside others, such as the fills of orders."""
        return bool(self.records) and PARENT in self.records[0]
