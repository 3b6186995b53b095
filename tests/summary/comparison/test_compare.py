"""Two selections compared: figures, intervals, verdicts."""

import json
from decimal import Decimal
from pathlib import Path
from random import Random

import numpy as np
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from scipy import stats

import perfkit
from perfkit import Desk
from perfkit.cli.main import main
from perfkit.core.errors import UsageError
from perfkit.summary.comparison.compare import (
    Sample,
    interval_of,
    samples_of,
)
from tests.filterkit import desk_with, line

VERSIONED = "{version: version}"


def desk_of(root: Path, pnls: dict[str, list[str]]) -> Desk:
    """A trade for each P&L of each version, 50 a day."""
    lines: list[str] = []
    for version, values in pnls.items():
        for value in values:
            number, minute = divmod(len(lines), 50)
            day = f"2026-{4 + number // 28:02d}-{1 + number % 28:02d}"
            closed = f"{day}T10:{minute:02d}:00Z"
            lines.append(line(len(lines), value, day, opened=None, version=version, closed=closed))
    return desk_with(root, {"a.jsonl": lines}, VERSIONED)


def test_clearly_better_and_worse(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, {"1": ["-1", "1", "-2"] * 20, "2": ["2", "3", "1"] * 20})
    found = desk.compare("version=1", "version=2")
    win_rate, expectancy = found.figure("win_rate"), found.figure("expectancy")
    assert (win_rate.verdict, expectancy.verdict) == ("better", "better")
    assert (expectancy.base, expectancy.other) == (Decimal("-0.666666666666666667"), 2)
    assert expectancy.low is not None
    assert 0 < expectancy.low < Decimal("2.67") < expectancy.high  # type: ignore[operator]
    back = desk.compare("version=2", "version=1").figure("expectancy")
    assert back.verdict == "worse"
    assert back.difference == -expectancy.difference  # type: ignore[operator]
    assert found.figure("avg_r").verdict is None
    assert found.figure("max_drawdown").low is None
    assert "Win rate: other is better (+66.7 points; 95 % interval" in str(found)
    assert "No verdict on average R" in str(found)


@pytest.mark.parametrize("count", [1, 3, 19])
def test_few_trades_never_have_a_verdict(tmp_path: Path, count: int) -> None:
    desk = desk_of(tmp_path, {"1": ["-1"] * count, "2": ["1"] * 40})
    found = desk.compare("version=1", "version=2")
    assert found.figure("win_rate").verdict == "too few trades to say"
    assert found.figure("win_rate").low == 1


def test_no_difference_is_no_verdict(tmp_path: Path) -> None:
    values = [str(n * n % 17 - 8) for n in range(60)]
    desk = desk_of(tmp_path, {"1": values, "2": values[::-1]})
    for one in desk.compare("version=1", "version=2").figures:
        assert one.verdict in (None, "too few trades to say")


def test_interval_is_that_of_scipy(tmp_path: Path) -> None:
    random = Random(7)
    base = [random.randrange(-600, 700) for _ in range(300)]
    other = [random.randrange(-500, 750) for _ in range(400)]
    low, high = interval_of(Sample(base, 2), Sample(other, 1), "scipy")
    data = np.array(other) / 10, np.array(base) / 100
    found = stats.bootstrap(
        data,
        lambda a, b, axis: a.mean(axis) - b.mean(axis),
        n_resamples=10_000,
        method="percentile",
        rng=np.random.default_rng(3),
        vectorized=True,
    )
    error = found.standard_error * 0.06  # of a percentile of 10,000: about 0.027
    assert abs(float(low) - found.confidence_interval.low) < error
    assert abs(float(high) - found.confidence_interval.high) < error


def test_interval_does_not_depend_on_the_unit() -> None:
    base, other = [3, -5, 8, 1] * 9, [4, -4, 7, 3] * 9
    fine = [value * 1000 for value in base]
    assert interval_of(Sample(fine, 3), Sample(other, 0), "unit") == interval_of(
        Sample(base, 0), Sample(other, 0), "unit"
    )


def test_windows_are_compared_and_conditions_replaced(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, {"1": ["1"] * 60, "2": ["2"] * 60})
    found = desk.compare(
        start="2026-04-01", end="2026-04-01", other_date="2026-04-02", other_window="daily"
    )
    assert [side.window.first_day.day for side in (found.base, found.other)] == [1, 2]
    assert found.figure("closed_trades")[1:3] == (50, 50)
    both = desk.compare("version=1, symbol=BTC", "version=2")
    assert both.other.where == {"version": "2", "symbol": "BTC"}
    with pytest.raises(UsageError, match="both sides are the same trades"):
        desk.compare("version=1")
    with pytest.raises(perfkit.PerfkitError, match="did you mean version"):
        desk.compare("version=1", "versoin=2")


def test_command_prints_text_and_json_of_the_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = desk_of(tmp_path, {"1": ["-1", "1"] * 15, "2": ["2", "3"] * 15})
    words = ["compare", "--root", str(tmp_path), "--where", "version=1", "--with", "version=2"]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert text == str(desk.compare("version=1", "version=2"))
    assert "Base: 2026-04-01 to 2026-04-02 where version = 1" in text
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    schema = Path(perfkit.__file__).parent / "schemas/comparison.schema.json"
    Draft202012Validator(json.loads(schema.read_text()), format_checker=FormatChecker()).validate(
        found
    )
    assert found["figures"][0] == {
        "metric": "closed_trades",
        "base": 30,
        "other": 30,
        "difference": "0",
        "low": None,
        "high": None,
        "verdict": None,
    }
    assert main([*words[:-1], "version=3"]) == 3
    assert "no trade in the logs has version = 3" in capsys.readouterr().err


def test_average_r_is_of_the_trades_that_have_one(tmp_path: Path) -> None:
    trades = desk_of(tmp_path, {"1": ["1", "2"] * 20}).selection("all").inside
    samples = samples_of(trades)
    assert [len(samples[name].values) for name in ("win_rate", "expectancy", "avg_r")] == [
        40,
        40,
        0,
    ]
