"""`perfkit prune`: old reports are thinned, as `keep` in the configuration says.

The clock is read here, once.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from perfkit.cli.arguments import Commands, Parser, add_command, add_root
from perfkit.core.interpreter import EXIT_OK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfkit.reports.keeping.prune import Pruned

EPILOG = """\
With `keep: 400d` in an entry of `reports` in config/perfkit.yaml, the pictures and the executed
notebook of a report are removed 400 days after the end of its period; its page and figures stay.
Only `keep: {pictures: 400d, pages: 1200d}` removes whole reports. Without `keep`, all are kept.

example: perfkit prune --dry-run"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "remove pictures and notebooks of old reports, as `keep` in the configuration says"
    parser = add_command(commands, "prune", run, what, EPILOG)
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be removed, and change nothing"
    )
    add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints a line for each report that is thinned or removed, then the sum."""
    from datetime import UTC, datetime

    from perfkit.core.calendar import instant_of
    from perfkit.desk.desk import open as open_desk
    from perfkit.reports.definitions import keeps
    from perfkit.reports.keeping.prune import prune, would_prune

    desk = open_desk(arguments.root, live=False)
    if not keeps(desk.config):
        print("no entry of `reports` in config/perfkit.yaml has `keep`; nothing is removed")
        return EXIT_OK
    today = desk.config.calendar.day_of(instant_of(datetime.now(UTC)))
    if arguments.dry_run:
        found = would_prune(desk.config, today)
        for one in found:
            _show(one, "would be ")
        _show_sum(found, "would be ")
    else:
        _show_sum(prune(desk, today, _show), "")
    return EXIT_OK


def _show(one: Pruned, would: str = "") -> None:
    what = "removed" if one.removed else "thinned"
    print(f"{one.folder}: {would}{what}, {one.freed:,} bytes")


def _show_sum(found: Sequence[Pruned], would: str) -> None:
    removed = sum(one.removed for one in found)
    thinned = len(found) - removed
    freed = sum(one.freed for one in found)
    reports = f"{thinned:,} report{'' if thinned == 1 else 's'}"
    print(f"{reports} {would}thinned, {removed:,} {would}removed: {freed:,} bytes")
