"""`perfkit dialects`: the built-in dialects, and the YAML of one of them."""

from __future__ import annotations

import argparse
import sys

from perfkit.cli.arguments import EXIT_OK, Commands, Parser, add_command
from perfkit.config.built_in import names, text_of
from perfkit.config.checks import suggestion
from perfkit.core.errors import UsageError

EPILOG = """\
a source in config/perfkit.yaml uses one by its name: `dialect: kraken`. To change it, write
`dialect: {extends: kraken, fills: {match: lifo}}`, or copy its YAML below `dialect:`.

example: perfkit dialects kraken"""

CURRENCY = "USD"
"""Stands in the names of columns that have the currency of an account in them."""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "list the built-in dialects, or show the YAML of one"
    parser = add_command(commands, "dialects", run, what, EPILOG)
    parser.add_argument("name", metavar="NAME", nargs="?", help="the one to show (default: list)")
    parser.add_argument(
        "--currency",
        metavar="CODE",
        default=CURRENCY,
        help="the currency of the account, which some tools write into names of columns "
        "(default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the list or the YAML."""
    known, name = names(), arguments.name
    if name is None:
        width = max(map(len, known))
        for one in known:
            reads = text_of(one, arguments.currency).partition("\n")[0].removeprefix("# ")
            print(f"{one:{width}}  {reads}")
        return EXIT_OK
    if name not in known:
        raise UsageError(f"there is no built-in dialect {name}; {suggestion(name, known)}")
    sys.stdout.write(text_of(name, arguments.currency))
    return EXIT_OK
