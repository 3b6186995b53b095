"""Two selections of a desk compared."""

from __future__ import annotations

from perfkit.desk.frames import FrameDesk
from perfkit.summary.filters import Where
from perfkit.summary.selection import Day, is_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.summary.comparison.shown import Comparison


class ComparingDesk(FrameDesk):
    """What a desk says of two selections of trades."""

    def compare(
        self,
        where: Where = None,
        other: Where = None,
        window: str = "all",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        other_window: str | None = None,
        other_date: Day = None,
        other_start: Day = None,
        other_end: Day = None,
    ) -> Comparison:
        """Whether other trades did better or worse, or whether it is too early to say.

        The base are the trades that `where` and the window select. `other` has the conditions in
        which the other side differs, and `other_window`, `other_date`, `other_start` and
        `other_end` its window; where they say nothing, it is as the base. Win rate, expectancy and
        average R have the 95 % interval of the difference and a verdict.

        >>> desk.compare("bot_version=1.4.2", "bot_version=1.4.3")
        >>> desk.compare(window="weekly", date="2025-10-02", other_date="2025-10-09")
        """
        from perfkit.summary.comparison.compare import compared
        from perfkit.summary.comparison.shown import Comparison

        conditions = self.filter(where)
        base = self.selection(
            _kind(window, start, end), date, start=start, end=end, where=conditions
        )
        own_days = is_given(other_start) or is_given(other_end)
        if not own_days and other_window is None and not is_given(other_date):
            other_date, other_start, other_end = date, start, end
        kind = other_window or window
        selected = self.selection(
            _kind(kind, other_start, other_end),
            other_date,
            start=other_start,
            end=other_end,
            where={**conditions, **self.filter(other)},
        )
        found = Comparison(*compared(base, selected))
        found.data_up_to = selected.book.present_day
        return found


def _kind(window: str, start: Day, end: Day) -> str:
    """The kind of a window, which gives way to first and last day where it is all."""
    return "daily" if window == "all" and (is_given(start) or is_given(end)) else window
