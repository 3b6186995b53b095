"""The `perfkit` command: arguments in, exit code out.

Exit codes: 0 done (also when no trade is in the window); 2 an alert rule fires, where that was
asked; 3 bad configuration, unreadable input,
wrong usage or a failed report. Without a date the newest line decides; the clock is read only where
no log has a line yet.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence

from perfkit import __version__
from perfkit.core.errors import CacheDiffersError, MissingExtraError, PerfkitError
from perfkit.core.log import log_to_stderr, stop_log_to_stderr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from perfkit.desk.desk import Desk

EXIT_OK = 0
EXIT_FAILED = 3

WINDOWS = ("daily", "weekly", "monthly", "last-7d", "last-30d", "all")
MOST_BACKFILLED = 3660
REPORTS_EXTRA = (
    *("IPython", "ipykernel", "jupyter_client", "matplotlib", "nbclient", "nbconvert", "nbformat"),
    *("numpy", "pandas", "papermill", "tqdm", "traitlets"),
)
"""Modules that `pip install 'perfkit[reports]'` brings along."""


class _Formatter(argparse.HelpFormatter):
    """Is as wide as the terminal, without loading what argparse would to find out."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


class _ExampleFormatter(_Formatter, argparse.RawDescriptionHelpFormatter):
    """Leaves the lines of examples as they are."""


def _columns() -> int:
    columns = 0
    with contextlib.suppress(ValueError):
        columns = int(os.environ.get("COLUMNS") or 0)
    if columns <= 0:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    return columns if columns > 0 else 80


class _Parser(argparse.ArgumentParser):
    """A parser that says how to go on, and exits with 3 rather than argparse's 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_FAILED, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def program() -> NoReturn:
    """The `perfkit` command: runs, and ends without the interpreter taking itself apart.

    That, and looking for garbage after every few hundred objects, would be a fifth of a short run.
    """
    gc.set_threshold(100_000)
    code: int | str | None = EXIT_FAILED
    try:
        code = main()
    except SystemExit as asked:
        code = asked.code
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    if "logging" in sys.modules:
        sys.modules["logging"].shutdown()
    os._exit(code if isinstance(code, int) else EXIT_FAILED if code else EXIT_OK)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    if sys.stdout is None:  # started with its output closed
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  open until exit
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without UTF-8 still gets the figures
    given = sys.argv[1:] if argv is None else list(argv)
    arguments = command_parser(given[0] if given else None).parse_args(given)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        code = run(arguments)
        sys.stdout.flush()
    except PerfkitError as error:
        print(f"perfkit: {error}", file=sys.stderr)
        return EXIT_FAILED
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in REPORTS_EXTRA:
            raise
        print(f"perfkit: {MissingExtraError(module, 'reports')}", file=sys.stderr)
        return EXIT_FAILED
    except BrokenPipeError:
        _drop_output()  # the reader (`| head`) has what it wanted
        return EXIT_OK
    except OSError as error:
        _drop_output()
        print(f"perfkit: cannot write the output: {error.strerror}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("perfkit: interrupted; nothing was half written", file=sys.stderr)
        return EXIT_FAILED
    finally:
        stop_log_to_stderr()
    return code


def _drop_output() -> None:
    """Keeps Python from writing what is left at exit, and complaining."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def command_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of one command, where that is one, else of all."""
    parser = _Parser(
        prog="perfkit",
        description="Exact performance figures and charted reports from the trade logs of bots.",
        epilog="Start with `perfkit demo DIR` to see it work, or `perfkit init DIR` for your logs.",
        formatter_class=_Formatter,
    )
    parser.add_argument("--version", action="version", version=f"perfkit {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, prog="perfkit"
    )
    for add in [_COMMANDS[command]] if command in _COMMANDS else _COMMANDS.values():
        add(commands)
    return parser


_Commands = argparse._SubParsersAction


def _command(
    commands: _Commands[_Parser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    what: str,
    epilog: str,
) -> _Parser:
    parser = commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=epilog,
        formatter_class=_ExampleFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _add_root(parser: _Parser) -> None:
    parser.add_argument(
        "--root",
        metavar="DIR",
        help="the workspace; default: PERFKIT_ROOT, else the nearest folder upwards that holds "
        "config/perfkit.yaml",
    )


_READS = "how many processes read when there is much to read"


def _add_reading(parser: _Parser, jobs: str = _READS) -> None:
    """Options of every command that reads logs."""
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="read every log anew; neither use nor write logs/performance/cache/",
    )
    _add_jobs(parser, jobs)


def _add_jobs(parser: _Parser, what: str = _READS) -> None:
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=_job_count,
        help=f"{what} (default: one per core)",
    )
    parser.add_argument(
        "--log-format",
        choices=("text", "json"),
        help="also log to stderr what the run did: duration, files, bytes, lines, trades",
    )


def _add_selection(parser: _Parser) -> None:
    parser.add_argument(
        "--where",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help="only trades with that source, strategy, symbol, side, execution_mode or account; "
        "may be repeated",
    )
    parser.add_argument("--source", metavar="NAME", help="only this source of the configuration")


def _add_window(parser: _Parser) -> None:
    parser.add_argument(
        "--window",
        choices=WINDOWS,
        default="daily",
        help="a trading day, an ISO week, a calendar month, the 7 or 30 days up to the date, "
        "or everything (default: daily)",
    )
    parser.add_argument(
        "--date",
        metavar="D",
        help="YYYY-MM-DD, the trading day the window holds; default: the newest day with a line",
    )
    parser.add_argument("--start", metavar="D", help="first day of a window of your own, inclusive")
    parser.add_argument("--end", metavar="D", help="its last day, inclusive")


def _add_summary(commands: _Commands[_Parser]) -> None:
    parser = _command(
        commands,
        "summary",
        _summary,
        "print every figure of a window, with the variance against its targets",
        "units: money in the currency of the source; rates as fractions in JSON and as per cent\n"
        "on the page; holding times in seconds; times in UTC (JSON) or the workspace's zone.\n\n"
        "example: perfkit summary --window weekly --date 2025-10-09 --where execution_mode=LIVE",
    )
    _add_root(parser)
    _add_reading(parser)
    _add_window(parser)
    _add_selection(parser)
    parser.add_argument(
        "--by",
        metavar="WHAT",
        action="append",
        default=[],
        help="also a line per source, strategy, symbol, side, weekday, hour, exit_reason, "
        "execution_mode or account; may be repeated",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the summary as JSON, and nothing else"
    )
    parser.add_argument(
        "--export",
        action="store_true",
        help="also write logs/performance/WINDOW-summary-DATE.json and .md (DATE: the window's "
        "last day), only where something changed",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="also evaluate the alert rules, without writing anything; exits with 2 when one fires",
    )
    parser.add_argument(
        "--backfill",
        metavar="N",
        type=_day_count,
        help="export the windows of the last N days (to --date), filling what is missing or stale",
    )


def _add_explain(commands: _Commands[_Parser]) -> None:
    parser = _command(
        commands,
        "explain",
        _explain,
        "show how a figure comes about: its formula, its numbers, and the log lines behind it",
        "units are those of the metric, as docs/metrics.md tells; numbers are not rounded.\n\n"
        "example: perfkit explain max_drawdown --window weekly --date 2025-10-09",
    )
    parser.add_argument("metric", metavar="METRIC", help="a name of docs/metrics.md")
    _add_root(parser)
    _add_reading(parser)
    _add_window(parser)
    _add_selection(parser)


def _add_report(commands: _Commands[_Parser]) -> None:
    from perfkit.cli import report

    what = "run notebooks and publish them as Markdown reports with charts"
    parser = _command(commands, "report", _report, what, report.EPILOG)
    report.add_options(parser)
    _add_root(parser)
    _add_reading(parser, report.JOBS)
    _add_selection(parser)


def _add_cache(commands: _Commands[_Parser]) -> None:
    parser = _command(
        commands,
        "cache",
        _cache,
        "show, check or remake what perfkit remembers of the logs",
        "status tells what is there; verify reads every log anew and names the first difference\n"
        "(exit code 3), 0 if there is none; rebuild starts over. sizes are in bytes.\n\n"
        "example: perfkit cache verify",
    )
    parser.add_argument("action", choices=("status", "verify", "rebuild"), help="what to do")
    _add_root(parser)
    _add_jobs(parser)


def _add_alerts(commands: _Commands[_Parser]) -> None:
    from perfkit.cli.alerts import add_alerts

    add_alerts(commands)


def _add_new(
    commands: _Commands[_Parser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    what: str,
) -> None:
    parser = _command(
        commands,
        name,
        run,
        what,
        f"the folder must be new or empty; nothing that exists is overwritten.\n\n"
        f"example: perfkit {name} trading",
    )
    parser.add_argument("folder", metavar="DIR", help="where to make it")


def _day_count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 0 < number <= MOST_BACKFILLED:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 1 to {MOST_BACKFILLED} days")
    return number


def _job_count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not number:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return number


def _desk(arguments: argparse.Namespace) -> Desk:
    """The workspace of a command."""
    from perfkit.desk.desk import open as open_desk

    if arguments.log_format is not None:
        log_to_stderr(arguments.log_format)
    return open_desk(
        arguments.root,
        progress=_progress(),
        cached=not getattr(arguments, "no_cache", False),
        jobs=arguments.jobs,
    )


def _summary(arguments: argparse.Namespace) -> int:
    from perfkit.cli import summary

    return summary.run(arguments, lambda: _desk(arguments), lambda: _where(arguments))


def _explain(arguments: argparse.Namespace) -> int:
    from perfkit.cli.summary import asked_day

    where = _where(arguments)
    desk = _desk(arguments)
    explanation = desk.explain(
        arguments.metric,
        arguments.window,
        asked_day(arguments.date, desk, where),
        start=arguments.start,
        end=arguments.end,
        where=where,
    )
    sys.stdout.write(explanation.text)
    return EXIT_OK


def _report(arguments: argparse.Namespace) -> int:
    from perfkit.cli import report

    made = report.run(arguments, _desk(arguments), _where(arguments))
    return EXIT_OK if made else EXIT_FAILED


def _cache(arguments: argparse.Namespace) -> int:
    from perfkit.book.verify import first_difference, rebuild, status, status_text

    desk = _desk(arguments)
    if arguments.action == "rebuild":
        rebuild(desk.config, desk.options)
    elif arguments.action == "verify":
        for source in desk.config.sources:
            difference = first_difference(desk.config, source)
            if difference is not None:
                raise CacheDiffersError(difference)
        print("the cache matches the logs")
    sys.stdout.write(status_text(status(desk.config)))
    return EXIT_OK


def _demo(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from perfkit.cli.new_workspace import make_demo

    print(make_demo(Path(arguments.folder)))
    return EXIT_OK


def _init(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from perfkit.cli.new_workspace import make_workspace

    print(make_workspace(Path(arguments.folder)))
    return EXIT_OK


def _where(arguments: argparse.Namespace) -> dict[str, str]:
    """The filter of a command; `--source` is one of its conditions."""
    from perfkit.summary.filters import parse_where

    conditions = list(arguments.where)
    if arguments.source is not None:
        conditions.append(f"source={arguments.source}")
    return parse_where(conditions)


def _progress() -> Callable[[int, int], None] | None:
    """A counter on a terminal, for logs large enough to notice; None (silence) elsewhere."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, files: int) -> None:
        if files >= 50:
            sys.stderr.write("\r\x1b[K" if done == files else f"\rreading logs {done}/{files} ")
            sys.stderr.flush()

    return show


_COMMANDS: dict[str, Callable[[_Commands[_Parser]], None]] = {
    "summary": _add_summary,
    "explain": _add_explain,
    "report": _add_report,
    "alerts": _add_alerts,
    "cache": _add_cache,
    "demo": lambda commands: _add_new(
        commands, "demo", _demo, "make a workspace with sample logs and its three reports"
    ),
    "init": lambda commands: _add_new(
        commands, "init", _init, "make a workspace for your own logs"
    ),
}
