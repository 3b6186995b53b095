"""`perfkit alerts test`: rules tested as data, and a diff where they do not do as written."""

from pathlib import Path

import pytest

from perfkit.cli.main import main
from tests.alerting import Bench

RULES = """\
rules:
  - {id: loss, metric: net_pnl, over: {window: daily}, below: -50, recover: -20, by: strategy}
  - {id: twice, metric: net_pnl, over: {trades: 1}, below: 0, for: {trades: 2}}
"""
GOOD = """\
tests:
  - name: a loss fires and recovers
    trades:
      - {at: 2026-04-08T10:00:00Z, pnl: -30, times: 2, every: 5m, strategy: a}
      - {at: 2026-04-08T11:00:00Z, pnl: 45.5, strategy: a, source: other, symbol: ES}
    expect:
      - {at: 2026-04-08T10:02:00Z, rule: loss, group: a, state: ok}
      - {at: 2026-04-08T10:02:00Z, rule: twice, state: pending}
      - {at: 2026-04-08T10:30:00Z, rule: loss, group: a, state: firing}
      - {at: 2026-04-08T12:00:00Z, rule: loss, group: a, state: ok}
    events:
      - {kind: firing, rule: loss, group: a, at: 2026-04-08T10:05:00Z, severity: warning}
      - {kind: firing, rule: twice}
      - {kind: resolved, reason: recovered, rule: loss}
      - {kind: resolved}
"""


def run(tmp_path: Path, text: str, *, rules: str = RULES) -> int:
    bench = Bench(tmp_path / "workspace", rules)
    file = tmp_path / "tests.yaml"
    file.write_text(text, encoding="utf-8")
    return main(["alerts", "test", str(file), "--root", str(bench.root)])


def test_rules_that_do_as_written_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, GOOD) == 0
    assert capsys.readouterr().out.endswith("tests.yaml: a loss fires and recovers\n")


def test_difference_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = GOOD.replace("state: pending", "state: firing").replace(
        "      - {kind: firing, rule: twice}\n", "      - {kind: reminder, rule: twice}\n"
    )
    assert run(tmp_path, text) == 3
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0].startswith("FAILED")
    assert lines[1] == "at 2026-04-08T10:02:00Z: twice is pending, expected firing"
    assert lines[2] == "- kind reminder, rule twice"
    assert lines[3].startswith("+ kind firing, rule twice, at 2026-04-08T10:05:00Z")


def test_file_may_bring_its_rules_and_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = """\
rules:
  - {id: pct, metric: max_drawdown_pct, over: {window: all}, below: -0.10, recover: -0.05}
config: {starting_equity: 100.0, day_start: "17:00"}
tests:
  - trades: [{at: 2026-04-08T10:00:00Z, pnl: -10.5}]
    expect: [{at: 2026-04-08T10:00:00Z, rule: pct, state: firing}]
"""
    file = tmp_path / "own.yaml"
    file.write_text(rules, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["alerts", "test", str(file)]) == 0
    file.write_text(rules.replace("rules:", "tests_of:"), encoding="utf-8")
    assert main(["alerts", "test", str(file)]) == 3
    assert "tests_of: is unknown" in capsys.readouterr().err
    file.write_text(rules[rules.index("config") :], encoding="utf-8")
    assert main(["alerts", "test", str(file)]) == 3
    assert "no rules to test" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tests:", "testing:", "testing: is unknown"),
        (GOOD, "tests: []", "tests: has no test"),
        ("2026-04-08T10:00:00Z, pnl", "today, pnl", "'today' is not a time with a zone"),
        ("times: 2", "times: 0", "cannot be repeated so"),
        ("pnl: -30", "profit: -30", "profit: is unknown; use one of at, source"),
        ("state: pending", "status: pending", "status: is unknown"),
        ("rule: twice, state: pending", "rule: twice", "state: is missing"),
        ("kind: firing, rule: twice", "sort: firing", "sort: is unknown"),
        ("    trades:\n", "    trades: 5\n    x:\n", "is unknown"),
        ("    expect:\n      - {at: 2026-04-08T10:02:00Z, rule: loss", "    expect: [1]\n", ""),
    ],
)
def test_file_that_makes_no_sense_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    assert run(tmp_path, GOOD.replace(old, new, 1)) == 3
    assert said in capsys.readouterr().err


def test_list_that_is_none_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "tests: [{trades: 5}]") == 3
    assert run(tmp_path, "tests: [5]") == 3
    assert run(tmp_path, "5") == 3
    said = capsys.readouterr().err
    assert "trades: is not a list" in said
    assert "is not a mapping" in said


def test_file_that_cannot_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    assert main(["alerts", "test", str(tmp_path / "none.yaml"), "--root", str(bench.root)]) == 3
    assert "none.yaml: there is no such file" in capsys.readouterr().err
    (tmp_path / "config/alerts.yaml").unlink()
    (tmp_path / "some.yaml").write_text(GOOD)
    assert main(["alerts", "test", str(tmp_path / "some.yaml"), "--root", str(bench.root)]) == 3
    assert "config/alerts.yaml: cannot be read" in capsys.readouterr().err
