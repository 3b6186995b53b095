"""Columns that name markets in other words, or in words of an unknown name."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field, fills, renamed
from tests.inference.readings import Record, asked


@pytest.mark.parametrize(
    "name",
    [
        *("StockSymbol", "title", "market_question", "stock_name"),
        *("company", "Scrip Code", "scrip", "ISIN", "Security Name", "instrument_name", "crypto"),
    ],
)
def test_a_column_that_names_markets_keeps_them_apart(name: str) -> None:
    orders = (("buy", "1", "10"), ("buy", "1", "20"), ("sell", "1", "12"), ("sell", "1", "18"))
    records = [{**one, "symbol": "XYXY"[n]} for n, one in enumerate(fills(*orders))]
    reading = infer(renamed(records, symbol=name))
    assert asked(reading) == []
    assert field(reading, "symbol") == (f'"{name}"' if " " in name else name)


class TestAFieldOfAnUnknownNameThatTellsMarketsApart:
    APART = (
        *(("buy", "1", "10"), ("buy", "1", "50"), ("sell", "1", "12"), ("sell", "1", "55")),
        *(("buy", "1", "11"), ("sell", "1", "11")),
    )

    def test_it_is_asked_whether_each_is_a_market(self) -> None:
        records = [{**one, "symbol": "XYXYXX"[n]} for n, one in enumerate(fills(*self.APART))]
        reading = infer(renamed(records, symbol="emitent"))
        assert asked(reading) == ["markets"]
        assert reading.doubts[0].answers[0].changes == {
            "fields.symbol": "emitent",
            "fills.by": ["symbol"],
        }

    def test_phases_that_follow_each_other_are_of_one_market(self) -> None:
        orders = (("buy", "1", "10"), ("sell", "1", "11"), ("buy", "1", "15"), ("sell", "1", "16"))
        records = [{**one, "symbol": "XXYY"[n]} for n, one in enumerate(fills(*orders))]
        assert infer(renamed(records, symbol="phase")).is_sure

    def test_words_that_see_the_same_prices_are_of_one_market(self) -> None:
        orders = (("buy", "1", "10"), ("buy", "1", "10"), ("sell", "1", "11"), ("sell", "1", "12"))
        records = [{**one, "symbol": "XYXY"[n]} for n, one in enumerate(fills(*orders))]
        assert infer(renamed(records, symbol="origin")).is_sure

    def test_phases_that_come_again_at_other_prices_are_of_one_market(self) -> None:
        paid = ("10", "11", "12", "13", "10", "10.5")
        orders = tuple((("buy", "sell")[n % 2], "1", price) for n, price in enumerate(paid))
        records = [{**one, "symbol": "XXYYXX"[n]} for n, one in enumerate(fills(*orders))]
        assert infer(renamed(records, symbol="phase")).is_sure


class TestTapes:
    ORDERS = tuple((("buy", "sell", "sell")[n % 3], f"{n}.5", str(100 + n % 7)) for n in range(60))

    def tape(self, **more: list[object]) -> list[Record]:
        records = fills(*self.ORDERS, **more)
        for n, record in enumerate(records):
            del record["symbol"]
            record["time"] = f"2026-04-07T10:{n:02}:00Z"
        return records

    def test_trades_without_an_id_may_be_those_of_a_market(self) -> None:
        doubt = infer(self.tape()).doubts[0]
        assert doubt.name == "sold_unbought"
        assert doubt.answers[-1].why_none

    @pytest.mark.parametrize("more", ["symbol", "trade_id", "insider", "wallet"])
    def test_so_may_those_with_a_symbol_or_a_name(self, more: str) -> None:
        doubts = infer(self.tape(**{more: list[object]("ABCDEF" * 10)})).doubts
        (doubt,) = (one for one in doubts if one.name == "sold_unbought")
        assert doubt.answers[-1].why_none

    NEVER_FLAT = (*(("buy", f"0.{n}", "100") for n in range(1, 6)), ("sell", "0.7", "101"))

    def without_symbol(self, *orders: tuple[str, str, str], **more: list[object]) -> list[Record]:
        return [{key: one[key] for key in one if key != "symbol"} for one in fills(*orders, **more)]

    def test_those_that_never_sell_all_that_was_bought_may_be_of_a_market(self) -> None:
        (doubt,) = infer(self.without_symbol(*self.NEVER_FLAT)).doubts
        assert doubt.name == "whole_market"
        assert [bool(answer.why_none) for answer in doubt.answers] == [False, True]

    def test_those_that_do_are_of_an_account(self) -> None:
        assert infer(self.without_symbol(*self.NEVER_FLAT, ("sell", "0.8", "102"))).is_sure

    def test_a_symbol_or_an_order_is_that_of_an_account(self) -> None:
        assert infer(fills(*self.NEVER_FLAT)).is_sure
        assert infer(self.without_symbol(*self.NEVER_FLAT, order_id=list(range(6)))).is_sure

    def test_an_id_or_a_fee_is_that_of_an_account(self) -> None:
        for more in ("order_id", "fee"):
            doubt = infer(self.tape(**{more: list[object](range(1, 61))})).doubts[0]
            assert doubt.name == "sold_unbought"
            assert not any(answer.why_none for answer in doubt.answers)


@pytest.mark.parametrize(("price", "is_asked"), [("410", True), ("30", False)])
def test_one_leap_of_the_price_is_asked_about_if_it_is_large(price: str, *, is_asked: bool) -> None:
    orders = (("buy", "1", "16"), ("sell", "1", "17"), ("buy", "1", price), ("sell", "1", price))
    records = [{key: one[key] for key in one if key != "symbol"} for one in fills(*orders)]
    assert ("markets" in asked(infer(records))) is is_asked


class TestRoundTrips:
    """Each purchase is sold whole before the next one, so that their markets do not matter."""

    def orders(self, *sizes: str, last: str = "sell") -> list[Record]:
        pairs = [(size, price) for size, price in zip(sizes, ("2", "90", "1", "40"), strict=True)]
        every = [(side, size, price) for size, price in pairs for side in ("buy", "sell")]
        every[-1] = (last, *every[-1][1:])
        return [{key: one[key] for key in one if key != "symbol"} for one in fills(*every)]

    def test_leaps_between_them_are_not_asked_about(self) -> None:
        assert asked(infer(self.orders("500", "11", "800", "20"))) == []

    def test_equal_quantities_do_not_show_what_was_sold(self) -> None:
        assert asked(infer(self.orders("1", "1", "1", "1"))) == ["markets"]

    def test_what_is_not_sold_at_once_may_be_of_another_market(self) -> None:
        assert "markets" in asked(infer(self.orders("500", "11", "800", "20", last="buy")))
