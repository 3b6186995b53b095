"""Trades that repeat earlier ones in every number, at other times."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


def trades(*results: str, **more: str) -> list[Record]:
    return [
        {
            "run": f"run-{n}",
            "symbol": "AAA",
            "quantity": "250",
            "strike": "2500",
            "exit_price": result[-3:].replace("-", "9"),
            "exit_reason": "stop",
            "pnl": result,
            "executed_at": f"2026-08-08T06:{n:02}:58Z",
            **more,
        }
        for n, result in enumerate(results)
    ]


def said(records: list[Record]) -> list[str]:
    return [one for one in infer(records).assumed if "at another time" in one]


def test_it_is_said_that_they_all_count() -> None:
    records = trades("-9898.76", "23102.53", "-9898.76", "-9898.76", "410.05", "23102.53")
    assert asked(infer(records)) == []
    assert said(records)[0].startswith("3 of 6 trades")


@pytest.mark.parametrize("name", ["balance", "ticket"])
def test_a_number_that_differs_says_that_they_are_others(name: str) -> None:
    records = trades("-9898.76", "23102.53", "-9898.76", "-9898.76", "410.05", "23102.53")
    assert said([{**one, name: str(700 + n)} for n, one in enumerate(records)]) == []


def test_few_are_an_accident() -> None:
    assert said(trades("-9.1", "2.5", "-9.1", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6")) == []
