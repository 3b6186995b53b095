"""`perfkit summary`: a window's figures as a table or as JSON, exported, or checked by rules."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from perfkit.core.errors import LineError, OutputError, PerfkitError, UsageError
from perfkit.summary.export import export
from perfkit.summary.selection import as_date, newest_day

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.book.book import Book
    from perfkit.desk.desk import Desk
    from perfkit.summary.selection import Selection

EXIT_OK = 0


def run(
    arguments: argparse.Namespace,
    opened: Callable[[], Desk],
    asked_where: Callable[[], Mapping[str, str]],
) -> int:
    """Answers, from what was answered before where that still stands; returns the exit code.

    The workspace and the filter are asked for only where something has to be computed.
    """
    question = _plain_question(arguments)
    answer = None if question is None else _known_answer(arguments, question)
    if answer is not None:
        sys.stdout.write(answer)
        return EXIT_OK
    from perfkit.summary.breakdowns import checked_dimension
    from perfkit.summary.render import breakdown_text
    from perfkit.summary.summary import summarize

    where = asked_where()
    for dimension in arguments.by:
        checked_dimension(dimension)
    desk = opened()
    if arguments.backfill is not None:
        if arguments.json:
            raise UsageError("--backfill writes files and prints their paths; --json prints one")
        if arguments.start or arguments.end or arguments.window == "all":
            raise UsageError("--backfill goes with daily, weekly, monthly, last-7d or last-30d")

        day = asked_day(arguments.date, desk, where)
        changed = backfill(desk, arguments.window, day, arguments.backfill, where)
        _keep_bad_lines(desk.book_of(where))
        _tell_bad_lines(desk.book_of(where).errors)
        for path in changed:
            print(path)
        return EXIT_OK
    day = asked_day(arguments.date, desk, where)
    selection = desk.selection(
        arguments.window, day, start=arguments.start, end=arguments.end, where=where
    )
    summary = summarize(selection)
    _keep_bad_lines(desk.book_of(where))
    _tell_empty_filter(selection)
    if arguments.export:
        from perfkit.summary.export import export

        export(desk.config.root, summary)
    body = summary.to_json() if arguments.json else str(summary)
    if not arguments.json:
        body += "".join("\n" + breakdown_text(summary, dimension) for dimension in arguments.by)
    sys.stdout.write(body)
    if question is not None and not _is_empty_filter(selection):
        _keep_answer(desk.book_of(where), question, body)
    if not arguments.json:
        _show_alerts(desk)
    _tell_bad_lines(selection.errors)
    return _checked(desk) if arguments.check else EXIT_OK


def asked_day(given: str | None, desk: Desk, where: Mapping[str, str]) -> str | None:
    """The date a command is about; today where none is given and no log has a line yet."""
    if given is not None or desk.book_of(where).newest_day is not None:
        return given
    from datetime import datetime

    return datetime.now(desk.config.calendar.zone).date().isoformat()


def _plain_question(arguments: argparse.Namespace) -> tuple[object, ...] | None:
    """What is asked where the answer is a text and nothing else happens; None otherwise."""
    more = (arguments.export, arguments.check, arguments.backfill, arguments.log_format)
    elsewhere = {"PERFKIT_NO_CACHE", "PERFKIT_SNAPSHOT"} & os.environ.keys()
    if arguments.no_cache or any(more) or elsewhere:
        return None
    if not arguments.json:
        from perfkit.alerts.state_file import STATE
        from perfkit.config.workspace import folder_of

        if os.path.exists(os.path.join(folder_of(arguments.root), STATE)):
            return None  # how the alerts stand comes with it
    return (
        *(arguments.window, arguments.date, arguments.start, arguments.end),
        *(arguments.source, tuple(arguments.where), arguments.json, tuple(arguments.by)),
    )


def _known_answer(arguments: argparse.Namespace, question: tuple[object, ...]) -> str | None:
    """The answer as it was given before, if it still stands."""
    from perfkit.cli.known_answers import known_answer
    from perfkit.config.workspace import folder_of, timezone_override

    return known_answer(folder_of(arguments.root), timezone_override(), question)


def _keep_answer(book: Book, question: tuple[object, ...], body: str) -> None:
    """Keeps it where nothing but the answer was to be said or done."""
    from perfkit.cli.known_answers import keep_answer

    # Bad lines are kept aside by each run. Without any line the clock decides which day it is.
    if book.manifest_mark is not None and book.newest_day is not None and not book.errors:
        keep_answer(book.config.folder, book.manifest_mark, question, body)


def _show_alerts(desk: Desk) -> None:
    """How the alert rules stood at their last run; nothing where there was none."""
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
    """Evaluates the alert rules as they stand now; what fires goes to stderr."""
    from perfkit.alerts.check import check

    outcome = check(str(desk.config.root), dry_run=True)
    for one in outcome.firing:
        silenced = " (silenced)" if one.silenced else ""
        print(f"perfkit: {one.rule.severity}: {one.rule.id} fires{silenced}", file=sys.stderr)
    return outcome.code


def _is_empty_filter(selection: Selection) -> bool:
    """Whether no trade of any day meets the filter, which is most likely a slip."""
    return bool(selection.where) and not (
        selection.sheets or len(selection.closed) or len(selection.never_closed)
    )


def _tell_empty_filter(selection: Selection) -> None:
    if _is_empty_filter(selection):
        conditions = " and ".join(f"{name} = {value}" for name, value in selection.where.items())
        print(f"perfkit: no trade in the logs has {conditions}", file=sys.stderr)


def _keep_bad_lines(book: Book) -> None:
    """Keeps bad lines for the operator; where that fails, the figures are still right."""
    from perfkit.book.bad_lines import keep

    try:
        keep(book)
    except OutputError as error:
        print(f"perfkit: warning: {error}", file=sys.stderr)


def _tell_bad_lines(errors: Sequence[LineError]) -> None:
    """Bad lines go to stderr as `path:line: reason`, so that `--json` stays pure."""
    for error in errors[:20]:
        print(error, file=sys.stderr)
    if len(errors) > 20:
        more = len(errors) - 20
        print(f"... and {more} more, all in logs/performance/quarantine/", file=sys.stderr)


def backfill(
    desk: Desk, kind: str, last: str | date | None, days: int, where: Mapping[str, str]
) -> list[Path]:
    """Exports the windows of the last `days` days, each once; returns the paths that changed."""
    newest = as_date(last) if last else newest_day(desk.book_of(where))
    changed: dict[Path, None] = {}
    labels: set[str] = set()
    for back in range(days - 1, -1, -1):
        window = desk.window(kind, newest - timedelta(days=back), where=where)
        if window.label in labels:
            continue
        labels.add(window.label)
        summary = desk.summary(kind, newest - timedelta(days=back), where=where)
        changed.update(dict.fromkeys(export(desk.config.root, summary)))
    return list(changed)
