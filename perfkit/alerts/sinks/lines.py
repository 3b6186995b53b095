"""The sink `stderr`: a line for each new event, which cron mails and journald keeps."""

from __future__ import annotations

import sys

from perfkit.alerts.sinks.outbox import deal, is_silenced, outbox
from perfkit.alerts.sinks.progress import STDERR, Progress, save
from perfkit.alerts.sinks.sink import is_news

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.alerts.event_log import Event


def write_lines(root: str, progress: Progress) -> None:
    """Writes the lines of the events that wait; without a stream they wait on.

    Raises `OSError` where the progress cannot be saved; the next run then repeats the lines.
    """
    found = outbox(root, progress)
    lines = []
    for one in found.waiting:
        if not is_silenced(progress, one.event) and is_news(one.event):
            lines.append(f"perfkit-alerts: {warning(one.event)}\n")
        deal(progress, one)
    if lines and not written("".join(lines)):
        return
    progress.position = found.end
    save(root, STDERR, progress)


def written(text: str) -> bool:
    """Writes to standard error; whether all of it went out."""
    if sys.stderr is None:
        return False
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        return False
    return getattr(sys.stderr, "failure", None) is None


def warning(event: Event) -> str:
    """An event in one line."""
    severity = f" {event['severity']}" if event.get("severity") else ""
    message = " ".join(str(event.get("message") or "").splitlines())
    return f"WARN{severity} {event['kind']}: {message}"
