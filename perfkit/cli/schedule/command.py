"""`perfkit schedule`: what to give to cron or systemd so that alerts and reports run by themselves.

It prints, or writes to the folder that is named, and installs nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from perfkit.cli.arguments import Commands, Parser, add_command, add_root
from perfkit.core.errors import OutputError, UsageError
from perfkit.core.interpreter import EXIT_OK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EPILOG = """\
If the workspace has config/alerts.yaml, alert rules are evaluated each minute and their heartbeat
is checked every 5 minutes. Reports that are due are made when the trading day has ended in the
time zone of the workspace.

`(crontab -l; perfkit schedule --cron) | crontab -` adds the lines to your crontab.

example: perfkit schedule --systemd --output units"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "print the crontab lines or systemd units that run a workspace"
    parser = add_command(commands, "schedule", run, what, EPILOG)
    form = parser.add_mutually_exclusive_group(required=True)
    form.add_argument("--cron", action="store_true", help="lines of a crontab")
    form.add_argument("--systemd", action="store_true", help="services and timers of systemd")
    parser.add_argument(
        "--user", metavar="NAME", help="with --systemd: the user that runs them (default: you)"
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        help="with --systemd: write the units to this folder instead, one file each",
    )
    add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the lines, or writes the units."""
    from perfkit.cli.schedule.jobs import schedule_of
    from perfkit.config.settings import load
    from perfkit.config.workspace import folder_of, timezone_override

    if arguments.cron and (arguments.user or arguments.output):
        raise UsageError("--user and --output go with --systemd; a crontab belongs to its user")
    config = load(folder_of(arguments.root), timezone_override() or None, cached=False)
    schedule = schedule_of(config)
    if arguments.cron:
        from perfkit.cli.schedule.crontab import crontab

        sys.stdout.write(crontab(schedule))
        return EXIT_OK
    from pathlib import Path

    from perfkit.cli.schedule.units import FOLDER, units

    made = units(schedule, arguments.user or _own_name())
    if arguments.output:
        _write(Path(arguments.output), made)
        return EXIT_OK
    print("\n".join(f"# {FOLDER}/{name}\n{text}" for name, text in made.items()), end="")
    return EXIT_OK


def _write(folder: Path, made: Mapping[str, str]) -> None:
    """Writes the units and prints their paths; raises `UsageError` before anything is replaced."""
    from perfkit.disk.atomic import replace

    for name, text in made.items():
        if (folder / name).exists() and (folder / name).read_bytes() != text.encode():
            raise UsageError(f"{folder / name} is there already and differs; remove it first")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(str(folder), error) from error
    for name, text in made.items():
        replace(folder / name, text)
        print(folder / name)


def _own_name() -> str:
    """The name of the user of this process; its number where it has none."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
