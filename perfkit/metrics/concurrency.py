"""When any trade was open, and how many at once: of the instants at which trades opened and closed.

A trade is open from its opening to before its closing, so one that closes when another opens was
not open together with it. Which closing belongs to which opening makes no difference. Opened at 1,
3, 9 and closed at 5, 7, 10: before the third opening two have closed, the second of them at 7, so
none was open from 7 to 9. At the second opening, at 3, none had closed: two were open together.

These figures need the times of each trade, which no tally has. So they are computed only in a
workspace that names them, as in `metrics: [exposure, max_concurrent]`, and nobody else waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import sub

from perfkit.core.exact import scaled
from perfkit.metrics.facts import NOT_OF_A_PART, Facts, Held, Undefined
from perfkit.metrics.metric import STREAKS, Inputs, Metric, Quotient, metric

NO_OPENING = Undefined("no trade has an opening time")


def held_of(spans: Iterable[tuple[int, int]], start: int, end: int) -> Held | Undefined:
    """How long any trade was open in `[start, end)`, and the most at once.

    `spans` are opening and closing of each trade; what of them lies outside is cut off.
    """
    opened_at: list[int] = []
    closed_at: list[int] = []
    for opened, closed in spans:
        first = max(start, opened)
        opened_at.append(first)
        closed_at.append(max(first, min(closed, end)))
    if not opened_at:
        return NO_OPENING
    opened_at.sort()
    closed_at.sort()
    idle = sum(gap for gap in map(sub, opened_at[1:], closed_at) if gap > 0)
    most, most_at = 0, opened_at[0]
    for row, at in enumerate(opened_at):
        if at < closed_at[row - most]:
            most, most_at = most + 1, at
    return Held(closed_at[-1] - opened_at[0] - idle, end - start, most, most_at)


def _held(facts: Facts) -> Held | Undefined:
    return NOT_OF_A_PART if facts.held is None else facts.held()


def _held_inputs(facts: Facts) -> Inputs:
    held = _held(facts)
    if isinstance(held, Undefined):
        return {}
    return {"time held": scaled(held.open_us, 6), "time of the window": scaled(held.window_us, 6)}


@metric(
    "Share of the time in the window during which any trade was open.",
    formula="time in the union of [opened, closed) / time of the window",
    unit="fraction",
    range="0 to 1",
    bounds=(0, 1),
    empty="null when no trade has an opening time, and in a part of a window",
    source="holding times cut to the window; a trade still open counts up to the newest line. All "
    "hours count, nights and weekends too, and of a window that is not over those to come",
    elsewhere=(
        "quantstats counts days with a return, backtesting.py bars in which a trade was open, "
        "those of its opening and closing included."
    ),
    group=STREAKS,
    reads=("held",),
    inputs=_held_inputs,
)
def exposure(facts: Facts) -> Quotient | Undefined:
    held = _held(facts)
    if isinstance(held, Undefined):
        return held
    return Quotient(held.open_us, held.window_us, NO_OPENING)


@metric(
    "Most trades that were open at the same time.",
    formula="max over time of the trades with opened <= t < closed, within the window",
    unit="trades",
    range="0 and up",
    bounds=(0, None),
    empty="null when no trade has an opening time, and in a part of a window",
    source="plain count; a trade that closes when another opens was not open together with it",
    label="Most trades open at once",
    group=STREAKS,
    reads=("held",),
)
def max_concurrent(facts: Facts) -> int | Undefined:
    held = _held(facts)
    return held if isinstance(held, Undefined) else held.most


ON_REQUEST: dict[str, Metric] = {row.name: row for row in (exposure, max_concurrent)}
"""The rows of this module by name."""
