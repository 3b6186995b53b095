"""A target is met, missed, or there is too little data to say."""

import json
from decimal import Decimal

import pytest

from perfkit.desk.desk import open as open_desk
from perfkit.summary.shape import TargetVerdict
from tests.conftest import BOT, WriteWorkspace


def verdicts(
    workspace: WriteWorkspace, targets: str, pnls: list[int], window: str = "daily"
) -> list[TargetVerdict]:
    """The verdicts on a day, or another window, with trades of those P&Ls."""
    lines = [
        {"exit_timestamp": "2026-04-06T12:00:00Z", "net_profit_loss": pnl, "outcome": None}
        for pnl in pnls
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    config = (
        BOT
        + "quiet_days: zero\ntargets:\n"
        + "".join(f"  {line}\n" for line in targets.splitlines())
    )
    root = workspace(config, {"logs/trades/2026-04-06.jsonl": text})
    return list(open_desk(root).summary(window, "2026-04-06").targets)


def verdict(workspace: WriteWorkspace, target: str, pnls: list[int]) -> TargetVerdict:
    (only,) = verdicts(workspace, target, pnls)
    return only


def won(wins: int, trades: int) -> list[int]:
    return [1] * wins + [-1] * (trades - wins)


@pytest.mark.parametrize(
    ("target", "word", "distance"),
    [
        ("net_pnl: {at_least: 5}", "met", "5"),
        ("net_pnl: {at_least: 10}", "met", "0"),
        ("net_pnl: {at_least: 10.01}", "missed", "-0.01"),
        ("net_pnl: {at_most: 10}", "met", "0"),
        ("net_pnl: {at_most: 9.99}", "missed", "0.01"),
        ("largest_loss: {at_least: -30}", "met", "10"),
        ("largest_loss: {at_least: -10}", "missed", "-10"),
        ("losses: {at_most: 0}", "missed", "1"),
        ("closed_trades: {at_least: 2}", "met", "0"),
        ("profit_factor: {at_least: 1.3}", "met", "0.2"),
    ],
)
def test_a_figure_at_its_target_meets_it_and_one_beyond_misses_it(
    workspace: WriteWorkspace, target: str, word: str, distance: str
) -> None:
    found = verdict(workspace, target, [30, -20])
    assert (found.verdict, found.distance) == (word, Decimal(distance))
    assert found.reason is None


def test_a_verdict_tells_metric_bound_target_and_actual(workspace: WriteWorkspace) -> None:
    found = verdict(workspace, "net_pnl: {at_least: 12.50}", [30, -20])
    assert found == TargetVerdict(
        metric="net_pnl",
        bound="at_least",
        target=Decimal("12.50"),
        actual=Decimal(10),
        distance=Decimal("-2.5"),
        verdict="missed",
        reason=None,
    )


@pytest.mark.parametrize(
    ("wins", "trades", "target", "word"),
    [
        # 6 of 10: 0.3127 to 0.8318.
        (6, 10, "at_least: 0.55", "insufficient"),
        (6, 10, "at_least: 0.65", "insufficient"),
        (6, 10, "at_most: 0.65", "insufficient"),
        (6, 10, "at_least: 0.6", "insufficient"),
        (6, 10, "at_least: 0.3126", "met"),
        (6, 10, "at_least: 0.3128", "insufficient"),
        (6, 10, "at_least: 0.8317", "insufficient"),
        (6, 10, "at_least: 0.8319", "missed"),
        (6, 10, "at_most: 0.8319", "met"),
        (6, 10, "at_most: 0.3126", "missed"),
        # More trades narrow the interval: 600 of 1000 is 0.5693 to 0.6299.
        (600, 1000, "at_least: 0.55", "met"),
        (600, 1000, "at_least: 0.65", "missed"),
        # The interval holds its ends, not what lies beyond: 20 of 20 is 0.8389 to exactly 1.
        (20, 20, "at_least: 1", "met"),
        (0, 20, "at_most: 0", "met"),
        (20, 20, "at_least: 0.9", "insufficient"),
    ],
)
def test_a_win_rate_whose_interval_holds_the_target_is_insufficient(
    workspace: WriteWorkspace, wins: int, trades: int, target: str, word: str
) -> None:
    found = verdict(workspace, f"win_rate: {{{target}}}", won(wins, trades))
    assert found.verdict == word
    assert found.actual == Decimal(wins) / trades
    assert found.reason == (
        "the target is within the 95 % interval" if word == "insufficient" else None
    )


@pytest.mark.parametrize(
    ("target", "pnls", "reason"),
    [
        ("win_rate: {at_least: 0.5}", [], "no trade closed in the window"),
        ("profit_factor: {at_least: 1}", [5], "no trade lost"),
        ("sharpe: {at_least: 1}", [5, -1], "1 expected day; at least 20 are needed"),
    ],
)
def test_a_figure_without_a_value_is_insufficient_with_its_reason(
    workspace: WriteWorkspace, target: str, pnls: list[int], reason: str
) -> None:
    found = verdict(workspace, target, pnls)
    assert (found.verdict, found.reason) == ("insufficient", reason)
    assert (found.actual, found.distance) == (None, None)


@pytest.mark.parametrize("bound", ["net_pnl: {at_least: 0}", "losses: {at_most: 1}"])
def test_without_a_trade_nothing_is_met_or_missed(workspace: WriteWorkspace, bound: str) -> None:
    found = verdict(workspace, bound, [])
    assert (found.verdict, found.reason) == ("insufficient", "no trade closed in the window")
    assert (found.actual, found.distance) == (None, None)


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("net_pnl: {at_least: 100}", "open"),
        ("net_pnl: {at_least: 5}", "open"),
        ("net_pnl: {at_most: 100}", "open"),
        ("commission: {at_most: 100}", "open"),
        ("closed_trades: {at_least: 3}", "open"),
        ("closed_trades: {at_least: 2}", "met"),
        ("losses: {at_most: 1}", "open"),
        ("losses: {at_most: 0}", "missed"),
        ("gross_loss: {at_least: -30}", "open"),
        ("gross_loss: {at_least: -10}", "missed"),
        ("gross_loss: {at_most: -10}", "met"),
        ("profit_factor: {at_least: 2}", "missed"),
        ("largest_loss: {at_least: -30}", "met"),
    ],
)
def test_a_sum_of_a_window_that_is_not_over_is_open_unless_no_later_day_can_change_it(
    workspace: WriteWorkspace, target: str, word: str
) -> None:
    """The newest line is of Monday, so of the week 1 of 7 days has passed."""
    (found,) = verdicts(workspace, target, [30, -20], "weekly")
    assert found.verdict == word
    assert found.reason == ("1 of 7 days so far" if word == "open" else None)


def test_both_bounds_of_a_metric_are_judged_each_in_the_order_written(
    workspace: WriteWorkspace,
) -> None:
    found = verdicts(workspace, "net_pnl: {at_most: 20, at_least: 15}\nwins: {at_least: 1}", [10])
    assert [(one.metric, one.bound, one.verdict) for one in found] == [
        ("net_pnl", "at_most", "met"),
        ("net_pnl", "at_least", "missed"),
        ("wins", "at_least", "met"),
    ]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("daily", ["wins", "net_pnl"]),
        ("weekly", ["wins", "losses"]),
        ("monthly", ["wins"]),
        ("last-7d", ["wins", "max_drawdown"]),
        ("all", ["wins"]),
    ],
)
def test_a_target_of_one_kind_of_window_holds_in_that_kind_alone(
    workspace: WriteWorkspace, window: str, expected: list[str]
) -> None:
    targets = """\
wins: {at_least: 1}
daily:
  net_pnl: {at_least: 1}
weekly: {losses: {at_most: 1}}
last-7d: {max_drawdown: {at_least: -1}}"""
    found = verdicts(workspace, targets, [10], window)
    assert [one.metric for one in found] == expected


@pytest.mark.parametrize("where", ["symbol=BTC", ""])
def test_summary_of_a_filter_says_that_targets_are_those_of_all_trades(
    workspace: WriteWorkspace, where: str
) -> None:
    line = {"exit_timestamp": "2026-04-06T12:00:00Z", "net_profit_loss": 1, "symbol": "BTC"}
    config = BOT + "targets: {net_pnl: {at_least: 250}}\n"
    desk = open_desk(workspace(config, {"logs/trades/2026-04-06.jsonl": json.dumps(line) + "\n"}))
    said = "The targets are those set for all trades, not for these alone"
    assert (said in str(desk.summary(where=where))) == bool(where)
    assert (said in str(desk.targets(where=where))) == bool(where)
