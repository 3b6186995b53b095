"""Every file that perfkit reads, with mangled bytes: an exit code and a sentence, never a crash."""

import contextlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.cli.main import main
from perfkit.core.errors import PerfkitError
from perfkit.reports.failure import Card, Failure, write_card
from perfkit.reports.notebook import read_notebook
from tests.conftest import CAMPAIGN
from tests.reportkit import LOGS, write_workspace

EXAMPLES = 20_000 if CAMPAIGN else 150

EVENT = (
    '{"event": "performance.alert", "id": "e1", "kind": "firing", "episode": "ep", "group": null, '
    '"occurred_at": "2026-04-06T10:00:00Z", "rule": "r", "severity": "warning", "message": "m", '
    '"last_trade": "2026-04-06T09:00:00Z"}\n'
)

RULE_TESTS = """\
rules:
  - {id: big-loss, metric: net_pnl, over: {trades: 3}, below: -100, min_trades: 1}
config: {timezone: Europe/Berlin, day_start: "17:00"}
tests:
  - name: a big loss fires
    trades:
      - {at: 2026-04-08T10:00:00Z, pnl: 5, times: 3, every: 1m}
      - {at: 2026-04-08T11:00:00Z, pnl: -150, symbol: BTC}
    expect:
      - {at: 2026-04-08T11:00:00Z, rule: big-loss, state: firing}
    events:
      - {kind: firing, rule: big-loss}
"""

COMMANDS = (
    "summary --window weekly --date 2026-04-08",
    "summary --date 2026-04-06 --json --check",
    "summary --date 2026-04-08 --export --by symbol",
    "explain net_pnl --window weekly --date 2026-04-08",
    "report daily --date 2026-04-06",
    "report daily --date 2026-04-06 --verify",
    "alerts check",
    "alerts status",
    "alerts lint",
    "alerts backtest",
    "alerts test TESTS",
    "alerts heartbeat",
    "cache status",
    "cache verify",
)


def ran(root: Path, words: str) -> tuple[int, str]:
    """The exit code of a command and what it printed to stderr, or of a failed rule test at all."""
    said = io.StringIO()
    printed = said if words.startswith("alerts test") else io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(printed):
        try:
            code = main(
                [*words.replace("TESTS", f"{root}/tests.yaml").split(), "--root", str(root)]
            )
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, said.getvalue()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has one of each file: a report, a card, a cache, an event log, a state."""
    root = write_workspace(tmp_path_factory.mktemp("whole") / "ws", LOGS)
    (root / "tests.yaml").write_text(RULE_TESTS, encoding="utf-8")
    (root / "logs/performance-alerts.jsonl").write_text(EVENT, encoding="utf-8")
    card = Card(
        kind="daily",
        label="2026-04-03",
        where={"symbol": "BTC"},
        notebook="daily.ipynb",
        parameters={"date": "2026-04-03"},
        failed_at="2026-04-03T10:00:00Z",
        standing=False,
        failure=Failure("it failed", 3, "Charts", ("a", "b")),
    )
    write_card(root, card)
    for words in COMMANDS:
        code, said = ran(root, words)
        assert code in (0, 2), (words, said)
    staged = root / "reports/.staging/daily-2026-04-05-1"
    shutil.copytree(root / "reports/daily/2026-04-06", staged)
    shutil.copytree(staged, root / "reports/weekly/.2026-W14.previous")
    return root


def files(root: Path) -> list[Path]:
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and path.parent.name not in ("trades", "notebooks")
    )


class Nested(bytes):
    """Brackets inside each other; its `repr` does not fill the screen."""

    def __repr__(self) -> str:
        return f"{len(self)} brackets"


WORDS = (
    *(b"nope", b"null", b"-1", b"9" * 5000, b"1e999999", b"NaN", b'"', b"{}", b"[]", b"\xff"),
    *(
        b"\0",
        b"\n",
        b"&a",
        b"*a",
        b"!!x",
        b": ",
        b"../..",
        b"2026-13-45",
        b"0001-01-01",
        b"\\udcff",
    ),
)
"""What is put in the place of some bytes, beside random ones."""

JUNK = st.sampled_from([*WORDS, Nested(b"[" * 100_000)]) | st.binary(max_size=20)


def mangled(content: bytes, draw: Callable[[st.SearchStrategy[int]], int], junk: bytes) -> bytes:
    """The content with some of its bytes replaced, removed or repeated."""
    start = draw(st.integers(0, len(content)))
    length = draw(st.sampled_from([0, 1, 2, 8, 40, len(content)]))
    return content[:start] + junk + content[start + length :]


def value_replaced(content: bytes, index: int, junk: bytes) -> bytes:
    """The content of JSON or YAML with the value of one of its keys replaced."""
    pieces = content.split(b": ")
    at = index % len(pieces)
    if at == 0:
        return junk + content
    end = min((n for n in map(pieces[at].find, (b",", b"\n", b"}")) if n >= 0), default=0)
    pieces[at] = junk + pieces[at][end:]
    return b": ".join(pieces)


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_mangled_bytes_in_any_file_are_an_exit_code_and_never_a_crash(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = tmp_path_factory.getbasetemp() / "mangled"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(whole, root, symlinks=True)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(files(root)))
        content = path.read_bytes()
        junk = data.draw(JUNK)
        if data.draw(st.booleans()):
            content = value_replaced(content, data.draw(st.integers(0, 60)), junk)
        else:
            content = mangled(content, data.draw, junk)
        path.write_bytes(content)
    words = data.draw(st.sampled_from(COMMANDS))
    code, said = ran(root, words)
    assert code in (0, 2, 3)
    assert "Traceback" not in said
    assert "bug" not in said
    assert code != 3 or said


@given(data=st.data())
def test_mangled_notebook_is_read_or_refused_with_a_sentence(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = (whole / "notebooks/weekly.ipynb").read_bytes()
    junk = data.draw(JUNK)
    if data.draw(st.booleans()):
        content = value_replaced(content, data.draw(st.integers(0, 30)), junk)
    else:
        content = mangled(content, data.draw, junk)
    path = tmp_path_factory.getbasetemp() / "weekly.ipynb"
    path.write_bytes(content)
    with contextlib.suppress(PerfkitError):
        assert "date" in read_notebook(path).takes
