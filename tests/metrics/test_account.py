"""Figures of the account, of daily P&L and of its falls, known beforehand.

Vectors of other projects are retyped; each names where it stands and what the project itself says.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.core.errors import ConfigError
from perfkit.summary.summary import Summary
from tests.conftest import BOT, WriteWorkspace

FIRST = date(2026, 4, 6)
QUIET = "quiet_days: zero\n"

FREQTRADE = """
    0.011580 0.010048 0.011340 0.012161 0.010416 0.010009 0.020024 -0.024662 -0.022350 0.020496
    -0.029859 -0.030511 0.010041 0.010872 -0.025782 0.010400 0.012374 0.012467 0.114741 0.010303
    0.010088 -0.033961 0.010680 0.010886 -0.029274 0.011178 0.010693 0.010711
"""
"""freqtrade, tests/data/test_btanalysis.py, test_calculate_max_drawdown2: a trade a day on 0.2."""


def lines_of(pnls: Sequence[object], first: date = FIRST) -> str:
    """A trade a day, None for a day without one."""
    return "".join(
        json.dumps(
            {
                "order_id": f"T{number}",
                "exit_timestamp": f"{first + timedelta(days=number)}T12:00:00Z",
                "net_profit_loss": str(pnl),
            }
        )
        + "\n"
        for number, pnl in enumerate(pnls)
        if pnl is not None
    )


def summary(
    workspace: WriteWorkspace, pnls: Sequence[object], config: str = "", window: str = "all"
) -> Summary:
    logs = {"logs/trades/2026-04-06.jsonl": lines_of(pnls)}
    return perfkit.open(workspace(BOT + QUIET + config, logs)).summary(window)


def falls(equity: str) -> list[int]:
    """Daily P&L of equity by day, the first day without any."""
    levels = list(map(int, equity.split()))
    return [0, *(b - a for a, b in pairwise(levels))]


class TestSeries:
    """Many figures of one series."""

    def test_every_day_of_freqtrades_vector(self, workspace: WriteWorkspace) -> None:
        metrics = summary(workspace, FREQTRADE.split(), "starting_equity: 0.2\n").metrics
        expected = {
            "kelly": "0.330950504682681475",
            "recovery_factor": "1.69046918424064084",
            "longest_drawdown_days": "12",
            "max_drawdown_pct": "-0.321295758076602539",
            "var_95": "-0.030511",
            "cvar_95": "-0.032236",
            "return_pct": "0.775545",
            "volatility": "2.19489179664266199",
            "cagr": "1778.16649262900341",
            "calmar": "5534.36031422816779",
            "ulcer_index": "0.148804890158494562",
            "sharpe": "3.80549326059894088",
        }
        assert {name: str(metrics[name]) for name in expected} == expected


class TestDrawdowns:
    @pytest.mark.parametrize(
        ("equity", "days"),
        [
            # QuantConnect/Lean, DrawdownRecoveryTests.cs; of the sixth it says 0: never recovered
            ("100 90 100", 2),
            ("100 90 95 100", 3),
            ("100 90 100 90 80 100", 3),
            ("50 100 98 99 100", 3),
            ("100 98 100 101 100 99", 2),
            ("100 90 80 70", 3),
            # pyfolio, test_timeseries.py: gen_drawdown_table_relative, gen_drawdown_table
            (
                "100 110 120 150 180 200 100 120 160 180 200 300 400 500 600 800 900 1000 650 600",
                5,
            ),
            ("100 120 100 80 70 110 180 150", 5),
        ],
    )
    def test_days_from_a_peak_to_its_recovery(
        self, workspace: WriteWorkspace, equity: str, days: int
    ) -> None:
        found = summary(workspace, falls(equity))
        assert found.metrics["longest_drawdown_days"] == days

    def test_the_start_is_the_day_before_the_window(self, workspace: WriteWorkspace) -> None:
        """backtesting.py, test_compute_drawdown: falls of 0 1 7 0 4 0 0 last 3 and 2 days."""
        found = summary(workspace, [0, -1, -6, 7, -4, 4, 0])
        assert found.metrics["longest_drawdown_days"] == 3
        assert summary(workspace, [-1]).metrics["longest_drawdown_days"] == 1

    def test_without_a_fall_there_is_none(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, [0, 0, 1])
        assert found.metrics["longest_drawdown_days"] is None
        assert found.undefined["longest_drawdown_days"] == "no day ended below a peak"
        assert found.undefined["recovery_factor"] == "no drawdown in the window"

    def test_days_that_are_not_expected_are_none(self, workspace: WriteWorkspace) -> None:
        """From Friday over the weekend to Monday is one day; a trade on a Sunday adds one."""
        week = "trading_week: mon-fri\n"
        pnls = [0, 0, 0, 0, -5, None, None, 0, 5]
        assert summary(workspace, pnls, week).metrics["longest_drawdown_days"] == 3
        pnls[6] = 1
        assert summary(workspace, pnls, week).metrics["longest_drawdown_days"] == 4

    def test_pyfolios_table_in_money(self, workspace: WriteWorkspace) -> None:
        """There the fall of a half comes first, and then that of 40 %."""
        equity = "100 110 120 150 180 200 100 120 160 180 200 300 400 500 600 800 900 1000 650 600"
        metrics = summary(workspace, falls(equity), "starting_equity: 100\n").metrics
        assert str(metrics["recovery_factor"]) == "1.25"
        assert str(metrics["max_drawdown_pct"]) == "-0.5"
        assert metrics["kelly"] == Decimal("0.421052631578947368")  # 8/19


class TestRanks:
    @pytest.mark.parametrize(
        ("days", "var", "cvar"), [(20, "-20", "-20"), (21, "-19", "-19.5"), (40, "-19", "-19.5")]
    )
    def test_the_worst_twentieth_is_ranked_and_not_interpolated(
        self, workspace: WriteWorkspace, days: int, var: str, cvar: str
    ) -> None:
        """Of P&L -20, -19, ... numpy says -19.05 of 20 days and -19 of 21."""
        metrics = summary(workspace, [k - 21 for k in range(1, days + 1)][::-1]).metrics
        assert (str(metrics["var_95"]), str(metrics["cvar_95"])) == (var, cvar)

    def test_empyricals_mixed_returns(self, workspace: WriteWorkspace) -> None:
        pnls = ["0.01", "0.10", "-0.04", "0.02", "0.03", "0.02", "0.01", "-0.10"] * 3
        metrics = summary(workspace, pnls, "periods_per_year: 252\n").metrics
        assert str(metrics["var_95"]) == str(metrics["cvar_95"]) == "-0.1"

    def test_fewer_than_20_days_have_none(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, [1] * 19, "starting_equity: 100\n")
        for name in ("var_95", "cvar_95", "volatility", "cagr", "calmar", "ulcer_index"):
            assert found.metrics[name] is None
            assert found.undefined[name] == "19 expected days; at least 20 are needed"


class TestGrowth:
    @pytest.mark.parametrize(
        ("start", "end", "days", "periods", "growth"),
        [
            # freqtrade, test_calculate_cagr: 1.7119, 0.3945, 3.3927
            (64900, 176000, 365, 365, "1.71186440677966102"),
            (64900, 176000, 1095, 365, "0.3945132882872279"),
            (1000, 1500, 100, 365, "3.39271569248823184"),
            # nautilus_trader, crates/analysis/src/statistics/cagr.rs: 0.21
            (1000, 1100, 126, 252, "0.21"),
        ],
    )
    def test_growth_over_a_number_of_days(
        self,
        workspace: WriteWorkspace,
        start: int,
        end: int,
        days: int,
        periods: int,
        growth: str,
    ) -> None:
        pnls = [0] * (days - 1) + [end - start]
        config = f"starting_equity: {start}\nperiods_per_year: {periods}\n"
        metrics = summary(workspace, pnls, config).metrics
        assert str(metrics["cagr"]) == growth
        assert metrics["calmar"] is None  # equity never fell

    def test_a_fall_and_its_recovery(self, workspace: WriteWorkspace) -> None:
        """ffn, tests/core, ulcer_index of 100 90 100, here after 18 days without change."""
        metrics = summary(workspace, [0] * 18 + [-10, 10], "starting_equity: 100\n").metrics
        assert str(metrics["ulcer_index"]) == "0.022360679774997897"
        assert str(metrics["volatility"]) == "0.655098214938092106"
        assert metrics["return_pct"] == 0

    @pytest.mark.parametrize(
        ("pnls", "share", "earned"),
        [
            # empyrical, test_stats.py, max_drawdown of mixed_returns: -0.1, total 0.03893
            (
                "1 10.1 -4.444 2.13312 3.2636736 2.241055872 1.14293849472 -11.543678796672",
                "-0.1",
                "0.03893109170048",
            ),
            ("10 -11 9.9", "-0.1", "0.089"),
        ],
    )
    def test_returns_of_an_account_of_100(
        self, workspace: WriteWorkspace, pnls: str, share: str, earned: str
    ) -> None:
        metrics = summary(workspace, pnls.split(), "starting_equity: 100\n").metrics
        assert str(metrics["max_drawdown_pct"]) == share
        assert str(metrics["return_pct"]) == earned

    def test_equity_that_is_used_up_has_no_returns(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, [-100, *[1] * 20], "starting_equity: 100\n")
        for name in ("volatility", "cagr", "calmar", "ulcer_index"):
            assert found.undefined[name] == "equity was not above 0"
        assert str(found.metrics["return_pct"]) == "-0.8"

    def test_without_starting_equity_there_is_none(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, [1] * 20)
        for name in ("return_pct", "volatility", "cagr", "calmar", "ulcer_index"):
            assert found.undefined[name] == "no starting_equity is configured"


class TestKelly:
    @pytest.mark.parametrize(
        ("pnls", "fraction"),
        [
            ("2 -1", "0.25"),  # half at 2:1
            ("2 2 -1 -1 -1", "0.1"),  # 40 % at 2:1
            ("100 200 50 -150 300 -100 80 -30", "0.385273972602739726"),
            ("18 18 8 0", None),
            ("-22 18 8", "0.102564102564102564"),
            ("1 -1 -1", "-0.333333333333333333"),
        ],
    )
    def test_share_to_risk(
        self, workspace: WriteWorkspace, pnls: str, fraction: str | None
    ) -> None:
        kelly = summary(workspace, pnls.split()).metrics["kelly"]
        assert (None if kelly is None else str(kelly)) == fraction


class TestDeposits:
    CONFIG = "starting_equity: 1000\ndeposits:\n  - {date: 2026-04-08, amount: 500}\n"

    def test_a_deposit_is_equity_from_the_start_of_its_day(self, workspace: WriteWorkspace) -> None:
        """1000, +100 on Monday, nothing on Tuesday, 500 paid in and +160 on Wednesday."""
        logs = {"logs/trades/2026-04-06.jsonl": lines_of([100, None, 160])}
        desk = perfkit.open(workspace(BOT + QUIET + self.CONFIG, logs))
        returns = [
            str(desk.summary("daily", day).metrics["return_pct"])
            for day in ("2026-04-06", "2026-04-07", "2026-04-08")
        ]
        assert returns == ["0.1", "0", "0.1"]
        assert str(desk.summary("all").metrics["return_pct"]) == "0.26"
        assert list(desk.equity()) == [Decimal(1100), Decimal(1100), Decimal(1760)]
        assert list(desk.returns()) == [0.1, 0.0, 0.1]

    def test_it_neither_hides_a_drawdown_nor_makes_one(self, workspace: WriteWorkspace) -> None:
        """A fall of 100 from 1000, then one more of 50 when 500 were paid in: 150 of 1500."""
        metrics = summary(workspace, [0, -100, -50], self.CONFIG).metrics
        assert str(metrics["max_drawdown"]) == "-150"
        assert str(metrics["max_drawdown_pct"]) == "-0.1"
        drawn = self.CONFIG.replace("500", "-500")
        metrics = summary(workspace, [0, 10, 0], drawn).metrics
        assert str(metrics["max_drawdown_pct"]) == "0"
        metrics = summary(workspace, [0, 0, -50], drawn).metrics
        assert str(metrics["max_drawdown_pct"]) == "-0.1"
        found = summary(workspace, [0, 0, 1], self.CONFIG.replace("500", "-1000"))
        assert found.undefined["max_drawdown_pct"] == "equity was not above 0"

    def test_what_is_taken_out_counts_once_a_trade_has_closed(
        self, workspace: WriteWorkspace
    ) -> None:
        """A fall of 100 from 1000, 500 taken out, then a gain of 60: 40 of 500 is no deeper."""
        taken = self.CONFIG.replace("500", "-500")
        logs = {"logs/trades/2026-04-06.jsonl": lines_of([0, -100, 60])}
        desk = perfkit.open(workspace(BOT + QUIET + taken, logs))
        assert str(desk.summary("all").metrics["max_drawdown_pct"]) == "-0.1"
        found = desk.explain("max_drawdown_pct", "all")
        assert found.inputs == {"starting_equity": 1000, "P": 1000, "E": 900}

    def test_it_is_explained(self, workspace: WriteWorkspace) -> None:
        logs = {"logs/trades/2026-04-06.jsonl": lines_of([0, -100, -80])}
        desk = perfkit.open(workspace(BOT + QUIET + self.CONFIG, logs))
        found = desk.explain("max_drawdown_pct", "all")
        assert found.inputs == {"starting_equity": 1000, "P": 1500, "E": 1320}
        assert len(found.trades) == 3

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("deposits: 5\n", "deposits: is not a list"),
            ("deposits: [{date: 2026-04-08}]\n", "deposits.0.amount: None is not a number"),
            ("deposits: [{date: x, amount: 1}]\n", "deposits.0.date: 'x' is not a date"),
            ("deposits: [{date: 2026-04-08, amount: 0}]\n", "deposits.0.amount: is 0"),
            ("deposits: [{day: 2026-04-08, amount: 1}]\n", "deposits.0.day: is unknown"),
        ],
    )
    def test_what_is_no_deposit_is_refused(
        self, workspace: WriteWorkspace, text: str, said: str
    ) -> None:
        with pytest.raises(ConfigError) as refused:
            perfkit.open(workspace(BOT + "starting_equity: 1000\n" + text))
        assert said in str(refused.value)

    def test_deposits_need_what_they_are_added_to(self, workspace: WriteWorkspace) -> None:
        with pytest.raises(ConfigError, match="are added to starting_equity; set that as well"):
            perfkit.open(workspace(BOT + "deposits: [{date: 2026-04-08, amount: 1}]\n"))

    @given(
        pnls=st.lists(st.integers(-30, 40), min_size=20, max_size=30),
        paid=st.dictionaries(st.integers(-2, 32), st.integers(1, 300), max_size=4),
    )
    def test_growth_is_that_of_a_unit_that_nobody_paid_into(
        self, fresh_workspace: WriteWorkspace, pnls: list[int], paid: dict[int, int]
    ) -> None:
        """Every return by itself, and equity followed by hand, in fractions."""
        entries = "".join(
            f"  - {{date: {FIRST + timedelta(days=day)}, amount: {amount}}}\n"
            for day, amount in paid.items()
        )
        config = "starting_equity: 1000\nperiods_per_year: 365\n"
        config += f"deposits:\n{entries}" if paid else ""
        metrics = summary(fresh_workspace, pnls, config).metrics
        equity, unit = Fraction(1000) + sum(paid[day] for day in paid if day < 0), Fraction(1)
        peak, worst = equity, Fraction(0)
        for day, pnl in enumerate(pnls):
            equity, peak = equity + paid.get(day, 0), peak + paid.get(day, 0)
            unit *= 1 + pnl / equity
            equity += pnl
            peak = max(peak, equity)
            worst = min(worst, (equity - peak) / peak)
        found, share = metrics["cagr"], metrics["max_drawdown_pct"]
        assert isinstance(found, Decimal)
        assert isinstance(share, Decimal)
        # (1 + cagr) ^ n = unit ^ 365, in logarithms
        ours = float(1 + found) ** (len(pnls) / 365)
        assert ours == pytest.approx(float(unit), rel=1e-12)
        assert float(share) == pytest.approx(float(worst), abs=1e-15)
