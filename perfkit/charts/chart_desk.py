"""The charts of a desk: methods that return figures.

`desk.chart.equity("weekly", "2025-10-09")` in a notebook shows the chart; `.png()` gives its bytes
and `.savefig` writes it anywhere. All of them take what `desk.summary` takes, print its figures,
and say their finding in the title. This module and those named `chart_*` are all that imports
matplotlib; it is loaded when the first chart is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date as Date  # noqa: N812 - `date` is what callers name the argument
from typing import Protocol

try:
    import matplotlib  # noqa: F401 - the modules imported next need it
except ModuleNotFoundError as error:
    from perfkit.core.errors import MissingExtraError

    raise MissingExtraError("matplotlib", "reports") from error

from perfkit.charts import bars, by_part, grids, histograms, over_time
from perfkit.charts.style import Chart, style
from perfkit.charts.view import View, view_of
from perfkit.summary.selection import Selection

Day = str | Date | None
Span = tuple[Day, Day]
Where = Mapping[str, str] | str | None


class Selects(Protocol):
    """What charts ask of a desk: the trades a window and a filter select."""

    def selection(
        self,
        window: str = ...,
        date: Day = ...,
        *,
        start: Day = ...,
        end: Day = ...,
        where: Where = ...,
    ) -> Selection: ...


class ChartDesk:
    """The charts of one workspace. A window is chosen as in `desk.summary`."""

    def __init__(self, desk: Selects) -> None:
        self._desk = desk

    def equity(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """Cumulative net P&L, and how far it is below its peak; the deepest fall is marked."""
        return self._drawn(over_time.equity, window, date, (start, end), where)

    def pnl_per_trade(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """Net P&L of every closed trade, in the order they closed."""
        return self._drawn(bars.pnl_per_trade, window, date, (start, end), where)

    def pnl_per_day(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """Net P&L of every trading day."""
        return self._drawn(bars.pnl_per_day, window, date, (start, end), where)

    def rolling_win_rate(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """Win rate of the latest 20 closed trades with its 95 % interval and target."""
        return self._drawn(over_time.rolling_win_rate, window, date, (start, end), where)

    def distribution(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """Histogram of net P&L per trade, with mean and median."""
        return self._drawn(histograms.distribution, window, date, (start, end), where)

    def by_strategy(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """Net P&L, trades and win rate of every strategy."""
        return self._drawn(by_part.by_strategy, window, date, (start, end), where)

    def by_symbol(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """Net P&L, trades and win rate of every symbol."""
        return self._drawn(by_part.by_symbol, window, date, (start, end), where)

    def calendar(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """A calendar with the net P&L of every day."""
        return self._drawn(grids.calendar, window, date, (start, end), where)

    def r_histogram(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """Histogram of realised R: net P&L as a multiple of the risk."""
        return self._drawn(histograms.r_histogram, window, date, (start, end), where)

    def hour_heatmap(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        """Net P&L by weekday and local hour of the close."""
        return self._drawn(grids.hour_heatmap, window, date, (start, end), where)

    def _drawn(
        self, draw: Callable[[View], Chart], window: str, date: Day, span: Span, where: Where
    ) -> Chart:
        start, end = span
        selection = self._desk.selection(window, date, start=start, end=end, where=where)
        with style():
            view = view_of(selection)
            chart = draw(view).settle()
        chart.digest = view.summary.data.digest
        return chart
