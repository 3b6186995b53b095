"""Trades of years that perfkit cannot read."""

from __future__ import annotations

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading


def of_years(*years: int) -> Reading:
    return infer(
        [
            {
                "asset": "A",
                "side": "long",
                "entry_date": f"{year}-01-05",
                "exit_date": f"{year}-02-06",
                "entry": "100",
                "exit": f"{101 + n}",
                "qty": "1",
                "pnl": f"{1 + n}",
            }
            for n, year in enumerate(years)
        ]
    )


def test_they_are_asked_about() -> None:
    (doubt,) = of_years(1932, 1969, 1970, 1985, 1995, 2005).doubts
    assert doubt.name == "early_times"
    assert "in 3 of 6 records" in doubt.question
    assert "their pnl is 6 in total" in doubt.question
    assert doubt.answers[1].changes["fields.closed_at"] == "= 2000-01-01"


def test_later_ones_are_not() -> None:
    assert of_years(1971, 1985, 1995, 2005).doubts == ()
