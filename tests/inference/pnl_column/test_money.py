"""The unit of results: what a name, prices and losses beside a stop say of it."""

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading

Record = dict[str, object]


def times(count: int) -> list[str]:
    return [f"2026-04-07T{10 + n // 60:02}:{n % 60:02}:00Z" for n in range(count)]


def fields(reading: Reading) -> dict[str, object]:
    found = reading.dialect["fields"]
    assert isinstance(found, dict)
    return found


def closed_trades() -> list[Record]:
    moves = [("100", "103", "2", "6"), ("50", "49", "3", "-3"), ("10", "12", "5", "10")]
    return [
        {
            "symbol": "BTCUSDT",
            "side": "long",
            "entry_price": entry,
            "exit_price": out,
            "qty": size,
            "entry_time": f"2026-04-0{n + 1}T09:00:00Z",
            "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
            "pnl": pnl,
        }
        for n, (entry, out, size, pnl) in enumerate(moves)
    ]


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
