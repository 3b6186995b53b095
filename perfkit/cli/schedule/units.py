"""Units of systemd: for each job a service that runs once, and the timer that starts it."""

from __future__ import annotations

import re
from datetime import time

from perfkit.cli.schedule.jobs import Arguments, Job, Schedule, environment
from perfkit.core.errors import UsageError

FOLDER = "/etc/systemd/system"
MINUTES_AFTER = 20
"""How long after the end of a trading day its reports are made."""


def units(schedule: Schedule, user: str) -> dict[str, str]:
    """The text of each unit by its file's name, which has the name of the workspace in it.

    Raises `UsageError` for a program that systemd would refuse.
    """
    made = {}
    for job in schedule.jobs:
        name = f"perfkit-{_name_of(schedule.root)}-{job.name}"
        made[f"{name}.service"] = _service(schedule, job, user)
        made[f"{name}.timer"] = _timer(schedule, job)
    return made


def _name_of(root: str) -> str:
    """The last part of a path, in characters that a unit's name may have."""
    words = re.sub(r"[^A-Za-z0-9_.]+", "-", root.rpartition("/")[2]).strip("-.")
    return words[:100] or "workspace"


def _service(schedule: Schedule, job: Job, user: str) -> str:
    lines = [
        "[Unit]",
        f"Description={_description(schedule, job)}",
        "",
        "[Service]",
        "Type=oneshot",
        f"User={user}",
        *(f"Environment={_quoted(f'{name}={value}')}" for name, value in environment(schedule)),
        f"ExecStart={_command(job.command)}",
    ]
    if job.name == "alerts":
        lines += ["# A rule that fires is not a failure of the service.", "SuccessExitStatus=2"]
        lines += ["# What serves the sinks goes on when the run has ended.", "KillMode=process"]
    return "\n".join(lines) + "\n"


def _timer(schedule: Schedule, job: Job) -> str:
    lines = ["[Unit]", f"Description={_description(schedule, job)}", "", "[Timer]"]
    if job.minutes:
        every = "minutely" if job.minutes == 1 else f"*:0/{job.minutes}"
        lines += [f"OnCalendar={every}", "AccuracySec=1s"]
    else:
        at = _later(schedule.day_end, MINUTES_AFTER)
        lines += [
            f"# {MINUTES_AFTER} minutes after the end of the trading day. If the machine was off,",
            "# the run takes place when it is on again.",
            f"OnCalendar=*-*-* {at:%H:%M:%S} {schedule.timezone}",
            "Persistent=true",
        ]
    return "\n".join([*lines, "", "[Install]", "WantedBy=timers.target"]) + "\n"


def _description(schedule: Schedule, job: Job) -> str:
    """One line, in which systemd looks for specifiers and nothing else."""
    return f"perfkit for {schedule.root}: {job.what}".replace("%", "%%")


def _command(words: Arguments) -> str:
    """A command line. A dollar is doubled where systemd looks for variables: not in the program."""
    if set(words[0]) & set("\"'\\"):
        remedy = "install perfkit in a folder without quotes and backslashes"
        raise UsageError(f"systemd starts no program of that path: {words[0]}; {remedy}")
    first, *others = map(_quoted, words)
    return " ".join([first, *(word.replace("$", "$$") for word in others)])


def _quoted(word: str) -> str:
    """A word as systemd reads it: % begins a specifier, a backslash an escape."""
    escaped = word.replace("\\", "\\\\").replace("%", "%%")
    if re.fullmatch(r"[\w./:=@%+,$-]+", escaped, re.ASCII):
        return escaped
    return '"' + escaped.replace('"', '\\"') + '"'


def _later(at: time, minutes: int) -> time:
    minute = at.minute + minutes
    return time((at.hour + minute // 60) % 24, minute % 60)
