"""The tables that `--by` of a command names: breakdowns, drawdowns, streaks."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.config.settings import Config
from perfkit.core.errors import UsageError, did_you_mean
from perfkit.core.formatting import aligned
from perfkit.summary.breakdowns import BY_NAME
from perfkit.summary.labels import cash_of
from perfkit.summary.render import breakdown_text
from perfkit.summary.selection import Selection
from perfkit.summary.shape import SummaryShape

DRAWDOWN, STREAK = "drawdown", "streak"
TABLES = (*BY_NAME, DRAWDOWN, STREAK)


def checked_table(name: str, config: Config) -> str:
    """The name itself; raises `UsageError` for one that there is no table by."""
    known = (*TABLES, *config.dimensions)
    if name not in known:
        meant = did_you_mean(name, known)
        raise UsageError(f"no breakdown by {name!r}; {meant}use one of {', '.join(known)}")
    return name


def dimensions_of(names: Sequence[str], always: Sequence[str]) -> list[str]:
    """The breakdowns that a summary needs: some `always`, and those named."""
    return list(
        dict.fromkeys([*always, *(name for name in names if name not in (DRAWDOWN, STREAK))])
    )


def tables_text(summary: SummaryShape, selection: Selection, names: Sequence[str]) -> str:
    """The tables of those names for a terminal, an empty line before each."""
    return "".join(f"\n{_table(summary, selection, name)}" for name in names)


def _table(summary: SummaryShape, selection: Selection, name: str) -> str:
    if name == STREAK:
        from perfkit.summary.tables import streaks  # few commands ask for them

        cells = streaks.streak_cells(streaks.streaks_by_length(selection))
        return aligned(list(streaks.HEADER), cells) if cells else streaks.streak_table([])
    if name == DRAWDOWN:
        from perfkit.summary.tables import drawdowns

        cash, window = cash_of(summary.metrics, summary.currency), summary.window
        rows = drawdowns.deepest_drawdowns(selection)
        found = drawdowns.drawdown_cells(rows, window.start, cash, window.timezone)
        return aligned(list(drawdowns.HEADER), found) if rows else "No drawdown in the window.\n"
    return breakdown_text(summary, name)
