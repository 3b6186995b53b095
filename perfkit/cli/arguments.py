"""Arguments that several `perfkit` commands share: where to read, which trades, which window.

A command is a module with `add(commands)`, which adds its parser, and `run(arguments)`, which does
the work and returns the exit code.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable

from perfkit.config.workspace import setting
from perfkit.core.errors import UsageError
from perfkit.core.interpreter import EXIT_FAILED
from perfkit.core.log import log_to_stderr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from perfkit.desk.desk import Desk

WINDOWS = ("daily", "weekly", "monthly", "quarterly", "yearly", "last-7d", "last-30d", "all")
READING_PROCESSES = "how many processes read large logs"


class HelpText(argparse.HelpFormatter):
    """Is as wide as the terminal, without the modules argparse would import to ask for its size."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


class HelpWithExamples(HelpText, argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of descriptions and examples as they are written."""


def _columns() -> int:
    columns = 0
    with contextlib.suppress(ValueError):
        columns = int(setting("COLUMNS") or 0)
    if columns <= 0:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    return columns if columns > 0 else 80


class Parser(argparse.ArgumentParser):
    """A parser whose errors say where to find help, and exit with 3 rather than argparse's 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_FAILED, f"{self.prog}: {message}; see `{self.prog} --help`\n")


Commands = argparse._SubParsersAction


def add_command(
    commands: Commands[Parser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    what: str,
    epilog: str,
) -> Parser:
    """Adds a command; `what` is one sentence without a capital and full stop."""
    parser = commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=epilog,
        formatter_class=HelpWithExamples,
    )
    parser.set_defaults(run=run, parser=parser)
    return parser


def add_root(parser: Parser) -> None:
    """Adds `--root`."""
    parser.add_argument(
        "--root",
        metavar="DIR",
        help="the workspace (default: PERFKIT_ROOT, else the nearest folder with "
        "config/perfkit.yaml, from here upwards)",
    )


def add_reading(parser: Parser, jobs: str = READING_PROCESSES) -> None:
    """Adds the options of every command that reads logs."""
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="read every log again; neither use nor write logs/performance/cache/",
    )
    add_jobs(parser, jobs)


def add_cluster(parser: Parser) -> None:
    """Adds `--cluster`."""
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="let the workers of a Dask cluster, such as tcp://scheduler:8786, read large logs and "
        "make reports (extra `cluster`; see `perfkit docs scaling`)",
    )


def add_jobs(parser: Parser, what: str = READING_PROCESSES) -> None:
    """Adds `--jobs` and `--log-format`."""
    parser.add_argument(
        "--jobs", metavar="N", type=_job_count, help=f"{what} (default: one per core)"
    )
    parser.add_argument(
        "--log-format",
        choices=("text", "json"),
        help="also write a log of the run to stderr: files, bytes, lines, trades, milliseconds",
    )


def add_selection(parser: Parser) -> None:
    """Adds `--where` and `--source`, which select trades."""
    parser.add_argument(
        "--where",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help="only trades with this value, such as symbol=BTC; also symbol=BTC|ETH, symbol!=BTC, "
        "net_pnl>0, 'closed_at<=2025-10-09'; repeat it to combine conditions",
    )
    parser.add_argument("--source", metavar="NAME", help="only this source of the configuration")


def add_window(parser: Parser, default: str = "daily") -> None:
    """Adds the options that choose a window; `default` is the one meant where none is named."""
    parser.add_argument(
        "--window",
        metavar="KIND",
        choices=WINDOWS,
        help="daily, weekly, monthly, quarterly or yearly: the trading day, week or other period "
        "that contains the date; last-7d or last-30d: the days up to it; all: everything up to it "
        f"(default: {default})",
    )
    parser.add_argument(
        "--date",
        metavar="D",
        help="a trading day in the window, YYYY-MM-DD (default: the newest day with a log line)",
    )
    parser.add_argument(
        "--start",
        metavar="D",
        help="first day of a window of your own, inclusive (default: the first with a log line)",
    )
    parser.add_argument(
        "--end",
        metavar="D",
        help="last day of that window, inclusive (default: the newest with a log line)",
    )


def check_window(arguments: argparse.Namespace, default: str = "daily") -> None:
    """Sets the window that is meant where none is named.

    Raises `UsageError` where one is named beside first and last day.
    """
    if arguments.window is not None and (arguments.start or arguments.end):
        raise UsageError("give either --window or --start and --end")
    arguments.window = arguments.window or default


def add_trades(parser: Parser, printed: str) -> None:
    """Adds the options that say which trades: of files or a workspace, a window, with a filter.

    `printed` says where it is shown how files are read.
    """
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="log files to read without a workspace: their dialect is inferred, and "
        f"printed {printed}; without a window, all their days count",
    )
    add_root(parser)
    add_reading(parser)
    add_window(parser)
    add_selection(parser)
    add_answers(parser)


def add_answers(parser: Parser) -> None:
    """Adds the options that say what a log does not."""
    parser.add_argument(
        "--answer",
        metavar="NAME=N",
        action="append",
        default=[],
        help="with log files: the answer to a question about them, such as costs=2",
    )
    parser.add_argument(
        "--currency", metavar="CODE", help="with log files: the currency of their amounts"
    )
    parser.add_argument(
        "--timezone",
        metavar="ZONE",
        help="with log files: the time zone of days, and of times without a zone (default: UTC)",
    )


def refuse_answers(arguments: argparse.Namespace) -> None:
    """Raises `UsageError` where what only goes with FILE was given without one."""
    for name in ("answer", "currency", "timezone"):
        if getattr(arguments, name):
            raise UsageError(f"--{name} goes with FILE; a workspace has it in config/perfkit.yaml")


def _job_count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not number:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 999")
    return number


def desk_of(arguments: argparse.Namespace) -> Desk:
    """Opens the workspace of a command."""
    from perfkit.desk.desk import open as open_desk

    if arguments.log_format is not None:
        log_to_stderr(arguments.log_format)
    desk = open_desk(
        arguments.root,
        progress=progress_of("reading"),
        cached=not getattr(arguments, "no_cache", False),
        jobs=arguments.jobs,
        live=False,
        executor=getattr(arguments, "cluster", None),
    )
    arguments.executor = desk.options.executor  # for `close_cluster`
    return desk


def close_cluster(arguments: argparse.Namespace) -> None:
    """Lets go of the cluster of a command, if it had one."""
    executor = getattr(arguments, "executor", None)
    if executor is not None:
        executor.shutdown()


def where_of(arguments: argparse.Namespace) -> dict[str, str]:
    """The filter of a command; `--source` is one of its conditions. Raises `UsageError`."""
    from perfkit.summary.filters import parse_where

    conditions = list(arguments.where)
    if arguments.source is not None:
        conditions.append(f"source={arguments.source}")
    return parse_where(conditions)


def is_without_trades(arguments: argparse.Namespace, desk: Desk, where: dict[str, str]) -> bool:
    """Whether there is no trade at all, though no time was named in which there may be none."""
    days = ("date", "start", "end", "first", "last")
    if any(getattr(arguments, name, None) for name in days):
        return False
    book = desk.book_of(where)
    return not book.days and not len(book.open)


def progress_of(what: str) -> Callable[[int, int], None] | None:
    """A counter on a terminal, where there are many logs; None (silence) elsewhere."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, files: int) -> None:
        if files >= 50:
            sys.stderr.write("\r\x1b[K" if done == files else f"\r{what} logs {done}/{files} ")
            sys.stderr.flush()

    return show


def day_of(arguments: argparse.Namespace, desk: Desk, where: dict[str, str]) -> str | None:
    """The date of a command; today where none is given and no log has a line yet."""
    given: str | None = arguments.date
    is_range = getattr(arguments, "start", None) or getattr(arguments, "end", None)
    if given is not None or is_range or desk.book_of(where).newest_day is not None:
        return given
    from datetime import datetime

    return datetime.now(desk.config.calendar.zone).date().isoformat()
