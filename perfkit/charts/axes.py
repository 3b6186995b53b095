"""Axes of charts: time in the workspace's zone, money, counts and shares.

Time is drawn as hours since the window's start, so a day of 23 or 25 hours is as wide as it was
long. Ticks are at full local hours, or where a trading day starts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.ticker import AutoLocator

from perfkit.charts.font import DPI
from perfkit.charts.labels import MINUS, MONTHS, short_day, two_lines
from perfkit.charts.style import BEHIND_TEXT, FAINT, MUTED, SMALL_SIZE, WIDTH_INCHES
from perfkit.charts.view import View
from perfkit.core.calendar import DAY_US, HOUR_US, SECOND_US, moment_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

QUARTER_US = 900 * SECOND_US
MOST_TICKS, MOST_DATES = 10, 9
COLUMNS = round(WIDTH_INCHES * DPI)
"""The columns of pixels of a picture."""
LEAST_SHARE_OF_LABEL = 16
"""A span of days is labelled where it is more than this part of the axis."""


def time_x(view: View, instant: int) -> float:
    """The place of an instant on a time axis."""
    return (instant - view.window.start) / HOUR_US


def time_axis(axes: Axes, view: View) -> None:
    """Sets limits and ticks, from the window's start to `view.until`."""
    axes.set_xlim(0.0, time_x(view, view.until))
    axes.grid(visible=True, axis="x")
    length = view.until - view.window.start
    if view.is_one_day:
        hours = list(_local_hours(view))
        axes.set_xticks([at for at, _ in hours], [text for _, text in hours])
    elif length <= MOST_TICKS * DAY_US + HOUR_US:
        _day_spans(axes, view)
    else:
        _dates(axes, view, length)
    axes.set_xlabel(f"closing time, {view.window.timezone}")


def missing_days(axes: Axes, view: View, *, labelled: bool = False) -> None:
    """Hides the curve on expected days without a log, of which nothing is known."""
    for first, last in _runs(view.summary.data.missing_days):
        start, end = (
            time_x(view, at) for at in (view.calendar.start_of(first), view.calendar.end_of(last))
        )
        axes.axvspan(
            start, end, facecolor="white", edgecolor=FAINT, hatch="////", linewidth=0, zorder=2.6
        )
        if labelled and (end - start) > time_x(view, view.until) / LEAST_SHARE_OF_LABEL:
            middle = ((start + end) / 2, 0.5)
            place = axes.get_xaxis_transform()
            text = axes.text(*middle, "no log", transform=place, ha="center", va="center")
            text.set(size=SMALL_SIZE, color=MUTED, zorder=3, bbox=dict(BEHIND_TEXT))


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Days in a row, as the first and last of each: 1, 2, 3, 7 are 1 to 3 and 7 to 7."""
    first = last = None
    for day in days:
        if last is not None and day - last > timedelta(days=1):
            assert first is not None
            yield first, last
            first = day
        first, last = first or day, day
    if first is not None and last is not None:
        yield first, last


def _local_hours(view: View) -> Iterator[tuple[float, str]]:
    """Every third full local hour, the window's end included."""
    first = -(-view.window.start // QUARTER_US) * QUARTER_US
    for instant in range(first, view.until + 1, QUARTER_US):
        local = moment_of(instant).astimezone(view.calendar.zone)
        if local.minute == 0 and local.hour % 3 == 0:
            yield time_x(view, instant), f"{local:%H:%M}"


def _day_spans(axes: Axes, view: View) -> None:
    """A line where each trading day starts, its name in its middle."""
    days = list(_days(view))
    edges = [time_x(view, view.calendar.start_of(day)) for day in days]
    axes.set_xticks(edges, [""] * len(edges))
    middles = [
        (start + time_x(view, view.calendar.end_of(day))) / 2
        for start, day in zip(edges, days, strict=True)
    ]
    axes.set_xticks(middles, [two_lines(day) for day in days], minor=True)
    axes.tick_params(axis="x", which="minor", length=0, pad=4)


def _dates(axes: Axes, view: View, length: int) -> None:
    """Mondays of some weeks; the first of the month in long windows."""
    if length <= 63 * DAY_US:
        marked = [day for day in _days(view) if day.weekday() == 0]
        texts = [short_day(day) for day in marked]
    else:
        marked = [day for day in _days(view) if day.day == 1]
        texts = [f"{MONTHS[day.month - 1]}\n{day.year}" for day in marked]
    step = -(-len(marked) // MOST_DATES) or 1
    axes.set_xticks(
        [time_x(view, view.calendar.start_of(day)) for day in marked[::step]], texts[::step]
    )


def _days(view: View) -> Iterator[date]:
    for n in range((view.last_day - view.window.first_day).days + 1):
        yield view.window.first_day + timedelta(days=n)


def visible(x: Sequence[float], *lines: Sequence[float]) -> list[list[float]]:
    """The points of step lines that can be seen, as x and each line; x is in ascending order.

    Of the points in one column of pixels they are the first and the last, and the lowest and the
    highest of each line. Few points stay as they are.
    """
    if len(x) <= 4 * COLUMNS:
        return [list(x), *map(list, lines)]
    first, width = x[0], (x[-1] - x[0]) / COLUMNS
    ends = [bisect_left(x, first + width * number) for number in range(1, COLUMNS)]
    rows: list[int] = []
    for start, end in pairwise([0, *ends, len(x)]):
        if start == end:
            continue
        kept = {start, end - 1}
        for line in lines:
            own = line[start:end]
            kept |= {start + own.index(min(own)), start + own.index(max(own))}
        rows += sorted(kept)
    return [[column[row] for row in rows] for column in (x, *lines)]


def thinned(count: int, most: int) -> list[int]:
    """At most `most` evenly spaced positions out of `count`, the first included."""
    step = -(-count // most) or 1
    return list(range(0, count, step))


def money_ticks(axis: Axis, most: int = 7) -> None:
    """Round numbers with thousands separators and a true minus, at most that many spaces.

    So their number does not depend on the size of the panel.
    """
    places = axis.get_major_locator()
    if isinstance(places, AutoLocator):
        places.set_params(nbins=most)
    axis.set_major_formatter(lambda value, _: _tick(value))


def money_ticks_below(axis: Axis, most: int, characters: int) -> None:
    """The same on a horizontal axis: fewer where their numbers have more characters together."""
    money_ticks(axis, most)
    places = axis.get_major_locator()
    if isinstance(places, AutoLocator):
        low, high = sorted(axis.get_view_interval())
        while most > 1 and _length(places.tick_values(low, high)) > characters:
            most -= 1
            places.set_params(nbins=most)


def _length(ticks: Iterable[float]) -> int:
    """Characters of the numbers of all ticks, with a gap between two."""
    return sum(len(_tick(value)) + 2 for value in ticks)


def room_for_labels(axes: Axes, share: float) -> None:
    """Leaves room for labels above and below the values; an axis of zeros runs from -1 to 1."""
    if axes.dataLim.height:
        axes.margins(y=share)
    else:
        axes.set_ylim(-1, 1)
        axes.set_yticks([0])


def percent_ticks(axis: Axis) -> None:
    """A fraction as per cent."""
    axis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")


def _tick(value: float) -> str:
    """A tick's number; ticks are round, so six digits show all of it."""
    size = abs(value)
    if size >= 1e15:
        text = f"{value:.3g}"
    elif size >= 1e6:
        power, letter = next((p, n) for p, n in _POWERS if size >= p)
        text = f"{value / power:g} {letter}"
    else:
        text = f"{value:,.6g}" if size >= 1e-4 or size < 1e-9 else f"{value:.12f}".rstrip("0")
    return text.replace("-", MINUS)


_POWERS: Sequence[tuple[float, str]] = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"))
