"""`perfkit trades`: the trades of a window, as a table, CSV, JSON or Parquet."""

from __future__ import annotations

import argparse
import os
import sys

from perfkit.cli.arguments import (
    Commands,
    Parser,
    add_command,
    add_trades,
    check_window,
    day_of,
    desk_of,
    is_without_trades,
    refuse_answers,
    where_of,
)
from perfkit.cli.printing import (
    print_bad_lines,
    print_if_none_meets,
    print_likely_readings,
    print_silence,
)
from perfkit.core.errors import OutputError, UsageError
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK
from perfkit.core.log import log_to_stderr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.book.book import Book
    from perfkit.config.settings import Source
    from perfkit.core.trades import Trades
    from perfkit.desk.desk import Desk

TABLE, CSV, JSON, PARQUET = "table", "csv", "json", "parquet"
FORMATS = (TABLE, CSV, JSON, PARQUET)

EPILOG = """\
units: money in the currency of the source, holding times in seconds, with all their digits;
times in UTC, but in the table in the zone of the workspace. In CSV, a text that a spreadsheet
would run as a formula gets a ' in front.

example: perfkit trades --window monthly --where strategy=breakout --output trades.csv"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "print or export the trades that closed in a window"
    parser = add_command(commands, "trades", run, what, EPILOG)
    add_trades(parser, "to stderr")
    parser.add_argument(
        "--open", action="store_true", help="the trades that were open at the end of the window"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--format",
        choices=FORMATS,
        help="table, csv, json, or parquet, which needs --output and the extra `parquet` "
        "(default: what the name of --output ends with, else table)",
    )
    form.add_argument(
        "--json", action="store_const", dest="format", const=JSON, help="the same as --format json"
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="write them to this file, whole or not at all, instead of to standard output",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints or writes the trades."""
    check_window(arguments, "all" if arguments.files else "daily")
    form = _form(arguments)
    where = where_of(arguments)
    desk = _desk_of(arguments)
    book = desk.book_of(where)
    selection = desk.selection(
        "range" if arguments.start or arguments.end else arguments.window,
        day_of(arguments, desk, where),
        start=arguments.start,
        end=arguments.end,
        where=where,
    )
    from perfkit.core.trades import joined

    trades = joined(selection.still_open) if arguments.open else selection.inside
    content = _content(form, trades, selection.window.timezone, book, is_open=arguments.open)
    if arguments.output is None:
        sys.stdout.write(content.decode())
    else:
        path = _checked_path(arguments.output, desk, book)
        _write(path, content, book.mode)
        noun = "trade" if len(trades) == 1 else "trades"
        print(f"{len(trades):,} {noun} to {arguments.output}")
    print_if_none_meets(book, where)
    print_bad_lines(selection.errors)
    print_silence(book)
    print_likely_readings(selection)
    return EXIT_FAILED if is_without_trades(arguments, desk, where) else EXIT_OK


def _form(arguments: argparse.Namespace) -> str:
    """The form asked for. Raises `UsageError`."""
    output: str | None = arguments.output
    form: str | None = arguments.format
    if form is None and output is not None:
        ending = os.path.splitext(output)[1][1:].lower()
        if ending not in (CSV, JSON, PARQUET):
            raise UsageError(
                f"--output {output}: the name should end with .csv, .json or .parquet; "
                "or say which with --format"
            )
        return ending
    if form == PARQUET and output is None:
        raise UsageError("--format parquet goes to a file: name it with --output FILE")
    return form or TABLE


def _desk_of(arguments: argparse.Namespace) -> Desk:
    if not arguments.files:
        refuse_answers(arguments)
        return desk_of(arguments)
    if arguments.root:
        raise UsageError("--root names a workspace; FILE is read without one: give either")
    from perfkit.cli.files import founds_of
    from perfkit.desk.reading import desk_on, yaml_of

    if arguments.log_format is not None:
        log_to_stderr(arguments.log_format)
    founds = founds_of(arguments.files, arguments)
    print(yaml_of(founds), file=sys.stderr)
    return desk_on(founds, arguments.timezone or "UTC", arguments.jobs)


def _content(form: str, trades: Trades, timezone: str, book: Book, *, is_open: bool) -> bytes:
    from perfkit.desk.exports import csv_of, json_of, parquet_of, table_of

    dimensions = book.config.dimensions
    if form == PARQUET:
        return parquet_of(trades, book.currency, dimensions)
    if form == TABLE:
        text = table_of(trades, book.currency, timezone, dimensions, is_open=is_open)
        text += f"data up to {book.newest_day}\n" if book.newest_day else ""
    else:
        text = (csv_of if form == CSV else json_of)(trades, book.currency, dimensions)
    return text.encode("utf-8", "backslashreplace")


def _checked_path(output: str, desk: Desk, book: Book) -> str:
    """Where a file is to be put; raises `OutputError` where no file of trades belongs."""
    path = os.path.realpath(output)
    if os.path.exists(path) and not os.path.isfile(path):
        raise OutputError(output, "it is not a file; name one")
    if not os.path.isdir(os.path.dirname(path)):
        raise OutputError(output, "there is no such folder; make it first")
    for source in desk.config.sources:
        if _takes(source, path):
            raise OutputError(
                output, f"source {source.name} would read it as a log; choose another name"
            )
    return path


def _takes(source: Source, path: str) -> bool:
    """Whether a source has a file at that path, or would once there is one."""
    location = os.path.realpath(source.location)
    if path == location or not path.startswith(os.path.join(location, "")):
        return path == location
    from pathlib import PurePath

    inside = PurePath(path).relative_to(location)
    if "/" in source.pattern or "**" in source.pattern:
        return inside.match(source.pattern.removeprefix("**/"))
    return len(inside.parts) == 1 and inside.match(source.pattern)


def _write(path: str, content: bytes, mode: int) -> None:
    from perfkit.disk.atomic import put_in_place

    try:
        put_in_place(path, content, mode=mode)
    except OSError as error:
        raise OutputError(path, error) from error
