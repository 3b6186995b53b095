"""Targets as they are written; what is wrong with them is told with its line."""

from decimal import Decimal

import pytest

import perfkit
from perfkit.config.targets import Target
from tests.conftest import BOT, WriteWorkspace


def test_targets_of_every_window_and_of_one(workspace: WriteWorkspace) -> None:
    root = workspace(
        f"{BOT}targets:\n  win_rate: {{at_least: 0.55}}\n"
        "  weekly: {net_pnl: {at_least: 0, at_most: 1000}}\n"
    )
    assert perfkit.open(root).config.targets == (
        Target("win_rate", "at_least", Decimal("0.55"), None),
        Target("net_pnl", "at_least", Decimal(0), "weekly"),
        Target("net_pnl", "at_most", Decimal(1000), "weekly"),
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("null", "is not a mapping"),
        ("{win_rat: {at_least: 1}}", "win_rate"),
        ("{win_rate: {}}", "has no bound"),
        ("{win_rate: {above: 1}}", "is unknown"),
    ],
)
def test_what_is_wrong_is_said(workspace: WriteWorkspace, given: str, said: str) -> None:
    with pytest.raises(perfkit.ConfigError, match=said):
        perfkit.open(workspace(f"{BOT}targets: {given}\n"))
