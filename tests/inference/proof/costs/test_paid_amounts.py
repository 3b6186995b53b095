"""Fees that are in what executions cost or brought in, and in no column of their own."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, field, fills
from tests.inference.readings import Record, asked

# 0.1 % of 20, 24, 33 and 30: 0.02, 0.024, 0.033, 0.03
PAID: list[object] = ["20.02", "23.976", "33.033", "29.97"]


def has_fee(records: list[Record]) -> bool:
    return "commission" in infer(records).dialect["fields"]  # type: ignore[operator]


def test_what_purchases_cost_more_and_sales_bring_less_is_the_fee() -> None:
    reading = infer(fills(*FOUR, amount=PAID))
    assert asked(reading) == []
    assert field(reading, "commission") == "abs(amount - price * quantity)"
    assert any(said.startswith("amount includes the fee") for said in reading.assumed)


def test_the_net_result_is_what_was_brought_in_less_what_was_paid(tmp_path: Path) -> None:
    path = tmp_path / "fills.csv"
    with path.open("w", newline="") as stream:
        records = fills(*FOUR, amount=PAID)
        writer = csv.DictWriter(stream, records[0])
        writer.writeheader()
        writer.writerows(records)
    metrics = perfkit.read(path, quiet=True).summary("all").metrics
    # 2 x (12 - 10) - 0.044 = 3.956; 3 x (10 - 11) - 0.063 = -3.063
    assert metrics["largest_win"] == Decimal("3.956")
    assert metrics["net_pnl"] == Decimal("0.893")
    assert metrics["commission"] == Decimal("0.107")


def test_amounts_may_have_the_sign_of_the_cash() -> None:
    signed: list[object] = ["-20.02", "23.976", "-33.033", "29.97"]
    reading = infer(fills(*FOUR, net_amount=signed))
    assert field(reading, "commission") == "abs(abs(net_amount) - price * quantity)"


@pytest.mark.parametrize("nothing", ["", "0"])
def test_purchases_and_sales_may_have_a_column_each(nothing: str) -> None:
    sides: dict[str, list[object]] = {
        "cost": ["20.02", nothing, "33.033", nothing],
        "proceeds": [nothing, "23.976", nothing, "29.97"],
    }
    reading = infer(fills(*FOUR, **sides))
    assert asked(reading) == []
    fee = "abs(((cost or 0) + (proceeds or 0)) - price * quantity)"
    assert field(reading, "commission") == fee


def test_amounts_with_fees_say_that_an_option_is_of_a_hundred_shares() -> None:
    amounts: list[object] = ["-2000.04", "2399.95", "-3300.06", "2999.94"]
    reading = infer(fills(*FOUR, amount=amounts))
    assert asked(reading) == []
    assert field(reading, "quantity") == "quantity * 100"
    assert field(reading, "commission") == "abs(abs(amount) - price * quantity * 100)"


def test_codes_of_orders_in_options_buy_and_sell() -> None:
    orders = (("BTO", "2", "10"), ("STC", "2", "12"), ("STO", "3", "11"), ("BTC", "3", "10"))
    amounts: list[object] = ["-2000.04", "2399.95", "3299.95", "-3000.05"]
    reading = infer(fills(*orders, amount=amounts))
    assert asked(reading) == []
    sides = {"BTO": "long", "STC": "short", "STO": "short", "BTC": "long"}
    assert reading.dialect["values"] == {"side": sides}


@pytest.mark.parametrize(
    "amounts",
    [
        ["20", "24", "33", "30"],
        ["20.01", "23.99", "33.01", "29.99"],  # as cents are rounded
        ["19.98", "24.024", "32.967", "30.03"],  # purchases that cost less
        ["20.02", "24.024", "33.033", "30.03"],  # all above: what it is, nobody knows
        ["22", "23.976", "33.033", "29.97"],  # a tenth is no fee
    ],
)
def test_other_amounts_have_no_fee_in_them(amounts: list[object]) -> None:
    assert not has_fee(fills(*FOUR, amount=amounts))


def test_a_column_of_fees_comes_first() -> None:
    reading = infer(fills(*FOUR, amount=PAID, fee=["0.02", "0.024", "0.033", "0.03"]))
    assert field(reading, "commission") == "fee"


def test_a_balance_is_no_amount_of_one_execution() -> None:
    assert not has_fee(fills(*FOUR, cash_after=PAID))


prices = st.integers(min_value=100, max_value=100_000).map(lambda cents: Decimal(cents) / 100)


@given(
    st.lists(st.tuples(prices, prices, st.integers(1, 1000)), min_size=2, max_size=8),
    st.integers(5, 100),
)
def test_fees_in_amounts_always_make_the_result_the_cash_flow(
    trips: list[tuple[Decimal, Decimal, int]], basis_points: int
) -> None:
    rate = Decimal(basis_points) / 10_000
    orders, amounts = [], []
    for bought, sold, size in trips:
        orders += [("buy", str(size), str(bought)), ("sell", str(size), str(sold))]
        amounts += [size * bought * (1 + rate), size * sold * (1 - rate)]
    reading = infer(fills(*orders, amount=[f"{amount:f}" for amount in amounts]))
    fields = reading.dialect["fields"]
    # a fee of less than the last digit is taken for rounding
    if all(abs(size * bought * rate) > Decimal("0.01") for bought, _, size in trips):
        assert fields["commission"] == "abs(amount - price * quantity)"  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "rate", "expected"),
    [
        ("fee_bps", "10", "price * quantity * fee_bps / 10000"),
        ("commission_rate", "0.001", "price * quantity * commission_rate"),
    ],
)
def test_a_fee_that_is_a_part_of_what_was_traded_is_computed(
    name: str, rate: str, expected: str
) -> None:
    rates: list[object] = [rate] * 4
    assert field(infer(fills(*FOUR, **{name: rates})), "commission") == expected


@pytest.mark.parametrize(("name", "rate"), [("fee_rate", "0.1"), ("fee_pct", "0.1")])
def test_a_fee_that_may_be_in_per_cent_is_not(name: str, rate: str) -> None:
    rates: list[object] = [rate] * 4
    assert not has_fee(fills(*FOUR, **{name: rates}))


def test_a_fee_in_money_counts_before_its_rate() -> None:
    fees: list[object] = ["0.02", "0.024", "0.033", "0.03"]
    reading = infer(fills(*FOUR, fee=fees, fee_bps=["10"] * 4))
    assert field(reading, "commission") == "fee"


def test_fees_are_in_amounts_of_quantities_that_have_a_sign() -> None:
    records: list[Record] = [
        {
            "date": f"2026-04-{n + 1:02}",
            "product": "A",
            "quantity": str(way * 5),
            "price": price,
            "total": f"{-way * 5 * Decimal(price) - Decimal('2.05'):f}",
        }
        for n, (way, price) in enumerate(((1, "100"), (-1, "104.5")) * 5)
    ]
    reading = infer(records)
    assert field(reading, "commission") == "abs(abs(total) - abs(price * quantity))"
    assert "total includes the fee" in " ".join(reading.assumed)


def test_costs_may_have_a_name_that_is_cut_short() -> None:
    paid: list[object] = ["-2", "-2.1", "-2.2", "-2.3"]
    records = fills(*FOUR, **{"Transaction and/or third": paid})
    assert field(infer(records), "commission") == '-"Transaction and/or third"'


def test_amounts_with_more_costs_than_are_logged_beside_them_have_them_all() -> None:
    reading = infer(fills(*FOUR, amount=PAID, fee=["0.01", "0.012", "0.015", "0.011"]))
    assert field(reading, "commission") == "abs(amount - price * quantity)"
    assert "amount includes more costs than fee" in reading.assumed


def test_amounts_with_the_costs_that_are_logged_leave_these_to_be_read() -> None:
    reading = infer(fills(*FOUR, amount=PAID, fee=["0.02", "0.024", "0.033", "0.03"]))
    assert field(reading, "commission") == "fee"


def test_a_small_cost_that_no_known_name_has_is_in_what_was_paid() -> None:
    paid: list[object] = ["20.25", "23.74", "33.25", "29.74"]
    reading = infer(fills(*FOUR, amount=paid, fee=["0.21", "0.19"] * 2, levy=["0.04", "0.07"] * 2))
    assert field(reading, "commission") == "abs(amount - price * quantity)"
