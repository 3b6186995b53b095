"""What always holds of alerts: however runs are spread over time, the same history tells the same.

Histories are small, with ties in closing time, several strategies, days and weeks; rules are drawn
over both spans, every kind of window, and groups.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.alerts.backtest import backtest
from perfkit.alerts.check import CheckResult
from perfkit.alerts.feed import open_feed
from perfkit.alerts.memory import stored_memory
from perfkit.alerts.rules.file import load_alerts
from perfkit.config import settings as configs
from tests.alerting import START, Bench, Line, trade, without_times

pytestmark = pytest.mark.slow

PNLS = ("10", "-10", "0", "5.5", "-20", "-0.01")
GAPS = (0, 0, 1, 7, 90, 600, 1500, 3000, 45 * 1440)
"""Minutes between closings."""

TRADE_EVENTS = ("firing", "resolved", "data_state")


class History(NamedTuple):
    """Lines in trade order."""

    lines: tuple[Line, ...]


@st.composite
def histories(draw: st.DrawFn) -> list[Line]:
    at, lines = START, []
    for number in range(draw(st.integers(0, 24))):
        at += timedelta(minutes=draw(st.sampled_from(GAPS)))
        # Of equal closing times, the order of the log is made the order of trades.
        tied = {"symbol": f"S{number:02d}", "strategy_name": draw(st.sampled_from(("a", "b")))}
        mode = draw(st.sampled_from(("LIVE", "LIVE", "PAPER")))
        pnl = draw(st.sampled_from(PNLS))
        lines.append(trade(at, pnl, order_id=f"T{number}", execution_mode=mode, **tied))
    return lines


@st.composite
def rule_files(draw: st.DrawFn) -> str:
    rules = []
    for number in range(draw(st.integers(1, 3))):
        metric, below, recover = draw(
            st.sampled_from(
                [
                    ("win_rate", "0.5", "0.75"),
                    ("win_rate", "0.6", "0.6"),
                    ("net_pnl", "-10", "0"),
                    ("profit_factor", "1", "1.5"),
                    ("current_drawdown", "-15", "-5"),
                    ("max_drawdown", "-15", "-15"),
                    ("largest_loss", "-15", "-10"),
                    ("worst_day", "-12", "-12"),
                ]
            )
        )
        over = draw(
            st.sampled_from(
                ["{trades: 3}", "{trades: 1}"]
                + [f"{{window: {kind}}}" for kind in ("daily", "weekly", "last-7d", "all")]
            )
        )
        rule: dict[str, Any] = {"id": f"r{number}", "metric": metric, "over": over}
        rule |= {"below": below, "recover": recover}
        if draw(st.booleans()):
            rule["for"] = draw(st.sampled_from(["{trades: 2}", "{minutes: 60}"]))
        if draw(st.booleans()):
            rule["by"] = "strategy"
        if draw(st.booleans()):
            rule["where"] = "{execution_mode: LIVE}"
        if draw(st.integers(0, 3)) == 0:
            rule["active"] = '{days: mon-fri, from: "08:00", to: "16:00"}'
        if "{trades: 3}" in over and draw(st.booleans()):
            rule["min_trades"] = 2
        rules.append("  - {" + ", ".join(f"{k}: {v}" for k, v in rule.items()) + "}")
    return "rules:\n" + "\n".join(rules) + "\n"


def states(bench: Bench) -> dict[str, Any]:
    """The state of every rule and group, from the file."""
    stored = stored_memory(str(bench.root))
    assert stored is not None
    found: dict[str, Any] = {}
    for rule, (_, groups), *_ in stored[1]["entries"]:
        for name, state, gauge, last_at in groups:
            found[f"{rule[0]}/{name}"] = (state, gauge, last_at)
    return found


def live(root: Path, rules: str, history: Sequence[Line], chunks: Sequence[int]) -> Bench:
    """Runs after so many lines each; the rest comes with a last run. The first sees nothing."""
    bench = Bench(root, rules)
    bench.run(START - timedelta(days=1))
    place = 0
    for size in (*chunks, len(history)):
        for line in history[place : place + size]:
            bench.log(line)
        place += size
        bench.run(_after(history[:place]))
    return bench


def _after(lines: Sequence[Line]) -> datetime:
    return datetime.fromisoformat(lines[-1]["exit_timestamp"]) if lines else START


@pytest.fixture
def roots(tmp_path_factory: pytest.TempPathFactory) -> "Roots":
    return Roots(tmp_path_factory.mktemp("properties"))


class Roots:
    """A new folder at each call."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.made = 0

    def __call__(self) -> Path:
        self.made += 1
        return self.base / str(self.made)


ROOTS: list[Roots] = []


@pytest.fixture(autouse=True, scope="module")
def _roots(tmp_path_factory: pytest.TempPathFactory) -> None:
    ROOTS[:] = [Roots(tmp_path_factory.mktemp("properties"))]


chunkings = st.lists(st.integers(0, 6), max_size=8)


class TestAnyCadence:
    """For trades that arrive in order, any cron cadence tells the same."""

    @given(history=histories(), rules=rule_files(), one=chunkings, other=chunkings)
    def test_events_and_states_are_the_same(
        self, history: list[Line], rules: str, one: list[int], other: list[int]
    ) -> None:
        first = live(ROOTS[0](), rules, history, one)
        second = live(ROOTS[0](), rules, history, other)
        assert without_times(second.events()) == without_times(first.events())
        assert states(second) == states(first)

    def test_states_do_not_tell_in_which_units_money_was_read(self) -> None:
        made = {"execution_mode": "LIVE", "strategy_name": "a"}
        history: list[Line] = [
            {
                "timestamp": f"2026-04-0{day}T09:55:00Z",
                "exit_timestamp": f"2026-04-0{day}T10:00:00Z",
                "symbol": f"S{number}",
                "order_id": f"T{number}",
                "net_profit_loss": net,
                **made,
            }
            for number, (day, net) in enumerate([(8, "5.5"), (8, "10"), (8, "10"), (9, "10")])
        ]
        rules = "rules:\n  - {id: r, metric: largest_loss, over: {trades: 3}, below: -15}\n"
        first, second = (live(ROOTS[0](), rules, history, chunks) for chunks in ([], [1]))
        assert states(second) == states(first)

    @given(history=histories(), rules=rule_files(), chunks=chunkings)
    def test_backtest_tells_what_live_runs_told(
        self, history: list[Line], rules: str, chunks: list[int]
    ) -> None:
        bench = live(ROOTS[0](), rules, history, chunks)
        config = configs.load(bench.root)
        found = backtest(open_feed(config), load_alerts(config).rules, START.date())
        assert without_times(found.events) == without_times(bench.events(*TRADE_EVENTS))

    @given(history=histories(), rules=rule_files(), chunks=chunkings)
    def test_firing_and_resolved_alternate_and_ids_are_unique(
        self, history: list[Line], rules: str, chunks: list[int]
    ) -> None:
        check_order(live(ROOTS[0](), rules, history, chunks))


def check_order(bench: Bench) -> None:
    events = bench.events()
    ids = [one["id"] for one in events]
    assert len(set(ids)) == len(ids)
    opened: dict[tuple[str, str | None], str] = {}
    for one in events:
        place = (one["rule"], one["group"])
        if one["kind"] == "firing":
            assert place not in opened, json.dumps(events, indent=1)
            opened[place] = one["episode"]
        elif one["kind"] == "resolved":
            assert opened.pop(place) == one["episode"]


class TestLateTrades:
    """For late and corrected trades the final state is that of a log in order."""

    @given(
        history=histories(),
        rules=rule_files(),
        chunks=chunkings,
        shuffle=st.randoms(use_true_random=False),
    )
    def test_final_state_is_that_of_trades_in_order(
        self, history: list[Line], rules: str, chunks: list[int], shuffle: Any
    ) -> None:
        mixed = list(history)
        shuffle.shuffle(mixed)
        late = live(ROOTS[0](), rules, mixed, chunks)
        late.run(_after(history))
        in_order = live(ROOTS[0](), rules, history, [])
        assert states(late) == states(in_order)
        check_order(late)

    @given(history=histories(), rules=rule_files(), chunks=chunkings, data=st.data())
    def test_final_state_is_that_of_a_log_with_the_corrections_from_the_start(
        self, history: list[Line], rules: str, chunks: list[int], data: st.DataObject
    ) -> None:
        rewritten = [*history]
        corrections = []
        for number in data.draw(st.sets(st.integers(0, max(0, len(history) - 1)), max_size=3)):
            if number < len(history):
                pnl = data.draw(st.sampled_from(PNLS))
                rewritten[number] = {**history[number], "net_profit_loss": pnl}
                corrections.append(rewritten[number])
        bench = live(ROOTS[0](), rules, history, chunks)
        for line in corrections:
            bench.log(line)
            bench.run(_after(history))
        straight = live(ROOTS[0](), rules, rewritten, [])
        assert states(bench) == states(straight)
        check_order(bench)


def test_outcome_is_printed_whole_as_json(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert isinstance(CheckResult, type)
    found = json.loads(bench.run(START, "--json").out)
    assert list(found) == ["code", "reason", "now", "ahead", "firing", "events"]
