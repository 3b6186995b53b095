"""What logged values look like."""

from decimal import Decimal

import pytest

from perfkit.inference.table import shapes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-40.00 USD", "-40.00"),
        ("$(33.50)", "-33.50"),
        ("($33.50)", "-33.50"),
        ("0,62 $", "0.62"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("10 153.00", "10153.00"),
        ("1.2 %", "1.2"),
        ("1e-5", "0.00001"),
        ("12:30", None),
        ("2026-04-07", None),
        ("abc", None),
    ],
)
def test_a_number_is_seen_through_its_unit_and_separators(text: str, expected: str | None) -> None:
    assert shapes.number(text) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("2026/04/07 10:30:00", "%Y/%m/%d %H:%M:%S"),
        ("2026.04.07 10:30", "%Y.%m.%d %H:%M"),
        ("07.04.2026", "%d.%m.%Y"),
        ("04/07/2026 9:58:03 AM", "%d/%m/%Y %I:%M:%S %p"),
        ("20260407;103000", "%Y%m%d;%H%M%S"),
        ("soon", ""),
    ],
)
def test_a_time_that_is_not_iso_has_a_format(text: str, layout: str) -> None:
    assert shapes.time_format(text) == layout


@pytest.mark.parametrize(
    ("size", "unit"),
    [(1767607200, "s"), (1767607200000, "ms"), (1767607200000000, "us"), (12345, "")],
)
def test_the_size_of_a_time_says_its_unit(size: int, unit: str) -> None:
    assert shapes.epoch_unit(Decimal(size)) == unit
