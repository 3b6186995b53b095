"""Flags of true and false that say whether there was a trade, and those that say how it ended."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def trades(flag: str) -> list[Record]:
    return [
        {
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "symbol": "A",
            "exit_reason": "target" if n % 3 else "stop",
            "pnl": str(n + 1 if n % 3 else -n - 1),
            flag: n % 2 == 0,
        }
        for n in range(12)
    ]


@pytest.mark.parametrize("flag", ["partial_taken", "tp1_filled", "half_executed", "profit_taken"])
def test_what_was_done_of_an_exit_is_true_of_some_trades(flag: str) -> None:
    reading = infer(trades(flag))
    assert (reading.doubts, reading.closed) == ((), 12)


@pytest.mark.parametrize("flag", ["executed", "taken", "trade_taken", "order_filled"])
def test_signals_that_nobody_followed_are_asked_about(flag: str) -> None:
    reading = infer(trades(flag))
    assert ([one.name for one in reading.doubts], reading.closed) == (["ignored"], 6)
