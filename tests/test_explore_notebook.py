"""`notebooks/explore.ipynb`: a tour to read and to run, and never a report.

`make test-slow` runs all of its cells; these tests read it.
"""

import ast
import json
from pathlib import Path

import pytest

from perfkit.core.errors import ReportError
from perfkit.reports.definitions import notebook_names
from perfkit.reports.notebook import read_notebook

ROOT = Path(__file__).parents[1]
PATH = ROOT / "notebooks/explore.ipynb"
CELLS = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]


def test_it_is_no_report() -> None:
    assert notebook_names(ROOT) == ["daily", "monthly", "weekly"]
    with pytest.raises(ReportError, match=r"explore\.ipynb has no parameters cell"):
        read_notebook(PATH)


def test_it_keeps_no_outputs() -> None:
    assert [cell for cell in CELLS if cell.get("outputs") or cell.get("execution_count")] == []


def test_cells_are_thin() -> None:
    for code in CODE:
        statements = ast.parse(code).body
        assert len(statements) <= 3, code
        assert not any(isinstance(one, ast.FunctionDef | ast.For) for one in statements), code


def test_each_step_of_the_tour_is_there() -> None:
    code = "\n".join(CODE)
    steps = ["desk.explore(", "hour_heatmap", "desk.compare(", "chart.comparison("]
    for step in (
        *steps,
        "desk.monte_carlo(",
        "chart.monte_carlo(",
        "desk.rule(",
        "desk.backtest(",
        "quantstats.",
    ):
        assert step in code
