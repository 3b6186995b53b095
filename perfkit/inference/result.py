"""What inference says of some records."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Doubt


class LeftOut(str):
    """What is said, among what is assumed, of closed records without a result, which do not count.

    A question about these records says it as well, and takes its place.
    """

    __slots__ = ()


class Reading(NamedTuple):
    """How to read some records as trades, or why that cannot be said.

    `source` and `dialect` are keys of a source and of its dialect, as in config/perfkit.yaml. Both
    are empty where no results were found. `score` is the evidence in tenths; `evidence` and
    `assumed` say in words what speaks for the reading, and what it takes for granted. `total` is
    what the logged results add up to, where all records were looked at. `likely` are questions that
    were answered with their first answer, which is much more likely than the others.
    """

    source: dict[str, object]
    dialect: dict[str, object]
    score: int
    closed: int
    evidence: tuple[str, ...]
    assumed: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    columns: tuple[str, ...]
    total: Decimal | None = None
    likely: tuple[Doubt, ...] = ()

    @property
    def has_results(self) -> bool:
        """Whether there is a way to read trades, perhaps with doubts."""
        return bool(self.dialect)

    @property
    def is_sure(self) -> bool:
        """Whether figures can be given without asking."""
        return self.has_results and not self.doubts


def nothing_found(columns: tuple[str, ...], why: str = "") -> Reading:
    """The reading of records without results."""
    evidence = (why,) if why else ()
    return Reading({}, {}, 0, 0, evidence, (), (), columns)


def source_of(currency: str, zone: str) -> dict[str, object]:
    """The keys of a source: its currency, and the zone of its times where they name one."""
    return {"currency": currency, **({"timezone": zone} if zone else {})}
