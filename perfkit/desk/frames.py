"""Trades, days and returns of a desk as pandas objects; pandas is loaded with the first."""

from __future__ import annotations

from perfkit.core.errors import UsageError
from perfkit.core.filters.where import meeting
from perfkit.desk.selecting import SelectingDesk, window_in
from perfkit.summary.filters import Where
from perfkit.summary.selection import Day, Selection, is_given, likely_readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    import pandas as pd

    from perfkit.summary.summary import Summary

    Frame = TypeVar("Frame", pd.DataFrame, pd.Series[Any])


class FrameDesk(SelectingDesk):
    """What a desk hands on as pandas frames and series."""

    def trades(
        self,
        start: Day = None,
        end: Day = None,
        where: Where = None,
        *,
        numbers: str = "decimal",
    ) -> pd.DataFrame:
        """A frame with a row per closed trade, in trade order; times are UTC.

        From `start` to `end`, both inclusive; without one of them, from the first or to the last.
        Numbers are exact, `decimal.Decimal`; with `numbers="float"` they are the nearest floats,
        for plots, `describe` and statistics.

        >>> frame = desk.trades("2025-10-01", "2025-10-09")
        >>> sum(frame["net_pnl"])
        Decimal('-903.58604')
        >>> desk.trades(numbers="float")["net_pnl"].cumsum().plot()
        """
        checked_numbers(numbers)
        conditions = self.filter(where)
        closed = self.all_closed(conditions)
        if is_given(start) or is_given(end):
            window = self.window(start=start, end=end, where=conditions)
            closed = closed.between(window.start, window.end)
        from perfkit.summary.frame import trades_frame

        return self._noted(trades_frame(closed, numbers), conditions)

    def open_trades(self, where: Where = None, *, numbers: str = "decimal") -> pd.DataFrame:
        """A frame with a row per trade that has not closed; columns are those of `trades`.

        >>> len(desk.open_trades())
        6
        """
        checked_numbers(numbers)
        from perfkit.summary.frame import trades_frame

        conditions = self.filter(where)
        opened = meeting(self.book_of(conditions).open, conditions, self.config.calendar)
        frame = trades_frame(opened, numbers)
        return self._noted(frame, conditions)

    def daily(
        self,
        window: str = "all",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
        numbers: str = "decimal",
    ) -> pd.DataFrame:
        """A frame with a row per trading day, by date: closed trades, net P&L, costs.

        Each expected day up to the newest line has a row, also where no trade closed, and so has
        any other day on which one did. A day without a log file is missing, not zero: `is_missing`
        says so, its money is None or NaN, and a warning names it.

        >>> desk.daily("monthly", numbers="float")["net_pnl"].plot.bar()
        """
        checked_numbers(numbers)
        span = _span(window, start, end)
        selection = self.selection(span, date, start=start, end=end, where=where)
        from perfkit.desk.by_day import counts_of, day_rows, flags_of, missing_sentence, money_of
        from perfkit.summary.frame import daily_frame

        rows = day_rows(selection)
        days = [row.day for row in rows]
        frame = daily_frame(days, counts_of(rows), money_of(rows), flags_of(rows), numbers)
        _warn(missing_sentence(selection.missing))
        return self._noted(frame, selection.where, selection)

    def equity(
        self,
        window: str = "all",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
        numbers: str = "decimal",
    ) -> pd.Series[Any]:
        """Equity at the end of each trading day, by date: `starting_equity` and all P&L so far.

        The days are those of `daily`; a missing day has none. With a filter, it is the equity that
        the trades selected would have led to. Raises `UsageError` without a `starting_equity`.

        >>> desk.equity(numbers="float").plot()
        """
        checked_numbers(numbers)
        span = _span(window, start, end)
        selection = self.selection(span, date, start=start, end=end, where=where)
        from perfkit.desk.by_day import equity_rows, missing_sentence

        rows = equity_rows(selection)
        from perfkit.summary.frame import daily_series

        ends = [None if row.of.is_missing else row.end for row in rows]
        series = daily_series([row.of.day for row in rows], ends, "equity", numbers)
        _warn(missing_sentence(selection.missing))
        return self._noted(series, selection.where, selection)

    def returns(
        self,
        window: str = "all",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> pd.Series[float]:
        """Daily returns as floats, by date, for quantstats, pyfolio and empyrical.

        The return of a day is its net P&L divided by equity at its start. The days are the expected
        ones up to the newest line, 0 if no trade closed; a missing day is NaN, and a warning names
        it. Raises `UsageError` without a `starting_equity`, or when equity is used up.

        >>> import quantstats
        >>> quantstats.stats.sharpe(desk.returns(), periods=365)
        """
        span = _span(window, start, end)
        selection = self.selection(span, date, start=start, end=end, where=where)
        from perfkit.desk.by_day import (
            day_returns,
            equity_rows,
            missing_sentence,
            unexpected_sentence,
        )

        rows = equity_rows(selection)
        returns = day_returns(rows)
        from perfkit.summary.frame import daily_series

        days, rates = [day for day, _ in returns], [rate for _, rate in returns]
        series = daily_series(days, rates, "returns", "float")
        _warn(missing_sentence(selection.missing))
        _warn(unexpected_sentence([row.of for row in rows]))
        return self._noted(series, selection.where, selection)

    def summary_of(
        self,
        frame: pd.DataFrame,
        window: str = "all",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
    ) -> Summary:
        """The exact figures of trades chosen in pandas: of any rows of `trades` or `open_trades`.

        Rows are found by their log lines, so a frame of floats has exact figures as well. The
        window (default: all days) sets the days for the Sharpe ratio, trades per day and the like.
        Raises `UsageError` for a row that is not a trade of the desk, was changed, occurs twice, or
        closed outside the window.

        >>> frame = desk.trades()
        >>> desk.summary_of(frame[frame["hold_seconds"] < 3600]).metrics["closed_trades"]
        101
        """
        from perfkit.desk.chosen import chosen_selection
        from perfkit.summary.summary import summarize

        where = self._source_of(frame)
        book = self.book_of(where)
        chosen = window_in(book, _span(window, start, end), date, start, end)
        selection = chosen_selection(frame, book, chosen, where, self.readings)
        summary = summarize(selection)
        summary.data_up_to = book.present_day
        return summary

    def _source_of(self, frame: pd.DataFrame) -> dict[str, str]:
        """A filter for the one source of the rows, where sources do not share a currency."""
        currencies = {source.currency for source in self.config.sources}
        if self.source is not None or len(currencies) < 2 or "source" not in frame:
            return {}
        names = {str(name) for name in frame["source"]}
        known = {source.name for source in self.config.sources}
        return {"source": names.pop()} if len(names) == 1 and names <= known else {}

    def _noted(
        self, frame: Frame, where: dict[str, str], selection: Selection | None = None
    ) -> Frame:
        """The frame with what it does not show: currency, newest day, likely reading, filter."""
        book = self.book_of(where)
        frame.attrs["currency"] = book.currency
        frame.attrs["data_up_to"] = str(book.present_day or "")
        if likely := likely_readings(self.readings, self.config, where):
            frame.attrs["likely_reading"] = likely
        if where:
            frame.attrs["where"] = where
        if selection is not None and selection.missing:
            frame.attrs["missing_days"] = list(map(str, selection.missing))
        return frame


def _span(window: str, start: Day, end: Day) -> str:
    """The kind of a window; `all`, which is the default here, gives way to first and last day."""
    return "range" if window == "all" and (is_given(start) or is_given(end)) else window


def checked_numbers(numbers: object) -> None:
    """Raises `UsageError` for a kind of number that frames do not have."""
    if numbers not in ("decimal", "float"):
        raise UsageError(f"numbers={numbers!r} is unknown; use 'decimal' (exact) or 'float'")


def _warn(sentence: str) -> None:
    if sentence:
        import warnings

        warnings.warn(sentence, UserWarning, stacklevel=3)
