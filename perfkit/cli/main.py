"""The `perfkit` command: words in, exit code out.

Exit codes: 0 done (also when no trade is in the window); 2 an alert rule fires, where that was
asked; 3 bad configuration, unreadable input, wrong usage, a failed report, or no trade at all.
Without a date the window is that of the newest log line; the clock is read only where no log has a
line yet. What was asked before is answered before the commands are loaded, which takes longer.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from perfkit.cli.known_answers import known_answer
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK, Output, flushed, open_streams
from perfkit.core.log import without_accounts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

BUG = "a bug in perfkit, please report it"


def program() -> NoReturn:
    """The `perfkit` command: runs, and ends without the interpreter's own clean-up.

    That and frequent garbage collection would be a fifth of a short run.
    """
    gc.set_threshold(200_000)  # the libraries of a store make 130,000 objects, which stay
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
    answer = known_answer(given)
    if answer is not None:
        sys.stdout.write(answer)
        return EXIT_OK
    from perfkit.cli.commands import run_command

    return run_command(given)


def _after_output(code: int) -> int:
    """The exit code, once all output is written; a reader such as `head` may have enough of it."""
    flushed()
    failure = sys.stdout.failure if isinstance(sys.stdout, Output) else None
    if failure is None or isinstance(failure, BrokenPipeError):
        return code
    print(f"perfkit: cannot write the output: {failure.strerror}", file=sys.stderr)
    flushed()
    return EXIT_FAILED
