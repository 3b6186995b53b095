"""Orders that are neither buy nor sell by their word: TRIM, ADD; and those that did nothing."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import Record, asked

ORDERS = (
    *(("BUY", "10", "100"), ("TRIM", "4", "110"), ("SELL", "6", "120")),
    *(("BUY", "5", "50"), ("TRIM", "1", "40"), ("SELL", "4", "45")),
)
SELLING = ("SELL", "TRIM")


def with_cash(rises: tuple[str, ...] = SELLING) -> list[Record]:
    """The orders with the cash after each, less 0.1 % that is not logged."""
    cash, after = Decimal(10_000), []
    for side, size, price in ORDERS:
        worth = Decimal(size) * Decimal(price)
        cash += (worth if side in rises else -worth) - worth / 1000
        after.append(str(cash))
    return fills(*ORDERS, cash_after=[*after])


def test_cash_that_rises_says_that_a_trim_sells() -> None:
    reading = infer(with_cash())
    assert reading.is_sure
    assert "only" not in reading.dialect
    assert reading.dialect["values"] == {"side": {"BUY": "long", "TRIM": "short", "SELL": "short"}}


@pytest.mark.parametrize(("sign", "side"), [("-", "long"), ("", "short")])
def test_amounts_with_the_sign_of_cash_say_what_a_word_means(sign: str, side: str) -> None:
    orders = [(one.replace("TRIM", "REINVEST SHARES"), *more) for one, *more in ORDERS]
    amounts: list[object] = ["-1000", f"{sign}440.00", "720", "-250", f"{sign}40.00", "180"]
    reading = infer(fills(*orders, ("SELL", "1", "5"), amount=[*amounts, "5"]))  # type: ignore[arg-type]
    assert "other_sides" not in asked(reading)
    assert reading.dialect["values"]["side"]["REINVEST SHARES"] == side  # type: ignore[index]


def test_cash_that_does_not_move_by_known_orders_says_nothing() -> None:
    records = [{**one, "cash_after": "10000"} for one in with_cash()]
    records = [{**one, "side": str(one["side"]).replace("TRIM", "SWAP")} for one in records]
    assert asked(infer(records)) == ["other_sides"]


def test_without_cash_it_is_asked_what_the_word_means() -> None:
    orders = [(side.replace("TRIM", "SWAP"), size, price) for side, size, price in ORDERS]
    (doubt,) = infer(fills(*orders)).doubts
    assert doubt.name == "other_sides"
    assert doubt.answers[0].changes == {
        "only.side": ["BUY", "SELL", "SWAP"],
        "values.side": {"BUY": "buy", "SELL": "sell", "SWAP": "sell"},
    }


@pytest.mark.parametrize(("word", "side"), [("TRIM", "short"), ("scale_in add", "long")])
def test_a_word_for_a_smaller_or_larger_position_counts_where_it_fits(word: str, side: str) -> None:
    orders = [("BUY", "10", "100"), (word, "4", "110"), ("SELL", "6", "120")]
    reading = infer(fills(*orders, ("SELL", "8" if side == "long" else "0.0", "120")))
    assert reading.is_sure
    assert reading.dialect["values"]["side"][word] == side  # type: ignore[index]


def test_a_trim_of_what_is_not_held_is_asked_about() -> None:
    orders = [("BUY", "10", "100"), ("TRIM", "14", "110"), ("BUY", "5", "9"), ("SELL", "5", "8")]
    assert "other_sides" in asked(infer(fills(*orders)))


@pytest.mark.parametrize("word", ["HOLD", "SKIPPED", "DEPOSIT", "cancelled"])
def test_what_did_nothing_is_not_asked_about(word: str) -> None:
    orders = [("BUY", "1", "10"), (word, "1", "11"), ("SELL", "1", "12"), ("BUY", "2", "9")]
    reading = infer(fills(*orders, ("SELL", "2", "10")))
    assert reading.is_sure
    assert reading.dialect["only"] == {"side": ["BUY", "SELL"]}


def test_what_rounding_leaves_is_flat() -> None:
    sizes = ("0.1000000000001", "0.1", "0.2", "0.2")
    sides = ("buy", "sell", "buy", "sell")
    orders = [(side, size, "10") for side, size in zip(sides, sizes, strict=True)]
    found = infer(fills(*orders)).dialect["fills"]
    assert isinstance(found, dict)
    assert found["dust"] == Decimal("1E-13")


def test_a_stop_that_closes_what_is_held_is_a_sale() -> None:
    orders = [("BUY", "2", "10"), ("STOP_LOSS", "2", "9"), ("BUY", "3", "9"), ("SELL", "3", "11")]
    reading = infer(fills(*orders))
    assert reading.is_sure
    assert reading.dialect["values"]["side"]["STOP_LOSS"] == "short"  # type: ignore[index]


def test_results_less_the_costs_of_exits_are_known_beside_a_stop() -> None:
    orders = [("BUY", "2", "10"), ("STOP_LOSS", "2", "9"), ("BUY", "3", "9"), ("SELL", "3", "11")]
    orders += [("BUY", "1", "20"), ("SELL", "1", "25")]
    records = fills(
        *orders,
        fee=["0.20", "0.18", "0.27", "0.33", "0.20", "0.25"],
        pnl=["0", "-2.18", "0", "5.67", "0", "4.75"],
    )
    reading = infer(records)
    assert reading.is_sure
    assert reading.dialect["fields"]["commission"] == "fee"  # type: ignore[index]
    assert "fills" in reading.dialect


@pytest.mark.parametrize("word", ["DRIP", "Reinvestment", "Dividend Reinvestment"])
def test_dividends_that_were_reinvested_are_purchases_beside_any_number_of_dividends(
    word: str,
) -> None:
    orders = [("BUY", "10", "100"), (word, "1", "110"), ("BUY", "1", "90"), ("SELL", "12", "120")]
    paid = [("DIVIDEND", "0", "0")] * 9
    reading = infer(fills(*orders, *paid))
    assert (reading.is_sure, reading.closed) == (True, 1)
    assert reading.dialect["values"]["side"][word] == "long"  # type: ignore[index]


def test_orders_that_only_buy_add_reduce_and_close_are_executions() -> None:
    orders = (
        *(("Buy", "10", "100"), ("Reduce", "4", "110"), ("close", "6", "120")),
        *(("buy", "5", "50"), ("add", "5", "40"), ("close", "10", "45")),
    )
    reading = infer(fills(*orders))
    assert asked(reading) == []
    sides = reading.dialect["values"]["side"]  # type: ignore[index]
    assert (sides["Reduce"], sides["close"], sides["add"]) == ("short", "short", "long")


def test_lines_of_a_form_below_executions_are_none() -> None:
    empty: list[Record] = [{"time": "", "side": "", "quantity": "", "price": ""} for _ in range(20)]
    lines = [*fills(*ORDERS), *empty]
    assert infer([{**one, "checked": "no"} for one in lines]).has_results
