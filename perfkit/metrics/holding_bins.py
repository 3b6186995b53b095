"""Holding times in fixed bins, so that those of two windows can be compared."""

from __future__ import annotations

from bisect import bisect_right

from perfkit.core.calendar import DAY_US, HOUR_US, SECOND_US

_MINUTE_US = 60 * SECOND_US
_ENDS = (
    *(minutes * _MINUTE_US for minutes in (1, 5, 15, 60)),
    *(4 * HOUR_US, DAY_US, 7 * DAY_US),
)
HOLDING_BINS = (
    "under 1 min",
    "1 to 5 min",
    "5 to 15 min",
    "15 to 60 min",
    "1 to 4 h",
    "4 to 24 h",
    "1 to 7 d",
    "7 d and more",
)
"""The bins, from the shortest; each holds its lower end and not its upper one."""


def holding_bin(hold_us: int) -> str:
    """The bin of a holding time in microseconds: 5 minutes sharp are in "5 to 15 min"."""
    return HOLDING_BINS[bisect_right(_ENDS, hold_us)]
