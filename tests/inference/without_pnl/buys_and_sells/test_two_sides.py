"""Executions with columns for what was bought and others for what was sold."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record

_ORDERS = (("2", "10", "", ""), ("", "", "2", "12"), ("3", "11", "", ""), ("", "", "3", "10"))


def _log(
    *orders: tuple[str, str, str, str],
    names: str = "buy_qty buy_price sell_qty sell_price",
    empty: str = "0",
) -> list[Record]:
    return [
        {
            "date": f"2026-04-0{n}",
            "scrip": "INFY",
            "stt": "0.5",
            **{name: value or empty for name, value in zip(names.split(), order, strict=True)},
        }
        for n, order in enumerate(orders, 1)
    ]


@pytest.mark.parametrize("empty", ["0", "0.00"])
@pytest.mark.parametrize(
    "names",
    [
        "buy_qty buy_price sell_qty sell_price",
        "BoughtQuantity BoughtRate SoldQuantity SoldRate",
        "purchase_shares avg_purchase_price sale_shares avg_sale_price",
    ],
)
def test_one_side_of_each_record_is_an_execution(names: str, empty: str) -> None:
    reading = infer(_log(*_ORDERS, names=names, empty=empty))
    bought, paid, sold, received = names.split()
    assert reading.closed == 2
    assert not reading.doubts
    assert field(reading, "quantity") == f"({bought} - {sold})"
    assert field(reading, "price") == f"({paid} + {received})"
    assert field(reading, "commission") == "stt"


def test_what_a_record_lacks_counts_as_nothing() -> None:
    reading = infer(_log(*_ORDERS, empty=""))
    assert field(reading, "quantity") == "((buy_qty or 0) - (sell_qty or 0))"


def test_records_with_both_sides_are_whole_trades() -> None:
    reading = infer(_log(*[("2", "10", "2", f"{n}") for n in range(11, 15)]))
    assert "fills" not in reading.dialect


def test_purchases_alone_close_nothing() -> None:
    assert not infer(_log(*[("2", "10", "", "")] * 4)).dialect


@pytest.mark.parametrize("price", ["price", "unit value", "unit_price"])
def test_both_sides_may_have_their_price_in_one_column(price: str) -> None:
    orders = (("2", "0", "10"), ("0", "2", "12"), ("3", "0", "11"), ("0", "3", "10"))
    reading = infer(
        [
            {
                "date": f"2026-04-0{n}",
                "asset": "A",
                "qty bought": bought,
                "qty sold": sold,
                price: paid,
            }
            for n, (bought, sold, paid) in enumerate(orders, 1)
        ]
    )
    assert (reading.closed, reading.doubts) == (2, ())
    assert field(reading, "quantity") == "('qty bought' - 'qty sold')".replace("'", '"')
