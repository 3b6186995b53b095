"""The shape of a comparison: what its JSON has."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.fast_imports import NamedTuple
from perfkit.summary.shape import WindowShape, json_text, json_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BETTER, WORSE, TOO_FEW = "better", "worse", "too few trades to say"


class SideShape(NamedTuple):
    """One side: its window, its filter, and the digest of what its figures depend on."""

    window: WindowShape
    where: dict[str, str]
    digest: str


class ComparedFigure(NamedTuple):
    """One figure of both sides, and the difference, other less base.

    `low` and `high` are the ends of the 95 % interval of the difference, and `verdict` is better,
    worse or "too few trades to say"; they are null but for win_rate, expectancy and avg_r.
    """

    metric: str
    base: Decimal | int | None
    other: Decimal | int | None
    difference: Decimal | None
    low: Decimal | None
    high: Decimal | None
    verdict: str | None


class ComparisonShape(NamedTuple):
    """Two selections of trades, figure by figure."""

    schema_version: int
    currency: str
    base: SideShape
    other: SideShape
    resamples: int
    figures: tuple[ComparedFigure, ...]

    def to_builtins(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, as JSON has them."""
        return json_value(self)  # type: ignore[no-any-return]

    def to_json(self) -> str:
        """Indented JSON, ending in a newline."""
        return json_text(self.to_builtins())

    def figure(self, metric: str) -> ComparedFigure:
        """The row of a metric; raises `KeyError`."""
        return {one.metric: one for one in self.figures}[metric]
