"""Which column is the P&L, where several are near each other."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked


def trades(costs: list[str]) -> list[Record]:
    """Trades whose gross P&L is what prices give; costs of below 0 are funding received."""
    records: list[Record] = []
    for n, cost in enumerate(costs):
        gross = (n % 5 - 2) * 3 or 4
        records.append(
            {
                "symbol": "A",
                "entry_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "exit_time": f"2026-04-{n + 1:02}T12:00:00Z",
                "entry_price": "100",
                "exit_price": str(100 + gross),
                "size": "10",
                "gross_pnl": str(gross * 10),
                "net_pnl": str(gross * 10 - float(cost)),
                "return_pct": str(gross),
            }
        )
    return records


def test_a_net_result_that_funding_lifts_above_the_gross_one_is_the_result() -> None:
    reading = infer(trades(["2.5", "1.5", "-3", "42", "-1", "0.5", "1", "2"]))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "net_pnl")


def test_one_that_is_far_from_the_gross_one_is_asked_about() -> None:
    reading = infer(trades(["250", "-350", "120", "-80", "90", "410", "-220", "130"]))
    assert asked(reading) != []


@pytest.mark.parametrize("name", ["exit", "sortie", "Ausstieg"])
def test_words_for_ends_in_a_column_called_exit_agree_with_the_result(name: str) -> None:
    records: list[Record] = [
        {
            "date": f"2026-04-{n + 1:02}",
            "symbol": "A",
            "side": "buy",
            name: ("SL", "TP", "CLOSE")[n % 3],
            "result_R": ("-1", "3.5", "0.4")[n % 3],
        }
        for n in range(12)
    ]
    assert asked(infer(records)) == []
