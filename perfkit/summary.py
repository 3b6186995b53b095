"""The one call that commands, notebooks and reports share: a window's figures from the book."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import accumulate
from operator import sub

from perfkit.book import Book, missing_days
from perfkit.columns import Numbers
from perfkit.errors import NoTradesError, UsageError
from perfkit.exact import ZERO, canonical, ratio, scaled, units
from perfkit.metrics import Figures, evaluate
from perfkit.metrics.facts import Facts, Undefined
from perfkit.quality import findings
from perfkit.render import summary_markdown, summary_text
from perfkit.schema import SCHEMA_VERSION, DataShape, OpenShape, Part, SummaryShape, WindowShape
from perfkit.slices import DIMENSIONS, WindowSlices, slices
from perfkit.targets import verdicts
from perfkit.trade import FILTER_FIELDS
from perfkit.trades import NUMBER_COLUMNS, OTHER_COLUMNS, TEXT_COLUMNS, Trades
from perfkit.window import Window, moment_of, parse_date

_NOTHING: Mapping[str, str] = {}


class Summary(SummaryShape, frozen=True):
    """Every figure of one window, which JupyterLab and a terminal show as tables."""

    def __str__(self) -> str:
        return summary_text(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": summary_text(self), "text/markdown": summary_markdown(self)}


def parse_where(conditions: list[str]) -> dict[str, str]:
    """`field=value` texts as a filter; raises `UsageError` for a field that cannot be filtered."""
    where: dict[str, str] = {}
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not equals:
            raise UsageError(f"--where {condition}: write field=value, say execution_mode=LIVE")
        if name not in FILTER_FIELDS:
            raise UsageError(f"--where {name}: filter by one of {', '.join(FILTER_FIELDS)}")
        if name in where:
            raise UsageError(f"--where {name}: given twice; a trade has one {name}")
        where[name] = value
    return where


def newest_day(book: Book) -> date:
    """The newest trading day that has a line; raises `NoTradesError` on empty logs."""
    if book.newest is None:
        raise NoTradesError(", ".join(source.path.name for source in book.sources))
    return book.config.calendar.day_of(book.newest)


def resolve_window(
    book: Book, kind: str = "daily", day: date | str | None = None
) -> Window:
    """The window of that kind for a date; without one, for the newest trading day with a line."""
    calendar = book.config.calendar
    if isinstance(day, str):
        day = parse_date(day) if day else None
    last = newest_day(book) if day is None else day
    if kind != "all":
        return calendar.window(kind, last)
    first = min((known for known in book.days if known <= last), default=last)
    return calendar.between("all", first, last)


def range_window(book: Book, start: date | str, end: date | str) -> Window:
    """The window from one date to another, both inclusive."""
    first = parse_date(start) if isinstance(start, str) else start
    last = parse_date(end) if isinstance(end, str) else end
    return book.config.calendar.between("range", first, last)


def summarize(book: Book, window: Window, where: Mapping[str, str] = _NOTHING) -> Summary:
    """Every figure of the window, over the trades that meet the filter."""
    closed, opened = book.closed.where(where), book.open.where(where)
    inside = closed.between(window.start, window.end)
    cut = slices(inside, window, book.config.calendar)
    missing = missing_days(book, book.config.calendar.expected_days(window.first_day, window.last_day))
    facts = _facts(book, window, closed, opened, inside, cut, missing)
    figures = evaluate(facts)
    verdict = tuple(verdicts(book.config.targets, window.kind, figures))
    return Summary(
        schema_version=SCHEMA_VERSION,
        window=_window_shape(window),
        currency=book.currency,
        where=dict(where),
        metrics=figures.values,
        undefined=figures.undefined,
        targets=verdict,
        open=_open_shape(book, window, closed, opened),
        data=_data(book, window, inside, missing, facts, where),
        breakdowns=_breakdowns(inside, cut, facts, window, closed, opened),
    )


def _window_shape(window: Window) -> WindowShape:
    return WindowShape(
        window.kind,
        window.label,
        moment_of(window.start),
        moment_of(window.end),
        window.first_day,
        window.last_day,
        window.timezone,
    )


def _facts(
    book: Book,
    window: Window,
    closed: Trades,
    opened: Trades,
    inside: Trades,
    cut: WindowSlices,
    missing: list[date],
) -> Facts:
    expected = _expected_so_far(book, window)
    first, last = (bisect_left(closed.closed_at, edge) for edge in (window.start, window.end))
    return Facts(
        tally=cut.whole,
        days=tuple((day, tally.sums.net_pnl) for day, tally in cut.by_day),
        expected_days=len(expected),
        open_trades=len(_open_rows(closed, window.end)) + len(_open_rows(opened, window.end)),
        recovered_at=_recovered_at(inside, cut),
        unrealized_pnl=_unrealized(book, window, opened),
        returns=_returns(cut, expected, missing),
        current_drawdown=_current_drawdown(closed, last),
        max_drawdown_pct=_relative_drawdown(book, closed, first, last),
        periods_per_year=book.config.periods_per_year,
    )


def _expected_so_far(book: Book, window: Window) -> list[date]:
    """The expected days of the window up to the day of the newest line."""
    last = window.last_day
    if book.newest is not None:
        last = min(last, book.config.calendar.day_of(book.newest))
    return book.config.calendar.expected_days(window.first_day, last)


def _open_rows(trades: Trades, end: int) -> list[int]:
    """Rows opened before `end` and not closed before it."""
    first = 0 if not trades.closed_at or trades.closed_at[0] is None else bisect_left(
        trades.closed_at, end
    )
    opened_at = trades.opened_at
    return [
        row for row in range(first, len(trades)) if (at := opened_at[row]) is not None and at < end
    ]


def _recovered_at(inside: Trades, cut: WindowSlices) -> int | None:
    """Walks the rows after the trough to the first trade back at the peak."""
    drawdown = cut.whole.drawdown
    if drawdown.trough_at is None:
        return None
    net = [pnl or 0 for pnl in inside.net_pnl.units]
    equity = list(accumulate(net, initial=0))
    peaks = list(accumulate(equity, max))
    trough = list(map(sub, peaks, equity)).index(units(drawdown.depth, inside.net_pnl.places))
    level = peaks[trough]
    return next(
        (inside.closed_at[row - 1] for row in range(trough, len(equity)) if equity[row] >= level),
        None,
    )


def _unrealized(book: Book, window: Window, opened: Trades) -> Decimal | Undefined:
    if book.newest is None or not window.holds(book.newest):
        return Undefined("the window does not hold the newest line")
    return _total(opened.net_pnl)


def _total(column: Numbers) -> Decimal:
    return scaled(sum(amount for amount in column.units if amount is not None), column.places)


def _returns(
    cut: WindowSlices, expected: list[date], missing: list[date]
) -> tuple[Decimal, ...] | Undefined:
    if missing:
        return Undefined(f"{len(missing)} expected days have no log")
    by_day = {day: tally.sums.net_pnl for day, tally in cut.by_day}
    return tuple(by_day.get(day, ZERO) for day in expected)


def _current_drawdown(closed: Trades, last: int) -> Decimal:
    """Walks all history up to the window's end."""
    net = [pnl or 0 for pnl in closed.net_pnl.units[:last]]
    total, peak = sum(net), max(accumulate(net, initial=0))
    return scaled(total - peak, closed.net_pnl.places)


def _relative_drawdown(book: Book, closed: Trades, first: int, last: int) -> Decimal | Undefined:
    """Walks the window's rows; falls are compared as fractions, without dividing."""
    starting = book.config.starting_equity
    if starting is None:
        return Undefined("no starting_equity in config/perfkit.yaml")
    finest = _common_unit(closed.net_pnl, starting)
    net = [pnl or 0 for pnl in closed.net_pnl.at_places(finest)[:last]]
    equity = units(starting, finest) + sum(net[:first])
    peak = equity
    deepest, of_peak = 0, 1
    for pnl in net[first:]:
        equity += pnl
        if equity > peak:
            peak = equity
        elif peak > 0 and (equity - peak) * of_peak < deepest * peak:
            deepest, of_peak = equity - peak, peak
        if peak <= 0:
            break
    if peak <= 0 or equity - sum(net[first:]) <= 0:
        return Undefined("equity was not above 0")
    return ratio(deepest, of_peak)


def _common_unit(column: Numbers, amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return max(column.places, -exponent if isinstance(exponent, int) else 0)


def _open_shape(book: Book, window: Window, closed: Trades, opened: Trades) -> OpenShape:
    opened_at = [
        at
        for trades in (closed, opened)
        for row in _open_rows(trades, window.end)
        if (at := trades.opened_at[row]) is not None
    ]
    if not opened_at or book.newest is None:
        return OpenShape(len(opened_at), None, None)
    oldest = min(opened_at)
    until = min(window.end, book.newest)
    return OpenShape(
        len(opened_at), moment_of(oldest), canonical(scaled(max(0, until - oldest), 6))
    )


def _breakdowns(
    inside: Trades,
    cut: WindowSlices,
    facts: Facts,
    window: Window,
    closed: Trades,
    opened: Trades,
) -> dict[str, tuple[Part, ...]]:
    still_open = [(trades, _open_rows(trades, window.end)) for trades in (closed, opened)]
    return {
        dimension: tuple(
            Part(name, figures.values, figures.undefined)
            for name, figures in cut.parts(dimension, inside, facts, still_open)
        )
        for dimension in DIMENSIONS
    }


def _data(
    book: Book,
    window: Window,
    inside: Trades,
    missing: list[date],
    facts: Facts,
    where: Mapping[str, str],
) -> DataShape:
    days = [lines for day, lines in book.days.items() if window.first_day <= day <= window.last_day]
    errors = [error for lines in days for error in lines.errors] + list(book.undated_errors)
    unterminated = [
        day for day in book.unterminated if window.first_day <= day <= window.last_day
    ]
    found = findings(inside, errors, missing, unterminated)
    return DataShape(
        digest=_digest(book, window, inside, facts, missing, where),
        files=len(frozenset().union(*(lines.files for lines in days))),
        lines=sum(lines.lines for lines in days) + len(book.undated_errors),
        ignored=sum(lines.ignored for lines in days),
        bad_lines=len(errors),
        partial=bool(missing),
        missing_days=tuple(missing),
        findings=tuple(found),
    )


_DIGESTED = tuple(
    name for name in (*TEXT_COLUMNS, *NUMBER_COLUMNS, *OTHER_COLUMNS) if name not in ("file", "line")
)


def _digest(
    book: Book,
    window: Window,
    inside: Trades,
    facts: Facts,
    missing: list[date],
    where: Mapping[str, str],
) -> str:
    """sha256 over the window's trades, what is carried into it, and the settings that count."""
    config = book.config
    hashed = hashlib.sha256()
    for name in _DIGESTED:
        column = getattr(inside, name)
        if isinstance(column, Numbers):
            column = _finest_equal(column)
        hashed.update(repr((name, column)).encode("utf-8", "surrogatepass"))
    settings = (
        SCHEMA_VERSION,
        window,
        sorted(where.items()),
        book.currency,
        facts._replace(tally=None, days=None),
        config.starting_equity,
        config.breakeven_tolerance,
        sorted(config.multipliers.items()),
        config.targets,
        missing,
    )
    hashed.update(repr(settings).encode())
    return hashed.hexdigest()


def _finest_equal(column: Numbers) -> tuple[int, list[int | None]]:
    """A column in the coarsest unit that holds it: the same whatever else was read with it."""
    units_, places = column.units, column.places
    while places and not any(unit is not None and unit % 10 for unit in units_):
        units_ = [None if unit is None else unit // 10 for unit in units_]
        places -= 1
    return places, units_
