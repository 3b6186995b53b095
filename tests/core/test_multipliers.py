"""Which key of `multiplier` a symbol has."""

from decimal import Decimal

import pytest

from perfkit.core.multipliers import multipliers_of

KEYS = {"ES": 50, "EUR*": 100000, "E*": 1, "MES": 5, "6E": 125000, "ESTC": 2, "CL": 1000}
GIVEN = {key: Decimal(value) for key, value in KEYS.items()}


@pytest.mark.parametrize(
    ("symbol", "value"),
    [
        ("ES", 50),
        ("ESZ6", 50),
        ("ESZ26", 50),
        ("ESZ2026", 50),
        ("ES 12-26", 50),
        ("ESTC", 2),
        ("ESTX", 1),
        ("EURUSD", 100000),
        ("MESH7", 5),
        ("6EZ6", 125000),
        ("CLX", None),
        ("AAPL", None),
        ("CLOSE", None),
        (None, None),
    ],
)
def test_it_is_that_of_the_symbol_of_its_contract_or_of_a_pattern(
    symbol: str | None, value: int | None
) -> None:
    found = multipliers_of(GIVEN, [symbol])
    assert found.get(symbol or "") == value
    assert found.items() >= GIVEN.items()
