"""The desk: a workspace as an analyst uses it from a notebook.

import perfkit

desk = perfkit.open()                       # finds config/perfkit.yaml here or above
desk.summary("weekly", date="2025-10-09")   # a table in JupyterLab and in Markdown
desk.trades("2025-10-01", "2025-10-09")     # a pandas frame with exact decimals
desk.chart.equity("weekly", date="2025-10-09")

Most methods choose their trades with the same arguments: `window` (daily, weekly, monthly,
quarterly, yearly, last-7d, last-30d, all) and `date`, or `start` and `end` (or one of the two), and
`where`, a filter such as "symbol=BTCUSDT".
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from functools import cached_property, partial

from perfkit.book.book import Snapshot
from perfkit.book.cache import Options, Progress
from perfkit.config import settings as configs
from perfkit.config.workspace import folder_of, setting, timezone_override
from perfkit.core.errors import UsageError
from perfkit.desk.comparing import ComparingDesk
from perfkit.summary import render
from perfkit.summary.breakdowns import checked_dimension
from perfkit.summary.filters import Where
from perfkit.summary.render import Text
from perfkit.summary.selection import Day, Selection, likely_readings
from perfkit.summary.shown import as_html, bundle, markdown_with_readings
from perfkit.summary.summary import Summary, summarize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from distributed import Client

    from perfkit.alerts.backtest import Backtest
    from perfkit.alerts.rules.rule import Rule
    from perfkit.book.dispatch import Executor
    from perfkit.charts.desk import ChartDesk
    from perfkit.desk.breakdown import Breakdown
    from perfkit.desk.explore.explorer import Explorer
    from perfkit.desk.rules import RuleGiven
    from perfkit.summary.changes import Changes
    from perfkit.summary.explain import Explanation


def open(
    root: str | Path | None = None,
    source: str | None = None,
    progress: Progress | None = None,
    *,
    cached: bool = True,
    jobs: int | None = None,
    live: bool = True,
    executor: Executor | Client | str | None = None,
) -> Desk:
    """Opens the workspace at `root`, else at PERFKIT_ROOT, else here or in a folder above.

    A workspace is a folder with `config/perfkit.yaml`; `perfkit.read` needs none. `source` selects
    one source of several. `progress` is called with the number of files read so far and in total.
    `cached=False` reads every log again and writes no cache. `jobs` is how many processes read
    large logs (default: one per core). With an `executor`, its workers read instead: anything with
    the interface of `concurrent.futures.Executor`, a Dask client, or the address of a Dask cluster.
    With `live`, each call reads what is new in the logs; without it, the desk keeps what was read
    first, until `refresh`. Raises `WorkspaceNotFoundError` or `ConfigError`.

    >>> desk = perfkit.open()
    >>> desk  # lists its sources and what to try
    >>> desk.summary("weekly")
    """
    folder = folder_of(root)
    cached = cached and setting("PERFKIT_NO_CACHE") != "1"
    config = configs.load(folder, timezone_override() or None, cached=cached)
    limits = _snapshot(setting("PERFKIT_SNAPSHOT"))
    options = Options(cached, jobs, progress, limits)
    if executor is not None:
        options = options._replace(executor=_executor_of(executor))
    return Desk(config, source, options, live=live and limits is None)


def _executor_of(given: Executor | Client | str) -> Executor:
    """What does units of work; raises `UsageError` for what cannot."""
    if isinstance(given, str) or hasattr(given, "get_executor"):
        from typing import cast

        from perfkit.book.cluster import Cluster

        return Cluster(cast("str | Client", given))
    if not callable(getattr(given, "submit", None)):
        raise UsageError(
            f"executor={given!r} cannot take work; give a concurrent.futures.Executor, a Dask "
            'client, or the address of a cluster, such as "tcp://scheduler:8786"'
        )
    return given


def _snapshot(file: str | None) -> Snapshot | None:
    """How much of each log a notebook may see: a report run writes it to a file."""
    if not file:
        return None
    import json

    with builtins.open(file, "rb") as stream:
        snapshot: dict[str, int] = json.load(stream)
    return snapshot


class Desk(ComparingDesk):
    """One workspace: its figures, trades and charts. Logs are read when first needed."""

    def __repr__(self) -> str:
        return f"<Desk on {self.config.root}>"

    def __str__(self) -> str:
        from perfkit.desk.overview import Overview

        return Overview(self).text(str(self.config.root))

    def _repr_html_(self) -> str | None:
        from perfkit.desk.overview import Overview

        shown = Overview(self)
        return as_html(shown.markdown(str(self.config.root)), shown.data_up_to)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        from perfkit.desk.overview import Overview

        shown, root = Overview(self), str(self.config.root)
        return bundle(shown.text(root), shown.markdown(root), shown.data_up_to)

    @cached_property
    def chart(self) -> ChartDesk:
        """The charts: methods that return matplotlib figures.

        >>> desk.chart.equity("weekly", "2025-10-09")
        """
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
        """Every figure of a window.

        `window` is daily, weekly, monthly, quarterly, yearly, last-7d, last-30d or all. Without a
        date, it is the window of the newest trading day with a line.

        >>> desk.summary("weekly", "2025-10-09").metrics["net_pnl"]
        Decimal('59.82023')
        >>> desk.summary(start="2025-09-22", end="2025-10-03", where="side=long")
        """
        selection = self.selection(window, date, start=start, end=end, where=where)
        summary = summarize(selection)
        summary.data_up_to = selection.book.present_day
        return summary

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
        """Where a figure comes from: its formula, its numbers, and the log lines behind it.

        >>> desk.explain("largest_loss", "monthly").lines
        ['logs/trades/2025-10-01.jsonl:10']
        """
        from perfkit.summary.explain import explain

        selection = self.selection(window, date, start=start, end=end, where=where)
        found = explain(metric, summarize(selection, ()), selection)
        return found._replace(data_up_to=selection.book.present_day)

    def glance(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
        title: str = "",
    ) -> Text:
        """What happened, in one paragraph and one small table.

        With a title, such as that of a report, it begins with a heading with title and period.

        >>> desk.glance("weekly", "2025-10-09")
        >>> desk.glance("weekly", "2025-10-09", title="Weekly report")
        """
        selection = self.selection(window, date, start=start, end=end, where=where)
        newest = selection.book.newest_day
        return _text(lambda one: render.glance(one, title, newest), selection, has_readings=True)

    def trade_list(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Text:
        """The trades that closed in a window, and those open at its end, as tables.

        >>> desk.trade_list("daily", "2025-10-09")
        """
        from perfkit.desk.trade_list import trade_list

        selection = self.selection(window, date, start=start, end=end, where=where)
        digest = summarize(selection, ()).data.digest
        listed = markdown_with_readings(trade_list(selection), selection.likely_readings)
        return Text(listed, digest, selection.book.present_day)

    def figures(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Text:
        """Every figure, in groups.

        >>> desk.figures("weekly", "2025-10-09")
        """
        selection = self.selection(window, date, start=start, end=end, where=where)
        return _text(render.figures, selection)

    def targets(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Text:
        """The targets, and how the figures compare with them.

        >>> desk.targets("weekly", "2025-10-09")
        """
        selection = self.selection(window, date, start=start, end=end, where=where)
        return _text(render.targets, selection)

    def quality(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Text:
        """Problems in the log lines, trades and days of the window.

        >>> desk.quality("weekly", "2025-10-09")
        """
        selection = self.selection(window, date, start=start, end=end, where=where)
        return _text(render.quality, selection, has_readings=True)

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

        `dimension` is strategy, symbol, side, weekday, hour, exit_reason, execution_mode, account,
        source, holding_time (in fixed bins), day, week, month, or one that a source declares, such
        as bot_version.

        >>> desk.breakdown("strategy", "monthly")
        >>> desk.breakdown("strategy", "monthly").frame()["net_pnl"]
        """
        from perfkit.desk.breakdown import Breakdown

        checked = checked_dimension(dimension, self.config)
        selection = self.selection(window, date, start=start, end=end, where=where)
        summary_of = partial(summarize, selection, (checked,))
        readings = selection.likely_readings
        return Breakdown(summary_of, checked, selection.book.present_day, readings)

    def drawdowns(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Text:
        """The five deepest drawdowns, by money: when each began, its lowest point and its end.

        >>> desk.drawdowns("monthly", "2025-09-30")
        """
        from perfkit.summary.labels import cash_of
        from perfkit.summary.tables.drawdowns import deepest_drawdowns, drawdown_table

        selection = self.selection(window, date, start=start, end=end, where=where)
        rows = deepest_drawdowns(selection)

        def rendered(of: Summary) -> str:
            cash = cash_of(of.metrics, of.currency)
            return drawdown_table(rows, of.window.start, cash, of.window.timezone)

        return _text(rendered, selection)

    def streaks(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Text:
        """How many winning and losing streaks of each length there were.

        >>> desk.streaks("all")
        """
        from perfkit.summary.tables.streaks import streak_table, streaks_by_length

        selection = self.selection(window, date, start=start, end=end, where=where)
        return _text(lambda _: streak_table(streaks_by_length(selection)), selection)

    def changes(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> Changes:
        """What changed since the period before: figures, target statuses, new alerts.

        >>> desk.changes("weekly", "2025-10-09")
        """
        from perfkit.alerts.status import began_in
        from perfkit.summary.changes import changes, period_before

        now = self.selection(window, date, start=start, end=end, where=where)
        summary = summarize(now)
        before = period_before(self.config.calendar, now.window, summary.window)
        return changes(
            summary,
            summarize(Selection(now.book, before, now.where, now.readings)),
            began_in(self.config.root, now.window),
            now.book.present_day,
            now.likely_readings,
        )

    def explore(
        self,
        window: str = "daily",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
        by: str = "strategy",
        chart: str = "equity",
    ) -> Explorer:
        """Controls for window, dates, filter, breakdown and chart, with the result beside them.

        For JupyterLab, with the extra `lab`. The arguments set the initial values. `code` has the
        lines of Python that give the same; `summary`, `breakdown` and `chart` are what is shown.

        >>> desk.explore("weekly", by="symbol")
        """
        from perfkit.desk.explore.explorer import explorer

        return explorer(self, window, date, start, end, where, by, chart)

    def backtest(
        self,
        rule: RuleGiven | Sequence[RuleGiven] | None = None,
        start: Day = None,
        end: Day = None,
    ) -> Backtest:
        """When alert rules would have fired, from `start` to `end` (inclusive; default: all days).

        `rule` is the id of a rule in config/alerts.yaml, a rule from `desk.rule`, a mapping with
        the keys of that file, or a list of these; by default, all rules of the file are run.

        >>> desk.backtest("win-rate-20", start="2025-09-08")
        >>> desk.backtest([desk.rule("win-rate-20", below=limit) for limit in ("0.5", "0.55")])
        """
        from perfkit.alerts.backtest import desk_backtest
        from perfkit.desk.rules import rules_given

        found = desk_backtest(self.config, rules_given(self.config, rule), start, end)
        return found._replace(readings=tuple(likely_readings(self.readings, self.config, {})))

    def rule(self, rule: str, /, **changes: object) -> Rule:
        """A rule of config/alerts.yaml, or a variant of it with some keys changed.

        Write numbers as text, integers or `Decimal`. None removes a key; `for` is written `for_`.
        The id of a variant shows what differs.

        >>> desk.rule("win-rate-20", below="0.55").id
        'win-rate-20-below-0.55'
        """
        from perfkit.desk.rules import variant

        return variant(self.config, rule, changes)

    def alerts(self) -> Text:
        """The state of each alert rule after the last run of `perfkit-alerts`.

        >>> desk.alerts()
        """
        from perfkit.alerts.status import alert_status

        return alert_status(self.config.root, self.config.calendar.timezone)


def _text(
    rendered: Callable[[Summary], str], selection: Selection, *, has_readings: bool = False
) -> Text:
    """A summary as `rendered` shows it, and, if that lacks it, how logs are likely to be read."""
    summary = summarize(selection)
    readings = () if has_readings else selection.likely_readings
    markdown = markdown_with_readings(rendered(summary), readings)
    return Text(markdown, summary.data.digest, selection.book.present_day)
