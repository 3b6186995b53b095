"""One trade, and what its words mean, said once.

A trade is *closed* when it has a closing time, else *open*. Its net P&L is the logged net, else
gross minus commission, else gross. Its outcome is the sign of the net P&L within a tolerance;
only where no P&L is logged does the logged outcome count. Trades are ordered by
`(closed_at, opened_at, symbol, strategy, side, net P&L)`, missing first: a property of the trades,
so that neither the order of lines nor the file they were written in ever changes a figure.
"""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.errors import place_text
from perfkit.core.fast_imports import NamedTuple, datetime

WIN = "win"
LOSS = "loss"
BREAKEVEN = "breakeven"

LONG = "long"
SHORT = "short"

FILTER_FIELDS = (
    "source",
    "strategy",
    "symbol",
    "side",
    "execution_mode",
    "account",
    "exit_reason",
)
"""The texts that a filter (`--where`, or `where` in a rule) may name, beside dimensions."""


class LinePlace(NamedTuple):
    """Where a log line stands: the file as the workspace shows it, and the line from 1.

    A file of records that are no lines has `[]` or `#` after its path (see `place_text`).
    """

    path: str
    line: int

    def __str__(self) -> str:
        return place_text(self.path, self.line)


class Trade(NamedTuple):
    """One trade as a bot logged it, exactly.

    Times are aware and in UTC; money is in the currency of the source; `risk_reward` is the
    planned ratio and `r` the realised one, both at 12 decimal places; `turnover` is quantity times
    entry price times multiplier; `mae` and `mfe` are the worst and the best P&L while it was open;
    `realized_pnl` is what parts of a trade still open have earned. None means not logged, or
    (`outcome`, `hold_seconds`, `r`) not defined for this trade. `lines` leads back to the log.
    """

    source: str
    symbol: str | None
    strategy: str | None
    side: str | None
    execution_mode: str | None
    account: str | None
    opened_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    net_pnl: Decimal | None
    gross_pnl: Decimal | None
    realized_pnl: Decimal | None
    commission: Decimal | None
    slippage: Decimal | None
    quantity: Decimal | None
    entry_price: Decimal | None
    exit_price: Decimal | None
    stop_loss: Decimal | None
    target: Decimal | None
    risk_reward: Decimal | None
    r: Decimal | None
    turnover: Decimal | None
    mae: Decimal | None
    mfe: Decimal | None
    hold_seconds: Decimal | None
    exit_reason: str | None
    line: LinePlace

    @property
    def is_open(self) -> bool:
        """Whether the trade has not been closed yet."""
        return self.closed_at is None


def outcome_of(net_pnl: int, tolerance: int) -> str:
    """The outcome a net P&L means; P&L and tolerance in the same unit, tolerance >= 0."""
    if net_pnl > tolerance:
        return WIN
    if net_pnl < -tolerance:
        return LOSS
    return BREAKEVEN
