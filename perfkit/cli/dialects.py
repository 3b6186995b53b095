"""`perfkit dialects`: the dialects that have a name, and the YAML of one of them."""

from __future__ import annotations

import argparse
import sys

from perfkit.cli.arguments import Commands, Parser, add_command
from perfkit.config.built_in import names, text_of
from perfkit.config.checks import suggestion
from perfkit.core.errors import ExtensionError, PerfkitError, UsageError
from perfkit.core.interpreter import EXIT_OK

EPILOG = """\
A source in config/perfkit.yaml uses a dialect by its name: `dialect: kraken`. To change it, write
`dialect: {extends: kraken, fills: {match: lifo}}`, or copy its YAML below `dialect:`. Packages can
add dialects (entry points perfkit.dialects); they are listed with the name of the package.

example: perfkit dialects kraken"""

CURRENCY = "USD"
"""Stands in the names of columns that have the currency of an account in them."""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "list the dialects of tools, or show the YAML of one"
    parser = add_command(commands, "dialects", run, what, EPILOG)
    parser.add_argument("name", metavar="NAME", nargs="?", help="the one to show (default: list)")
    parser.add_argument(
        "--currency",
        metavar="CODE",
        default=CURRENCY,
        help="the currency of the account, which some tools write into column names "
        "(default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the list or the YAML."""
    from perfkit.config.extensions import DIALECTS, dialect_text, extensions, the_one

    known, brought, name = names(), extensions(DIALECTS), arguments.name
    if name is None:
        _list(arguments.currency)
        return EXIT_OK
    if name in known:
        sys.stdout.write(text_of(name, arguments.currency))
    elif name in brought:
        sys.stdout.write(dialect_text(the_one(brought[name]), arguments.currency))
    else:
        raise UsageError(f"there is no dialect {name}; {suggestion(name, [*known, *brought])}")
    return EXIT_OK


def _list(currency: str) -> None:
    """Prints what there is; raises an error at the end if something cannot be used."""
    from perfkit.config.extensions import DIALECTS, dialect_text, extensions, label_of, the_one

    known, brought = names(), extensions(DIALECTS)
    width = max(map(len, [*known, *brought]))
    for name in known:
        print(f"{name:{width}}  {_first_comment(text_of(name, currency))}")
    problems: list[str] = []
    for name, several in brought.items():
        try:
            one = the_one(several)
            if name in known:
                raise ExtensionError(
                    f"{name!r} of {label_of(one)} has the name of a built-in dialect, which is "
                    "used in its place; uninstall it, or ask its author to rename it"
                )
            reads = _first_comment(dialect_text(one, currency))
            print(f"{name:{width}}  {reads}{', ' if reads else ''}from {label_of(one)}")
        except PerfkitError as error:
            problems.append(str(error))
    if problems:
        raise ExtensionError("; ".join(problems))


def _first_comment(text: str) -> str:
    line = text.partition("\n")[0]
    return line.removeprefix("#").strip() if line.startswith("#") else ""
