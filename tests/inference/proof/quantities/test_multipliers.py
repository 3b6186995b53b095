"""What one of a quantity is worth: as a value of each execution shows, or its fee."""

from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, field, fills
from tests.inference.readings import Record, asked


def with_value(factor: str, name: str = "value") -> list[Record]:
    values: list[object] = [str(Decimal(size) * Decimal(price) * Decimal(factor))
                            for _, size, price in FOUR]  # fmt: skip
    return fills(*FOUR, **{name: values})


class TestValues:
    @pytest.mark.parametrize("factor", ["100", "50", "0.01", "1000"])
    def test_a_value_of_each_execution_shows_what_one_is_worth(self, factor: str) -> None:
        reading = infer(with_value(factor))
        assert reading.is_sure
        assert field(reading, "quantity") == f"quantity * {factor}"
        assert f"value is quantity x price x {factor}" in " ".join(reading.assumed)

    def test_the_results_are_those_of_contracts(self, tmp_path: Path) -> None:
        path = tmp_path / "fills.csv"
        records = with_value("100")
        lines = [",".join(records[0]), *(",".join(map(str, one.values())) for one in records)]
        path.write_text("\n".join(lines) + "\n")
        desk = perfkit.read(path)
        assert sum(desk.trades()["net_pnl"]) == Decimal(100)

    def test_a_value_of_quantity_x_price_shows_nothing(self) -> None:
        assert field(infer(with_value("1")), "quantity") == "quantity"

    @pytest.mark.parametrize(
        ("name", "factor"), [("margin", "0.1"), ("amount", "0.1"), ("value", "83.4")]
    )
    def test_margins_and_rates_are_no_multipliers(self, name: str, factor: str) -> None:
        assert field(infer(with_value(factor, name)), "quantity") == "quantity"

    @pytest.mark.parametrize("name", ["consideration", "net amount", "amount", "total cost"])
    @pytest.mark.parametrize("factor", ["0.01", "0.1"])
    def test_what_was_paid_and_received_shows_it_by_its_sign(self, name: str, factor: str) -> None:
        records = with_value(factor, name)
        for one in records:
            one[name] = ("-" if one["side"] == "buy" else "") + str(one[name])
        reading = infer(records)
        assert (reading.is_sure, field(reading, "quantity")) == (True, f"quantity * {factor}")

    def test_a_hundredth_without_a_sign_is_asked_about(self) -> None:
        assert asked(infer(with_value("0.01", "total"))) == ["contract_size"]

    def test_a_number_that_is_not_round_is_asked_about(self) -> None:
        reading = infer(with_value("75"))
        assert asked(reading) == ["contract_size"]
        assert [answer.changes["fields.quantity"] for answer in reading.doubts[0].answers] == [
            "quantity * 75",
            "quantity",
        ]

    def test_a_leverage_is_no_multiplier(self) -> None:
        records = [{**one, "leverage": "10"} for one in with_value("10")]
        assert field(infer(records), "quantity") == "quantity"

    def test_a_value_that_one_execution_contradicts_shows_nothing(self) -> None:
        records = with_value("100")
        records[3]["value"] = "30"
        assert field(infer(records), "quantity") == "quantity"


class TestFees:
    ORDERS = tuple((("buy", "sell")[n % 2], str(1 + n // 2), str(3000 + 40 * n)) for n in range(10))

    def paid(self, share: str) -> list[object]:
        return [str(Decimal(size) * Decimal(price) * Decimal(share))
                for _, size, price in self.ORDERS]  # fmt: skip

    def test_fees_that_no_market_charges_are_of_contracts(self) -> None:
        reading = infer(fills(*self.ORDERS, fee=self.paid("0.000005")))
        assert asked(reading) == ["contract_size"]
        answer = reading.doubts[0].answers[0]
        assert answer.meaning == "0.01 of its price, so fees are 0.05 %"
        assert answer.changes == {"fields.quantity": "quantity * 0.01"}

    @pytest.mark.parametrize("share", ["0.0005", "0.00002"])
    def test_usual_fees_show_nothing(self, share: str) -> None:
        assert asked(infer(fills(*self.ORDERS, fee=self.paid(share)))) == []

    def test_fees_of_so_much_for_each_piece_show_nothing(self) -> None:
        each: list[object] = [str(Decimal(size) * Decimal("0.005")) for _, size, _ in self.ORDERS]
        assert asked(infer(fills(*self.ORDERS, fee=each))) == []

    def test_fees_in_another_coin_show_nothing(self) -> None:
        fee = self.paid("0.000005")
        records = fills(*self.ORDERS, fee=fee, fee_currency=["BNB"] * 10)
        assert "contract_size" not in asked(infer(records))
