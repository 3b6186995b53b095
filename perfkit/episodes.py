"""Alert episodes as reports tell them: which began in a window."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from perfkit.window import Window, instant_of

EVENTS = Path("logs/performance-alerts.jsonl")


class Episode(NamedTuple):
    """One episode: the rule and group it is of, how serious it is, and when it began."""

    rule: str
    group: str
    severity: str
    began_at: datetime
    message: str


class _Event(msgspec.Struct, frozen=True):
    kind: str
    rule: str | None = None
    group: str | None = None
    severity: str | None = None
    occurred_at: datetime | None = None
    message: str = ""


def began_in(root: Path, window: Window) -> tuple[Episode, ...]:
    """The episodes whose first event lies in the window, in the order they began.

    Lines that are no events are passed over: the log of alerts tells of them itself.
    """
    try:
        lines = (root / EVENTS).read_bytes().splitlines()
    except OSError:
        return ()
    found = []
    for line in lines:
        try:
            event = msgspec.json.decode(line, type=_Event)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        at = event.occurred_at
        if event.kind != "firing" or at is None or at.tzinfo is None:
            continue
        if window.holds(instant_of(at)):
            found.append(
                Episode(
                    event.rule or "", event.group or "", event.severity or "", at, event.message
                )
            )
    return tuple(sorted(found))
