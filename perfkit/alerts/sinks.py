"""Where new alert events go besides the event log: a line on standard error, and nothing else yet.

Nothing leaves the machine. Another channel is a class with one method, added to `SINKS`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

from perfkit.alerts.event_log import Event


class Sink(Protocol):
    """Something that wants to be told of new events, after they are on disk.

    It is told each event at least once: again where a run was killed between telling and
    remembering. It must not raise; what it cannot deliver it should say on standard error.
    """

    def tell(self, events: Sequence[Event]) -> None: ...


class WarningLines:
    """A line for each event, which cron mails and journald keeps."""

    def tell(self, events: Sequence[Event]) -> None:
        if sys.stderr is None:
            return
        for event in events:
            print(f"perfkit-alerts: {warning(event)}", file=sys.stderr)


def warning(event: Event) -> str:
    """An event in one line."""
    severity = f" {event['severity']}" if event["severity"] else ""
    message = str(event["message"]).replace("\n", " ")
    return f"WARN{severity} {event['kind']}: {message}"


SINKS: tuple[Sink, ...] = (WarningLines(),)
