"""The numbers in a figure's formula, by the names the formula gives them."""

from __future__ import annotations

from collections.abc import Callable

from perfkit.core.exact import scaled
from perfkit.metrics.drawdown import current_fall, deepest_fall
from perfkit.metrics.metric import Inputs, Quotient
from perfkit.metrics.registry import row_of
from perfkit.summary.breakdowns import WindowSlices
from perfkit.summary.selection import Selection
from perfkit.summary.summary import Summary, account_curve, facts_of, pnl_curve


def numbers_in(metric: str, summary: Summary, selection: Selection) -> Inputs:
    """The numbers of a metric's formula; empty where the figure is a plain fact or count.

    Example: of `avg_win`, {"sum of gross_profit": Decimal("300"), "w": 2}.
    """
    row = row_of(metric)
    if metric in _FROM_CURVES:
        return _FROM_CURVES[metric](selection)
    if isinstance(row.inputs, tuple) and not row.parts:
        return {name: summary.metrics[name] for name in row.inputs}
    facts = facts_of(selection, WindowSlices(selection))
    if not isinstance(row.inputs, tuple):
        return row.inputs(facts)
    made = row.function(facts)
    if not row.parts or not isinstance(made, Quotient):
        return {}
    return {row.parts[0]: made.numerator, row.parts[1]: made.denominator}


def _max_drawdown(selection: Selection) -> Inputs:
    curve, places = pnl_curve(selection.inside), selection.inside.net_pnl.places
    fall = deepest_fall(curve)
    return {
        "C at the peak": scaled(curve[fall.peak], places),
        "C at the trough": scaled(curve[fall.trough], places),
    }


def _current_drawdown(selection: Selection) -> Inputs:
    curve, places = pnl_curve(selection.history), selection.history.net_pnl.places
    peak = current_fall(curve).peak
    return {"C": scaled(curve[-1], places), "max of C so far": scaled(curve[peak], places)}


def _max_drawdown_pct(selection: Selection) -> Inputs:
    account = account_curve(selection)
    fall = None if account is None else account.deepest
    if account is None or fall is None:
        return {}
    return {
        "starting_equity": selection.book.config.starting_equity,
        "P": scaled(fall.of_peak, account.places),
        "E": scaled(fall.of_peak - fall.depth, account.places),
    }


_FROM_CURVES: dict[str, Callable[[Selection], Inputs]] = {
    "max_drawdown": _max_drawdown,
    "current_drawdown": _current_drawdown,
    "max_drawdown_pct": _max_drawdown_pct,
}
