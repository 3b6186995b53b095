"""Records that equal earlier ones: by chance, or of strategies that make the same trade."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


def days(count: int, *, hour: str = "") -> list[Record]:
    """Trades of which the last one equals the one before."""
    found: list[Record] = [
        {
            "date": f"2026-{n // 280 + 1:02}-{n % 28 + 1:02}{hour}",
            "entry": str(100 + n % 97),
            "exit": str(100 + n % 97 + n % 13 - 5),
            "side": "long",
            "pnl_points": str(n % 13 - 5),
        }
        for n in range(count)
    ]
    return [*found, found[-1]]


def test_one_of_a_thousand_that_is_equal_on_a_day_is_said_and_counts() -> None:
    reading = infer(days(1200))
    assert asked(reading) == []
    assert "1 of 1201 records equal an earlier one in all fields; each counts" in reading.assumed


@pytest.mark.parametrize(("count", "hour"), [(900, ""), (1200, "T10:00:00Z")])
def test_more_of_them_or_such_of_one_moment_are_asked_about(count: int, hour: str) -> None:
    assert asked(infer(days(count, hour=hour))) == ["repeats"]


def of_strategies(ids: list[str], strategies: list[str]) -> list[Record]:
    """Trades of which each stands there twice."""
    return [
        {
            "id": ids[n],
            "strategy": strategies[n % 2],
            "entry_time": f"2026-04-{n // 2 + 1:02}T10:00:00Z",
            "exit_time": f"2026-04-{n // 2 + 1:02}T11:00:00Z",
            "symbol": "A",
            "side": "long",
            "quantity": "1",
            "entry_price": str(100 + n // 2),
            "exit_price": str(100 + n // 2 + (n // 2) % 5 - 2),
            "pnl": str((n // 2) % 5 - 2),
        }
        for n in range(24)
    ]


IDS = [f"{n:02}c9f{n * 7 % 10}" for n in range(24)]


def test_strategies_with_ids_of_their_own_make_the_same_trade() -> None:
    assert asked(infer(of_strategies(IDS, ["cross", "bounce"]))) == []


def test_ids_that_count_records_and_one_strategy_twice_are_asked_about() -> None:
    numbers = [str(n + 1) for n in range(24)]
    assert asked(infer(of_strategies(numbers, ["broad", "narrow"]))) == ["repeats"]
    assert asked(infer(of_strategies(IDS, ["cross", "cross"]))) == ["repeats"]


@pytest.mark.parametrize(("owner", "is_asked"), [("portfolio", False), ("level", True)])
def test_trades_that_each_of_two_portfolios_made_are_not_asked_about(
    owner: str, is_asked: bool
) -> None:
    ids = [str(n) for n in range(24)]
    records = of_strategies(ids, ["A", "B"])
    named = [{owner if key == "strategy" else key: value for key, value in one.items()}
             for one in records]  # fmt: skip
    assert ("repeats" in asked(infer(named))) is is_asked
