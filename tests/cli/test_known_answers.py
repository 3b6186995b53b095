"""What was asked before is answered without computing, and never with what is out of date."""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfkit.book.store.freshness import nothing_new
from perfkit.cli import known_answers, main
from perfkit.cli.known_answers import ANSWERS, MOST_ANSWERS
from perfkit.config.workspace import CACHE, CONFIG
from perfkit.desk.desk import open as open_desk
from perfkit.summary.selection import Selection
from perfkit.summary.summary import Summary
from tests.conftest import BOT, WriteWorkspace

LINE = (
    '{"timestamp": "%sT10:00:00Z", "exit_timestamp": "%sT11:00:00Z", "strategy_name": "s",'
    ' "order_id": "%s", "net_profit_loss": "%s"}\n'
)
DAY, NEXT = "2026-04-06", "2026-04-07"
LOG, NEXT_LOG = f"logs/trades/{DAY}.jsonl", f"logs/trades/{NEXT}.jsonl"


def line(identity: str, pnl: str = "1.50", day: str = DAY) -> str:
    return LINE % (day, day, identity, pnl)


@pytest.fixture
def root(workspace: WriteWorkspace) -> Path:
    return workspace(logs={LOG: line("A") + line("B", "-0.25"), NEXT_LOG: line("C", day=NEXT)})


@pytest.fixture
def ask(root: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Asks the command, and says what it printed."""

    def asked(*words: str, window: str = "all") -> str:
        kind = () if "--start" in words else ("--window", window)
        assert main.main(["summary", *kind, *words, "--root", str(root)]) == 0
        return capsys.readouterr().out

    return asked


def settle(root: Path) -> None:
    """Waits until the logs could not be touched without that showing."""
    for _ in range(100):
        open_desk(root).summary("all")
        if nothing_new(str(root), ""):
            return
        time.sleep(0.05)
    raise AssertionError("the logs never come to rest")


@pytest.fixture
def is_computed(monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Whether a summary was computed since it was last asked."""
    from perfkit.summary import summary

    seen: list[object] = []
    compute = summary.summarize

    def watched(selection: Selection, *shown: Sequence[str] | None) -> Summary:
        seen.append(selection)
        return compute(selection, *shown)  # type: ignore[arg-type]

    monkeypatch.setattr(summary, "summarize", watched)

    def computed() -> bool:
        found = bool(seen)
        seen.clear()
        return found

    return computed


Ask = Callable[..., str]
IsComputed = Callable[[], bool]


def test_the_same_question_is_not_computed_again(
    root: Path, ask: Ask, is_computed: IsComputed
) -> None:
    settle(root)
    first = ask("--json")
    assert is_computed()
    assert ask("--json") == first
    assert not is_computed()
    assert ask("--json", "--no-cache") == first
    assert is_computed()


@pytest.mark.parametrize(
    "words",
    [
        ("--json", "--where", "strategy=s"),
        ("--json", "--source", "bot"),
        ("--json", "--date", DAY),
        ("--by", "symbol"),
        (),
    ],
    ids=lambda words: " ".join(words) or "text",
)
def test_another_question_is_another_answer(
    root: Path, ask: Ask, is_computed: IsComputed, words: tuple[str, ...]
) -> None:
    settle(root)
    ask("--json", window="daily")
    is_computed()
    expected = ask(*words, "--no-cache", window="daily")
    assert is_computed()
    assert ask(*words, window="daily") == expected
    assert is_computed()
    assert ask(*words, window="daily") == expected
    assert not is_computed()


def _append(root: Path) -> None:
    with (root / LOG).open("a") as log:
        log.write(line("D", "4.00"))


def _rewrite(root: Path) -> None:
    """Same size, and the time of the last change put back."""
    path = root / LOG
    before = path.stat()
    path.write_text(line("A", "9.50") + line("B", "-0.25"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _remove(root: Path) -> None:
    (root / NEXT_LOG).unlink()


def _late_file(root: Path) -> None:
    (root / "logs/trades/2026-04-01.jsonl").write_text(line("E", day="2026-04-01"))


def _configure(root: Path) -> None:
    (root / CONFIG).write_text(f"{BOT}breakeven_tolerance: 1\n")


@pytest.mark.parametrize("change", [_append, _rewrite, _remove, _late_file, _configure])
@pytest.mark.parametrize("words", [("--json",), ()], ids=["json", "text"])
def test_after_any_change_it_is_computed_anew(
    root: Path, ask: Ask, change: Callable[[Path], None], words: tuple[str, ...]
) -> None:
    settle(root)
    before = ask(*words)
    change(root)
    after = ask(*words)
    assert after != before
    assert after == ask(*words, "--no-cache")


def test_another_zone_is_another_answer(
    root: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root)
    before = ask("--json", window="daily")
    monkeypatch.setenv("PERFKIT_TIMEZONE", "Pacific/Kiritimati")
    after = ask("--json", window="daily")
    assert "Kiritimati" in after
    assert after == ask("--json", "--no-cache", window="daily")
    monkeypatch.delenv("PERFKIT_TIMEZONE")
    assert ask("--json", window="daily") == before


def test_other_code_computes_anew(
    root: Path, ask: Ask, is_computed: IsComputed, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root)
    ask("--json")
    is_computed()
    monkeypatch.setattr(known_answers, "_code", list)
    ask("--json")
    assert is_computed()


@pytest.mark.parametrize("words", [("--export",), ("--log-format", "json"), ("--check",)])
def test_what_does_more_than_answer_is_always_done(
    root: Path, ask: Ask, is_computed: IsComputed, words: tuple[str, ...]
) -> None:
    (root / "config/alerts.yaml").write_text(
        "rules:\n  - {id: slump, metric: net_pnl, over: {window: daily}, below: -100}\n"
    )
    settle(root)
    for _ in range(2):
        ask("--json", *words)
        assert is_computed()


def test_bad_lines_are_told_every_time(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (root / LOG).open("a") as log:
        log.write("nonsense\n")
    settle(root)
    capsys.readouterr()
    for _ in range(2):
        assert main.main(["summary", "--json", "--window", "all", "--root", str(root)]) == 0
        assert f"{LOG}:3: " in capsys.readouterr().err


def test_a_filter_that_nothing_meets_is_told_every_time(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(root)
    words = ["summary", "--json", "--where", "symbol=NONE", "--root", str(root)]
    for _ in range(2):
        assert main.main(words) == 0
        assert "no trade in the logs has symbol = NONE" in capsys.readouterr().err


def test_a_text_comes_with_how_the_alerts_stand_now(
    root: Path, ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    from perfkit.alerts import cron

    (root / "config/alerts.yaml").write_text(
        "rules:\n  - {id: slump, metric: net_pnl, over: {window: daily}, below: -100}\n"
    )
    settle(root)
    before = ask()
    assert "Alerts" not in before
    assert cron.main(["--root", str(root)]) == 0
    capsys.readouterr()
    assert ask().startswith(before)
    assert "Alerts" in ask()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_answer_is_computed_anew(root: Path, ask: Ask, data: st.DataObject) -> None:
    settle(root)
    expected = ask("--json")
    (kept,) = (root / CACHE / ANSWERS).iterdir()
    good = kept.read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    how = data.draw(st.sampled_from(["flip", "cut", "empty"]))
    flipped = good[:place] + bytes([good[place] ^ 1 << place % 8]) + good[place + 1 :]
    kept.write_bytes({"flip": flipped, "cut": good[:place], "empty": b""}[how])
    assert ask("--json") == expected


def test_only_so_many_are_kept(root: Path, ask: Ask) -> None:
    settle(root)
    for number in range(MOST_ANSWERS + 3):
        ask("--json", "--start", "2026-03-01", "--end", f"2026-04-{number % 28 + 1:02d}")
        ask("--json", "--date", f"2026-04-{number % 28 + 1:02d}", window="daily")
    assert len(list((root / CACHE / ANSWERS).iterdir())) == MOST_ANSWERS


def test_where_none_can_be_kept_the_figures_are_the_same(root: Path, ask: Ask) -> None:
    expected = ask("--json", "--no-cache")
    settle(root)
    (root / CACHE / ANSWERS).write_text("in the way")
    assert ask("--json") == expected
    assert ask("--json") == expected


def test_answers_to_questions_of_one_name_are_told_apart(
    root: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root)
    monkeypatch.setattr(known_answers, "_path", lambda *_: str(root / CACHE / ANSWERS / "7"))
    daily, weekly = ask("--json", window="daily"), ask("--json", window="weekly")
    assert daily != weekly
    assert (ask("--json", window="daily"), ask("--json", window="weekly")) == (daily, weekly)


def test_an_answer_that_is_no_text_is_computed_anew(root: Path, ask: Ask) -> None:
    settle(root)
    expected = ask("--json")
    (kept,) = (root / CACHE / ANSWERS).iterdir()
    *known, _ = marshal.loads(kept.read_bytes()[4:])
    odd = marshal.dumps((*known, 7))
    kept.write_bytes(crc32(odd).to_bytes(4, "big") + odd)
    assert ask("--json") == expected


def test_a_warning_about_another_day_is_told_every_time(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (root / LOG).open("a") as log:
        log.write("nonsense\n")
    settle(root)
    (root / "logs/performance/quarantine").write_text("in the way")
    words = ["summary", "--json", "--date", NEXT, "--window", "daily", "--root", str(root)]
    for _ in range(2):
        assert main.main(words) == 0
        assert "cannot write" in capsys.readouterr().err


def test_modules_that_cannot_be_looked_at_keep_no_answer(
    root: Path, ask: Ask, is_computed: IsComputed, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root)
    monkeypatch.setattr(known_answers, "_PACKAGE", str(root / "archive.zip"))
    for _ in range(2):
        ask("--json")
        assert is_computed()


def test_a_workspace_that_is_named_needs_no_working_directory(
    root: Path, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = ask("--json")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert ask("--json") == expected


def test_the_same_words_elsewhere_are_of_the_workspace_that_is_there(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--root sub`, also cut short, is another folder from another place."""
    inner = root / root.name
    (inner / "config").mkdir(parents=True)
    (inner / CONFIG).write_text((root / CONFIG).read_text())
    (inner / LOG).parent.mkdir(parents=True)
    (inner / LOG).write_text(line("Z", "77.25"))
    settle(root)
    settle(inner)
    for option in ("--root", "--roo"):
        words = ["summary", "--json", "--window", "all", option, root.name]
        monkeypatch.chdir(root.parent)
        assert main.main(words) == 0
        outer = capsys.readouterr().out
        monkeypatch.chdir(root)
        assert main.main(words) == 0
        assert "77.25" in capsys.readouterr().out
        assert "77.25" not in outer


def test_an_answer_loads_no_parser(root: Path, ask: Ask) -> None:
    settle(root)
    expected = ask("--json")
    script = (
        "import sys; before = set(sys.modules); from perfkit.cli.main import main; "
        "main(sys.argv[1:]); "
        "print(sorted({'argparse', 're', 'decimal'} & (set(sys.modules) - before)))"
    )
    words = ["summary", "--window", "all", "--json", "--root", str(root)]
    ran = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True
    )
    assert ran.stdout == f"{expected}[]\n"
