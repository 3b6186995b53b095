"""`perfkit report`: its options, what it prints, and its exit code.

The path of each report goes to standard output; failures go to standard error, with a progress
bar where that is a terminal. The clock is read here, once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from perfkit.cli.arguments import (
    Commands,
    Parser,
    add_cluster,
    add_command,
    add_reading,
    add_root,
    add_selection,
    desk_of,
    is_without_trades,
    where_of,
)
from perfkit.cli.printing import print_if_none_meets, print_silence
from perfkit.cli.reports.progress import printer
from perfkit.core.errors import UsageError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK, cores

if TYPE_CHECKING:
    from datetime import date, datetime

    from perfkit.desk.desk import Desk
    from perfkit.reports.definitions import Definition, MailHeaders
    from perfkit.reports.early import Kernels
    from perfkit.reports.model import Models
    from perfkit.reports.run import ReportResult, ReportSettings, Wanted
    from perfkit.reports.verify import Verdict

KINDS = ("daily", "weekly", "monthly")
PERIODS = (*KINDS, "quarterly", "yearly")
ALL = "all"
TIMEOUT_SECONDS = 600
JOBS = "how many reports are made at once, and how many processes read"
SAME = "the same, byte by byte"
SILENT_DAYS = 7
"""Logs without a line for longer are an archive: their last day counts as yesterday."""

EPILOG = """\
Writes reports/NAME/LABEL/report.md with its charts, the executed notebook, summary.json and
status.json, and the index reports/README.md and index.html. An unchanged report is not made again;
if a report fails, the earlier one stays as it was, and a page in reports/failures/ shows why.
Money is in the currency of the source, times in the workspace's zone.

`perfkit report live` runs notebooks/live.ipynb, `perfkit new-report live` makes it.
`perfkit report daily --from 2025-09-01 --to 2025-09-30` makes the reports of
a span of days that are missing or changed, `perfkit report all` those that are due.

example: perfkit report weekly --date 2025-10-09"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "run notebooks and publish them as Markdown reports with charts"
    parser = add_command(commands, "report", run, what, EPILOG)
    _add_options(parser)
    add_root(parser)
    add_reading(parser, JOBS)
    add_cluster(parser)
    add_selection(parser)


def _add_options(parser: Parser) -> None:
    """Adds what only this command has."""
    parser.add_argument(
        "kind",
        metavar="NAME",
        nargs="?",
        help="which report: daily, weekly, monthly, a notebook in notebooks/ by its name, or an "
        "entry under `reports` of the configuration; all: those that are due, for the last day, "
        "week and month that are over, and those that were missed or failed before",
    )
    parser.add_argument(
        "--period",
        choices=PERIODS,
        help="period of your own notebook (default: that of its metadata or its name, else daily)",
    )
    _add_days(parser)
    parser.add_argument(
        "--param",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a further parameter of the notebook; may be repeated",
    )
    _add_forms(parser)
    parser.add_argument(
        "--force", action="store_true", help="make reports again even if nothing changed"
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="make published reports again without replacing them, and print the first difference",
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=TIMEOUT_SECONDS,
        help=f"the longest a report may take (default: {TIMEOUT_SECONDS})",
    )


def _add_forms(parser: Parser) -> None:
    """Adds which forms of a page are written besides Markdown."""
    parser.add_argument(
        "--html",
        action=argparse.BooleanOptionalAction,
        help="with or without report.html, a page in one file (default: with it, unless the "
        "entry under `reports` says `html: false`)",
    )
    parser.add_argument(
        "--eml",
        action="store_true",
        help="also write report.eml, a message with the page and its pictures, and print its path "
        "if it is new; sending it is up to you",
    )


def _add_days(parser: Parser) -> None:
    """Adds the options that say which periods."""
    parser.add_argument(
        "--date",
        metavar="D",
        help="YYYY-MM-DD, a trading day of the period; default: the newest day with a line; "
        "for all: the last day that is over, by default yesterday, or the last day of logs that "
        f"have been silent for more than {SILENT_DAYS} days",
    )
    parser.add_argument(
        "--from",
        metavar="D",
        dest="first",
        help="make the reports of every period from this day on (default: the first with a line)",
    )
    parser.add_argument(
        "--to",
        metavar="D",
        dest="last",
        help="to this one, inclusive (default: the newest day with a line)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Makes or verifies the reports asked for; the exit code says whether all went well."""
    _check_words(arguments)
    desk, where = desk_of(arguments), where_of(arguments)
    made = _run(arguments, desk, where)
    print_silence(desk.book_of(where))
    return EXIT_OK if made else EXIT_FAILED


def _check_words(arguments: argparse.Namespace) -> None:
    """Raises `UsageError` for words that make no sense together, or where the extra is missing."""
    from perfkit.reports.early import check_extra

    if arguments.kind is None and not arguments.verify:
        raise UsageError(f"which report? Name one of {', '.join(KINDS)}, or {ALL}")
    if arguments.date is not None and (arguments.first or arguments.last):
        raise UsageError("give either --date or --from and --to")
    if arguments.verify and (arguments.force or arguments.eml or arguments.html is not None):
        html = "--html" if arguments.html else "--no-html"
        option = "--force" if arguments.force else "--eml" if arguments.eml else html
        raise UsageError(f"--verify replaces no report; leave out {option}")
    check_extra()


def _run(arguments: argparse.Namespace, desk: Desk, where: dict[str, str]) -> bool:
    from datetime import UTC, datetime

    from perfkit.reports.early import start_kernels

    now = datetime.now(UTC)
    if arguments.kind in (None, ALL):
        if arguments.period:
            raise UsageError("--period goes with the name of one report")
        return _run_all(arguments, desk, where, now)
    from perfkit.reports.definitions import definition_of

    definition = definition_of(desk.config, arguments.kind, arguments.period)
    if desk.options.executor is not None or not _surely_runs(arguments, desk, definition, where):
        return _made(arguments, _run_of(arguments, desk, where, [definition]), now, None)
    with start_kernels(desk.config.root, desk.options.cached) as early:
        return _made(arguments, _run_of(arguments, desk, where, [definition]), now, early)


class _Run(NamedTuple):
    """Reports made in one go: they have the same filter and the same further parameters."""

    definitions: Sequence[Definition]
    models: Models
    given: dict[str, str]
    html: bool
    eml: MailHeaders | None


def _run_of(
    arguments: argparse.Namespace,
    desk: Desk,
    where: dict[str, str],
    definitions: Sequence[Definition],
) -> _Run:
    """The run of definitions that agree in all but their names, notebooks and periods."""
    from perfkit.reports.definitions import MailHeaders
    from perfkit.reports.model import Models
    from perfkit.reports.notebook import parse_parameters

    first = definitions[0]
    return _Run(
        definitions,
        Models(desk, _filter_of(first, where)),
        {**first.given, **parse_parameters(arguments.param)},
        first.html if arguments.html is None else arguments.html,
        first.eml or (MailHeaders() if arguments.eml else None),
    )


def _filter_of(definition: Definition, where: dict[str, str]) -> dict[str, str]:
    from perfkit.summary.filters import condition_texts, parse_where

    return parse_where([*condition_texts(definition.where), *condition_texts(where)])


def _run_all(
    arguments: argparse.Namespace, desk: Desk, where: dict[str, str], now: datetime
) -> bool:
    """Makes what is due, or verifies what there is: of daily, weekly, monthly and each entry."""
    from perfkit.reports.definitions import definition_of, definitions
    from perfkit.reports.due import STANDARD

    wanted = {one.name: one for one in STANDARD}
    for one in definitions(desk.config):
        wanted[one.name] = definition_of(desk.config, one.name)
    if arguments.verify:
        wanted |= _unlisted(desk, wanted)
    groups: dict[object, list[Definition]] = {}
    for each in wanted.values():
        same = sorted(each.where.items()), sorted(each.given.items()), each.html, each.eml
        groups.setdefault(repr(same), []).append(each)
    runs = [_run_of(arguments, desk, where, group) for group in groups.values()]
    if arguments.verify:
        runs = [one for one in runs if _to_verify(arguments, one)]
        if not runs:
            raise UsageError("there is no published report to verify")
    made = [_made(arguments, one, now, None) for one in runs]  # one that fails stops no other
    return all(made)


def _unlisted(desk: Desk, listed: Container[str]) -> dict[str, Definition]:
    """Notebooks that were made when somebody named them; each with the period it had last."""
    from perfkit.reports.definitions import Definition
    from perfkit.reports.published import REPORTS, kinds_in, published

    reports = desk.config.root / REPORTS
    newest = {kind: published(reports, kind)[:1] for kind in kinds_in(reports)}
    return {
        kind: Definition(kind, kind, one.status.window_kind)
        for kind, found in newest.items()
        for one in found
        if kind not in listed
    }


def _surely_runs(
    arguments: argparse.Namespace, desk: Desk, definition: Definition, where: dict[str, str]
) -> bool:
    """Whether it is clear from the arguments and one folder that a notebook must be run."""
    from perfkit.reports.published import is_published
    from perfkit.summary.selection import as_date

    day = arguments.date or arguments.first
    if arguments.verify or day is None:
        return False
    window = desk.config.calendar.window(definition.period, as_date(day))
    given = desk.config.root, definition.name, window, _filter_of(definition, where)
    return bool(arguments.force) or not is_published(*given)


def _made(arguments: argparse.Namespace, one: _Run, now: datetime, early: Kernels | None) -> bool:
    from perfkit.reports.run import ReportSettings

    models = one.models
    desk, where = models.desk, models.where
    if not arguments.verify and (
        is_without_trades(arguments, desk, where) or print_if_none_meets(desk.book_of(where), where)
    ):
        return False
    settings = ReportSettings(
        at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        where=one.models.where,
        given=one.given,
        force=arguments.force,
        html=one.html,
        eml=one.eml,
        thorough=arguments.kind == ALL,
        jobs=arguments.jobs or cores(),
        limit_seconds=arguments.timeout,
    )
    if arguments.verify:
        return _verify(one.models, _to_verify(arguments, one), settings)
    return _make(one.models, _wanted(arguments, one, now), settings, early)


def _wanted(arguments: argparse.Namespace, one: _Run, now: datetime) -> list[Wanted]:
    from perfkit.reports.due import between, due
    from perfkit.reports.run import wanted_of
    from perfkit.summary.selection import as_date

    models, definition = one.models, one.definitions[0]
    if arguments.kind == ALL:
        if arguments.first or arguments.last:
            raise UsageError("--from and --to go with the name of one report, such as daily")
        day = as_date(arguments.date) if arguments.date else _last_day_over(models, now)
        return due(models, day, one.definitions)
    if arguments.first or arguments.last:
        return between(models.desk.config.calendar, definition, *_span(arguments, models, now))
    return [wanted_of(definition, _day(arguments.date, models, now))]


def _span(arguments: argparse.Namespace, models: Models, now: datetime) -> tuple[date, date]:
    """The first and last day of `--from` and `--to`; one alone is open to the other side."""
    from perfkit.summary.selection import as_date

    book = models.desk.book_of(models.where)
    last = as_date(arguments.last) if arguments.last else book.present_day or now.date()
    if arguments.first:
        return as_date(arguments.first), last
    return min([*book.days_with_lines[:1], last]), last


def _to_verify(arguments: argparse.Namespace, one: _Run) -> list[Wanted]:
    """The published reports in the span; without a date, the newest of each definition."""
    from perfkit.reports.published import REPORTS, published
    from perfkit.reports.run import wanted_of
    from perfkit.summary.selection import as_date

    models = one.models
    calendar = models.desk.config.calendar
    if arguments.date is not None:
        return [wanted_of(each, as_date(arguments.date)) for each in one.definitions]
    found = []
    for definition in one.definitions:
        own = [
            as_date(str(report.status.parameters["date"]))
            for report in published(models.desk.config.root / REPORTS, definition.name)
            if report.status.where == models.where
        ]
        if arguments.first or arguments.last:
            first = as_date(arguments.first) if arguments.first else min(own, default=None)
            last = as_date(arguments.last) if arguments.last else max(own, default=None)
            windows = ((day, calendar.window(definition.period, day)) for day in reversed(own))
            found += [
                wanted_of(definition, day)
                for day, window in windows
                if (first is None or window.last_day >= first)
                and (last is None or window.first_day <= last)
            ]
        else:
            found += [wanted_of(definition, day) for day in own[:1]]
    return found


def _day(given: str | None, models: Models, now: datetime) -> date:
    """The day asked for, else that of the newest line, else today."""
    from perfkit.summary.selection import as_date

    if given is not None:
        return as_date(given)
    newest = models.desk.book_of(models.where).present_day
    return newest or now.astimezone(models.desk.config.calendar.zone).date()


def _last_day_over(models: Models, now: datetime) -> date:
    """The last trading day that had ended by now; of logs silent for long, their last day."""
    from datetime import timedelta

    from perfkit.core.calendar import instant_of

    yesterday = models.desk.config.calendar.day_of(instant_of(now)) - timedelta(days=1)
    newest = models.desk.book_of(models.where).present_day
    silent = newest is not None and newest < yesterday - timedelta(days=SILENT_DAYS)
    return newest if newest is not None and silent else yesterday


def _make(
    models: Models, wanted: Sequence[Wanted], settings: ReportSettings, early: Kernels | None
) -> bool:
    from perfkit.reports.failure import card_text
    from perfkit.reports.run import FAILED, KEPT, run_reports

    waiting = dict.fromkeys(wanted)  # in this order they are printed
    ended: dict[Wanted, ReportResult] = {}

    with printer(len(waiting)) as show:

        def on_result(result: ReportResult) -> None:
            ended[result.wanted] = result
            while (first := next(iter(waiting), None)) in ended:
                del waiting[first]
                print_result(ended[first])

        def print_result(result: ReportResult) -> None:
            if result.card is not None:
                show(card_text(result.card).removesuffix("\n"), sys.stderr)
            elif result.state == KEPT:
                show(f"perfkit: {result.reason}", sys.stderr)
            else:
                show("\n".join(map(str, filter(None, (result.page, result.mail)))), sys.stdout)

        results = run_reports(models, list(waiting), settings, on_result, early)
    failed = sum(result.state in (FAILED, KEPT) for result in results)
    if failed and len(results) > 1:
        print(f"perfkit: {failed} of {len(results)} reports failed", file=sys.stderr)
    return not failed


def _verify(models: Models, wanted: Sequence[Wanted], settings: ReportSettings) -> bool:
    from perfkit.reports.verify import verify_reports

    if not wanted:
        raise UsageError("there is no published report to verify")
    with printer(len(wanted)) as show:

        def on_verdict(verdict: Verdict) -> None:
            if verdict.difference is None:
                same = "the figures are the same; it was thinned" if verdict.thinned else SAME
                show(f"{verdict.report}: {same}", sys.stdout)
            else:
                show(f"perfkit: {verdict.report}: {verdict.difference}", sys.stderr)

        verdicts = verify_reports(models, wanted, settings, on_verdict)
    return all(verdict.difference is None for verdict in verdicts)


def _seconds(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    if not number:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return number
