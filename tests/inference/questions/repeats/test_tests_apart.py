"""Trades of several tests of one strategy in one log."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


def runs(column: str, *, in_a_row: bool = False) -> list[Record]:
    """Trades of two sets of parameters, with other entries: in the same time, or one after all."""
    return [
        {
            column: ("fast=5,slow=20", "fast=10,slow=50")[run],
            "exit_date": f"2026-{4 + run * in_a_row:02}-{n * 2 + 1 + run:02}",
            "side": "long",
            "entry_price": "100",
            "exit_price": str(100 + (n * 5 + run) % 7 - 3),
            "pnl": str(((n * 5 + run) % 7 - 3) * 2),
        }
        for run in (0, 1)
        for n in range(12)
    ]


@pytest.mark.parametrize("column", ["params", "config", "paramset"])
def test_parameters_of_the_same_time_are_asked_about(column: str) -> None:
    (doubt,) = infer(runs(column)).doubts
    assert doubt.name == "repeats"
    assert doubt.answers[2].changes == {f"only.{column}": "fast=10,slow=50"}


def test_parameters_of_windows_that_follow_each_other_add_up() -> None:
    assert asked(infer(runs("params", in_a_row=True))) == []


def test_other_words_are_no_parameters() -> None:
    assert asked(infer(runs("session"))) == []


def test_a_parameter_that_each_trade_chose_is_no_test() -> None:
    assert asked(infer(runs("param_delta"))) == []
