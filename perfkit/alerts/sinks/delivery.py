"""Serves the sinks at the end of each alert run; what was delivered before is not looked at.

Standard error is served by the run itself; what could not be written waits for the next one (see
`lines`). Each other sink is served by a process of its own, which the run starts and does not wait
for, so a slow or broken one delays nothing.
"""

from __future__ import annotations

import os
import sys
import time

from perfkit.alerts.sinks.progress import (
    FOLDER,
    SETTINGS,
    STDERR,
    Progress,
    is_behind,
    load,
    lock_of,
    path_of,
    save,
)
from perfkit.alerts.state_file import STATE, last_beat
from perfkit.config.workspace import EVENT_LOG
from perfkit.disk.atomic import sweep_temporaries
from perfkit.disk.fingerprints import bytes_in

ENDED_US = 30_000_000
"""A process that was started so long ago, and serves no more, was ended before it was done."""


class Delivery:
    """What one run delivers; made before the run writes any event, under its lock."""

    def __init__(self, root: str, now: int) -> None:
        self._root = root
        beat = last_beat(root)
        self._since = None if beat is None else min(beat.at, now)
        self._size = bytes_in(os.path.join(root, EVENT_LOG))
        if not self._size and not os.path.exists(os.path.join(root, STATE)):
            for name in (*_others(root), STDERR):  # somebody starts over: nothing was delivered
                _forget(path_of(root, name))
        self._lines = self._progress(STDERR)

    def configure(self, timezone: str) -> bool:
        """Reads which sinks there are, and forgets those that are gone.

        Returns whether there is a file of metrics. Raises `ConfigError`.
        """
        from perfkit.alerts.sinks.settings import wanted

        self._sweep()
        names, metrics_file = wanted(self._root, timezone)
        for name in _others(self._root):
            if name not in names:
                _forget(path_of(self._root, name))
        for name in names:
            self._progress(name)
        return metrics_file

    def serve(self) -> None:
        """Delivers what waits. Raises `OSError`; the next run then repeats it.

        The lines come whatever becomes of the sinks, and each sink is served whatever becomes of
        another.
        """
        problems = [found for name in _others(self._root) if (found := self._served(name))]
        if sys.stderr is not None and is_behind(self._root, self._lines):
            from perfkit.alerts.sinks.lines import write_lines

            write_lines(self._root, self._lines)
        if problems:
            raise problems[0]

    def _served(self, sink: str) -> Exception | None:
        """Starts the process of a sink; what went wrong that no later run can put right."""
        try:
            self._start(sink)
        except Exception as error:  # raised when the lines were written
            from perfkit.core.errors import PerfkitError

            # Too many processes, say, or a full disk: the next run tries again.
            return None if isinstance(error, OSError | PerfkitError) else error
        return None

    def _sweep(self) -> None:
        """Removes what killed runs left of files that only the holder of the lock writes."""
        folder = os.path.join(self._root, FOLDER)
        for path in (SETTINGS, STDERR):
            if os.path.isdir(folder):
                sweep_temporaries(folder, os.path.basename(path))

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

    def _start(self, sink: str) -> None:
        """Starts the process of a sink if events wait for it, and nobody is at it.

        Raises `OSError`, `ConfigError` and `OutputError`; the next run then tries again.
        """
        from perfkit.disk.locks import try_lock

        progress = self._progress(sink)
        if not is_behind(self._root, progress) or not progress.is_due(time.time_ns() // 1000):
            return
        lock = try_lock(lock_of(self._root, sink))
        if lock is None:
            return
        try:
            begins = self._begins(sink)
        finally:
            os.close(lock)
        if begins:
            words = [sys.executable, "-P", "-m", "perfkit.alerts.sinks.worker"]
            _spawn([*words, self._root, sink])

    def _begins(self, sink: str) -> bool:
        """Records that a process is about to be started, unless one that failed has to wait.

        Where the last one was ended before it was done (by a service manager, or with its
        container), that was an attempt that failed, whether or not it ever came to run.
        """
        from perfkit.alerts.sinks.settings import restored
        from perfkit.config.workspace import timezone_override

        restored(self._root, timezone_override())  # the run says what is wrong with it
        progress, now = self._progress(sink), time.time_ns() // 1000
        if progress.begun is not None and not 0 <= now - progress.begun < ENDED_US:
            from perfkit.alerts.sinks.worker import was_ended

            was_ended(self._root, sink)
            progress = self._progress(sink)
        if not progress.is_due(now) or not is_behind(self._root, progress):
            return False
        progress.begun = now
        save(self._root, sink, progress)
        return True


def _others(root: str) -> list[str]:
    """The sinks besides standard error that have a progress."""
    try:
        found = os.listdir(os.path.join(root, FOLDER))
    except OSError:
        return []
    return [name for name in sorted(found) if "." not in name and name != STDERR]


def _forget(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # a later run removes it


def _spawn(words: list[str]) -> None:
    """Starts a process in a session of its own, that nobody waits for."""
    from perfkit.config.workspace import environment

    nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    os.posix_spawn(words[0], words, environment(), file_actions=nothing, setsid=True)
