"""A summary as JSON: valid, exact, the same every time, and as its schema says."""

import json
import re
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker

from perfkit.book.store.day_sheet import DIMENSIONS
from perfkit.desk.desk import open as open_desk
from perfkit.summary.shape import SCHEMA_VERSION, SummaryShape
from tests.conftest import BOT, WriteWorkspace
from tests.generated import Log, logs, write_log
from tests.small_desk import bot_line, desk_of

PLAIN_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
TARGETS = """\
starting_equity: 1000
targets: {win_rate: {at_least: 0.60}, net_pnl: {at_least: 1}, sharpe: {at_least: 1}}
"""
COUNTS = {
    *("closed_trades", "wins", "losses", "breakevens", "open_trades", "risk_reward_trades"),
    *("r_trades", "current_streak", "longest_win_streak", "longest_loss_streak"),
    *("trading_days", "profitable_days", "losses_beyond_1r", "target_hits"),
    "longest_drawdown_days",
}


def shipped(name: str) -> dict[str, Any]:
    schema = json.loads((files("perfkit") / "schemas" / name).read_text(encoding="utf-8"))
    assert isinstance(schema, dict)
    return schema


def validator() -> Draft202012Validator:
    return Draft202012Validator(shipped("summary.schema.json"), format_checker=FormatChecker())


def summary(workspace: WriteWorkspace, *lines: dict[str, object]) -> SummaryShape:
    content = "".join(json.dumps(line) + "\n" for line in lines) + "[]\n"
    root = workspace(
        BOT + "quiet_days: zero\n" + TARGETS, {"logs/trades/2026-04-06.jsonl": content}
    )
    return open_desk(root).summary("weekly", "2026-04-06")


def trade(pnl: str, **more: object) -> dict[str, object]:
    times = {"timestamp": "2026-04-06T10:00:00Z", "exit_timestamp": "2026-04-06T11:00:00.250Z"}
    return {**times, "net_profit_loss": pnl, **more}


def no_floats(value: str) -> object:
    raise AssertionError(f"a JSON number that is no count: {value}")


@given(log=logs().filter(bool))
def test_every_summary_is_json_as_its_schema_says_without_floats_or_exponents(
    fresh_workspace: WriteWorkspace, log: Log
) -> None:
    root = fresh_workspace(BOT + TARGETS)
    write_log(root / "logs/trades", log)
    found = open_desk(root).summary("all")
    text = found.to_json()
    encoded = json.loads(text, parse_float=no_floats, parse_constant=no_floats)
    validator().validate(encoded)
    assert text.endswith("}\n")
    for name, value in encoded["metrics"].items():
        original = found.metrics[name]
        if value is None:
            assert original is None
        elif name in COUNTS:
            assert type(value) is int
        elif name.endswith("_at"):
            assert MOMENT.fullmatch(value)
        elif name != "current_streak_kind":
            assert PLAIN_DECIMAL.fullmatch(value)
            assert Decimal(value) == original


def test_tiny_and_huge_amounts_have_no_exponent(workspace: WriteWorkspace) -> None:
    encoded = summary(workspace, trade("1e-30"), trade("1E+29")).to_builtins()
    assert encoded["metrics"]["net_pnl"] == "1" + "0" * 29 + "." + "0" * 29 + "1"
    assert encoded["metrics"]["largest_win"] == "1" + "0" * 29
    assert summary(workspace, trade("-0.00")).to_builtins()["metrics"]["net_pnl"] == "0"


def test_moments_end_in_z_and_dates_are_dates(workspace: WriteWorkspace) -> None:
    encoded = summary(workspace, trade("-5")).to_builtins()
    assert encoded["window"] == {
        "kind": "weekly",
        "label": "2026-W15",
        "start": "2026-04-06T00:00:00Z",
        "end": "2026-04-13T00:00:00Z",
        "first_day": "2026-04-06",
        "last_day": "2026-04-12",
        "timezone": "UTC",
        "days": 7,
        "days_so_far": 1,
        "is_over": False,
    }
    assert encoded["metrics"]["drawdown_trough_at"] == "2026-04-06T11:00:00.250000Z"


def test_a_summary_carries_all_it_rests_on(workspace: WriteWorkspace) -> None:
    encoded = summary(workspace, trade("5"), trade("-1")).to_builtins()
    assert encoded["schema_version"] == SCHEMA_VERSION
    assert (encoded["currency"], encoded["where"]) == ("USD", {})
    assert tuple(encoded["breakdowns"]) == DIMENSIONS
    assert encoded["data"]["lines"] == 3
    assert encoded["data"]["bad_lines"] == 1
    assert encoded["data"]["missing_days"] == []
    assert re.fullmatch("[0-9a-f]{64}", encoded["data"]["digest"])
    assert [one["metric"] for one in encoded["targets"]] == ["win_rate", "net_pnl", "sharpe"]
    nulls = {name for name, value in encoded["metrics"].items() if value is None}
    assert encoded["undefined"].keys() == nulls


def test_the_same_logs_give_the_same_bytes(workspace: WriteWorkspace) -> None:
    first = summary(workspace, trade("5", symbol="ä"), trade("-1")).to_json()
    assert summary(workspace, trade("5", symbol="ä"), trade("-1")).to_json() == first
    assert "ä" in first


class TestDigest:
    def digest(self, workspace: WriteWorkspace, *lines: dict[str, object]) -> str:
        return summary(workspace, *lines).data.digest

    @pytest.mark.parametrize(
        "other",
        [
            trade("5.01"),
            trade("5", commission="1"),
            trade("5", symbol="AAPL"),
            trade("5", exit_reasoning="stop"),
            trade("5", timestamp="2026-04-06T10:00:01Z"),
            trade("5", order_id="T1", outcome="loss"),
        ],
    )
    def test_whatever_changes_a_figure_changes_it(
        self, workspace: WriteWorkspace, other: dict[str, object]
    ) -> None:
        assert self.digest(workspace, trade("5")) != self.digest(workspace, other)

    @pytest.mark.parametrize(
        "other",
        [
            {"symbol": "MSFT"},
            {"strategy_name": "momentum"},
            {"timestamp": "2026-04-06T09:00:00Z"},
            {"profit_loss": "7"},
        ],
        ids=["symbol", "strategy", "opening time", "unrealized P&L"],
    )
    def test_whatever_changes_a_figure_of_open_trades_changes_it(
        self, workspace: WriteWorkspace, other: dict[str, object]
    ) -> None:
        """Among them the open trades of each part, and the age of the oldest."""
        opened = {"timestamp": "2026-04-06T10:00:00Z", "outcome": "open", "profit_loss": "3"}
        first = summary(workspace, trade("5"), {**opened, "symbol": "AAPL"})
        second = summary(workspace, trade("5"), {**opened, "symbol": "AAPL", **other})
        shown = [(one.metrics, one.open, one.breakdowns) for one in (first, second)]
        assert shown[0] != shown[1]
        assert first.data.digest != second.data.digest

    def test_how_a_number_is_written_does_not(self, workspace: WriteWorkspace) -> None:
        assert self.digest(workspace, trade("5")) == self.digest(workspace, trade("5.00"))

    def test_the_order_of_lines_does_not(self, workspace: WriteWorkspace) -> None:
        lines = trade("5", symbol="A"), trade("-1", symbol="B")
        assert self.digest(workspace, *lines) == self.digest(workspace, *lines[::-1])

    @pytest.mark.parametrize("pnl", ["2", "2.005", "1e-9"])
    def test_a_trade_after_the_window_does_not(self, workspace: WriteWorkspace, pnl: str) -> None:
        """Nor do its decimals, which make the unit of all trades a finer one."""
        end = trade("1", exit_timestamp="2026-04-14T00:00:00Z", timestamp=None)
        later = trade(pnl, exit_timestamp="2026-04-15T00:00:00Z", timestamp=None)
        lines = trade("5"), trade("-1"), end
        assert self.digest(workspace, *lines) == self.digest(workspace, *lines, later)

    def test_a_trade_before_the_window_changes_it(self, workspace: WriteWorkspace) -> None:
        """It moves the equity that the window starts with."""
        earlier = trade("-9", exit_timestamp="2026-04-01T00:00:00Z", timestamp=None)
        assert self.digest(workspace, trade("5")) != self.digest(workspace, trade("5"), earlier)

    @pytest.mark.parametrize(
        "setting",
        ["starting_equity: 999", "breakeven_tolerance: 1", "timezone: Asia/Kolkata"],
    )
    def test_a_setting_that_changes_a_figure_changes_it(
        self, workspace: WriteWorkspace, setting: str
    ) -> None:
        logs = {"logs/trades/2026-04-06.jsonl": json.dumps(trade("1")) + "\n"}
        plain = open_desk(workspace(logs=logs)).summary("all").data.digest
        changed = open_desk(workspace(BOT + setting + "\n")).summary("all").data.digest
        assert plain != changed


def test_the_digest_tells_when_an_open_trade_changes(tmp_path: Path) -> None:
    first = bot_line(1, "5").encode() + b"\n"
    digests = set()
    for number, symbol in enumerate(("BTC", "ETH")):
        for hour in ("09", "08"):
            opened = bot_line(2, "0", state="open").replace("BTC", symbol)
            opened = opened.replace("T09:", f"T{hour}:")
            root = tmp_path / f"{number}{hour}"
            root.mkdir()
            desk = desk_of(root, "t.jsonl", {"t.jsonl": first + opened.encode() + b"\n"})
            digests.add(desk.summary("all").data.digest)
    assert len(digests) == 4
