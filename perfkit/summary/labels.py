"""What figures are called and how they look: labels, groups, units; the only place that rounds."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from perfkit.core.calendar import zone_named
from perfkit.core.formatting import NOTHING, duration, fixed, percent, signed
from perfkit.metrics.facts import Value
from perfkit.metrics.reference import unit_of

GROUPS: dict[str, tuple[str, ...]] = {
    "Trades": (
        "closed_trades",
        "wins",
        "losses",
        "breakevens",
        "open_trades",
        "trades_per_day",
        "win_rate",
        "win_rate_low",
        "win_rate_high",
        "win_rate_decided",
        "required_win_rate",
    ),
    "Profit and loss": (
        "net_pnl",
        "gross_profit",
        "gross_loss",
        "commission",
        "slippage",
        "unrealized_pnl",
        "profit_factor",
        "payoff_ratio",
        "expectancy",
        "avg_win",
        "avg_loss",
        "largest_win",
        "largest_loss",
    ),
    "Risk": (
        "max_drawdown",
        "drawdown_peak_at",
        "drawdown_trough_at",
        "drawdown_recovered_at",
        "max_drawdown_pct",
        "current_drawdown",
        "avg_risk_reward",
        "risk_reward_trades",
        "avg_r",
        "sd_r",
        "r_trades",
        "sqn",
        "losses_beyond_1r",
        "target_hits",
    ),
    "Streaks and holding": (
        "current_streak",
        "current_streak_kind",
        "longest_win_streak",
        "longest_loss_streak",
        "avg_hold_seconds",
        "win_hold_seconds",
        "loss_hold_seconds",
    ),
    "Days": (
        "trading_days",
        "profitable_days",
        "best_day",
        "worst_day",
        "avg_day",
        "sd_day",
        "sharpe",
        "sortino",
    ),
}
"""Every metric, in the groups a person reads them in."""

PART_COLUMNS = (
    "closed_trades",
    "net_pnl",
    "win_rate",
    "profit_factor",
    "expectancy",
    "avg_r",
    "max_drawdown",
)
UNSIGNED = ("commission", "slippage", "sd_day")
"""Money that is no gain or loss by itself."""

_LABELS = {
    "net_pnl": "Net P&L",
    "unrealized_pnl": "Unrealized P&L",
    "sqn": "SQN",
    "avg_r": "Average R",
    "sd_r": "Standard deviation of R",
    "r_trades": "Trades with an R",
    "risk_reward_trades": "Trades with a planned risk-reward",
    "avg_win": "Average win",
    "avg_loss": "Average loss",
    "avg_risk_reward": "Average planned risk-reward",
    "win_rate_low": "Win rate, 95 % low",
    "win_rate_high": "Win rate, 95 % high",
    "win_rate_decided": "Win rate without breakevens",
    "max_drawdown_pct": "Largest relative drawdown",
    "max_drawdown": "Largest drawdown",
    "losses_beyond_1r": "Losses beyond 1 R",
    "avg_hold_seconds": "Average holding time",
    "win_hold_seconds": "Average holding time of wins",
    "loss_hold_seconds": "Average holding time of losses",
    "sd_day": "Standard deviation of a day",
    "avg_day": "Average day",
}


def label_of(metric: str) -> str:
    """A metric's name as a person reads it."""
    known = _LABELS.get(metric)
    return known if known is not None else metric.replace("_", " ").capitalize()


def in_sentence(metric: str) -> str:
    """The same within a sentence."""
    label = label_of(metric)
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def shown(metric: str, value: Value | None, currency: str = "", timezone: str = "UTC") -> str:
    """One figure as a person reads it; the only place where it is rounded."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return moment(value, timezone)
    if isinstance(value, str):
        return value
    return _number(metric, Decimal(value), currency)


def _number(metric: str, value: Decimal, currency: str) -> str:
    unit = unit_of(metric) if metric else "money"
    if unit.startswith("money"):
        amount = fixed(value, 2) if metric in UNSIGNED else signed(value)
        return f"{amount} {currency}".rstrip()
    if unit == "fraction":
        return percent(value)
    if unit == "seconds":
        return duration(value)
    if unit in ("trades", "days"):
        return fixed(value, 0)
    return f"{fixed(value, 2)} R" if unit == "R" else fixed(value, 2)


def moment(at: datetime, timezone: str = "UTC") -> str:
    """A moment in the workspace's zone, to the second."""
    local = at.astimezone(zone_named(timezone) if timezone else UTC)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"
