"""Two selections of a desk compared, and one simulated."""

from __future__ import annotations

from perfkit.desk.frames import FrameDesk
from perfkit.summary.filters import Where
from perfkit.summary.selection import Day, Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.summary.comparison.shown import Comparison
    from perfkit.summary.simulation.shown import MonteCarlo


class ComparingDesk(FrameDesk):
    """What a desk says of two selections of trades, and of one by chance."""

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

        >>> desk.compare("bot_version=1.4.2", "bot_version=1.4.3")

        `where` and the window select the trades of the base. The other side is the same, except
        for the conditions in `other`, and for its window: `other_window`, `other_date`,
        `other_start` and `other_end`. A condition is a text, `"field=value"`, or a mapping,
        `{"field": ["value", "another"]}`. Win rate, expectancy and average R have the 95 % interval
        of the difference and a verdict.

        >>> desk.compare(window="weekly", date="2025-10-02", other_date="2025-10-09")
        """
        from perfkit.summary.comparison.sides import two_selections

        return comparison_of(
            *two_selections(
                self,
                where,
                other,
                window,
                date,
                start=start,
                end=end,
                other_window=other_window,
                other_date=other_date,
                other_start=other_start,
                other_end=other_end,
            )
        )

    def monte_carlo(
        self,
        window: str = "all",
        date: Day = None,
        *,
        start: Day = None,
        end: Day = None,
        where: Where = None,
    ) -> MonteCarlo:
        """How deep drawdowns get by chance: trades in random order, and drawn at random.

        Shows the drawdown that 50, 95 and 99 % of 10,000 runs do not exceed, in each of the two
        ways. The same trades give the same numbers. With fewer than 20, `is_enough` is false.

        >>> desk.monte_carlo(where="strategy=breakout").resampled.in_95_pct
        """
        from perfkit.summary.comparison.sides import kind_of
        from perfkit.summary.simulation.shown import MonteCarlo
        from perfkit.summary.simulation.simulate import simulated

        kind = kind_of(window, start, end)
        selection = self.selection(kind, date, start=start, end=end, where=where)
        found = MonteCarlo(*simulated(selection))
        found.data_up_to = selection.book.present_day
        found.readings = tuple(selection.likely_readings)
        return found


def comparison_of(base: Selection, other: Selection) -> Comparison:
    """Two selections compared, as notebooks and terminals show it."""
    from perfkit.summary.comparison.compare import compared
    from perfkit.summary.comparison.shown import Comparison

    found = Comparison(*compared(base, other))
    found.data_up_to = other.book.present_day
    found.readings = tuple(dict.fromkeys([*base.likely_readings, *other.likely_readings]))
    trades = found.figure("closed_trades")
    if not (trades.base and trades.other):
        from perfkit.summary.comparison.empty_sides import why_empty

        found.why_empty = why_empty(found, (base, other))
    return found
