"""The chart of simulated drawdowns."""

from pathlib import Path

import numpy as np
import pytest

from perfkit.cli.main import main
from tests.summary.comparison.test_compare import desk_of

MIXED = ["-10", "15", "-20", "25", "3"] * 10


def test_curves_pass_the_drawdowns_and_the_line_is_as_traded(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, {"1": MIXED})
    found, chart = desk.monte_carlo(), desk.chart.monte_carlo()
    assert found.resampled is not None
    assert found.max_drawdown is not None
    (axes,) = chart.axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [tuple(np.asarray(dot.get_xydata())[0]) for dot in dots[3:]] == [
        (float(end), share) for end, share in zip(found.resampled[:3], (50, 95, 99), strict=True)
    ]
    ends = [np.asarray(line.get_ydata())[-1] for line in (axes.lines[0], axes.lines[4])]
    assert ends == [100, 100]
    assert float(found.max_drawdown) in [np.asarray(line.get_xdata())[0] for line in axes.lines]
    assert chart.get_suptitle().replace("\n", " ").startswith("Drawn at random, 95 % of runs fall")
    assert chart.digest == found.digest
    assert chart.png() == desk.chart.monte_carlo().png()


def test_few_trades_are_too_few_in_the_title(tmp_path: Path) -> None:
    chart = desk_of(tmp_path, {"1": ["1"]}).chart.monte_carlo()
    assert "Too few trades to say how deep a drawdown may get: 1 trade." in chart.alt
    assert chart.png()


def test_nothing_to_draw_is_said(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, {"1": MIXED})
    assert "No trades in window" in desk.chart.monte_carlo(where="version=3").alt


def test_command_writes_the_chart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = desk_of(tmp_path, {"1": MIXED})
    words = ["monte-carlo", "--root", str(tmp_path), "--start", "2026-04-01", "--chart"]
    assert main([*words, str(tmp_path / "runs.png")]) == 0
    png = desk.chart.monte_carlo(start="2026-04-01").png()
    assert (tmp_path / "runs.png").read_bytes() == png
    capsys.readouterr()
    assert main([*words, str(tmp_path / "runs.svg")]) == 3
    assert "the name should end with .png" in capsys.readouterr().err
