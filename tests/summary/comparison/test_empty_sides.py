"""What a comparison says where a side has no trade."""

from pathlib import Path

import pytest

from perfkit.summary.comparison.empty_sides import values_in
from tests.summary.comparison.test_compare import desk_of


def test_a_value_that_no_trade_has_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, {"1.4.2": ["1", "-1"] * 20, "1.5.0": ["2"] * 40})
    found = desk.compare("version=1.4.2", "version=1.5")
    assert found.why_empty == (
        "No trade in the logs has version = 1.5; did you mean 1.5.0? the values are 1.4.2, 1.5.0",
    )
    for shown in found._repr_mimebundle_().values():
        assert "did you mean 1.5.0?" in shown
        assert "Nothing to compare:" in shown
        assert "Net P&" not in shown
    assert found.figure("closed_trades")[1:3] == (40, 0)
    both = desk.compare("version=x", "version=y")
    assert [one.partition(";")[0][-11:] for one in both.why_empty] == ["version = x", "version = y"]


def test_days_without_a_trade_are_named(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, {"1": ["1"] * 60, "2": ["2"] * 60})
    found = desk.compare("version=1", "version=2", start="2026-04-01", end="2026-04-01")
    assert found.why_empty == ("Other, 2026-04-01 where version = 2, has no closed trade",)


@pytest.mark.parametrize("condition", ["net_pnl>100", "version!=1|2"])
def test_of_more_than_a_value_no_other_is_suggested(tmp_path: Path, condition: str) -> None:
    desk = desk_of(tmp_path, {"1": ["1"] * 30, "2": ["2"] * 30})
    (said,) = desk.compare("version=1", condition).why_empty
    assert said.startswith("No trade in the logs has ")
    assert "did you mean" not in said


def test_only_some_of_many_values_are_named(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, {f"v{n:02d}": ["1"] for n in range(30)})
    (said,) = desk.compare("version=v01", "version=zzz").why_empty
    assert said.endswith(
        "the values are " + ", ".join(f"v{n:02d}" for n in range(12)) + " and 18 more"
    )


def test_comparison_of_trades_says_nothing_of_empty_sides(tmp_path: Path) -> None:
    found = desk_of(tmp_path, {"1": ["1"] * 30, "2": ["2"] * 30}).compare("version=1", "version=2")
    assert found.why_empty == ()
    assert "Net P&L" in str(found)


def test_values_are_in_the_order_in_which_they_closed_last(tmp_path: Path) -> None:
    closed = desk_of(tmp_path, {"b": ["1"] * 3, "a": ["1"] * 3}).selection("all").inside
    assert values_in(closed, "version") == ["b", "a"]
    assert values_in(closed, "nothing") == []
