"""`perfkit monte-carlo`: how deep drawdowns get by chance."""

from __future__ import annotations

import argparse
import sys

from perfkit.cli.analysis.chart_file import write_chart
from perfkit.cli.arguments import (
    Commands,
    Parser,
    add_command,
    add_reading,
    add_root,
    add_selection,
    add_window,
    check_window,
    desk_of,
    where_of,
)
from perfkit.cli.printing import print_if_none_meets, print_silence
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK

EPILOG = """\
Each of 10,000 runs has as many trades as there are: in random order, or drawn at random from them.
The drawdown not exceeded in 95 % is the smallest that at least 95 % of the runs do not exceed. The
same trades give the same numbers in every run. Without a window all days count.

example: perfkit monte-carlo --where strategy=breakout
         perfkit monte-carlo --window monthly --date 2025-09-30 --chart drawdowns.png"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "show how deep drawdowns get by chance: trades in random order, and drawn at random"
    parser = add_command(commands, "monte-carlo", run, what, EPILOG)
    add_root(parser)
    add_reading(parser)
    add_window(parser, "all")
    add_selection(parser)
    parser.add_argument("--chart", metavar="FILE", help="also draw the drawdowns to a PNG file")
    parser.add_argument(
        "--json", action="store_true", help="print the drawdowns as JSON, and nothing else"
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the drawdowns."""
    check_window(arguments, "all")
    where = where_of(arguments)
    desk = desk_of(arguments)
    words = arguments.window, arguments.date
    days = {"start": arguments.start, "end": arguments.end}
    found = desk.monte_carlo(*words, **days, where=where)
    if arguments.chart is not None:  # drawn first: a missing extra then leaves nothing behind
        write_chart(arguments.chart, lambda: desk.chart.monte_carlo(*words, **days, where=where))
    sys.stdout.write(found.to_json() if arguments.json else str(found))
    print_if_none_meets(desk.book_of(where), where)
    print_silence(desk.book_of(where))
    return EXIT_OK if found.trades else EXIT_FAILED
