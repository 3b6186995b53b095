"""The commands of `perfkit`: their parsers, and how a failure is shown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from perfkit import __version__
from perfkit.cli.arguments import Commands, HelpWithExamples, Parser, close_cluster
from perfkit.core.errors import MissingExtraError, PerfkitError, reason_of
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK
from perfkit.core.log import stop_log_to_stderr

REPORTS_EXTRA = (
    *("IPython", "ipykernel", "jupyter_client", "matplotlib", "nbclient", "nbconvert", "nbformat"),
    *("numpy", "pandas", "papermill", "tqdm", "traitlets"),
)
"""Modules of the extra `reports`."""

NO_MEMORY = "out of memory; choose a shorter window or fewer --jobs, or allow more memory"


def run_command(given: Sequence[str]) -> int:
    """Runs the command of these words; returns its exit code."""
    arguments = _arguments(given)
    arguments.words = tuple(given)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except PerfkitError as error:
        print(f"perfkit: {error}", file=sys.stderr)
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in REPORTS_EXTRA:
            raise
        print(f"perfkit: {MissingExtraError(module, 'reports')}", file=sys.stderr)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"perfkit: {where}{reason_of(error)}", file=sys.stderr)
    except MemoryError:
        print(f"perfkit: {NO_MEMORY}", file=sys.stderr)
    except KeyboardInterrupt:
        print("perfkit: interrupted; no file was left half written", file=sys.stderr)
    finally:
        close_cluster(arguments)
        stop_log_to_stderr()
    return EXIT_FAILED


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    """The arguments of a command; what is wrong with them is said by its own parser."""
    parser = command_parser(given[0] if given else None)
    arguments, unknown = parser.parse_known_args(given)
    own = getattr(arguments, "parser", parser)
    if unknown:
        own.error(f"unrecognized arguments: {' '.join(unknown)}")
    if not hasattr(arguments, "run"):
        own.error("the following arguments are required: COMMAND")
    return arguments


DESCRIPTION = """\
Exact performance figures and charted reports from the trade logs of bots.

perfkit reads the logs of a workspace: a folder with config/perfkit.yaml, which says
where the logs are and what their lines look like. It never changes a log."""

EPILOG = """\
start here:
  perfkit demo demo                   a workspace with sample logs and reports, to look around
  perfkit init trading                a workspace for your own logs

then, in the workspace:
  perfkit summary --window weekly     the figures of a week
  perfkit explain win_rate            where one of them comes from
  perfkit report daily                a page with charts

exit codes: 0 done, 2 an alert rule fires (where that was asked), 3 failed.
`perfkit COMMAND --help` shows the options of a command, its units and an example,
`perfkit docs` the pages of the documentation."""


def command_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of one command, or of all where `command` names none."""
    parser = Parser(
        prog="perfkit", description=DESCRIPTION, epilog=EPILOG, formatter_class=HelpWithExamples
    )
    parser.add_argument("--version", action="version", version=f"perfkit {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="perfkit")
    for add in [_COMMANDS[command]] if command in _COMMANDS else _COMMANDS.values():
        add(commands)
    return parser


def _add_summary(commands: Commands[Parser]) -> None:
    from perfkit.cli import summary

    summary.add(commands)


def _add_trades(commands: Commands[Parser]) -> None:
    from perfkit.cli import trades

    trades.add(commands)


def _add_check(commands: Commands[Parser]) -> None:
    from perfkit.cli import check

    check.add(commands)


def _add_dialects(commands: Commands[Parser]) -> None:
    from perfkit.cli import dialects

    dialects.add(commands)


def _add_docs(commands: Commands[Parser]) -> None:
    from perfkit.cli import docs

    docs.add(commands)


def _add_explain(commands: Commands[Parser]) -> None:
    from perfkit.cli import explain

    explain.add(commands)


def _add_compare(commands: Commands[Parser]) -> None:
    from perfkit.cli.analysis import compare

    compare.add(commands)


def _add_monte_carlo(commands: Commands[Parser]) -> None:
    from perfkit.cli.analysis import monte_carlo

    monte_carlo.add(commands)


def _add_report(commands: Commands[Parser]) -> None:
    from perfkit.cli.reports import report

    report.add(commands)


def _add_new_report(commands: Commands[Parser]) -> None:
    from perfkit.cli.reports import new_report

    new_report.add(commands)


def _add_schedule(commands: Commands[Parser]) -> None:
    from perfkit.cli.schedule import command

    command.add(commands)


def _add_fetch(commands: Commands[Parser]) -> None:
    from perfkit.cli import fetch

    fetch.add(commands)


def _add_prune(commands: Commands[Parser]) -> None:
    from perfkit.cli.reports import prune

    prune.add(commands)


def _add_alerts(commands: Commands[Parser]) -> None:
    from perfkit.cli.alerts import add_alerts

    add_alerts(commands)


def _add_cache(commands: Commands[Parser]) -> None:
    from perfkit.cli import cache

    cache.add(commands)


def _add_holidays(commands: Commands[Parser]) -> None:
    from perfkit.cli import holidays

    holidays.add(commands)


def _add_demo(commands: Commands[Parser]) -> None:
    _add_new(commands, "demo", _demo, "make a workspace with sample logs and its three reports")


def _add_init(commands: Commands[Parser]) -> None:
    from perfkit.cli.arguments import add_answers

    parser = _add_new(commands, "init", _init, "make a workspace for your own logs")
    parser.add_argument(
        "--from",
        dest="files",
        metavar="FILE",
        nargs="+",
        default=[],
        help="log files whose dialect is inferred and written, commented, to config/perfkit.yaml",
    )
    add_answers(parser)


def _add_new(
    commands: Commands[Parser], name: str, run: Callable[[argparse.Namespace], int], what: str
) -> Parser:
    from perfkit.cli.arguments import add_command

    epilog = (
        "the folder must be new or empty; nothing that exists is overwritten.\n\n"
        f"example: perfkit {name} trading"
    )
    parser = add_command(commands, name, run, what, epilog)
    parser.add_argument("folder", metavar="DIR", help="the folder to make")
    return parser


def _demo(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from perfkit.cli.new_workspace import make_demo

    print(make_demo(Path(arguments.folder)))
    return EXIT_OK


def _init(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from perfkit.cli.arguments import refuse_answers
    from perfkit.cli.new_workspace import make_workspace

    if arguments.files:
        from perfkit.cli.files import config_of, founds_of, to_be_checked

        founds = founds_of(arguments.files, arguments)
        config = config_of(founds, arguments.timezone or "UTC")
        print(make_workspace(Path(arguments.folder), config))
        if questions := to_be_checked(founds):
            print(questions)
        return EXIT_OK
    refuse_answers(arguments)
    print(make_workspace(Path(arguments.folder)))
    return EXIT_OK


_COMMANDS: dict[str, Callable[[Commands[Parser]], None]] = {
    "demo": _add_demo,
    "init": _add_init,
    "summary": _add_summary,
    "trades": _add_trades,
    "check": _add_check,
    "dialects": _add_dialects,
    "docs": _add_docs,
    "explain": _add_explain,
    "compare": _add_compare,
    "monte-carlo": _add_monte_carlo,
    "report": _add_report,
    "new-report": _add_new_report,
    "schedule": _add_schedule,
    "fetch": _add_fetch,
    "prune": _add_prune,
    "alerts": _add_alerts,
    "cache": _add_cache,
    "holidays": _add_holidays,
}
