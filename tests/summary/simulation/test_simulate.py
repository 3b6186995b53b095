"""Simulated drawdowns of a selection: what is drawn, what is said, and what is not."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

import perfkit
from perfkit import Desk
from perfkit.cli.main import main
from tests.conftest import WriteWorkspace
from tests.desk.test_exports import line
from tests.summary.comparison.test_compare import desk_of

EIGHT = ["100", "200", "50", "-150", "300", "-100", "80", "-30"]


def test_eight_trades_have_drawdowns_and_no_verdict(tmp_path: Path) -> None:
    found = desk_of(tmp_path, {"1": EIGHT}).monte_carlo()
    assert found.max_drawdown == -150
    assert found.shuffled is not None
    assert found.shuffled[:3] == (Decimal(-180), Decimal(-280), Decimal(-280))
    assert (found.trades, found.runs, found.is_enough) == (8, 10_000, False)
    assert "Too few trades to say how deep a drawdown may get: 8 trades." in str(found)
    assert "95 % of runs fall no deeper" not in str(found)
    assert "-280.00 USD" in str(found)


@pytest.mark.parametrize(("count", "is_enough"), [(19, False), (20, True)])
def test_from_20_trades_on_it_is_said_what_95_percent_do(
    tmp_path: Path, count: int, is_enough: bool
) -> None:
    found = desk_of(tmp_path, {"1": ["-1.5"] * count}).monte_carlo()
    depth = Decimal("-1.5") * count
    assert (found.max_drawdown, found.is_enough) == (depth, is_enough)
    assert found.shuffled == found.resampled == (depth, depth, depth, 0)
    said = f"Drawn at random, 95 % of runs fall no deeper than {depth:.2f} USD."
    assert (said in str(found)) is is_enough


def test_losses_in_a_row_are_more_than_chance_makes_likely(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, {"1": ["1"] * 40 + ["-1"] * 40, "2": ["1", "-1"] * 40})
    found = desk.monte_carlo(where="version=1")
    assert found.shuffled is not None
    assert (found.max_drawdown, found.shuffled.deeper) == (Decimal(-40), 0)
    assert "losses came closer together than chance makes likely" in str(found)
    found = desk.monte_carlo(where="version=2")
    assert found.shuffled is not None
    assert (found.max_drawdown, found.shuffled.deeper) == (Decimal(-1), 10_000)
    assert "closer together" not in str(found)


def test_trades_without_pnl_are_in_no_run(workspace: WriteWorkspace) -> None:
    text = line("A", "5") + line("B", None, outcome="loss") + line("C", "-3")
    root = workspace(logs={"logs/trades/2026-04-07.jsonl": text})
    found = perfkit.open(root).monte_carlo()
    assert (found.trades, found.without_pnl) == (2, 1)
    assert found.max_drawdown == -3
    assert "2 trades with a P&L; no P&L logged for 1" in str(found)


def test_drawdown_as_traded_is_that_of_the_summary(tmp_path: Path) -> None:
    desk = perfkit.open(Path(perfkit.__file__).parents[1])
    for kind in ("all", "weekly", "daily"):
        found, summary = desk.monte_carlo(kind), desk.summary(kind)
        assert found.max_drawdown == summary.metrics["max_drawdown"]
        assert found.digest == summary.data.digest
    days = desk.monte_carlo(start="2025-10-01", end="2025-10-03")
    assert str(days.window.last_day) == "2025-10-03"


def test_amounts_below_a_cent_are_shown(tmp_path: Path) -> None:
    found = desk_of(tmp_path, {"1": ["0.00031", "-0.00016"] * 15}).monte_carlo()
    assert "Drawdown as traded: -0.00016 USD" in str(found)


def test_it_shows_itself_in_a_notebook_and_the_same_each_time(tmp_path: Path) -> None:
    values = ["-1.25", "3", "-2"] * 20
    found = desk_of(tmp_path, {"1": values}).monte_carlo()
    shown = found._repr_mimebundle_()
    assert "Data up to" in shown["text/html"]
    assert "The same trades in random order</t" in shown["text/html"]
    assert shown["text/plain"].startswith(str(found))
    again = perfkit.open(tmp_path).monte_carlo()
    assert (again, again.to_json()) == (found, found.to_json())
    assert "count" not in dir(found)


def test_in_a_report_it_is_markdown_without_the_newest_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = desk_of(tmp_path, {"1": ["-1", "2"] * 20}).monte_carlo()
    monkeypatch.setenv("PERFKIT_SNAPSHOT", "given")
    assert set(shown := found._repr_mimebundle_()) == {"text/plain", "text/markdown"}
    assert "Data up to" not in shown["text/plain"] + shown["text/markdown"]


def run(desk: Desk, *words: str) -> int:
    return main(["monte-carlo", "--root", str(desk.config.root), *words])


def test_command_prints_text_and_json_of_the_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = desk_of(tmp_path, {"1": EIGHT * 3})
    schema = Path(perfkit.__file__).parent / "schemas/monte-carlo.schema.json"
    validator = Draft202012Validator(json.loads(schema.read_text()), format_checker=FormatChecker())
    assert run(desk) == 0
    assert capsys.readouterr().out == str(desk.monte_carlo())
    assert run(desk, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    validator.validate(found)
    assert found["shuffled"]["in_50_pct"].startswith("-")
    assert run(desk, "--json", "--where", "version=9") == 3
    out, err = capsys.readouterr()
    none = json.loads(out)
    validator.validate(none)
    assert (none["trades"], none["max_drawdown"], none["shuffled"]) == (0, None, None)
    assert "no trade in the logs has version = 9" in err
    assert run(desk, "--where", "version=9") == 3
    assert "No closed trade with a P&L: nothing to draw from." in capsys.readouterr().out
