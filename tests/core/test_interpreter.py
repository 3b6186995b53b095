"""Whole processes whose standard streams are closed, full, or read by somebody who goes away.

The exit code stays that of the command, unless output is lost to a full disk; nothing crashes.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reportkit import LOGS, Ran, trade, write_workspace

pytestmark = pytest.mark.slow

COMMANDS = (
    "summary --window weekly",
    "summary --json --export",
    "summary --check",
    "summary --log-format json --no-cache",
    "explain net_pnl",
    "report daily --date 2026-04-06",
    "report daily --date 2026-04-06 --verify",
    "cache status",
    "cache verify",
    "cache rebuild",
    "alerts check --dry-run --json",
    "alerts lint",
    "alerts status",
    "alerts backtest",
    "alerts heartbeat --max-age 9999d",
    "summary --window hourly",
    "explain nothing",
    "--help",
)
FIRING = """\
rules:
  - {id: low, metric: net_pnl, over: {trades: 1}, below: 1000000}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a bad line, and a rule that fires at once."""
    root = write_workspace(tmp_path_factory.mktemp("streams") / "ws", LOGS)
    (root / "logs/trades/2026-04-05.jsonl").write_text("bad\n")
    (root / "config/alerts.yaml").write_text(FIRING)
    assert run(root, "report daily --date 2026-04-06").code == 0
    assert run(root, "alerts check").code == 2
    return root


def run(root: Path, words: str, redirected: str = "") -> Ran:
    """Runs `perfkit WORDS` with a redirection of the shell."""
    command = [sys.executable, "-m", "perfkit", *words.split()]
    script = f'exec "$@" {redirected}'
    ran = subprocess.run(
        ["sh", "-c", script, "sh", *command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PERFKIT_ROOT": str(root)},
    )
    assert "Traceback" not in ran.stderr
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("words", COMMANDS)
def test_streams_change_the_exit_code_only_where_output_is_lost_to_a_full_disk(
    root: Path, words: str
) -> None:
    normal = run(root, words)
    assert normal.code in (0, 2, 3)
    for closed in (">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"):
        ran = run(root, words, closed)
        assert ran.code == normal.code, closed
        kept = 0 if closed.startswith((">", "<")) else normal.out.count("\n")
        assert ran.out.count("\n") == kept, closed
    for full in (">/dev/full", ">/dev/full 2>/dev/full"):
        assert run(root, words, full).code == (3 if normal.out else normal.code), full
    said = run(root, words, ">/dev/full").err
    assert ("cannot write the output: No space left" in said) == bool(normal.out)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("words", COMMANDS)
def test_reader_that_goes_away_does_not_change_the_exit_code(root: Path, words: str) -> None:
    normal = run(root, words)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "perfkit", *words.split()]
    for out, err in ((writing, subprocess.DEVNULL), (subprocess.DEVNULL, writing)):
        env = {**os.environ, "PERFKIT_ROOT": str(root)}
        ran = subprocess.run(command, check=False, stdout=out, stderr=err, env=env)
        assert ran.returncode == normal.code
    os.close(writing)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("ZeroDivisionError('x')", "perfkit: a bug in perfkit, please report it"),
        ("RecursionError", "perfkit: a bug in perfkit, please report it"),
        ("MemoryError", "perfkit: out of memory; choose a shorter window or fewer --jobs"),
        ("PermissionError(13, 'Permission denied', 'a/b')", "perfkit: a/b: Permission denied"),
        ("KeyboardInterrupt", "perfkit: interrupted"),
    ],
)
def test_exit_code_is_3_whatever_goes_wrong(error: str, said: str) -> None:
    code = f"""if True:
        from perfkit.cli import cache, main

        def fail(_):
            raise {error}

        cache.run = fail
        main.program()
        """
    words = [sys.executable, "-c", code, "cache", "status"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr.startswith(said)


def test_rule_that_fires_is_exit_code_2_though_nobody_reads_the_long_summary(
    tmp_path: Path,
) -> None:
    """What is printed before the rules are checked fills the buffer, and fails."""
    log = "".join(trade(f"T{n}", "2026-04-07T10:00:00", "1", symbol=f"S{n}") for n in range(300))
    root = write_workspace(tmp_path / "ws", {"logs/trades/2026-04-07.jsonl": log})
    (root / "config/alerts.yaml").write_text(FIRING)
    words = "summary --by symbol --check --root"
    script = f'set -o pipefail; "{sys.executable}" -m perfkit {words} "{root}" | head -c 1'
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "low fires" in ran.stderr


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose folder, and one of its log files, have a byte that is not UTF-8."""
    root = write_workspace(tmp_path_factory.mktemp("names") / "ws\udcff", LOGS)
    config = root / "config/perfkit.yaml"
    path = "    path: logs/trades "
    text = config.read_text()
    assert path in text
    config.write_text(text.replace(path, f'    pattern: "*"\n{path}'))
    line = trade("X1", "2026-04-08T12:00:00", "1")
    (root / "logs/trades/x\udcff.jsonl").write_text(line + "bad\n")
    return root


@pytest.mark.parametrize(
    ("words", "code", "shown"),
    [
        ("summary --window all", 0, r"logs/trades/x\udcff.jsonl:2: is not JSON"),
        ("summary --window all --json --export", 0, ""),
        ("summary --where symbol=\udcff --window all", 0, r"where symbol = \udcff"),
        ("summary --where symbol=\udcff --json --export", 0, r'"symbol": "\\udcff"'),
        ("summary --source \udcff", 3, r"--source \udcff: there is no such source"),
        ("explain net_pnl --window all", 0, r"logs/trades/x\udcff.jsonl:1"),
        ("explain net_pnl --where symbol=\udcff", 0, ""),
        ("explain \udcff", 3, r"unknown metric '\udcff'"),
        ("report daily --date 2026-04-08 --html", 0, r"ws\udcff/reports/daily/2026-04-08"),
        ("report daily --date 2026-04-08 --where symbol=\udcff", 3, r"has symbol = \udcff"),
        ("report daily --date 2026-04-08 --param days=\udcff", 3, "no such parameter"),
        ("cache verify", 0, "the cache matches the logs"),
        ("alerts backtest", 0, ""),
    ],
)
def test_names_that_are_not_utf_8_are_shown_escaped(
    odd: Path, words: str, code: int, shown: str
) -> None:
    ran = run(odd, words)
    assert ran.code == code, ran.err
    assert shown in ran.out + ran.err
