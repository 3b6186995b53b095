"""The `perfkit-alerts` command: one run of the alert rules, started every minute.

Exit codes: 0 nothing is firing, or only silenced rules; 2 a rule is firing; 3 the rules could not
be evaluated (bad configuration, unreadable logs, wrong usage, a full disk). Never 1, which Python
uses for a crash. A run that finds nothing new reads one small file and imports next to nothing; the
rest is loaded only when there is work to do.
"""

from __future__ import annotations

import gc
import os
import sys
import time

from perfkit.alerts import state_file
from perfkit.alerts.sinks.delivery import Delivery
from perfkit.alerts.sinks.progress import METRICS
from perfkit.alerts.state_file import SKEW_US, clock, newest_seen
from perfkit.book.store.freshness import nothing_new
from perfkit.config.workspace import EVENT_LOG, checked_root, folder_of, timezone_override
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK, open_descriptors
from perfkit.disk.fingerprints import bytes_in, unchanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

EARLIEST_US, LATEST_US = -62_135_596_800_000_000, 253_402_300_800_000_000
"""The years 1 to 9999 of UTC."""

USAGE = """\
usage: perfkit-alerts [--root DIR] [--now T] [--json] [--dry-run]

Evaluates the rules of config/alerts.yaml once. Prints nothing when nothing has changed.

  --root DIR  the workspace; default: PERFKIT_ROOT, else the nearest folder, from here upwards,
              with a config/perfkit.yaml
  --now T     evaluate as of time T, such as 2026-04-08T10:00:00Z
  --json      print the result as JSON on standard output
  --dry-run   write nothing: no event, no state, no heartbeat; show the lines of what is new,
              and what fires

exit codes: 0 nothing is firing, 2 a rule is firing, 3 could not evaluate

example: perfkit-alerts --root /srv/trading --dry-run
"""


class Arguments:
    """The command line; `now` is in microseconds, None for the present.

    `accounts` says whether Python's logging gets the account of the run.
    """

    def __init__(self) -> None:
        self.accounts = True
        self.began_ns = time.monotonic_ns()
        self.root = ""
        self.now: int | None = None
        self.json = False
        self.dry_run = False


class WrongUsageError(Exception):
    """The command line is wrong; the message says how."""


def program() -> None:
    """The command: runs once, and exits without tearing down the interpreter.

    Tearing it down, and collecting garbage among what was just loaded, would take a fourth of a run
    with new events.
    """
    gc.disable()
    open_descriptors()
    try:
        code = main(accounts=False)
    except BaseException:  # no other exit code than those above, whatever happens
        code = EXIT_FAILED
    os._exit(code)


def main(argv: Sequence[str] | None = None, *, accounts: bool = True) -> int:
    """Runs once; returns the exit code."""
    try:
        code = _main(sys.argv[1:] if argv is None else argv, accounts)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted; no file was left half written")
        return EXIT_FAILED
    except BrokenPipeError:
        return EXIT_FAILED
    except Exception as error:
        import traceback

        from perfkit.core.errors import PerfkitError, reason_of

        if isinstance(error, OSError):
            name = f"{error.filename}: " if error.filename else ""
            _say(f"{name}{reason_of(error)}")
        elif isinstance(error, PerfkitError):
            _say(str(error))
        else:
            _say("a bug in perfkit, please report it:\n" + traceback.format_exc())
        return EXIT_FAILED
    return code


def _main(argv: Sequence[str], accounts: bool) -> int:
    try:
        arguments = _parsed(argv)
    except WrongUsageError as error:
        _say(f"{error}; see `perfkit-alerts --help`")
        return EXIT_FAILED
    if arguments is None:
        print(USAGE, end="")
        return EXIT_OK
    arguments.accounts = accounts
    root = _root(arguments.root)
    if arguments.dry_run:
        return _worked(root, arguments, None)
    descriptor = state_file.lock(root)
    if descriptor is None:
        if not arguments.json:
            return _answer_of_another(root, arguments)
        descriptor = state_file.awaited_lock(root)
    try:
        delivery = Delivery(root, clock() if arguments.now is None else arguments.now)
        if not arguments.json:
            code = quiet_code(root, arguments.now)
            if code is not None:
                delivery.serve()
                _measure(root, arguments, code)
                return code
        return _worked(root, arguments, delivery)
    finally:
        os.close(descriptor)


def quiet_code(root: str, given_now: int | None) -> int | None:
    """The exit code when nothing has changed since the last run; None when there is work to do."""
    try:
        parts = state_file.load(root, whole=False)
    except (state_file.CorruptStateError, OSError):
        return None
    if parts is None:
        return None
    head = parts[0]
    now = clock() if given_now is None else given_now
    newest = newest_seen(root, head["now"])
    if newest - now >= SKEW_US or (head["next"] is not None and now >= head["next"]):
        return None
    zone = timezone_override()
    if head["zone"] != zone or not unchanged(head["config"]):
        return None
    # Another command may have updated the book; only alert runs step the rules.
    if not head["log"] or not unchanged(head["log"]) or not nothing_new(root, zone):
        return None
    if bytes_in(os.path.join(root, EVENT_LOG)) != head["events"]:
        return None  # somebody said what the state does not know
    code: int = head["code"]
    if code == EXIT_FAILED:
        return None
    state_file.beat(root, now, max(now, newest), code)
    return code


def _worked(root: str, arguments: Arguments, delivery: Delivery | None) -> int:
    """Evaluates; `delivery` is None where nothing is to be written."""
    from perfkit.alerts.check import check

    if not arguments.accounts:
        from perfkit.core.log import without_accounts

        without_accounts()
    wants_metrics = False
    try:
        if delivery is not None:
            wants_metrics = delivery.configure(timezone_override())
        result = check(root, arguments.now, dry_run=arguments.dry_run)
    except Exception:
        if delivery is not None:
            _beat_failed(root, arguments)
            delivery.serve()  # what is in the log, whatever this run could not do
        raise
    if delivery is not None:
        delivery.serve()
        if wants_metrics or os.path.exists(os.path.join(root, METRICS)):
            from perfkit.alerts import metrics_file

            metrics_file.keep(root, result if wants_metrics else None)
        _measure(root, arguments, result.code)
    if result.reason:
        _say(result.reason)
    if arguments.dry_run and not arguments.json:
        from perfkit.alerts.dry_run import lines_of

        for line in lines_of(result):
            _say(line)
    if arguments.json:
        _print(result.to_json() + "\n")
    return result.code


def _print(text: str) -> None:
    """Writes to standard output in its encoding; raises `OSError`."""
    if sys.stdout is None:
        from errno import EBADF

        raise OSError(EBADF, "it is closed", "standard output")
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _measure(root: str, arguments: Arguments, code: int) -> None:
    """Replaces the file of metrics, where there is one."""
    if not os.path.exists(os.path.join(root, METRICS)):
        return
    from perfkit.alerts import metrics_file

    now = clock() if arguments.now is None else arguments.now
    metrics_file.write(root, now, code, time.monotonic_ns() - arguments.began_ns)


def _beat_failed(root: str, arguments: Arguments) -> None:
    now = clock() if arguments.now is None else arguments.now
    try:
        state_file.beat(root, now, newest_seen(root, now), EXIT_FAILED)
        _measure(root, arguments, EXIT_FAILED)
    except OSError:
        return  # the error before this one is reported instead


def _answer_of_another(root: str, arguments: Arguments) -> int:
    """The exit code while another run works.

    That is the code of the last finished run, if it was able to evaluate the present
    configuration, and not long ago. Raises `StuckRunError`.
    """
    state_file.refuse_stuck_run(root)
    try:
        parts = state_file.load(root, whole=False)
    except (state_file.CorruptStateError, OSError):
        parts = None
    beat = state_file.last_beat(root)
    now = clock() if arguments.now is None else arguments.now
    problem = None
    if parts is None or beat is None:
        problem = "no run before it has left a state"
    elif beat.code == EXIT_FAILED:
        problem = "the run before it could not evaluate the rules"
    elif not unchanged(parts[0]["config"]):
        problem = "the configuration has changed since the last run"
    elif not -SKEW_US < now - beat.at <= 2 * beat.every:
        problem = f"the last finished run was at {_time_of(beat.at)}"
    if problem is None and parts is not None:
        code: int = parts[0]["code"]
        return code
    _say(f"another run is working, and {problem}")
    return EXIT_FAILED


def _time_of(instant: int) -> str:
    from perfkit.alerts.event import time_text

    return str(time_text(instant))


def _parsed(argv: Sequence[str]) -> Arguments | None:
    """The arguments; None for help. Importing argparse would take longer than the whole run."""
    arguments = Arguments()
    words = list(argv)
    while words:
        word, equals, value = words.pop(0).partition("=")
        if word in ("-h", "--help"):
            return None
        if word in ("--json", "--dry-run") and not equals:
            setattr(arguments, word[2:].replace("-", "_"), True)
        elif word in ("--root", "--now"):
            if not equals and not words:
                raise WrongUsageError(f"{word} needs a value")
            text = value if equals else words.pop(0)
            if word == "--root":
                arguments.root = text
            else:
                arguments.now = parsed_time(text)
        else:
            raise WrongUsageError(f"{word}: unknown option")
    return arguments


def parsed_time(text: str) -> int:
    """An ISO 8601 time with its zone, in microseconds; raises an error that `main` reports."""
    from perfkit.core.calendar import instant_of
    from perfkit.core.fast_imports import datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise WrongUsageError(
            f"--now {text}: write a time with its zone, such as 2026-04-08T10:00:00Z"
        )
    instant = instant_of(moment)
    if not EARLIEST_US <= instant < LATEST_US:
        raise WrongUsageError(f"--now {text}: is not in the years 1 to 9999 of UTC")
    return instant


def _root(given: str) -> str:
    return checked_root(os.path.abspath(folder_of(given)))


def _say(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        print(f"perfkit-alerts: {text}", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return  # the exit code and the heartbeat say it as well


if __name__ == "__main__":
    program()
