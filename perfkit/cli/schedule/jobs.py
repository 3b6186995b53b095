"""What should run by itself in a workspace: how often, and by which command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import time
from pathlib import Path

from perfkit.alerts.rules.file import RULES_FILE
from perfkit.config.settings import Config
from perfkit.core.errors import UsageError
from perfkit.core.fast_imports import NamedTuple
from perfkit.reports.definitions import keeps

HEARTBEAT_AGE = "5m"
HEARTBEAT_MINUTES = 5
FETCH_MINUTES = 5

Arguments = tuple[str, ...]
"""A program, by its full path, and its arguments."""


class Job(NamedTuple):
    """Something to run: every so many minutes, or each night where that is 0.

    `prints` says whether its standard output is of use to nobody who is not looking.
    """

    name: str
    what: str
    command: Arguments
    minutes: int = 0
    prints: bool = True


class Schedule(NamedTuple):
    """The jobs of a workspace; its trading day ends at `day_end` in `timezone`.

    `override` is the zone that PERFKIT_TIMEZONE names, empty where it is not set: whatever runs by
    itself needs it as well.
    """

    root: str
    jobs: tuple[Job, ...]
    timezone: str
    day_end: time
    override: str = ""

    @property
    def nightly(self) -> str:
        """When its nightly jobs run, in words."""
        return f"when the trading day has ended, at {self.day_end:%H:%M} {self.timezone}"


def schedule_of(config: Config) -> Schedule:
    """What to run: copies of remote logs where it has any, alerts where it has rules, and reports.

    Raises `UsageError` for a path that no crontab and no unit can hold.
    """
    root = str(config.root)
    perfkit = program("perfkit", "perfkit")
    for path in (root, perfkit[0]):
        if not path.isprintable():
            raise UsageError(f"{path!r} cannot be scheduled: rename it, without line breaks")
    here = ("--root", root)
    jobs = []
    if any(source.remote for source in config.sources):
        fetch = (*perfkit, "fetch", *here)
        jobs.append(Job("fetch", "copy new logs of object stores", fetch, FETCH_MINUTES))
    if (config.root / RULES_FILE).is_file():
        alerts = program("perfkit-alerts", "perfkit.alerts.cron")
        age = ("--max-age", HEARTBEAT_AGE)
        jobs += [
            Job("alerts", "evaluate the alert rules", (*alerts, *here), 1, prints=False),
            Job(
                "heartbeat",
                "check that perfkit-alerts still runs",
                (*perfkit, "alerts", "heartbeat", *here, *age),
                HEARTBEAT_MINUTES,
            ),
        ]
    reports = (*perfkit, "report", "all", *here)
    jobs.append(Job("reports", "make the reports that are due", reports))
    if keeps(config):
        jobs.append(Job("prune", "thin old reports", (*perfkit, "prune", *here)))
    calendar = config.calendar
    return Schedule(root, tuple(jobs), calendar.timezone, calendar.day_start, config.override)


def program(script: str, module: str, python: str = sys.executable) -> Arguments:
    """How to start a program of this installation: its script, else Python with its module."""
    path = Path(python).with_name(script)
    return (str(path),) if path.is_file() else (python, "-m", module)


def environment(schedule: Schedule) -> Sequence[tuple[str, str]]:
    """The variables that each job needs."""
    return [("PERFKIT_TIMEZONE", schedule.override)] if schedule.override else []
