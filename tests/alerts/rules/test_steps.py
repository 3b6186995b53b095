"""Many groups: each costs what its own trades cost, and nothing depends on how they are saved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.alerts.check import settings_of
from perfkit.alerts.feed import open_feed
from perfkit.alerts.rules.file import load_alerts
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


def test_the_column_of_groups_is_looked_up_once_however_many_trades_there_are(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of a dimension which a source does not have is as long as the trades."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    text = "".join(line(start + timedelta(minutes=n), "A", "1") for n in range(50))
    root = workspace(logs={"logs/trades/2026-01-01.jsonl": text})
    (root / "config/alerts.yaml").write_text(RULE)
    config = load(str(root), None)
    feed = open_feed(config)
    (rule,) = load_alerts(config).rules
    asked: list[str] = []
    texts = Trades.texts

    def watched(self: Trades, name: str) -> object:
        asked.append(name)
        return texts(self, name)

    monkeypatch.setattr(Trades, "texts", watched)
    run = RuleRun(rule._replace(by="tag"), settings_of(config, feed.missing))
    (day,) = feed.days()
    run.advance(day.day, feed.rows(day.day, day.day), 0)
    assert list(run.groups) == [""]
    assert run.steps == 50
    assert asked == ["tag"]


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
    (rule,), settings = load_alerts(config).rules, settings_of(config, feed.missing)
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


COUNTED = """
import sys
from importlib import import_module

lines = 0

def count(frame, event, argument):
    global lines
    if event == "call":
        module = frame.f_globals.get("__name__", "")
        is_ours = module.startswith("perfkit.") and frame.f_code.co_name != "<module>"
        return count if is_ours else None
    lines += event == "line"
    return count

module, *words = sys.argv[1:]
main = import_module(module).main
sys.settrace(count)
code = main(words)
sys.settrace(None)
print(lines, file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("days", "at_once"), [(30, False), (1, True)])
def test_many_groups_cost_what_their_trades_cost(
    fresh_workspace: WriteWorkspace, days: int, *, at_once: bool
) -> None:
    """Five times as many groups and trades run about five times as many lines, not 25 times."""
    few, many = (lines_run(fresh_workspace, number, days, at_once) for number in (300, 1_500))
    assert {name: many[name] / few[name] for name in few if many[name] > 5.2 * few[name]} == {}


def lines_run(
    workspace: WriteWorkspace, trades_in_all: int, days: int, at_once: bool
) -> dict[str, int]:
    """How many lines of perfkit each command runs for so many trades, a group for each."""
    start, daily, logs = datetime(2026, 4, 1, tzinfo=UTC), trades_in_all // days, {}
    for day in range(days):
        first = start + timedelta(days=day)
        apart = timedelta(seconds=0 if at_once else 80_000 // daily)
        logs[f"logs/trades/{first:%Y-%m-%d}.jsonl"] = "".join(
            line(first + place * apart, f"S{number}", str(Decimal(number % 7 - 3)))
            for place, number in enumerate(range(day * daily, day * daily + daily))
        )
    root = workspace(logs=logs)
    (root / "config/alerts.yaml").write_text(RULE)
    found = {}
    for name, *words in (
        ("first run", "perfkit.alerts.cron"),
        ("run without its state", "perfkit.alerts.cron"),
        ("backtest", "perfkit.cli.main", "alerts", "backtest"),
        ("summary", "perfkit.cli.main", "summary", "--window", "all", "--by", "symbol"),
        ("explain", "perfkit.cli.main", "explain", "win_rate", "--window", "all", "--no-cache"),
    ):
        (root / "logs/performance/alerts.state").unlink(missing_ok=True)
        ran = subprocess.run(
            [sys.executable, "-c", COUNTED, *words],
            env={
                **{key: text for key, text in os.environ.items() if "COV" not in key},
                "PERFKIT_ROOT": str(root),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode in {0, 2}, ran.stderr[-2000:]
        found[name] = int(ran.stderr.split()[-1])
    return found
