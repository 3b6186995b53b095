"""When any trade was open, and how many at once: openings and closings in the order of time.

A trade is open from its opening to before its closing. Opened at 1, 3, 7, closed at 5, 7, 8: the
events are +1 +3 -5 -7 +7 -8, so 1, 2, 1, 0, 1, 0 trades are open after each. At most 2 were open at
once, and some were from 1 to 8, because nothing lies between the closing and the opening at 7.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, compress, repeat
from operator import and_, not_

from perfkit.metrics.facts import Held, Undefined
from perfkit.metrics.ranks import Ranks, sorted_values

NO_OPENING = Undefined("no trade has an opening time")
_STEPS = (-1, 1)


def held_of(
    closed: Ranks, still_open: Iterable[tuple[int, int]], start: int, end: int
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
    # An instant twice, plus 1 of an opening: so a closing comes before an opening at its instant.
    events = [2 * at + 1 for at in opened_at]
    events += [2 * at for at in closed_at]
    events.sort()
    depths = list(accumulate(map(_STEPS.__getitem__, map(and_, events, repeat(1)))))
    idle = compress(range(len(events) - 1), map(not_, depths))
    without = sum((events[row + 1] >> 1) - (events[row] >> 1) for row in idle)
    busy = (events[-1] >> 1) - (events[0] >> 1) - without
    most = max(depths)
    return Held(busy, end - start, most, events[depths.index(most)] >> 1)
