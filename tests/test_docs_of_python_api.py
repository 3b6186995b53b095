"""docs/python-api.md: every public name is documented, and every example runs."""

import ast
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit import Desk
from perfkit.alerts.backtest import Backtest, BacktestEpisode, RuleHistory
from perfkit.charts.desk import ChartDesk
from perfkit.charts.style import Chart
from perfkit.summary.changes import Changes
from perfkit.summary.explain import Explanation
from perfkit.summary.summary import Summary

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/python-api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
MATPLOTLIB = {"draw", "set", "settle"}
"""Methods of `Chart` that matplotlib or the makers of charts call."""


def public(*classes: type) -> set[str]:
    """What classes of perfkit define and does not begin with an underscore."""
    own = [base for one in classes for base in one.__mro__ if base.__module__.startswith("perfkit")]
    return {name for one in own for name in vars(one) if not name.startswith("_")}


def section(heading: str) -> str:
    """The text below a heading."""
    below = PAGE.partition(f"\n## {heading}\n")[2]
    assert below, heading
    return below.partition("\n## ")[0]


def named(text: str) -> set[str]:
    """What the first columns of the tables of a text name in code."""
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


DESK = public(Desk) | {"config", "source", "options", "live"}


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        pytest.param("The package", set(perfkit.__all__), id="package"),
        pytest.param("Desk", {f"desk.{name}" for name in DESK}, id="desk"),
        pytest.param(
            "Summary", {*Summary._fields, "to_json", "to_builtins", "data_up_to"}, id="summary"
        ),
        pytest.param("Breakdown", {"dimension", "parts", "frame"}, id="breakdown"),
        pytest.param("Explanation", {*Explanation._fields, "lines", "markdown"}, id="explanation"),
        pytest.param("Text and Changes", set(vars(Changes("", "", ""))), id="text and changes"),
        pytest.param(
            "Charts",
            public(ChartDesk) | (public(Chart) - MATPLOTLIB) | {"name", "alt", "digest"},
            id="charts",
        ),
        pytest.param(
            "Explorer", {"code", "summary", "breakdown", "chart", "widget"}, id="explorer"
        ),
        pytest.param("Backtest", {*Backtest._fields, "chart"}, id="backtest"),
    ],
)
def test_every_public_name_is_documented_and_no_other(heading: str, names: set[str]) -> None:
    assert named(section(heading)) == names


def test_what_a_backtest_holds_is_documented() -> None:
    words = set(re.findall(r"`(\w+)`", section("Backtest")))
    assert {*RuleHistory._fields, *BacktestEpisode._fields} <= words


def test_every_method_and_chart_has_an_example() -> None:
    code = "\n".join(EXAMPLES)
    names = {*(f"desk.{name}" for name in DESK), *(f"chart.{name}" for name in public(ChartDesk))}
    assert {name for name in names if not re.search(rf"\b{name}\b", code)} == set()


@pytest.mark.slow
def test_every_example_returns_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("config", "logs/trades"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    shown = [run(statement, names) for block in EXAMPLES for statement in statements(block)]
    assert len([one for one in shown if one]) > 30


def statements(block: str) -> list[tuple[str, str]]:
    """Each statement of an example with the value that its comment shows, if there is one."""
    lines = block.splitlines()
    return [
        (ast.unparse(one), lines[(one.end_lineno or 0) - 1].partition("  # -> ")[2])
        for one in ast.parse(block).body
    ]


def run(statement: tuple[str, str], names: dict[str, Any]) -> bool:
    """Runs it; whether it showed a value, which is then the one it has."""
    code, value = statement
    if not value:
        exec(code, names)
        return False
    assert (code, repr(eval(code, names))) == (code, value)
    return True
