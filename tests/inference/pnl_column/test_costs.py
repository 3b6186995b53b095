"""Costs beside a P&L: in it, not in it, or asked about."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked, closed_trades, fields, times


class TestCosts:
    @pytest.mark.parametrize(("less", "expression"), [(0, "pnl - fees"), (1, "pnl")])
    def test_a_fixed_multiple_of_the_moves_is_before_costs(
        self, less: int, expression: str
    ) -> None:
        records = []
        for n, time in enumerate(times(6)):
            base = dict(closed_trades()[n % 3])
            pnl = Decimal(str(base["pnl"])) * 50 - less * (n + 1)
            records.append({**base, "exit_time": time, "pnl": str(pnl), "fees": str(n + 1)})
        reading = infer([{**one, "symbol": "A"} for one in records])
        assert (asked(reading), fields(reading)["net_pnl"]) == ([], expression)

    def with_fees(self, *, net: bool, balance: bool = False) -> list[Record]:
        records: list[Record] = []
        total = Decimal(1000)
        for record in closed_trades() * 2:
            pnl = Decimal(str(record["pnl"])) - (Decimal("0.5") if net else 0)
            total += pnl if net else pnl - Decimal("0.5")
            more: Record = {"balance": str(total)} if balance else {}
            records.append({**record, "pnl": str(pnl), "fees": "0.5", **more})
        return records

    def test_prices_say_that_a_result_is_before_costs(self) -> None:
        found = fields(infer(self.with_fees(net=False)))
        assert found["net_pnl"] == "pnl - fees"
        assert found["commission"] == "fees"

    def test_prices_say_that_a_result_is_after_costs(self) -> None:
        assert fields(infer(self.with_fees(net=True)))["net_pnl"] == "pnl"

    @pytest.mark.parametrize(("net", "expression"), [(True, "pnl"), (False, "pnl - fees")])
    def test_a_balance_says_so_as_well(self, net: bool, expression: str) -> None:
        kept = ("symbol", "side", "exit_time", "pnl", "fees", "balance")
        records = [
            {name: record[name] for name in kept} | {"exit_time": time}
            for record, time in zip(self.with_fees(net=net, balance=True), times(6), strict=True)
        ]
        reading = infer(records)
        assert fields(reading)["net_pnl"] == expression
        assert reading.is_sure

    def test_less_than_prices_give_by_more_than_the_costs_is_after_them(self) -> None:
        less = ("0.7", "1.1", "0.9", "0.8", "0.6", "1.2")
        records = [
            {**one, "pnl": str(Decimal(str(one["pnl"])) - Decimal(cost)), "fees": "0.5"}
            for one, cost in zip(closed_trades() * 2, less, strict=True)
        ]
        reading = infer(
            [{**one, "exit_time": time} for one, time in zip(records, times(6), strict=True)]
        )
        assert (asked(reading), fields(reading)["net_pnl"]) == ([], "pnl")

    @pytest.mark.parametrize(("fee", "questions"), [("0.3", []), ("2", ["costs"])])
    def test_costs_of_next_to_nothing_are_said_and_not_asked(
        self, fee: str, questions: list[str]
    ) -> None:
        records: list[Record] = [
            {"exit_time": time, "symbol": "A", "pnl": str(n * 7 % 40 - 15), "fee": "0"}
            for n, time in enumerate(times(40))
        ]
        records[7]["fee"] = fee
        reading = infer(records)
        assert asked(reading) == questions
        assert questions or any("next to nothing" in said for said in reading.assumed)

    def test_a_cost_is_subtracted_once_by_whatever_words_it_is_named(self) -> None:
        records: list[Record] = [
            {"exit_time": time, "symbol": "A", "gross_pnl": pnl, "funding_cost": "0.1"}
            for time, pnl in zip(times(3), ("1", "-2", "3"), strict=True)
        ]
        assert fields(infer(records))["net_pnl"] == "gross_pnl - funding_cost"

    def test_what_nothing_decides_is_asked(self) -> None:
        records: list[Record] = [
            {"exit_time": time, "symbol": "A", "pnl": pnl, "fee": "0.1"}
            for time, pnl in zip(times(3), ("1", "-2", "3"), strict=True)
        ]
        reading = infer(records)
        assert asked(reading) == ["costs"]
        assert [answer.changes for answer in reading.doubts[0].answers] == [
            {"fields.net_pnl": "pnl"},
            {"fields.net_pnl": "pnl - fee"},
        ]

    def test_net_is_taken_where_net_and_gross_stand_side_by_side(self) -> None:
        records: list[Record] = [
            {"exit_time": time, "symbol": "A", "profit": gross, "net_profit": net, "fee": "0.5"}
            for time, gross, net in zip(
                times(3), ("1", "-2", "3"), ("0.5", "-2.5", "2.5"), strict=True
            )
        ]
        reading = infer(records)
        assert fields(reading)["net_pnl"] == "net_profit"
        assert reading.is_sure


def test_a_net_result_that_prices_give_before_the_costs_beside_it_is_asked_about() -> None:
    prices = ((100, 103), (97, 92), (110, 121), (80, 79), (95, 99), (120, 118), (60, 66), (70, 77))
    records: list[Record] = [
        {
            "symbol": "A",
            "side": "long",
            "entry_price": entry,
            "exit_price": out,
            "qty": 2,
            "fees": "0.31",
            "net_profit": (out - entry) * 2,
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
        }
        for n, (entry, out) in enumerate(prices)
    ]
    doubts = infer(records).doubts
    assert [one.name for one in doubts] == ["costs"]
    assert [one.meaning for one in doubts[0].answers] == ["after costs", "before costs"]
    after = [{**one, "net_profit": str(int(str(one["net_profit"])) - 0.31)} for one in records]
    assert infer(after).is_sure


@pytest.mark.parametrize(
    ("total", "questions"), [("Cum. net profit", []), ("Cum. profit", ["costs"])]
)
def test_what_a_total_called_net_moves_by_is_after_costs(total: str, questions: list[str]) -> None:
    records: list[Record] = []
    so_far = Decimal(0)
    for n, (time, earned) in enumerate(
        zip(times(5), ("5.5", "-3.5", "8.5", "-1.5", "2"), strict=True)
    ):
        so_far += Decimal(earned)
        records.append(
            {"number": n, "Market pos.": "Long", "Exit time": time, "Profit": earned,
             total: str(so_far), "Commission": "0.5"}
        )  # fmt: skip
    reading = infer(records)
    assert [one for one in asked(reading) if one == "costs"] == questions
    if not questions:
        assert fields(reading)["net_pnl"] == "Profit"
