"""`perfkit holidays`: the holidays of an exchange, written out as dates."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, date, datetime

from perfkit.cli.arguments import Commands, Parser, add_command, add_root
from perfkit.core.calendar import FIRST_YEAR, LAST_YEAR
from perfkit.core.errors import OutputError, UsageError
from perfkit.core.interpreter import EXIT_OK

YEARS_BACK, YEARS_AHEAD = 5, 1

EPILOG = """\
Prints the key `holidays` for config/perfkit.yaml, or with --write puts it there, replacing an
earlier one. On a holiday no log is expected. Needs the extra `calendars`.

example: perfkit holidays XNYS --from 2020 --write"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "write out the holidays of an exchange as dates"
    parser = add_command(commands, "holidays", run, what, EPILOG)
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help="the calendar of the exchange, such as XNYS or XETR (default: the name that "
        "`holidays` has in config/perfkit.yaml)",
    )
    add_root(parser)
    parser.add_argument(
        "--from",
        metavar="YEAR",
        dest="first",
        type=_year,
        help=f"the first year (default: {YEARS_BACK} years ago)",
    )
    parser.add_argument(
        "--to", metavar="YEAR", dest="last", type=_year, help="the last year (default: next year)"
    )
    parser.add_argument(
        "--write", action="store_true", help="put them into config/perfkit.yaml of the workspace"
    )


def _year(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise argparse.ArgumentTypeError(f"{text!r} is not a year from {FIRST_YEAR} on")
    return number


def run(arguments: argparse.Namespace) -> int:
    """Prints or writes the holidays."""
    from perfkit.config.holidays import exchange_holidays, exchange_in, holidays_text, with_holidays
    from perfkit.config.workspace import CONFIG, folder_of

    path = text = None
    if arguments.write or arguments.name is None:
        path = os.path.join(folder_of(arguments.root), CONFIG)
        text = _text_of(path)
    name = arguments.name if text is None else arguments.name or exchange_in(text)
    if name is None:
        raise UsageError("which exchange? Name its calendar, such as XNYS")
    now = datetime.now(UTC).year
    first = arguments.first or now - YEARS_BACK
    last = arguments.last or max(now + YEARS_AHEAD, first)
    if last < first:
        raise UsageError(f"--from {first} is after --to {last}; swap them")
    days = exchange_holidays(name, date(first, 1, 1), date(last, 12, 31))
    if not arguments.write or path is None or text is None:
        sys.stdout.write(holidays_text(name, days))
        return EXIT_OK
    _write(path, with_holidays(text, name, days))
    print(f"{len(days):,} holidays of {name}, {first} to {last}, are in {CONFIG}")
    return EXIT_OK


def _text_of(path: str) -> str:
    from perfkit.config.checks import read_yaml
    from perfkit.config.workspace import CONFIG, missing_config

    try:
        return read_yaml(path, CONFIG).decode()
    except FileNotFoundError as error:
        raise missing_config(path) from error


def _write(path: str, text: str) -> None:
    from perfkit.disk.atomic import put_in_place

    try:
        put_in_place(path, text.encode(), mode=os.stat(path).st_mode & 0o777)
    except OSError as error:
        raise OutputError(path, error) from error
