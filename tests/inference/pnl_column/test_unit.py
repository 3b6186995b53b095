"""The unit of results: what a name, prices and losses beside a stop say of it."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, closed_trades, fields, times


class TestUnits:
    def test_losses_of_one_beside_a_stop_are_in_r(self) -> None:
        records: list[Record] = [
            {"time": time, "symbol": "A", "side": "long", "entry": "10", "sl": "9", "result": pnl}
            for time, pnl in zip(times(6), ("-1", "2", "-1.0", "-1", "0.4", "-1"), strict=True)
        ]
        reading = infer(records)
        assert reading.source["currency"] == "R"
        records[0]["result"] = "-1.1"
        assert infer(records).source["currency"] == "money"

    def one_of_each(self, pnls: list[str], name: str = "pnl", **more: object) -> list[Record]:
        return [
            {"exit_time": time, "symbol": "A", name: pnl, **more}
            for time, pnl in zip(times(len(pnls)), pnls, strict=True)
        ]

    @pytest.mark.parametrize(
        ("name", "currency"),
        [("pnl_usd", "USD"), ("realizedPnlUsdt", "USDT"), ("pnl_pct", "%"), ("pnl_r", "R")],
    )
    def test_the_name_says_the_unit(self, name: str, currency: str) -> None:
        assert infer(self.one_of_each(["1", "-2", "3"], name)).source["currency"] == currency

    def test_a_currency_that_nothing_says_is_not_made_up(self) -> None:
        reading = infer(self.one_of_each(["1", "-2", "3"]))
        assert reading.source["currency"] == "money"
        assert any("currency" in said for said in reading.assumed)

    def test_prices_show_that_a_result_is_per_cent(self) -> None:
        records = [
            {**record, "pnl": pnl}
            for record, pnl in zip(closed_trades(), ("3", "-2", "20"), strict=True)
        ]
        assert infer(records).source["currency"] == "%"

    def test_a_fraction_that_is_called_per_cent_is_multiplied(self) -> None:
        records: list[Record] = []
        for record, pnl in zip(closed_trades(), ("0.03", "-0.02", "0.2"), strict=True):
            records.append({**record, "pnl_pct": pnl})
            del records[-1]["pnl"]
        reading = infer(records)
        assert fields(reading)["net_pnl"] == "pnl_pct * 100"
        assert reading.source["currency"] == "%"


def of_pairs(symbol: str, *worth: str) -> list[Record]:
    """Long trades of one lot; 100,000 of the first currency, in what `worth` says of each move."""
    moves = [("154.44", "153.41"), ("154.12", "154.32"), ("150.10", "151.30"), ("149.2", "148.1")]
    return [
        {
            "symbol": symbol,
            "side": "buy",
            "volume": "1",
            "entry_price": entry,
            "exit_price": out,
            "exit_time": time,
            "net": str((Decimal(out) - Decimal(entry)) * Decimal(each) - Decimal("0.07")),
        }
        for (entry, out), time, each in zip(moves, times(4), worth * 4, strict=False)
    ]


@pytest.mark.parametrize(("worth", "currency"), [("692", "money"), ("100000", "JPY")])
def test_a_pair_is_no_currency_of_results_that_its_prices_deny(worth: str, currency: str) -> None:
    assert infer(of_pairs("CHFJPY", worth)).source["currency"] == currency
