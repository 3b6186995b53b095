"""Trades, days, equity and returns of a desk as pandas objects."""

import json
import math
import warnings
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit import Desk
from perfkit.core.errors import UsageError
from perfkit.core.trade import Trade
from tests.conftest import BOT, WriteWorkspace

FIRST_DAY = date(2026, 4, 6)
"""A Monday."""


def trade(order: str, closed_at: str | None, pnl: str | None, **more: str) -> str:
    """A line of a `trade_record` log, of an open trade where it has no closing time."""
    times = {"timestamp": "2026-04-06T12:00:00Z", "exit_timestamp": closed_at and f"{closed_at}Z"}
    outcome = {} if closed_at else {"outcome": "open"}
    return (
        json.dumps({"order_id": order, **times, "net_profit_loss": pnl, **outcome, **more}) + "\n"
    )


LOGS = {
    "logs/trades/2026-04-06.jsonl": trade("O1", None, "7.5", symbol="ETH"),
    "logs/trades/2026-04-07.jsonl": trade("A1", "2026-04-07T00:00:00", "0.1", symbol="BTC")
    + trade("A2", "2026-04-07T23:59:59.999999", "0.2", symbol="ETH"),
    "logs/trades/2026-04-08.jsonl": trade("B1", "2026-04-08T00:00:00", "-2", symbol="BTC"),
}
ACCOUNT = BOT + "starting_equity: 1000\n"


@pytest.fixture
def desk(workspace: WriteWorkspace) -> Desk:
    return perfkit.open(workspace(ACCOUNT, LOGS))


class TestTrades:
    def test_there_is_a_row_per_closed_trade_in_trade_order_and_a_column_per_field(
        self, desk: Desk
    ) -> None:
        frame = desk.trades()
        assert list(frame.columns) == [*Trade._fields, *desk.config.dimensions]
        assert list(frame["line"]) == [
            "logs/trades/2026-04-07.jsonl:1",
            "logs/trades/2026-04-07.jsonl:2",
            "logs/trades/2026-04-08.jsonl:1",
        ]
        assert list(frame["outcome"]) == ["win", "win", "loss"]

    def test_money_is_decimal_and_sums_exactly(self, desk: Desk) -> None:
        frame = desk.trades("2026-04-07", "2026-04-07")
        assert {type(amount) for amount in frame["net_pnl"]} == {Decimal}
        assert sum(frame["net_pnl"]) == Decimal("0.3")

    def test_times_are_utc_to_the_microsecond_and_can_be_counted_with(self, desk: Desk) -> None:
        frame = desk.trades()
        assert [str(frame[name].dt.tz) for name in ("opened_at", "closed_at")] == ["UTC", "UTC"]
        last = frame["closed_at"][1]
        assert last == pd.Timestamp("2026-04-07T23:59:59.999999Z")
        held = frame["closed_at"] - frame["opened_at"]
        assert held[2] == timedelta(days=1, hours=12)

    @pytest.mark.parametrize(
        ("start", "end", "orders"),
        [
            (None, None, 3),
            ("2026-04-07", "2026-04-08", 3),
            ("2026-04-07", "2026-04-07", 2),
            ("2026-04-08", "2026-04-08", 1),
            ("2026-04-07", None, 3),
            ("2026-04-08", "", 1),
            (None, "2026-04-07", 2),
            ("", "2026-04-08", 3),
            ("2026-05-01", None, 0),
            (None, "2026-04-01", 0),
            (date(2026, 4, 9), date(2026, 5, 1), 0),
        ],
    )
    def test_dates_are_inclusive_and_one_alone_is_open_to_the_other_side(
        self, desk: Desk, start: str | None, end: str | None, orders: int
    ) -> None:
        assert len(desk.trades(start, end)) == orders

    def test_days_are_those_of_the_zone(self, workspace: WriteWorkspace) -> None:
        desk = perfkit.open(workspace(BOT + "timezone: Europe/Berlin\n", LOGS))
        assert len(desk.trades("2026-04-08", "2026-04-08")) == 2

    def test_filter_is_the_one_of_summaries(self, desk: Desk) -> None:
        assert list(desk.trades(where="symbol=BTC")["symbol"]) == ["BTC", "BTC"]

    def test_frame_without_trades_has_the_same_columns_and_times(self, desk: Desk) -> None:
        empty, full = desk.trades("2026-04-06", "2026-04-06"), desk.trades()
        assert len(empty) == 0
        assert list(empty.columns) == list(full.columns)
        assert empty["closed_at"].dt.tz is not None

    def test_open_trades_have_their_logged_pnl_and_no_outcome(self, desk: Desk) -> None:
        frame = desk.open_trades()
        assert list(frame["symbol"]) == ["ETH"]
        assert list(frame["net_pnl"]) == [Decimal("7.5")]
        assert frame["closed_at"].isna().all()
        assert list(frame["outcome"]) == [None]
        assert len(desk.open_trades(where="symbol=BTC")) == 0

    def test_closed_trades_of_a_window_are_those_of_its_figures(self, desk: Desk) -> None:
        closed = desk.closed(desk.window("daily", "2026-04-07"))
        assert [closed[row].net_pnl for row in range(len(closed))] == [
            Decimal("0.1"),
            Decimal("0.2"),
        ]
        assert closed[1].closed_at == datetime(2026, 4, 7, 23, 59, 59, 999999, UTC)


class TestFloats:
    def test_numbers_are_floats_that_sum_describe_and_plot(self, desk: Desk) -> None:
        frame = desk.trades(numbers="float")
        numbers = ["net_pnl", "commission", "quantity", "r", "hold_seconds"]
        assert {str(frame[name].dtype) for name in numbers} == {"float64"}
        assert list(frame["net_pnl"].cumsum().round(9)) == [0.1, 0.3, -1.7]
        assert frame["quantity"].isna().all()
        assert "net_pnl" in frame.describe()

    def test_all_else_is_as_in_the_exact_frame(self, desk: Desk) -> None:
        exact, floats = desk.trades(), desk.trades(numbers="float")
        others = [name for name in exact if floats[name].dtype != "float64"]
        assert "closed_at" in others
        assert "line" in others
        pd.testing.assert_frame_equal(exact[others], floats[others])

    @given(
        number=st.decimals(
            allow_nan=False, allow_infinity=False, places=12, min_value=-1e9, max_value=1e9
        )
    )
    def test_float_is_the_nearest_to_the_exact_number(self, number: Decimal) -> None:
        with TemporaryDirectory() as folder:
            desk = desk_with(Path(folder), [(0, number), (0, Decimal("0.1"))], set())
            assert list(desk.trades(numbers="float")["net_pnl"]) == sorted([float(number), 0.1])

    @pytest.mark.parametrize("numbers", ["floats", "", None, float])
    @pytest.mark.parametrize("name", ["trades", "open_trades", "daily", "equity"])
    def test_kind_of_number_that_there_is_not_is_a_usage_error(
        self, desk: Desk, name: str, numbers: Any
    ) -> None:
        with pytest.raises(UsageError, match="use 'decimal' \\(exact\\) or 'float'"):
            getattr(desk, name)(numbers=numbers)

    def test_open_trades_have_floats_too(self, desk: Desk) -> None:
        assert list(desk.open_trades(numbers="float")["net_pnl"]) == [7.5]


class TestDaily:
    def test_there_is_a_row_for_each_expected_day_also_without_a_trade(self, desk: Desk) -> None:
        daily = desk.daily()
        assert list(daily.index) == [pd.Timestamp(2026, 4, day) for day in (6, 7, 8)]
        assert (daily.index.name, daily.index.dtype.kind) == ("date", "M")
        assert list(daily["closed_trades"]) == [0, 2, 1]
        assert list(daily["wins"]) == [0, 2, 0]
        assert list(daily["net_pnl"]) == [0, Decimal("0.3"), -2]
        assert {type(one) for one in daily["net_pnl"]} == {Decimal}
        assert not daily["is_missing"].any()

    def test_sum_is_the_net_pnl_of_the_summary(self, desk: Desk) -> None:
        assert desk.daily()["net_pnl"].sum() == desk.summary("all").metrics["net_pnl"]
        weekly = desk.daily("weekly", "2026-04-08", where="symbol=BTC")
        of_btc = desk.summary("weekly", "2026-04-08", where="symbol=BTC")
        assert weekly["net_pnl"].sum() == of_btc.metrics["net_pnl"]

    def test_window_is_chosen_as_for_a_summary(self, desk: Desk) -> None:
        assert len(desk.daily("daily")) == 1
        assert len(desk.daily(start="2026-04-07", end="2026-04-30")) == 2
        with pytest.warns(UserWarning, match="5 expected days have no log file"):
            assert len(desk.daily("monthly", date(2026, 4, 8))) == 8

    def test_floats_can_be_plotted(self, desk: Desk) -> None:
        daily = desk.daily(numbers="float")
        assert daily["net_pnl"].dtype == "float64"
        assert list(daily["net_pnl"].cumsum().round(9)) == [0, 0.3, -1.7]

    def test_missing_day_is_said_and_is_not_zero(self, workspace: WriteWorkspace) -> None:
        logs = {**LOGS, "logs/trades/2026-04-10.jsonl": trade("C1", "2026-04-10T09:00:00", "1")}
        desk = perfkit.open(workspace(ACCOUNT, logs))
        said = r"1 expected day has no log file \(2026-04-09\); what they earned is not known"
        with pytest.warns(UserWarning, match=said):
            daily = desk.daily()
        assert list(daily["is_missing"]) == [False, False, False, True, False]
        assert list(daily["net_pnl"]) == [0, Decimal("0.3"), -2, None, 1]
        assert daily.attrs["missing_days"] == ["2026-04-09"]
        with pytest.warns(UserWarning, match=said):
            assert math.isnan(desk.daily(numbers="float")["net_pnl"].iloc[3])
        with pytest.warns(UserWarning, match=said):
            assert list(desk.equity())[2:] == [Decimal("998.3"), None, Decimal("999.3")]
        with pytest.warns(UserWarning, match=said):
            assert [math.isnan(one) for one in desk.returns()] == [False] * 3 + [True, False]

    def test_warning_is_about_the_line_that_asked(self, workspace: WriteWorkspace) -> None:
        logs = {**LOGS, "logs/trades/2026-04-10.jsonl": ""}
        desk = perfkit.open(workspace(ACCOUNT, logs))
        logs_later = trade("C1", "2026-04-10T09:00:00", "1")
        (desk.config.root / "logs/trades/2026-04-10.jsonl").write_text(logs_later)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            desk.daily(), desk.equity(), desk.returns()
        assert {one.filename for one in said} == {__file__}

    def test_day_of_trades_without_a_pnl_has_no_net_pnl(self, workspace: WriteWorkspace) -> None:
        lost = trade("L1", "2026-04-07T09:00:00", None, outcome="loss")
        desk = perfkit.open(workspace(ACCOUNT, {"logs/trades/2026-04-07.jsonl": lost}))
        daily = desk.daily()
        assert (list(daily["losses"]), list(daily["net_pnl"])) == ([1], [None])
        assert list(desk.equity()) == [1000]
        assert desk.returns().isna().all()

    def test_day_outside_of_the_trading_week_has_a_row_and_no_return(
        self, workspace: WriteWorkspace
    ) -> None:
        logs = {
            "logs/trades/2026-04-10.jsonl": trade("F1", "2026-04-10T09:00:00", "10"),
            "logs/trades/2026-04-11.jsonl": trade("S1", "2026-04-11T09:00:00", "-10"),
            "logs/trades/2026-04-13.jsonl": trade("M1", "2026-04-13T09:00:00", "100"),
        }
        desk = perfkit.open(workspace(ACCOUNT + "trading_week: mon-fri\n", logs))
        daily = desk.daily()
        assert [one.day for one in daily.index] == [10, 11, 13]
        assert list(daily["is_expected"]) == [True, False, True]
        assert list(desk.equity()) == [1010, 1000, 1100]
        with pytest.warns(UserWarning, match=r"closed on 1 day outside .* \(2026-04-11\)"):
            assert list(desk.returns()) == [0.01, 0.1]

    def test_nothing_gives_empty_objects_of_the_same_kind(self, desk: Desk) -> None:
        chosen = {"start": "2030-01-01", "end": "2030-01-31"}
        assert list(desk.daily(**chosen).columns) == list(desk.daily().columns)
        for empty in (desk.daily(**chosen), desk.equity(**chosen), desk.returns(**chosen)):
            assert len(empty) == 0
            assert isinstance(empty.index, pd.DatetimeIndex)

    def test_frames_name_their_currency_and_the_newest_day(self, desk: Desk) -> None:
        for frame in (desk.trades(), desk.open_trades(), desk.daily(), desk.equity()):
            assert frame.attrs == {"currency": "USD", "data_up_to": "2026-04-08"}
        assert desk.returns(where="symbol=BTC").attrs["where"] == {"symbol": "BTC"}


class TestReturns:
    def test_return_is_net_pnl_over_equity_at_the_start_of_the_day(
        self, workspace: WriteWorkspace
    ) -> None:
        logs = {
            "logs/trades/2026-04-06.jsonl": trade("A", "2026-04-06T10:00:00", "50"),
            "logs/trades/2026-04-07.jsonl": trade("B", "2026-04-07T10:00:00", "-21"),
        }
        desk = perfkit.open(workspace(ACCOUNT, logs))
        returns = desk.returns()
        assert returns.dtype == "float64"
        assert list(returns) == [0.05, -0.02]
        assert list(desk.equity()) == [1050, 1029]
        assert list(desk.returns("daily")) == [-0.02]

    @pytest.mark.parametrize("name", ["returns", "equity"])
    def test_without_a_starting_equity_it_is_one_sentence(
        self, workspace: WriteWorkspace, name: str
    ) -> None:
        desk = perfkit.open(workspace(logs=LOGS))
        with pytest.raises(UsageError, match="no starting_equity in config"):
            getattr(desk, name)()

    def test_account_that_is_used_up_has_no_return(self, workspace: WriteWorkspace) -> None:
        logs = {
            "logs/trades/2026-04-06.jsonl": trade("A", "2026-04-06T10:00:00", "-1000"),
            "logs/trades/2026-04-07.jsonl": trade("B", "2026-04-07T10:00:00", "5"),
        }
        desk = perfkit.open(workspace(ACCOUNT, logs))
        assert list(desk.returns("daily", "2026-04-06")) == [-1]
        with pytest.raises(UsageError, match="no return on 2026-04-07: equity was 0 at its start"):
            desk.returns()

    def test_it_says_what_is_wrong_with_the_window(self, desk: Desk) -> None:
        with pytest.raises(UsageError, match="use one of daily, weekly"):
            desk.returns("hourly")


AMOUNTS = st.decimals(-99, 150, places=2)


@given(
    days=st.lists(st.tuples(st.integers(0, 20), AMOUNTS), min_size=1, max_size=30),
    logged=st.sets(st.integers(0, 20)),
    first=st.integers(0, 20),
    workdays=st.booleans(),
)
def test_days_equity_and_returns_equal_a_count_by_hand(
    days: Sequence[tuple[int, Decimal]], logged: set[int], first: int, *, workdays: bool
) -> None:
    """Each trade stands in the file of its day; further days have a file without a trade."""
    with TemporaryDirectory() as folder:
        desk = desk_with(Path(folder), days, logged, workdays=workdays)
        start = day_number(first)
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            daily = desk.daily(start=start, end="2026-05-31")
            equity = desk.equity(start=start, end="2026-05-31")
            returns = desk.returns(start=start, end="2026-05-31")
    filed = {day for day, _ in days} | logged
    earned = {
        day: sum((pnl for on, pnl in days if on == day), Decimal(0))
        for day in {on for on, _ in days}
    }
    shown, at_end, rates = [], [], []
    for number in range(first, max(filed) + 1):
        day = day_number(number)
        is_expected = not workdays or day.weekday() < 5
        before = Fraction(3000) + sum(Fraction(pnl) for on, pnl in days if on < number)
        net = earned.get(number, Decimal(0)) if number in filed else None
        if not is_expected and number not in earned:
            continue
        shown.append((pd.Timestamp(day), net))
        at_end.append(None if net is None else before + Fraction(net))
        if is_expected:
            rates.append(math.nan if net is None else float(Fraction(net) / before))
    assert list(zip(daily.index, daily["net_pnl"], strict=True)) == shown
    assert [None if one is None else Fraction(one) for one in equity] == at_end
    assert list(returns) == pytest.approx(rates, rel=1e-15, nan_ok=True)


def day_number(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def desk_with(
    root: Path, days: Sequence[tuple[int, Decimal]], logged: set[int], *, workdays: bool = False
) -> Desk:
    week = "trading_week: mon-fri\n" if workdays else ""
    (root / "config").mkdir()
    (root / "config/perfkit.yaml").write_text(f"{BOT}starting_equity: 3000\n{week}")
    (root / "logs/trades").mkdir(parents=True)
    lines = {day_number(number): "" for number in logged}
    for order, (number, pnl) in enumerate(days):
        day = day_number(number)
        lines[day] = lines.get(day, "") + trade(str(order), f"{day}T10:00:00", str(pnl))
    for day, text in lines.items():
        opened = trade(f"O{day}", None, None, timestamp=f"{day}T09:00:00Z")
        (root / f"logs/trades/{day}.jsonl").write_text(text + opened)
    return perfkit.open(root)


class TestQuantstats:
    """Where definitions agree, quantstats gives the same figures."""

    @pytest.fixture
    def sample(self, tmp_path: Path) -> Desk:
        pnl = [Decimal((n * 7919 % 401) - 180) / 4 for n in range(60)]
        return desk_with(tmp_path, [(n // 2, one) for n, one in enumerate(pnl)], set())

    def test_it_runs_on_returns_and_agrees(self, sample: Desk) -> None:
        stats = pytest.importorskip("quantstats.stats")
        returns, equity = sample.returns(), sample.equity()
        exact = exact_returns(equity)
        count = len(exact)
        assert count == 30
        mean = sum(exact) / count
        spread = sum((one - mean) ** 2 for one in exact) / (count - 1)
        below = sum(min(one, Fraction(0)) ** 2 for one in exact) / count
        root = math.sqrt(365)
        same = {
            "sharpe": float(mean) / math.sqrt(spread) * root,
            "sortino": float(mean) / math.sqrt(below) * root,
            "volatility": math.sqrt(spread) * root,
            "cagr": float(Fraction(equity.iloc[-1]) / 3000) ** (365 / count) - 1,
        }
        for name, value in same.items():
            assert getattr(stats, name)(returns, periods=365) == pytest.approx(value, rel=1e-12), (
                name
            )
        growth = Fraction(equity.iloc[-1]) / 3000 - 1
        assert stats.comp(returns) == pytest.approx(float(growth), rel=1e-12)
        assert stats.best(returns) == float(max(exact))
        assert stats.worst(returns) == float(min(exact))

    def test_drawdown_of_days_is_that_of_equity_at_their_ends(self, sample: Desk) -> None:
        stats = pytest.importorskip("quantstats.stats")
        heights = [Fraction(3000), *map(Fraction, sample.equity())]
        deepest = min(
            height / max(heights[: number + 1]) - 1 for number, height in enumerate(heights)
        )
        assert stats.max_drawdown(sample.returns()) == pytest.approx(float(deepest), rel=1e-12)

    def test_one_trade_a_day_has_the_drawdown_of_the_summary(self, tmp_path: Path) -> None:
        stats = pytest.importorskip("quantstats.stats")
        pnl = [Decimal((n * 7919 % 401) - 180) for n in range(30)]
        desk = desk_with(tmp_path, list(enumerate(pnl)), set())
        ours = desk.summary("all").metrics["max_drawdown_pct"]
        assert stats.max_drawdown(desk.returns()) == pytest.approx(float(str(ours)), rel=1e-12)

    def test_missing_day_is_left_out_of_its_statistics(self, tmp_path: Path) -> None:
        stats = pytest.importorskip("quantstats.stats")
        desk = desk_with(tmp_path, [(0, Decimal(30)), (1, Decimal(-15)), (3, Decimal(60))], set())
        with pytest.warns(UserWarning, match="2026-04-08"):
            returns = desk.returns()
        assert stats.volatility(returns, periods=1) == pytest.approx(returns.dropna().std())


def exact_returns(equity: "pd.Series[Any]") -> list[Fraction]:
    heights = [Fraction(3000), *map(Fraction, equity)]
    return [after / before - 1 for before, after in pairwise(heights)]
