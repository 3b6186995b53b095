"""Executions: which columns hold price and quantity, and which amounts are cash flows."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, field, fills, renamed
from tests.inference.readings import Record, asked


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


def test_what_is_called_a_price_is_none_other_though_it_has_whole_numbers() -> None:
    orders = (("Buy", "0.5", "2100"), ("Sell", "0.5", "2200"), ("Buy", "1.5", "140"))
    records: list[Record] = [
        {"time": f"2026-04-07T1{n}:00:00Z", "side": side, "coins": size, "what price": price,
         "worth": str(Decimal(size) * Decimal(price))}
        for n, (side, size, price) in enumerate((*orders, ("Sell", "1.5", "150")))
    ]  # fmt: skip
    reading = infer(records)
    assert field(reading, "price") == '"what price"'
    assert field(reading, "quantity") == "coins"


def test_the_names_of_an_exchange_are_known() -> None:
    records = renamed(fills(*FOUR), quantity="Quantity Transacted", price="Price at Transaction")
    fees = ("0.1", "0.2", "0.3", "0.4")
    reading = infer(
        [
            {**one, "Total (inclusive of fees)": "20", "Subtotal": "19.9", "Fees": fee}
            for one, fee in zip(records, fees, strict=True)
        ]
    )
    assert field(reading, "quantity") == '"Quantity Transacted"'
    assert field(reading, "commission") == "Fees"


def test_orders_at_market_have_the_average_price_of_their_fills() -> None:
    limits: list[object] = ["10.5", None, "11", None]
    averages: list[object] = ["10.4", "12", "11", "10"]
    reading = infer(
        [
            {**one, "price": limit, "average_price": average}
            for one, limit, average in zip(fills(*FOUR), limits, averages, strict=True)
        ]
    )
    assert field(reading, "price") == "average_price"


def test_the_average_price_of_what_is_held_is_no_price_of_a_fill() -> None:
    averages: list[object] = ["10", "10", "11", "11"]
    assert field(infer(fills(*FOUR, avg_price=averages)), "price") == "price"


def moved(before: str, after: str, *amounts: str) -> list[Record]:
    """Two purchases and two sales, by what was held before and after each."""
    orders = (("BUY", "50"), ("BUY", "40"), ("SELL", "55"), ("SELL", "38"))
    lists = zip(amounts, amounts[1:], orders, strict=False)
    return [
        {"time": f"2026-04-{n:02}T10:00:00Z", "symbol": "A", "side": side, "price": price,
         before: first, after: last}
        for n, (first, last, (side, price)) in enumerate(lists, 1)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["shares", "position", "qty"])
def test_what_is_held_before_and_after_says_the_quantity(name: str) -> None:
    reading = infer(moved(f"{name}_before", f"{name}_after", "0", "20", "30", "5", "0"))
    assert field(reading, "quantity") == f"abs({name}_after - {name}_before)"
    assert reading.closed == 2


CASH = ("cash_before", "cash_after")


def test_so_does_the_cash_over_the_price() -> None:
    reading = infer(moved(*CASH, "2000", "1000", "600", "1975", "2165"))
    assert field(reading, "quantity") == "abs(cash_after - cash_before) / price"


def test_cash_with_costs_in_it_says_none() -> None:
    reading = infer(moved(*CASH, "2000", "990", "585", "1950", "2130"))
    assert "cash" not in str(reading.dialect)
