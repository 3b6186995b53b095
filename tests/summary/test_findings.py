"""What is odd about the data is said in every summary, once per kind; clean data says nothing."""

import json

import pytest

from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests.conftest import BOT, WriteWorkspace

TEN, ELEVEN = "2026-04-06T10:00:00Z", "2026-04-06T11:00:00Z"


def trade(**fields: object) -> dict[str, object]:
    return {"timestamp": TEN, "exit_timestamp": ELEVEN, "net_profit_loss": "5", **fields}


def desk(workspace: WriteWorkspace, *lines: dict[str, object] | str, config: str = BOT) -> Desk:
    """A workspace with one file of those lines."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    content = "".join(f"{text}\n" for text in texts)
    return open_desk(workspace(config, {"logs/trades/2026-04-06.jsonl": content}))


def findings(of: Desk, window: str = "all", date: str | None = None) -> dict[str, int]:
    """Code to count."""
    found = of.summary(window, date).data.findings
    assert all(finding.message for finding in found)
    return {finding.code: finding.count for finding in found}


def test_clean_data_says_nothing(workspace: WriteWorkspace) -> None:
    clean: tuple[dict[str, object], ...] = (
        trade(outcome="win", profit_loss="6", commission="1", hold_duration_seconds=3600),
        trade(outcome="loss", net_profit_loss="-5", execution_mode="PAPER"),
        trade(outcome="breakeven", net_profit_loss="0"),
        trade(outcome="win"),
        trade(profit_loss="9"),
        trade(net_profit_loss=None, profit_loss="9", commission="1"),
        {"timestamp": TEN, "outcome": "open", "profit_loss": "-3", "commission": "1"},
    )
    clean = tuple(
        {**one, "exit_timestamp": one.get("exit_timestamp") and f"2026-04-06T11:00:00.{n}Z"}
        for n, one in enumerate(clean)
    )
    assert findings(desk(workspace, *clean)) == {}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"outcome": "loss"}, "outcome_disagrees"),
        ({"outcome": "breakeven"}, "outcome_disagrees"),
        ({"outcome": "win", "net_profit_loss": "0"}, "outcome_disagrees"),
        ({"profit_loss": "6", "commission": "1.01"}, "net_disagrees"),
        ({"hold_duration_seconds": 3601}, "hold_disagrees"),
        ({"hold_duration_seconds": 3599}, "hold_disagrees"),
        ({"hold_duration_seconds": -3600}, "hold_disagrees"),
        ({"exit_timestamp": "2026-04-06T09:59:59Z"}, "closed_before_opened"),
    ],
)
def test_a_trade_that_contradicts_itself_is_a_finding_and_still_counts(
    workspace: WriteWorkspace, fields: dict[str, object], code: str
) -> None:
    of = desk(workspace, trade(), trade(**fields), trade(**fields))
    assert findings(of) == {code: 2}
    assert of.summary("all").metrics["closed_trades"] == 3


@pytest.mark.parametrize("hold", ["3600.999", "3599.001", "3600"])
def test_a_logged_holding_time_may_be_rounded_to_a_second(
    workspace: WriteWorkspace, hold: str
) -> None:
    assert findings(desk(workspace, trade(hold_duration_seconds=hold))) == {}


def test_a_trade_closed_before_it_opened_has_no_holding_time(workspace: WriteWorkspace) -> None:
    early = trade(exit_timestamp="2026-04-06T09:00:00Z", hold_duration_seconds=60)
    found = desk(workspace, early).summary("all")
    assert (found.metrics["closed_trades"], found.metrics["avg_hold_seconds"]) == (1, None)


def test_an_outcome_is_held_against_the_sign_within_the_tolerance(
    workspace: WriteWorkspace,
) -> None:
    lines = (
        trade(outcome="breakeven", net_profit_loss="0.5"),
        trade(outcome="win", net_profit_loss="0.5"),
    )
    config = BOT + "breakeven_tolerance: 0.5\n"
    assert findings(desk(workspace, *lines, config=config)) == {"outcome_disagrees": 1}


@pytest.mark.parametrize(
    ("net", "gross", "commission", "disagrees"),
    [
        ("0.19999999999999998", "0.3", "0.1", False),
        ("0.199999999", "0.3", "0.1", True),
        ("0.1999999998", "0.3", "0.1", False),
        ("1000000.0001", "1000000", "0", False),
        ("1000000.01", "1000000", "0", True),
        ("-0.0000000001", "0", "0", True),
    ],
)
def test_what_binary_floats_lose_is_no_disagreement(
    workspace: WriteWorkspace, net: str, gross: str, commission: str, *, disagrees: bool
) -> None:
    of = desk(workspace, trade(net_profit_loss=net, profit_loss=gross, commission=commission))
    assert findings(of) == ({"net_disagrees": 1} if disagrees else {})


def test_money_that_nobody_knows_is_null_and_the_reasons_fit_the_counts(
    workspace: WriteWorkspace,
) -> None:
    of = desk(
        workspace,
        *(
            trade(net_profit_loss=None, outcome=outcome, exit_timestamp=f"2026-04-06T1{n}:00:00Z")
            for n, outcome in enumerate(("win", "loss", "win"))
        ),
        config=BOT + "starting_equity: 1000\n",
    )
    summary = of.summary("all")
    assert (summary.metrics["wins"], summary.metrics["losses"]) == (2, 1)
    unknown = {
        **dict.fromkeys(("avg_win", "largest_win", "gross_profit"), "no win has a P&L"),
        **dict.fromkeys(("profit_factor", "payoff_ratio", "required_win_rate"), "no win has a P&L"),
        **dict.fromkeys(("avg_loss", "largest_loss", "gross_loss"), "no loss has a P&L"),
        **dict.fromkeys(
            ("net_pnl", "best_day", "worst_day", "avg_day"), "no closed trade has a P&L"
        ),
        **dict.fromkeys(("max_drawdown", "current_drawdown"), "no closed trade has a P&L"),
    }
    assert {name: summary.metrics[name] for name in unknown} == dict.fromkeys(unknown)
    assert {name: summary.undefined[name] for name in unknown} == unknown
    assert findings(of) == {"without_pnl": 3}
    assert "0.00 USD" not in str(summary).partition("Net P&L")[2].partition("Commission")[0]


def test_an_open_trade_without_pnl_has_no_unrealized_zero(workspace: WriteWorkspace) -> None:
    summary = desk(workspace, {"timestamp": TEN, "outcome": "open"}).summary("all")
    assert summary.undefined["unrealized_pnl"] == "no open trade has a P&L"


def test_net_is_held_against_gross_only_where_a_commission_is_logged(
    workspace: WriteWorkspace,
) -> None:
    lines = (
        trade(profit_loss="6"),
        trade(profit_loss="6", commission="1.00"),
        trade(profit_loss="6", commission="0"),
    )
    assert findings(desk(workspace, *lines)) == {"net_disagrees": 1}


def test_paper_and_live_in_one_figure_is_a_finding(workspace: WriteWorkspace) -> None:
    of = desk(workspace, trade(execution_mode="PAPER"), trade(execution_mode="LIVE"))
    (finding,) = of.summary("all").data.findings
    assert (finding.code, finding.count) == ("mixed_modes", 2)
    assert "LIVE and PAPER" in finding.message
    assert "filter by execution_mode" in finding.message
    alone = of.summary("all", where={"execution_mode": "LIVE"})
    assert alone.data.findings == ()


def test_a_mode_that_is_not_logged_mixes_with_nothing(workspace: WriteWorkspace) -> None:
    assert findings(desk(workspace, trade(execution_mode="PAPER"), trade())) == {}


def test_repeated_lines_and_corrections_are_told_apart(workspace: WriteWorkspace) -> None:
    of = desk(
        workspace,
        trade(order_id="a"),
        trade(order_id="a"),
        trade(order_id="b"),
        trade(order_id="b", net_profit_loss="6"),
        {"order_id": "c", "timestamp": TEN, "outcome": "open"},
        trade(order_id="c"),
    )
    assert findings(of) == {"repeated_lines": 1, "corrections": 1}


def test_bad_lines_are_counted_by_reason(workspace: WriteWorkspace) -> None:
    of = desk(
        workspace,
        trade(),
        "[]",
        "17",
        trade(net_profit_loss="x"),
        trade(net_profit_loss="y"),
        trade(net_profit_loss=None, profit_loss="1", commission="x"),
    )
    found = [(one.code, one.count, one.message) for one in of.summary("all").data.findings]
    assert found == [
        ("bad_lines", 1, "unreadable: commission is not a number"),
        ("bad_lines", 2, "unreadable: is not a JSON object"),
        ("bad_lines", 2, "unreadable: net_profit_loss is not a number"),
    ]


def test_bad_lines_with_whatever_text_in_them_are_one_kind(workspace: WriteWorkspace) -> None:
    lines = (trade(net_profit_loss="this is it"), trade(net_profit_loss="that: x is y"))
    assert findings(desk(workspace, trade(), *lines)) == {"bad_lines": 2}


def test_what_is_left_out_of_a_trade_is_counted_by_field_and_reason_with_a_sample(
    workspace: WriteWorkspace,
) -> None:
    of = desk(
        workspace,
        trade(),
        trade(stop_loss="N/A", action="FLAT"),
        trade(stop_loss="?", net_profit_loss="4"),
        trade(stop_loss=None, timestamp="10:29"),
    )
    summary = of.summary("all")
    assert summary.metrics["closed_trades"] == 4
    assert summary.metrics["net_pnl"] == 19
    log = "logs/trades/2026-04-06.jsonl"
    assert [(one.code, one.count, one.message) for one in summary.data.findings] == [
        (
            "left_out",
            1,
            "left out of its trade: action: 'FLAT' is not one of long, short, buy, sell; "
            f"map it with `values` in the dialect ({log}:2)",
        ),
        ("left_out", 2, f"left out of its trade: stop_loss: 'N/A' is not a number ({log}:2)"),
        ("left_out", 1, f"left out of its trade: timestamp: '10:29' is not a time ({log}:4)"),
    ]


@pytest.mark.parametrize(
    ("pnls", "count"),
    [
        ("5 -5", 2),
        ("5 5", 0),
        ("-5 -5", 0),
        ("5 0", 0),
        ("5 0 -1", 3),
        ("5 ; -5", 0),
        ("; 5 -1", 2),
        ("5 -5 ; 2 -1 1", 5),
        ("5 5 ; 3 -3", 2),
        ("5 0 -5 ; 3 3", 3),
    ],
)
def test_a_win_and_a_loss_that_closed_at_one_time_are_a_finding(
    workspace: WriteWorkspace, pnls: str, count: int
) -> None:
    before, after, *_ = (*pnls.split(";"), "")
    lines = [trade(net_profit_loss=pnl, stop_loss=n) for n, pnl in enumerate(before.split())]
    later = "2026-04-06T11:30:00Z"
    lines += [trade(net_profit_loss=pnl, exit_timestamp=later) for pnl in after.split()]
    found = findings(desk(workspace, *lines))
    assert found == ({"closed_together": count} if count else {})


def test_findings_are_of_the_window_alone(workspace: WriteWorkspace) -> None:
    later = {"timestamp": TEN, "exit_timestamp": "2026-04-07T09:00:00Z"}
    of = desk(
        workspace,
        trade(outcome="loss"),
        "[]",
        trade(**later),
        trade(**later, hold_duration_seconds=1),
        config=BOT + "quiet_days: zero\n",
    )
    assert findings(of, "daily", "2026-04-06") == {"outcome_disagrees": 1, "bad_lines": 1}
    assert findings(of, "daily", "2026-04-07") == {"hold_disagrees": 1}
    assert findings(of, "daily", "2026-04-08") == {}
    assert len(findings(of)) == 3


def test_a_trade_may_have_several_findings(workspace: WriteWorkspace) -> None:
    odd = trade(outcome="loss", profit_loss="1", commission="1", hold_duration_seconds=1)
    assert findings(desk(workspace, odd)) == {
        "outcome_disagrees": 1,
        "net_disagrees": 1,
        "hold_disagrees": 1,
    }


def test_a_trade_dated_ahead_counts_in_all_and_each_summary_says_so(
    workspace: WriteWorkspace,
) -> None:
    ahead = trade(exit_timestamp="2034-03-15T10:00:00Z", net_profit_loss="-500")
    of = desk(workspace, trade(), ahead, '{"timestamp": "zzz"}')
    assert of.summary("all").metrics["net_pnl"] == -495
    assert of.summary("daily").metrics["net_pnl"] == 5
    assert of.summary("all").metrics["worst_day"] == -500
    for window, date in (("all", None), ("daily", None), ("monthly", "2026-03-01")):
        found = findings(of, window, date)
        assert (found["ahead"], found["bad_lines"]) == (1, 1)


def test_no_day_is_missing_for_a_line_dated_ahead(workspace: WriteWorkspace) -> None:
    of = desk(workspace, trade(), trade(exit_timestamp="2034-03-15T10:00:00Z"))
    assert [str(day) for day in of.summary("all").data.missing_days] == ["2034-03-15"]
