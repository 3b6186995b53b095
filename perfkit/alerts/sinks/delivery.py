"""Serves the sinks at the end of each alert run; what was delivered before is not looked at.

Standard error is served by the run itself. The other sinks are served by processes of their own,
so a slow or broken one delays nothing.
"""

from __future__ import annotations

import sys

from perfkit.alerts.event_log import size_of
from perfkit.alerts.sinks.progress import STDERR, Progress, is_behind, load, save
from perfkit.alerts.state_file import last_beat


class Delivery:
    """What one run delivers; made before the run writes any event, under its lock."""

    def __init__(self, root: str) -> None:
        self._root = root
        beat = last_beat(root)
        self._since = None if beat is None else beat[0]
        self._size = size_of(root)
        self._lines = self._progress(STDERR)

    def serve(self) -> None:
        """Delivers what waits. Raises `OSError`; the next run then repeats it."""
        if sys.stderr is not None and is_behind(self._root, self._lines):
            from perfkit.alerts.sinks.lines import write_lines

            write_lines(self._root, self._lines)

    def _progress(self, sink: str) -> Progress:
        known = load(self._root, sink)
        if known is not None:
            return known
        from perfkit.alerts.sinks.outbox import start

        progress = start(self._root, self._since, self._size)
        try:
            save(self._root, sink, progress)
        except OSError:
            return progress  # the run reports it, where it has anything to write
        return progress
