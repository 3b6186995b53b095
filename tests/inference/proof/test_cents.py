"""Results of contracts at whole prices below 100 are in hundredths; others are as they stand."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, fields

BETS = (
    (10, 45, True),
    (5, 60, False),
    (8, 30, False),
    (3, 72, True),
    (12, 15, False),
    (4, 50, True),
)


def bets(*, whole: int = 100, name: str = "price", ticker: str = "KXHIGH-26APR") -> list[Record]:
    return [
        {
            "ticker": f"{ticker}{n}",
            "count": count,
            name: price,
            "pnl": count * (whole - price) if is_won else -count * price,
            "settled_time": f"2026-04-{n + 1:02}T10:00:00Z",
        }
        for n, (count, price, is_won) in enumerate(BETS)
    ]


@pytest.mark.parametrize("name", ["price", "yes_price"])
def test_payoffs_of_a_hundred_say_that_results_are_in_hundredths(name: str) -> None:
    reading = infer(bets(name=name))
    assert reading.is_sure
    assert fields(reading)["net_pnl"] == "pnl / 100"
    assert reading.source["currency"] == "USD"


def test_the_currency_is_that_of_the_exchange_where_symbols_say_which_it_is() -> None:
    assert infer(bets(ticker="RAIN")).source["currency"] == "money"


def test_other_results_are_as_they_stand() -> None:
    assert fields(infer(bets(whole=90)))["net_pnl"] == "pnl"
