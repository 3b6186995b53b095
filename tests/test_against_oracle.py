"""The library against `tests.oracle`: every figure of every window and part, on nasty logs.

The library reads real files; the oracle is handed the lines they were made of.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.config.built_in import TRADE_RECORD
from perfkit.core.calendar import WEEKDAYS
from perfkit.core.filters.conditions import quoted
from perfkit.desk.desk import open as open_desk
from perfkit.metrics.facts import Value
from perfkit.metrics.registry import row_of
from perfkit.summary.summary import Summary
from tests import oracle
from tests.conftest import WriteWorkspace
from tests.generated import (
    PNLS,
    TARGETS,
    Log,
    LogLine,
    configs,
    crowded_logs,
    line_bytes,
    logs,
    optional,
    write_log,
)

pytestmark = pytest.mark.slow

LOGS = "logs/trades"
ACCOUNT_ONLY = {
    "unrealized_pnl",
    "realized_pnl",
    "current_drawdown",
    "max_drawdown_pct",
    "sharpe",
    "sortino",
    "drawdown_recovered_at",
    "var_95",
    "cvar_95",
    "longest_drawdown_days",
    "return_pct",
    "volatility",
    "cagr",
    "calmar",
    "ulcer_index",
    "median_pnl",
    "median_hold_seconds",
    "longest_hold_seconds",
    "exposure",
    "max_concurrent",
}
"""Metrics that a part of a breakdown does not have."""

OF_THE_CLOSE = {"weekday", "hour", "exit_reason"}
"""Dimensions that a trade has a part in only once it has closed."""

FILTERS: dict[str, tuple[str, ...]] = {
    "source": ("bot",),
    "strategy": ("momentum", "break|out"),
    "symbol": ("AAPL", "ES"),
    "side": ("long", "short"),
    "execution_mode": ("LIVE", "PAPER"),
    "account": ("A1",),
}

wheres = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in FILTERS.items()}
)


class History:
    """What the oracle needs to know of a log besides its trades."""

    def __init__(self, log: Log, config: oracle.Config, quiet_days_are_zero: bool) -> None:
        self.config = config
        self.quiet_days_are_zero = quiet_days_are_zero
        self.trades = oracle.combine(log, config, "bot")
        self.instants = [_instant_of_line(line) for _, line in log]
        self.newest = max(self.instants, default=None)
        self.dated = {date.fromisoformat(name[:10]) for name, _ in log}

    @property
    def first_day(self) -> date:
        return oracle.trading_day(min(self.instants), self.config)

    @property
    def newest_day(self) -> date:
        assert self.newest is not None
        return oracle.trading_day(self.newest, self.config)

    def figures(
        self, first: date, last: date, where: dict[str, str], part: Sequence[oracle.Trade] | None
    ) -> dict[str, oracle.Figure]:
        """Every metric over the filtered trades, or over those of a part."""
        start, end, dates = oracle.span(first, last, self.config)
        dates = [day for day in dates if day <= self.newest_day]
        expected = [day for day in dates if self.config.is_expected(day)]
        missing = not self.quiet_days_are_zero and any(day not in self.dated for day in expected)
        return oracle.metrics(
            self.filtered(where) if part is None else part,
            start,
            end,
            self.config,
            dates,
            missing_day=missing,
            newest=self.newest,
        )

    def filtered(self, where: dict[str, str]) -> list[oracle.Trade]:
        return [
            trade
            for trade in self.trades
            if all(getattr(trade, name) == value for name, value in where.items())
        ]

    def parts(
        self, dimension: str, first: date, last: date, where: dict[str, str]
    ) -> dict[str, dict[str, oracle.Figure]]:
        """The figures of each part that has a closed or an open trade in the window."""
        start, end, _ = oracle.span(first, last, self.config)
        trades = self.filtered(where)
        if dimension in OF_THE_CLOSE:
            trades = oracle.closed_in(trades, start, end, self.config)
        dealt = oracle.parts(trades, dimension, self.config, start, end)
        figures = {
            _part_name(dimension, name): self.figures(first, last, where, part)
            for name, part in dealt.items()
        }
        return {
            name: part
            for name, part in figures.items()
            if part["closed_trades"] or part["open_trades"]
        }


def _instant_of_line(line: oracle.Line) -> datetime:
    """When a line's trade closed, else when it opened."""
    text = line["timestamp"]
    if not oracle.is_open(line) and line.get("exit_timestamp"):
        text = line["exit_timestamp"]
    return datetime.fromisoformat(str(text))


def _part_name(dimension: str, name: str) -> str:
    if dimension == "weekday" and name:
        return WEEKDAYS[int(name)]
    return f"{int(name):02d}" if dimension == "hour" and name else name


def config_text(config: oracle.Config, quiet_days_are_zero: bool) -> str:
    """The oracle's configuration as `config/perfkit.yaml`."""
    week = ",".join(WEEKDAYS[n] for n in sorted(config.trading_week))
    lines = [
        "sources:",
        f"  - {{name: bot, path: {LOGS}, currency: USD}}",
        f"timezone: {config.timezone}",
        f'day_start: "{config.day_start}"',
        f"breakeven_tolerance: {config.breakeven_tolerance}",
        f"trading_week: {week}",
        f"quiet_days: {'zero' if quiet_days_are_zero else 'missing'}",
        "metrics: [exposure, max_concurrent]",
    ]
    if config.starting_equity is not None:
        lines.append(f"starting_equity: {config.starting_equity}")
        entries = [f"{{date: {day}, amount: {amount}}}" for day, amount in config.deposits]
        lines.append(f"deposits: [{', '.join(entries)}]")
    if config.holidays:
        lines.append(f"holidays: [{', '.join(map(str, sorted(config.holidays)))}]")
    if config.periods_per_year is not None:
        lines.append(f"periods_per_year: {config.periods_per_year}")
    if config.multiplier:
        pairs = ", ".join(f"{symbol}: {value}" for symbol, value in config.multiplier.items())
        lines.append(f"multiplier: {{{pairs}}}")
    return "\n".join(lines) + "\n"


def summaries(root: Path, where: dict[str, str], dates: Sequence[date]) -> Iterator[Summary]:
    """Every kind of window of each date, and a range of all."""
    desk = open_desk(root)
    where = {name: quoted(value) for name, value in where.items()}
    for kind in ("daily", "weekly", "monthly", "quarterly", "yearly", "last-7d", "all"):
        for window in sorted({desk.window(kind, day) for day in dates}):
            yield desk.summary(kind, window.last_day, where=where)
    yield desk.summary(start=min(dates), end=max(dates), where=where)


def days_of(summary: Summary) -> tuple[date, date]:
    return summary.window.first_day, summary.window.last_day


def assert_same(
    figures: dict[str, Value | None],
    undefined: dict[str, str],
    expected: dict[str, oracle.Figure],
    where: str,
) -> None:
    """Equal in every figure and in the kind of value, within its bounds; a reason for each null."""
    different = {
        name: (value, expected[name])
        for name, value in figures.items()
        if value != expected[name] or type(value) is not type(expected[name])
    }
    assert not different, f"{where}: (library, oracle) {different}"
    assert figures.keys() == expected.keys()
    nulls = {name for name, value in figures.items() if value is None}
    assert undefined.keys() == nulls
    assert all(undefined.values())
    for name, value in figures.items():
        low, high = row_of(name).bounds
        assert not isinstance(value, Decimal | int) or low is None or value >= low, name
        assert not isinstance(value, Decimal | int) or high is None or value <= high, name


def assert_summary_equals_oracle(summary: Summary, history: History, where: dict[str, str]) -> None:
    first, last = days_of(summary)
    label = f"{summary.window.kind} {summary.window.label}"
    start, end, _ = oracle.span(first, last, history.config)
    assert (summary.window.start, summary.window.end) == (start, end)
    assert_same(
        summary.metrics,
        summary.undefined,
        history.figures(first, last, where, None),
        label,
    )
    assert tuple(summary.breakdowns) == oracle.DIMENSIONS
    for dimension, parts in summary.breakdowns.items():
        expected = history.parts(dimension, first, last, where)
        assert {part.name for part in parts} == expected.keys(), f"{label} by {dimension}"
        assert len(parts) == len(expected)
        for part in parts:
            figures = dict(expected[part.name])
            figures.update(dict.fromkeys(ACCOUNT_ONLY))
            assert_same(part.metrics, part.undefined, figures, f"{label} {dimension}={part.name!r}")


@given(
    log=logs().filter(bool),
    config=configs(),
    quiet_days_are_zero=st.booleans(),
    where=st.one_of(st.just({}), wheres),
    days_apart=st.integers(0, 8),
)
def test_every_figure_of_every_window_and_part_equals_the_oracle(
    *,
    fresh_workspace: WriteWorkspace,
    log: Log,
    config: oracle.Config,
    quiet_days_are_zero: bool,
    where: dict[str, str],
    days_apart: int,
) -> None:
    root = fresh_workspace(config_text(config, quiet_days_are_zero))
    write_log(root / LOGS, log)
    history = History(log, config, quiet_days_are_zero)
    newest = history.newest_day
    dates = {newest, newest - timedelta(days=days_apart), history.first_day}
    for summary in summaries(root, where, sorted(dates)):
        assert_summary_equals_oracle(summary, history, where)
        assert summary.data.bad_lines == 0


@given(data=st.data(), log=logs().filter(bool), config=configs())
def test_stops_and_targets_with_logged_exit_prices_equal_the_oracle(
    fresh_workspace: WriteWorkspace, data: st.DataObject, log: Log, config: oracle.Config
) -> None:
    """`trade_record` has no exit price; this dialect is it and an `exit_price`."""
    lines = [{**line, "order_id": None} for _, line in log]
    for line in lines:
        line["exit_price"] = data.draw(optional(TARGETS))
    root = fresh_workspace(config_text(config, quiet_days_are_zero=True))
    _with_field(root, "exit_price")
    written: Log = [(name, line) for (name, _), line in zip(log, lines, strict=True)]
    write_log(root / LOGS, written)
    history = History(written, config, quiet_days_are_zero=True)
    history.trades = [
        trade if trade.closed_at is None else replace(trade, exit_price=_fraction(line))
        for trade, line in zip(history.trades, lines, strict=True)
    ]
    assert_summary_equals_oracle(open_desk(root).summary("all"), history, {})


@given(data=st.data(), log=logs().filter(bool), config=configs(), where=wheres)
def test_what_is_realized_of_open_trades_equals_the_oracle(
    *,
    fresh_workspace: WriteWorkspace,
    data: st.DataObject,
    log: Log,
    config: oracle.Config,
    where: dict[str, str],
) -> None:
    """`trade_record` has no realized P&L; this dialect is it and a `realized_pnl`."""
    for _, line in log:
        line["realized_pnl"] = data.draw(optional(PNLS))
    root = fresh_workspace(config_text(config, quiet_days_are_zero=True))
    _with_field(root, "realized_pnl")
    write_log(root / LOGS, log)
    history = History(log, config, quiet_days_are_zero=True)
    for summary in summaries(root, where, [history.first_day, history.newest_day]):
        assert_summary_equals_oracle(summary, history, where)


def _with_field(root: Path, name: str) -> None:
    path = root / "config/perfkit.yaml"
    dialect = json.loads(json.dumps(TRADE_RECORD))
    dialect["fields"][name] = name
    source = f"currency: USD, dialect: {json.dumps(dialect)}}}"
    text = path.read_text(encoding="utf-8").replace("currency: USD}", source)
    path.write_text(text, encoding="utf-8")


def _fraction(line: LogLine) -> Fraction | None:
    value = line["exit_price"]
    assert isinstance(value, str | int | Decimal | None)
    return None if value is None or value == "" else Fraction(Decimal(value))


@given(log=crowded_logs(), config=configs(), quiet_days_are_zero=st.booleans())
def test_with_many_exit_reasons_every_figure_equals_the_oracle(
    fresh_workspace: WriteWorkspace,
    log: Log,
    config: oracle.Config,
    quiet_days_are_zero: bool,
) -> None:
    root = fresh_workspace(config_text(config, quiet_days_are_zero))
    write_log(root / LOGS, log)
    history = History(log, config, quiet_days_are_zero)
    desk = open_desk(root)
    for kind in ("all", "daily"):
        assert_summary_equals_oracle(desk.summary(kind), history, {})


@st.composite
def rewritten(draw: st.DrawFn, log: Log) -> Log:
    """The same lines in other places: shuffled, and dealt out anew to files.

    Only the lines of one identity keep their order, which is what says which of them came later.
    """
    shuffled = draw(st.permutations(range(len(log))))
    places: dict[object, list[int]] = {}
    for place in shuffled:
        order_id = log[place][1].get("order_id")
        places.setdefault(order_id if order_id else ("own", place), []).append(place)
    in_turn = {order_id: iter(sorted(own)) for order_id, own in places.items()}
    lines = []
    for place in shuffled:
        order_id = log[place][1].get("order_id")
        lines.append(log[next(in_turn[order_id if order_id else ("own", place)])][1])
    names = sorted({name for name, _ in log})
    dealt = sorted(draw(st.lists(st.sampled_from(names), min_size=len(log), max_size=len(log))))
    return list(zip(dealt, lines, strict=True))


@given(data=st.data(), log=logs().filter(bool), config=configs())
def test_order_of_lines_and_grouping_into_files_never_change_a_figure(
    fresh_workspace: WriteWorkspace, data: st.DataObject, log: Log, config: oracle.Config
) -> None:
    other = data.draw(rewritten(log))
    figures = []
    for one in (log, other):
        root = fresh_workspace(config_text(config, quiet_days_are_zero=True))
        write_log(root / LOGS, one)
        desk = open_desk(root)
        found = [desk.summary(kind) for kind in ("all", "daily", "weekly")]
        figures.append(
            [
                (summary.metrics, summary.undefined, summary.breakdowns, summary.open)
                for summary in found
            ]
        )
    assert figures[0] == figures[1]


@given(log=logs().filter(bool), config=configs())
def test_lines_without_identity_may_be_reversed(
    fresh_workspace: WriteWorkspace, log: Log, config: oracle.Config
) -> None:
    alone: Log = [(name, {**line, "order_id": None}) for name, line in log]
    figures = []
    for one in (alone, alone[::-1]):
        root = fresh_workspace(config_text(config, quiet_days_are_zero=True))
        content = b"".join(line_bytes(line) for _, line in one)
        (root / LOGS / "2026-04-01.jsonl").write_bytes(content)
        summary = open_desk(root).summary("all")
        figures.append((summary.metrics, summary.breakdowns))
    assert figures[0] == figures[1]


@given(
    log=st.one_of(logs().filter(bool), crowded_logs()),
    config=configs(),
    where=st.one_of(st.just({}), wheres),
)
def test_parts_add_up_to_the_whole(
    fresh_workspace: WriteWorkspace, log: Log, config: oracle.Config, where: dict[str, str]
) -> None:
    """Counts and sums of the parts of each breakdown are those of the window."""
    adding_up = (
        *("closed_trades", "wins", "losses", "breakevens", "r_trades", "risk_reward_trades"),
        *("net_pnl", "gross_profit", "gross_loss", "commission", "slippage", "losses_beyond_1r"),
        "turnover",
    )
    root = fresh_workspace(config_text(config, quiet_days_are_zero=True))
    write_log(root / LOGS, log)
    summary = open_desk(root).summary("all", where={name: [one] for name, one in where.items()})
    for dimension, parts in summary.breakdowns.items():
        names = adding_up if dimension in OF_THE_CLOSE else (*adding_up, "open_trades")
        for name in names:
            total = sum((_number(part.metrics[name]) for part in parts), Decimal(0))
            assert total == _number(summary.metrics[name]), (dimension, name)


def _number(value: Value | None) -> Decimal:
    """A count or a sum; 0 for a sum of which nothing is known."""
    assert value is None or isinstance(value, int | Decimal)
    return Decimal(value or 0)


@given(log=logs().filter(bool), config=configs())
def test_an_empty_window_has_zero_counts_and_sums_and_undefined_means(
    fresh_workspace: WriteWorkspace, log: Log, config: oracle.Config
) -> None:
    root = fresh_workspace(config_text(config, quiet_days_are_zero=True))
    write_log(root / LOGS, log)
    history = History(log, config, quiet_days_are_zero=True)
    day = history.first_day - timedelta(days=40)
    summary = open_desk(root).summary("daily", day)
    assert_summary_equals_oracle(summary, history, {})
    assert summary.metrics["closed_trades"] == 0
    assert summary.metrics["net_pnl"] == 0
    assert summary.metrics["expectancy"] is None


@pytest.mark.parametrize("kind", ["daily", "weekly", "monthly"])
@given(log=logs().filter(bool), config=configs())
def test_consecutive_windows_add_up_to_the_whole(
    fresh_workspace: WriteWorkspace, kind: str, log: Log, config: oracle.Config
) -> None:
    root = fresh_workspace(config_text(config, quiet_days_are_zero=True))
    write_log(root / LOGS, log)
    desk = open_desk(root)
    whole = desk.summary("all")
    day = whole.window.last_day
    total, trades = Decimal(0), Decimal(0)
    while day >= whole.window.first_day:
        summary = desk.summary(kind, day)
        total += _number(summary.metrics["net_pnl"])
        trades += _number(summary.metrics["closed_trades"])
        day = summary.window.first_day - timedelta(days=1)
    assert trades == whole.metrics["closed_trades"]
    assert total == _number(whole.metrics["net_pnl"])
