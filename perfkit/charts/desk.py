"""The charts of a desk: methods that return figures.

`desk.chart.equity("weekly", "2025-10-09")` shows the chart in a notebook; `.png()` returns its
bytes and `.savefig` writes any other format. Each method takes the arguments of `desk.summary`,
shows its figures, and states the result in the title. matplotlib is loaded with the first chart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

try:
    import matplotlib  # noqa: F401 - the modules imported next need it
except ModuleNotFoundError as error:
    from perfkit.core.errors import MissingExtraError

    raise MissingExtraError("matplotlib", "reports") from error

from perfkit.charts import (
    bars,
    by_part,
    excursions,
    grids,
    histograms,
    months,
    over_time,
    simulation,
    underwater,
)
from perfkit.charts.style import Chart, style
from perfkit.charts.view import View, view_of
from perfkit.summary.comparison.sides import kind_of, two_selections
from perfkit.summary.filters import Where
from perfkit.summary.selection import Day, Selection
from perfkit.summary.shown import PublicNames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.summary.comparison.sides import Chooses


class ChartMethod(Protocol):
    """How every chart is called: with the arguments of `desk.summary`."""

    def __call__(
        self,
        window: str = ...,
        date: Day = ...,
        *,
        start: Day = ...,
        end: Day = ...,
        where: Where = ...,
    ) -> Chart: ...


def _method(draw: Callable[[View], Chart], default: str = "daily") -> ChartMethod:
    """The method of `ChartDesk` that selects trades and draws them with `draw`.

    It has the name and the docstring of `draw`, so that a notebook shows them with the signature.
    `default` is the window where none is named.
    """

    def method(
        self: ChartDesk,
        window: str = default,
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Chart:
        if default == "all":
            window = kind_of(window, start, end)
        selection = self._desk.selection(window, date, start=start, end=end, where=where)
        view = self._view(selection)
        with style():
            chart = draw(view).settle()
        chart.digest = view.summary.data.digest
        return chart

    method.__name__, method.__doc__ = draw.__name__, draw.__doc__
    method.__qualname__ = f"ChartDesk.{draw.__name__}"
    return cast("ChartMethod", method)  # looking it up on an instance fills in `self`


class ChartDesk(PublicNames):
    """The charts of one workspace. A window and a filter are chosen as in `desk.summary`."""

    def __init__(self, desk: Chooses) -> None:
        self._desk = desk
        self._latest: tuple[Selection, View] | None = None

    def _view(self, selection: Selection) -> View:
        """What the charts of a selection are drawn from; charts often come one after another."""
        if self._latest is not None:
            before, view = self._latest
            same = before.window == selection.window and before.where == selection.where
            if same and before.book is selection.book:
                return view
        view = view_of(selection)
        self._latest = selection, view
        return view

    equity = _method(over_time.equity)
    pnl_per_trade = _method(bars.pnl_per_trade)
    pnl_per_day = _method(bars.pnl_per_day)
    rolling_win_rate = _method(over_time.rolling_win_rate)
    distribution = _method(histograms.distribution)
    by_strategy = _method(by_part.by_strategy)
    by_symbol = _method(by_part.by_symbol)
    calendar = _method(grids.calendar)
    excursions = _method(excursions.excursions)
    r_histogram = _method(histograms.r_histogram)
    hour_heatmap = _method(grids.hour_heatmap)
    underwater = _method(underwater.underwater)
    monthly_returns = _method(months.monthly_returns)
    monte_carlo = _method(simulation.monte_carlo, "all")

    def comparison(
        self,
        where: Where = None,
        other: Where = None,
        window: str = "all",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        other_window: str | None = None,
        other_date: Day = None,
        other_start: Day = None,
        other_end: Day = None,
    ) -> Chart:
        """Both equity curves by trade, and each tested difference with its 95 % interval.

        Takes the arguments of `desk.compare`.

        >>> desk.chart.comparison("bot_version=1.4.2", "bot_version=1.4.3")
        """
        from perfkit.charts.comparison import comparison_chart
        from perfkit.summary.comparison.compare import compared

        sides = two_selections(
            self._desk,
            where,
            other,
            window,
            date,
            start=start,
            end=end,
            other_window=other_window,
            other_date=other_date,
            other_start=other_start,
            other_end=other_end,
        )
        return comparison_chart(compared(*sides), *sides)
