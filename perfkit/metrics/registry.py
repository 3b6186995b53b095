"""Every figure: one small function each, whose docstring is its definition.

A metric takes the `Facts` of a window and gives a value or `Undefined` with the reason. The
docstring's first line says what it is; `Formula`, `Unit`, `Range`, `Empty` and `Source` follow,
and `docs/metrics.md` is made from them. Counts, sums, extremes, streaks and the drawdown come from
the tally, which folds from days; see `Facts` for what is walked.
"""

from __future__ import annotations

from collections.abc import Callable

from perfkit.core.exact import canonical
from perfkit.core.fast_imports import NamedTuple
from perfkit.metrics import counts, days, path, pnl, risk
from perfkit.metrics.facts import Facts, Undefined, Value

Metric = Callable[[Facts], Value | Undefined]

METRICS: dict[str, Metric] = {
    metric.__name__: metric
    for metric in (
        counts.closed_trades,
        counts.wins,
        counts.losses,
        counts.breakevens,
        counts.open_trades,
        counts.trades_per_day,
        counts.win_rate,
        counts.win_rate_decided,
        counts.win_rate_low,
        counts.win_rate_high,
        pnl.net_pnl,
        pnl.gross_profit,
        pnl.gross_loss,
        pnl.profit_factor,
        pnl.avg_win,
        pnl.avg_loss,
        pnl.payoff_ratio,
        pnl.expectancy,
        pnl.required_win_rate,
        pnl.largest_win,
        pnl.largest_loss,
        pnl.commission,
        pnl.slippage,
        risk.avg_risk_reward,
        risk.risk_reward_trades,
        risk.avg_r,
        risk.sd_r,
        risk.r_trades,
        risk.sqn,
        path.current_streak,
        path.current_streak_kind,
        path.longest_win_streak,
        path.longest_loss_streak,
        path.max_drawdown,
        path.drawdown_peak_at,
        path.drawdown_trough_at,
        path.drawdown_recovered_at,
        path.current_drawdown,
        path.max_drawdown_pct,
        pnl.unrealized_pnl,
        path.avg_hold_seconds,
        path.win_hold_seconds,
        path.loss_hold_seconds,
        days.trading_days,
        days.profitable_days,
        days.best_day,
        days.worst_day,
        days.avg_day,
        days.sd_day,
        days.sharpe,
        days.sortino,
        risk.losses_beyond_1r,
        risk.target_hits,
    )
}
"""Name to metric, in the order figures are shown."""


class Figures(NamedTuple):
    """The figures of a window or part: name to value (None where undefined), name to reason."""

    values: dict[str, Value | None]
    undefined: dict[str, str]


def evaluate(facts: Facts) -> Figures:
    """Every metric; Decimals without trailing zeros or exponent."""
    values: dict[str, Value | None] = {}
    undefined: dict[str, str] = {}
    for name, metric in METRICS.items():
        value = metric(facts)
        if isinstance(value, Undefined):
            values[name] = None
            undefined[name] = value.reason
        else:
            values[name] = canonical(value)
    return Figures(values, undefined)
