"""Alert episodes as reports tell them: which began in a window."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from perfkit.alerts.status import told_episodes
from perfkit.core.calendar import Window, moment_of
from perfkit.core.fast_imports import NamedTuple


class Episode(NamedTuple):
    """One episode: the rule and group it is of, how serious it is, and when it began."""

    rule: str
    group: str
    severity: str
    began_at: datetime
    message: str


def began_in(root: Path, window: Window) -> tuple[Episode, ...]:
    """The episodes whose first event lies in the window, in the order they began."""
    return tuple(
        Episode(one.rule, one.group, one.severity, moment_of(one.fired_at), one.message)
        for one in told_episodes(root, window.start, window.end)
    )
