"""`perfkit summary`: a window's figures as a table or as JSON, exported, or checked by rules.

Whatever computes is imported where it is needed: a question asked before is answered from a small
file, and importing the rest would take longer than the answer.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping

from perfkit.cli.arguments import (
    Commands,
    Parser,
    add_cluster,
    add_command,
    add_trades,
    check_window,
    day_of,
    desk_of,
    is_without_trades,
    refuse_answers,
    where_of,
)
from perfkit.cli.known_answers import shows_alerts
from perfkit.cli.printing import (
    print_bad_lines,
    print_if_none_meets,
    print_silence,
)
from perfkit.config.workspace import folder_of, setting
from perfkit.core.errors import OutputError, PerfkitError, UsageError
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from perfkit.book.book import Book
    from perfkit.desk.desk import Desk
    from perfkit.summary.selection import Selection
    from perfkit.summary.summary import Summary

MOST_BACKFILLED = 3660
"""Days, about ten years."""

EPILOG = """\
units: money in the currency of the source; rates as fractions in JSON, otherwise in per cent;
holding times in JSON in seconds; times in JSON in UTC, otherwise in the zone of the workspace.

example: perfkit summary --window weekly --date 2025-10-09 --where execution_mode=LIVE"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "print every figure of a window, and how it compares with your targets"
    parser = add_command(commands, "summary", run, what, EPILOG)
    add_trades(parser, "first")
    add_cluster(parser)
    parser.add_argument(
        "--by",
        metavar="WHAT",
        action="append",
        default=[],
        help="also print a line for each day, week, month, source, strategy, symbol, side, "
        "weekday, hour, holding_time, exit_reason, execution_mode, account, or dimension of a "
        "source such as bot_version; the deepest drawdowns (drawdown), or streaks by length "
        "(streak); may be repeated",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the summary as JSON, and nothing else"
    )
    parser.add_argument(
        "--export",
        action="store_true",
        help="also write logs/performance/WINDOW-summary-DATE.json and .md (DATE is the last day "
        "of the window); unchanged files are left alone",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="also evaluate the alert rules, without writing anything; exit with 2 if one fires",
    )
    parser.add_argument(
        "--backfill",
        metavar="N",
        type=_day_count,
        help="export the windows of the last N days up to --date; writes only what is missing or "
        "has changed",
    )


def _day_count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 0 < number <= MOST_BACKFILLED:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 1 to {MOST_BACKFILLED} days")
    return number


def run(arguments: argparse.Namespace) -> int:
    """Prints the answer and returns the exit code."""
    own_days = arguments.start or arguments.end
    check_window(arguments, "all" if arguments.files and not own_days else "daily")
    if arguments.files:
        from perfkit.cli.files import run_summary

        if arguments.cluster:
            raise UsageError("--cluster goes with a workspace; FILE is read by this process")
        return run_summary(arguments)
    refuse_answers(arguments)
    where = where_of(arguments)
    desk = desk_of(arguments)
    if arguments.by:
        from perfkit.summary.tables.by_name import checked_table

        for name in arguments.by:
            checked_table(name, desk.config)
    if arguments.backfill is not None:
        return _backfilled(arguments, desk, where)
    day = day_of(arguments, desk, where)
    selection = desk.selection(
        arguments.window, day, start=arguments.start, end=arguments.end, where=where
    )
    summary, body = _answer(arguments, selection)
    _keep_bad_lines(desk.book_of(where))
    none_meets = not selection.sheets and print_if_none_meets(selection.book, where)
    if arguments.export:
        from perfkit.summary.export import export

        export(desk.config.root, summary, desk.book_of(where).mode)
    sys.stdout.write(body)
    if not none_meets and _is_plain(arguments):
        _keep_answer(desk.book_of(where), arguments.words, body)
    if not arguments.json:
        _show_alerts(desk)
    print_bad_lines(selection.errors)
    print_silence(desk.book_of(where))
    if arguments.check:
        return _checked(desk)
    return EXIT_FAILED if is_without_trades(arguments, desk, where) else EXIT_OK


def _answer(arguments: argparse.Namespace, selection: Selection) -> tuple[Summary, str]:
    """The summary of some trades, and its text: as JSON, or with the tables that `--by` names."""
    from perfkit.book.store.day_sheet import DIMENSIONS
    from perfkit.summary.summary import summarize

    always = DIMENSIONS if arguments.json or arguments.export else ()
    if not arguments.by:
        summary = summarize(selection, always)
        return summary, summary.to_json() if arguments.json else str(summary)
    from perfkit.summary.render import SHOWN_OF_PARTS
    from perfkit.summary.tables.by_name import dimensions_of, tables_text

    of_parts = None if always else SHOWN_OF_PARTS
    summary = summarize(selection, dimensions_of(arguments.by, always), of_parts)
    if arguments.json:
        return summary, summary.to_json()
    return summary, f"{summary}{tables_text(summary, selection, arguments.by)}"


def _backfilled(arguments: argparse.Namespace, desk: Desk, where: dict[str, str]) -> int:
    """Exports the windows asked for and prints the paths that changed."""
    if arguments.json:
        raise UsageError("--backfill writes files and prints their paths; --json prints one")
    if arguments.by or arguments.check:
        option = "--by" if arguments.by else "--check"
        raise UsageError(f"--backfill writes files and prints their paths; leave out {option}")
    if arguments.start or arguments.end or arguments.window == "all":
        raise UsageError(
            "--backfill goes with a window such as daily or last-7d, not with this one"
        )
    day = day_of(arguments, desk, where)
    changed = backfill(desk, arguments.window, day, arguments.backfill, where)
    book = desk.book_of(where)
    _keep_bad_lines(book)
    print_bad_lines(book.errors)
    print_if_none_meets(book, where)
    print_silence(book)
    for path in changed:
        print(path)
    return EXIT_FAILED if is_without_trades(arguments, desk, where) else EXIT_OK


def _is_plain(arguments: argparse.Namespace) -> bool:
    """Whether the answer is a text that depends on the logs alone, and nothing else is to be done.

    `known_answers.known_answer` prints it again, and asks the same of the environment.
    """
    more = (arguments.export, arguments.check, arguments.backfill, arguments.log_format)
    elsewhere = setting("PERFKIT_NO_CACHE") or setting("PERFKIT_SNAPSHOT")
    if arguments.no_cache or any(more) or elsewhere:
        return False
    return arguments.json or not shows_alerts(folder_of(arguments.root))


def _keep_answer(book: Book, words: tuple[str, ...], body: str) -> None:
    """Keeps the answer, if printing it was all there was to do."""
    from perfkit.book.silent import silent_sources
    from perfkit.cli.known_answers import keep_answer

    # Each run writes bad lines to their file. Without any line, or with lines that are dated ahead,
    # the clock decides which day it is.
    newest = book.newest_day
    timeless = newest is not None and newest == book.present_day
    if book.config.metrics:
        return  # their packages change without the logs
    if book.manifest_mark is not None and timeless and not book.errors and not silent_sources(book):
        keep_answer(book.config.folder, book.manifest_mark, words, body)


def _show_alerts(desk: Desk) -> None:
    """Prints the state of the alert rules after their last run, if there was one."""
    from perfkit.alerts.state_file import STATE

    if not os.path.exists(os.path.join(desk.config.root, STATE)):
        return
    from perfkit.alerts.status import status

    try:
        found = status(desk.config.root, desk.config.calendar.timezone)
    except PerfkitError as error:
        print(f"perfkit: warning: {error}", file=sys.stderr)
        return
    if found.at is not None:
        sys.stdout.write(f"\nAlerts, {found}")


def _checked(desk: Desk) -> int:
    """Evaluates the alert rules now and prints those that fire to stderr."""
    from perfkit.alerts.check import check
    from perfkit.alerts.sentences import Sentences

    words, result = Sentences(desk.config), check(str(desk.config.root), dry_run=True)
    for one in result.firing:
        silenced = " (silenced)" if one.silenced else ""
        said = words.fires(one.rule, one.group, one.since)
        print(f"perfkit: {one.rule.severity}: {said}{silenced}", file=sys.stderr)
    return result.code


def _keep_bad_lines(book: Book) -> None:
    """Keeps bad lines in quarantine; where that fails, the figures are still right."""
    from perfkit.book.bad_lines import keep

    try:
        keep(book)
    except OutputError as error:
        print(f"perfkit: warning: {error}", file=sys.stderr)


def backfill(
    desk: Desk, kind: str, last: str | date | None, days: int, where: Mapping[str, str]
) -> list[Path]:
    """Exports the windows of the last `days` days, each once; returns the paths that changed."""
    from datetime import timedelta

    from perfkit.summary.export import export
    from perfkit.summary.selection import as_date, newest_day

    book = desk.book_of(where)
    newest, mode = as_date(last) if last else newest_day(book), book.mode
    changed: dict[Path, None] = {}
    labels: set[str] = set()
    for back in range(days - 1, -1, -1):
        window = desk.window(kind, newest - timedelta(days=back), where=where)
        if window.label in labels:
            continue
        labels.add(window.label)
        summary = desk.summary(kind, newest - timedelta(days=back), where=where)
        changed.update(dict.fromkeys(export(desk.config.root, summary, mode)))
    return list(changed)
