"""Records with a P&L of which nothing says that a trade ended."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


def windows(name: str) -> list[Record]:
    return [
        {
            "market": "BTC",
            f"{name}_start": f"2026-04-07T10:{5 * n:02}:00Z",
            f"{name}_end": f"2026-04-07T10:{5 * n + 5:02}:00Z",
            "ticks": str(n),
            "pnl": str(n % 5 - 2.5),
        }
        for n in range(11)
    ]


def held(**more: object) -> list[Record]:
    return [
        {
            "ticker": f"S{n}",
            "entry_date": f"2026-04-{n + 1:02}",
            "entry_price": "10",
            "shares": str(n + 1),
            "pnl": str(n - 3.5),
            "pnl_pct": str((n - 3.5) * 2),
            **more,
        }
        for n in range(9)
    ]


def chances(**more: object) -> list[Record]:
    return [
        {
            "time": f"2026-04-07T10:{n:02}:00Z",
            "pair": "BTC/USDT",
            "buy_exchange": "A",
            "sell_exchange": "B",
            "buy_price": str(100 + n),
            "sell_price": str(101 + 2 * n),
            "profit": str(1 + n),
            **more,
        }
        for n in range(12)
    ]


@pytest.mark.parametrize("name", ["window", "interval", "candle"])
def test_windows_of_time_are_asked_about(name: str) -> None:
    reading = infer(windows(name))
    assert asked(reading) == ["weak"]
    assert reading.doubts[0].answers[-1].why_none


def test_those_in_which_something_was_bought_are_trades() -> None:
    assert asked(infer([{**one, "side": "UP", "won": "true"} for one in windows("window")])) == []


def test_what_was_opened_and_has_no_end_is_asked_about() -> None:
    assert asked(infer(held())) == ["weak"]


@pytest.mark.parametrize("end", [{"exit_price": "11"}, {"exit_reason": "stop"}, {"won": "yes"}])
def test_an_exit_or_an_outcome_is_an_end(end: dict[str, str]) -> None:
    assert "weak" not in asked(infer(held(**end)))


def test_chances_that_nobody_may_have_taken_are_asked_about() -> None:
    assert "weak" in asked(infer(chances()))


@pytest.mark.parametrize("done", [{"status": "filled"}, {"quantity": "1"}, {"order_id": "7"}])
def test_orders_are_no_chances(done: dict[str, str]) -> None:
    assert "weak" not in asked(infer(chances(**done)))


def test_results_by_which_a_balance_moves_were_earned() -> None:
    left = [1000]
    for n in range(len(held())):
        left.append(left[-1] + 2 * n - 7)
    records = [
        {**one, "pnl": 2 * n - 7, "pnl_pct": None, "capital": left[n]}
        for n, one in enumerate(held())
    ]
    assert asked(infer(records)) == []
    assert asked(infer([{**one, "capital": 1000} for one in records])) == ["weak"]
