"""Grids of net P&L: a calendar of days, and weekday by hour.

Every cell shows its amount with a sign; the shade only guides the eye. Shades run from vermillion
(loss) over white (0) to blue (profit); the deepest one stands for the largest amount in the grid.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, time, timedelta
from decimal import Decimal
from functools import reduce

from perfkit.charts.labels import WEEKDAYS, count_of, gain, short, short_day, signed_whole
from perfkit.charts.style import MUTED, SMALL_SIZE, Chart, Grid, haloed
from perfkit.charts.view import View, heading, in_period, nothing_to_draw
from perfkit.core.exact import ZERO, add, ratio, scaled
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import NOTHING
from perfkit.metrics.tally import Tally

CALENDAR = "Net P&L of each day"
HOURS = "Net P&L by weekday and hour of close"
MOST_WEEKS = 14
"""A calendar of a longer window shows the newest three months."""

WHOLE_FROM, SHORT_FROM = 1_000, 100_000
"""From the first on, a day has no decimals; from the second on, two or three digits: `+120k`."""

Place = tuple[int, int]
_WEEK = timedelta(days=7)
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Month(NamedTuple):
    """The contents of a calendar: a tally per day, in rows of which the first starts at `first`."""

    view: View
    first: date
    tallies: dict[date, Tally]

    @property
    def largest(self) -> Decimal:
        """The amount with the deepest shade."""
        return max((abs(tally.net_pnl) for tally in self.tallies.values()), default=ZERO)

    def week_of(self, day: date) -> int:
        """The row of a day."""
        return (day - self.first) // _WEEK

    def column_of(self, day: date) -> int:
        """The column of a day, from that on which the workspace starts its weeks."""
        return (day - self.first).days % len(WEEKDAYS)


def calendar(view: View) -> Chart:
    """A calendar with the net P&L and trades of every day, and the sum of every week."""
    empty = nothing_to_draw(view, "calendar", CALENDAR)
    if empty is not None:
        return empty
    by_day = view.by_day
    last = view.window.last_day
    starts = view.calendar.week_starts
    earliest = _start_of_week(last, starts) - (MOST_WEEKS - 1) * _WEEK
    first = max(view.window.first_day, earliest)
    tallies = {day: by_day[day] for day in by_day if day >= first}
    month = Month(view, _start_of_week(first, starts), tallies)
    notes = [f"the newest {MOST_WEEKS} weeks"] if first > view.window.first_day else []
    weeks = month.week_of(last) + 1
    words = heading(view, CALENDAR, _calendar_finding(view, by_day), *notes)
    chart = Chart("calendar", words, 0.3 + 0.62 * weeks)
    grid = Grid(chart.subplots(), [*WEEKDAYS[starts:], *WEEKDAYS[:starts], "week"], [""] * weeks)
    for n in range((last - first).days + 1):
        _day_cell(grid, month, first + timedelta(days=n))
    for week in range(weeks):
        _week_cell(grid, month, week)
    return chart


def _start_of_week(day: date, starts: int) -> date:
    return day - timedelta(days=(day.weekday() - starts) % len(WEEKDAYS))


def _calendar_finding(view: View, by_day: dict[date, Tally]) -> str:
    """The result of the window in days."""
    up, down = (sum(sign * tally.net_pnl > 0 for tally in by_day.values()) for sign in (1, -1))
    net = f"{gain(view.money('net_pnl'))} {view.currency}"
    return f"{net} {in_period(view)}: {count_of(up, 'day')} up, {down} down"


def _day_cell(grid: Grid, month: Month, day: date) -> None:
    """Date, amount and number of trades; `no log` where an expected day has none."""
    week, column = month.week_of(day), month.column_of(day)
    tally = month.tallies.get(day)
    missing = day in month.view.summary.data.missing_days
    net = ZERO if tally is None else tally.net_pnl
    grid.tile(week, column, _share(net, month.largest), "////" if missing else "")
    label = short_day(day) if day.day == 1 else str(day.day)
    date_text = grid.write(week - 0.3, column - 0.44, label, ha="left", size=SMALL_SIZE)
    if missing:
        haloed(date_text)
    if tally is not None:
        text = _in_a_cell(net) if tally.counts.known else NOTHING
        grid.write(week, column, text, size=10, weight="bold")
        trades = count_of(tally.trades, "trade")
        grid.write(week + 0.3, column, trades, size=7.5)
    elif missing:
        haloed(grid.write(week, column, "no log", size=SMALL_SIZE, color=MUTED))


def _week_cell(grid: Grid, month: Month, week: int) -> None:
    """The exact sum of a week's days, beside them."""
    own = [tally for day, tally in month.tallies.items() if month.week_of(day) == week]
    if own:
        net = reduce(add, (tally.net_pnl for tally in own))
        grid.write(week, len(WEEKDAYS), _in_a_cell(net), size=10)


def _in_a_cell(net: Decimal) -> str:
    if abs(net) >= SHORT_FROM:
        return short(net)
    return signed_whole(net) if abs(net) >= WHOLE_FROM else gain(net)


def hour_heatmap(view: View) -> Chart:
    """Net P&L by weekday and local hour of the close."""
    empty = nothing_to_draw(view, "hour_heatmap", HOURS)
    if empty is not None:
        return empty
    sums, trades = _by_weekday_and_hour(view)
    hours = [(view.calendar.day_start.hour + n) % 24 for n in range(24)]
    largest = max(map(abs, sums.values()))
    power = _power(largest)
    notes = [f"hours in {view.window.timezone}"]
    if view.calendar.day_start != time(0):
        notes.append(f"a day starts {view.calendar.day_start:%H:%M} of the day before")
    if power:
        notes.append(f"cells in 10{str(power).translate(_RAISED)} {view.currency}")
    words = heading(view, HOURS, _hours_finding(view, sums, trades), *notes)
    chart = Chart("hour_heatmap", words, 5.0)
    grid = Grid(chart.subplots(), WEEKDAYS, [*(f"{hour:02d}" for hour in hours), "all"])
    for weekday in range(7):
        for row, hour in enumerate(hours):
            net = sums.get((weekday, hour), ZERO)
            grid.tile(row, weekday, _share(net, largest))
            if (weekday, hour) in sums:
                grid.write(row, weekday, short(net.scaleb(-power)), size=SMALL_SIZE)
        own = [net for (day, _), net in sums.items() if day == weekday]
        if own:
            total = reduce(add, own).scaleb(-power)
            grid.write(len(hours), weekday, short(total), size=SMALL_SIZE, weight="bold")
    return chart


def _power(largest: Decimal) -> int:
    """The power of ten to divide long amounts by, so that a cell has at most three digits."""
    return 0 if not largest or 0 <= largest.adjusted() < 15 else largest.adjusted() // 3 * 3


def _by_weekday_and_hour(view: View) -> tuple[dict[Place, Decimal], Counter[Place]]:
    """Exact sums and numbers of trades, by weekday from Monday 0 and hour."""
    days = view.calendar.days_of(view.closed.closed_at)
    hours = view.calendar.hours_of(view.closed.closed_at)
    places = [(day.weekday(), hour) for day, hour in zip(days, hours, strict=True)]
    column = view.closed.net_pnl
    units = dict.fromkeys(places, 0)
    for place, pnl in zip(places, column.units, strict=True):
        units[place] += pnl or 0
    sums = {place: scaled(amount, column.places) for place, amount in units.items()}
    return sums, Counter(places)


def _hours_finding(view: View, sums: dict[Place, Decimal], trades: Counter[Place]) -> str:
    """The best and the worst hour of the week."""

    def said(place: Place) -> str:
        weekday, hour = place
        count = count_of(trades[place], "trade")
        return f"{WEEKDAYS[weekday]} {hour:02d}h {gain(sums[place])} {view.currency} ({count})"

    ranked = sorted(sums, key=lambda place: (-sums[place], place))
    if len(ranked) == 1:
        return f"All in one hour: {said(ranked[0])}"
    if sums[ranked[0]] == sums[ranked[-1]]:
        amount = f"{gain(sums[ranked[0]])} {view.currency}"
        return f"{len(ranked)} hours with trades, each {amount}"
    return f"Best hour: {said(ranked[0])}; worst: {said(ranked[-1])}"


def _share(net: Decimal, largest: Decimal) -> float:
    """How deep a shade is: the amount as a share of the largest, from -1 to 1."""
    return float(ratio(net, largest)) if largest else 0.0
