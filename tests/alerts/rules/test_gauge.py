"""The figure of a rule at a trade is the figure of a summary of the log up to that trade."""

import marshal
from bisect import bisect_left
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.alerts.check import settings_of
from perfkit.alerts.feed import open_feed
from perfkit.alerts.rules.gauge import NO_NUMBER, NOT_BY_TRADE, Gauge
from perfkit.core.calendar import WINDOW_KINDS
from perfkit.core.exact import canonical
from perfkit.core.trades import Trades
from perfkit.desk.desk import Desk
from perfkit.metrics import tally
from perfkit.metrics.facts import NOT_IN_A_PART, Facts, Undefined, Value
from perfkit.metrics.registry import METRICS
from tests.conftest import BOT, WriteWorkspace
from tests.generated import logs, write_log

pytestmark = pytest.mark.slow

RANKED = [name for name, row in METRICS.items() if "ranks" in row.reads]
"""Figures that no rule may be about."""
WATCHED = [name for name in METRICS if name not in (*NO_NUMBER, *NOT_BY_TRADE, *RANKED)]
FROM_TALLY = [
    name
    for name in WATCHED
    if not {"account", "every_day", "days", "returns", "expected_days"} & set(METRICS[name].reads)
    and name not in ("current_drawdown", "max_drawdown_pct")
]
"""Figures of the tally alone."""


def shown(value: Value | Undefined) -> object:
    return ("undefined", value.reason) if isinstance(value, Undefined) else canonical(value)


def expected(desk: Desk, metric: str, window: str) -> object:
    summary = desk.summary(window)
    value = summary.metrics[metric]
    return ("undefined", summary.undefined[metric]) if value is None else value


def days_of(desk: Desk) -> list[int]:
    calendar = desk.config.calendar
    return [calendar.day_of(at).toordinal() for at in desk.book.closed.closed_at]


@pytest.mark.parametrize("window", WINDOW_KINDS)
def test_figure_over_a_window_is_that_of_its_summary(window: str) -> None:
    """On the sample logs, whose newest line closes a trade; carried over once on the way."""
    desk = perfkit.open(Path(__file__).parents[3])
    closed, days = desk.book.closed, days_of(desk)
    known = settings_of(desk.config, open_feed(desk.config).missing)
    for metric in WATCHED:
        gauge = Gauge(metric, None, window, known)
        for row in range(len(closed)):
            gauge.add(closed, row, days[row])
            if row == 400:
                carried = marshal.loads(marshal.dumps(gauge.carry()))
                gauge = Gauge(metric, None, window, known).resume(carried)
        assert shown(gauge.value()) == expected(desk, metric, window), metric


@given(log=logs(), window=st.sampled_from(WINDOW_KINDS), config=st.sampled_from(["", "UTC17"]))
def test_figure_of_the_tally_over_a_window_is_that_of_its_trades(
    fresh_workspace: WriteWorkspace, log: object, window: str, config: str
) -> None:
    more = 'day_start: "17:00"\nstarting_equity: 100\n' if config else ""
    root = fresh_workspace(BOT + more)
    write_log(root / "logs/trades", log)  # type: ignore[arg-type]
    desk = perfkit.open(root)
    closed, days, calendar = desk.book.closed, days_of(desk), desk.config.calendar
    known = settings_of(desk.config, open_feed(desk.config).missing)
    gauges = {metric: Gauge(metric, None, window, known) for metric in FROM_TALLY}
    for row in range(len(closed)):
        day = calendar.day_of(closed.closed_at[row])
        start = 0 if window == "all" else calendar.window(window, day).start
        first = bisect_left(closed.closed_at, start)
        facts = facts_of(closed.slice(first, row + 1))
        for metric, gauge in gauges.items():
            gauge.add(closed, row, days[row])
            assert shown(gauge.value()) == shown(METRICS[metric](facts)), metric
            assert gauge.count == row + 1 - first
            assert gauge.first_at == closed.closed_at[first]


@pytest.mark.measured
@given(log=logs(), trades=st.integers(1, 6))
def test_figure_over_trades_is_that_of_those_trades(
    fresh_workspace: WriteWorkspace, log: object, trades: int
) -> None:
    root = fresh_workspace()
    write_log(root / "logs/trades", log)  # type: ignore[arg-type]
    desk = perfkit.open(root)
    closed, days = desk.book.closed, days_of(desk)
    known = settings_of(desk.config, open_feed(desk.config).missing)
    gauges = {metric: Gauge(metric, trades, None, known) for metric in FROM_TALLY}
    for row in range(len(closed)):
        facts = facts_of(closed.slice(max(0, row + 1 - trades), row + 1))
        for metric, gauge in gauges.items():
            gauge.add(closed, row, days[row])
            assert shown(gauge.value()) == shown(METRICS[metric](facts)), metric
            carried = marshal.loads(marshal.dumps(gauge.carry()))
            gauges[metric] = Gauge(metric, trades, None, known).resume(carried)


def facts_of(trades: Trades) -> Facts:
    return Facts(
        tally=tally.of(trades),
        days=(),
        expected_days=0,
        open_trades=0,
        recovered_at=NOT_IN_A_PART,
        unrealized_pnl=NOT_IN_A_PART,
        realized_pnl=NOT_IN_A_PART,
        returns=NOT_IN_A_PART,
        current_drawdown=Decimal(0),
        max_drawdown_pct=(0, 1),
        periods_per_year=365,
    )


@pytest.mark.measured
@pytest.mark.parametrize("metric", ["worst_day", "avg_day", "sd_day", "trading_days", "sharpe"])
def test_days_of_a_rolling_span_are_those_of_its_trades(metric: str) -> None:
    """The last 90 trades as a window of whole days, where they begin with a day's first trade."""
    desk = perfkit.open(Path(__file__).parents[3])
    closed, days = desk.book.closed, days_of(desk)
    known = settings_of(desk.config, open_feed(desk.config).missing)
    summary = desk.summary(start="2025-09-15", end="2025-10-09")
    count = summary.metrics["closed_trades"]
    assert isinstance(count, int)
    gauge = Gauge(metric, count, None, known)
    for row in range(len(closed)):
        gauge.add(closed, row, days[row])
    value = summary.metrics[metric]
    assert shown(gauge.value()) == value


@pytest.mark.measured
def test_relative_drawdown_over_trades_starts_from_the_equity_before_them() -> None:
    desk = perfkit.open(Path(__file__).parents[3])
    closed, days = desk.book.closed, days_of(desk)
    known = settings_of(desk.config, open_feed(desk.config).missing)
    summary = desk.summary("monthly")
    count = summary.metrics["closed_trades"]
    assert isinstance(count, int)
    gauge = Gauge("max_drawdown_pct", count, None, known)
    for row in range(len(closed)):
        gauge.add(closed, row, days[row])
    assert shown(gauge.value()) == summary.metrics["max_drawdown_pct"]
