"""The chart of two selections compared."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

from perfkit import Desk
from perfkit.charts.style import BLUE, MUTED, VERMILLION
from perfkit.cli.main import main
from tests.summary.comparison.test_compare import desk_of

BAD, GOOD = ["-1", "1", "-2"] * 20, ["2", "3", "1"] * 30


@pytest.mark.parametrize(
    ("base", "other", "finding", "color"),
    [
        (BAD, GOOD, "Expectancy of the other side is better: +2.67 USD", BLUE),
        (GOOD, BAD, "Expectancy of the other side is worse: \u22122.67 USD", VERMILLION),
        (BAD[:9], GOOD, "Too few trades to say: expectancy differs by +2.67 USD", MUTED),
    ],
)
def test_curves_end_at_net_pnl_and_bars_at_the_interval(
    tmp_path: Path, base: list[str], other: list[str], finding: str, color: str
) -> None:
    desk = desk_of(tmp_path, {"1": base, "2": other})
    chart = desk.chart.comparison("version=1", "version=2")
    assert chart.get_suptitle().replace("\n", " ") == finding
    assert chart.alt == (
        "Two selections compared, base "
        f"{_days(desk, 1)} where version = 1, other {_days(desk, 2)} where version = 2: {finding}."
    )
    upper, win_rate, expectancy = chart.axes
    ends = [np.asarray(line.get_xydata())[-1].tolist() for line in upper.lines[:2]]
    assert ends == [[len(side), float(sum(map(Decimal, side)))] for side in (base, other)]
    found = desk.compare("version=1", "version=2").figure("expectancy")
    bar = expectancy.lines[1]
    assert np.asarray(bar.get_xdata()).tolist() == [float(found.low or 0), float(found.high or 0)]
    assert to_hex(str(bar.get_color())) == color.lower()
    assert win_rate.get_title(loc="left").startswith("Win rate: ")
    assert chart.png() == desk.chart.comparison("version=1", "version=2").png()


def _days(desk: Desk, version: int) -> str:
    window = desk.summary("all", where=f"version={version}").window
    return f"{window.first_day} to {window.last_day}"


def test_nothing_to_compare_is_said(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, {"1": BAD})
    chart = desk.chart.comparison("version=1", "version=3")
    assert "Nothing to compare: a side has no closed trade" in chart.alt
    assert chart.axes == []


def test_command_writes_the_chart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = desk_of(tmp_path, {"1": BAD, "2": GOOD})
    words = ["compare", "--root", str(tmp_path), "--where", "version=1", "--with", "version=2"]
    assert main([*words, "--chart", str(tmp_path / "two.png")]) == 0
    png = desk.chart.comparison("version=1", "version=2").png()
    assert (tmp_path / "two.png").read_bytes() == png
    capsys.readouterr()
    assert main([*words, "--chart", str(tmp_path / "two.svg")]) == 3
    assert "the name should end with .png" in capsys.readouterr().err
    assert main([*words, "--chart", str(tmp_path / "none/two.png")]) != 0
    assert "No such file or directory" in capsys.readouterr().err
