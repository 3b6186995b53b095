"""A table of months and years: the return of each, or its net P&L without a `starting_equity`.

A return is net P&L over equity at the start of the period, as the metric `return_pct` of that
period. Of 1,000 and +50 in March, then -21 in April: 5 %, then -2 %; both together are 2.9 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce

from perfkit.charts.labels import MONTHS, gain, short, signed_whole
from perfkit.charts.style import MUTED, Chart, Grid, haloed
from perfkit.charts.view import View, heading, nothing_to_draw
from perfkit.core.exact import ZERO, add, ratio, sum_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import NOTHING
from perfkit.metrics.account import deposited

RETURNS = "Return of each month"
MONEY = "Net P&L of each month"
MOST_YEARS = 20
CELL_SIZE = 8.0
"""A table of a longer window shows the newest years."""

WHOLE_FROM, SHORT_FROM = 100, 10_000
"""From the first on, cells have no decimals; from the second on, two or three digits."""


class Period(NamedTuple):
    """What the window holds of a month or a year, from its first day to its last.

    `value` is the return or the net P&L, None where it is not known. A period `is_missing` when it
    has expected days without a log and no trade.
    """

    first: date
    last: date
    value: Decimal | None
    trades: int
    is_missing: bool


def monthly_returns(view: View) -> Chart:
    """Return of every month and year of the window; net P&L where there is no `starting_equity`."""
    what = MONEY if view.equity_before is None else RETURNS
    empty = nothing_to_draw(view, "monthly_returns", what)
    if empty is not None:
        return empty
    first = max(view.window.first_day, date(max(view.last_day.year - MOST_YEARS + 1, 1), 1, 1))
    months = periods(view, first, by_year=False)
    years = periods(view, first, by_year=True)
    notes = [f"the newest {MOST_YEARS} years"] if first > view.window.first_day else []
    notes.append(
        f"in {view.currency}, as there is no starting_equity"
        if view.equity_before is None
        else "net P&L in % of equity at the start of the period"
    )
    words = heading(view, what, _finding(view, months), *notes)
    chart = Chart("monthly_returns", words, 0.35 + 0.5 * len(years))
    grid = Grid(chart.subplots(), [*MONTHS, "year"], [str(year.first.year) for year in years])
    largest = max((abs(month.value) for month in months if month.value), default=ZERO)
    for month in months:
        row, column = month.first.year - first.year, month.first.month - 1
        share = float(ratio(month.value, largest)) if month.value else 0.0
        grid.tile(row, column, share, "////" if month.is_missing else "")
        if month.is_missing:
            haloed(grid.write(row, column, "no log", size=CELL_SIZE, color=MUTED))
        else:
            grid.write(row, column, _in_a_cell(view, month.value), size=CELL_SIZE)
    for row, year in enumerate(years):
        text = _in_a_cell(view, year.value)
        grid.write(row, len(MONTHS), text, size=CELL_SIZE, weight="bold")
    return chart


def periods(view: View, first: date, *, by_year: bool) -> list[Period]:
    """The months or years of the window from a day on, in order, up to the newest line."""
    found, last = [], view.last_day
    while first <= last:
        end = _end_of(first, by_year=by_year)
        found.append(_period(view, first, min(end, last)))
        first = end + timedelta(days=1)
    return found


def _end_of(day: date, *, by_year: bool) -> date:
    """The last day of a day's month or year."""
    month = 12 if by_year else day.month
    return (date(day.year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _period(view: View, first: date, last: date) -> Period:
    own = [tally for day, tally in view.by_day.items() if first <= day <= last]
    net = reduce(add, (tally.net_pnl for tally in own), ZERO)
    trades, known = sum(tally.trades for tally in own), sum(tally.counts.known for tally in own)
    value: Decimal | None = net if known or not trades else None
    if value is not None and view.equity_before is not None:
        earned = [tally.net_pnl for day, tally in view.by_day.items() if day < first]
        equity = sum_of((view.equity_before, deposited(view.deposits, first), *earned))
        value = ratio(net, equity) if equity > 0 else None
    missing = any(first <= day <= last for day in view.summary.data.missing_days)
    return Period(first, last, value, trades, is_missing=missing and not trades)


def _finding(view: View, months: Sequence[Period]) -> str:
    """How many months with trades made money, and the best and the worst of them."""
    known = [(month.value, month) for month in months if month.trades and month.value is not None]
    if not known:
        return "No month has a return: equity was not above 0 at its start"
    best, worst = (choose(known, key=lambda one: one[0]) for choose in (max, min))
    if len(known) == 1:
        return f"{_said(view, best[0])} in {_name(best[1])}, the only month with a result"
    made = sum(value > 0 for value, _ in known)
    text = f"{made} of {len(known)} months made money"
    if best[0] == worst[0]:
        return f"{text}; each {_said(view, best[0])}"
    return (
        f"{text}; best {_name(best[1])} {_said(view, best[0])}, "
        f"worst {_name(worst[1])} {_said(view, worst[0])}"
    )


def _name(month: Period) -> str:
    return f"{MONTHS[month.first.month - 1]} {month.first.year}"


def _said(view: View, value: Decimal) -> str:
    """A return or an amount with its unit."""
    if view.equity_before is None:
        return f"{gain(value)} {view.currency}"
    return f"{gain(value * 100)} %"


def _in_a_cell(view: View, value: Decimal | None) -> str:
    """The same without its unit, in at most six characters."""
    if value is None:
        return NOTHING
    number = value if view.equity_before is None else value * 100
    if abs(number) >= SHORT_FROM:
        return short(number)
    return signed_whole(number) if abs(number) >= WHOLE_FROM else gain(number)
