"""When any trade was open, and how many at once: openings and closings in the order of time.

A trade is open from its opening to before its closing, so one that closes when another opens was
not open together with it. Which closing belongs to which opening makes no difference. Opened at 1,
3, 9 and closed at 5, 7, 10: before the third opening two have closed, the second of them at 7, so
none was open from 7 to 9. At the second opening, at 3, none had closed: two were open together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import sub

from perfkit.metrics.facts import Held, Undefined
from perfkit.metrics.ranks import Ranks, sorted_values

NO_OPENING = Undefined("no trade has an opening time")


def held_of(
    closed: Ranks, still_open: Sequence[tuple[int, int]], start: int, end: int
) -> Held | Undefined:
    """How long any trade was open in `[start, end)`, and the most at once.

    `closed` are trades that closed in it, `still_open` when others opened, and until when they are
    looked at. What lies outside is cut off.
    """
    opened_at, closed_at = sorted_values(closed.opened), sorted_values(closed.closed)
    before = bisect_right(opened_at, start)
    opened_at[:before] = [start] * before
    for opened, until in still_open:
        opened_at.append(max(start, opened))
        closed_at.append(max(start, opened, min(until, end)))
    if not opened_at:
        return NO_OPENING
    if still_open:
        opened_at.sort()
        closed_at.sort()
    idle = sum(gap for gap in map(sub, opened_at[1:], closed_at) if gap > 0)
    most, most_at = 0, opened_at[0]
    for row, at in enumerate(opened_at):
        if at < closed_at[row - most]:
            most, most_at = most + 1, at
    return Held(closed_at[-1] - opened_at[0] - idle, end - start, most, most_at)
