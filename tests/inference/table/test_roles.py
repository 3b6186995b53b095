"""Columns by what they hold, where a name alone does not say it."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.table.columns import columns_of
from perfkit.inference.table.roles import roles_of
from tests.inference.executions import FOUR, field, fills
from tests.inference.readings import Record, asked, fields


@pytest.mark.parametrize("name", ["symbol", "stock_code", "ticker", "scrip_code"])
def test_codes_of_shares_are_markets_of_their_own(name: str) -> None:
    records = fills(*FOUR)
    for record, code in zip(records, (511880, 511880, 511010, 511010), strict=True):
        del record["symbol"]
        record[name] = code
    reading = infer(records)
    assert field(reading, "symbol") == name
    assert reading.dialect["fills"]["by"] == ["symbol"]  # type: ignore[index]


@pytest.mark.parametrize("name", ["instrument_id", "asset_id", "instrument_token"])
def test_numbers_of_instruments_are_markets_of_their_own(name: str) -> None:
    records = [{**one, "symbol": None, name: str(1 + n // 2)} for n, one in enumerate(fills(*FOUR))]
    assert field(infer(records), "symbol") == name


def test_numbers_with_digits_after_the_point_are_no_markets() -> None:
    records = [{**one, "symbol": f"{n}.5"} for n, one in enumerate(fills(*FOUR))]
    assert "symbol" not in infer(records).dialect["fields"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("cost", "commission"), [("0.02", "cost"), ("20", None)], ids=["a fee", "what was paid"]
)
def test_a_cost_that_is_a_small_part_of_the_value_is_a_fee(
    cost: str, commission: str | None
) -> None:
    values: list[object] = ["20", "24", "33", "30"]
    reading = infer(fills(*FOUR, value=values, cost=[cost] * 4))
    assert reading.dialect["fields"].get("commission") == commission  # type: ignore[attr-defined]


def test_a_result_that_is_a_target_was_not_earned() -> None:
    records = [
        {"time": f"2026-04-0{n}T10:00:00Z", "symbol": "A", "targets": {"net_profit": n}}
        for n in range(1, 5)
    ]
    assert not infer(records).has_results


@pytest.mark.parametrize(("pieces", "found"), [("n", "n"), ("7", "amount")])
def test_an_amount_that_is_pieces_times_the_price_is_no_quantity(pieces: str, found: str) -> None:
    records: list[dict[str, object]] = [
        {
            "side": "buy" if n % 2 else "sell",
            "price": str(20 + n),
            "amount": f"{(20 + n) * (n + 3) + Decimal('0.1')}",
            "n": str(n + 3 if pieces == "n" else n % 2 + 7),
        }
        for n in range(8)
    ]
    assert roles_of(columns_of(records))["quantity"].name == found


def test_a_column_without_a_name_beside_the_price_has_its_currency() -> None:
    records = [
        {"time": f"2026-04-0{n}T10:00:00Z", "product": product, "quantity": size, "price": price,
         "#5": code, "value": "1"}
        for n, (product, size, price, code) in enumerate(
            [("A", "2", "10", "USD"), ("A", "-2", "12", "USD"), ("B", "1", "7", "EUR"),
             ("B", "-1", "9", "EUR")], 1)
    ]  # fmt: skip
    reading = infer(records)
    assert [one.name for one in reading.doubts] == ["currencies"]
    assert infer([{**one, "#5": "EUR"} for one in records]).source["currency"] == "EUR"


def test_a_trade_that_is_long_or_short_is_no_id() -> None:
    records = [
        {"Trade": side, "Date": f"3/{n}/2026", "Ex. date": f"3/{n + 1}/2026", "Profit": profit}
        for n, (side, profit) in enumerate([("Long", "5"), ("Short", "-3"), ("Long", "4")], 14)
    ]
    reading = infer(records)
    assert "identity" not in reading.dialect
    assert field(reading, "closed_at") == '"Ex. date"'


def test_what_a_bar_earned_is_no_result_of_a_trade() -> None:
    records = [
        {"exit_time": f"2026-04-0{n}T10:00:00Z", "profit": f"{5 - n}.5", "profit/bar": "1.1"}
        for n in range(1, 8)
    ]
    assert field(infer(records), "net_pnl") == "profit"
    assert not any(one.name == "two_results" for one in infer(records).doubts)


def test_prices_that_were_paid_come_before_those_that_were_planned() -> None:
    records = [
        {"exit_time": f"2026-04-0{n}T10:00:00Z", "side": "short", "lots": "1", "entry": "100",
         "actual_entry": str(100 + n), "exit_price": "95"}
        for n in range(1, 6)
    ]  # fmt: skip
    assert field(infer(records), "entry_price") == "actual_entry"


def test_excursions_beside_a_return_are_those_of_trades() -> None:
    returns = ("17.5", "-9.25", "22.5", "-24.5", "3.5")
    records = [
        {"DateTime": f"2026-04-0{n}T1{n}:05:00Z", "Return": earned, "Max Opposite Excursion": "-6"}
        for n, earned in enumerate(returns, 1)
    ]
    reading = infer(records)
    (doubt,) = reading.doubts
    units = [one.changes.get("currency") for one in doubt.answers]
    assert (doubt.name, units) == ("weak", [None, "money", "points", None])
    assert not infer([{**one, "Max Opposite Excursion": None} for one in records]).has_results


def test_codes_of_deals_are_no_entry_prices() -> None:
    deals: list[Record] = [
        {"time": 1_776_000_000 + 60 * n, "type": n % 2, "entry": n % 2, "symbol": "A",
         "position_id": n // 2, "volume": "1.0", "price": str(100 + n), "profit": str(n % 2)}
        for n in range(8)
    ]  # fmt: skip
    assert "entry_price" not in fields(infer(deals))


def test_short_codes_of_shares_are_symbols_beside_longer_ones() -> None:
    codes = ("5", "700", "27", "941")
    records = [{**one, "stock": code} for one, code in zip(fills(*FOUR), codes, strict=True)]
    named = [{key: value for key, value in one.items() if key != "symbol"} for one in records]
    assert "symbol" in roles_of(columns_of(named))
    few = [{**one, "stock": code} for one, code in zip(named, "1234", strict=True)]
    assert "symbol" not in roles_of(columns_of(few))


@pytest.mark.parametrize("name", ["executed", "filled"])
def test_whether_an_order_was_executed_is_no_quantity(name: str) -> None:
    records = [{key: one[key] for key in one if key != "quantity"} for one in fills(*FOUR)]
    for flags in ("1111", "1011"):
        said = [{**one, name: flag} for one, flag in zip(records, flags, strict=True)]
        assert "quantity" not in roles_of(columns_of(said))
    sizes = [{**one, name: size} for one, size in zip(records, "1211", strict=True)]
    assert roles_of(columns_of(sizes))["quantity"].name == name


class TestOpenAndClose:
    """`open` and `close` are prices of a trade beside its times, and else those of a bar."""

    def trades(self, **more: str) -> list[Record]:
        return [
            {
                "open_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "close_time": f"2026-04-{n + 1:02}T12:00:00Z",
                "symbol": "EURUSD",
                "type": "buy" if n % 2 else "sell",
                "lots": "0.1",
                "open": "1.10000",
                "close": f"{1.1 + (n % 5 - 2) * 0.001 * (1 if n % 2 else -1):.5f}",
                "pips": f"{(n % 5 - 2) * 10}.0",
                "profit": f"{(n % 5 - 2) * 10}.0",
                **more,
            }
            for n in range(15)
        ]

    def test_of_a_trade(self) -> None:
        reading = infer(self.trades())
        assert (asked(reading), reading.source["currency"]) == ([], "USD")
        assert fields(reading)["exit_price"] == "close"

    def test_of_a_bar(self) -> None:
        assert "exit_price" not in fields(infer(self.trades(high="1.2", low="1.0")))


@pytest.mark.parametrize("name", ["chain_symbol", "Trading pair", "tradingsymbol", "root_ticker"])
def test_a_name_that_ends_like_that_of_a_market_is_one(name: str) -> None:
    records = [{**one, "symbol": None, name: "AB"[n // 2]} for n, one in enumerate(fills(*FOUR))]
    assert roles_of(columns_of(records))["symbol"].name == name


def test_the_symbol_of_a_currency_is_no_market() -> None:
    records = [{**one, "symbol": None, "currency_symbol": "$"} for one in fills(*FOUR)]
    assert "symbol" not in roles_of(columns_of(records))


def test_a_volume_of_millions_beside_indicators_is_that_of_a_market() -> None:
    records: list[Record] = [
        {"symbol": "A", "rvol": "1.5", "volume": str(180_000_000 + n), "entry_price": "5"}
        for n in range(9)
    ]
    assert "quantity" not in roles_of(columns_of(records))
    for one in records:
        one["volume"] = "0.5"
    assert roles_of(columns_of(records))["quantity"].name == "volume"


def test_a_field_in_an_object_that_few_records_have_is_no_quantity() -> None:
    records: list[Record] = []
    for n, one in enumerate(fills(*FOUR * 3)):
        units = one.pop("quantity", None) or one.pop("qty", None)
        records.append({**one, "units": units, "import": {"lots": "1"} if n == 5 else {}})
    assert field(infer(records), "quantity") == "units"
