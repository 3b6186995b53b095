"""The desk: a workspace as an analyst uses it from a notebook.

    import perfkit

    desk = perfkit.open()                    # finds config/perfkit.yaml here or above
    desk.summary("weekly", date="2025-10-09")   # a table in JupyterLab and in Markdown
    desk.trades("2025-10-01", "2025-10-09")     # a pandas frame with exact decimals
    desk.chart.equity("weekly", date="2025-10-09")
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date as Date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit import book as books
from perfkit import config as configs
from perfkit import render
from perfkit.book import Book
from perfkit.config import Config
from perfkit.errors import UsageError
from perfkit.render import Text
from perfkit.slices import DIMENSIONS
from perfkit.summary import Summary, parse_where, range_window, resolve_window, summarize
from perfkit.trades import Trades
from perfkit.window import Window

if TYPE_CHECKING:
    import pandas as pd

    from perfkit.charts import ChartDesk

Where = Mapping[str, str] | str | None
"""A filter: a mapping, or the text `field=value, field=value`."""


def open(root: str | Path | None = None, source: str | None = None) -> Desk:
    """Opens the workspace at `root`, else at PERFKIT_ROOT, else here or in a folder above.

    `source` limits it to one source of several. Raises `WorkspaceNotFoundError` or `ConfigError`.
    """
    given = root or os.environ.get("PERFKIT_ROOT") or None
    folder = configs.find_root(Path.cwd()) if given is None else Path(given).absolute()
    return Desk(configs.load(folder, os.environ.get("PERFKIT_TIMEZONE")), source)


def as_where(where: Where) -> dict[str, str]:
    """A filter in any of its spellings as a mapping."""
    if where is None:
        return {}
    if isinstance(where, str):
        return parse_where([part.strip() for part in where.split(",") if part.strip()])
    return parse_where([f"{name}={value}" for name, value in where.items()])


class Desk:
    """One workspace: its figures, trades and charts. The logs are read when first needed."""

    def __init__(self, config: Config, source: str | None = None) -> None:
        self.config = config
        self.source = source

    @cached_property
    def book(self) -> Book:
        """Every trade of the logs; `refresh` reads them anew."""
        return books.read(self.config, self.source)

    @cached_property
    def chart(self) -> ChartDesk:
        """The charts, as methods that return figures."""
        from perfkit.charts import ChartDesk

        return ChartDesk(self)

    def refresh(self) -> Desk:
        """Forgets what was read, so that the next figure sees the logs as they are now."""
        self.__dict__.pop("book", None)
        return self

    def window(
        self,
        window: str = "daily",
        date: str | Date | None = None,
        start: str | Date | None = None,
        end: str | Date | None = None,
    ) -> Window:
        """The window of that kind for a date, or from `start` to `end`, both inclusive."""
        if (start is None) != (end is None):
            raise UsageError("start and end go together: give both dates")
        if start is not None and end is not None:
            if date is not None:
                raise UsageError("give either a date or start and end")
            return range_window(self.book, start, end)
        return resolve_window(self.book, window, date)

    def summary(
        self,
        window: str = "daily",
        date: str | Date | None = None,
        *,
        start: str | Date | None = None,
        end: str | Date | None = None,
        where: Where = None,
    ) -> Summary:
        """Every figure of a window: daily, weekly, monthly, last-7d, last-30d or all.

        Without a date, the window of the newest trading day that has a line.
        """
        return summarize(self.book, self.window(window, date, start, end), as_where(where))

    def glance(
        self, window: str = "daily", date: str | Date | None = None, *, where: Where = None
    ) -> Text:
        """What happened, in one paragraph and one small table."""
        return Text(render.glance(self.summary(window, date, where=where)))

    def figures(
        self, window: str = "daily", date: str | Date | None = None, *, where: Where = None
    ) -> Text:
        """Every figure, in groups."""
        return Text(render.figures(self.summary(window, date, where=where)))

    def targets(
        self, window: str = "daily", date: str | Date | None = None, *, where: Where = None
    ) -> Text:
        """Targets against actual figures."""
        return Text(render.targets(self.summary(window, date, where=where)))

    def breakdown(
        self,
        dimension: str,
        window: str = "daily",
        date: str | Date | None = None,
        *,
        where: Where = None,
    ) -> Text:
        """One line per strategy, symbol or another dimension of `perfkit.slices.DIMENSIONS`."""
        if dimension not in DIMENSIONS:
            raise UsageError(f"no breakdown by {dimension!r}; use one of {', '.join(DIMENSIONS)}")
        return Text(render.breakdown(self.summary(window, date, where=where), dimension))

    def quality(
        self, window: str = "daily", date: str | Date | None = None, *, where: Where = None
    ) -> Text:
        """What is odd about the data."""
        return Text(render.quality(self.summary(window, date, where=where)))

    def closed(self, window: Window, where: Where = None) -> Trades:
        """The trades that closed in the window, in trade order."""
        return self.book.closed.where(as_where(where)).between(window.start, window.end)

    def trades(
        self,
        start: str | Date | None = None,
        end: str | Date | None = None,
        where: Where = None,
    ) -> pd.DataFrame:
        """A frame with a row per closed trade; decimals are `decimal.Decimal`, times are UTC.

        `start` and `end` are dates, both inclusive; without them, every trade.
        """
        from perfkit.frames import trades_frame

        closed = self.book.closed.where(as_where(where))
        if start is not None or end is not None:
            window = self.window(start=start or end, end=end or start)
            closed = closed.between(window.start, window.end)
        return trades_frame(closed)

    def open_trades(self, where: Where = None) -> pd.DataFrame:
        """A frame with a row per trade that has not closed."""
        from perfkit.frames import trades_frame

        return trades_frame(self.book.open.where(as_where(where)))
