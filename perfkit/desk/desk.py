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
from collections.abc import Callable
from functools import cached_property

from perfkit.book.book import Snapshot
from perfkit.book.cache import Options, Progress
from perfkit.config import settings as configs
from perfkit.config.workspace import folder_of, setting, timezone_override
from perfkit.desk.frames import FrameDesk, checked_numbers
from perfkit.summary import render
from perfkit.summary.breakdowns import checked_dimension
from perfkit.summary.filters import Where, as_where
from perfkit.summary.render import Text
from perfkit.summary.selection import Day
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
    live: bool = True,
) -> Desk:
    """Opens the workspace at `root`, else at PERFKIT_ROOT, else here or in a folder above.

    `source` limits it to one source of several. `progress` is called with the number of files read
    so far and in all. `cached=False` reads every log again and writes no cache. `jobs` is how many
    processes read when there is much to read (default: one per core). With `live`, each call sees
    the logs as they are then; without, as they were first read, until `refresh`. Raises
    `WorkspaceNotFoundError` or `ConfigError`.

    >>> desk = perfkit.open()
    >>> desk.summary("weekly")
    """
    folder = folder_of(root)
    cached = cached and setting("PERFKIT_NO_CACHE") != "1"
    config = configs.load(folder, timezone_override() or None, cached=cached)
    limits = _snapshot(setting("PERFKIT_SNAPSHOT"))
    return Desk(
        config, source, Options(cached, jobs, progress, limits), live=live and limits is None
    )


def _snapshot(file: str | None) -> Snapshot | None:
    """How much of each log a notebook may see: a report run writes it to a file."""
    if not file:
        return None
    import json

    with builtins.open(file, "rb") as stream:
        snapshot: dict[str, int] = json.load(stream)
    return snapshot


class Breakdown(Text):
    """The parts of a window by a dimension: a table to look at, a frame to compute with."""

    def __init__(self, summary: Summary, dimension: str) -> None:
        super().__init__(render.breakdown(summary, dimension), summary.data.digest)
        self.dimension = dimension
        self.parts = summary.breakdowns[dimension]

    def frame(self, numbers: str = "decimal") -> pd.DataFrame:
        """A row per part, by name, and a column per metric; None where one has no value.

        >>> desk.breakdown("hour", "all").frame(numbers="float")["win_rate"].plot.bar()
        """
        checked_numbers(numbers)
        from perfkit.summary.frame import parts_frame

        return parts_frame(self.parts, self.dimension, numbers)


class Desk(FrameDesk):
    """One workspace: its figures, trades and charts. Logs are read when first needed."""

    @cached_property
    def chart(self) -> ChartDesk:
        """The charts: methods that return matplotlib figures."""
        from perfkit.charts.desk import ChartDesk

        return ChartDesk(self)

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
        self,
        dimension: str,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Breakdown:
        """A table with a line per part; `.frame()` has every metric of each, for pandas.

        `dimension` is strategy, symbol, side, weekday, hour, exit_reason, execution_mode, account
        or source.

        >>> desk.breakdown("strategy", "monthly")
        >>> desk.breakdown("strategy", "monthly").frame()["net_pnl"]
        """
        checked = checked_dimension(dimension)
        selection = self.selection(window, date, start=start, end=end, where=where)
        return Breakdown(summarize(selection, (checked,)), checked)

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
