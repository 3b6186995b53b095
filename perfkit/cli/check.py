"""`perfkit check`: a source, or a file without a workspace, as perfkit sees it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from perfkit.cli.arguments import (
    Commands,
    Parser,
    add_answers,
    add_command,
    add_reading,
    add_root,
    desk_of,
    refuse_answers,
)
from perfkit.core.errors import UsageError
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK, uncollected
from perfkit.core.log import log_to_stderr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfkit.desk.desk import Desk
    from perfkit.inference.found import Found
    from perfkit.summary.check.source_check import SourceCheck

EPILOG = """\
exit codes: 0 when there are trades; 3 when a source has none that can be read.

example: perfkit check bot"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "show how a source is read: files, records, fields, first trades, warnings"
    parser = add_command(commands, "check", run, what, EPILOG)
    parser.add_argument(
        "name",
        metavar="SOURCE",
        nargs="?",
        help="a source of the workspace (default: all), or a log file to read without one",
    )
    add_root(parser)
    add_reading(parser)
    add_answers(parser)
    parser.add_argument("--json", action="store_true", help="print the check as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Prints the check of each source; returns the exit code."""
    name = arguments.name
    inferred: dict[str, Found] = {}
    if name is not None and os.path.isfile(name):
        from perfkit.cli.files import founds_of
        from perfkit.desk.reading import desk_on, yaml_of

        if arguments.root is not None:
            raise UsageError(f"--root goes with a source of a workspace; {name} is a file")
        if arguments.log_format is not None:
            log_to_stderr(arguments.log_format)
        founds = founds_of([name], arguments)
        if not arguments.json:
            print(yaml_of(founds))
        desk = desk_on(founds, arguments.timezone or "UTC", arguments.jobs)
        inferred = {found.name: found for found in founds}
        name = None
    else:
        refuse_answers(arguments)
        desk = desk_of(arguments)
    with uncollected():
        checks = _checks(desk, name, inferred)
    if arguments.json:
        from perfkit.summary.check.source_check import as_json

        json.dump([as_json(one) for one in checks], sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        from perfkit.summary.check.source_check import check_text

        print("\n".join(map(check_text, checks)), end="")
    return EXIT_OK if all(one.is_usable for one in checks) else EXIT_FAILED


def _checks(desk: Desk, name: str | None, inferred: Mapping[str, Found]) -> list[SourceCheck]:
    from perfkit.summary.check.source_check import source_check

    sources = [one for one in desk.config.sources if name in (None, one.name)]
    if not sources:
        known = ", ".join(one.name for one in desk.config.sources)
        raise UsageError(f"there is no source or file {name}; the workspace has {known}")
    return [
        source_check(desk.book_of({"source": one.name}), one, inferred.get(one.name))
        for one in sources
    ]
