"""The desk: a workspace as an analyst uses it from a notebook.

import perfkit

desk = perfkit.open()                       # finds config/perfkit.yaml here or above
desk.summary("weekly", date="2025-10-09")   # a table in JupyterLab and in Markdown
desk.trades("2025-10-01", "2025-10-09")     # a pandas frame with exact decimals
desk.chart.equity("weekly", date="2025-10-09")

Most methods choose their trades with the same arguments: `window` (daily, weekly, monthly, last-7d,
last-30d, all) and `date`, or `start` and `end`, and `where`, a filter such as "symbol=BTCUSDT".
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from functools import cached_property

from perfkit.book import book as books
from perfkit.book.book import Book, Snapshot
from perfkit.book.cache import DEFAULT, Options, Progress
from perfkit.config import settings as configs
from perfkit.config.settings import Config
from perfkit.config.workspace import folder_of, setting, timezone_override
from perfkit.core.calendar import Window
from perfkit.core.errors import UsageError
from perfkit.core.trades import Trades
from perfkit.summary import render
from perfkit.summary.breakdowns import checked_dimension
from perfkit.summary.filters import Where, as_where
from perfkit.summary.render import Text
from perfkit.summary.selection import Day, Selection, range_window, resolve_window
from perfkit.summary.summary import Summary, summarize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from perfkit.alerts.backtest import Backtest
    from perfkit.alerts.rules.rule import Rule
    from perfkit.charts.desk import ChartDesk
    from perfkit.summary.explain import Explanation


def open(
    root: str | Path | None = None,
    source: str | None = None,
    progress: Progress | None = None,
    *,
    cached: bool = True,
    jobs: int | None = None,
) -> Desk:
    """Opens the workspace at `root`, else at PERFKIT_ROOT, else here or in a folder above.

    `source` limits it to one source of several. `progress` is called with the number of files read
    so far and in all. `cached=False` reads every log again and writes no cache. `jobs` is how many
    processes read when there is much to read (default: one per core). Raises
    `WorkspaceNotFoundError` or `ConfigError`.
    """
    folder = folder_of(root)
    cached = cached and setting("PERFKIT_NO_CACHE") != "1"
    config = configs.load(folder, timezone_override() or None, cached=cached)
    limits = _snapshot(setting("PERFKIT_SNAPSHOT"))
    return Desk(config, source, Options(cached, jobs, progress, limits))


def _snapshot(file: str | None) -> Snapshot | None:
    """How much of each log a notebook may see: a report run writes it to a file."""
    if not file:
        return None
    import json

    with builtins.open(file, "rb") as stream:
        snapshot: dict[str, int] = json.load(stream)
    return snapshot


class Desk:
    """One workspace: its figures, trades and charts. Logs are read when first needed."""

    def __init__(
        self,
        config: Config,
        source: str | None = None,
        options: Options = DEFAULT,
    ) -> None:
        self.config = config
        self.source = source
        self.options = options
        self._books: dict[str | None, Book] = {}

    @property
    def book(self) -> Book:
        """Every trade of the logs, read when first needed; `refresh` forgets them."""
        return self.book_of({})

    def book_of(self, where: Mapping[str, str]) -> Book:
        """The book a filter needs: of one source where it names one, else of all sources."""
        source = where.get("source", self.source)
        if source not in self._books:
            self._books[source] = books.read(self.config, source, self.options)
        return self._books[source]

    @cached_property
    def chart(self) -> ChartDesk:
        """The charts: methods that return matplotlib figures."""
        from perfkit.charts.desk import ChartDesk

        return ChartDesk(self)

    def refresh(self) -> Desk:
        """Forgets what was read, so the next figure sees the logs as they are now."""
        self._books.clear()
        return self

    def window(
        self,
        window: str = "daily",
        date: Day = None,
        start: Day = None,
        end: Day = None,
        *,
        where: Where = None,
    ) -> Window:
        """The window of that kind for a date, or from `start` to `end`, both inclusive.

        Without a date, the window of the newest trading day with a line (of the source that `where`
        names). Raises `UsageError` where the arguments do not fit together, and `WindowError`.
        """
        book = self.book_of(as_where(where))
        if (start is None) != (end is None):
            raise UsageError("start and end go together: give both dates")
        if start is not None and end is not None:
            if date is not None:
                raise UsageError("give either a date or start and end")
            if window not in ("daily", "range"):
                raise UsageError(f"give either the window {window} or start and end")
            return range_window(book, start, end)
        return resolve_window(book, window, date)

    def selection(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Selection:
        """The trades behind a summary of the same arguments."""
        conditions = as_where(where)
        chosen = self.window(window, date, start, end, where=conditions)
        return Selection(self.book_of(conditions), chosen, conditions)

    def summary(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Summary:
        """Every figure of a window: daily, weekly, monthly, last-7d, last-30d or all.

        Without a date, the window of the newest trading day with a line.
        """
        return summarize(self.selection(window, date, start=start, end=end, where=where))

    def explain(
        self,
        metric: str,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Explanation:
        """Where a figure comes from: its formula, its numbers, and the log lines behind it."""
        from perfkit.summary.explain import explain

        selection = self.selection(window, date, start=start, end=end, where=where)
        return explain(metric, summarize(selection, ()), selection)

    def glance(self, window: str = "daily", date: Day = None, *, where: Where = None) -> Text:
        """What happened, in one paragraph and one small table."""
        return self._text(render.glance, window, date, where)

    def figures(self, window: str = "daily", date: Day = None, *, where: Where = None) -> Text:
        """Every figure, in groups."""
        return self._text(render.figures, window, date, where)

    def targets(self, window: str = "daily", date: Day = None, *, where: Where = None) -> Text:
        """The targets, and how the figures compare with them."""
        return self._text(render.targets, window, date, where)

    def quality(self, window: str = "daily", date: Day = None, *, where: Where = None) -> Text:
        """Anything odd about the log lines, trades and days of the window."""
        return self._text(render.quality, window, date, where)

    def breakdown(
        self, dimension: str, window: str = "daily", date: Day = None, *, where: Where = None
    ) -> Text:
        """One line per strategy, symbol or another of `DIMENSIONS`."""
        checked = checked_dimension(dimension)
        return self._text(lambda summary: render.breakdown(summary, checked), window, date, where)

    def _text(
        self, rendered: Callable[[Summary], str], window: str, date: Day, where: Where
    ) -> Text:
        """A summary as `rendered` shows it."""
        summary = self.summary(window, date, where=where)
        return Text(rendered(summary), summary.data.digest)

    def changes(self, window: str = "daily", date: Day = None, *, where: Where = None) -> Text:
        """What changed since the period before: figures, target statuses, new alerts."""
        from perfkit.alerts.status import began_in
        from perfkit.summary.changes import changes, period_before

        conditions = as_where(where)
        chosen = self.window(window, date, where=conditions)
        before = period_before(self.config.calendar, chosen)
        return changes(
            self.summary(window, date, where=conditions),
            self.summary(before.kind, before.last_day, where=conditions),
            began_in(self.config.root, chosen),
        )

    def backtest(
        self, rule: str | Rule | None = None, start: Day = None, end: Day = None
    ) -> Backtest:
        """When alert rules would have fired: all of config/alerts.yaml, one by its id, or your own.

        From `start` to `end`, both inclusive; without them, over all trades.
        """
        from perfkit.alerts.backtest import desk_backtest

        return desk_backtest(self.config, rule, start, end)

    def alerts(self) -> Text:
        """The state of each alert rule after the last run of `perfkit-alerts`."""
        from perfkit.alerts.status import alert_status

        return alert_status(self.config.root, self.config.calendar.timezone)

    def closed(self, window: Window, where: Where = None) -> Trades:
        """The trades that closed in the window, in trade order."""
        return self.all_closed(where).between(window.start, window.end)

    def all_closed(self, where: Where = None) -> Trades:
        """Every closed trade, in trade order."""
        conditions = as_where(where)
        return self.book_of(conditions).closed.where(conditions)

    def trades(self, start: Day = None, end: Day = None, where: Where = None) -> pd.DataFrame:
        """A frame with a row per closed trade; decimals are `decimal.Decimal`, times are UTC.

        From `start` to `end`, both inclusive; one date alone is that day, none is every trade.
        """
        from perfkit.summary.frame import trades_frame

        closed = self.all_closed(where)
        if start is not None or end is not None:
            window = self.window(start=start or end, end=end or start, where=where)
            closed = closed.between(window.start, window.end)
        return trades_frame(closed)

    def open_trades(self, where: Where = None) -> pd.DataFrame:
        """A frame with a row per trade that has not closed."""
        from perfkit.summary.frame import trades_frame

        conditions = as_where(where)
        return trades_frame(self.book_of(conditions).open.where(conditions))
