"""`perfkit compare`: whether other trades did better or worse, or it is too early to say."""

from __future__ import annotations

import argparse
import sys

from perfkit.cli.analysis.chart_file import write_chart
from perfkit.cli.arguments import (
    WINDOWS,
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.charts.style import Chart
    from perfkit.summary.comparison.shape import ComparisonShape
    from perfkit.summary.selection import Selection

EPILOG = """\
--where and the window select the base; --with says how the other side differs from it. Differences
are the other side minus the base. Rates are fractions in JSON, percentages on the page, and their
differences percentage points. Without a window all days count.

example: perfkit compare --where bot_version=1.4 --with bot_version=1.5
         perfkit compare --window monthly --date 2025-09-30 --with-date 2025-10-09"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "compare two selections of trades: figures, intervals, and whether one is better"
    parser = add_command(commands, "compare", run, what, EPILOG)
    add_root(parser)
    add_reading(parser)
    add_window(parser, "all")
    add_selection(parser)
    parser.add_argument(
        "--with",
        dest="other",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help="a condition of the other side, in place of that of --where on this field",
    )
    parser.add_argument(
        "--with-window",
        choices=WINDOWS,
        help="the window of the other side (default: that of the base)",
    )
    parser.add_argument("--with-date", metavar="D", help="a trading day in that window")
    parser.add_argument("--with-start", metavar="D", help="first day of the other side, inclusive")
    parser.add_argument("--with-end", metavar="D", help="last day of the other side, inclusive")
    parser.add_argument("--chart", metavar="FILE", help="also draw the comparison to a PNG file")
    parser.add_argument(
        "--json", action="store_true", help="print the comparison as JSON, and nothing else"
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the comparison."""
    from perfkit.desk.comparing import comparison_of
    from perfkit.summary.comparison.sides import two_selections
    from perfkit.summary.filters import parse_where

    check_window(arguments, "all")
    where, other = where_of(arguments), parse_where(arguments.other)
    desk = desk_of(arguments)
    sides = two_selections(
        desk,
        where,
        other,
        arguments.window,
        arguments.date,
        start=arguments.start,
        end=arguments.end,
        other_window=arguments.with_window,
        other_date=arguments.with_date,
        other_start=arguments.with_start,
        other_end=arguments.with_end,
    )
    found = comparison_of(*sides)
    if arguments.chart is not None:  # drawn first: a missing extra then leaves nothing behind
        write_chart(arguments.chart, lambda: _drawn(found, sides))
    sys.stdout.write(found.to_json() if arguments.json else str(found))
    for one in (where, {**where, **other}):
        print_if_none_meets(desk.book_of(one), one)
    print_silence(desk.book_of(where))
    trades = found.figure("closed_trades")
    return EXIT_OK if trades.base and trades.other else EXIT_FAILED


def _drawn(found: ComparisonShape, sides: tuple[Selection, Selection]) -> Chart:
    from perfkit.charts.comparison import comparison_chart

    return comparison_chart(found, *sides)
