"""One row per metric: what it declares is true, and everything else reads it from there."""

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.alerts.rules.evidence import evidence_of
from perfkit.alerts.rules.folds import FallFold, LinearFold, TallyFold, fold_of
from perfkit.alerts.rules.gauge import Gauge, GaugeSettings
from perfkit.core.trade import Trade
from perfkit.core.trades import WON
from perfkit.metrics import tally
from perfkit.metrics.drawdown import Curve
from perfkit.metrics.facts import Facts, Undefined
from perfkit.metrics.metric import TRADES, Quotient, metric
from perfkit.metrics.reference import metrics_page
from perfkit.metrics.registry import METRICS
from perfkit.metrics.tally import SUMS, Counts
from tests.conftest import BOT, WriteWorkspace

PACKAGE = Path(perfkit.__file__).parent
PICKING = (
    *("charts/", "reports/", "metrics/", "summary/tables/"),
    *("summary/changes.py", "summary/labels.py", "summary/render.py"),
)
"""Where a few metrics are picked to be drawn, compared or put in a sentence."""

FOUND_SPECIALLY = {
    *("open_trades", "unrealized_pnl", "realized_pnl", "current_drawdown", "max_drawdown_pct"),
    *("max_drawdown", "drawdown_peak_at", "drawdown_trough_at", "drawdown_recovered_at"),
    "longest_hold_seconds",
    *("best_day", "worst_day", "largest_win", "largest_loss", "breakevens", "win_rate_decided"),
    *("current_streak", "current_streak_kind", "longest_win_streak", "longest_loss_streak"),
}
"""Metrics whose trades are not all those with some mark: `explain` has a way to find them."""


class Spy:
    """Hands on the attributes of something, and notes the names of those that were read."""

    def __init__(self, wrapped: Any, seen: set[str]) -> None:
        self.wrapped, self.seen = wrapped, seen

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.wrapped, name)
        if isinstance(value, tally.Tally | tally.Sums) or name in ("counts", "drawdown"):
            return Spy(value, self.seen)
        self.seen.add(name)
        return value


def gauge_of(name: str, desk: perfkit.Desk) -> Gauge:
    """A gauge that every closed trade was fed to."""
    calendar, closed = desk.config.calendar, desk.book.closed
    gauge = Gauge(name, None, "all", GaugeSettings(calendar, None, (), 252, lambda *_: 0))
    for row, at in enumerate(closed.closed_at):
        gauge.add(closed, row, calendar.day_of(at).toordinal())
    return gauge


def facts_of(tallied: tally.Tally) -> Facts:
    none = Undefined("not of interest")
    return Facts(tallied, (), 0, 0, None, none, none, none, none, none, 252)


def tallies() -> Iterator[tally.Tally]:
    """Tallies in which the conditions of metrics are met, and in which they are not."""
    yield tally.EMPTY
    counts = Counts(*[3] * len(Counts._fields))
    curve = Curve(total=5, peak=9, peak_at=1, depth=4, from_at=1, trough_at=2)
    totals = list(range(7, 7 + len(SUMS)))
    totals[SUMS.index("r_squared")] = 10**40
    yield tally.Tally(counts, tuple(totals), (0,) * 6, 4, -4, curve=curve)


@pytest.mark.parametrize("row", METRICS.values(), ids=list(METRICS))
def test_a_metric_reads_what_its_row_declares_and_nothing_else(row: Any) -> None:
    seen: set[str] = set()
    for tallied in tallies():
        row.function(Spy(facts_of(tallied), seen))
    counts = {*Counts._fields, "trades", "decided"}
    conditional = {"periods_per_year", "recovered_at"}  # after another fact was found to be defined
    assert seen - counts <= set(row.reads)
    assert set(row.reads) - conditional <= seen


@pytest.mark.parametrize("row", METRICS.values(), ids=list(METRICS))
def test_the_fold_of_a_rule_has_what_the_metric_reads(row: Any) -> None:
    fold = fold_of(row.name)
    if isinstance(fold, LinearFold):
        assert [SUMS[number] for number in fold.numbers] == [n for n in row.reads if n in SUMS]
        assert set(row.reads) <= {*SUMS, *Facts._fields}
    elif isinstance(fold, FallFold):
        assert row.name == "max_drawdown"
    else:
        assert isinstance(fold, TallyFold)
        assert not set(row.reads) <= {*SUMS, *Facts._fields}


@pytest.mark.parametrize("row", METRICS.values(), ids=list(METRICS))
def test_parts_are_named_for_quotients_only_and_inputs_are_metrics(row: Any) -> None:
    is_quotient = isinstance(row.function(facts_of(tally.EMPTY)), Quotient)
    assert is_quotient or row.parts is None
    assert not is_quotient or row.parts or row.inputs
    if isinstance(row.inputs, tuple):
        assert set(row.inputs) <= set(METRICS)
    for end in row.interval or ():
        assert METRICS[end].end_of == row.name


@pytest.mark.parametrize("row", METRICS.values(), ids=list(METRICS))
def test_bounds_are_those_of_the_range(row: Any) -> None:
    words = row.range.partition(";")[0]
    low = 0 if re.match(r"(0 and up|0 to|above 0$|win_rate to)", words) else None
    high = 1 if re.search(r"to (1|win_rate)$", words) else None
    high = 0 if re.match(r"(0 and down|below 0)", words) else high
    assert row.bounds == (low, high)


def test_no_other_module_names_a_metric_without_a_special_case() -> None:
    words = {*Trade._fields, *SUMS, *Facts._fields}  # named for what they are as well
    special = {
        "summary/explain.py": FOUND_SPECIALLY,
        "summary/formula_numbers.py": FOUND_SPECIALLY,
        "summary/targets.py": {"closed_trades"},
        "cli/analysis/compare.py": {"closed_trades"},
        "desk/comparing.py": {"closed_trades"},
        "summary/comparison/empty_sides.py": {"closed_trades"},
        "desk/trade_list.py": {"avg_r"},
        "summary/comparison/compare.py": {"win_rate", "expectancy", "avg_r"},
        "desk/by_day.py": {"closed_trades", "wins", "losses", "breakevens"},
        # Columns of logs that are called like figures.
        "inference/proof/said_totals.py": {"wins", "losses"},
        "inference/proof/evidence.py": {"losses"},
        "inference/table/roles.py": {"losses"},
        "inference/words/role_names.py": {"wins", "losses", "sharpe", "sortino", "expectancy"},
    }
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).as_posix()
        if module.startswith(PICKING):
            continue
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
        assert texts & set(METRICS) - words - special.get(module, set()) == set(), module


def test_a_metric_added_in_one_place_is_known_everywhere(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    @metric(
        "Net P&L of each win, on average.",
        formula="gross_profit / w",
        unit="money per trade",
        range="above 0",
        empty="null when no trade won",
        source="this test",
        label="Mean of the wins",
        group=TRADES,
        reads=("gross_profit",),
        parts=("sum of gross_profit", "w"),
        marks=WON,
    )
    def mean_of_wins(facts: Facts) -> Quotient:
        none = Undefined("no win")
        return Quotient(facts.tally.sums.gross_profit, facts.tally.counts.known_wins, none)

    monkeypatch.setitem(METRICS, "mean_of_wins", mean_of_wins)
    lines = "".join(
        f'{{"timestamp": "2026-04-08T1{n}:00:00Z", "order_id": "{n}", "net_profit_loss": "{pnl}",'
        f' "exit_timestamp": "2026-04-08T1{n}:30:00Z"}}\n'
        for n, pnl in enumerate((10, -5, 20))
    )
    config = BOT + "targets:\n  mean_of_wins: {at_least: 12}\n"
    desk = perfkit.open(workspace(config, {"logs/trades/2026-04-08.jsonl": lines}))
    summary = desk.summary()
    explained = desk.explain("mean_of_wins")
    assert summary.metrics["mean_of_wins"] == 15
    assert [one.verdict for one in summary.targets] == ["met"]
    assert re.search(r"Mean of the wins +\+15.00 USD +target ≥ 12.00 USD: met", str(summary))
    assert explained.inputs == {"sum of gross_profit": 30, "w": 2}
    assert len(explained.lines) == 2
    assert "## mean_of_wins" in metrics_page()
    evidence = evidence_of(gauge_of("mean_of_wins", desk))
    assert (evidence.actual, evidence.numerator, evidence.denominator) == (
        *map(Decimal, (15, 30)),
        2,
    )
