"""Python's logging is loaded where somebody reads what it records, and only there."""

import subprocess
import sys

import pytest

ACCOUNT = "import sys; from perfkit.core import log; log.account('book', files=3)"


def run_of(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_a_program_gets_accounts_whether_or_not_it_loaded_logging_before() -> None:
    heard = "import logging; logging.basicConfig(level='INFO', format='%(message)s', force=True)"
    before = run_of(f"{heard}; {ACCOUNT}")
    after = run_of(
        f"{ACCOUNT}; print('logging' in sys.modules); {heard}; log.account('book', files=4)"
    )
    assert before.stderr == "book files=3\n"
    assert (after.stdout, after.stderr) == ("True\n", "book files=4\n")


@pytest.mark.parametrize("loaded", ["", "import logging; "])
def test_a_command_makes_accounts_only_when_it_was_asked(loaded: str) -> None:
    quiet = f"{loaded}{ACCOUNT.replace('log.account', 'log.without_accounts(); log.account')}"
    assert run_of(quiet).stderr == ""
    asked = quiet.replace("log.account", "log.log_to_stderr('json'); log.account")
    assert '"files": 3' in run_of(asked).stderr


def test_records_no_longer_go_to_stderr_once_that_was_undone() -> None:
    ended = ACCOUNT.replace(
        "log.account", "log.log_to_stderr('text'); log.stop_log_to_stderr(); log.account"
    )
    assert run_of(ended).stderr == ""
