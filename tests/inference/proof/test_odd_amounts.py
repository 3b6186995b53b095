"""Results far beyond what prices and quantity give."""

from __future__ import annotations

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading


def of_results(*pnls: str, symbols: str = "ABABABA") -> Reading:
    """Long trades of 2 pieces from 100 to 105, which earn 10."""
    return infer(
        [
            {
                "symbol": symbol,
                "side": "long",
                "opened_at": f"2026-04-{n + 1:02}T09:00:00Z",
                "closed_at": f"2026-04-{n + 1:02}T10:00:00Z",
                "entry": "100",
                "exit": "105" if not pnl.startswith("-") else "95",
                "qty": "2",
                "pnl": pnl,
            }
            for n, (pnl, symbol) in enumerate(zip(pnls, symbols, strict=False))
        ]
    )


def said(reading: Reading) -> list[str]:
    return [one for one in reading.assumed if "far beyond" in one]


def test_one_is_said_and_counts_as_logged() -> None:
    reading = of_results("9.2", "-11", "8.7", "9.9", "-10.4", "5700", "9.1")
    assert said(reading) == [
        "1 record has a pnl far beyond what prices and quantity give, such as 5700 where these "
        "give 10.00; counted as logged"
    ]
    assert (reading.closed, reading.is_sure) == (7, True)


@pytest.mark.parametrize(
    ("pnls", "symbols"),
    [
        (("9.2", "-11", "8.7", "9.9", "-10.4", "9.5", "9.1"), "ABABABA"),
        (("9.2", "-11", "8.7", "9.9", "-10.4", "190", "9.1"), "ABABABA"),
        (("9.2", "-11", "8.7", "9.9", "-10.4", "5700", "9.1"), "ABABACA"),
        (("500", "-8", "8000", "2", "-100", "5700", "60"), "ABABABA"),
    ],
    ids=["none", "not so far", "of another market", "no usual ones"],
)
def test_nothing_is_said(pnls: tuple[str, ...], symbols: str) -> None:
    assert said(of_results(*pnls, symbols=symbols)) == []


@pytest.mark.parametrize(
    ("balances", "is_said"),
    [
        ("5000 5095.80 4891.60 5037.40 5083.20", True),
        ("5000 5100 4900 5050 5100", False),
        ("5000 5095.80 4908.40 5040 5120", False),
    ],
)
def test_a_balance_that_moves_by_less_each_time_tells_of_costs(
    balances: str, is_said: bool
) -> None:
    records: list[dict[str, object]] = [
        {"time": f"2026-04-07T{n:02}:00:00Z", "symbol": "ES", "pnl": pnl, "balance": balance}
        for n, (pnl, balance) in enumerate(
            zip(("20", "100", "-200", "150", "50"), balances.split(), strict=True)
        )
    ]
    assert any("costs that no field has" in one for one in infer(records).assumed) is is_said
