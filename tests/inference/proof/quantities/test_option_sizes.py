"""Options of 100 shares beside shares, and what brokers take for each."""

from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import Record, asked, fields

ORDERS = (
    ("SPY 3/14/2025 Call $560.00", "BTO", "2", "$1.10", "($220.08)"),
    ("SPY 3/14/2025 Call $560.00", "STC", "2", "$1.50", "$299.91"),
    ("SPY 3/21/2025 Put $540.00", "BTO", "1", "$1.00", "($100.04)"),
    ("SPY 3/21/2025 Put $540.00", "STC", "1", "$2.00", "$199.95"),
)
SHARES = (
    ("SPDR S&P 500", "Buy", "10", "$560.00", "($5,600.00)"),
    ("SPDR S&P 500", "Sell", "10", "$561.00", "$5,609.98"),
)


def statement(*orders: tuple[str, str, str, str, str]) -> list[Record]:
    names = ("Description", "Trans Code", "Quantity", "Price", "Amount")
    return [
        {
            "Activity Date": f"3/{n}/2025",
            "Instrument": "SPY",
            **dict(zip(names, order, strict=True)),
        }
        for n, order in enumerate(orders, 13)
    ]


def test_amounts_show_that_options_are_of_100_shares_and_what_they_cost() -> None:
    reading = infer(statement(*ORDERS))
    assert reading.is_sure
    assert fields(reading)["quantity"] == "Quantity * 100"
    assert fields(reading)["commission"] == "abs(abs(Amount) - Price * Quantity * 100)"
    assert reading.dialect["fills"]["by"] == ["symbol", "Description"]  # type: ignore[index]


def test_shares_beside_options_count_as_they_are(tmp_path: object) -> None:
    records = statement(*ORDERS, *SHARES)
    reading = infer(records)
    assert reading.is_sure
    sizes = 'where(Quantity, "Trans Code", "Buy") or where(Quantity, "Trans Code", "Sell")'
    assert fields(reading)["quantity"] == f"{sizes} or Quantity * 100"
    path = f"{tmp_path}/statement.csv"
    rows = [",".join(f'"{value}"' for value in one.values()) for one in records]
    with open(path, "w") as file:
        file.write("\n".join([",".join(records[0]), *rows, ""]))
    closed = perfkit.read(path, quiet=True).book.closed
    assert [closed[n].net_pnl for n in range(len(closed))] == [
        Decimal("79.83"),
        Decimal("99.91"),
        Decimal("9.98"),
    ]


def test_options_of_which_no_amount_is_known_are_asked_about() -> None:
    records = [{**one, "Amount": None} for one in statement(*ORDERS)]
    assert asked(infer(records)) == ["contract_size"]


@pytest.mark.parametrize("code", ["BTO", "STO"])
def test_codes_for_options_are_sides(code: str) -> None:
    orders = [("A", code, "1", "$5", ""), ("A", "STC" if code == "BTO" else "BTC", "1", "$6", "")]
    records = [{**one, "Amount": None} for one in statement(*orders, *orders)]
    values = infer(records).dialect["values"]
    assert values["side"][code] == ("long" if code == "BTO" else "short")  # type: ignore[index]


def test_options_that_expired_without_a_price_are_asked_about() -> None:
    end = ("SPY 3/28/2025 Put $500.00", "OEXP", "1S", "", "")
    bought = ("SPY 3/28/2025 Put $500.00", "BTO", "1", "$3.00", "($300.04)")
    (doubt,) = infer(statement(*ORDERS, bought, end)).doubts
    assert doubt.name == "expired_options"


def test_options_beside_shares_that_nothing_tells_apart_are_asked_about() -> None:
    codes = {"BTO": "Buy", "STC": "Sell"}
    records = [
        {**one, "Trans Code": codes.get(str(one["Trans Code"]), one["Trans Code"])}
        for one in statement(*ORDERS, *SHARES)
    ]
    assert asked(infer(records)) == ["contract_size"]


def test_prices_of_contracts_with_the_sign_of_what_was_paid_are_prices() -> None:
    orders = [("BUY_TO_OPEN", "-150"), ("SELL_TO_CLOSE", "200"), ("SELL_TO_OPEN", "120")]
    records: list[Record] = [
        {
            "Date": f"2025-03-1{n}T10:00:00Z",
            "Action": side,
            "Symbol": f"SPY   25032{n // 2}P00540000",
            "Quantity": "1",
            "Average Price": price,
            "Value": price,
            "Multiplier": "100",
        }
        for n, (side, price) in enumerate([*orders, ("BUY_TO_CLOSE", "-50")])
    ]
    reading = infer(records)
    assert reading.is_sure
    assert fields(reading)["price"] == 'abs("Average Price")'
    assert fields(reading)["quantity"] == "Quantity"


def test_amounts_of_little_money_are_price_times_quantity_and_no_options() -> None:
    orders = (("buy", "100", "0.0002"), ("buy", "57", "0.0003"), ("sell", "57", "0.00025"),
              ("sell", "40", "0.00031"), ("buy", "8", "0.0004"))  # fmt: skip
    totals: list[object] = ["0.02", "0.0171", "0.01425", "0.0124", "0.0032"]
    assert infer(fills(*orders, total=totals)).is_sure


def expired(*ends: tuple[str, str, str]) -> list[Record]:
    """Options bought and sold, of which one was never sold, and one sold short never bought."""
    orders = (("A", "Bought To Open", "2", "3"), ("A", "Sold To Close", "-1", "4"),
              ("B", "Sold Short", "-1", "2"), ("C", "Sold Short", "-2", "2"),
              ("C", "Bought To Cover", "2", "1"))  # fmt: skip
    every = [*orders, *((symbol, word, size, "0") for symbol, word, size in ends)]
    return [
        {
            "date": f"2026-04-{n + 1:02}",
            "symbol": f"SPY May 19 '26 ${ord(symbol)} Call",
            "side": word,
            "quantity": size,
            "price": price,
            "amount": f"{-100 * int(size) * int(price)}",
        }
        for n, (symbol, word, size, price) in enumerate(every)
    ]


def test_options_that_expired_at_a_logged_price_of_0_likely_ended_what_was_held() -> None:
    records = expired(("A", "Option Expiration", "-1"), ("B", "Option Expiration", "1"))
    (doubt,) = infer(records).doubts
    assert (doubt.name, bool(doubt.likely)) == ("expired_options", True)
    assert doubt.answers[0].changes["fields.side"] is None
    said = doubt.answers[0].changes["only.side"]
    assert isinstance(said, list)
    assert "Option Expiration" in said


@pytest.mark.parametrize(
    ("word", "size"), [("Option Expiration", "-2"), ("Option Expiration", "1"), ("Assigned", "-1")]
)
def test_other_ends_of_options_are_asked_about(word: str, size: str) -> None:
    (doubt,) = infer(expired(("A", word, size))).doubts
    assert (doubt.name, doubt.likely) == ("expired_options", "")


def test_the_sides_of_expired_options_are_the_signs_of_their_quantities(tmp_path: Path) -> None:
    records = expired(("A", "Option Expiration", "-1"), ("B", "Option Expiration", "1"))
    path = tmp_path / "options.csv"
    lines = [",".join(records[0]), *(",".join(map(str, one.values())) for one in records)]
    path.write_text("\n".join(lines) + "\n")
    trades = perfkit.read(path, quiet=True).trades()
    assert list(trades["net_pnl"]) == [100, 200, -300, 200]
