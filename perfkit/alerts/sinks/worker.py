"""The process that serves one sink: started by a run when events wait for it, and left to itself.

It delivers them in order. At a failure it ends; a later run starts another when the time has come.
"""

from __future__ import annotations

import os
import sys
import time
from itertools import chain

from perfkit.alerts.event import event
from perfkit.alerts.event_log import append, events_in, read, rotated_logs
from perfkit.alerts.rules.rule import digest
from perfkit.alerts.sinks.outbox import Outbox, Waiting, deal, detected_at, is_silenced, outbox
from perfkit.alerts.sinks.program import hand_over
from perfkit.alerts.sinks.progress import FOLDER, LONGEST_WAIT_US, Progress, load, lock_of, save
from perfkit.alerts.sinks.settings import last_known
from perfkit.alerts.sinks.sink import FAILED, Sink, wants
from perfkit.disk.atomic import sweep_temporaries
from perfkit.disk.locks import try_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perfkit.alerts.sinks.progress import Position

FIRST_WAIT_US = 60_000_000
MOST_DOUBLINGS = 6
_LOST = (
    "Events that could not be delivered to sink {} yet are lost: the event log that they were in "
    "is neither there nor beside it as a rotated one"
)


def serve(root: str, sink: Sink) -> None:
    """Delivers what waits for a sink, unless another process is at it. Raises `OSError`."""
    lock = try_lock(lock_of(root, sink.name))
    if lock is None:
        return
    try:
        sweep_temporaries(os.path.join(root, FOLDER), sink.name)
        while _served(root, sink):
            pass
    finally:
        os.close(lock)


def _served(root: str, sink: Sink) -> bool:
    """Delivers what waits now; whether to look once more."""
    progress = load(root, sink.name)
    if progress is None or not progress.is_due(_now()):
        return False
    found = _opened(root, sink, progress)
    wanted = _wanted(sink, progress, found.waiting)
    for one in wanted:
        problem = hand_over(root, sink, one.event)
        if problem:
            _failed(root, sink, progress, chain([one], wanted), problem)
            return False
        deal(progress, one)
        progress.delivered()
        save(root, sink.name, progress)
    if found.waiting or progress.position != found.end or progress.begun is not None:
        _nothing_waits(root, sink, progress, found.end)
    return bool(found.waiting)


def was_ended(root: str, name: str) -> None:
    """Records that the process of a sink was ended before it was done; its lock is held.

    Raises `OSError` and `OutputError`.
    """
    progress = load(root, name)
    for sink in last_known(root).sinks:
        if sink.name == name and progress is not None:
            found = _opened(root, sink, progress)
            wanted = _wanted(sink, progress, found.waiting)
            first = next(wanted, None)
            if first is None:
                _nothing_waits(root, sink, progress, found.end)
            else:
                problem = "its process was ended before it was done"
                _failed(root, sink, progress, chain([first], wanted), problem)


def _opened(root: str, sink: Sink, progress: Progress) -> Outbox:
    """What waits for the sink; it is said where an event that it failed on is lost."""
    found = outbox(root, progress)
    if progress.failing_on not in (None, *(one.event["id"] for one in found.waiting)):
        _say(root, sink, "lost", str(progress.failing_on), message=_LOST.format(sink.name))
        progress.failing_on = None
    # Where this cannot be recorded nothing is delivered: it would come with every run.
    save(root, sink.name, progress)
    return found


def _wanted(sink: Sink, progress: Progress, waiting: Iterable[Waiting]) -> Iterator[Waiting]:
    """The events that the sink wants, in order; all others before the next one are dealt with."""
    for one in waiting:
        if not is_silenced(progress, one.event) and wants(sink, one.event):
            yield one
        else:
            deal(progress, one)


def _nothing_waits(root: str, sink: Sink, progress: Progress, end: Position) -> None:
    """Records that everything up to that end of the log was dealt with."""
    progress.position = end
    progress.delivered()
    save(root, sink.name, progress)


def _failed(
    root: str, sink: Sink, progress: Progress, wanted: Iterable[Waiting], problem: str
) -> None:
    """Records that an attempt failed, and gives up what has waited for too long."""
    now = _now()
    progress.failed(now, _wait(progress.attempts))
    since = now if progress.failing_since is None else progress.failing_since
    is_tried = progress.attempts >= _least_attempts(sink.give_up_us)
    late: list[str] = []
    for one in wanted:
        waited = now - max(since, min(detected_at(one.event), now))
        if not is_tried or waited < sink.give_up_us:
            progress.failing_on = one.event["id"]
            break
        late.append(one.event["id"])
        deal(progress, one)
    if late:
        _give_up(root, sink, late, problem)
    save(root, sink.name, progress)


def _wait(attempts: int) -> int:
    """How long to wait after an attempt that failed, as so many before it."""
    return min(FIRST_WAIT_US << min(attempts, MOST_DOUBLINGS), LONGEST_WAIT_US)


def _least_attempts(give_up_us: int) -> int:
    """As many attempts as fit into that time: a clock that jumps gives nothing up."""
    attempts, waited = 1, 0
    while waited < give_up_us:
        waited += _wait(attempts - 1)
        attempts += 1
    return attempts


def _give_up(root: str, sink: Sink, ids: list[str], problem: str) -> None:
    """Writes into the log that events were given up."""
    counted = f"{len(ids)} event{'s' if len(ids) > 1 else ''}"
    message = (
        f"{counted} could not be delivered to sink {sink.name} within {length(sink.give_up_us)}, "
        f"the first is {ids[0]}; last failure: {problem}"
    )
    _say(root, sink, *ids, message=message)


def _say(root: str, sink: Sink, *what: str, message: str) -> None:
    """Writes into the log what was not delivered, unless a killed process did so."""
    identity = digest(sink.name, FAILED, *what)
    rotated = [one for one, _ in events_in(next(rotated_logs(root), b""))]
    if all(one["id"] != identity for one in rotated + read(root)):
        append(root, [event(FAILED, identity, _now(), message, reason=sink.name)])


def length(length_us: int) -> str:
    """A length of time as it is written in the configuration."""
    seconds = length_us // 1_000_000
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds % unit == 0:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def _now() -> int:
    return time.time_ns() // 1000


def main() -> None:
    """`ROOT SINK`: ends with the last delivery; what fails is tried again by a later run."""
    root, name = sys.argv[1:]
    os.closerange(3, 256)  # whoever started the run must not wait for this process
    for sink in last_known(root).sinks:
        if sink.name == name:
            serve(root, sink)


if __name__ == "__main__":
    main()
