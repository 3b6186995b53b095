"""Figures known beforehand: other tools' vectors, textbook numbers, and what has no value.

Vectors of other projects are retyped; each names where it stands. Where another tool gives a number
for something undefined (0, 10, -100), ours is null, and the table says so.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from perfkit.desk.desk import open as open_desk
from perfkit.metrics.facts import Value
from perfkit.metrics.registry import METRICS
from perfkit.summary.summary import Summary
from tests.conftest import BOT, WriteWorkspace

START = datetime(2026, 4, 6, 10, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
EXIT_PRICES = """\
sources:
  - name: bot
    path: logs/trades
    currency: USD
    dialect:
      fields: {closed_at: done, opened_at: at, net_pnl: pnl, exit_price: exit, target: target,
               entry_price: entry, side: side}
"""


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def after(steps: int, step: timedelta = MINUTE) -> datetime:
    """When the trade closes that is closed `steps` steps after the start."""
    return START + steps * step


def records(
    pnls: Sequence[str | int | None], step: timedelta = MINUTE, /, **fields: object
) -> list[dict[str, object]]:
    """A closed trade for each P&L, one per step, in the order given."""
    return [
        {
            "timestamp": iso(START - DAY),
            "exit_timestamp": iso(after(number, step)),
            "net_profit_loss": pnl if pnl is None else str(pnl),
            **fields,
        }
        for number, pnl in enumerate(pnls)
    ]


def summary(
    workspace: WriteWorkspace,
    lines: Sequence[Mapping[str, object]],
    window: str = "all",
    date: str | None = None,
    config: str = BOT + "quiet_days: zero\n",
) -> Summary:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    root = workspace(config, {"logs/trades/2026-04-06.jsonl": text})
    return open_desk(root).summary(window, date)


def figures(
    workspace: WriteWorkspace, pnls: Sequence[str | int | None], step: timedelta = MINUTE
) -> dict[str, Value | None]:
    return summary(workspace, records(pnls, step)).metrics


def near(value: Value | None, expected: str, digits: int) -> bool:
    """Equal at so many significant digits."""
    assert isinstance(value, Decimal)
    return f"{value:.{digits - 1}E}" == f"{Decimal(expected):.{digits - 1}E}"


def test_the_metrics_are_those_promised_and_no_others(workspace: WriteWorkspace) -> None:
    promised = [
        "closed_trades",
        "wins",
        "losses",
        "breakevens",
        "open_trades",
        "trades_per_day",
        "win_rate",
        "win_rate_decided",
        "win_rate_low",
        "win_rate_high",
        "net_pnl",
        "gross_profit",
        "gross_loss",
        "profit_factor",
        "avg_win",
        "avg_loss",
        "payoff_ratio",
        "expectancy",
        "median_pnl",
        "required_win_rate",
        "largest_win",
        "largest_loss",
        "commission",
        "slippage",
        "turnover",
        "commission_rate",
        "kelly",
        "avg_risk_reward",
        "risk_reward_trades",
        "avg_r",
        "sd_r",
        "r_trades",
        "sqn",
        "current_streak",
        "current_streak_kind",
        "longest_win_streak",
        "longest_loss_streak",
        "max_drawdown",
        "drawdown_peak_at",
        "drawdown_trough_at",
        "drawdown_recovered_at",
        "current_drawdown",
        "max_drawdown_pct",
        "recovery_factor",
        "unrealized_pnl",
        "realized_pnl",
        "avg_hold_seconds",
        "win_hold_seconds",
        "loss_hold_seconds",
        "median_hold_seconds",
        "longest_hold_seconds",
        "trading_days",
        "profitable_days",
        "best_day",
        "worst_day",
        "avg_day",
        "sd_day",
        "sharpe",
        "sortino",
        "var_95",
        "cvar_95",
        "longest_drawdown_days",
        "return_pct",
        "volatility",
        "cagr",
        "calmar",
        "ulcer_index",
        "losses_beyond_1r",
        "target_hits",
        "mae",
        "mfe",
        "mfe_captured",
    ]
    assert list(METRICS) == promised
    assert list(figures(workspace, [1])) == promised


class TestTheVectorToolsDisagreeOn:
    """P&L 100, -50, 0, 0, 200, -100."""

    PNLS = (100, -50, 0, 0, 200, -100)

    @pytest.mark.parametrize(
        ("metric", "expected"),
        [
            ("closed_trades", "6"),
            ("wins", "2"),
            ("losses", "2"),
            ("breakevens", "2"),
            ("win_rate", "0.333333333333333333"),
            ("win_rate_decided", "0.5"),
            ("net_pnl", "150"),
            ("gross_profit", "300"),
            ("gross_loss", "-150"),
            ("profit_factor", "2"),
            ("avg_win", "150"),
            ("avg_loss", "-75"),
            ("payoff_ratio", "2"),
            ("expectancy", "25"),
            ("required_win_rate", "0.333333333333333333"),
            ("largest_win", "200"),
            ("largest_loss", "-100"),
            ("current_streak", "1"),
            ("longest_win_streak", "1"),
            ("longest_loss_streak", "1"),
            ("max_drawdown", "-100"),
            ("current_drawdown", "-100"),
            ("trading_days", "1"),
            ("best_day", "150"),
        ],
    )
    def test_we_say_one_thing(self, workspace: WriteWorkspace, metric: str, expected: str) -> None:
        assert figures(workspace, self.PNLS)[metric] == Decimal(expected)

    def test_its_last_streak_is_of_losses_and_its_drawdown_not_over(
        self, workspace: WriteWorkspace
    ) -> None:
        found = summary(workspace, records(self.PNLS))
        assert found.metrics["current_streak_kind"] == "loss"
        assert found.metrics["drawdown_peak_at"] == after(4)
        assert found.metrics["drawdown_trough_at"] == after(5)
        assert found.metrics["drawdown_recovered_at"] is None
        assert found.undefined["drawdown_recovered_at"] == "not recovered within the window"


class TestFreqtrade:
    """freqtrade, tests/data/test_metrics.py."""

    def test_expectancy(self, workspace: WriteWorkspace) -> None:
        found = figures(workspace, [100, 200, 50, -150, 300, -100, 80, -30])
        assert found["expectancy"] == Decimal("56.25")

    @pytest.mark.parametrize(
        ("rs", "sqn"),
        [
            (["1", "-0.5", "2", "-1", "0.5", "1.5", "-0.5", "1"], "1.3229"),
            (["1", "0.5", "2", "1.5", "0.8"], "4.3657"),
            (["-1", "-0.5", "-2", "-1.5", "-0.8"], "-4.3657"),
        ],
    )
    def test_sqn(self, workspace: WriteWorkspace, rs: list[str], sqn: str) -> None:
        """Theirs is of P&L over the stake; with 1 at risk in each trade ours is the same."""
        lines = records(rs, price="100", stop_loss="99", quantity="1")
        assert near(summary(workspace, lines).metrics["sqn"], sqn, 5)

    def test_the_largest_drawdown_and_the_largest_relative_one_are_different_episodes(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = records([0, -500, 500, 10000, -1000], DAY)
        found = summary(workspace, lines, config=BOT + "starting_equity: 1000\n").metrics
        assert found["max_drawdown"] == -1000
        assert found["drawdown_peak_at"] == after(3, DAY)
        assert found["drawdown_trough_at"] == after(4, DAY)
        assert found["max_drawdown_pct"] == Decimal("-0.5")

    @pytest.mark.parametrize(
        ("pnls", "expected"),
        [
            ("0.011580 0.010048 0.011340 0.012161 0.010416", "0"),
            ("-0.011580 -0.010048 -0.011340 -0.012161 -0.010416", "-0.055545"),
            (
                """0.011580 0.010048 0.011340 0.012161 0.010416 0.010009 0.020024 -0.024662
                -0.022350 0.020496 -0.029859 -0.030511 0.010041 0.010872 -0.025782 0.010400
                0.012374 0.012467 0.114741 0.010303 0.010088 -0.033961 0.010680 0.010886
                -0.029274 0.011178 0.010693 0.010711""",
                "-0.091755",
            ),
        ],
        ids=["no loss", "only losses", "28 days"],
    )
    def test_max_drawdown(self, workspace: WriteWorkspace, pnls: str, expected: str) -> None:
        assert figures(workspace, pnls.split(), DAY)["max_drawdown"] == Decimal(expected)


class TestLean:
    """QuantConnect LEAN, Tests/Common/Statistics/TradeStatisticsTests.cs.

    It gives 0 for means and ratios without trades, and 10 for a profit factor without a loss.
    """

    @pytest.mark.parametrize(
        ("pnls", "expected"),
        [
            (
                [20, 20, 10],
                {
                    "net_pnl": "50",
                    "gross_loss": "0",
                    "largest_win": "20",
                    "largest_loss": None,
                    "expectancy": "16.6666666666666667",
                    "avg_loss": None,
                    "longest_win_streak": "3",
                    "longest_loss_streak": "0",
                    "max_drawdown": "0",
                    "win_rate": "1",
                    "payoff_ratio": None,
                    "profit_factor": None,
                    "sd_day": "5.77350269189626",
                },
            ),
            (
                [-20, -20, -10],
                {
                    "net_pnl": "-50",
                    "gross_profit": "0",
                    "largest_win": None,
                    "largest_loss": "-20",
                    "expectancy": "-16.6666666666666667",
                    "avg_win": None,
                    "longest_win_streak": "0",
                    "longest_loss_streak": "3",
                    "max_drawdown": "-50",
                    "win_rate": "0",
                    "payoff_ratio": None,
                    "profit_factor": "0",
                    "sd_day": "5.77350269189626",
                },
            ),
            (
                [10, -20, -20],
                {
                    "net_pnl": "-30",
                    "avg_win": "10",
                    "avg_loss": "-20",
                    "longest_loss_streak": "2",
                    "payoff_ratio": "0.5",
                    "win_rate": "0.333333333333333333",
                    "max_drawdown": "-40",
                    "profit_factor": "0.25",
                    "sd_day": "17.3205080756888",
                },
            ),
            (
                [-20, 20, 10],
                {
                    "net_pnl": "10",
                    "expectancy": "3.33333333333333333",
                    "avg_win": "15",
                    "payoff_ratio": "0.75",
                    "win_rate": "0.666666666666666667",
                    "max_drawdown": "-20",
                    "profit_factor": "1.5",
                    "sd_day": "20.8166599946613",
                },
            ),
        ],
        ids=["three winners", "three losers", "winner and losers", "loser and winners"],
    )
    def test_three_trades_on_three_days(
        self, workspace: WriteWorkspace, pnls: list[int], expected: dict[str, str | None]
    ) -> None:
        found = figures(workspace, pnls, DAY)
        for metric, value in expected.items():
            if value is None:
                assert found[metric] is None
            elif metric == "sd_day":
                assert near(found[metric], value, 15)
            else:
                assert found[metric] == Decimal(value)


def test_mean_r_as_ta4j_has_it(workspace: WriteWorkspace) -> None:
    """ta4j, RMultipleCriterionTest: P&L 10 and -5 with 5 at risk."""
    lines = records([10, -5], price="100", stop_loss="95", quantity="1", action="BUY")
    found = summary(workspace, lines).metrics
    assert (found["avg_r"], found["r_trades"]) == (Decimal("0.5"), 2)


class TestNautilus:
    """nautilus_trader, crates/analysis/src/statistics: five daily returns, 252 days a year.

    Theirs are returns, ours money, which changes no ratio. Below 20 days ours is null; so each
    vector comes four times. That leaves the mean and Sortino's divisor as they are; the sample
    standard deviation becomes sqrt(16/19) of itself, hence Sharpe's ratio sqrt(19/16).
    """

    CONFIG = BOT + "quiet_days: zero\nperiods_per_year: 252\n"

    def test_sortino(self, workspace: WriteWorkspace) -> None:
        lines = records(["-0.01", "0.02", "-0.015", "0.005", "-0.02"] * 4, DAY)
        sortino = summary(workspace, lines, config=self.CONFIG).metrics["sortino"]
        assert near(sortino, "-5.273224492824493", 15)

    def test_sharpe(self, workspace: WriteWorkspace) -> None:
        lines = records(["0.01", "-0.02", "0.015", "-0.005", "0.025"] * 4, DAY)
        sharpe = summary(workspace, lines, config=self.CONFIG).metrics["sharpe"]
        assert isinstance(sharpe, Decimal)
        assert near(sharpe * (Decimal(16) / 19).sqrt(), "4.48998886412873", 14)

    def test_five_days_are_too_few(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, records([1, -2, 3, -4, 5], DAY), config=self.CONFIG)
        assert (found.metrics["sharpe"], found.metrics["sortino"]) == (None, None)
        assert "5 expected days; at least 20" in found.undefined["sharpe"]


@pytest.mark.parametrize(
    ("wins", "trades", "low", "high"),
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
        (20, 20, "0.8389", "1.0000"),
    ],
)
def test_the_interval_of_the_win_rate_is_wilsons(
    workspace: WriteWorkspace, *, wins: int, trades: int, low: str, high: str
) -> None:
    """R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I.

    The last one is the third, mirrored.
    """
    found = figures(workspace, [1] * wins + [-1] * (trades - wins))
    assert f"{found['win_rate_low']:.4f}" == low
    assert f"{found['win_rate_high']:.4f}" == high


class TestWhatATradeComesTo:
    @pytest.mark.parametrize(
        ("line", "net"),
        [
            ({"net_profit_loss": "5", "profit_loss": "9", "commission": "1"}, "5"),
            ({"profit_loss": "9", "commission": "1.25"}, "7.75"),
            ({"profit_loss": "9", "commission": ""}, "9"),
            ({"profit_loss": "9", "commission": "-1"}, "10"),
        ],
        ids=["net", "gross less commission", "gross", "rebate"],
    )
    def test_net_pnl_is_the_net_else_gross_less_commission_else_gross(
        self, workspace: WriteWorkspace, line: dict[str, str], net: str
    ) -> None:
        lines = [{**records([None])[0], **line}]
        assert summary(workspace, lines).metrics["net_pnl"] == Decimal(net)

    @pytest.mark.parametrize(
        "more",
        [[], [{"timestamp": iso(START), "exit_timestamp": iso(START), "outcome": "loss"}]],
        ids=["all known", "one unknown"],
    )
    @pytest.mark.parametrize(
        ("tolerance", "wins", "losses", "breakevens"),
        [("0", 3, 2, 1), ("0.1", 2, 1, 3), ("0.10001", 2, 1, 3), ("0.2", 1, 0, 5)],
    )
    def test_a_breakeven_is_within_the_tolerance_which_belongs_to_it(
        self,
        workspace: WriteWorkspace,
        *,
        more: list[dict[str, object]],
        tolerance: str,
        wins: int,
        losses: int,
        breakevens: int,
    ) -> None:
        lines = records(["0.1", "-0.1", "0", "0.2", "-0.2", "0.2000001"])
        config = BOT + f"breakeven_tolerance: {tolerance}\n"
        found = summary(workspace, [*lines, *more], config=config).metrics
        counts = found["wins"], found["losses"], found["breakevens"]
        assert counts == (wins, losses + len(more), breakevens)
        assert found["net_pnl"] == Decimal("0.2000001")

    def test_without_a_pnl_the_logged_outcome_counts_but_no_money(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [
            {**line, "outcome": outcome}
            for line, outcome in zip(
                records([4, None, None, None]), ("loss", "win", "loss", "breakeven"), strict=True
            )
        ]
        found = summary(workspace, lines).metrics
        assert (found["wins"], found["losses"], found["breakevens"]) == (2, 1, 1)
        assert (found["avg_win"], found["expectancy"], found["avg_loss"]) == (4, 4, None)

    @pytest.mark.parametrize(
        ("fields", "planned"),
        [
            ({"price": 100, "stop_loss": 98, "target": 105, "action": "BUY"}, "2.5"),
            ({"price": 100, "stop_loss": 102, "target": 95, "action": "SELL"}, "2.5"),
            ({"price": 100, "stop_loss": 97, "target": 101}, "0.333333333333"),
            ({"price": 100, "stop_loss": 98, "target": 95, "risk_reward_ratio": "3"}, "3"),
            ({"price": 100, "stop_loss": 100, "target": 105, "risk_reward_ratio": "3"}, "3"),
            ({"price": 100, "stop_loss": 102, "target": 100, "risk_reward_ratio": "3"}, "3"),
            ({"risk_reward_ratio": "1.0000000000005"}, "1"),
            ({"risk_reward_ratio": "1.0000000000015"}, "1.000000000002"),
            ({"price": 100, "stop_loss": 98}, None),
        ],
        ids=[
            "long",
            "short",
            "12 places",
            "reversed",
            "no risk",
            "no reward",
            "tie down",
            "tie up",
            "none",
        ],
    )
    def test_planned_risk_reward(
        self, workspace: WriteWorkspace, fields: dict[str, object], planned: str | None
    ) -> None:
        found = summary(workspace, records([1], **fields)).metrics
        assert found["avg_risk_reward"] == (None if planned is None else Decimal(planned))
        assert found["risk_reward_trades"] == (0 if planned is None else 1)

    @pytest.mark.parametrize(
        ("fields", "r"),
        [
            ({"price": 100, "stop_loss": 98, "quantity": 10, "action": "BUY"}, "1.5"),
            ({"price": 100, "stop_loss": 102, "quantity": 10, "action": "SELL"}, "1.5"),
            ({"price": 100, "stop_loss": 102, "quantity": 10}, "1.5"),
            ({"price": 100, "stop_loss": 93, "quantity": 1, "action": "BUY"}, "4.285714285714"),
            ({"price": 100, "stop_loss": 98, "quantity": 10, "symbol": "ES"}, "0.03"),
            ({"price": 100, "stop_loss": 102, "quantity": 10, "action": "BUY"}, None),
            ({"price": 100, "stop_loss": 98, "quantity": 10, "action": "SELL"}, None),
            ({"price": 100, "stop_loss": 100, "quantity": 10}, None),
            ({"price": 100, "stop_loss": 98, "quantity": 0}, None),
            ({"price": 100, "stop_loss": 98, "quantity": -10}, None),
            ({"price": 100, "stop_loss": 98}, None),
            ({"price": 100, "quantity": 10}, None),
            ({"stop_loss": 98, "quantity": 10}, None),
        ],
        ids=[
            "long",
            "short",
            "no side",
            "12 places",
            "multiplier of 50",
            "stop above a long",
            "stop below a short",
            "stop at entry",
            "no size",
            "negative size",
            "size missing",
            "stop missing",
            "entry missing",
        ],
    )
    def test_realised_r(
        self, workspace: WriteWorkspace, fields: dict[str, object], r: str | None
    ) -> None:
        config = BOT + "multiplier: {ES: 50}\n"
        found = summary(workspace, records([30], **fields), config=config)
        assert found.metrics["avg_r"] == (None if r is None else Decimal(r))
        assert found.metrics["r_trades"] == (0 if r is None else 1)

    def test_r_is_unknown_where_the_pnl_is(self, workspace: WriteWorkspace) -> None:
        lines = records([None], price=100, stop_loss=98, quantity=10, outcome="loss")
        found = summary(workspace, lines).metrics
        assert (found["r_trades"], found["losses_beyond_1r"]) == (0, 0)

    @pytest.mark.parametrize(
        ("net", "commission", "beyond"),
        [("-20", "0", 0), ("-20.01", "0", 1), ("-21", "1", 0), ("-21.01", "1", 1), ("-21", "", 1)],
    )
    def test_a_loss_beyond_1r_is_one_before_commission(
        self, workspace: WriteWorkspace, net: str, commission: str, beyond: int
    ) -> None:
        lines = records([net], price=100, stop_loss=98, quantity=10, commission=commission)
        assert summary(workspace, lines).metrics["losses_beyond_1r"] == beyond

    @pytest.mark.parametrize(
        ("side", "entry", "target", "exit_price", "hits"),
        [
            ("long", 100, 110, 110, 1),
            ("long", 100, 110, 111, 1),
            ("long", 100, 110, "109.99", 0),
            ("short", 100, 90, 90, 1),
            ("short", 100, 90, 89, 1),
            ("short", 100, 90, "90.01", 0),
            (None, 100, 110, 111, 1),
            (None, 100, 90, 89, 1),
            (None, 100, 90, 91, 0),
            (None, None, 110, 110, 1),
            (None, None, 110, 111, 0),
            (None, 100, 100, 90, 0),
            ("long", 100, None, 111, 0),
            ("long", 100, 110, None, None),
        ],
    )
    def test_a_target_is_hit_by_an_exit_at_or_beyond_it(
        self,
        workspace: WriteWorkspace,
        *,
        side: str | None,
        entry: int | None,
        target: int | None,
        exit_price: int | str | None,
        hits: int | None,
    ) -> None:
        line = {"done": iso(START), "pnl": 1, "side": side, "entry": entry, "target": target}
        found = summary(workspace, [{**line, "exit": exit_price}], config=EXIT_PRICES)
        assert found.metrics["target_hits"] == hits

    def test_holding_time_is_close_less_open_else_as_logged(
        self, workspace: WriteWorkspace
    ) -> None:
        opened, done = iso(START), iso(START + timedelta(seconds=90, microseconds=500))
        close = {"exit_timestamp": done, "hold_duration_seconds": 7}
        lines = [
            {**close, "timestamp": opened, "net_profit_loss": 1},
            {**close, "timestamp": None, "net_profit_loss": 1},
            {**close, "timestamp": iso(START + DAY), "net_profit_loss": -1},
            {**close, "timestamp": done, "net_profit_loss": -1},
        ]
        found = summary(workspace, lines).metrics
        assert found["win_hold_seconds"] == Decimal("48.50025")
        assert found["loss_hold_seconds"] == 0
        assert found["avg_hold_seconds"] == Decimal("32.3335")


class TestPath:
    @pytest.mark.parametrize(
        ("pnls", "kind", "current", "longest_win", "longest_loss"),
        [
            ([], "none", 0, 0, 0),
            ([0, 0], "none", 0, 0, 0),
            ([1, 0, 1, 0], "win", 2, 2, 0),
            ([1, 1, -1, 0], "loss", 1, 2, 1),
            ([-1, -1, 0, -1, 1, 1], "win", 2, 2, 3),
        ],
    )
    def test_a_breakeven_neither_ends_nor_lengthens_a_streak(
        self,
        workspace: WriteWorkspace,
        *,
        pnls: list[int],
        kind: str,
        current: int,
        longest_win: int,
        longest_loss: int,
    ) -> None:
        found = summary(workspace, records(pnls), "daily", "2026-04-06").metrics
        assert (found["current_streak_kind"], found["current_streak"]) == (kind, current)
        longest = found["longest_win_streak"], found["longest_loss_streak"]
        assert longest == (longest_win, longest_loss)

    @pytest.mark.parametrize(
        ("pnls", "depth", "peak", "trough", "recovered"),
        [
            ([-5, 2], -5, None, 0, None),
            ([-5, 2, 3], -5, None, 0, 2),
            ([5, -2, -1, 4], -3, 0, 2, 3),
            ([5, -2, 2, -2, 9], -2, 0, 1, 2),
            ([5, -2, 9, -2], -2, 0, 1, 2),
            ([5, -2, 9, -3], -3, 2, 3, None),
            ([5, 0, -2, 0], -2, 0, 2, None),
            ([5, 1], 0, None, None, None),
        ],
        ids=[
            "a first loss counts",
            "back at the start",
            "recovered",
            "the earliest trough",
            "the earlier of equal falls",
            "the deeper one",
            "the first trade at a peak and at a trough",
            "none",
        ],
    )
    def test_the_largest_drawdown_and_its_times(
        self,
        workspace: WriteWorkspace,
        *,
        pnls: list[int],
        depth: int,
        peak: int | None,
        trough: int | None,
        recovered: int | None,
    ) -> None:
        found = figures(workspace, pnls)
        assert found["max_drawdown"] == depth
        for metric, trade in (("peak", peak), ("trough", trough), ("recovered", recovered)):
            expected = None if trade is None else after(trade)
            assert found[f"drawdown_{metric}_at"] == expected

    def test_the_current_drawdown_is_of_all_history_up_to_the_end_of_the_window(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = records([10, -4, 1, 20], DAY)
        by_day = [
            summary(workspace, lines, "daily", f"2026-04-{day:02d}").metrics
            for day in (5, 6, 7, 8, 9)
        ]
        assert [found["current_drawdown"] for found in by_day] == [0, 0, -4, -3, 0]
        assert [found["max_drawdown"] for found in by_day] == [0, 0, -4, 0, 0]

    @pytest.mark.parametrize(
        ("equity", "pnls", "expected"),
        [
            ("1000", [100, -110], "-0.1"),
            ("1000", [-100, 50], "-0.1"),
            ("1000", [5], "0"),
            ("1000", [-1000, 5], "-1"),
            ("1000", [-1500], "-1.5"),
            ("3", [-1, 1], "-0.333333333333333333"),
        ],
    )
    def test_the_relative_drawdown_is_of_equity(
        self, workspace: WriteWorkspace, equity: str, pnls: list[int], expected: str
    ) -> None:
        config = BOT + f"starting_equity: {equity}\n"
        found = summary(workspace, records(pnls), config=config).metrics
        assert found["max_drawdown_pct"] == Decimal(expected)

    def test_the_relative_drawdown_of_a_window_starts_at_its_first_equity(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = records([-500, -100], DAY)
        config = BOT + "starting_equity: 1000\nquiet_days: zero\n"
        found = summary(workspace, lines, "daily", "2026-04-07", config).metrics
        assert found["max_drawdown_pct"] == Decimal("-0.2")


class TestDays:
    def test_days_are_those_with_a_closed_trade(self, workspace: WriteWorkspace) -> None:
        found = figures(workspace, [1, -3, 0, 6], 2 * DAY)
        assert (found["trading_days"], found["profitable_days"]) == (4, 2)
        assert (found["best_day"], found["worst_day"], found["avg_day"]) == (6, -3, 1)
        assert near(found["sd_day"], "3.74165738677394", 15)
        assert found["trades_per_day"] == Decimal("0.571428571428571429")

    @pytest.mark.parametrize(
        ("config", "week", "per_year"),
        [
            ("", [1, -1, 0, 0, 0, 0, 3], 365),
            ("trading_week: mon-fri\n", [1, -1, 0, 0, 2], 252),
            ("trading_week: sun-thu\n", [1, -1, 0, 0, 3], 365),
            ("periods_per_year: 100\n", [1, -1, 0, 0, 0, 0, 3], 100),
        ],
    )
    def test_sharpe_and_sortino_are_over_every_expected_day_zero_days_included(
        self, workspace: WriteWorkspace, config: str, week: list[int], per_year: int
    ) -> None:
        """Four weeks from a Monday on."""
        every_day = [1, -1, 0, 0, 2 if "fri" in config else 0, 0, 3]
        lines = records(every_day * 4, DAY)
        found = summary(workspace, lines, config=BOT + "quiet_days: zero\n" + config).metrics
        days = week * 4
        n, total, squares = len(days), sum(days), sum(day * day for day in days)
        variance = Decimal(n * squares - total * total) / (n * (n - 1))
        downside = Decimal(days.count(-1)) / n
        mean = Decimal(total) / n
        assert near(found["sharpe"], str(mean * (per_year / variance).sqrt()), 15)
        assert near(found["sortino"], str(mean * (per_year / downside).sqrt()), 15)

    def test_a_zero_mean_is_a_sharpe_ratio_of_zero(self, workspace: WriteWorkspace) -> None:
        found = figures(workspace, [1, -1] * 10, DAY)
        assert (found["sharpe"], found["sortino"]) == (0, 0)


class TestOpenTrades:
    LINES = (
        {"order_id": "a", "timestamp": "2026-04-06T10:00:00Z", "outcome": "open"},
        {
            "order_id": "b",
            "timestamp": "2026-04-06T11:00:00Z",
            "exit_timestamp": "2026-04-08T00:00:00Z",
            "net_profit_loss": "1",
        },
        {
            "order_id": "c",
            "timestamp": "2026-04-08T09:00:00Z",
            "outcome": "open",
            "profit_loss": "-7.5",
            "commission": "0.5",
        },
    )

    @pytest.mark.parametrize(
        ("day", "opened", "unrealized"),
        [
            ("2026-04-05", 0, None),
            ("2026-04-06", 2, None),
            ("2026-04-07", 2, None),
            ("2026-04-08", 2, Decimal(-8)),
        ],
    )
    def test_a_past_day_keeps_its_open_trades_whatever_happened_later(
        self, workspace: WriteWorkspace, day: str, opened: int, unrealized: Decimal | None
    ) -> None:
        found = summary(workspace, self.LINES, "daily", day)
        assert found.metrics["open_trades"] == opened
        assert found.metrics["unrealized_pnl"] == unrealized

    REALIZED = BOT.replace(
        "USD}", "USD, dialect: {extends: trade_record, fields: {realized_pnl: so_far}}}"
    )

    @pytest.mark.parametrize(
        ("day", "realized", "unrealized"),
        [("2026-04-06", None, None), ("2026-04-07", None, None), ("2026-04-08", 5, -10)],
    )
    def test_what_parts_have_earned_is_realized_and_not_unrealized(
        self, workspace: WriteWorkspace, day: str, realized: int | None, unrealized: int | None
    ) -> None:
        """Of -7.5 - 0.5 at which one stands, 2 are realized; the other, with 3, logs no P&L."""
        lines = tuple(
            {**line, "so_far": {"a": "3", "b": "8", "c": "2"}.get(str(line["order_id"]))}
            for line in self.LINES
        )
        found = summary(workspace, lines, "daily", day, config=self.REALIZED)
        assert found.metrics["realized_pnl"] == realized
        assert found.metrics["unrealized_pnl"] == unrealized
        markdown = found._repr_mimebundle_()["text/markdown"]
        assert ("+5.00 USD realized of them" in markdown) is (realized is not None)
        if realized is None:
            reason = "the window does not hold the newest line"
            assert found.undefined["realized_pnl"] == reason

    def test_open_trades_are_in_no_closed_figure(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, self.LINES).metrics
        assert (found["closed_trades"], found["net_pnl"], found["commission"]) == (1, 1, 0)

    def test_open_trades_have_an_age(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, self.LINES, "daily", "2026-04-07").open
        assert (found.trades, found.oldest_opened_at) == (2, START)
        assert found.oldest_age_seconds == 38 * 3600
        newest = summary(workspace, self.LINES).open
        assert newest.oldest_age_seconds == 47 * 3600


WINS, LOSSES = [1, 2], [-1, -2]
NULL_CASES = [
    ("win_rate", [], "no trade closed"),
    ("win_rate_decided", [], "no trade won or lost"),
    ("win_rate_decided", [0], "no trade won or lost"),
    ("win_rate_low", [], "no trade closed"),
    ("win_rate_high", [], "no trade closed"),
    ("profit_factor", [], "no trade lost"),
    ("profit_factor", WINS, "no trade lost"),
    ("avg_win", LOSSES, "no trade won"),
    ("avg_loss", WINS, "no trade lost"),
    ("payoff_ratio", WINS, "no trade lost"),
    ("payoff_ratio", LOSSES, "no trade won"),
    ("expectancy", [], "no closed trade has a P&L"),
    ("required_win_rate", WINS, "no trade lost"),
    ("required_win_rate", LOSSES, "no trade won"),
    ("largest_win", LOSSES, "no trade won"),
    ("largest_loss", WINS, "no trade lost"),
    ("avg_risk_reward", WINS, "no closed trade has a stop and a target, or a logged ratio"),
    ("avg_r", WINS, "no closed trade has a valid stop"),
    ("sd_r", WINS, "fewer than 2 trades have an R"),
    ("sqn", WINS, "fewer than 2 trades have an R"),
    ("drawdown_peak_at", WINS, "no drawdown in the window"),
    ("drawdown_peak_at", LOSSES, "the drawdown began at the window's start"),
    ("drawdown_trough_at", WINS, "no drawdown in the window"),
    ("drawdown_recovered_at", WINS, "no drawdown in the window"),
    ("drawdown_recovered_at", LOSSES, "not recovered within the window"),
    ("max_drawdown_pct", WINS, "no starting_equity is configured"),
    ("avg_hold_seconds", [], "no closed trade has a holding time"),
    ("win_hold_seconds", LOSSES, "no win has a holding time"),
    ("loss_hold_seconds", WINS, "no loss has a holding time"),
    ("best_day", [], "no trade closed"),
    ("worst_day", [], "no trade closed"),
    ("avg_day", [], "no trade closed"),
    ("sd_day", WINS, "fewer than 2 days with a closed trade"),
    ("sharpe", WINS, "1 expected day; at least 20 are needed"),
    ("sortino", WINS, "1 expected day; at least 20 are needed"),
    ("target_hits", WINS, "no exit price is logged"),
]


@pytest.mark.parametrize(
    ("metric", "pnls", "reason"), NULL_CASES, ids=[f"{case[0]} of {case[1]}" for case in NULL_CASES]
)
def test_what_is_undefined_is_null_with_the_reason(
    workspace: WriteWorkspace, metric: str, pnls: list[int], reason: str
) -> None:
    found = summary(workspace, records(pnls), "daily", "2026-04-06")
    assert found.metrics[metric] is None
    assert found.undefined[metric].startswith(reason)


class TestMoreNulls:
    def undefined(self, found: Summary, metric: str) -> str:
        assert found.metrics[metric] is None
        return found.undefined[metric]

    def test_sharpe_of_days_that_are_all_equal(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, records([2] * 20, DAY))
        assert self.undefined(found, "sharpe") == "every day had the same P&L"
        assert self.undefined(found, "sortino") == "no day lost money"

    def test_sharpe_with_a_missing_day(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, records([1, -2] * 20, DAY), config=BOT)
        assert self.undefined(found, "sharpe") == "39 expected days have no log"
        assert self.undefined(found, "sortino") == "39 expected days have no log"

    def test_sqn_of_trades_that_are_all_equal(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, records([2, 2], price=100, stop_loss=99, quantity=1))
        assert found.metrics["sd_r"] == 0
        assert self.undefined(found, "sqn") == "every trade had the same R"

    @pytest.mark.parametrize("pnls", [[-1000, -5, 3], [-2000, 1]])
    def test_relative_drawdown_of_an_account_without_equity(
        self, workspace: WriteWorkspace, pnls: list[int]
    ) -> None:
        config = BOT + "starting_equity: 1000\nquiet_days: zero\n"
        found = summary(workspace, records(pnls, DAY), "daily", "2026-04-07", config)
        assert self.undefined(found, "max_drawdown_pct") == "equity was not above 0"

    def test_unrealized_pnl_of_a_window_that_ended_before_the_newest_line(
        self, workspace: WriteWorkspace
    ) -> None:
        found = summary(workspace, records([1, 1], DAY), "daily", "2026-04-06")
        assert self.undefined(found, "unrealized_pnl") == "the window does not hold the newest line"
        assert summary(workspace, records([1, 1], DAY)).metrics["unrealized_pnl"] == 0

    def test_trades_per_day_of_a_window_without_expected_days(
        self, workspace: WriteWorkspace
    ) -> None:
        monday = records([1])
        config = BOT + "trading_week: tue-sun\n"
        found = summary(workspace, monday, "daily", "2026-04-06", config)
        assert "no expected trading day" in self.undefined(found, "trades_per_day")

    def test_a_defined_figure_has_no_reason(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, records([1, -2]))
        nulls = {name for name, value in found.metrics.items() if value is None}
        assert found.undefined.keys() == nulls


def test_no_trades_give_zero_counts_and_sums(workspace: WriteWorkspace) -> None:
    found = summary(workspace, [], "daily", "2026-04-06").metrics
    zero = [
        "closed_trades",
        "wins",
        "losses",
        "breakevens",
        "open_trades",
        "net_pnl",
        "gross_profit",
        "gross_loss",
        "commission",
        "slippage",
        "turnover",
        "risk_reward_trades",
        "r_trades",
        "current_streak",
        "longest_win_streak",
        "longest_loss_streak",
        "max_drawdown",
        "current_drawdown",
        "trading_days",
        "profitable_days",
        "losses_beyond_1r",
    ]
    assert {name: found[name] for name in zero} == dict.fromkeys(zero, 0)


def test_sqn_counts_at_most_100_trades(workspace: WriteWorkspace) -> None:
    lines = records([2, -1] * 72, price=100, stop_loss=99, quantity=1)
    found = summary(workspace, lines).metrics
    assert (found["r_trades"], found["avg_r"]) == (144, Decimal("0.5"))
    expected = 10 * Decimal("0.5") / (Decimal("2.25") * 144 / 143).sqrt()
    assert near(found["sqn"], str(expected), 15)


def test_sums_are_exact_where_binary_floats_are_not(workspace: WriteWorkspace) -> None:
    assert figures(workspace, ["0.1"] * 3)["net_pnl"] == Decimal("0.3")
    found = figures(workspace, ["123456789012345678901234567890.1", "1e-30", "-0.1"])
    assert str(found["net_pnl"]) == "123456789012345678901234567890." + "0" * 29 + "1"


def test_a_ratio_is_taken_from_exact_sums_not_from_rounded_means(
    workspace: WriteWorkspace,
) -> None:
    found = figures(workspace, [1, 1, 2, -1, -1, -5])
    assert found["payoff_ratio"] == Decimal("0.571428571428571429")
    assert found["required_win_rate"] == Decimal("0.636363636363636364")
