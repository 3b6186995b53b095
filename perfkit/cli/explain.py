"""`perfkit explain`: where a figure comes from."""

from __future__ import annotations

import argparse
import sys

from perfkit.cli.arguments import (
    Commands,
    Parser,
    add_command,
    add_reading,
    add_root,
    add_selection,
    add_window,
    check_window,
    day_of,
    desk_of,
    is_without_trades,
    where_of,
)
from perfkit.cli.printing import print_if_none_meets, print_silence
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK

EPILOG = """\
units are those of the metric, see `perfkit docs metrics`; numbers are exact, not rounded.

example: perfkit explain max_drawdown --window weekly --date 2025-10-09"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "show where a figure comes from: its formula, its numbers, and the log lines behind it"
    parser = add_command(commands, "explain", run, what, EPILOG)
    parser.add_argument("metric", metavar="METRIC", help="a figure such as net_pnl or win_rate")
    add_root(parser)
    add_reading(parser)
    add_window(parser)
    add_selection(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the explanation."""
    check_window(arguments)
    where = where_of(arguments)
    desk = desk_of(arguments)
    explanation = desk.explain(
        arguments.metric,
        arguments.window,
        day_of(arguments, desk, where),
        start=arguments.start,
        end=arguments.end,
        where=where,
    )
    sys.stdout.write(explanation.text)
    print_if_none_meets(desk.book_of(where), where)
    print_silence(desk.book_of(where))
    return EXIT_FAILED if is_without_trades(arguments, desk, where) else EXIT_OK
