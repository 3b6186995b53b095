"""What is said of the fields that a dialect reads."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.config.compile import compile_dialect
from perfkit.summary.check.fields import FieldCheck, field_checks

PLAIN = st.from_regex(r"\A[+-]?(?:[0-9]{1,30}\.?[0-9]{0,9}|\.[0-9]{1,9})\Z")


def refused(key: str, problem: str, remedy: str) -> Exception:
    return ValueError(f"{key}: {problem}; {remedy}")


def check_of(values: list[object]) -> FieldCheck:
    """The check of a field with these values."""
    dialect = compile_dialect("bot", {"fields": {"closed_at": "t", "net_pnl": "pnl"}}, refused)
    records = [{"t": "2026-01-05", "pnl": value} for value in values]
    return next(one for one in field_checks(dialect, records) if one.part == "net_pnl")


@given(st.lists(PLAIN, min_size=1))
def test_the_range_of_numbers_is_that_of_the_exact_ones(texts: list[str]) -> None:
    found = check_of([*texts])
    numbers = list(map(Decimal, texts))
    assert (Decimal(found.low), Decimal(found.high)) == (min(numbers), max(numbers))
    assert found.low in list(map(str, numbers))
    assert found.found == found.records == len(texts)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        pytest.param(["9", "10", "-0.50"], "-0.50", "10", id="digits"),
        pytest.param([9, 10, -3], "-3", "10", id="whole numbers of JSON"),
        pytest.param([9, "10.5"], "9", "10.5", id="both"),
        pytest.param(["1e3", "20"], "20", "1E+3", id="an exponent"),
        pytest.param(["5 USD", "$(33.50)"], "-33.50", "5", id="units"),
        pytest.param(["1", "-"], "", "", id="one that is not a number"),
        pytest.param(["1-2", "3"], "", "", id="one that looks like a number"),
        pytest.param(["2026-02-01", "2026-01-05T10:00:00Z"], "2026-01-05T10:00:00Z", "2026-02-01"),
        pytest.param(["a", "b"], "", "", id="words"),
        pytest.param([[1], [2]], "", "", id="lists"),
        pytest.param([True, False], "", "", id="booleans"),
        pytest.param([None, ""], "", "", id="nothing"),
    ],
)
def test_a_range_is_that_of_numbers_or_times(values: list[object], low: str, high: str) -> None:
    found = check_of(values)
    assert (found.low, found.high) == (low, high)


def test_what_is_null_or_empty_is_not_found() -> None:
    found = check_of([None, "2", "", "1"])
    assert (found.found, found.records, found.low, found.high) == (2, 4, "1", "2")
    assert found.samples == ("2", "1")
