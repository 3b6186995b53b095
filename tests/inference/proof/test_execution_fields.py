"""Executions: which columns hold price and quantity, and which amounts are cash flows."""

from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, asked, field, fills, renamed


class TestPriceAndQuantity:
    def test_a_price_with_a_currency_is_a_price(self) -> None:
        assert field(infer(renamed(fills(*FOUR), price="price_eur")), "price") == "price_eur"

    def test_a_currency_that_prices_are_written_with_is_that_of_the_log(self) -> None:
        records = fills(*FOUR)
        for one in records:
            one["price"] = f"${one['price']}.00"
        assert infer(records).source["currency"] == "USD"

    def test_the_price_that_the_value_proves_is_taken(self) -> None:
        paid: list[object] = ["10.1", "11.9", "11.1", "9.9"]
        worth: list[object] = ["20.2", "23.8", "33.3", "29.7"]
        reading = infer(fills(*FOUR, exec_price=paid, notional=worth))
        assert field(reading, "price") == "exec_price"

    def test_an_unknown_quantity_is_proved_by_the_value(self) -> None:
        records = renamed(fills(*FOUR, worth=["20", "24", "33", "30"]), quantity="stk")
        assert field(infer(records), "quantity") == "stk"

    def test_without_a_quantity_it_is_what_was_paid_over_the_price(self) -> None:
        records = renamed(fills(*FOUR), quantity="usd")
        reading = infer(records)
        assert asked(reading) == ["staked"]
        assert field(reading, "quantity") == "usd / price"

    def test_a_sign_of_the_quantity_is_a_side(self) -> None:
        records = fills(*FOUR)
        for one in records:
            one["quantity"] = f"{'-' if one.pop('side') == 'sell' else ''}{one['quantity']}"
        reading = infer(records)
        assert reading.is_sure
        assert reading.closed == 2

    def test_a_side_may_have_any_name(self) -> None:
        records = renamed(fills(*FOUR), side="site")
        assert field(infer(records), "side") == "site"


class TestCashFlow:
    def test_what_was_paid_and_received_is_no_result(self) -> None:
        flows: list[object] = ["-20", "24", "-33", "30"]
        reading = infer(fills(*FOUR, NetPL=flows))
        assert "fills" in reading.dialect
        assert reading.closed == 2

    def test_costs_in_it_change_nothing(self) -> None:
        flows: list[object] = ["-21", "23", "-34", "29"]
        reading = infer(fills(*FOUR, NetPL=flows, fee=["1"] * 4))
        assert "fills" in reading.dialect


def test_the_price_of_a_fill_comes_before_that_of_its_order() -> None:
    filled: list[object] = ["10.1", "11.9", "11.1", "9.9"]
    assert field(infer(fills(*FOUR, fill_price=filled)), "price") == "fill_price"
