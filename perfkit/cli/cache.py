"""`perfkit cache`: show, verify or rebuild the cache."""

from __future__ import annotations

import argparse
import sys

from perfkit.cli.arguments import (
    Commands,
    Parser,
    add_cluster,
    add_command,
    add_jobs,
    add_root,
    desk_of,
)
from perfkit.cli.printing import print_silences
from perfkit.core.errors import CacheDiffersError, UsageError
from perfkit.core.interpreter import EXIT_OK

EPILOG = """\
status shows what the cache holds, sizes in bytes. verify reads every log again and exits with 3
and the first difference, or with 0 if there is none. rebuild deletes the cache and reads every log.

example: perfkit cache verify"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "show, verify or rebuild what perfkit has stored of the logs"
    parser = add_command(commands, "cache", run, what, EPILOG)
    parser.add_argument("action", choices=("status", "verify", "rebuild"), help="what to do")
    add_root(parser)
    add_jobs(parser)
    add_cluster(parser)


def run(arguments: argparse.Namespace) -> int:
    """Does what is asked, then prints the status; raises `CacheDiffersError`."""
    from perfkit.book.verify import (
        first_difference,
        first_shared_difference,
        rebuild,
        status,
        status_text,
    )

    if arguments.action == "status" and (arguments.jobs or arguments.cluster):
        option = "--jobs" if arguments.jobs else "--cluster"
        raise UsageError(f"status opens no log; {option} goes with verify and rebuild")
    desk = desk_of(arguments)
    if arguments.action == "rebuild":
        rebuild(desk.config, desk.options)
    elif arguments.action == "verify":
        for source in desk.config.sources:
            difference = first_difference(desk.config, source, desk.options)
            if difference is not None:
                raise CacheDiffersError(difference)
        shared = first_shared_difference(desk.config, desk.options)
        if shared is not None:
            raise CacheDiffersError(shared)
        print("the cache matches the logs")
    sys.stdout.write(status_text(status(desk.config)))
    if arguments.action != "status":  # which opens no log
        print_silences(desk.config)
    return EXIT_OK
