"""The shape of a simulation of drawdowns: what its JSON has."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.fast_imports import NamedTuple
from perfkit.summary.shape import WindowShape, json_text, json_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SimulatedDrawdowns(NamedTuple):
    """Drawdowns (<= 0) of many runs: the smallest not exceeded in 50, 95 and 99 % of them.

    `deeper` is how many runs have a deeper drawdown than the trades in the order they closed.
    """

    in_50_pct: Decimal
    in_95_pct: Decimal
    in_99_pct: Decimal
    deeper: int


class MonteCarloShape(NamedTuple):
    """Drawdowns of the trades of a selection, in random order and drawn with replacement.

    `trades` are those with a P&L, `without_pnl` the others, which no run has. `max_drawdown` is
    that of the trades as they closed. What is drawn is null without trades. With fewer than 20,
    `is_enough` is false: so few say little about what may come.
    """

    schema_version: int
    currency: str
    window: WindowShape
    where: dict[str, str]
    digest: str
    trades: int
    without_pnl: int
    runs: int
    is_enough: bool
    max_drawdown: Decimal | None
    shuffled: SimulatedDrawdowns | None
    resampled: SimulatedDrawdowns | None

    def to_builtins(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, as JSON has them."""
        return json_value(self)  # type: ignore[no-any-return]

    def to_json(self) -> str:
        """Indented JSON, ending in a newline."""
        return json_text(self.to_builtins())
