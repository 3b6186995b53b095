"""Hands one event to the program of a sink, and takes its exit code for the answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Thread

from perfkit.alerts.event_log import Event, line_of
from perfkit.alerts.sinks.sink import Sink, text_of
from perfkit.core.formatting import plain

SHOWN_BYTES = 300
"""So much of the end of a program's output is in the reason why a delivery failed."""

GRACE_SECONDS = 1.0


def hand_over(root: str, sink: Sink, event: Event) -> str:
    """Delivers an event; why that failed, or nothing when it was delivered.

    The program gets the event as JSON on its standard input, or the text of the template. It works
    in the workspace, in a session of its own; at the timeout all of that is killed.
    """
    given = content(sink, event)
    try:
        program = subprocess.Popen(
            command(sink),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=root,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return f"cannot start {command(sink)[0]}: {getattr(error, 'strerror', None) or error}"
    output = _Output(program)
    Thread(target=_feed, args=(program, given), daemon=True).start()
    seconds = sink.timeout_us / 1_000_000
    try:
        code = program.wait(seconds)
    except subprocess.TimeoutExpired:
        _kill(program)
        return f"no answer within {seconds:g} s{output.shown()}"
    except BaseException:
        _kill(program)
        raise
    if code == 0:
        output.ended()
        return ""
    ended = f"exit code {code}" if code > 0 else f"ended by signal {-code}"
    return f"{ended}{output.shown()}"


def command(sink: Sink) -> tuple[str, ...]:
    """What is started for a sink."""
    if sink.program:
        return sink.program
    return (sys.executable, "-P", "-m", "perfkit.alerts.sinks.entry_point", sink.python)


def content(sink: Sink, event: Event) -> bytes:
    """What the program reads."""
    if not sink.template:
        return line_of(event)
    text = text_of(sink.template, event)
    if sink.program:
        return text.encode("utf-8", "backslashreplace") + b"\n"
    return line_of(event | {"text": text})


class _Output:
    """The end of what a program writes, however much that is."""

    def __init__(self, program: subprocess.Popen[bytes]) -> None:
        self._program = program
        self._tail = b""
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._program.stdout is not None
        with self._program.stdout as stream:
            while piece := os.read(stream.fileno(), 65536):
                self._tail = (self._tail + piece)[-SHOWN_BYTES:]

    def ended(self) -> str:
        """Waits for the end of the output; what the program started may hold it for longer."""
        self._reader.join(GRACE_SECONDS)
        return self._tail.decode("utf-8", "replace")

    def shown(self) -> str:
        """The last line of the output, as part of a sentence: an exception is named there."""
        lines = self.ended().strip().splitlines()
        text = " ".join(lines[-1].split()) if lines else ""
        return f": {plain(text)}" if text else ""


def _feed(program: subprocess.Popen[bytes], body: bytes) -> None:
    assert program.stdin is not None
    try:
        with program.stdin as stream:
            stream.write(body)
    except OSError:
        return  # it does not read; its exit code counts


def _kill(program: subprocess.Popen[bytes]) -> None:
    """Ends a program with all it started in its session: first politely."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(program.pid, how)
        except (ProcessLookupError, PermissionError):
            break
        try:
            program.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    program.wait()
