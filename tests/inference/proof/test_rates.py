"""A P&L that is by how much a price changed is no money, whatever it is called."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.executions import field
from tests.inference.readings import Record

PRICES = (
    *(("100", "103.1"), ("101", "100.2"), ("99.5", "104.3"), ("98", "97.4")),
    *(("120", "111"), ("130", "133.7"), ("87", "86.1"), ("90", "99")),
)
TINY = Decimal("0.0016")


def read(earned: Sequence[Decimal], name: str = "pnl", **more: str) -> Reading:
    records: list[Record] = [
        {
            "exit_time": f"2026-04-{n:02}T10:00:00Z",
            "symbol": "AAPL",
            "entry": entry,
            "exit": out,
            name: str(one),
            **more,
        }
        for n, ((entry, out), one) in enumerate(zip(PRICES, earned, strict=False), 6)
    ]
    return infer(records)


def ratios() -> list[Decimal]:
    return [Decimal(out) / Decimal(entry) for entry, out in PRICES]


@pytest.mark.parametrize("name", ["pnl", "net", "profit", "result"])
def test_fractions_less_the_same_costs_are_fractions(name: str) -> None:
    reading = read([one - 1 - TINY for one in ratios()], name)
    assert reading.source["currency"] == "%"
    assert field(reading, "net_pnl") == f"{name} * 100"


def test_so_are_those_of_shorts_without_a_side() -> None:
    moves = [(one - 1) * (-1) ** n - TINY for n, one in enumerate(ratios())]
    assert field(read(moves), "net_pnl") == "pnl * 100"


def test_so_are_those_with_a_leverage() -> None:
    reading = read([(one - 1) * 10 - TINY for one in ratios()], side="long", leverage="10")
    assert field(reading, "net_pnl") == "pnl * 100"


@pytest.mark.parametrize("costs", ["0", "0.0016"])
def test_so_are_logarithms(costs: str) -> None:
    reading = read([one.ln() - Decimal(costs) for one in ratios()[:6]])
    assert field(reading, "net_pnl") == "pnl * 100"


def test_so_are_those_with_costs_that_are_a_share_of_the_exit() -> None:
    reading = read([one * (1 - TINY) - 1 for one in ratios()[:6]])
    assert field(reading, "net_pnl") == "pnl * 100"


def test_a_net_after_a_gross_that_is_a_fraction_is_one() -> None:
    paid = [TINY * (n % 3 + 1) for n in range(8)]
    records: list[Record] = [
        {"exit_time": f"2026-04-{n:02}", "entry": entry, "exit": out, "gross": str(gross),
         "net": str(gross - cost)}
        for n, ((entry, out), gross, cost)
        in enumerate(zip(PRICES, [one - 1 for one in ratios()], paid, strict=True), 6)
    ]  # fmt: skip
    assert field(infer(records[:4]), "net_pnl") == "net * 100"


@pytest.mark.parametrize("earned", [(3, -1, 5, -1, -7, 3, -1, 9), (6, -2, 9, -1, -9, 5, -3, 20)])
def test_whole_amounts_about_as_large_as_the_moves_in_per_cent_are_money(
    earned: Sequence[int],
) -> None:
    assert read([Decimal(one) for one in earned[:7]]).source["currency"] == "money"


@pytest.mark.parametrize(("size", "unit"), [("2000", "%"), ("1", "money")])
def test_a_size_of_1_may_say_that_they_are_money(size: str, unit: str) -> None:
    reading = read([one - 1 - TINY for one in ratios()], stake=size)
    assert reading.source["currency"] == unit


def test_amounts_of_a_stake_are_money() -> None:
    reading = read([(one - 1) * 250 - 1 for one in ratios()])
    assert reading.source["currency"] == "money"


@pytest.mark.parametrize("times", [1, 100], ids=["fractions", "per cents"])
def test_changes_between_prices_of_any_name_are_no_money(times: int) -> None:
    earned = [*((one - 1) * times for one in ratios()[:4]), Decimal("5.1")]
    records: list[Record] = [
        {"at": f"2026-04-{n:02}", "ticker": "AAPL", "status": "CLOSED", "currentPrice": entry,
         "closePrice": out, "profitLoss": str(one)}
        for n, ((entry, out), one) in enumerate(zip(PRICES, earned, strict=False), 6)
    ]  # fmt: skip
    reading = infer(records)
    assert reading.source["currency"] == "%"
    assert field(reading, "net_pnl") == ("profitLoss" if times == 100 else "profitLoss * 100")
