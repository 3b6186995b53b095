"""Many groups: each costs what its own trades cost, and nothing depends on how they are saved."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.alerts.check import settings_of
from perfkit.alerts.feed import open_feed
from perfkit.alerts.rules.file import load_rules
from perfkit.alerts.rules.rule import IDLE_US
from perfkit.alerts.rules.steps import RuleRun, TradeEvent, _Equals, trade_key
from perfkit.config.settings import load
from perfkit.core.trades import Trades
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

RULE = """\
rules:
  - {id: low, metric: win_rate, over: {trades: 3}, below: 0.5, min_trades: 1, by: symbol}
"""


def line(at: datetime, symbol: str, net: str) -> str:
    record = {"timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}", "symbol": symbol, "net_profit_loss": net}
    return json.dumps({**record, "exit_timestamp": record["timestamp"]}) + "\n"


trades = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 29, 30, 31, 60, 62, 90]),
        st.sampled_from("ABCD"),
        st.sampled_from(["1", "-1"]),
    ),
    min_size=1,
    max_size=20,
)


@pytest.mark.slow
@given(given_trades=trades, saved_after=st.integers(0, 90))
def test_events_of_idle_groups_are_the_same_when_the_run_was_saved_in_between(
    fresh_workspace: WriteWorkspace, given_trades: list[tuple[int, str, str]], saved_after: int
) -> None:
    """A group that lost its last trade fires until another has closed a trade 30 days later."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    text = "".join(line(start + timedelta(days=day), *rest) for day, *rest in given_trades)
    root = fresh_workspace(logs={"logs/trades/2026-01-01.jsonl": text})
    (root / "config/alerts.yaml").write_text(RULE)
    config = load(str(root), None)
    feed = open_feed(config)
    (rule,), settings = load_rules(config), settings_of(config, feed.missing)
    whole, parted = RuleRun(rule, settings), RuleRun(rule, settings)
    found: list[list[TradeEvent]] = [[], []]
    for number, mark in enumerate(feed.days()):
        rows = feed.rows(mark.day, mark.day)
        found[0] += whole.advance(mark.day, rows, 0)
        found[1] += parted.advance(mark.day, rows, 0)
        assert whole.carry() == parted.carry()
        if number % 3 == saved_after % 3:
            parted = RuleRun(rule, settings).resume(parted.carry())
    assert found[0] == found[1]
    last: dict[str, int] = {}
    open_groups: list[str] = []
    for mark in feed.days():
        rows = feed.rows(mark.day, mark.day)
        for row, at in enumerate(rows.closed_at):
            name = rows.symbol[row] or ""
            events = [one for one in found[0] if (one.day, one.row) == (mark.day, row)]
            idle = [group for group in last if group in open_groups and at - last[group] >= IDLE_US]
            assert [one.group for one in events if one.event.reason == "idle"] == idle
            open_groups = [group for group in open_groups if group not in idle]
            for one in events[len(idle) :]:
                if one.event.kind == "firing":
                    open_groups.append(name)
                elif one.event.kind == "resolved":
                    open_groups.remove(name)
            last[name] = at


closes = st.tuples(st.integers(0, 2), st.sampled_from("AB"))


@pytest.mark.slow
@given(given_closes=st.lists(closes, min_size=1, max_size=12))
def test_which_of_equal_trades_one_is_does_not_depend_on_when_it_is_asked(
    fresh_workspace: WriteWorkspace, given_closes: list[tuple[int, str]]
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    text = "".join(line(start + timedelta(hours=hour), name, "1") for hour, name in given_closes)
    root = fresh_workspace(logs={"logs/trades/2026-01-01.jsonl": text})
    found: Trades = open_desk(root).book.closed
    keys = [trade_key(found, row) for row in range(len(found))]
    expected = [f"{key}#{keys[:row].count(key)}" for row, key in enumerate(keys)]
    in_order, backward, mixed = _Equals(), _Equals(), _Equals()
    rows = range(len(found))
    assert [in_order.key(found, row) for row in rows] == expected
    assert [backward.key(found, row) for row in reversed(rows)] == expected[::-1]
    for row in [*rows[::2], *rows[1::2]]:
        assert mixed.key(found, row) == expected[row]


@pytest.mark.slow
@pytest.mark.parametrize(("days", "at_once"), [(30, False), (1, True)])
def test_ten_thousand_groups_cost_seconds(
    workspace: WriteWorkspace, days: int, *, at_once: bool
) -> None:
    """30,000 trades; steps that look at every group would take minutes."""
    start, number, logs = datetime(2026, 4, 1, tzinfo=UTC), 0, {}
    for day in range(days):
        first = start + timedelta(days=day)
        own = []
        for place in range(30_000 // days):
            at = first if at_once else first + timedelta(seconds=place * 80_000 * days // 30_000)
            own.append(line(at, f"S{number % 10_000}", str(Decimal(number % 7 - 3))))
            number += 1
        logs[f"logs/trades/{first:%Y-%m-%d}.jsonl"] = "".join(own)
    root = workspace(logs=logs)
    (root / "config/alerts.yaml").write_text(RULE)
    alerts = "import sys; from perfkit.alerts.cron import main; sys.exit(main())"
    assert seconds(root, 2, "-c", alerts) < 15
    (root / "logs/performance/alerts.state").unlink()
    assert seconds(root, 2, "-c", alerts) < 15
    for command in (
        ("alerts", "backtest"),
        ("summary", "--window", "all", "--by", "symbol", "--no-cache"),
        ("explain", "win_rate", "--window", "all", "--no-cache"),
    ):
        assert seconds(root, 0, "-m", "perfkit", *command) < 15


def seconds(root: Path, code: int, *command: str) -> float:
    """The processor time that a command takes; it must end with that code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "PERFKIT_ROOT": str(root)},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == code, ran.stderr[-2000:]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
