"""What depends on the order of trades and still merges: streaks and the largest drawdown."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trade import LOSS, WIN
from perfkit.core.trades import LOST, WON

NO_STREAK = "none"

LETTERS = {0: "", WON: "W", LOST: "L"}
"""A letter for each outcome, by the marks of a trade."""
_KINDS = {"W": WIN, "L": LOSS}


class Streaks(NamedTuple):
    """Runs of wins and of losses; breakevens neither end nor lengthen one.

    `first` and `last` are the runs the trades start and end with, as `(kind, length)`.
    """

    first: tuple[str, int] = (NO_STREAK, 0)
    last: tuple[str, int] = (NO_STREAK, 0)
    longest_win: int = 0
    longest_loss: int = 0


def streaks_of(letters: Sequence[str]) -> Streaks:
    """The streaks of trades, a letter each: W, L, or an empty text for a breakeven."""
    decided = "".join(letters)
    if not decided:
        return Streaks()
    first, last = decided[0], decided[-1]
    return Streaks(
        (_KINDS[first], len(decided) - len(decided.lstrip(first))),
        (_KINDS[last], len(decided) - len(decided.rstrip(last))),
        _longest("W", decided),
        _longest("L", decided),
    )


def _longest(letter: str, decided: str) -> int:
    """The length of the longest run of a letter."""
    above = 1
    while letter * above in decided:
        above *= 2
    length = above // 2
    while above - length > 1:
        middle = (length + above) // 2
        if letter * middle in decided:
            length = middle
        else:
            above = middle
    return length


def merged_streaks(runs: Sequence[Streaks], decided: Sequence[int]) -> Streaks:
    """The streaks of runs in order; `decided` counts the wins and losses of each."""
    whole, so_far = runs[0], decided[0]
    for later, count in zip(runs[1:], decided[1:], strict=True):
        whole = _two_streaks(whole, later, so_far, count)
        so_far += count
    return whole


def _two_streaks(a: Streaks, b: Streaks, decided_a: int, decided_b: int) -> Streaks:
    """Runs that meet at the seam become one."""
    if not decided_a:
        return b
    if not decided_b:
        return a
    longest = {
        WIN: max(a.longest_win, b.longest_win),
        LOSS: max(a.longest_loss, b.longest_loss),
    }
    first, last = a.first, b.last
    if a.last[0] == b.first[0]:
        kind, seam = a.last[0], a.last[1] + b.first[1]
        longest[kind] = max(longest[kind], seam)
        if a.first[1] == decided_a:
            first = (kind, seam)
        if b.last[1] == decided_b:
            last = (kind, seam)
    return Streaks(first, last, longest[WIN], longest[LOSS])
