"""The chart of excursions has a mark per trade, and counts the losses that were in profit."""

import perfkit
from perfkit.charts.style import Chart
from tests.charts.test_charts import colliding, markers, outside, title
from tests.conftest import WriteWorkspace
from tests.metrics.test_exits import at, desk_of


def chart_of(workspace: WriteWorkspace, *trades: tuple[object, object, object]) -> Chart:
    """The chart of trades with these P&Ls, and worst and best P&Ls."""
    lines = [
        {"out": at(number), "pnl": pnl, "worst": worst, "best": best}
        for number, (pnl, worst, best) in enumerate(trades)
    ]
    desk: perfkit.Desk = desk_of(workspace, lines)
    return desk.chart.excursions("all")


def test_each_trade_is_a_mark_of_its_outcome(workspace: WriteWorkspace) -> None:
    chart = chart_of(workspace, ("5", "-1", "9"), ("-3", "-4", "2"), ("-3", "-3", "8"))
    (axes,) = chart.axes
    wins, losses = (markers(axes, shape)[0].get_xydata() for shape in "^v")
    assert wins.tolist() == [[-1, 9]]  # type: ignore[union-attr]
    assert losses.tolist() == [[-4, 2], [-3, 8]]  # type: ignore[union-attr]
    assert (outside(chart), colliding(chart)) == ([], [])


def test_the_title_says_what_was_kept_and_which_losses_were_in_profit(
    workspace: WriteWorkspace,
) -> None:
    chart = chart_of(workspace, ("9", "-1", "10"), ("-3", "-4", "2"), ("-3", "-3", "8"))
    assert title(chart) == (
        "15.0 % of the best P&L was kept; 1 of 2 losses had been in profit by more than was lost"
    )


def test_of_a_losing_record_it_says_how_far_trades_went(workspace: WriteWorkspace) -> None:
    chart = chart_of(workspace, ("-3", "-4", "2"))
    assert title(chart) == (
        "On average −4.00 at worst, 2.00 at best; no loss had been in profit by more than was lost"
    )


def test_without_excursions_it_says_so(workspace: WriteWorkspace) -> None:
    chart = chart_of(workspace, ("5", None, "9"))
    assert title(chart) == "No closed trade logs both excursions (mae and mfe)"
    assert chart.axes == []
