"""Streaks by length: how many runs of 1, 2, 3 ... wins or losses there were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import table
from perfkit.core.trades import LOST, WON
from perfkit.summary.selection import Selection

HEADER = ("Length", "Winning streaks", "Losing streaks")


class StreakRow(NamedTuple):
    """How many runs of exactly that many wins, and of losses, there were."""

    length: int
    winning: int
    losing: int


def streaks_by_length(selection: Selection) -> list[StreakRow]:
    """The runs of each length, up to the longest; a breakeven neither ends nor lengthens one.

    Of W W B W L W there are one of 3 wins, one of 1 win and one of 1 loss.
    """
    decided = [mark & (WON | LOST) for mark in selection.inside.marks if mark & (WON | LOST)]
    runs = Counter((outcome, len(list(run))) for outcome, run in groupby(decided))
    longest = max((length for _, length in runs), default=0)
    return [StreakRow(n, runs[WON, n], runs[LOST, n]) for n in range(1, longest + 1)]


def streak_table(rows: Sequence[StreakRow]) -> str:
    """The streaks as Markdown; lengths that did not occur are left out."""
    if not rows:
        return "No trade won or lost in the window.\n"
    return table(list(HEADER), streak_cells(rows))


def streak_cells(rows: Sequence[StreakRow]) -> list[list[str]]:
    """A line of texts for each length that occurred, below `HEADER`."""
    return [list(map(str, row)) for row in rows if row.winning or row.losing]
