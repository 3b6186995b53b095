"""Which trades are compared: those of the base, and those of the other side."""

from __future__ import annotations

from perfkit.summary.selection import Day, is_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from perfkit.summary.filters import Where
    from perfkit.summary.selection import Selection

    class Chooses(Protocol):
        """What is needed of a desk: its filters and its selections."""

        def filter(self, where: Where) -> dict[str, str]: ...

        def selection(
            self,
            window: str = ...,
            date: Day = ...,
            *,
            start: Day = ...,
            end: Day = ...,
            where: Where = ...,
        ) -> Selection: ...


def two_selections(
    desk: Chooses,
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
) -> tuple[Selection, Selection]:
    """The base and the other side, which is as the base where nothing is said of it."""
    conditions = desk.filter(where)
    base = desk.selection(kind_of(window, start, end), date, start=start, end=end, where=conditions)
    own_days = is_given(other_start) or is_given(other_end)
    if not own_days and other_window is None and not is_given(other_date):
        other_date, other_start, other_end = date, start, end
    kind = other_window or window
    return base, desk.selection(
        kind_of(kind, other_start, other_end),
        other_date,
        start=other_start,
        end=other_end,
        where={**conditions, **desk.filter(other)},
    )


def kind_of(window: str, start: Day, end: Day) -> str:
    """The kind of a window, which gives way to first and last day where it is all."""
    return "daily" if window == "all" and (is_given(start) or is_given(end)) else window
