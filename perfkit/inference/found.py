"""What inference found in a file: where its records lie, and how they are read as trades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from perfkit.inference.layouts.place import Place
from perfkit.inference.result import Reading


class Found(NamedTuple):
    """What was found in a file: where the records lie, how many there are, how to read them.

    `places` are all that were looked at.
    """

    name: str
    path: str
    layout: dict[str, object]
    records: int
    reading: Reading
    places: Sequence[Place] = ()

    def source(self, path: str | None = None) -> dict[str, object]:
        """The keys of the source."""
        return {
            "name": self.name,
            "path": self.path if path is None else path,
            **self.layout,
            **self.reading.source,
            "dialect": self.reading.dialect,
        }
