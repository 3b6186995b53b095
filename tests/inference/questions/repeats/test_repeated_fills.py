"""Executions that stand in a log twice: joined exports, purchases that are listed as held."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, fills
from tests.inference.readings import Record, asked, fields


def exports(*, number: str = "order") -> list[Record]:
    """Four executions with a number each, exported three times, each line with its own place."""
    once = [{**one, number: f"24{n}:2"} for n, one in enumerate(fills(*FOUR))]
    return [{**one, "line": f"{n}"} for n, one in enumerate(once * 3)]


class TestNumbersThatComeAgain:
    def test_it_is_asked_whether_they_count_again(self) -> None:
        reading = infer(exports())
        assert asked(reading) == ["repeats"]
        no, yes = reading.doubts[0].answers
        assert (no.changes, yes.changes) == ({"identity": ["order"]}, {})

    def test_numbers_of_their_own_are_parts_of_orders(self) -> None:
        records = [{**one, "order": f"{n}"} for n, one in enumerate(exports())]
        assert "repeats" not in asked(infer(records))


def held(*sizes: tuple[str, str]) -> list[Record]:
    """Of each symbol two purchases on following days, and one sale."""
    days = {"2026-01-10": ("buy", "10"), "2026-01-11": ("buy", "11"), "2026-02-01": ("sell", "12")}
    return [
        {"date": day, "code": f"S{n}", "type": side, "amount": pair[place > 0], "price": price}
        for place, (day, (side, price)) in enumerate(days.items())
        for n, pair in enumerate(sizes)
    ]


class TestPurchasesThatStandTwice:
    def test_it_is_asked_whether_they_are_purchases(self) -> None:
        assert asked(infer(held(("5", "5"), ("7", "7")))) == ["bought_twice"]

    def test_purchases_of_another_size_are_purchases(self) -> None:
        assert infer(held(("5", "6"), ("7", "7"))).is_sure

    def test_of_one_symbol_alone_they_are_purchases(self) -> None:
        assert "bought_twice" not in asked(infer(held(("5", "5"))))


def in_two_parts(size: str, price: str, sizes: tuple[str, ...]) -> list[Record]:
    """Two orders, each logged when it was filled in part and when it was filled."""
    return [
        {"time": f"2026-04-07T{10 + n}:00:00Z", "order_id": str(n // 2), "symbol": "A",
         "side": ("BUY", "SELL")[n // 2], size: sizes[n], price: ("10", "10.1", "11", "10.9")[n],
         "status": ("PARTIALLY_FILLED", "FILLED")[n % 2]}
        for n in range(4)
    ]  # fmt: skip


def test_what_was_filled_at_an_average_price_is_likely_to_be_so_far() -> None:
    (doubt,) = infer(in_two_parts("filled_qty", "avg_fill_price", ("4", "10", "5", "10"))).doubts
    assert doubt.name == "repeats"
    assert doubt.likely
    (doubt,) = infer(in_two_parts("filled_qty", "fill_price", ("4", "6", "5", "5"))).doubts
    assert not doubt.likely


@pytest.mark.parametrize("sizes", [("4", "10", "5", "10"), ("4", "6", "5", "5")])
def test_what_was_filled_is_so_far_where_it_comes_to_all_that_was_ordered(
    sizes: tuple[str, ...],
) -> None:
    records = in_two_parts("executed_qty", "price", sizes)
    (doubt,) = infer([{**one, "orig_qty": "10"} for one in records]).doubts
    assert bool(doubt.likely) is (sizes[1] == "10")


def test_the_last_quantity_goes_with_the_last_price() -> None:
    records = in_two_parts("last_qty", "last_price", ("4", "6", "5", "5"))
    reading = infer([{**one, "avg_price": "10", "cum_qty": "10"} for one in records])
    assert reading.is_sure
    assert (fields(reading)["quantity"], fields(reading)["price"]) == ("last_qty", "last_price")
