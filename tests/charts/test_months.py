"""The table of months: each cell is the figure of that month by itself."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

import perfkit
from perfkit.charts.labels import MONTHS
from perfkit.charts.months import periods
from perfkit.charts.style import Chart
from perfkit.charts.view import view_of
from tests.charts.test_charts import colliding, logs, outside, title
from tests.conftest import BOT, WriteWorkspace

WITH_EQUITY = BOT + "starting_equity: 1000\n"


def closed(*trades: tuple[str, str | None]) -> dict[str, str]:
    """Log files of trades that closed at noon of a day, with their net P&L."""
    return logs(
        [
            (datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC), net, {})
            for day, net in trades
        ]
    )


def cells(chart: Chart) -> dict[str, str]:
    """What is written in each cell, by its month: `Mar 2026`, `year 2026`."""
    (axes,) = chart.axes
    years = [label.get_text() for label in axes.get_yticklabels()]
    names = [*MONTHS, "year"]
    found = {}
    for text in axes.texts:
        column, row = (round(float(at)) for at in text.get_position())
        found[f"{names[column]} {years[row]}"] = text.get_text()
    return found


class TestReturns:
    def test_a_return_is_net_pnl_over_equity_at_the_start_of_the_month(
        self, workspace: WriteWorkspace
    ) -> None:
        """1,000 + 50 in March; 1,050 - 21 in April: -2 %; 29 in both: 2.9 %."""
        files = closed(("2026-03-02", "50"), ("2026-04-10", "-21"))
        chart = perfkit.open(workspace(WITH_EQUITY, files)).chart.monthly_returns("all")
        assert cells(chart) == {"Mar 2026": "+5.00", "Apr 2026": "−2.00", "year 2026": "+2.90"}
        assert title(chart) == (
            "1 of 2 months made money; best Mar 2026 +5.00 %, worst Apr 2026 −2.00 %"
        )

    def test_deposits_later_in_a_month_count_from_the_next(self, workspace: WriteWorkspace) -> None:
        config = WITH_EQUITY + "deposits: [{date: 2026-03-20, amount: 950}]\n"
        files = closed(("2026-03-02", "50"), ("2026-04-10", "-20"))
        chart = perfkit.open(workspace(config, files)).chart.monthly_returns("all")
        assert cells(chart) == {"Mar 2026": "+5.00", "Apr 2026": "−1.00", "year 2026": "+3.00"}

    def test_trades_before_the_window_are_in_equity(self, workspace: WriteWorkspace) -> None:
        files = closed(("2026-03-02", "1000"), ("2026-04-10", "100"))
        chart = perfkit.open(workspace(WITH_EQUITY, files)).chart.monthly_returns("monthly")
        assert cells(chart) == {"Apr 2026": "+5.00", "year 2026": "+5.00"}
        assert title(chart) == "+5.00 % in Apr 2026, the only month with a result"

    def test_equity_that_was_used_up_has_no_return(self, workspace: WriteWorkspace) -> None:
        files = closed(("2026-03-02", "-1000"), ("2026-04-10", "5"))
        desk = perfkit.open(workspace(WITH_EQUITY, files))
        assert cells(desk.chart.monthly_returns("all"))["Apr 2026"] == "–"
        assert title(desk.chart.monthly_returns("monthly")) == (
            "No month has a return: equity was not above 0 at its start"
        )

    @settings(deadline=None, max_examples=10)
    @given(
        st.lists(
            st.tuples(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(-300, 300)),
            min_size=1,
            max_size=12,
        ),
        st.lists(
            st.tuples(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(1, 900)),
            max_size=3,
            unique_by=lambda one: one[0],
        ),
    )
    def test_each_is_the_return_pct_of_its_month_and_year(
        self,
        fresh_workspace: WriteWorkspace,
        trades: Sequence[tuple[date, int]],
        deposits: Sequence[tuple[date, int]],
    ) -> None:
        paid = ", ".join(f"{{date: {day}, amount: {sum_}}}" for day, sum_ in deposits)
        config = WITH_EQUITY + f"deposits: [{paid}]\n"
        files = closed(*sorted((f"{day}", f"{net}") for day, net in trades))
        desk = perfkit.open(fresh_workspace(config, files))
        newest = max(day for day, _ in trades)
        view = view_of(desk.selection("yearly", newest))
        for kind, by_year in (("monthly", False), ("yearly", True)):
            for period in periods(view, view.window.first_day, by_year=by_year):
                summary = desk.summary(kind, period.first)
                assert period.value == summary.metrics["return_pct"] or not period.trades
                assert period.trades == summary.metrics["closed_trades"]
                assert period.is_missing == bool(summary.data.missing_days and not period.trades)


class TestMoney:
    def test_without_starting_equity_cells_are_net_pnl(self, workspace: WriteWorkspace) -> None:
        files = closed(("2025-12-31", "12.5"), ("2026-02-03", "-7"))
        chart = perfkit.open(workspace(BOT, files)).chart.monthly_returns("all")
        assert cells(chart) == {
            "Dec 2025": "+12.50",
            "year 2025": "+12.50",
            "Jan 2026": "no log",
            "Feb 2026": "−7.00",
            "year 2026": "−7.00",
        }
        assert title(chart) == (
            "1 of 2 months made money; best Dec 2025 +12.50 USD, worst Feb 2026 −7.00 USD"
        )
        assert [patch.get_hatch() for patch in chart.axes[0].patches] == ["", "////", ""]

    def test_the_deepest_shade_is_the_largest_amount(self, workspace: WriteWorkspace) -> None:
        files = closed(("2026-01-31", "10"), ("2026-02-03", "-5"))
        chart = perfkit.open(workspace(BOT, files)).chart.monthly_returns("all")
        tiles = [patch for patch in chart.axes[0].patches if isinstance(patch, Rectangle)]
        assert [round(to_rgba(tile.get_facecolor())[3], 3) for tile in tiles] == [0.55, 0.275]

    def test_a_month_whose_pnl_nobody_logged_has_no_amount(self, workspace: WriteWorkspace) -> None:
        files = closed(("2026-01-31", "10"), ("2026-02-03", None))
        chart = perfkit.open(workspace(BOT, files)).chart.monthly_returns("all")
        assert cells(chart)["Feb 2026"] == "–"

    @pytest.mark.parametrize(
        ("net", "text"),
        [
            ("99.99", "+99.99"),
            ("-1234.6", "−1,235"),
            ("-123456.7", "−123k"),
            ("1234567", "+1.2M"),
            ("0.0012", "+0.0012"),
        ],
    )
    def test_long_amounts_are_written_shorter(
        self, workspace: WriteWorkspace, net: str, text: str
    ) -> None:
        chart = perfkit.open(workspace(BOT, closed(("2026-01-31", net)))).chart.monthly_returns()
        assert cells(chart)["Jan 2026"] == text
        assert outside(chart) == []

    def test_equal_months_have_no_best(self, workspace: WriteWorkspace) -> None:
        files = closed(("2026-01-31", "3"), ("2026-02-03", "3"))
        chart = perfkit.open(workspace(BOT, files)).chart.monthly_returns("all")
        assert title(chart) == "2 of 2 months made money; each +3.00 USD"

    @pytest.mark.slow
    def test_of_many_years_the_newest_are_shown(self, workspace: WriteWorkspace) -> None:
        files = closed(*((f"{year}-06-01", "1") for year in range(2003, 2026)))
        chart = perfkit.open(workspace(BOT, files)).chart.monthly_returns("all")
        assert [year for year in range(1990, 2030) if f"year {year}" in cells(chart)] == [
            *range(2006, 2026)
        ]
        assert (outside(chart), colliding(chart)) == ([], [])
