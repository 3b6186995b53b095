"""Breakdowns by day, week, month and holding time, and the words of `--by`."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.cli.main import main
from perfkit.core.errors import UsageError
from perfkit.metrics.holding_bins import HOLDING_BINS, holding_bin
from tests.conftest import BOT, WriteWorkspace

MINUTE = 60
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE


def trade(day: str, pnl: object, held: int | None = None) -> str:
    line = {"exit_timestamp": f"{day}T12:00:00Z", "net_profit_loss": str(pnl)}
    return json.dumps({**line, "hold_duration_seconds": held}) + "\n"


LOGS = {
    "logs/trades/2026-04-03.jsonl": trade("2026-04-03", 5, 59) + trade("2026-04-03", -1, 60),
    "logs/trades/2026-04-06.jsonl": trade("2026-04-06", 7, 7 * DAY),
    "logs/trades/2026-05-01.jsonl": trade("2026-05-01", -2),
}


@pytest.mark.parametrize(
    ("dimension", "parts"),
    [
        ("day", {"2026-04-03": 4, "2026-04-04": 0, "2026-04-05": 0, "2026-04-06": 7}),
        ("week", {"2026-W14": 4, "2026-W15": 7}),
        ("month", {"2026-04": 11}),
        ("holding_time", {"under 1 min": 5, "1 to 5 min": -1, "7 d and more": 7}),
    ],
)
def test_a_line_for_each_period_with_or_without_trades(
    workspace: WriteWorkspace, dimension: str, parts: dict[str, int]
) -> None:
    desk = perfkit.open(workspace(BOT + "quiet_days: zero\n", LOGS))
    found = desk.breakdown(dimension, start="2026-04-03", end="2026-04-06").parts
    assert {part.name: part.metrics["net_pnl"] for part in found} == parts
    assert [part.name for part in found] == list(parts)


def test_a_holiday_has_no_line_unless_a_trade_closed_on_it(workspace: WriteWorkspace) -> None:
    config = BOT + "quiet_days: zero\nholidays: [2026-04-03, 2026-04-05]\n"
    desk = perfkit.open(workspace(config, LOGS))
    found = desk.breakdown("day", start="2026-04-03", end="2026-04-06").parts
    assert [part.name[-2:] for part in found] == ["03", "04", "06"]


def test_a_trade_without_a_holding_time_comes_last(workspace: WriteWorkspace) -> None:
    desk = perfkit.open(workspace(BOT + "quiet_days: zero\n", LOGS))
    found = desk.breakdown("holding_time", "all").parts
    assert [part.name for part in found] == ["under 1 min", "1 to 5 min", "7 d and more", ""]


@pytest.mark.parametrize(
    ("seconds", "name"),
    [
        (0, "under 1 min"),
        (MINUTE - 1, "under 1 min"),
        (MINUTE, "1 to 5 min"),
        (5 * MINUTE, "5 to 15 min"),
        (15 * MINUTE, "15 to 60 min"),
        (HOUR, "1 to 4 h"),
        (4 * HOUR, "4 to 24 h"),
        (DAY, "1 to 7 d"),
        (7 * DAY, "7 d and more"),
        (400 * DAY, "7 d and more"),
    ],
)
def test_a_bin_holds_its_lower_end_and_not_its_upper(seconds: int, name: str) -> None:
    assert holding_bin(seconds * 1_000_000) == name


def test_bins_follow_each_other() -> None:
    names = [holding_bin(10**power) for power in range(14)]
    assert [HOLDING_BINS.index(name) for name in names] == sorted(map(HOLDING_BINS.index, names))


@given(
    days=st.lists(st.integers(0, 70), min_size=1, max_size=15),
    dimension=st.sampled_from(["day", "week", "month"]),
)
def test_periods_add_up_to_the_window(
    fresh_workspace: WriteWorkspace, days: list[int], dimension: str
) -> None:
    on = [date(2026, 3, 20) + timedelta(days=n) for n in days]
    text = "".join(trade(str(day), n) for n, day in enumerate(on))
    logs = {"logs/trades/2026-03-20.jsonl": text}
    desk = perfkit.open(fresh_workspace(BOT + "quiet_days: zero\n", logs))
    parts = desk.breakdown(dimension, "all").parts
    total = desk.summary("all").metrics
    sums = [part.metrics["net_pnl"] for part in parts]
    assert sum(one for one in sums if isinstance(one, Decimal)) == total["net_pnl"]
    assert sum(int(str(part.metrics["closed_trades"])) for part in parts) == len(days)
    labels = {"day": "daily", "week": "weekly", "month": "monthly"}[dimension]
    last = max(on)
    every = [min(on) + timedelta(days=n) for n in range((last - min(on)).days + 1)]
    assert [part.name for part in parts] == list(
        dict.fromkeys(desk.window(labels, day).label for day in every)
    )


def test_commands_print_tables_in_the_order_named(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    root = workspace(BOT + "quiet_days: zero\n", LOGS)
    words = ["summary", "--root", str(root), "--window", "all"]
    assert main([*words, "--by", "month", "--by", "drawdown", "--by", "streak"]) == 0
    text = capsys.readouterr().out
    heads = [text.index(head) for head in ("Month  ", "Drawdown  ", "Winning streaks")]
    assert heads == sorted(heads)
    assert main([*words, "--by", "week", "--json"]) == 0
    assert "week" in json.loads(capsys.readouterr().out)["breakdowns"]
    assert main([*words, "--by", "drawdowns"]) == 3
    assert "did you mean drawdown?" in capsys.readouterr().err


def test_a_desk_has_no_breakdown_by_drawdown(workspace: WriteWorkspace) -> None:
    with pytest.raises(UsageError, match="no breakdown by 'drawdown'"):
        perfkit.open(workspace()).breakdown("drawdown")
