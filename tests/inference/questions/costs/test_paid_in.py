"""Costs in another currency than that of the results, and results in several currencies."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked, fields


def trades(**more: object) -> list[Record]:
    """Trades of two coins each, the price up by 5 to 7."""
    return [
        {
            "entry_time": f"2026-04-07T{n:02}:00:00Z",
            "exit_time": f"2026-04-07T{n:02}:30:00Z",
            "symbol": "BTCUSDT",
            "side": "long",
            "entry_price": "100",
            "exit_price": str(105 + n % 3),
            "qty": "2",
            "pnl": str(2 * (5 + n % 3)),
            **more,
        }
        for n in range(20)
    ]


def fills(**more: object) -> list[Record]:
    return [
        {
            "time": f"2026-04-07T{n:02}:00:00Z",
            "symbol": "BTCUSDT",
            "side": ("BUY", "SELL")[n % 2],
            "price": str(100 + 5 * (n % 2)),
            "qty": "1",
            **more,
        }
        for n in range(20)
    ]


class TestCostsOfTrades:
    def test_costs_of_two_currencies_are_kept_apart(self) -> None:
        records = [
            {**one, "fee": "1", "fee_currency": ("BNB", "USDT")[n % 2]}
            for n, one in enumerate(trades())
        ]
        reading = infer(records)
        assert reading.is_sure
        assert fields(reading)["gross_pnl"] == "pnl"
        assert fields(reading)["commission"] == "fee"
        assert fields(reading)["commission_currency"] == "fee_currency"
        assert "net_pnl" not in fields(reading)
        assert any("fee_currency" in said for said in reading.assumed)

    def test_costs_inside_objects_are_subtracted(self) -> None:
        reading = infer(trades(fee={"cost": "1", "currency": "USDT"}))
        assert fields(reading)["net_pnl"] == "pnl - fee.cost"
        assert reading.source["currency"] == "USDT"

    def test_their_currency_is_not_that_of_the_results(self) -> None:
        reading = infer(trades(fee={"cost": "1", "currency": "BNB"}))
        assert reading.source["currency"] == "USDT"
        assert fields(reading)["commission_currency"] == "fee.currency"

    @pytest.mark.parametrize("fee", ["0.01 BNB", [{"cost": "1", "currency": "USDT"}]])
    def test_costs_that_cannot_be_subtracted_are_asked(self, fee: object) -> None:
        reading = infer(trades(fee=fee))
        assert asked(reading) == ["cost_currencies"]
        assert reading.source["currency"] == "USDT"

    def test_a_small_amount_of_a_coin_is_no_rate(self) -> None:
        assert not infer(trades(fee="0.01", fee_currency="BNB")).is_sure

    def test_a_net_result_beside_one_before_costs_is_asked(self) -> None:
        records = [{**one, "net_pnl": str(n)} for n, one in enumerate(trades(fee="1"))]
        assert "two_results" in asked(infer(records))


class TestCostsOfFills:
    def test_costs_of_a_coin_are_asked(self) -> None:
        records = [
            {**one, "commission": "0.001", "commissionAsset": ("BTC", "USDT")[n % 2]}
            for n, one in enumerate(fills())
        ]
        reading = infer(records)
        assert asked(reading) == ["cost_currencies"]
        assert [one.changes for one in reading.doubts[0].answers] == [
            {"fields.commission_currency": "commissionAsset"},
            {"fields.commission": None},
        ]

    def test_costs_inside_objects_count(self) -> None:
        reading = infer(fills(fee={"cost": "0.1", "currency": "USDT"}))
        assert reading.is_sure
        assert fields(reading)["commission"] == "fee.cost"

    @pytest.mark.parametrize("fee", ["0.001 BTC", [{"cost": "0.1", "currency": "USDT"}]])
    def test_other_costs_are_asked(self, fee: object) -> None:
        assert asked(infer(fills(fee=fee))) == ["cost_currencies"]

    def test_costs_of_prices_alone(self) -> None:
        records = [{k: v for k, v in one.items() if k != "pnl"} for one in trades()]
        costs = {"fee": "1", "fee_currency": "BNB"}
        reading = infer([{**one, **costs} for one in records])
        assert fields(reading)["commission_currency"] == "fee_currency"


class TestQuotes:
    @pytest.mark.parametrize("other", ["ETH/BTC", "BTCEUR", "KRW-BTC"])
    def test_two_quotes_are_not_added(self, other: str) -> None:
        records = trades()
        for record in records[::2]:
            record["symbol"] = other
        assert asked(infer(records)) == ["currencies"]
        of_fills = fills()
        for record in of_fills[:10]:
            record["symbol"] = other
        assert asked(infer(of_fills)) == ["currencies"]

    def test_brokers_for_currencies_log_results_in_that_of_the_account(self) -> None:
        records: list[Record] = [
            {"exit_time": f"2026-04-07T{n:02}:30:00Z", "entry_time": f"2026-04-07T{n:02}:00:00Z",
             "symbol": ("EURUSD", "USDJPY")[n % 2], "side": "buy", "profit": str(n % 5 - 2)}
            for n in range(20)
        ]  # fmt: skip
        assert infer(records).is_sure

    def test_the_first_part_may_be_the_quote(self) -> None:
        records = [{**one, "symbol": "KRW-BTC"} for one in trades()]
        assert infer(records).source["currency"] == "KRW"


def test_costs_in_cents_are_a_hundredth() -> None:
    records = [
        {
            "time": f"2026-04-0{n}T10:00:00Z",
            "symbol": "A",
            "side": "yes",
            "pnl_cents": pnl,
            "fees_cents": "2",
        }
        for n, pnl in ((1, "37"), (2, "-63"))
    ]
    doubt = next(one for one in infer(records).doubts if one.name == "costs")
    assert doubt.answers[1].changes == {"fields.net_pnl": "pnl_cents / 100 - fees_cents / 100"}


def test_the_profit_of_metatrader_is_before_commission_and_swap() -> None:
    records = [
        {
            "time": f"2026-04-0{n}T10:00:00Z",
            "symbol": "EURUSD",
            "volume": "0.1",
            "profit": profit,
            "commission": "-0.70",
            "swap": "-0.10",
        }
        for n, profit in ((1, "20"), (2, "-5"), (3, "7"))
    ]
    reading = infer(records)
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "profit + commission + swap"  # type: ignore[index]


def test_costs_of_openings_in_metatrader_come_on_top_once_per_position() -> None:
    deals = (("0", "900", "0", "0"), ("0", "901", "0", "0"), ("1", "900", "-0.10", "20"))
    records = [
        {
            "ticket": str(n + 1),
            "time": f"2026-04-06T{n + 9:02}:00:00Z",
            "entry": entry,
            "position_id": position,
            "volume": "0.1",
            "price": "1.1",
            "commission": "-0.70",
            "swap": swap,
            "profit": profit,
            "symbol": "EURUSD",
        }
        for n, (entry, position, swap, profit) in enumerate([*deals, ("1", "901", "0", "10")])
    ]
    reading = infer(records)
    doubt = next(one for one in reading.doubts if one.name == "opening_costs")
    assert reading.dialect["identity"] == ["position_id"]
    assert doubt.answers[1].changes == {
        "fields.net_pnl": None,
        "fields.gross_pnl": "profit + swap",
        "combine.commission": "sum",
    }
