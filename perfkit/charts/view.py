"""What a chart is drawn from: the summary and trades of one window, and their texts.

Values are exact here. `coordinate` turns one into a float, the place of a mark on the canvas;
printed figures come from Decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from perfkit.charts.labels import MONTHS, count_of, day_text, safe, short_day
from perfkit.charts.style import Chart, Heading
from perfkit.core.calendar import Calendar, Window, moment_of
from perfkit.core.exact import scaled, sum_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trades import Trades
from perfkit.metrics.account import Deposits
from perfkit.metrics.tally import Tally
from perfkit.summary.filters import conditions_in_words
from perfkit.summary.selection import Selection
from perfkit.summary.shape import Part, SummaryShape
from perfkit.summary.summary import summarize

ROLLING_TRADES = 20
"""How many closed trades the rolling win rate looks back at."""

NO_TRADES = "No trades in window"

_PERIODS = {
    "daily": "on the day",
    "weekly": "in the week",
    "monthly": "in the month",
    "quarterly": "in the quarter",
    "yearly": "in the year",
}


class View(NamedTuple):
    """A window as charts see it.

    `closed` are the trades that closed in the window, `lead_in` the latest `ROLLING_TRADES` before
    it. `until` is where a time axis ends: the end of the newest trading day or of the window,
    whichever is earlier.
    """

    summary: SummaryShape
    """Without breakdowns: most charts have none."""
    parts: Callable[[str], Sequence[Part]]
    """The parts of a breakdown, by its dimension."""
    window: Window
    calendar: Calendar
    closed: Trades
    lead_in: Trades
    until: int
    win_rate_targets: tuple[Decimal, ...]
    by_day: dict[date, Tally]
    """Each trading day with a closed trade, in order."""
    equity_before: Decimal | None
    """`starting_equity` and all net P&L before the window; None without a `starting_equity`."""
    deposits: Deposits

    @property
    def net_units(self) -> list[int]:
        """Net P&L of each closed trade in its column's unit; 0 where it is unknown."""
        return [units or 0 for units in self.closed.net_pnl.units]

    @property
    def is_one_day(self) -> bool:
        """Whether the window is one day, so that a time of day is enough."""
        return self.window.first_day == self.window.last_day

    @property
    def currency(self) -> str:
        """The currency of all money."""
        return safe(self.summary.currency, 12)

    @property
    def pnl_known(self) -> int:
        """How many closed trades have a P&L."""
        return sum(units is not None for units in self.closed.net_pnl.units)

    @property
    def last_day(self) -> date:
        """The last trading day with anything to show."""
        return self.calendar.day_of(self.until - 1)

    def money(self, metric: str) -> Decimal:
        """A money figure of the summary; raises `TypeError` when it is undefined."""
        return decimal(self.summary.metrics[metric])

    def count(self, metric: str) -> int:
        """A count of the summary."""
        return int(decimal(self.summary.metrics[metric]))

    def moment(self, metric: str) -> datetime | None:
        """A moment of the summary, None when there was none."""
        value = self.summary.metrics[metric]
        return value if isinstance(value, datetime) else None


def decimal(value: object) -> Decimal:
    """A figure that must be a number; raises `TypeError` for any other."""
    if isinstance(value, Decimal | int):
        return Decimal(value)
    raise TypeError(f"{value!r} is not a number")


def view_of(selection: Selection) -> View:
    """Gathers what the charts of one window need."""
    window, inside = selection.window, selection.inside
    config = selection.book.config
    newest = max([selection.book.newest or window.start, *inside.closed_at[-1:]])
    until = min(window.end, config.calendar.end_of(config.calendar.day_of(newest)))
    return View(
        summary=summarize(selection, ()),
        parts=lambda dimension: summarize(selection, (dimension,)).breakdowns[dimension],
        window=window,
        calendar=config.calendar,
        closed=inside,
        lead_in=selection.lead_in(ROLLING_TRADES),
        by_day={day: sheet.whole for day, sheet in selection.sheets},
        equity_before=_equity_before(selection),
        deposits=config.deposits,
        until=until if until > window.start else window.end,
        win_rate_targets=tuple(
            target.value
            for target in config.targets
            if target.metric == "win_rate" and target.window in (None, window.kind)
        ),
    )


def _equity_before(selection: Selection) -> Decimal | None:
    starting = selection.book.config.starting_equity
    if starting is None:
        return None
    return sum_of((starting, *(scaled(day.net, day.places) for day in selection.curves_before)))


def coordinate(units: int, places: int) -> float:
    """`units * 10**-places` as a place on the canvas: the float nearest to it."""
    scale: int = 10**places
    return units / scale  # integers divide to the nearest float


def heading(view: View, what: str, finding: str, *notes: str) -> Heading:
    """The texts of a chart; `what` names it, `finding` is its title."""
    parts = [what, period(view), count_of(len(view.closed), "trade"), *conditions(view), *notes]
    unknown = len(view.closed) - view.pnl_known
    if unknown:
        parts.append(f"P&L not logged for {unknown}")
    missing = len(view.summary.data.missing_days)
    if missing and not view.is_one_day:
        parts.append(f"no log for {count_of(missing, 'day')}")
    if view.until < view.window.end:
        parts.append(f"log ends {day_text(view.last_day)}")
    where = f" where {', '.join(conditions(view))}" if view.summary.where else ""
    return Heading(finding, " · ".join(parts), f"{what}, {period(view)}{where}: {finding}.")


def note(view: View, name: str, what: str, sentence: str) -> Chart:
    """A chart with nothing to draw, whose title says why."""
    return Chart(name, heading(view, what, sentence), 0.12)


def nothing_to_draw(view: View, name: str, what: str) -> Chart | None:
    """A note where there are no trades or no P&L; otherwise None."""
    if not len(view.closed):
        return note(view, name, what, NO_TRADES)
    if not view.pnl_known:
        return note(view, name, what, "No closed trade has a P&L")
    return None


def conditions(view: View) -> list[str]:
    """The filter, a text per condition."""
    return conditions_in_words(view.summary.where, safe)


def period(view: View) -> str:
    """The window as text: `Thu 9 Oct 2025`, `6 Oct to 12 Oct 2025`."""
    first, last = view.window.first_day, view.window.last_day
    if first == last:
        return f"{day_text(first)} {first.year}"
    if view.window.kind == "monthly":
        return f"{MONTHS[first.month - 1]} {first.year}"
    if view.window.kind == "yearly":
        return str(first.year)
    if view.window.kind == "quarterly":
        return " ".join(reversed(view.window.label.split("-")))
    begin = short_day(first, with_year=first.year != last.year)
    span = f"{begin} to {short_day(last, with_year=True)}"
    return f"week {view.window.label}, {span}" if view.window.kind == "weekly" else span


def in_period(view: View) -> str:
    """`on the day`, `in the week` and so on."""
    return _PERIODS.get(view.window.kind, "in the window")


def clock(view: View, at: datetime) -> str:
    """A moment in the workspace's zone; with its day unless the window is one day."""
    local = at.astimezone(view.calendar.zone)
    time = f"{local:%H:%M}"
    return time if view.is_one_day else f"{day_text(local.date())}, {time}"


def clock_of(view: View, instant: int) -> str:
    """`clock` of an instant."""
    return clock(view, moment_of(instant))
