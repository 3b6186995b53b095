"""The `perfkit` command: arguments in, exit code out.

Exit codes: 0 done (also when no trade is in the window); 2 an alert rule fires, where that was
asked; 3 bad configuration, unreadable input, wrong usage, a failed report, or no trade at all.
Without a date the window is that of the newest log line; the clock is read only where no log has a
line yet.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence

from perfkit import __version__
from perfkit.cli.arguments import (
    EXIT_FAILED,
    EXIT_OK,
    Commands,
    HelpWithExamples,
    Parser,
    close_cluster,
)
from perfkit.core.errors import MissingExtraError, PerfkitError, reason_of
from perfkit.core.interpreter import Output, flushed, open_streams
from perfkit.core.log import stop_log_to_stderr, without_accounts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

REPORTS_EXTRA = (
    *("IPython", "ipykernel", "jupyter_client", "matplotlib", "nbclient", "nbconvert", "nbformat"),
    *("numpy", "pandas", "papermill", "tqdm", "traitlets"),
)
"""Modules of the extra `reports`."""

BUG = "a bug in perfkit, please report it"
NO_MEMORY = "out of memory; choose a shorter window or fewer --jobs, or give it more memory"


def program() -> NoReturn:
    """The `perfkit` command: runs, and ends without the interpreter's own clean-up.

    That and frequent garbage collection would be a fifth of a short run.
    """
    gc.set_threshold(100_000)
    without_accounts()
    open_streams()
    try:
        code: int | str | None = main()
    except SystemExit as asked:
        code = asked.code
    except KeyboardInterrupt:
        code = EXIT_FAILED  # while it was still loading
    except Exception:  # nobody should have to tell a crash from an exit code
        import traceback

        print(f"perfkit: {BUG}:\n{traceback.format_exc()}", file=sys.stderr)
        code = EXIT_FAILED
    os._exit(_after_output(code if isinstance(code, int) else EXIT_FAILED if code else EXIT_OK))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    given = sys.argv[1:] if argv is None else list(argv)
    arguments = _arguments(given)
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


def _after_output(code: int) -> int:
    """The exit code, once all output is written; a reader such as `head` may have enough of it."""
    flushed()
    failure = sys.stdout.failure if isinstance(sys.stdout, Output) else None
    if failure is None or isinstance(failure, BrokenPipeError):
        return code
    print(f"perfkit: cannot write the output: {failure.strerror}", file=sys.stderr)
    flushed()
    return EXIT_FAILED


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


def _add_report(commands: Commands[Parser]) -> None:
    from perfkit.cli import report

    report.add(commands)


def _add_new_report(commands: Commands[Parser]) -> None:
    from perfkit.cli import new_report

    new_report.add(commands)


def _add_alerts(commands: Commands[Parser]) -> None:
    from perfkit.cli.alerts import add_alerts

    add_alerts(commands)


def _add_cache(commands: Commands[Parser]) -> None:
    from perfkit.cli import cache

    cache.add(commands)


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
        from perfkit.cli.files import inferred_config

        print(make_workspace(Path(arguments.folder), inferred_config(arguments)))
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
    "report": _add_report,
    "new-report": _add_new_report,
    "alerts": _add_alerts,
    "cache": _add_cache,
}
