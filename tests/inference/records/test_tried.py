"""Trades with money and trades that were only tried, in one log."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def assumed(**more: list[object]) -> list[str]:
    records: list[Record] = [
        {
            "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
            "symbol": "A",
            "side": "long",
            "pnl": f"{n + 1}",
            **{name: values[n] for name, values in more.items()},
        }
        for n in range(4)
    ]
    return [said for said in infer(records).assumed if "only tried" in said]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("dryRun", [True, True, False, True]),
        ("is_live", [True, False, False, False]),
        ("is_ghost", [False, False, True, False]),
        ("mode", ["live", "PAPER", "paper", "live"]),
        ("trading_mode", ["dry_run", "real", "real", "real"]),
    ],
)
def test_adding_them_up_is_said(name: str, values: list[object]) -> None:
    assert len(assumed(**{name: values})) == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("dryRun", [True] * 4),
        ("mode", ["live"] * 4),
        ("mode", ["attack", "live", "defence", "live"]),
        ("won", [True, False, True, False]),
    ],
)
def test_one_kind_alone_is_not(name: str, values: list[object]) -> None:
    assert assumed(**{name: values}) == []
