"""Results of logs that have the prices of entry and exit."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


def at(hour: int) -> str:
    return f"2026-04-07T{hour:02}:00:00Z"


class TestPricesWithoutAResult:
    PRICES = (("100", "110", "long"), ("100", "90", "long"), ("50", "49", "short"))

    def trades(self, **more: str) -> list[Record]:
        return [
            {
                "entry_time": at(n),
                "exit_time": at(n + 1),
                "symbol": "A",
                "side": side,
                "entry_price": entry,
                "exit_price": out,
                **more,
            }
            for n, (entry, out, side) in enumerate(self.PRICES)
        ]

    def test_prices_without_a_quantity_are_points_or_per_cent(self) -> None:
        reading = infer(self.trades())
        assert asked(reading) == ["unit"]
        assert [answer.changes for answer in reading.doubts[0].answers] == [
            {"currency": "points", "fields.quantity": "= 1"},
            {"currency": "%", "fields.quantity": "100 / entry_price"},
        ]

    def test_what_was_staked_gives_the_quantity(self) -> None:
        reading = infer(self.trades(size_usd="200"))
        assert asked(reading) == ["staked"]
        assert reading.dialect["fields"]["quantity"] == "size_usd / entry_price"  # type: ignore[index]


@pytest.mark.parametrize("name", ["R", "note"])
def test_a_column_in_risk_is_an_answer_where_points_or_per_cent_are_asked(name: str) -> None:
    moves = (("100", "110", "2"), ("50", "53", "1.5"), ("20", "21", "0.5"))
    records: list[Record] = [
        {"symbol": "A", "side": "long", "exit_date": f"2026-04-0{n + 1}", "entry": a, "exit": b,
         name: r} for n, (a, b, r) in enumerate(moves)
    ]  # fmt: skip
    (doubt,) = (one for one in infer(records).doubts if one.name == "unit")
    chosen = {"currency": "R", "fields.net_pnl": "R", "fields.quantity": None}
    assert (chosen in [one.changes for one in doubt.answers]) is (name == "R")


@pytest.mark.parametrize(("days", "closed"), [(1, 0), (9, 9)])
def test_shares_that_all_begin_and_end_on_one_day_are_ranked(days: int, closed: int) -> None:
    records: list[Record] = [
        {
            "Ticker": f"S{n}",
            "Rank": n + 1,
            "Momentum": f"{(120 - n * 5) / 100 - 1:.4f}",
            "Start_Date": f"2025-07-{n % days + 1:02}",
            "Start_Price": "100",
            "End_Date": f"2026-06-{n % days + 1:02}",
            "End_Price": str(120 - n * 5),
        }
        for n in range(9)
    ]
    assert infer(records).closed == closed
