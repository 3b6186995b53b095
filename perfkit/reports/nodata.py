"""The page of a period without trades: what is known all the same, without a chart or a kernel."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.alerts.episodes import Episode
from perfkit.summary import render
from perfkit.summary.changes import changes
from perfkit.summary.shape import SummaryShape


def no_data_page(summary: SummaryShape, previous: SummaryShape, episodes: Sequence[Episode]) -> str:
    """Markdown that says so, with what changed and what was read."""
    return "\n".join(
        [
            f"# {summary.window.kind.capitalize()} report\n",
            render.glance(summary),
            "## What changed\n",
            changes(summary, previous, episodes).markdown,
            "## Data quality\n",
            render.quality(summary),
        ]
    )
