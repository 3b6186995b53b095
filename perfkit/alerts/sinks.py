"""Where new events go besides the event log: to standard error, a line each.

Nothing leaves the machine. Another channel is a class with one method, added to `SINKS`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

from perfkit.alerts.event_log import Event


class Sink(Protocol):
    """A receiver of new events, called after they are on disk.

    Each event is delivered at least once: twice where a run was killed between delivering it and
    saving its state. `deliver` must not raise; it reports its failures on standard error.
    """

    def deliver(self, events: Sequence[Event]) -> None: ...


class WarningLines:
    """A line for each event, which cron mails and journald keeps."""

    def deliver(self, events: Sequence[Event]) -> None:
        if sys.stderr is None:
            return
        for event in events:
            if event["kind"] == "baseline":
                continue  # a rule that is new is no reason to worry
            print(f"perfkit-alerts: {warning(event)}", file=sys.stderr)


def warning(event: Event) -> str:
    """An event in one line."""
    severity = f" {event['severity']}" if event["severity"] else ""
    message = str(event["message"]).replace("\n", " ")
    return f"WARN{severity} {event['kind']}: {message}"


SINKS: tuple[Sink, ...] = (WarningLines(),)
