r"""The lines of a crontab, right for every cron: shell words, and \% for %.

cron cuts a line at a % and takes \% for one, also inside quotes. Not every cron knows time zones,
so a nightly line is started each hour and asks what hour it is where the trading day ends.
"""

from __future__ import annotations

import shlex
from datetime import time

from perfkit.cli.operations.jobs import Job, Schedule, environment

MINUTE = 20
"""Past each hour of the machine. In zones that are off by 15, 30 or 45 minutes this is minute 35,
50 or 5: in no zone is it the first one of the hour in which a day may end."""


def crontab(schedule: Schedule) -> str:
    """All lines, each with a comment above it."""
    lines = [f"# perfkit, for the workspace {schedule.root}"]
    for job in schedule.jobs:
        lines += [f"# {job.what}, {_when(schedule, job)}", _line(schedule, job)]
    return "\n".join(lines) + "\n"


def _when(schedule: Schedule, job: Job) -> str:
    if not job.minutes:
        return schedule.nightly
    return "every minute" if job.minutes == 1 else f"every {job.minutes} minutes"


def _line(schedule: Schedule, job: Job) -> str:
    settings = "".join(f"{name}={shlex.quote(value)} " for name, value in environment(schedule))
    quiet = " >/dev/null" if job.prints else ""
    command = settings + shlex.join(job.command) + quiet
    if job.minutes:
        every = "*" if job.minutes == 1 else f"*/{job.minutes}"
        return f"{every} * * * * {_escaped(command)}"
    zone = shlex.quote(schedule.timezone)
    hour = f"{_hour_after(schedule.day_end):02d}"
    return f'{MINUTE} * * * * {_escaped(f"""[ "$(TZ={zone} date +%H)" != {hour} ] || {command}""")}'


def _hour_after(day_end: time) -> int:
    """The first whole hour that lies after the end of a day, or begins with it."""
    return (day_end.hour + bool(day_end.minute)) % 24


def _escaped(command: str) -> str:
    return command.replace("%", r"\%")
