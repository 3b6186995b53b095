"""What parts of a trade that is not complete yet have earned: its realized P&L.

A position opened by 2 at 100 and closed in parts, with `done_when: {left: 0}`:

    open   qty 2, fee 0.3
    close  qty 1, pnl 12.2, fee 0.1, left 1     12.2 is realized, or 12.1 if pnl is before costs

The fee of 0.3 counts with the close that completes the trade.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.config.dialect import Dialect
from perfkit.core.numbers import Numbers
from perfkit.logs.formulas import Column, numbers


class Parts:
    """What each of some lines says that a trade has earned so far, or that its close has."""

    def __init__(self, dialect: Dialect, slots: Sequence[Column], rows: int) -> None:
        found = {
            name: numbers(dialect.expressions[name], slots, rows)
            for name in ("realized_pnl", "net_pnl", "gross_pnl", "commission")
            if name in dialect.expressions
        }
        assert dialect.joining is not None
        self.adds_up = dialect.joining.sums_closes
        self.places = max((column.places for column in found.values()), default=0)
        nothing = Numbers([None] * rows, 0)
        columns = [
            found.get(name, nothing).at_places(self.places)
            for name in ("net_pnl", "gross_pnl", "commission")
        ]
        self.logged = found.get("realized_pnl", nothing).at_places(self.places)
        self.earned = [
            net if net is not None or gross is None else gross - (cost or 0)
            for net, gross, cost in zip(*columns, strict=True)
        ]

    def realized(self, rows: Sequence[int], closes: Sequence[int]) -> int | None:
        """The last that any line logs, else the P&L of the closes; of the last, if it has all."""
        logged = [self.logged[row] for row in rows if self.logged[row] is not None]
        if logged:
            return logged[-1]
        earned = [one for row in closes if (one := self.earned[row]) is not None]
        return (sum(earned) if self.adds_up else earned[-1]) if earned else None
