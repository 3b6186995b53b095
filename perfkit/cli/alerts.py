"""The `perfkit alerts` commands: arguments in, exit code out.

Exit codes: 0 done, or nothing is firing; 2 a rule is firing (check, status); 3 bad configuration,
wrong usage, a failed test, an old heartbeat.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from perfkit.alerts import cron, state_file
from perfkit.cli.printing import print_silences
from perfkit.config import settings as configs
from perfkit.config.settings import Config
from perfkit.config.workspace import checked_root, folder_of, timezone_override
from perfkit.core.errors import UsageError
from perfkit.core.formatting import duration
from perfkit.core.interpreter import EXIT_FAILED, EXIT_FIRING, EXIT_OK

if TYPE_CHECKING:
    from perfkit.alerts.rules.plausible import Logged

MOST_COMPARED = 20_000
"""`lint` compares rules with about so many trades, the latest."""

Run = Callable[[argparse.Namespace], int]


P = TypeVar("P", bound=argparse.ArgumentParser)


def add_alerts(commands: argparse._SubParsersAction[P]) -> None:
    """Adds `perfkit alerts` and its commands."""
    parser = commands.add_parser(
        "alerts",
        help="evaluate and test the alert rules, acknowledge and silence alerts",
        description="Evaluate and test the rules of config/alerts.yaml, acknowledge and silence "
        "alerts.",
        epilog="example: perfkit alerts backtest --from 2025-09-08 --to 2025-10-09",
    )
    parser.set_defaults(parser=parser)
    below = parser.add_subparsers(title="commands", metavar="COMMAND")
    one = _command(below, _check, "check --dry-run", "evaluate all rules once")
    one.add_argument(
        "--now", metavar="T", help="evaluate as of time T, such as 2026-04-08T10:00:00Z"
    )
    one.add_argument("--json", action="store_true", help="print the result as JSON")
    one.add_argument(
        "--dry-run", action="store_true", help="write nothing; show what a run would write"
    )
    what = "check config/alerts.yaml, compare it with the logs, and list its rules in words"
    one = _command(below, _lint, "lint --strict", what)
    one.add_argument("--strict", action="store_true", help="exit with 3 on warnings as well")
    one = _command(below, _test, "test tests.yaml", "run tests of rules written in YAML")
    one.add_argument("files", metavar="FILE", nargs="+", help="a file of tests")
    example = "backtest --from 2025-09-08 --to 2025-10-09"
    one = _command(below, _backtest, example, "show when each rule would have fired")
    one.add_argument("--from", dest="first", metavar="D", help="first day, YYYY-MM-DD")
    one.add_argument("--to", dest="last", metavar="D", help="last day, inclusive")
    one.add_argument("--rule", metavar="RULE", help="only this rule")
    one.add_argument("--charts", metavar="DIR", help="also write a chart of each rule to DIR")
    _command(below, _status, "status", "show the state of each rule at the last run")
    one = _command(below, _ack, "ack win-rate-20", "stop the reminders of an open episode")
    one.add_argument("id", metavar="ID", help="the episode, or its rule if only one is open")
    example = "silence win-rate-20 --for 2h"
    one = _command(below, _silence, example, "silence a rule for some time")
    one.add_argument("rule", metavar="RULE", help="the id of the rule")
    one.add_argument("--for", dest="length", metavar="TIME", required=True, help="30m, 2h or 1d")
    one = _command(below, _unsilence, "unsilence win-rate-20", "end a silence early")
    one.add_argument("rule", metavar="RULE", help="the id of the rule")
    one = _command(below, _send_test, "send-test pager", "give a sink a test event at once")
    one.add_argument("sink", metavar="SINK", help="the name of the sink, or stderr")
    example = "heartbeat --max-age 5m"
    one = _command(below, _heartbeat, example, "check that perfkit-alerts still runs")
    one.add_argument("--max-age", metavar="TIME", default="5m", help="default: 5m")


def _command(commands: argparse._SubParsersAction[P], run: Run, example: str, what: str) -> P:
    """Adds the command that `example` begins with."""
    parser = commands.add_parser(
        example.split(maxsplit=1)[0],
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=f"example: perfkit alerts {example}",
    )
    parser.add_argument(
        "--root", metavar="DIR", help="the workspace; default: PERFKIT_ROOT, else here or above"
    )
    parser.set_defaults(run=run, parser=parser)
    return parser


def _root(arguments: argparse.Namespace) -> Path:
    return Path(checked_root(folder_of(arguments.root)))


def _config(arguments: argparse.Namespace) -> Config:
    return configs.load(_root(arguments), timezone_override() or None)


def _check(arguments: argparse.Namespace) -> int:
    if arguments.now is not None:
        try:
            cron.parsed_time(arguments.now)
        except cron.WrongUsageError as error:
            raise UsageError(str(error)) from error
    words = ["--root", str(_root(arguments))]
    words += ["--now", arguments.now] if arguments.now is not None else []
    words += ["--json"] if arguments.json else []
    words += ["--dry-run"] if arguments.dry_run else []
    return cron.main(words)


def _lint(arguments: argparse.Namespace) -> int:
    from perfkit.alerts.rules.file import RULES_FILE, load_alerts
    from perfkit.alerts.rules.plausible import warnings
    from perfkit.alerts.sentences import Sentences
    from perfkit.alerts.sinks.file import delivery_of

    config = _config(arguments)
    file = load_alerts(config)
    delivery_of(file)
    rules, words = file.rules, Sentences(config)
    print_silences(config)
    for rule in rules:
        print(words.describe(rule))
    found = warnings(rules, file.reader, config, _logged(config))
    for warning in found:
        print(f"warning: {warning}")
    counted = f"{len(rules)} rule{'s' if len(rules) > 1 else ''}, no errors"
    if found:
        counted += f", {len(found)} warning{'s' if len(found) > 1 else ''}"
    print(f"{RULES_FILE}: {counted}")
    return EXIT_FAILED if found and arguments.strict else EXIT_OK


def _logged(config: Config) -> Logged:
    """The latest trades, of whole days."""
    from perfkit.alerts.feed import open_feed
    from perfkit.alerts.rules.plausible import Logged

    feed = open_feed(config)
    days, rows = feed.days(), 0
    while days and rows < MOST_COMPARED:
        rows += days.pop().rows
    closed = feed.rows(days[-1].day + 1 if days else 0, date.max.toordinal())
    return Logged(closed, feed.open_trades, not days)


def _test(arguments: argparse.Namespace) -> int:
    from perfkit.alerts.rule_tests import run_file

    failed = 0
    for file in arguments.files:
        for result in run_file(Path(file), _root_or_none(arguments)):
            print(f"{'ok    ' if not result.problems else 'FAILED'} {file}: {result.name}")
            for problem in result.problems:
                print(f"       {problem}")
            failed += bool(result.problems)
    return EXIT_FAILED if failed else EXIT_OK


def _root_or_none(arguments: argparse.Namespace) -> Path | None:
    from perfkit.core.errors import WorkspaceNotFoundError

    try:
        return _root(arguments)
    except WorkspaceNotFoundError:
        return None


def _backtest(arguments: argparse.Namespace) -> int:
    from perfkit.desk.desk import Desk

    desk = Desk(_config(arguments))
    has_trades = print_silences(desk.config)
    if not (has_trades or arguments.first or arguments.last):
        return EXIT_FAILED
    found = desk.backtest(arguments.rule, arguments.first, arguments.last)
    charts = {}
    if arguments.charts is not None:  # drawn first: a missing extra then leaves nothing behind
        charts = {one.rule.id: found.chart(one.rule.id).png() for one in found.histories}
    sys.stdout.write(str(found))
    if arguments.charts is not None:
        folder = Path(arguments.charts)
        folder.mkdir(parents=True, exist_ok=True)
        for rule, png in charts.items():
            path = folder / f"{rule}.png"
            path.write_bytes(png)
            print(path)
    return EXIT_OK


def _status(arguments: argparse.Namespace) -> int:
    from perfkit.alerts.status import status

    found = status(_root(arguments), timezone_override() or None)
    sys.stdout.write(str(found))
    if found.failed:
        return EXIT_FAILED
    return EXIT_FIRING if found.is_firing else EXIT_OK


def _ack(arguments: argparse.Namespace) -> int:
    from perfkit.alerts.commands import acknowledge

    print(acknowledge(_root(arguments), arguments.id, state_file.clock()))
    return EXIT_OK


def _silence(arguments: argparse.Namespace) -> int:
    from perfkit.alerts.commands import silence

    length = _duration("--for", arguments.length)
    print(silence(_root(arguments), arguments.rule, length, state_file.clock()))
    return EXIT_OK


def _unsilence(arguments: argparse.Namespace) -> int:
    from perfkit.alerts.commands import end_silence

    print(end_silence(_root(arguments), arguments.rule, state_file.clock()))
    return EXIT_OK


def _send_test(arguments: argparse.Namespace) -> int:
    from perfkit.alerts.sinks.send_test import send_test

    problem = send_test(_config(arguments), arguments.sink)
    if problem:
        print(f"sink {arguments.sink}: not delivered: {problem}", file=sys.stderr)
        return EXIT_FAILED
    print(f"sink {arguments.sink}: delivered")
    return EXIT_OK


def _heartbeat(arguments: argparse.Namespace) -> int:
    limit = _duration("--max-age", arguments.max_age)
    root = _root(arguments)
    beat = state_file.last_beat(str(root))
    if beat is None:
        print(
            f"{root / state_file.HEARTBEAT}: missing or unreadable; is perfkit-alerts running?",
            file=sys.stderr,
        )
        return EXIT_FAILED
    age, code = (state_file.clock() - beat.at) // 1_000_000, beat.code
    shown = duration(Decimal(abs(age)))
    if age < 0:
        print(f"the last run of perfkit-alerts was {shown} in the future", file=sys.stderr)
        return EXIT_FAILED
    if age * 1_000_000 > limit:
        print(f"the last run of perfkit-alerts was {shown} ago", file=sys.stderr)
        return EXIT_FAILED
    if code == EXIT_FAILED:
        print("the last run of perfkit-alerts could not evaluate the rules", file=sys.stderr)
        return EXIT_FAILED
    print(f"the last run of perfkit-alerts was {shown} ago and exited with {code}")
    return EXIT_OK


def _duration(option: str, text: str) -> int:
    from perfkit.alerts.rules.file import duration_us

    length = duration_us(text)
    if length is None:
        raise UsageError(f"{option} {text}: write a length such as 30m, 2h or 1d")
    return length
