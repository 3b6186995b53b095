"""Bars of a market with the returns of a strategy are no trades."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def frame(**more: list[str]) -> list[Record]:
    return [
        {
            "Date": f"2026-04-{n + 1:02}",
            "Open": str(100 + n),
            "High": str(103 + n),
            "Low": str(99 + n),
            "Close": str(101 + n),
            "Volume": "250000",
            "Position": str(n % 2),
            **{name: values[n] for name, values in more.items()},
        }
        for n in range(20)
    ]


@pytest.mark.parametrize("name", ["Strategy_Return", "pnl"])
def test_a_return_for_each_bar_is_no_trade(name: str) -> None:
    reading = infer(frame(**{name: ["0.01", "-0.02", "0", "0.005"] * 5}))
    assert not reading.has_results
    assert "bars of a market" in reading.evidence[0]


def test_a_result_in_the_bars_in_which_trades_ended_counts() -> None:
    assert infer(frame(pnl=["0"] * 9 + ["5"] + ["0"] * 9 + ["-3"])).has_results


def test_prices_beside_trades_are_no_bars() -> None:
    prices = ["100", "101"] * 10
    assert infer(frame(pnl=["1", "-1"] * 10, entry_price=prices, exit_price=prices)).has_results


def test_bars_with_a_start_and_an_end_are_no_trades_either() -> None:
    bars = [
        {"Entry Time": f"2026-04-{n + 1:02}T10:00Z", "Exit Time": f"2026-04-{n + 1:02}T10:01Z",
         "Open Price": str(100 + n), "Close Price": str(101 + n), "High Price": str(103 + n),
         "Low Price": str(99 + n)}
        for n in range(20)
    ]  # fmt: skip
    assert "bars of a market" in infer(bars).evidence[0]
    assert infer([{**one, "side": "buy", "quantity": "2"} for one in bars]).has_results


def valued(**more: object) -> list[Record]:
    """Two shares, of which each has a record for each day."""
    closes = {"A": [100, 103, 101, 104, 108, 107, 111], "B": [50, 49, 51, 52, 50, 53, 55]}
    return [
        {
            "Date": f"2026-04-{day + 1:02}",
            "Ticker": name,
            "Close": prices[day],
            "NbShares": 20,
            "PnL": 20 * (prices[day] - prices[day - 1]) if day else None,
            **more,
        }
        for name, prices in closes.items()
        for day in range(len(prices))
    ]


def test_what_a_position_earned_each_day_is_no_trade() -> None:
    reading = infer(valued())
    assert not reading.has_results
    assert "valued again and again (Close, NbShares, PnL)" in reading.evidence[0]


@pytest.mark.parametrize("more", [{"side": "long"}, {"exit_reason": "stop"}])
def test_trades_have_a_side_or_a_reason_to_end(more: Record) -> None:
    assert infer(valued(**more)).has_results


def test_results_of_other_moves_are_those_of_trades() -> None:
    others = [{**one, "PnL": 7 + n} for n, one in enumerate(valued())]
    assert infer(others).has_results
